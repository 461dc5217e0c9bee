/* A loop as a worker has one, around a single lane. */
#include "loop.h"

#include <sys/epoll.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "conf.h"

#define LOOP_LINKS 64
#define LOOP_TICK 10 /* ms */

static struct {
	struct lane_link *link;
	int		  fd;
} watched[LOOP_LINKS];
static int	loop_fd;
static uint64_t ticked_at;

/* Stands for conf.c, which needs more than a lane does. */
const char *
conf_text(enum setting setting)
{
	const char *value = NULL;

	if (setting == SETTING_DATABASE_URL)
		value = getenv("KOV_DATABASE_URL");
	return (value == NULL ? "" : value);
}

long
conf_number(enum setting setting)
{
	(void)setting;
	return (0);
}

void
loop_open(void)
{
	loop_fd = epoll_create1(EPOLL_CLOEXEC);
}

uint64_t
loop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000);
}

static void
loop_control(int operation, int fd, struct epoll_event *event)
{
	if (epoll_ctl(loop_fd, operation, fd, event) != 0) {
		perror("epoll_ctl");
		abort();
	}
}

/* The link's row, or a free one. */
static size_t
loop_find(const struct lane_link *link)
{
	size_t i, free = LOOP_LINKS;

	for (i = 0; i < LOOP_LINKS; i++) {
		if (watched[i].link == link)
			return (i);
		if (watched[i].link == NULL)
			free = i;
	}
	if (free == LOOP_LINKS)
		abort();
	return (free);
}

void
loop_watch(struct lane_link *link, int fd, int want_write)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = link };
	size_t		   i = loop_find(link);

	if (want_write)
		e.events |= EPOLLOUT;
	if (fd < 0)
		loop_control(EPOLL_CTL_DEL, watched[i].fd, &e);
	else if (watched[i].link == NULL)
		loop_control(EPOLL_CTL_ADD, fd, &e);
	else
		loop_control(EPOLL_CTL_MOD, fd, &e);
	watched[i].link = fd < 0 ? NULL : link;
	watched[i].fd = fd;
}

void
loop_turn(struct lane *lane)
{
	struct epoll_event events[LOOP_LINKS];
	int		   n;

	lane_push(lane);
	n = epoll_wait(loop_fd, events, LOOP_LINKS, LOOP_TICK);
	for (int i = 0; i < n; i++)
		lane_ready(events[i].data.ptr);
	if (loop_now() - ticked_at >= LOOP_TICK) {
		ticked_at = loop_now();
		lane_tick(lane, ticked_at);
	}
}

bool
loop_until(struct lane *lane, unsigned seconds, bool (*done)(void *),
    void *owner)
{
	uint64_t end = loop_now() + seconds * UINT64_C(1000);

	while (!done(owner)) {
		if (loop_now() > end)
			return (false);
		loop_turn(lane);
	}
	return (true);
}
