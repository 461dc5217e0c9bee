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
link_notified(struct link *l)
{
	PGnotify *n;
	bool	  any = false;

	if (l->db == NULL)
		return (false);
	if (PQconsumeInput(l->db) == 0)
		link_check(l);
	while (l->db != NULL && (n = PQnotifies(l->db)) != NULL) {
		PQfreemem(n);
		any = true;
	}
	return (any);
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

long
link_number(struct link *l, const char *sql, int n, const char *const *values)
{
	PGresult *r = link_ask(l, sql, n, values);
	long	  number = LINK_FAILED;

	if (r != NULL && PQntuples(r) > 0)
		number = strtol(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	return (number);
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
