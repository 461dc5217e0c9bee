/* Counters that all workers share: mapped before the fork; each worker
 * writes pages of its own, and whichever is asked adds them up. */
#ifndef KOV_COUNTS_H
#define KOV_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "contract.h"
#include "lane_tally.h"
#include "problem.h"

/* One number a worker. Those of several words take as many places. A new
 * one is a name here and a line in exposition.c. */
enum count {
	COUNT_REPLAYS, /* of idempotent requests */
	COUNT_SCRAPES, /* of the text format, and… */
	COUNT_SCRAPES_OPEN,
	COUNT_AUTH, /* + enum auth_end */
	COUNT_AUTH_LAST = COUNT_AUTH + 15,
	COUNT_PROBLEMS, /* + enum problem: answers that were one */
	COUNT_PROBLEMS_LAST = COUNT_PROBLEMS + PROBLEMS - 1,
	COUNT_REFUSALS, /* + enum problem: before a body was taken in */
	COUNT_REFUSALS_LAST = COUNT_REFUSALS + PROBLEMS - 1,
	COUNT_ACCEPTED, /* connections */
	COUNT_LEFT,	/* requests whose client went away */
	/* gauges */
	COUNT_CONNECTIONS,
	COUNT_BODIES, /* bytes held */
	COUNT_IN_FLIGHT,
	COUNT_KEYS,  /* auth_change() */
	COUNT_READY, /* 1: it was told of the keys */
	COUNT_RESIDENT,
	COUNT_CPU, /* microseconds */
	COUNT_STARTED,
	COUNTS
};

/* In the parent, before the fork: for so many workers (Kore numbers them
 * from 1). False: no memory. */
bool counts_open(unsigned workers);
/* …and each route that requests are told apart by. Borrowed for ever;
 * counts_request knows the route again by its address. */
void counts_route(const char *route, enum method, const char *method_name);

void	 counts_start(unsigned worker); /* in a worker: from now on it counts */
void	 counts_add(enum count, uint64_t n);
void	 counts_set(enum count, uint64_t value);
uint64_t counts_least(enum count); /* of the worker that has least */

/* An answer. route may be NULL. timed: took is worth counting too. */
void counts_request(const char *route, enum method, int status, bool timed,
    uint64_t took);

struct lane_tally *counts_lane(enum lane_name); /* this worker's */

#endif
