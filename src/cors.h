/* Which web pages may read our answers (the Fetch standard, 3.2). There are
 * no cookies: who holds a key may call from anywhere, and an origin that is
 * allowed gains nothing but to read what its own key was answered. */
#ifndef KOV_CORS_H
#define KOV_CORS_H

#include <stddef.h>

#include "head.h"
#include "reply.h"

/* Every answer of the public door, errors too, or a page could not read
 * them. Origin is the header's value, not NUL-terminated, or NULL. What says
 * "*" by itself stays so. */
void cors_answer(struct reply *, const char *origin, size_t);

/* The answer to OPTIONS, where a browser asks before it sends; methods is
 * what the path knows, as in Allow. */
void cors_preflight(struct reply *, const struct head *, const char *methods);

#endif
