/* What a worker tells of itself to whoever scrapes. */
#include "tell.h"

#include <kore/kore.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "conf.h"
#include "counts.h"
#include "facts.h"
#include "front.h"
#include "kov.h"
#include "log.h"
#include "native.h"
#include "worker.h"

#define SECOND 1000	/* ms: memory and time are looked at once in it */
#define FACTS_WORKER 1	/* the one that asks for all */
#define REST_TIMES 10	/* what an answer took, until the next question… */
#define REST_MOST 30000 /* …at most; ms */

static struct front_counts told; /* of what only ever grows */
static uint64_t		   process_due, facts_due, asked;
static bool		   facts_asked;

/* ---- routes ---- */

static void
tell_route(const char *route, enum method method)
{
	counts_route(route, method, call_method_name(method));
	if (method == METHOD_GET)
		counts_route(route, METHOD_HEAD, call_method_name(METHOD_HEAD));
}

bool
tell_open(const struct contract *contract)
{
	size_t i;

	if (!counts_open((unsigned)conf_number(SETTING_WORKERS)) ||
	    !facts_open(call_now() / 1000))
		return (false);
	for (i = 0; i < contract->count; i++)
		tell_route(contract->operations[i].route,
		    contract->operations[i].method);
	native_each(tell_route);
	return (true);
}

/* ---- the process ---- */

void
tell_start(void)
{
	struct timespec t;

	counts_start(worker->id);
	clock_gettime(CLOCK_REALTIME, &t);
	counts_set(COUNT_STARTED, (uint64_t)t.tv_sec);
}

/* proc(5): the second number of statm is the resident pages. */
static uint64_t
tell_resident(void)
{
	char	line[128], *end;
	ssize_t n;
	int	fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return (0);
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	strtoull(line, &end, 10);
	return (strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE));
}

static void
tell_process(uint64_t now)
{
	struct timespec t;

	if (now < process_due)
		return;
	process_due = now + SECOND;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	counts_set(COUNT_CPU,
	    (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
	counts_set(COUNT_RESIDENT, tell_resident());
}

static void
tell_front(void)
{
	const struct front_counts *c = front_counts();

	counts_add(COUNT_ACCEPTED, c->accepted - told.accepted);
	counts_add(COUNT_LEFT, c->left - told.left);
	told = *c;
	counts_set(COUNT_CONNECTIONS, c->open);
	counts_set(COUNT_BODIES, c->bodies);
	counts_set(COUNT_IN_FLIGHT, call_open());
}

/* ---- the database ---- */

/* With a great backlog the answer takes a second: the database shall not be
 * busy telling how busy it is. */
static void
tell_facts(void *unused, enum lane_end end, const PGresult *result, int row)
{
	uint64_t now = call_now() / 1000, rest = (now - asked) * REST_TIMES;

	(void)unused;
	facts_asked = false;
	if (end != LANE_OK)
		return; /* the facts grow old, and say so */
	rest = rest < REST_MOST ? rest : REST_MOST;
	if (asked + rest > facts_due)
		facts_due = asked + rest;
	if (!facts_take(PQgetvalue(result, row, 2),
		(size_t)PQgetlength(result, row, 2), now))
		log_say(LOG_LEVEL_ERROR, "tell.facts_too_long", "");
}

void
tell_tick(void)
{
	uint64_t now = call_now() / 1000;

	tell_front();
	tell_process(now);
	counts_set(COUNT_KEYS, (uint64_t)auth_change());
	counts_set(COUNT_READY, auth_taken());
	if (worker->id != FACTS_WORKER || facts_asked || now < facts_due)
		return;
	asked = now;
	facts_due = now + FACTS_EVERY;
	facts_asked = worker_ask_facts(tell_facts) != NULL;
}
