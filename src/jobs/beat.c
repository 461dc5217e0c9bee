/* A job's heartbeat. */
#include "beat.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "../text.h"
#include "jobs.h"

#define BEAT_MS 10000

static const struct {
	const char *name, *label; /* of kov.job_count */
} beats[BEATS] = {
	[BEAT_SEQUENCED] = { "events_sequenced", "" },
	[BEAT_PROJECTED] = { "events_projected", "" },
	[BEAT_DELIVERED] = { "deliveries", "delivered" },
	[BEAT_RETRIED] = { "deliveries", "retried" },
	[BEAT_EXPIRED] = { "deliveries", "expired" },
	[BEAT_DISABLED] = { "deliveries", "disabled" },
	[BEAT_LAPSED] = { "deliveries", "lapsed" },
};

static uint64_t counts[BEATS]; /* since the last beat that was heard */
static uint64_t due;

void
beat_count(enum beat what, long n)
{
	counts[what] += n > 0 ? (uint64_t)n : 0;
}

int
beat_wait(void)
{
	uint64_t now = jobs_ms();

	return (due > now ? (int)(due - now) : 0);
}

/* {"name": {"label": count, …}, …}; the table has a name's lines together. */
static void
beat_write(struct text *t)
{
	const char *last = "";
	enum beat   i;

	text_adds(t, "{");
	for (i = 0; i < BEATS; i++) {
		if (counts[i] == 0)
			continue;
		if (beats[i].name != last)
			text_addf(t, "%s\"%s\":{", *last != '\0' ? "}," : "",
			    beats[i].name);
		text_addf(t, "%s\"%s\":%" PRIu64,
		    beats[i].name != last ? "" : ",", beats[i].label,
		    counts[i]);
		last = beats[i].name;
	}
	text_adds(t, *last != '\0' ? "}}" : "}");
}

void
beat_turn(struct link *l, const char *name)
{
	char	    host[32] = "", instance[64];
	struct text done = { 0 };
	const char *values[] = { name, instance, NULL };
	PGresult   *r;
	enum beat   i;

	if (l->db == NULL || beat_wait() > 0)
		return;
	due = jobs_ms() + BEAT_MS;
	gethostname(host, sizeof(host) - 1);
	snprintf(instance, sizeof(instance), "%s/%d", host, (int)getpid());
	beat_write(&done);
	values[2] = done.data;
	if (done.failed)
		r = NULL;
	else
		r = link_ask(l, "select job.live($1, $2, $3)", 3, values);
	for (i = 0; i < BEATS && r != NULL; i++)
		counts[i] = 0;
	PQclear(r);
	text_release(&done);
}

void
beat_last(struct link *l, const char *name)
{
	due = 0;
	beat_turn(l, name);
}
