/* A job's connection to PostgreSQL: lost, waited for, and made again. */
#include "link.h"

#include <jansson.h>
#include <stdlib.h>

#include "../db.h"
#include "../log.h"
#include "jobs.h"

#define PAUSE_LEAST 100 /* ms between attempts, doubled up to PAUSE_MOST */
#define PAUSE_MOST 2000

/* Once for each absence, so that a day without PostgreSQL is two lines. */
static void
link_missing(struct link *l, const char *why)
{
	l->pause = l->pause == 0 ? PAUSE_LEAST : l->pause * 2;
	if (l->pause > PAUSE_MOST)
		l->pause = PAUSE_MOST;
	l->due = jobs_ms() + l->pause;
	if (!l->away)
		log_say(LOG_LEVEL_WARNING, "database.away", "s:s, s:s", "job",
		    l->program, "error", why);
	l->away = true;
}

/* libpq would print to standard error, where the log's lines go. */
static void
link_notice(void *link, const char *message)
{
	(void)link;
	(void)message;
}

static bool
link_greet(struct link *l)
{
	const char *const *s;
	PGresult	  *r;
	bool		   ok = true;

	for (s = l->greeting; ok && *s != NULL; s++) {
		r = PQexec(l->db, *s);
		ok = PQresultStatus(r) == PGRES_COMMAND_OK;
		PQclear(r);
	}
	return (ok);
}

bool
link_open(struct link *l)
{
	struct text error = { 0 };

	if (l->db != NULL)
		return (true);
	if (jobs_ms() < l->due)
		return (false);
	l->db = db_connect(l->role, l->program, &error);
	if (l->db != NULL)
		PQsetNoticeProcessor(l->db, link_notice, NULL);
	if (l->db == NULL || !link_greet(l)) {
		link_missing(l, error.data != NULL ? error.data : "refused");
		text_release(&error);
		link_close(l);
		return (false);
	}
	if (l->away)
		log_say(LOG_LEVEL_INFO, "database.back", "s:s", "job",
		    l->program);
	l->away = false;
	l->pause = 0;
	return (true);
}

int
link_wait(const struct link *l)
{
	uint64_t now = jobs_ms();

	return (l->due > now ? (int)(l->due - now) : 1);
}

void
link_close(struct link *l)
{
	PQfinish(l->db);
	l->db = NULL;
	l->pushed = 0;
}

void
link_check(struct link *l)
{
	if (l->db == NULL || PQstatus(l->db) == CONNECTION_OK)
		return;
	link_missing(l, "connection lost");
	link_close(l);
}

bool
link_notified(struct link *l, int64_t *payload)
{
	PGnotify *n;

	if (l->db != NULL && PQconsumeInput(l->db) == 0)
		link_check(l);
	if (l->db == NULL || (n = PQnotifies(l->db)) == NULL)
		return (false);
	*payload = strtoll(n->extra, NULL, 10);
	PQfreemem(n);
	return (true);
}

PGresult *
link_ask(struct link *l, const char *sql, int n, const char *const *values)
{
	PGresult *r;

	if (l->db == NULL)
		return (NULL);
	r = db_ask(l->db, sql, n, values);
	if (r == NULL)
		link_check(l);
	return (r);
}

static long
link_value(const PGresult *r)
{
	return (PQntuples(r) > 0 ? strtol(PQgetvalue(r, 0, 0), NULL, 10) :
				   LINK_FAILED);
}

bool
link_push(struct link *l, const char *sql, int n, const char *const *values)
{
	if (l->db == NULL)
		return (false);
	if (PQpipelineStatus(l->db) == PQ_PIPELINE_OFF)
		PQenterPipelineMode(l->db);
	if (PQsendQueryParams(l->db, sql, n, NULL, values, NULL, NULL, 0) &&
	    PQpipelineSync(l->db)) {
		l->pushed++;
		return (true);
	}
	link_missing(l, PQerrorMessage(l->db));
	link_close(l);
	return (false);
}

static void
link_complain(const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *why = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	log_say(LOG_LEVEL_WARNING, "db.failed", "s:s, s:s", "sqlstate",
	    state != NULL ? state : "08006", "message", why != NULL ? why : "");
}

/* Results of one statement: its own, NULL, its Sync's. */
long
link_pull(struct link *l)
{
	ExecStatusType status = PGRES_EMPTY_QUERY;
	PGresult      *r;
	long	       number = LINK_FAILED;
	int	       nothing = 0;

	while (l->db != NULL && status != PGRES_PIPELINE_SYNC) {
		if ((r = PQgetResult(l->db)) == NULL && ++nothing > 1) {
			link_missing(l, "answers do not match questions");
			link_close(l);
			break;
		}
		status = PQresultStatus(r);
		if (status == PGRES_TUPLES_OK)
			number = link_value(r);
		else if (r != NULL && status == PGRES_FATAL_ERROR)
			link_complain(r);
		PQclear(r);
		link_check(l);
	}
	if (l->db != NULL && --l->pushed == 0)
		PQexitPipelineMode(l->db);
	return (l->db != NULL ? number : LINK_FAILED);
}

int64_t *
link_ids(struct link *l, const char *sql)
{
	PGresult *r = link_ask(l, sql, 0, NULL);
	int64_t	 *ids = NULL;
	int	  i, n;

	if (r == NULL)
		return (NULL);
	n = PQntuples(r);
	if ((ids = calloc((size_t)n + 1, sizeof(*ids))) != NULL) {
		for (i = 0; i < n; i++)
			ids[i] = strtoll(PQgetvalue(r, i, 0), NULL, 10);
		ids[n] = -1;
	}
	PQclear(r);
	return (ids);
}
