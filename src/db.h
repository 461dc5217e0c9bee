/* How Kov reaches PostgreSQL: whom it logs in as, and with which options. */
#ifndef KOV_DB_H
#define KOV_DB_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "text.h"

#define DB_PARAMETERS 16

/* The keywords and values of one connection, for PQconnectdbParams and
 * PQconnectStartParams (with expand_dbname 1). */
struct db_parameters {
	const char *keys[DB_PARAMETERS];
	const char *values[DB_PARAMETERS];
	struct text options; /* what values["options"] points into */
};

/* From KOV_DATABASE_URL: without a user the connection logs in as role
 * itself; with one it logs in as that user and sets role. settings is more
 * of the options string ("-c lock_timeout=10ms") or NULL; program is the
 * application_name. False: error is one sentence. */
bool db_parameters(struct db_parameters *, const char *url, const char *role,
    const char *program, const char *settings, struct text *error);
void db_parameters_release(struct db_parameters *);

/* Adds url to resolved, with hostaddr for every host that is no socket: a
 * worker must not wait for DNS, so the parent asks once, at its start. */
bool db_resolve(struct text *resolved, const char *url, struct text *error);

/* A new blocking connection for kov-jobs and the tools, or NULL. */
PGconn *db_connect(const char *role, const char *program, struct text *error);

/* PQexecParams with text values; NULL and a log line where it fails. The
 * caller clears the result. */
PGresult *db_ask(PGconn *, const char *sql, int n, const char *const *values);

#endif
