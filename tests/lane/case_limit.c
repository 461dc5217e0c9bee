/* Rules of what a lane holds, for whom, and in which order. */
#include <stdlib.h>
#include <string.h>

#include "lane_ask.h"
#include "trial.h"

#define ORGANISATIONS 100

static bool
full(void)
{
	plan.room = 8;
	CHECK(trial_begin());
	for (int i = 0; i < 4; i++)
		CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_ask(CREATE, 1, "s", "good") == NULL); /* its half */
	for (int i = 0; i < 4; i++)
		CHECK(trial_ask(CREATE, 2, "s", "good") != NULL);
	CHECK(trial_ask(CREATE, 3, "s", "good") == NULL); /* all */
	CHECK(lane_held(lane) == 8);
	CHECK(trial_settle() && trial_count(LANE_OK) == 8);
	CHECK(lane_held(lane) == 0);
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && trial_count(LANE_OK) == 9);
	return (true);
}

/* Against plain counters: any order of taking and dropping. */
static bool
shares(void)
{
	struct shares s;
	unsigned      held[ORGANISATIONS] = { 0 };
	unsigned      all = 0, o;
	int64_t	      id;

	CHECK(shares_init(&s, 200));
	srandom(1);
	for (int i = 0; i < 200000; i++) {
		o = (unsigned)random() % ORGANISATIONS;
		id = (int64_t)o * 1024 - 7; /* many of one hash */
		if (random() % 2 == 0 && all < 200) {
			CHECK(shares_take(&s, id, 5) == (held[o] < 5));
			all += held[o] < 5;
			held[o] += held[o] < 5;
		} else if (held[o] > 0) {
			shares_drop(&s, id);
			held[o]--;
			all--;
		}
	}
	shares_release(&s);
	return (true);
}

/* One segment of strangers: organisation, subject, then as they came. */
static bool
sorted(void)
{
	char subject[8];

	CHECK(trial_up());
	srandom(2);
	for (int i = 0; i < 60; i++) {
		snprintf(subject, sizeof(subject), "s%ld", random() % 5);
		CHECK(trial_ask(CREATE, random() % 3 + 1, subject, "good"));
	}
	CHECK(trial_settle() && trial_count(LANE_OK) == 60);
	CHECK(lane_tally(lane)->counts[LANE_SEGMENTS] == 1);
	CHECK(
	    trial_sql("select count(*) from (select e.n, lag(e.n) over "
		      "(order by e.organisation_id, t.subject, t.id) as before "
		      "from kov.event e join kov.note t on t.id = e.note_id) x "
		      "where before > n") == 0);
	CHECK(trial_sql("select count(*) from kov.event") == 60);
	return (true);
}

static bool
leaves(void)
{
	struct one *one;

	CHECK(trial_up());
	one = trial_ask(CREATE, 1, "waits", "good");
	CHECK(one != NULL);
	lane_leave(one->ask);
	one->ask = NULL;
	trial_sql("insert into kov.gate values (1)");
	one = trial_ask(CREATE, 1, "flies", "wait");
	CHECK(trial_turns("select count(*) from pg_stat_activity where "
			  "query like '%create_note%' and state = 'active' and "
			  "usename = 'kov_service'",
	    1));
	lane_leave(one->ask);
	one->ask = NULL;
	CHECK(trial_sql("select count(*) from kov.note") == 0);
	CHECK(ones[0].answers == 0 && ones[1].answers == 0);
	return (true);
}

/* Long enough that neither side's buffers take it at once. */
static bool
large(void)
{
	size_t size = 1 << 20;
	char  *text = malloc(size);

	if (text == NULL || !trial_up()) {
		free(text);
		return (false);
	}
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
	for (int i = 0; i < 20; i++)
		trial_ask_more(CREATE, 1, "s", "good", "[]", text);
	free(text);
	CHECK(asked == 20);
	CHECK(trial_settle() && trial_count(LANE_OK) == 20);
	CHECK(trial_sql("select count(*) from kov.note where "
			"length(body) = 1048575") == 20);
	return (true);
}

static bool
freed(void)
{
	CHECK(trial_up());
	trial_sql("insert into kov.gate values (1)");
	CHECK(trial_ask(CREATE, 1, "flies", "wait") != NULL);
	CHECK(trial_turns("select count(*) from pg_stat_activity where "
			  "query like '%create_note%' and state = 'active' and "
			  "usename = 'kov_service'",
	    1));
	CHECK(trial_ask(CREATE, 1, "waits", "good") != NULL);
	lane_free(lane);
	lane = NULL;
	CHECK(ones[0].end == LANE_UNKNOWN && ones[0].answers == 1);
	CHECK(ones[1].end == LANE_AWAY && ones[1].answers == 1);
	return (true);
}

const struct trial_case limit_cases[] = {
	{ "a full lane says so at once, one organisation has half", full },
	{ "what organisations hold is counted exactly", shares },
	{ "a segment is sorted by organisation and subject", sorted },
	{ "who left is told nothing, and what waited is not sent", leaves },
	{ "twenty mebibytes in one segment arrive", large },
	{ "a lane that is freed answers what it holds", freed },
	{ NULL, NULL },
};
