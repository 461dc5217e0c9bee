/*
 * The aid link does what must not be done on the link it is about: it
 * cancels (PQcancel would block the worker) and notifies (in a segment a
 * NOTIFY would hold a global lock over everyone's commit).
 */
#include <jansson.h>
#include <stdio.h>

#include "lane_impl.h"
#include "log.h"

static void
aid_send(struct lane_link *aid, const char *sql, int n, const char *value)
{
	const char *const values[] = { value };

	link_depart(aid);
	if (!PQsendQueryParams(aid->db, sql, n, NULL, values, NULL, NULL, 0) ||
	    !PQpipelineSync(aid->db) || !link_flush(aid))
		link_lost(aid, "send");
}

static struct lane_link *
aid_next(const struct lane *lane)
{
	for (unsigned i = 0; i < lane->count; i++)
		if (lane->links[i].cancel == CANCEL_WANTED)
			return (&lane->links[i]);
	return (NULL);
}

static void
aid_cancel(struct lane_link *aid, struct lane_link *target)
{
	char number[24];

	snprintf(number, sizeof(number), "%d", PQbackendPID(target->db));
	target->cancel = CANCEL_SENT;
	aid->target = target;
	lane_count(aid->lane, LANE_CANCELS);
	log_say(LOG_LEVEL_WARNING, "lane.cancel", "s:s, s:i, s:I", "lane",
	    aid->lane->plan.name, "statements", (int)target->count, "ms",
	    (json_int_t)(aid->lane->now - target->sent_at));
	aid_send(aid, "select pg_cancel_backend($1::int)", 1, number);
}

/* One thing at a time; notifies that fall due meanwhile become one. */
void
aid_push(struct lane_link *aid)
{
	struct lane	 *lane = aid->lane;
	struct lane_link *target = aid_next(lane);

	if (target != NULL) {
		aid_cancel(aid, target);
	} else if (lane->notify_due) {
		lane->notify_due = false;
		lane_count(lane, LANE_NOTIFIES);
		aid_send(aid, "notify kov_event", 0, NULL);
	}
}

/* A cancel that may still arrive would hit the next segment: renew. */
static void
aid_settle(struct lane_link *aid, bool answered)
{
	struct lane_link *target = aid->target;

	aid->target = NULL;
	if (target == NULL)
		return;
	target->cancel = CANCEL_NONE;
	if (answered)
		return;
	if (target->state == LINK_IDLE)
		link_lost(target, "cancel in doubt");
	else
		target->retire = true;
}

void
aid_done(struct lane_link *aid)
{
	bool answered = aid->late != NULL && !result_is_error(aid->late);

	PQclear(aid->late);
	aid->late = NULL;
	aid->back_off = 0;
	aid->state = LINK_IDLE;
	aid_settle(aid, answered);
}

void
aid_lost(struct lane_link *aid)
{
	aid_settle(aid, false);
}

void
aid_forget(struct lane_link *k)
{
	struct lane_link *aid = &k->lane->links[k->lane->count - 1];

	k->cancel = CANCEL_NONE;
	if (aid->target == k)
		aid->target = NULL;
}
