/* What one worker holds: its lanes, and the digests of all keys. */
#ifndef KOV_WORKER_H
#define KOV_WORKER_H

#include "contract.h"
#include "lane.h"
#include "text.h"

/* Opens the lanes of a contract that stays loaded, to a database URL whose
 * hosts are numbers (db_resolve). False: out of memory. */
bool worker_start(const struct contract *, const char *url);

/* Closes them; what is still in flight is told LANE_AWAY or LANE_UNKNOWN. */
void worker_stop(void);

/* How an operation's function is asked: itself; through door.once, which
 * sees to idempotency; or through door.act, which finds the member. */
enum worker_way { WORKER_STRAIGHT, WORKER_ONCE, WORKER_ACT };

/* Asks an operation's function, in the operation's lane. NULL: the lane is
 * full. Strings are copied. */
struct lane_ask *worker_ask(const struct operation *, enum worker_way,
    int64_t organisation, const char *subject, const char *caller,
    const char *input, lane_answer_fn *, void *owner);

/* Asks the database how it is (door.ready); NULL as above. */
struct lane_ask *worker_ask_ready(lane_answer_fn *, void *owner);

/* …and what it knows of itself (door.facts). */
struct lane_ask *worker_ask_facts(lane_answer_fn *);

/* Asks for the bytes of a file (store.c is the one who does). */
enum worker_file { WORKER_PUT, WORKER_GET, WORKER_DROP };
struct lane_ask *worker_ask_file(enum worker_file, int64_t organisation,
    const char *input, lane_answer_fn *, void *owner);

const struct contract *worker_contract(void);

#endif
