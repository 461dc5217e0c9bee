/*
 * Loads a lane with a mixture of statements, good and evil, while things
 * happen to PostgreSQL, and writes what became of each request, to be
 * counted against the tables: 
 * load URL ADMIN-URL CLUSTER DIRECTORY SCENARIO REQUESTS OUT
 */
#include <sys/wait.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"

#define CLIENTS 256
#define ORGANISATIONS 8
#define TEXT 150 /* bytes of filling, as a complaint has */

enum kind {
	GOOD,
	RAISE,
	SLOW,
	STUCK,
	LOCK,
	HELD,
	COMMIT,
	UNSUPPORTED,
	READ,
	KINDS
};
enum end { LEFT = LANE_ENDS, FULL, NEVER, ENDS };

/* The act is what api.create_note is told; shares are of 10,000. */
static const struct {
	const char *name, *act;
	unsigned    quiet, rough, good; /* share in each mixture */
} kinds[KINDS] = {
	[GOOD] = { "good", "good", 0, 0, 10000 }, /* and what is left */
	[RAISE] = { "raise", "raise", 200, 200, 0 },
	[SLOW] = { "slow", "slow", 10, 10, 0 },
	[STUCK] = { "stuck", "stuck", 0, 0, 0 }, /* by number: few */
	[LOCK] = { "lock", "lock", 100, 100, 0 },
	[HELD] = { "held", "held", 0, 0, 0 }, /* the same */
	[COMMIT] = { "commit", "commit", 20, 20, 0 },
	[UNSUPPORTED] = { "unsupported", "unsupported", 1, 1, 0 },
	[READ] = { "read", "good", 500, 500, 0 },
};

static const char *const ends[ENDS] = {
	[LANE_OK] = "ok",
	[LANE_REFUSED] = "refused",
	[LANE_TIMEOUT] = "timeout",
	[LANE_BUSY] = "busy",
	[LANE_AWAY] = "away",
	[LANE_UNKNOWN] = "unknown",
	[LEFT] = "left",
	[FULL] = "full",
	[NEVER] = "never",
};

/* What happens when so many thousandths are answered: of the cluster's
 * commands, or SQL. */
struct event {
	unsigned    at;
	const char *command, *sql;
};

#define REPLACE                                   \
	"do $$ begin execute pg_get_functiondef(" \
	"'api.create_note(bigint,jsonb,jsonb)'::regprocedure); end $$"
#define KILL                                                            \
	"select pg_terminate_backend(pid) from pg_stat_activity where " \
	"usename = 'kov_service' order by random() limit 1"

/* Makes every prepared statement stale. */
#define WIDEN                                                             \
	"do $$ begin execute format('alter type api.reply add attribute " \
	"more_%s int', extract(epoch from clock_timestamp())::int); end $$"

static const struct event quiet_events[] = {
	{ 100, NULL, REPLACE },
	{ 300, NULL, REPLACE },
	{ 500, NULL, REPLACE },
	{ 600, NULL, WIDEN },
	{ 700, NULL, REPLACE },
	{ 0, NULL, NULL },
};
static const struct event rough_events[] = {
	{ 100, NULL, KILL },
	{ 200, NULL, KILL },
	{ 300, "immediate", NULL },
	{ 400, NULL, KILL },
	{ 500, NULL, KILL },
	{ 600, "fast", NULL },
	{ 700, NULL, KILL },
	{ 800, NULL, KILL },
	{ 0, NULL, NULL },
};
static const struct event no_events[] = { { 0, NULL, NULL } };

enum mixture { QUIET, ROUGH, ONLY_GOOD };

static const struct scenario {
	const char	   *name;
	enum mixture	    mixture;
	unsigned	    evil; /* how many stuck, and how many held */
	bool		    leave;
	const struct event *events;
} scenarios[] = {
	{ "quiet", QUIET, 2, false, quiet_events },
	{ "rough", ROUGH, 2, true, rough_events },
	{ "good", ONLY_GOOD, 0, false, no_events },
};

struct request {
	int64_t		 id;
	enum kind	 kind;
	int		 end, answers;
	bool		 wrong;	   /* answered with another's reply */
	char		 state[6]; /* SQLSTATE of a refusal */
	struct lane_ask *ask;
};

enum { CREATE, CREATE_PLURAL, CREATES, READS };

static const struct lane_statement statements[] = {
	[CREATE] = { "create_note", "select * from api.create_note($1, $2, $3)",
	    0, NULL },
	[CREATE_PLURAL] = { "create_note_too",
	    "select * from api.create_note($1, $2, $3)", 0,
	    &statements[CREATES] },
	[CREATES] = { "create_notes",
	    "select * from api.create_notes($1, $2, $3)", 0, NULL },
	[READS] = { "read_note", "select * from api.read_note($1, $2, $3)", 1,
	    NULL },
	{ NULL, NULL, 0, NULL },
};

static const struct scenario *scenario;
static struct lane	     *lane;
static struct request	     *requests;
static size_t		      total, started, finished;
static const struct event    *next_event;
static const char	     *cluster, *directory, *admin_url;

/* ---- requests ---- */

static unsigned
draw(unsigned below)
{
	return ((unsigned)random() % below);
}

static unsigned
kind_share(enum kind kind)
{
	switch (scenario->mixture) {
	case QUIET:
		return (kinds[kind].quiet);
	case ROUGH:
		return (kinds[kind].rough);
	case ONLY_GOOD:
		break;
	}
	return (kinds[kind].good);
}

/* The few that cost seconds come spread over the run. */
static enum kind
kind_draw(size_t number)
{
	size_t	 apart = total / (2 * scenario->evil + 1) + 1;
	unsigned dice = draw(10000);

	if (number > 0 && number % apart == 0)
		return (number / apart % 2 == 0 ? HELD : STUCK);
	for (enum kind kind = 0; kind < KINDS; kind++) {
		if (dice < kind_share(kind))
			return (kind);
		dice -= kind_share(kind);
	}
	return (GOOD);
}

static void
request_end(struct request *r, int end)
{
	r->end = end;
	r->ask = NULL;
	finished++;
}

static void
request_answered(void *owner, enum lane_end end, const PGresult *result,
    int row)
{
	struct request *r = owner;
	const char     *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	char		want[64];

	r->answers++;
	snprintf(r->state, sizeof(r->state), "%s", state == NULL ? "" : state);
	snprintf(want, sizeof(want), "{\"id\" : %" PRId64 "}", r->id);
	if (end == LANE_OK && r->kind != READ)
		r->wrong = strcmp(PQgetvalue(result, row, 2), want) != 0;
	request_end(r, (int)end);
}

static void
request_start(void)
{
	struct request *r = &requests[started];
	char		input[512], filling[TEXT + 1], subject[24];
	const char     *rows = "[]";
	char		crossing[16];

	r->id = (int64_t)++started;
	r->end = NEVER;
	r->kind = kind_draw(started);
	memset(filling, 'a' + (int)(started % 26), TEXT);
	filling[TEXT] = '\0';
	snprintf(subject, sizeof(subject), "s%u", draw(2000));
	snprintf(crossing, sizeof(crossing), "[%u,%u]", draw(4) + 1,
	    draw(4) + 1);
	if (r->kind == LOCK)
		rows = crossing;
	else if (r->kind == HELD)
		rows = "[16]"; /* the outsider has it */
	snprintf(input, sizeof(input),
	    "{\"id\":%" PRId64 ",\"do\":\"%s\","
	    "\"subject\":\"%s\",\"text\":\"%s\",\"rows\":%s}",
	    r->kind == READ ? (int64_t)draw((unsigned)started) : r->id,
	    kinds[r->kind].act, subject, filling, rows);
	r->ask = lane_ask(lane,
	    r->kind == READ  ? READS :
		draw(2) == 0 ? CREATE :
			       CREATE_PLURAL,
	    r->kind == LOCK || r->kind == HELD ? 1 : draw(ORGANISATIONS) + 1,
	    subject, "{\"organisation\":1}", input, request_answered, r);
	if (r->ask == NULL)
		request_end(r, FULL);
}

/* Some clients go before they are answered. */
static void
request_leave(void)
{
	struct request	*r = &requests[started - 1 - draw(CLIENTS)];
	struct lane_ask *a = r->ask;

	if (a == NULL)
		return;
	request_end(r, LEFT);
	lane_leave(a);
}

/* ---- what happens meanwhile ---- */

static PGconn *
admin(void)
{
	PGconn *db = PQconnectdb(admin_url);

	if (PQstatus(db) != CONNECTION_OK)
		fprintf(stderr, "%s", PQerrorMessage(db));
	return (db);
}

static void
event_sql(const char *sql)
{
	PGconn	 *db = admin();
	PGresult *r = PQexec(db, sql);

	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK)
		fprintf(stderr, "%s: %s", sql, PQerrorMessage(db));
	PQclear(r);
	PQfinish(db);
}

/* The load goes on while PostgreSQL restarts: nobody waits for the child
 * until the end. */
static void
event_restart(const char *mode)
{
	if (fork() != 0)
		return;
	execl(cluster, cluster, "restart", directory, mode, (char *)NULL);
	_exit(127);
}

static void
events_due(void)
{
	while (next_event->at != 0 &&
	    finished * 1000 >= next_event->at * total) {
		if (next_event->command != NULL)
			event_restart(next_event->command);
		else
			event_sql(next_event->sql);
		next_event++;
	}
}

/* ---- the run ---- */

static bool
load_step(void)
{
	while (started < total && started - finished < CLIENTS)
		request_start();
	if (scenario->leave && started > CLIENTS && draw(50) == 0)
		request_leave();
	events_due();
	loop_turn(lane);
	return (finished < total);
}

static bool
load_empty(void *owner)
{
	(void)owner;
	return (lane_held(lane) == 0);
}

static void
load_say(bool holds, const char *rule)
{
	printf("%s - %s: %s\n", holds ? "ok" : "not ok", scenario->name, rule);
}

static void
load_report(uint64_t ms)
{
	const cell *c = lane_tally(lane)->counts;
	size_t	    unknown = 0;

	for (size_t i = 0; i < total; i++)
		unknown += requests[i].end == LANE_UNKNOWN;

	printf("# %s: %zu requests, %" PRIu64 "/s; segments %" PRIu64
	       " of %.1f, sets %" PRIu64 ", rolled back %" PRIu64
	       ", late %" PRIu64 ", alone %" PRIu64 ", asked again %" PRIu64
	       ", cancels %" PRIu64 ", lost %" PRIu64 ", notifies %" PRIu64
	       "\n",
	    scenario->name, total, (uint64_t)total * 1000 / (ms + 1),
	    c[LANE_SEGMENTS], (double)c[LANE_SENT] / (double)c[LANE_SEGMENTS],
	    c[LANE_SETS], c[LANE_ROLLED_BACK], c[LANE_LATE_ERRORS],
	    c[LANE_SOLO], c[LANE_RETRIES], c[LANE_CANCELS], c[LANE_LOST],
	    c[LANE_NOTIFIES]);
	load_say(c[LANE_SENT] >= 5 * c[LANE_SEGMENTS],
	    "segments form: five asks each, at least");
	load_say(c[LANE_SETS] >= c[LANE_SEGMENTS],
	    "sets form: one in each segment, at least");
	load_say(unknown <= c[LANE_LOST] * LANE_MOST,
	    "a lost connection leaves one segment unknown, at most");
}

static bool
load_write(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		return (false);
	for (size_t i = 0; i < total; i++)
		fprintf(f, "%" PRId64 "\t%s\t%s\t%d\t%d\t%s\n", requests[i].id,
		    kinds[requests[i].kind].name, ends[requests[i].end],
		    requests[i].answers, requests[i].wrong, requests[i].state);
	return (fclose(f) == 0);
}

static void
load_run(void)
{
	PGconn	*outsider = admin();
	uint64_t began;

	PQclear(PQexec(outsider,
	    "begin; select from kov.tally "
	    "where organisation_id = 1 and id = 16 for update"));
	next_event = scenario->events;
	began = loop_now();
	while (load_step())
		continue;
	load_report(loop_now() - began);
	while (wait(NULL) > 0)
		continue;
	PQfinish(outsider);
	load_say(loop_until(lane, 60, load_empty, NULL),
	    "the lane is empty in the end");
}

static bool
load_choose(const char *name)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(scenarios[i].name, name) == 0)
			scenario = &scenarios[i];
	return (scenario != NULL);
}

int
main(int argc, char **argv)
{
	struct lane_plan plan = { .name = "load",
		.statements = statements,
		.watch = loop_watch,
		.gather = 2,
		.solo = 2,
		.most = LANE_MOST,
		.room = 4096,
		.patience = 60000,
		.deadline = 3000,
		.notify = 1 };

	if (argc != 8 || !load_choose(argv[5]))
		return (2);
	plan.url = argv[1];
	admin_url = argv[2];
	cluster = argv[3];
	directory = argv[4];
	total = strtoul(argv[6], NULL, 10);
	requests = calloc(total, sizeof(*requests));
	log_open("load", LOG_LEVEL_INFO);
	srandom(7);
	loop_open();
	lane = lane_new(&plan, loop_now());
	if (requests == NULL || lane == NULL)
		return (2);
	load_run();
	lane_free(lane);
	return (load_write(argv[7]) ? 0 : 1);
}
