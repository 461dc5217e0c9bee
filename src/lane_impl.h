/* The lane itself, for the files that make it: lane.c and lane_*.c. */
#ifndef KOV_LANE_IMPL_H
#define KOV_LANE_IMPL_H

#include "db.h"
#include "lane_link.h"

#define LANE_LOCK_WAIT 2000 /* ms a statement by itself waits for a lock */
#define LANE_PROGRAM 48

enum lane_quiet { LANE_QUIET_CONNECT, LANE_QUIET_PREPARE };

struct lane {
	struct lane_plan     plan;
	char		     program[LANE_PROGRAM];
	struct db_parameters parameters[LINK_KINDS];
	uint64_t	     limits[LINK_KINDS]; /* ms a flight may take */
	struct lane_link    *links; /* gather, alone, locked, one aid */
	unsigned	     count;
	struct asks	     queues[LINK_AID]; /* by the kind that serves it */
	struct asks	     gone;	       /* expired, about to be told */
	struct shares	     shares;
	unsigned	     held;
	bool		     notify_due, closing;
	bool		     was_up; /* what the log said last */
	uint64_t	     now, order, seed;
	uint64_t	     short_until; /* 53*: not ready before */
	uint64_t	     births;	  /* connections opened so far */
	uint64_t	     quiet[2];	  /* until then no line of … */
	struct lane_tally   *tally, own;  /* the plan's, or its own */
};

/* lane_tally.c */
uint64_t lane_us(void); /* monotonic; for what a tick is too coarse for */
void	 lane_count(struct lane *, enum lane_count);
void	 lane_tally_departure(struct lane_link *); /* a segment is sent */
void	 lane_tally_arrival(struct lane_link *);   /* its result is there */
void	 lane_tally_gauges(struct lane *);	   /* at a tick */

/* True once in a while: then say it again. */
bool	 lane_may_say(struct lane *, enum lane_quiet);
void	 lane_mark(struct lane *); /* logs that it came up or went away */
uint64_t lane_random(struct lane *, uint64_t below); /* jitter only */

/* lane_aid.c */
void aid_push(struct lane_link *aid);
void aid_done(struct lane_link *aid);
void aid_lost(struct lane_link *aid);
void aid_forget(struct lane_link *); /* its connection is gone: no cancel */

#endif
