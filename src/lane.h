/* A lane: a bounded queue in front of a few pipelined connections; what
 * waits together is committed together (group commit). */
#ifndef KOV_LANE_H
#define KOV_LANE_H

#include <libpq-fe.h>
#include <stdint.h>

#include "lane_plan.h"

struct lane;
struct lane_ask; /* one request; the lane's, until it is answered */

/* Called exactly once an ask, unless lane_leave was. Result is borrowed and
 * may be NULL unless LANE_OK, where the reply is its row of that number. May
 * ask again, and make others leave. */
typedef void(lane_answer_fn)(void *owner, enum lane_end, const PGresult *,
    int				   row);

/* Plan's pointers are borrowed for the lane's life. NULL: out of memory, or
 * a bad URL, which the log then says. now: ms, monotonic. */
struct lane *lane_new(const struct lane_plan *, uint64_t now);

/* Strings are copied. subject orders a segment (an id, or ""). NULL: full,
 * or this organisation holds its half. */
struct lane_ask *lane_ask(struct lane *, int statement, int64_t organisation,
    const char *subject, const char *caller, const char *input,
    lane_answer_fn *, void *owner);

void	 lane_leave(struct lane_ask *);	 /* the client is gone: tell nobody */
void	 lane_ready(struct lane_link *); /* its descriptor is */
void	 lane_push(struct lane *);	 /* once a turn of the loop */
void	 lane_tick(struct lane *, uint64_t now); /* each <= 50 ms */
unsigned lane_held(const struct lane *);	 /* asks not yet answered */
void	 lane_free(struct lane *); /* answers what it still holds */

/* A connection is ready, and PostgreSQL has not just run out of anything. */
int lane_is_up(const struct lane *);

/* The plan's tally, or its own where the plan has none. */
const struct lane_tally *lane_tally(const struct lane *);

#endif
