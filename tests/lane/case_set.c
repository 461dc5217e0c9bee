/* Rules of sets: many asks told in one statement, each with a row. */
#include <string.h>

#include "loop.h"
#include "trial.h"

#define MEMBERS 20

static bool
all_have_their_own(void)
{
	for (unsigned i = 0; i < asked; i++)
		CHECK(ones[i].end != LANE_OK || ones[i].said == ones[i].id);
	return (true);
}

/* Organisations in turn, and who asks for one gets its row. */
static bool
own_rows(void)
{
	const cell *counts;

	CHECK(trial_up());
	counts = lane_tally(lane)->counts;
	for (int i = 0; i < MEMBERS * 3; i++)
		CHECK(trial_ask(i % 7 == 0 ? CREATE : CREATE_PLURAL, i % 3 + 1,
			  i % 2 == 0 ? "a" : "b", "good") != NULL);
	CHECK(trial_settle() && trial_count(LANE_OK) == MEMBERS * 3);
	CHECK(all_have_their_own());
	CHECK(counts[LANE_SEGMENTS] == 1 && counts[LANE_SETS] >= 3);
	CHECK(trial_sql("select count(*) from kov.note") == MEMBERS * 3);
	CHECK(trial_sql("select count(*) from kov.note "
			"where organisation_id <> (id - 1) % 3 + 1") == 0);
	return (true);
}

/* One of them, amid good ones; the neighbours are of no set. */
static struct one *
poison(const char *act)
{
	struct one *evil = NULL;

	for (int i = 0; i < MEMBERS; i++)
		if (i == MEMBERS / 2)
			evil = trial_ask_more(CREATE_PLURAL, 1, "s", act,
			    "[16]", "a text");
		else if (trial_ask(i % 5 == 0 ? CREATE : CREATE_PLURAL, 1, "s",
			     "good") == NULL)
			return (NULL);
	return (evil);
}

static bool
guilty_member(void)
{
	static const struct {
		const char   *act, *state;
		enum lane_end end;
	} rows[] = {
		{ "raise", "KV409", LANE_REFUSED },
		{ "commit", "23503", LANE_REFUSED },
		{ "number", "22P02", LANE_REFUSED },
		{ "unsupported", "0A000", LANE_REFUSED },
		{ "unprepared", "26000", LANE_REFUSED },
		{ "serial", "40001", LANE_BUSY },
		{ "short", "53100", LANE_AWAY },
		{ "stuck", "57014", LANE_TIMEOUT },
	};
	struct one *evil;

	plan.deadline = 1500;
	CHECK(trial_up());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		printf("# %s\n", rows[i].act);
		evil = poison(rows[i].act);
		CHECK(evil != NULL && trial_settle());
		CHECK(evil->end == (int)rows[i].end && evil->answers == 1);
		CHECK(strcmp(evil->state, rows[i].state) == 0);
		CHECK(trial_count(LANE_OK) == (MEMBERS - 1) * (i + 1));
		CHECK(all_have_their_own());
	}
	CHECK(trial_sql("select count(*) from kov.note") ==
	    (long)((MEMBERS - 1) * (sizeof(rows) / sizeof(rows[0]))));
	CHECK(trial_sql("select count(*) from kov.event") ==
	    trial_sql("select count(*) from kov.note"));
	return (true);
}

/* The good ones are not sent one by one: each costs a commit. */
static bool
few_flights(void)
{
	const cell *counts;

	CHECK(trial_up());
	counts = lane_tally(lane)->counts;
	CHECK(poison("raise") != NULL && trial_settle());
	CHECK(trial_count(LANE_OK) == MEMBERS - 1);
	CHECK(counts[LANE_SEGMENTS] == 4 && counts[LANE_SOLO] == 1);
	return (true);
}

static bool
member_leaves(void)
{
	CHECK(trial_up());
	for (int i = 0; i < MEMBERS; i++)
		CHECK(trial_ask(CREATE_PLURAL, 1, "s", "slow") != NULL);
	for (int i = 0; i < 3; i++)
		loop_turn(lane);
	lane_leave(ones[3].ask);
	ones[3].ask = NULL;
	CHECK(trial_settle() && trial_count(LANE_OK) == MEMBERS - 1);
	CHECK(ones[3].answers == 0 && all_have_their_own());
	return (true);
}

static bool
lost_set(void)
{
	CHECK(trial_sql("insert into kov.gate values (1)") == 0);
	CHECK(trial_up());
	for (int i = 0; i < MEMBERS; i++)
		CHECK(trial_ask(CREATE_PLURAL, 1, "s",
			  i == 0 ? "wait" : "good") != NULL);
	CHECK(trial_turns("select count(*) from pg_stat_activity where "
			  "wait_event = 'PgSleep'",
	    1));
	trial_sql("select pg_terminate_backend(pid) from pg_stat_activity "
		  "where wait_event = 'PgSleep'");
	CHECK(trial_settle() && trial_count(LANE_UNKNOWN) == MEMBERS);
	CHECK(trial_sql("select count(*) from kov.note") == 0);
	return (true);
}

static bool
odd_set(void)
{
	CHECK(trial_up());
	for (int i = 0; i < MEMBERS; i++)
		CHECK(trial_ask_more(CREATE_PLURAL, 1, "s", "good", "[]",
			  i == 5 ? "odd" : "even") != NULL);
	CHECK(trial_settle() && trial_count(LANE_UNKNOWN) == MEMBERS);
	CHECK(trial_ask(CREATE_PLURAL, 1, "s", "good") != NULL);
	CHECK(trial_settle() && trial_count(LANE_OK) == 1);
	return (true);
}

const struct trial_case set_cases[] = {
	{ "sets: each ask gets its own row, of its own organisation",
	    own_rows },
	{ "sets: only the guilty member ends as the table says",
	    guilty_member },
	{ "sets: one that fails is told singly in one more flight",
	    few_flights },
	{ "sets: who leaves one is not told, the others are", member_leaves },
	{ "sets: one that is lost is unknown to all its members", lost_set },
	{ "sets: with a row too few nobody is told another's", odd_set },
	{ NULL, NULL },
};
