/* One request on its way through a lane, and who holds how many of them. */
#ifndef KOV_LANE_ASK_H
#define KOV_LANE_ASK_H

#include <sys/queue.h>

#include <stdbool.h>

#include "lane.h"

TAILQ_HEAD(asks, lane_ask);

struct lane_ask {
	TAILQ_ENTRY(lane_ask) entry;
	struct lane		    *lane;
	struct asks		    *queue; /* NULL: flying */
	const struct lane_statement *statement;
	lane_answer_fn		    *answer; /* NULL: the client left */
	void			    *owner;
	int64_t			     organisation;
	uint64_t		     order, since;
	uint64_t		     asked;	 /* lane_us(); 0: it was sent */
	uint64_t		     renewed;	 /* births then; 0: never */
	unsigned		     tries;	 /* replays of a deadlock */
	bool			     asked_more; /* a read, a second time */
	bool			     single;	 /* a set with it failed */
	const char		    *subject, *values[3]; /* in this block */
};

/* Asks held, by organisation: open addressing, a free row has held 0. */
struct share {
	int64_t	 organisation;
	unsigned held;
};
struct shares {
	struct share *rows;
	size_t	      mask;
};

bool shares_init(struct shares *, unsigned room); /* room: asks in all */
void shares_release(struct shares *);
bool shares_take(struct shares *, int64_t organisation, unsigned most);
void shares_drop(struct shares *, int64_t organisation);

/* One allocation holds the ask and its strings. NULL: no memory. */
struct lane_ask *ask_new(int64_t organisation, const char *subject,
    const char *caller, const char *input);

/* Tells the owner, unless it left, and frees the ask. */
void ask_answer(struct lane_ask *, enum lane_end, const PGresult *, int row);

/* Back into a queue: the common one's head, or another's tail. What was
 * rolled back and is wanted by nobody is dropped. */
void ask_requeue(struct lane_ask *, struct asks *);

/* For qsort: organisation, subject, statement, age; segments lock in one
 * order. */
int ask_compare(const void *, const void *);

#endif
