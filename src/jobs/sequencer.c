/*
 * The sequencer: gives new events their order, organisation by organisation.
 *
 * NOTIFY wakes it, polling is the truth: an event that committed late, or
 * whose notification was lost, is found by the next poll.
 */
#include "jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "beat.h"
#include "link.h"
#include "sick.h"

#define POLL_LEAST 10	  /* ms, after a round that found something */
#define POLL_MOST 100	  /* ms: doubled up to this while nothing comes */
#define POLL_FAILED 2000  /* ms, after a query that failed */
#define EVENTS_MOST "500" /* of one organisation, in one transaction */

static const char *const sequencer_greeting[] = { "listen kov_event", NULL };

/* Orders some of what one organisation has, so that one with a backlog takes
 * turns with the others; returns how many events that were. */
static long
sequencer_organisation(struct link *l, int64_t organisation)
{
	char	    id[24];
	const char *values[] = { id, EVENTS_MOST };
	long	    n;

	if (sick_rests(organisation))
		return (0);
	snprintf(id, sizeof(id), "%" PRId64, organisation);
	/* The courier sleeps until it hears whose deliveries are due. */
	if (!link_push(l, "select job.sequence_events($1, $2)", 2, values) ||
	    !link_push(l, "select pg_notify('kov_delivery', $1)", 1, values))
		return (0);
	n = link_pull(l);
	link_pull(l);
	beat_count(BEAT_SEQUENCED, n);
	if (l->db != NULL)
		sick_note(organisation, n == LINK_FAILED);
	return (n > 0 ? n : 0);
}

/* Returns how many events were given their order, or -1. */
static long
sequencer_round(struct link *l)
{
	int64_t *ids, *id;
	long	 all = 0;

	ids = link_ids(l, "select * from job.organisations_with_new_events()");
	if (ids == NULL)
		return (-1);
	for (id = ids; *id >= 0 && !jobs_stopping(); id++)
		all += sequencer_organisation(l, *id);
	free(ids);
	return (all);
}

static int
sequencer_pause(long moved, int before)
{
	if (moved < 0)
		return (POLL_FAILED);
	if (moved > 0)
		return (POLL_LEAST);
	return (before * 2 < POLL_MOST ? before * 2 : POLL_MOST);
}

static bool
sequencer_woken(struct link *l)
{
	int64_t nothing;
	bool	any = false;

	while (link_notified(l, &nothing))
		any = true;
	return (any);
}

void
sequencer_run(void)
{
	struct link l = { .role = "kov_jobs",
		.program = "kov-sequencer",
		.greeting = sequencer_greeting };
	int	    pause = POLL_LEAST;

	while (!jobs_stopping()) {
		if (!link_open(&l)) {
			jobs_sleep(-1, link_wait(&l));
			continue;
		}
		beat_turn(&l, "sequencer");
		pause = sequencer_pause(sequencer_round(&l), pause);
		if (l.db == NULL)
			continue;
		if (!sequencer_woken(&l) && l.db != NULL)
			jobs_sleep(PQsocket(l.db), pause);
		if (sequencer_woken(&l))
			pause = POLL_LEAST;
	}
	beat_last(&l, "sequencer");
	link_close(&l);
}
