/*
 * What the end of a flight means for those aboard. A flight is one implicit
 * transaction: either the Sync's result came with no error before it, and
 * all of it is committed, or nothing of it is.
 */
#include <string.h>

#include "lane_impl.h"
#include "log.h"

#define FATE_ROUNDS 8	/* flights of one shrinking segment */
#define FATE_TRIES 4	/* of one ask that others' locks roll back */
#define FATE_SHORT 2000 /* ms not ready after PostgreSQL ran out of much */

enum step { STEP_END, STEP_ALONE, STEP_LOCKED, STEP_RENEW };

/* What an SQLSTATE means for the statement that met it in a segment, alone,
 * or alone and patient with locks; and its end when nothing more is tried.
 * The first match counts. */
static const struct fate {
	const char   *prefix;
	enum step     steps[LINK_AID]; /* by the kind of link */
	enum lane_end end;
} fates[] = {
	/* query_canceled: by statement_timeout */
	{ "57014", { STEP_END, STEP_END, STEP_END }, LANE_TIMEOUT },
	/* lock_not_available: by lock_timeout */
	{ "55P03", { STEP_LOCKED, STEP_LOCKED, STEP_END }, LANE_BUSY },
	/* transaction_rollback: deadlock, serialisation */
	{ "40", { STEP_LOCKED, STEP_LOCKED, STEP_LOCKED }, LANE_BUSY },
	/* feature_not_supported: also a cached plan that is stale */
	{ "0A000", { STEP_RENEW, STEP_RENEW, STEP_RENEW }, LANE_REFUSED },
	/* invalid_sql_statement_name: it is not prepared */
	{ "26000", { STEP_RENEW, STEP_RENEW, STEP_RENEW }, LANE_REFUSED },
	/* read_only_sql_transaction: this one is a replica */
	{ "25006", { STEP_RENEW, STEP_RENEW, STEP_RENEW }, LANE_AWAY },
	/* connection_exception, operator_intervention */
	{ "08", { STEP_RENEW, STEP_RENEW, STEP_RENEW }, LANE_AWAY },
	{ "57P", { STEP_RENEW, STEP_RENEW, STEP_RENEW }, LANE_AWAY },
	/* insufficient_resources: disk, memory, connections */
	{ "53", { STEP_END, STEP_END, STEP_END }, LANE_AWAY },
	/* all others, KVnnn with them */
	{ "", { STEP_ALONE, STEP_END, STEP_END }, LANE_REFUSED },
};

static const char *
result_state(const PGresult *error)
{
	const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);

	return (state == NULL ? "" : state);
}

static const struct fate *
fate_find(const PGresult *error)
{
	const char *state = result_state(error);
	size_t	    i = 0;

	while (strncmp(state, fates[i].prefix, strlen(fates[i].prefix)) != 0)
		i++;
	return (&fates[i]);
}

/* Only severity ERROR proves a rollback: FATAL can follow a commit. */
bool
result_is_error(const PGresult *r)
{
	const char *severity;

	if (r == NULL || PQresultStatus(r) != PGRES_FATAL_ERROR)
		return (false);
	severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
	return (severity != NULL && strcmp(severity, "ERROR") == 0);
}

/* Our cancel hits whoever runs just then: in a segment that proves nothing. */
static enum step
fate_step(const struct fate *fate, struct lane_ask *a,
    const struct lane_link *k, bool cancelled)
{
	enum step step = fate->steps[k->kind];

	if (fate->end == LANE_TIMEOUT && cancelled && k->kind == LINK_GATHER)
		return (STEP_ALONE);
	if (step == STEP_RENEW) /* it was renewed for this ask already */
		return (STEP_END);
	if (step == STEP_LOCKED && ++a->tries >= FATE_TRIES)
		return (STEP_END);
	return (step);
}

/* What its own error decides, now that it is known to be rolled back. */
static void
fate_meet(struct lane_link *k, struct lane_ask *a, const PGresult *error,
    bool cancelled)
{
	struct lane	  *lane = k->lane;
	const struct fate *fate = fate_find(error);

	if (strncmp(result_state(error), "53", 2) == 0) {
		lane->short_until = lane->now + FATE_SHORT;
		log_say(LOG_LEVEL_ERROR, "lane.short", "s:s, s:s", "lane",
		    lane->plan.name, "sqlstate", result_state(error));
	}
	switch (fate_step(fate, a, k, cancelled)) {
	case STEP_ALONE:
		lane_count(lane, LANE_SOLO);
		ask_requeue(a, &lane->queues[LINK_ALONE]);
		break;
	case STEP_LOCKED:
		lane_count(lane, LANE_SOLO);
		ask_requeue(a, &lane->queues[LINK_LOCKED]);
		break;
	case STEP_END:
	case STEP_RENEW: /* not reached */
		ask_answer(a, fate->end, error, 0);
		break;
	}
}

/* Who got which row is known only where there is one for each. */
static enum lane_end
fate_end(const struct lane_link *k, const struct set *set,
    const struct lane_ask *a)
{
	if (set->count > 1 && PQntuples(set->result) != (int)set->count) {
		log_say(LOG_LEVEL_ERROR, "lane.set_of_another_size", "s:s, s:s",
		    "lane", k->lane->plan.name, "statement",
		    a->statement->plural->name);
		return (LANE_UNKNOWN);
	}
	return (k->doubtful && !a->statement->is_read ? LANE_UNKNOWN : LANE_OK);
}

static void
link_committed(struct lane_link *k)
{
	struct lane_ask *done[LANE_MOST], *a;
	struct set	 sets[LANE_MOST];
	unsigned	 n = k->flown, row;
	enum lane_end	 end;

	memcpy(done, k->segment, k->count * sizeof(done[0]));
	memcpy(sets, k->sets, n * sizeof(sets[0]));
	k->count = k->flown = k->got = 0;
	k->back_off = 0;
	k->state = LINK_IDLE;
	for (struct set *set = sets; set < sets + n; set++) {
		a = done[set->first];
		end = fate_end(k, set, a);
		k->lane->notify_due |= !a->statement->is_read &&
		    k->lane->plan.notify;
		for (row = 0; row < set->count; row++)
			ask_answer(done[set->first + row], end, set->result,
			    (int)row);
		PQclear(set->result);
	}
}

/* All but the one that failed: what remains aboard, in k->segment. */
static void
link_keep_rest(struct lane_link *k, const struct lane_ask *failed, bool scatter)
{
	struct lane_ask *a;
	unsigned	 n = k->count;

	k->count = 0;
	for (unsigned i = 0; i < n; i++) {
		a = k->segment[i];
		if (a == failed)
			continue;
		if (scatter || a->answer == NULL)
			ask_requeue(a, &k->lane->queues[LINK_ALONE]);
		else
			k->segment[k->count++] = a;
	}
}

/* Its only ask; NULL: there are several, which from now on fly as single
 * statements, so that PostgreSQL names the guilty one. */
static struct lane_ask *
link_single_out(struct lane_link *k, const struct set *set)
{
	if (set->count == 1)
		return (k->segment[set->first]);
	for (unsigned i = 0; i < set->count; i++)
		k->segment[set->first + i]->single = true;
	return (NULL);
}

/* A new connection may help, but each ask only once: what fails on one that
 * was opened after the ask's first renewal fails everywhere. */
static bool
link_renew(struct lane_link *k, struct lane_ask *failed)
{
	if (failed->renewed == 0)
		failed->renewed = k->lane->births;
	else if (k->born > failed->renewed)
		return (false);
	link_lost(k, "renewed");
	return (true);
}

/* The statement at bad failed: its ask goes its own way, the rest fly again
 * at once, up to FATE_ROUNDS times; then, or after a cancel, each by itself. */
static void
link_rolled_back(struct lane_link *k, unsigned bad)
{
	struct lane_ask *failed = link_single_out(k, &k->sets[bad]);
	PGresult	*error = k->sets[bad].result;
	bool		 cancelled = k->cancelled || k->cancel != CANCEL_NONE;

	lane_count(k->lane, LANE_ROLLED_BACK);
	if (failed != NULL && fate_find(error)->steps[k->kind] == STEP_RENEW &&
	    link_renew(k, failed))
		return;
	k->back_off = 0;
	k->sets[bad].result = NULL;
	link_forget(k);
	link_keep_rest(k, failed, cancelled || ++k->rounds > FATE_ROUNDS);
	k->state = LINK_IDLE;
	if (k->count > 0)
		link_send(k);
	if (failed != NULL)
		fate_meet(k, failed, error, cancelled);
	PQclear(error);
}

/* An error at the commit names no statement: each is tried by itself. */
static void
link_failed_late(struct lane_link *k)
{
	PGresult	*error = k->late;
	struct lane_ask *only = k->count == 1 ? k->segment[0] : NULL;
	bool		 cancelled = k->cancelled;
	unsigned	 n = k->count;

	lane_count(k->lane, LANE_LATE_ERRORS);
	k->late = NULL;
	k->count = 0;
	k->state = LINK_IDLE;
	link_forget(k);
	if (only != NULL) {
		fate_meet(k, only, error, cancelled);
	} else {
		for (unsigned i = 0; i < n; i++)
			ask_requeue(k->segment[i],
			    &k->lane->queues[LINK_ALONE]);
	}
	PQclear(error);
}

void
link_synced(struct lane_link *k)
{
	unsigned bad = 0;

	lane_tally_arrival(k);
	if (k->cancel == CANCEL_WANTED)
		k->cancel = CANCEL_NONE; /* too late to be of use */
	while (bad < k->got &&
	    PQresultStatus(k->sets[bad].result) == PGRES_TUPLES_OK)
		bad++;
	if (bad < k->got && result_is_error(k->sets[bad].result))
		link_rolled_back(k, bad);
	else if (bad < k->flown)
		link_lost(k, "protocol");
	else if (k->late == NULL)
		link_committed(k);
	else if (result_is_error(k->late))
		link_failed_late(k);
	else
		link_lost(k, "protocol");
}
