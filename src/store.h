/* Where the bytes of files lie: parts in PostgreSQL. What an object store
 * would have to do instead stands here, and nobody else knows where it is. */
#ifndef KOV_STORE_H
#define KOV_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

#define STORE_PART 65536 /* bytes of a part; the last one may have fewer */

struct store; /* one thing asked for; freed when it is answered, or left */

/* Told once, unless store_leave was called. PROBLEM_NONE: it was done; bytes
 * are a part's that was asked for, borrowed. */
typedef void(store_answer_fn)(void *owner, enum problem, const char *bytes,
    size_t);

/* A part of a file that is yet nobody's: file is a UUID, n counts from 0.
 * Bytes are copied. NULL: too much waits already. */
struct store *store_put(int64_t organisation, const char *file, unsigned n,
    const void *bytes, size_t, store_answer_fn *, void *owner);

struct store *store_get(int64_t organisation, const char *file, unsigned n,
    store_answer_fn *, void *owner);

/* Removes a file, unless somebody keeps it; tells nobody. What this misses
 * kov-jobs removes an hour later. */
void store_drop(int64_t organisation, const char *file);

void store_leave(struct store *); /* NULL is fine */

#endif
