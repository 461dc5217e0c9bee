/* Rules of what an SQLSTATE means for the guilty and for the others. */
#include <string.h>

#include "trial.h"

#define NEIGHBOURS 9
#define OUTLASTING 40 /* of 30 ms each */

/* One evil statement amid good ones: only it ends otherwise. */
static struct one *
amid(const char *act, const char *text)
{
	struct one *evil = NULL;

	for (int i = 0; i < NEIGHBOURS + 1; i++)
		if (i == NEIGHBOURS / 2)
			evil = trial_ask_more(CREATE, 1, "s", act, "[16]",
			    text);
		else if (trial_ask(CREATE, 1, "s", "good") == NULL)
			return (NULL);
	return (evil);
}

static bool
guilty(void)
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
		{ "replica", "25006", LANE_AWAY },
		{ "serial", "40001", LANE_BUSY },
		{ "short", "53100", LANE_AWAY },
		{ "stuck", "57014", LANE_TIMEOUT },
	};
	struct one *evil;

	plan.deadline = 1500;
	CHECK(trial_up());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		printf("# %s\n", rows[i].act);
		evil = amid(rows[i].act, "a text");
		CHECK(evil != NULL && trial_settle());
		CHECK(evil->end == (int)rows[i].end && evil->answers == 1);
		CHECK(strcmp(evil->state, rows[i].state) == 0);
		CHECK(trial_count(LANE_OK) == NEIGHBOURS * (i + 1));
	}
	CHECK(trial_sql("select count(*) from kov.note") ==
	    (long)(NEIGHBOURS * (sizeof(rows) / sizeof(rows[0]))));
	CHECK(trial_sql("select count(*) from kov.event") ==
	    trial_sql("select count(*) from kov.note"));
	return (true);
}

static bool
short_of(void)
{
	CHECK(trial_up());
	CHECK(trial_ask(CREATE, 1, "s", "short") != NULL);
	CHECK(trial_settle() && ones[0].end == LANE_AWAY);
	CHECK(!lane_is_up(lane));
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && ones[1].end == LANE_OK);
	return (true);
}

static bool
warned(void)
{
	CHECK(trial_up());
	CHECK(amid("warn", "a text") != NULL && trial_settle());
	CHECK(trial_count(LANE_UNKNOWN) == NEIGHBOURS + 1);
	CHECK(trial_sql("select count(*) from kov.note") == NEIGHBOURS + 1);
	CHECK(trial_ask(CREATE, 1, "s", "good") != NULL);
	CHECK(trial_settle() && trial_count(LANE_OK) == 1);
	return (true);
}

/* None is slow by itself; together they outlast the deadline. */
static bool
outlasted(void)
{
	plan.deadline = 800;
	CHECK(trial_up());
	for (int i = 0; i < OUTLASTING; i++)
		CHECK(trial_ask(CREATE, 1, "s", "slow") != NULL);
	CHECK(trial_settle() && trial_count(LANE_OK) == OUTLASTING);
	CHECK(lane_tally(lane)->counts[LANE_CANCELS] >= 1);
	CHECK(lane_tally(lane)->counts[LANE_LOST] == 0);
	CHECK(trial_sql("select count(*) from kov.note") == OUTLASTING);
	return (true);
}

/* The login is but a member of the role, and does not inherit from it. */
static bool
outlasted_as_member(void)
{
	char url[512];

	snprintf(url, sizeof(url), "%s user=app", plan.url);
	plan.url = url;
	CHECK(outlasted());
	CHECK(trial_sql("select count(*) from pg_stat_activity where "
			"usename = 'app'") >= 3);
	lane_free(lane); /* its plan borrows url */
	lane = NULL;
	return (true);
}

static bool
all_failed_or_waited(void *owner)
{
	(void)owner;
	return (trial_count(LANE_REFUSED) == 20 || trial_count(LANE_BUSY) == 2);
}

/* An outsider holds what two wait for; the failing ones do not wait. */
static bool
not_starved(void)
{
	PGconn *outsider = PQconnectdb(plan.url);

	PQclear(PQexec(outsider, "begin"));
	PQclear(PQexec(outsider,
	    "select api.create_note(1, '{}', "
	    "'{\"id\":0,\"subject\":\"s\",\"rows\":[16]}')"));
	CHECK(trial_up());
	for (int i = 0; i < 2; i++)
		CHECK(trial_ask_more(CREATE, 1, "s", "held", "[16]", ""));
	for (int i = 0; i < 20; i++)
		CHECK(trial_ask(CREATE, 2, "s", "raise") != NULL);
	CHECK(trial_until(all_failed_or_waited, NULL));
	CHECK(trial_count(LANE_BUSY) < 2);
	CHECK(trial_settle() && trial_count(LANE_BUSY) == 2);
	CHECK(trial_count(LANE_REFUSED) == 20);
	PQfinish(outsider);
	CHECK(trial_sql("select count(*) from kov.note") == 0);
	return (true);
}

/* Two take two rows in opposite orders, again and again. */
static bool
deadlocks(void)
{
	plan.solo = 2;
	CHECK(trial_up());
	for (int i = 0; i < 40; i++)
		CHECK(trial_ask_more(CREATE, 1, "s", "lock",
			  i % 2 == 0 ? "[1,2]" : "[2,1]", "") != NULL);
	CHECK(trial_settle());
	CHECK(trial_count(LANE_OK) + trial_count(LANE_BUSY) == 40);
	CHECK(trial_sql("select count(*) from kov.note") ==
	    (long)trial_count(LANE_OK));
	return (true);
}

const struct trial_case fate_cases[] = {
	{ "an SQLSTATE ends as the table says, its neighbours are OK", guilty },
	{ "short of disk or memory: away, and not ready", short_of },
	{ "a warning before the Sync: outcome unknown", warned },
	{ "a segment past its deadline is cancelled, then all are OK",
	    outlasted },
	{ "a member of the role can cancel too", outlasted_as_member },
	{ "who waits for locks does not keep the failing waiting",
	    not_starved },
	{ "deadlocks are replayed or busy, and counted right", deadlocks },
	{ NULL, NULL },
};
