/* What a lane is made from: its statements, connections and limits. */
#ifndef KOV_LANE_PLAN_H
#define KOV_LANE_PLAN_H

#include <stdint.h>

#include "lane_tally.h"

#define LANE_MOST 64 /* asks a segment */

struct lane_link; /* one connection */

/* Tells the loop what to wait for, level-triggered; fd -1: forget this link,
 * while its descriptor is still open. Called on a change only. */
typedef void(lane_watch_fn)(struct lane_link *, int fd, int want_write);

struct lane_statement {
	const char *name, *sql; /* $1 bigint, $2 jsonb, $3 jsonb */
	int	    is_read;
	/* Does the same for arrays in $2 and $3, with a row for each of them in
	 * their order; stands in the same table. NULL: there is none. */
	const struct lane_statement *plural;
};

struct lane_plan {
	const char		    *name; /* for the log and the counters */
	const char		    *url;  /* KOV_DATABASE_URL, db_resolved */
	const struct lane_statement *statements; /* ends with a NULL name */
	lane_watch_fn		    *watch;
	unsigned		     gather; /* connections for segments */
	unsigned		     solo;   /* for what fails, and as many for
						what waits for locks */
	unsigned		     most;   /* <= LANE_MOST */
	unsigned		     room;   /* asks held at once */
	uint64_t		     patience; /* ms an ask waits to be sent */
	uint64_t		     deadline; /* ms a segment may fly, and one
						  statement 3/5 of it */
	int			     notify;   /* wake the sequencer after a
						  write's commit */
	struct lane_tally	    *tally; /* where to count; NULL: its own */
};

/* gather + 2 solo + 1: the last one cancels and notifies. */
unsigned lane_connections(const struct lane_plan *);

#endif
