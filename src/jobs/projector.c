/*
 * The projector: keeps what is made of the event log, organisation by
 * organisation, each projection from its own position.
 *
 * The database writes output and position in one transaction, so it may die
 * anywhere. An event that fails five times stops that organisation's reader
 * of that projection, and nothing else; until it is looked at, a log line
 * and job.projections() say so.
 */
#include "jobs.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../log.h"
#include "beat.h"
#include "link.h"
#include "sick.h"

#define POLL_LEAST 20	  /* ms, after a round that found something */
#define POLL_MOST 320	  /* ms: doubled up to this while nothing comes */
#define POLL_FAILED 2000  /* ms, after a query that failed */
#define EVENTS_MOST "500" /* of one organisation, in one transaction */

/* The sequencer tells the courier who has new events; we listen too. */
static const char *const projector_greeting[] = { "listen kov_delivery", NULL };

static const char *const projections[] = { "search", "counts", NULL };

/* What failed was rolled back, so it is counted by itself. */
static void
projector_failed(struct link *l, const char *id, const char *projection)
{
	const char *values[] = { id, projection };

	if (!link_push(l, "select job.projection_failed($1, $2)", 2, values))
		return;
	if (link_pull(l) == 1)
		log_say(LOG_LEVEL_ERROR, "projection.stopped", "s:s, s:s",
		    "projection", projection, "organisation", id);
}

/* Some of what one organisation has, so that one with a backlog takes turns
 * with the others; returns how many events that were. */
static long
projector_organisation(struct link *l, int64_t organisation,
    const char *projection)
{
	char	    id[24];
	const char *values[] = { id, projection, EVENTS_MOST };
	long	    n;

	if (sick_rests(organisation))
		return (0);
	snprintf(id, sizeof(id), "%" PRId64, organisation);
	if (!link_push(l, "select job.project($1, $2, $3)", 3, values))
		return (0);
	n = link_pull(l);
	if (l->db == NULL)
		return (0);
	beat_count(BEAT_PROJECTED, n);
	sick_note(organisation, n == LINK_FAILED);
	if (n == LINK_FAILED)
		projector_failed(l, id, projection);
	return (n > 0 ? n : 0);
}

/* Returns how many events were taken in, or -1. */
static long
projector_round(struct link *l, const char *projection)
{
	char	 question[80];
	int64_t *ids, *id;
	long	 all = 0;

	snprintf(question, sizeof(question),
	    "select * from job.organisations_to_project('%s')", projection);
	if ((ids = link_ids(l, question)) == NULL)
		return (-1);
	for (id = ids; *id >= 0 && !jobs_stopping(); id++)
		all += projector_organisation(l, *id, projection);
	free(ids);
	return (all);
}

static long
projector_rounds(struct link *l)
{
	long   n, all = 0;
	size_t i;

	for (i = 0; projections[i] != NULL; i++) {
		if ((n = projector_round(l, projections[i])) < 0)
			return (-1);
		all += n;
	}
	return (all);
}

/* A quarter of a core at most: whoever waits for an answer comes first. */
static int
projector_pause(long moved, uint64_t began, int before)
{
	int rest = (int)(jobs_ms() - began) * 3;

	if (moved < 0)
		return (POLL_FAILED);
	if (moved > 0)
		return (rest > POLL_LEAST ? rest : POLL_LEAST);
	if (before > POLL_MOST)
		before = POLL_LEAST;
	return (before * 2 < POLL_MOST ? before * 2 : POLL_MOST);
}

static bool
projector_woken(struct link *l)
{
	int64_t nothing;
	bool	any = false;

	while (link_notified(l, &nothing))
		any = true;
	return (any);
}

void
projector_run(void)
{
	struct link l = { .role = "kov_jobs",
		.program = "kov-projector",
		.greeting = projector_greeting };
	uint64_t    began;
	long	    moved;
	int	    pause = POLL_LEAST;

	while (!jobs_stopping()) {
		if (!link_open(&l)) {
			jobs_sleep(-1, link_wait(&l));
			continue;
		}
		began = jobs_ms();
		beat_turn(&l, "projector");
		moved = projector_rounds(&l);
		pause = projector_pause(moved, began, pause);
		if (l.db == NULL)
			continue;
		/* What it was woken for may be what it has just done. */
		projector_woken(&l);
		jobs_sleep(moved == 0 && l.db != NULL ? PQsocket(l.db) : -1,
		    pause);
	}
	beat_last(&l, "projector");
	link_close(&l);
}
