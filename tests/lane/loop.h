/* A loop as a worker has one, around a single lane. */
#ifndef TESTS_LANE_LOOP_H
#define TESTS_LANE_LOOP_H

#include <stdbool.h>

#include "lane.h"

void	 loop_open(void);
uint64_t loop_now(void); /* ms */

/* For lane_plan. Ends the program where epoll refuses: Kore would too. */
void loop_watch(struct lane_link *, int fd, int want_write);

/* Push, wait at most 10 ms, and serve what is ready. */
void loop_turn(struct lane *);

/* Turns until done(owner); false: not within so many seconds. */
bool loop_until(struct lane *, unsigned seconds, bool (*done)(void *), void *);

#endif
