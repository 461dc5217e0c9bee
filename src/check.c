/* What a start can know is wrong, before a worker is forked. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "log.h"
#include "native.h"

/* The function's volatility ("s", "v", "i"), or NULL: there is none. */
static const char *
check_find(const PGresult *functions, const char *name)
{
	int i;

	for (i = 0; i < PQntuples(functions); i++)
		if (strcmp(PQgetvalue(functions, i, 0), name) == 0)
			return (PQgetvalue(functions, i, 1));
	return (NULL);
}

static bool
check_operation(const struct operation *o, const PGresult *functions,
    struct text *error)
{
	const char *volatility;

	if (o->lane == LANE_NATIVE) {
		if (native_of(o) != NULL)
			return (true);
		text_addf(error,
		    "the contract's %s says x-kov-native, and "
		    "native.c does not know it",
		    o->id);
		return (false);
	}
	if (o->plural != NULL && check_find(functions, o->plural) == NULL) {
		text_addf(error,
		    "operation %s says x-kov-plural, and there is "
		    "no function api.%s: run kov migrate",
		    o->id, o->plural);
		return (false);
	}
	if ((volatility = check_find(functions, o->function)) == NULL) {
		text_addf(error,
		    "operation %s has no function api.%s: run "
		    "kov migrate",
		    o->id, o->function);
		return (false);
	}
	if ((o->lane == LANE_READ || o->lane == LANE_LIST ||
		o->lane == LANE_REPORT) &&
	    volatility[0] != 's') {
		text_addf(error,
		    "operation %s reads, so api.%s should be "
		    "STABLE",
		    o->id, o->function);
		return (false);
	}
	return (true);
}

static bool
check_is_of(const struct operation *o, const char *function)
{
	return (strcmp(o->function, function) == 0 ||
	    (o->plural != NULL && strcmp(o->plural, function) == 0));
}

/* A function without operation is no danger, only forgotten. */
static void
check_forgotten(const struct contract *c, const PGresult *functions)
{
	const char *name;
	size_t	    k;
	int	    i;

	for (i = 0; i < PQntuples(functions); i++) {
		name = PQgetvalue(functions, i, 0);
		for (k = 0; k < c->count; k++)
			if (check_is_of(&c->operations[k], name))
				break;
		if (k == c->count)
			log_say(LOG_LEVEL_WARNING, "start.forgotten_function",
			    "s:s", "function", name);
	}
}

static bool
check_functions(const struct contract *c, PGconn *db, struct text *error)
{
	PGresult *r;
	size_t	  i;
	bool	  ok = true;

	r = db_ask(db, "select name, volatile from door.functions()", 0, NULL);
	if (r == NULL) {
		text_adds(error,
		    "the database has no schema of Kov: run "
		    "kov migrate");
		return (false);
	}
	for (i = 0; i < c->count && ok; i++)
		ok = check_operation(&c->operations[i], r, error);
	if (ok)
		check_forgotten(c, r);
	PQclear(r);
	return (ok);
}

static bool
check_connections(PGconn *db, struct text *error)
{
	PGresult *r = db_ask(db, "show max_connections", 0, NULL);
	long	  most = r == NULL ? 0 : strtol(PQgetvalue(r, 0, 0), NULL, 10);

	PQclear(r);
	if (conf_connections() <= most)
		return (true);
	text_addf(error,
	    "%ld workers, kov-jobs and people need %ld connections, but "
	    "max_connections is %ld: lower KOV_WORKERS or KOV_*_LINKS, or "
	    "raise max_connections",
	    conf_number(SETTING_WORKERS), conf_connections(), most);
	return (false);
}

bool
check_database(const struct contract *contract, bool *away, struct text *error)
{
	struct text why = { 0 };
	PGconn	   *db = db_connect("kov_service", "kov-start", &why);
	bool	    ok;

	*away = db == NULL;
	if (*away) {
		log_say(LOG_LEVEL_WARNING, "start.database_away", "s:s?", "why",
		    why.data);
		text_release(&why);
		return (true);
	}
	ok = check_functions(contract, db, error) &&
	    check_connections(db, error);
	PQfinish(db);
	text_release(&why);
	return (ok);
}
