/* A lane: a bounded queue in front of a few pipelined connections; what
 * waits together is committed together (group commit). */
#ifndef KOV_LANE_H
#define KOV_LANE_H

#include <libpq-fe.h>
#include <stdint.h>

#define LANE_MOST 64 /* statements a segment */

struct lane;
struct lane_ask;  /* one request; the lane's, until it is answered */
struct lane_link; /* one connection */

enum lane_end {
	LANE_OK,      /* committed; the result is the reply */
	LANE_REFUSED, /* rolled back; the result carries the SQLSTATE */
	LANE_TIMEOUT, /* rolled back: it ran too long */
	LANE_BUSY,    /* rolled back: others hold what it needs */
	LANE_AWAY,    /* never executed: no database in time */
	LANE_UNKNOWN, /* a write was sent and its answer was lost */
	LANE_ENDS
};

/* Called exactly once an ask, unless lane_leave was. Result is borrowed and
 * may be NULL unless LANE_OK. */
typedef void (lane_answer_fn)(void *owner, enum lane_end, const PGresult *);

/* Tells the loop what to wait for; fd -1: forget this link. */
typedef void (lane_watch_fn)(struct lane_link *, int fd, int want_write);

struct lane_statement {
	const char *name, *sql; /* takes ($1 organisation, $2, $3) */
	int	    is_read;
};

struct lane_plan {
	const char		    *name; /* for the log and the counters */
	const char		    *url;  /* KOV_DATABASE_URL */
	const struct lane_statement *statements; /* ends with a NULL name */
	lane_watch_fn		    *watch;
	unsigned		     gather; /* connections for segments */
	unsigned		     solo; /* for what fails, and as many for
					      what waits for locks */
	unsigned		     most;	   /* <= LANE_MOST */
	unsigned		     room;	   /* asks held at once */
	uint64_t		     patience;	   /* ms an ask waits to be sent */
	uint64_t		     deadline;	   /* ms a segment may fly */
	int			     notify;	   /* wake the sequencer after
						      a write's commit */
};

/* gather + 2 solo + 1: the last one cancels and notifies. */
unsigned lane_connections(const struct lane_plan *);

/* Plan's pointers are borrowed for the lane's life. NULL: out of memory, or
 * a bad URL, which the log then says. */
struct lane *lane_new(const struct lane_plan *, uint64_t now);

/* Strings are copied. subject orders a segment (an id, or ""). NULL: full,
 * or this organisation holds its half. */
struct lane_ask *lane_ask(struct lane *, int statement, int64_t organisation,
    const char *subject, const char *caller, const char *input,
    lane_answer_fn *, void *owner);

void lane_leave(struct lane_ask *); /* the client is gone: tell nobody */
void lane_ready(struct lane_link *); /* its descriptor is */
void lane_push(struct lane *);	      /* once a turn of the loop */
void lane_tick(struct lane *, uint64_t now); /* each <= 50 ms */
unsigned lane_held(const struct lane *);     /* asks not yet answered */
int  lane_is_up(const struct lane *);	     /* a connection is ready */
void lane_free(struct lane *);		     /* when it is empty */

enum lane_count { LANE_SEGMENTS, LANE_SENT, LANE_ROLLED_BACK,
	LANE_LATE_ERRORS, LANE_SOLO, LANE_CANCELS, LANE_LOST, LANE_RETRIES,
	LANE_NOTIFIES, LANE_COUNTS };
const uint64_t *lane_counts(const struct lane *);

#endif
