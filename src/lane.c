/*
 * A lane gathers requests into segments: one implicit transaction, one Sync,
 * one fsync for up to LANE_MOST of them, while the segment before is flying.
 * Where a statement has a plural, those of an organisation fly as one set.
 *
 * An ask moves:  waiting -> flying -> answered
 *                             |-> flying again (the rest of a segment)
 *                             |-> alone  -> flying by itself -> answered
 *                             `-> locked -> the same, with more patience
 */
#include "lane.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lane_impl.h"
#include "log.h"

#define LANE_ROLE "kov_service"
#define LANE_QUIET 30000 /* ms between lines of the same trouble */

/* Settings of each kind's connections. Our own limit a statement is below
 * the lane's for a flight, so that PostgreSQL names the culprit first. A
 * login that is a member of the role may not cancel its own backends as the
 * role: the aid stays who it logged in as. A notify needs no fsync. */
static const char *const lane_settings[] = {
	[LINK_GATHER] = "lock_timeout=10ms",
	[LINK_ALONE] = "lock_timeout=10ms",
	[LINK_LOCKED] = "lock_timeout=2000ms", /* LANE_LOCK_WAIT */
	[LINK_AID] = "role=none -c synchronous_commit=off",
};

/* xorshift64: spreads reconnections, guards nothing. */
uint64_t
lane_random(struct lane *lane, uint64_t below)
{
	lane->seed ^= lane->seed << 13;
	lane->seed ^= lane->seed >> 7;
	lane->seed ^= lane->seed << 17;
	return (lane->seed % below);
}

/* ---- asks ---- */

struct lane_ask *
lane_ask(struct lane *lane, int statement, int64_t organisation,
    const char *subject, const char *caller, const char *input,
    lane_answer_fn *answer, void *owner)
{
	struct lane_ask *a;
	unsigned	 half = (lane->plan.room + 1) / 2;

	if (lane->held >= lane->plan.room ||
	    !shares_take(&lane->shares, organisation, half)) {
		lane_count(lane, LANE_FULL);
		return (NULL);
	}
	if ((a = ask_new(organisation, subject, caller, input)) == NULL) {
		shares_drop(&lane->shares, organisation);
		return (NULL);
	}
	lane->held++;
	a->lane = lane;
	a->statement = &lane->plan.statements[statement];
	a->answer = answer;
	a->owner = owner;
	a->order = lane->order++;
	a->since = lane->now;
	a->asked = lane_us();
	a->queue = &lane->queues[LINK_GATHER];
	TAILQ_INSERT_TAIL(a->queue, a, entry);
	return (a);
}

/* Waiting: withdrawn. Flying: it runs on, and nobody is told. */
void
lane_leave(struct lane_ask *a)
{
	a->answer = NULL;
	if (a->queue == NULL)
		return;
	TAILQ_REMOVE(a->queue, a, entry);
	ask_answer(a, LANE_AWAY, NULL, 0);
}

/* ---- segments ---- */

/* By itself goes whoever waited longest, of another organisation than the
 * last: no organisation's locks keep the others waiting more than a turn. */
static struct lane_ask *
lane_next(const struct lane_link *k, struct asks *queue)
{
	struct lane_ask *a;

	if (k->kind != LINK_GATHER)
		TAILQ_FOREACH(a, queue, entry)
			if (a->organisation != k->served)
				return (a);
	return (TAILQ_FIRST(queue));
}

static void
lane_load(struct lane_link *k, struct asks *queue)
{
	unsigned	 most = 1;
	struct lane_ask *a;

	if (k->kind == LINK_GATHER)
		most = k->lane->plan.most;
	k->rounds = 0;
	while (k->count < most && (a = lane_next(k, queue)) != NULL) {
		TAILQ_REMOVE(queue, a, entry);
		k->segment[k->count++] = a;
		k->served = a->organisation;
	}
	if (k->count > 0)
		link_send(k);
}

void
lane_push(struct lane *lane)
{
	struct lane_link *k;

	for (k = lane->links; k < lane->links + lane->count; k++) {
		if (k->state != LINK_IDLE || k->cancel != CANCEL_NONE)
			continue;
		if (k->kind == LINK_AID)
			aid_push(k);
		else
			lane_load(k, &lane->queues[k->kind]);
	}
}

/* ---- time ---- */

/* Queues are not in order of age, so each ask is looked at. Who waited for
 * others' locks is told so. */
static void
lane_expire(struct lane *lane, enum link_kind kind)
{
	struct asks	*queue = &lane->queues[kind];
	struct lane_ask *a, *next;

	for (a = TAILQ_FIRST(queue); a != NULL; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (lane->now - a->since <= lane->plan.patience)
			continue;
		TAILQ_REMOVE(queue, a, entry);
		TAILQ_INSERT_TAIL(&lane->gone, a, entry);
		a->queue = &lane->gone; /* an answer may make another leave */
	}
	while ((a = TAILQ_FIRST(&lane->gone)) != NULL) {
		TAILQ_REMOVE(&lane->gone, a, entry);
		a->queue = NULL;
		ask_answer(a, kind == LINK_LOCKED ? LANE_BUSY : LANE_AWAY, NULL,
		    0);
	}
}

void
lane_tick(struct lane *lane, uint64_t now)
{
	lane->now = now;
	for (unsigned i = 0; i < lane->count; i++)
		link_tick(&lane->links[i]);
	for (enum link_kind kind = 0; kind < LINK_AID; kind++)
		lane_expire(lane, kind);
	lane_push(lane);
	lane_tally_gauges(lane);
}

/* ---- what others may know ---- */

bool
lane_may_say(struct lane *lane, enum lane_quiet what)
{
	if (lane->now < lane->quiet[what])
		return (false);
	lane->quiet[what] = lane->now + LANE_QUIET;
	return (true);
}

static bool
lane_is_linked(const struct lane *lane)
{
	for (unsigned i = 0; i < lane->plan.gather; i++)
		if (lane->links[i].state >= LINK_IDLE)
			return (true);
	return (false);
}

void
lane_mark(struct lane *lane)
{
	bool is_up = lane_is_linked(lane);

	if (is_up == lane->was_up || lane->closing)
		return;
	lane->was_up = is_up;
	lane->quiet[LANE_QUIET_CONNECT] = 0;
	lane->quiet[LANE_QUIET_PREPARE] = 0;
	log_say(is_up ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    is_up ? "lane.up" : "lane.down", "s:s", "lane", lane->plan.name);
}

int
lane_is_up(const struct lane *lane)
{
	return (lane->now >= lane->short_until && lane_is_linked(lane));
}

unsigned
lane_held(const struct lane *lane)
{
	return (lane->held);
}

unsigned
lane_connections(const struct lane_plan *plan)
{
	return (plan->gather + 2 * plan->solo + 1);
}

/* ---- birth and death ---- */

static bool
lane_init_parameters(struct lane *lane)
{
	uint64_t statement = lane->plan.deadline * 3 / 5;
	uint64_t limits[] = { statement, statement, LANE_LOCK_WAIT + statement,
		LANE_LOCK_WAIT };
	char	 settings[128];
	struct text error = { 0 };
	bool	    ok = true;

	for (enum link_kind kind = 0; ok && kind < LINK_KINDS; kind++) {
		snprintf(settings, sizeof(settings),
		    "-c statement_timeout=%" PRIu64 " -c %s", limits[kind],
		    lane_settings[kind]);
		ok = db_parameters(&lane->parameters[kind], lane->plan.url,
		    LANE_ROLE, lane->program, settings, &error);
		lane->limits[kind] = limits[kind] + lane->plan.deadline -
		    statement;
	}
	if (!ok)
		log_say(LOG_LEVEL_ERROR, "lane.url", "s:s, s:s", "lane",
		    lane->plan.name, "message",
		    error.failed || error.data == NULL ? "" : error.data);
	text_release(&error);
	return (ok);
}

static enum link_kind
lane_kind_of(const struct lane_plan *plan, unsigned i)
{
	if (i < plan->gather)
		return (LINK_GATHER);
	if (i < plan->gather + plan->solo)
		return (LINK_ALONE);
	return (i < plan->gather + 2 * plan->solo ? LINK_LOCKED : LINK_AID);
}

static bool
lane_init_links(struct lane *lane)
{
	lane->links = calloc(lane_connections(&lane->plan),
	    sizeof(*lane->links));
	if (lane->links == NULL)
		return (false);
	lane->count = lane_connections(&lane->plan);
	for (unsigned i = 0; i < lane->count; i++) {
		lane->links[i].lane = lane;
		lane->links[i].kind = lane_kind_of(&lane->plan, i);
		lane->links[i].fd = -1;
	}
	return (true);
}

struct lane *
lane_new(const struct lane_plan *plan, uint64_t now)
{
	struct lane    *lane = calloc(1, sizeof(*lane));
	struct timespec moment;

	if (lane == NULL)
		return (NULL);
	clock_gettime(CLOCK_MONOTONIC, &moment);
	lane->seed = (uint64_t)moment.tv_nsec * 2 + 1; /* never zero */
	lane->plan = *plan;
	lane->tally = plan->tally != NULL ? plan->tally : &lane->own;
	if (lane->plan.most > LANE_MOST)
		lane->plan.most = LANE_MOST;
	lane->now = now;
	snprintf(lane->program, sizeof(lane->program), "kov %s", plan->name);
	for (enum link_kind kind = 0; kind < LINK_AID; kind++)
		TAILQ_INIT(&lane->queues[kind]);
	TAILQ_INIT(&lane->gone);
	if (shares_init(&lane->shares, plan->room) &&
	    lane_init_parameters(lane) && lane_init_links(lane))
		return (lane);
	lane_free(lane);
	return (NULL);
}

void
lane_free(struct lane *lane)
{
	struct lane_ask *a;

	if (lane == NULL)
		return;
	lane->closing = true;
	for (unsigned i = 0; i < lane->count; i++)
		if (lane->links[i].state != LINK_DOWN)
			link_lost(&lane->links[i], "stop");
	for (enum link_kind kind = 0; kind < LINK_AID; kind++)
		while ((a = TAILQ_FIRST(&lane->queues[kind])) != NULL) {
			TAILQ_REMOVE(&lane->queues[kind], a, entry);
			a->queue = NULL;
			ask_answer(a, LANE_AWAY, NULL, 0);
		}
	for (enum link_kind kind = 0; kind < LINK_KINDS; kind++)
		db_parameters_release(&lane->parameters[kind]);
	shares_release(&lane->shares);
	free(lane->links);
	free(lane);
}
