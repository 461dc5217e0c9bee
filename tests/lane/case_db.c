/* Rules of db.c: whom a connection logs in as, and names to addresses. */
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "trial.h"

static const char *
value_of(const struct db_parameters *p, const char *key)
{
	const char *value = "";

	for (size_t i = 0; p->keys[i] != NULL; i++)
		if (strcmp(p->keys[i], key) == 0)
			value = p->values[i];
	return (value);
}

static bool
without_user(void)
{
	struct db_parameters p;
	struct text	     error = { 0 };

	CHECK(db_parameters(&p, "postgresql:///kov", "kov_service", "kov test",
	    "-c lock_timeout=10ms", &error));
	CHECK(strcmp(value_of(&p, "user"), "kov_service") == 0);
	CHECK(strcmp(value_of(&p, "application_name"), "kov test") == 0);
	CHECK(strcmp(value_of(&p, "gssencmode"), "disable") == 0);
	CHECK(strstr(value_of(&p, "options"), "role=") == NULL);
	CHECK(strstr(value_of(&p, "options"), "lock_timeout=10ms") != NULL);
	db_parameters_release(&p);
	return (true);
}

static bool
with_user(void)
{
	struct db_parameters p;
	struct text	     error = { 0 };

	CHECK(db_parameters(&p, "user=app options='-c work_mem=8MB'",
	    "kov_jobs", "kov test", NULL, &error));
	CHECK(value_of(&p, "user")[0] == '\0'); /* the URL's holds */
	CHECK(strstr(value_of(&p, "options"), "-c role=kov_jobs") != NULL);
	CHECK(strstr(value_of(&p, "options"), "work_mem=8MB") != NULL);
	db_parameters_release(&p);
	return (true);
}

static bool
bad_url(void)
{
	struct db_parameters p;
	struct text	     error = { 0 };

	CHECK(!db_parameters(&p, "postgresql://[::1", "kov_service", "x", NULL,
	    &error));
	CHECK(strstr(error.data, "KOV_DATABASE_URL") != NULL);
	CHECK(strchr(error.data, '\n') == NULL);
	text_release(&error);
	db_parameters_release(&p);
	return (true);
}

static bool
resolves(void)
{
	static const struct {
		const char *url, *has;
	} rows[] = {
		{ "host=/run/socket dbname=kov", "hostaddr=''" },
		{ "postgresql://kov:it%27s@127.0.0.1/kov",
		    "hostaddr='127.0.0.1' port='5432'" },
		{ "postgresql://kov:it%27s@127.0.0.1/kov",
		    "password='it\\'s'" },
		{ "host=127.0.0.1,/run/a,127.0.0.2 port=1,2,3",
		    "host='127.0.0.1,/run/a,127.0.0.2' "
		    "hostaddr='127.0.0.1,,127.0.0.2' port='1,2,3'" },
		{ "host=127.0.0.1,127.0.0.2 port=7", "port='7,7'" },
		{ "host=localhost", "host='localhost" },
		{ "host=a hostaddr=127.0.0.1", "host=a hostaddr=127.0.0.1" },
		{ "postgresql:///kov", "postgresql:///kov" },
	};
	struct text out = { 0 }, error = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(db_resolve(&out, rows[i].url, &error));
		CHECK(strstr(out.data, rows[i].has) != NULL);
		text_clear(&out);
	}
	CHECK(!db_resolve(&out, "host=nowhere.invalid", &error));
	CHECK(strstr(error.data, "nowhere.invalid") != NULL);
	text_release(&out);
	text_release(&error);
	return (true);
}

static bool
asks_blocking(void)
{
	const char *const values[] = { "20", "22" };
	struct text	  error = { 0 };
	PGconn		 *db;
	PGresult	 *r;

	setenv("KOV_DATABASE_URL", plan.url, 1);
	db = db_connect("kov_service", "kov test", &error);
	CHECK(db != NULL && error.length == 0);
	r = db_ask(db, "select $1::int + $2::int", 2, values);
	CHECK(r != NULL && strcmp(PQgetvalue(r, 0, 0), "42") == 0);
	PQclear(r);
	CHECK(db_ask(db, "select 1 / ($1::int - $2::int + 2)", 2, values) ==
	    NULL);
	PQfinish(db);
	setenv("KOV_DATABASE_URL", "host=/nowhere dbname=kov", 1);
	CHECK(db_connect("kov_service", "kov test", &error) == NULL);
	CHECK(strstr(error.data, "PostgreSQL cannot be reached") != NULL);
	text_release(&error);
	return (true);
}

const struct trial_case db_cases[] = {
	{ "a URL without user logs in as the role", without_user },
	{ "a URL with one logs in as it and sets the role", with_user },
	{ "a bad URL is one sentence that names the setting", bad_url },
	{ "host names are resolved once, sockets left alone", resolves },
	{ "a blocking question is answered, a failing one is NULL",
	    asks_blocking },
	{ NULL, NULL },
};
