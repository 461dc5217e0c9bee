/* Rules of connections: lost, refused, late, and what is told afterwards. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lane_impl.h"
#include "loop.h"
#include "trial.h"

#define FLYING                                                              \
	"select count(*) from pg_stat_activity where state = 'active' and " \
	"usename = 'kov_service' and query like '%_note($1%'"
#define KILL                                                            \
	"select pg_terminate_backend(pid) from pg_stat_activity where " \
	"state = 'active' and usename = 'kov_service' and "             \
	"query like '%_note($1%'"

static bool
lost_write(void)
{
	CHECK(trial_up());
	trial_sql("insert into kov.gate values (1)");
	CHECK(trial_ask(CREATE, 1, "s", "wait") != NULL);
	CHECK(trial_turns(FLYING, 1));
	trial_sql(KILL);
	CHECK(trial_settle() && ones[0].end == LANE_UNKNOWN);
	CHECK(lane_tally(lane)->counts[LANE_SENT] == 1); /* never sent again */
	CHECK(trial_sql("select count(*) from kov.note") == 0);
	return (true);
}

static bool
lost_read(void)
{
	CHECK(trial_up());
	trial_sql("insert into kov.gate values (1)");
	CHECK(trial_ask(READ, 1, "s", "wait") != NULL);
	CHECK(trial_turns(FLYING, 1));
	trial_sql("delete from kov.gate");
	trial_sql(KILL);
	CHECK(trial_settle() && ones[0].end == LANE_OK);
	CHECK(lane_tally(lane)->counts[LANE_SENT] == 2);
	return (true);
}

static bool
lost_read_twice(void)
{
	CHECK(trial_up());
	trial_sql("insert into kov.gate values (1)");
	CHECK(trial_ask(READ, 1, "s", "wait") != NULL);
	for (int i = 0; i < 2; i++) {
		CHECK(trial_turns(FLYING, 1));
		trial_sql(KILL);
		CHECK(trial_turns(FLYING, 1 - i));
	}
	CHECK(trial_settle() && ones[0].end == LANE_AWAY);
	CHECK(lane_tally(lane)->counts[LANE_SENT] == 2);
	return (true);
}

static bool
aid_is_idle(void *owner)
{
	const struct lane_link **aid = owner;

	*aid = &lane->links[lane->count - 1];
	return ((*aid)->state == LINK_IDLE);
}

static bool
silent_while(pid_t aid)
{
	CHECK(kill(aid, SIGSTOP) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(trial_ask_more(CREATE, 1, "s", "sleep", "[]", "0.83"));
	CHECK(trial_settle() && trial_count(LANE_OK) == 3);
	CHECK(lane_tally(lane)->counts[LANE_CANCELS] == 1);
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	for (int i = 0; i < 20; i++)
		loop_turn(lane);
	CHECK(ones[3].end < 0 && lane_tally(lane)->counts[LANE_SENT] == 3);
	return (true);
}

/* Three together outlast the deadline; the aid stands still when it is asked
 * to cancel, and its cancel could hit whatever is sent meanwhile. */
static bool
silent(void)
{
	const struct lane_link *link;
	pid_t			aid;
	bool			holds;

	plan.deadline = 2000;
	CHECK(trial_up() && trial_until(aid_is_idle, &link));
	aid = PQbackendPID(link->db);
	holds = silent_while(aid);
	CHECK(kill(aid, SIGCONT) == 0 && holds);
	CHECK(trial_settle() && ones[3].end == LANE_OK);
	CHECK(lane_tally(lane)->counts[LANE_LOST] == 0);
	return (true);
}

/* The worker itself stood still; the answer was there all the time. */
static bool
paused(void)
{
	uint64_t end = loop_now() + 60000;

	CHECK(trial_up());
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	lane_push(lane);
	while (trial_sql("select count(*) from kov.note") == 0)
		CHECK(loop_now() < end);
	lane_tick(lane, loop_now() + 60000);
	CHECK(ones[0].end == LANE_OK);
	return (true);
}

static bool
down_at_start(void)
{
	plan.patience = 200;
	trial_cluster("stop");
	CHECK(trial_begin());
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[0].end == LANE_AWAY);
	CHECK(!lane_is_up(lane));
	trial_cluster("start");
	while (!lane_is_up(lane))
		loop_turn(lane);
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[1].end == LANE_OK);
	return (true);
}

static bool
too_many(void)
{
	plan.patience = 200;
	trial_sql("alter role kov_service connection limit 0");
	CHECK(trial_begin());
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[0].end == LANE_AWAY);
	CHECK(!lane_is_up(lane));
	trial_sql("alter role kov_service connection limit -1");
	while (!lane_is_up(lane))
		loop_turn(lane);
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[1].end == LANE_OK);
	return (true);
}

/* The log names the statement: tests/lane/run looks for it. */
static bool
unprepared(void)
{
	plan.patience = 200;
	trial_sql("alter function api.read_note rename to other_note");
	CHECK(trial_begin());
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[0].end == LANE_AWAY);
	CHECK(!lane_is_up(lane));
	trial_sql("alter function api.other_note rename to read_note");
	while (!lane_is_up(lane))
		loop_turn(lane);
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[1].end == LANE_OK);
	return (true);
}

/* ---- notify ---- */

struct ears {
	PGconn	*listener;
	unsigned heard;
	bool	 wrong; /* another channel, or a payload */
};

/* As many as were sent, and at least one. */
static bool
all_heard(void *owner)
{
	struct ears *ears = owner;
	PGnotify    *n;

	PQclear(PQexec(ears->listener, "select 1")); /* fetches them */
	while ((n = PQnotifies(ears->listener)) != NULL) {
		ears->wrong |= n->extra[0] != '\0' ||
		    strcmp(n->relname, "kov_event") != 0;
		PQfreemem(n);
		ears->heard++;
	}
	return (ears->heard > 0 &&
	    ears->heard == lane_tally(lane)->counts[LANE_NOTIFIES]);
}

static bool
notifies(void)
{
	struct ears ears = { .listener = PQconnectdb(plan.url) };
	const cell *counts;

	PQclear(PQexec(ears.listener, "listen kov_event"));
	plan.most = 1; /* many segments at once: fewer notifies */
	plan.gather = 2;
	CHECK(trial_up());
	counts = lane_tally(lane)->counts;
	for (int i = 0; i < 3; i++) /* each gives the one before its turn */
		CHECK(trial_ask(READ, 1, "s", "good") != NULL &&
		    trial_settle());
	CHECK(!all_heard(&ears) && counts[LANE_NOTIFIES] == 0);
	for (int i = 0; i < 500; i++)
		CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && trial_count(LANE_OK) == 503);
	CHECK(trial_until(all_heard, &ears));
	CHECK(!ears.wrong && ears.heard + 3 < counts[LANE_SEGMENTS]);
	CHECK(trial_sql(
		  "select count(*) from pg_stat_activity where "
		  "usename = 'kov_service' and query = 'notify kov_event'") ==
	    1);
	PQfinish(ears.listener);
	return (true);
}

const struct trial_case link_cases[] = {
	{ "a write whose connection is lost: unknown, never sent again",
	    lost_write },
	{ "a read whose connection is lost is asked once more", lost_read },
	{ "a read that loses two connections: away", lost_read_twice },
	{ "nothing is sent on a link whose cancel is unanswered", silent },
	{ "an answer that waited while we stood still counts", paused },
	{ "down at the start: away, then it recovers", down_at_start },
	{ "too many connections: away, then it recovers", too_many },
	{ "a statement that cannot be prepared: away, then it recovers",
	    unprepared },
	{ "writes notify after their commit, by another connection", notifies },
	{ NULL, NULL },
};
