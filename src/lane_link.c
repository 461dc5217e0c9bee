/*
 * One connection of a lane, from down to flying and back. Nothing here
 * blocks, and nobody is answered here but those whose connection was lost:
 * what a finished flight means is lane_fate.c's.
 */
#include "lane_link.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lane_impl.h"
#include "log.h"
#include "text.h"

#define LINK_CONNECT 5000      /* ms until a connection attempt is given up */
#define LINK_GRACE 1000	       /* ms that a cancel may take */
#define LINK_BACK_OFF 50       /* ms, doubled by every failure … */
#define LINK_BACK_OFF_MAX 2000 /* … up to this */

/* The types of all statements: bigint, jsonb, jsonb (pg_type.dat). */
static const Oid link_types[] = { 20, 3802, 3802 };

static const char *const link_kinds[] = {
	[LINK_GATHER] = "gather",
	[LINK_ALONE] = "alone",
	[LINK_LOCKED] = "locked",
	[LINK_AID] = "aid",
};

/* ---- the loop's descriptor ---- */

static void
link_unwatch(struct lane_link *k)
{
	if (k->fd < 0)
		return;
	k->lane->plan.watch(k, -1, 0);
	close(k->fd);
	k->fd = -1;
}

static bool
link_watch(struct lane_link *k, int want_write)
{
	if (k->fd >= 0 && k->want_write == want_write)
		return (true);
	if (k->fd < 0)
		k->fd = fcntl(PQsocket(k->db), F_DUPFD_CLOEXEC, 0);
	if (k->fd < 0)
		return (false);
	k->want_write = want_write;
	k->lane->plan.watch(k, k->fd, want_write);
	return (true);
}

/* ---- coming and going ---- */

/* A cancel that meets the wait for a synchronous standby is but a warning:
 * committed here, and nobody knows where else. */
static void
link_notice(void *owner, const PGresult *notice)
{
	struct lane_link *k = owner;
	const char	 *severity;

	severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (severity != NULL && strcmp(severity, "WARNING") == 0)
		k->doubtful = true;
}

static void
link_connect(struct lane_link *k)
{
	const struct db_parameters *p = &k->lane->parameters[k->kind];

	k->state = LINK_CONNECTING;
	k->sent_at = k->lane->now;
	k->broken = k->retire = false;
	k->db = PQconnectStartParams(p->keys, p->values, 1);
	if (k->db == NULL || PQstatus(k->db) == CONNECTION_BAD) {
		link_lost(k, "connect");
		return;
	}
	PQsetNoticeReceiver(k->db, link_notice, k);
	if (!link_watch(k, 1))
		link_lost(k, "descriptors");
}

/* Before anything was asked the message is about the server or our own
 * functions; later it might quote somebody's data. */
static void
link_complain_connect(struct lane_link *k, const char *why)
{
	struct lane *lane = k->lane;
	char	     text[200];

	if (!lane_may_say(lane, LANE_QUIET_CONNECT))
		return;
	snprintf(text, sizeof(text), "%s", PQerrorMessage(k->db));
	text[strcspn(text, "\n")] = '\0';
	log_say(LOG_LEVEL_WARNING, "lane.away", "s:s, s:s, s:s, s:s", "lane",
	    lane->plan.name, "link", link_kinds[k->kind], "why", why, "message",
	    text);
}

static void
link_complain(struct lane_link *k, const char *why, unsigned unknown)
{
	struct lane *lane = k->lane;

	if (lane->closing)
		return;
	if (k->state == LINK_CONNECTING || k->state == LINK_PREPARING) {
		link_complain_connect(k, why);
		return;
	}
	lane_count(lane, LANE_LOST);
	log_say(LOG_LEVEL_WARNING, "lane.lost", "s:s, s:s, s:s, s:i", "lane",
	    lane->plan.name, "link", link_kinds[k->kind], "why", why, "unknown",
	    (int)unknown);
}

/* Without its Sync, or with an ERROR seen, nothing was committed. */
static bool
link_is_safe(const struct lane_link *k)
{
	if (!k->flushed || result_is_error(k->late))
		return (true);
	for (unsigned i = 0; i < k->flown; i++)
		if (result_is_error(k->sets[i].result))
			return (true);
	return (false);
}

/* What flew when the connection was lost: asked again where that cannot
 * happen twice; of other writes nobody knows. */
static unsigned
link_abandon(struct lane_link *k)
{
	struct asks	*home = &k->lane->queues[k->kind];
	struct lane_ask *a;
	bool		 safe = link_is_safe(k), is_read;
	unsigned	 unknown = 0;

	while (k->count > 0) { /* from the tail: requeueing keeps the order */
		a = k->segment[--k->count];
		is_read = a->statement->is_read;
		if (safe || (is_read && !a->asked_more)) {
			a->asked_more |= !safe;
			ask_requeue(a, home);
			continue;
		}
		unknown += !is_read;
		ask_answer(a, is_read ? LANE_AWAY : LANE_UNKNOWN, NULL, 0);
	}
	return (unknown);
}

void
link_forget(struct lane_link *k)
{
	for (unsigned i = 0; i < k->flown; i++)
		PQclear(k->sets[i].result);
	k->flown = k->got = 0;
}

void
link_lost(struct lane_link *k, const char *why)
{
	unsigned unknown = 0;
	uint64_t wait;

	link_unwatch(k);
	aid_forget(k);
	if (k->kind == LINK_AID)
		aid_lost(k);
	else
		unknown = link_abandon(k);
	link_forget(k);
	link_complain(k, why, unknown);
	PQclear(k->late);
	k->late = NULL;
	PQfinish(k->db);
	k->db = NULL;
	k->state = LINK_DOWN;
	wait = k->back_off == 0 ? LINK_BACK_OFF : k->back_off * 2;
	k->back_off = wait > LINK_BACK_OFF_MAX ? LINK_BACK_OFF_MAX : wait;
	k->retry_at = k->lane->now + k->back_off / 2 +
	    lane_random(k->lane, k->back_off);
	lane_mark(k->lane);
}

/* ---- sending ---- */

bool
link_flush(struct lane_link *k)
{
	int left = PQflush(k->db);

	if (left < 0)
		return (false);
	k->flushed = left == 0;
	return (link_watch(k, left));
}

void
link_depart(struct lane_link *k)
{
	k->state = LINK_FLYING;
	k->flushed = k->doubtful = k->cancelled = false;
	k->flown = k->got = 0;
	k->sent_at = k->lane->now;
}

/* Whether b can go in the set that a is of. */
static bool
link_is_plural(const struct lane_ask *a, const struct lane_ask *b)
{
	return (a->statement->plural != NULL && a->statement == b->statement &&
	    a->organisation == b->organisation && !a->single && !b->single);
}

/* What is to be told the same way goes as one set; a set of one is told as
 * it was asked. */
static void
link_group(struct lane_link *k)
{
	struct set *set = k->sets;

	for (unsigned i = 0; i < k->count; i++) {
		if (i > 0 &&
		    link_is_plural(k->segment[set->first], k->segment[i])) {
			set->count++;
			continue;
		}
		set = &k->sets[k->flown++];
		*set = (struct set){ .first = i, .count = 1 };
	}
}

/* The asks' values[at], which are JSON, as an array. */
static bool
link_array(struct text *t, struct lane_ask *const *asks, unsigned n, int at)
{
	for (unsigned i = 0; i < n; i++) {
		text_adds(t, i == 0 ? "[" : ",");
		text_adds(t, asks[i]->values[at]);
	}
	text_adds(t, "]");
	return (!t->failed);
}

static bool
link_send_set(struct lane_link *k, const struct set *set)
{
	struct lane_ask		   **asks = &k->segment[set->first];
	const struct lane_statement *s = asks[0]->statement;
	struct text		     callers = { 0 }, inputs = { 0 };
	bool			     ok;

	if (set->count == 1)
		return (PQsendQueryPrepared(k->db, s->name, 3, asks[0]->values,
		    NULL, NULL, 0));
	lane_count(k->lane, LANE_SETS);
	ok = link_array(&callers, asks, set->count, 1) &&
	    link_array(&inputs, asks, set->count, 2);
	if (ok) {
		const char *const values[] = { asks[0]->values[0], callers.data,
			inputs.data };

		ok = PQsendQueryPrepared(k->db, s->plural->name, 3, values,
		    NULL, NULL, 0);
	}
	text_release(&callers);
	text_release(&inputs);
	return (ok);
}

void
link_send(struct lane_link *k)
{
	bool ok = true;

	if (k->count > 1)
		qsort(k->segment, k->count, sizeof(k->segment[0]), ask_compare);
	for (unsigned i = 0; i < k->count; i++)
		k->segment[i]->queue = NULL;
	link_depart(k);
	link_group(k);
	lane_tally_departure(k);
	for (unsigned i = 0; i < k->flown && ok; i++)
		ok = link_send_set(k, &k->sets[i]);
	if (!ok || !PQpipelineSync(k->db) || !link_flush(k))
		link_lost(k, "send");
}

static void
link_prepare(struct lane_link *k)
{
	const struct lane_statement *s = k->lane->plan.statements;
	bool			     ok;

	k->state = LINK_PREPARING;
	k->flushed = false;
	k->got = 0;
	ok = PQsetnonblocking(k->db, 1) == 0 && PQenterPipelineMode(k->db);
	for (; ok && k->kind != LINK_AID && s->name != NULL; s++)
		ok = PQsendPrepare(k->db, s->name, s->sql, 3, link_types);
	if (!ok || !PQpipelineSync(k->db) || !link_flush(k))
		link_lost(k, "prepare");
}

/* ---- receiving ---- */

/* The first to fail is named; the others of its pipeline only follow. */
static void
link_prepared(struct lane_link *k, const PGresult *r)
{
	const struct lane_statement *s = k->lane->plan.statements;
	const char		    *state;
	unsigned		     i = k->got++;

	if (PQresultStatus(r) == PGRES_COMMAND_OK)
		return;
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!k->broken && lane_may_say(k->lane, LANE_QUIET_PREPARE))
		log_say(LOG_LEVEL_ERROR, "lane.prepare", "s:s, s:s, s:s",
		    "lane", k->lane->plan.name, "statement", s[i].name,
		    "sqlstate", state == NULL ? "" : state);
	k->broken = true;
}

static void
link_opened(struct lane_link *k)
{
	if (k->broken)
		return;	      /* a statement could not be prepared */
	k->state = LINK_IDLE; /* back_off stays until a flight came back */
	k->born = ++k->lane->births;
	lane_mark(k->lane);
}

/* Takes the result. */
static void
link_result(struct lane_link *k, PGresult *r)
{
	if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
		PQclear(r);
		if (k->state == LINK_PREPARING)
			link_opened(k);
		else if (k->kind == LINK_AID)
			aid_done(k);
		else
			link_synced(k);
	} else if (k->state == LINK_PREPARING) {
		link_prepared(k, r);
		PQclear(r);
	} else if (k->got < k->flown) {
		k->sets[k->got++].result = r;
	} else {
		PQclear(k->late);
		k->late = r;
	}
}

/* A NULL parts two statements' results; a second one means: no more yet. */
static void
link_read(struct lane_link *k)
{
	PGresult *r;
	int	  nulls = 0;

	if (!PQconsumeInput(k->db))
		k->broken = true; /* what came before the end is still read */
	while ((k->state == LINK_PREPARING || k->state == LINK_FLYING) &&
	    nulls < 2 && !PQisBusy(k->db)) {
		if ((r = PQgetResult(k->db)) == NULL) {
			nulls++;
			continue;
		}
		nulls = 0;
		link_result(k, r);
	}
	if (k->db == NULL)
		return; /* lost on the way */
	if (k->broken || PQstatus(k->db) == CONNECTION_BAD)
		link_lost(k, "closed");
	else if (k->retire && k->state == LINK_IDLE)
		link_lost(k, "renewed");
}

/* libpq may go on to another host, and so to another socket: the loop
 * forgets the old one before, or it might never hear of the new. */
static void
link_go_on(struct lane_link *k)
{
	PostgresPollingStatusType next;

	link_unwatch(k);
	next = PQconnectPoll(k->db);
	if (next == PGRES_POLLING_FAILED) {
		link_lost(k, "connect");
		return;
	}
	if (!link_watch(k, next == PGRES_POLLING_WRITING))
		link_lost(k, "descriptors");
	else if (next == PGRES_POLLING_OK)
		link_prepare(k);
}

void
lane_ready(struct lane_link *k)
{
	if (k->state == LINK_DOWN)
		return; /* an event of the connection before */
	if (k->state == LINK_CONNECTING)
		link_go_on(k);
	else if (k->state != LINK_IDLE && !k->flushed && !link_flush(k))
		link_lost(k, "send");
	else
		link_read(k);
}

/* ---- time ---- */

/* After a pause of our own the answer may be here already, so that is looked
 * at first; then the flight is cancelled; then given up. */
static void
link_overdue(struct lane_link *k, uint64_t limit)
{
	uint64_t now = k->lane->now;

	link_read(k);
	if (k->state != LINK_FLYING || now - k->sent_at <= limit)
		return;
	if (k->kind == LINK_AID ||
	    (k->cancelled && now - k->cancelled_at > LINK_GRACE)) {
		link_lost(k, "too slow");
	} else if (!k->cancelled) {
		k->cancelled = true;
		k->cancelled_at = now;
		k->cancel = CANCEL_WANTED;
	}
}

void
link_tick(struct lane_link *k)
{
	uint64_t age = k->lane->now - k->sent_at;
	uint64_t limit = k->lane->limits[k->kind];

	switch (k->state) {
	case LINK_DOWN:
		if (k->lane->now >= k->retry_at)
			link_connect(k);
		break;
	case LINK_CONNECTING:
	case LINK_PREPARING:
		if (age > LINK_CONNECT)
			link_lost(k, "too slow to connect");
		break;
	case LINK_FLYING:
		if (age > limit)
			link_overdue(k, limit);
		break;
	case LINK_IDLE:
		break;
	}
}
