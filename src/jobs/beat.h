/* A job's heartbeat: that it lives, and what it did meanwhile, told to the
 * database, where /metrics finds it. */
#ifndef KOV_JOBS_BEAT_H
#define KOV_JOBS_BEAT_H

#include <stdint.h>

#include "link.h"

enum beat { /* what is counted */
	BEAT_SEQUENCED,
	BEAT_PROJECTED,
	BEAT_DELIVERED, /* from here on by settle_delivery's word */
	BEAT_RETRIED,
	BEAT_EXPIRED,
	BEAT_DISABLED,
	BEAT_LAPSED,
	BEATS
};

void beat_count(enum beat, long n); /* of n > 0 */

/* Once a turn of the job's loop, with nothing pushed: tells the database
 * when it is time. Name is the job's. */
void beat_turn(struct link *, const char *name);

/* At its end, whether it is time or not. */
void beat_last(struct link *, const char *name);

/* ms until it is time. */
int beat_wait(void);

#endif
