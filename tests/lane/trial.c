/*
 * Tries the rules of a lane one by one, each with a lane of its own:
 * trial URL ADMIN-URL CLUSTER DIRECTORY
 */
#include "trial.h"

#include <sys/wait.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "text.h"

#define TRIAL_SECONDS 60 /* the bound of every wait */

struct lane	*lane;
struct lane_plan plan;
struct one	 ones[TRIAL_MOST];
unsigned	 asked;

static const char *url, *admin_url, *cluster, *directory;

static const struct lane_statement statements[] = {
	[CREATE] = { "create_note", "select * from api.create_note($1, $2, $3)",
	    0, NULL },
	[READ] = { "read_note", "select * from api.read_note($1, $2, $3)", 1,
	    NULL },
	[CREATE_PLURAL] = { "create_note_too",
	    "select * from api.create_note($1, $2, $3)", 0,
	    &statements[CREATES] },
	[CREATES] = { "create_notes",
	    "select * from api.create_notes($1, $2, $3)", 0, NULL },
	{ NULL, NULL, 0, NULL },
};

/* ---- the lane ---- */

bool
trial_begin(void)
{
	lane = lane_new(&plan, loop_now());
	return (lane != NULL);
}

static bool
is_up(void *owner)
{
	(void)owner;
	return (lane_is_up(lane));
}

bool
trial_until(bool (*done)(void *), void *owner)
{
	return (loop_until(lane, TRIAL_SECONDS, done, owner));
}

bool
trial_up(void)
{
	return (trial_begin() && trial_until(is_up, NULL));
}

/* ---- asks ---- */

static void
one_answered(void *owner, enum lane_end end, const PGresult *result, int row)
{
	struct one *one = owner;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	one->answers++;
	one->end = (int)end;
	one->ask = NULL;
	if (end == LANE_OK)
		one->said = strtol(PQgetvalue(result, row, 2) +
			sizeof("{\"id\" : ") - 1,
		    NULL, 10);
	snprintf(one->state, sizeof(one->state), "%s",
	    state == NULL ? "" : state);
}

struct one *
trial_ask_more(int statement, int64_t organisation, const char *subject,
    const char *act, const char *rows, const char *text)
{
	struct one *one = &ones[asked];
	struct text input = { 0 };

	*one = (struct one){ .id = asked + 1, .end = -1 };
	text_addf(&input,
	    "{\"id\":%" PRId64 ",\"do\":\"%s\",\"subject\":\"%s\","
	    "\"rows\":%s,\"text\":\"%s\"}",
	    one->id, act, subject, rows, text);
	one->ask = lane_ask(lane, statement, organisation, subject, "{}",
	    input.data, one_answered, one);
	text_release(&input);
	if (one->ask == NULL)
		return (NULL);
	asked++;
	return (one);
}

struct one *
trial_ask(int statement, int64_t organisation, const char *subject,
    const char *act)
{
	return (trial_ask_more(statement, organisation, subject, act, "[]",
	    "a text"));
}

static bool
is_settled(void *owner)
{
	(void)owner;
	for (unsigned i = 0; i < asked; i++)
		if (ones[i].ask != NULL)
			return (false);
	return (true);
}

bool
trial_settle(void)
{
	return (trial_until(is_settled, NULL));
}

unsigned
trial_count(enum lane_end end)
{
	unsigned n = 0;

	for (unsigned i = 0; i < asked; i++)
		n += ones[i].end == (int)end && ones[i].answers == 1;
	return (n);
}

/* ---- the other side ---- */

long
trial_sql(const char *sql)
{
	PGconn	 *db = PQconnectdb(admin_url);
	PGresult *r = PQexec(db, sql);
	long	  value = 0;

	if (PQntuples(r) > 0)
		value = strtol(PQgetvalue(r, 0, 0), NULL, 10);
	if (PQresultStatus(r) != PGRES_TUPLES_OK &&
	    PQresultStatus(r) != PGRES_COMMAND_OK)
		printf("# %s: %s", sql, PQerrorMessage(db));
	PQclear(r);
	PQfinish(db);
	return (value);
}

struct wanted {
	const char *sql;
	long	    value;
};

static bool
is_wanted(void *owner)
{
	const struct wanted *w = owner;

	return (trial_sql(w->sql) == w->value);
}

bool
trial_turns(const char *sql, long value)
{
	struct wanted w = { sql, value };

	return (trial_until(is_wanted, &w));
}

void
trial_cluster(const char *verb)
{
	pid_t child = fork();

	if (child == 0) {
		execl(cluster, cluster, verb, directory, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

/* ---- the cases ---- */

static void
trial_reset(void)
{
	plan = (struct lane_plan){ .name = "trial",
		.url = url,
		.statements = statements,
		.watch = loop_watch,
		.gather = 1,
		.solo = 1,
		.most = LANE_MOST,
		.room = TRIAL_MOST,
		.patience = 30000,
		.deadline = 5000,
		.notify = 1 };
	asked = 0;
	lane = NULL;
}

/* At the end of each, whatever it was about: nobody is told twice, and what
 * is OK is there. */
static bool
trial_is_honest(void)
{
	for (unsigned i = 0; i < asked; i++)
		CHECK(ones[i].answers <= 1);
	return (true);
}

static bool
trial_try(const struct trial_case *c)
{
	bool holds;

	trial_reset();
	/* backends that still sleep for the lane before */
	trial_sql("select pg_terminate_backend(pid) from pg_stat_activity "
		  "where usename in ('kov_service', 'app')");
	trial_sql("truncate kov.note, kov.event, kov.gate");
	holds = c->holds();
	lane_free(lane);
	holds = trial_is_honest() && holds;
	printf("%s - %s\n", holds ? "ok" : "not ok", c->rule);
	fflush(stdout);
	return (holds);
}

int
main(int argc, char **argv)
{
	const struct trial_case *const all[] = { db_cases, limit_cases,
		fate_cases, set_cases, link_cases };
	bool			       ok = true;

	if (argc != 5)
		return (2);
	url = argv[1];
	admin_url = argv[2];
	cluster = argv[3];
	directory = argv[4];
	log_open("trial", LOG_LEVEL_INFO);
	loop_open();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (const struct trial_case *c = all[i]; c->rule != NULL; c++)
			ok = trial_try(c) && ok;
	return (ok ? 0 : 1);
}
