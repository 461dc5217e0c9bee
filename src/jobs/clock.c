/* The clock: work that falls due by the hour, not by an event. */
#include "jobs.h"

#include <stdlib.h>

#include "../log.h"
#include "beat.h"
#include "link.h"

struct chore {
	const char *name;
	const char *sql;     /* says how much it did: is asked again until 0 */
	int	    seconds; /* from one time to the next */
	uint64_t    due;
};

static struct chore chores[] = {
	{ "partitions", "select job.keep_partitions()", 3600, 0 },
	{ "promises",
	    "select sum(job.break_promises(o, 100)) "
	    "from job.organisations_with_overdue_promises() o",
	    10, 0 },
	{ "promises due soon",
	    "select sum(job.warn_promises(o, 100)) from job.organisations() o",
	    60, 0 },
	{ "unacknowledged",
	    "select sum(job.find_unacknowledged(o, 100)) "
	    "from job.organisations() o",
	    60, 0 },
	{ "waiting",
	    "select sum(job.look_after_waiting(o, 100)) "
	    "from job.organisations_with_waiting() o",
	    60, 0 },
	{ "lost",
	    "select sum(job.find_lost(o, 100)) from job.organisations() o",
	    3600, 0 },
};

#define CHORES (sizeof(chores) / sizeof(chores[0]))
#define RETRY_MS 30000 /* after one that failed */

static const char *const clock_greeting[] = { NULL };

static void
clock_chore(struct link *l, struct chore *c)
{
	PGresult *r = link_ask(l, c->sql, 0, NULL);
	uint64_t  pause = (uint64_t)c->seconds * 1000;

	if (r == NULL)
		pause = RETRY_MS;
	else if (strtol(PQgetvalue(r, 0, 0), NULL, 10) > 0)
		pause = 0;
	c->due = jobs_ms() + pause;
	PQclear(r);
}

static void
clock_turn(struct link *l)
{
	size_t i;

	if (link_open(l))
		beat_turn(l, "clock");
	for (i = 0; i < CHORES && !jobs_stopping(); i++) {
		if (chores[i].due > jobs_ms())
			continue;
		if (!link_open(l))
			break;
		clock_chore(l, &chores[i]);
	}
}

static int
clock_wait(const struct link *l)
{
	uint64_t now = jobs_ms(), next = UINT64_MAX;
	size_t	 i;

	for (i = 0; i < CHORES; i++)
		if (chores[i].due < next)
			next = chores[i].due;
	if (next <= now || l->db == NULL)
		return (link_wait(l));
	return (next - now < (uint64_t)beat_wait() ? (int)(next - now) :
						     beat_wait());
}

void
clock_run(void)
{
	struct link l = { .role = "kov_jobs",
		.program = "kov-clock",
		.greeting = clock_greeting };

	while (!jobs_stopping()) {
		clock_turn(&l);
		jobs_sleep(-1, clock_wait(&l));
	}
	beat_last(&l, "clock");
	link_close(&l);
}
