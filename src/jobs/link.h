/* A job's connection to PostgreSQL: lost, waited for, and made again. */
#ifndef KOV_JOBS_LINK_H
#define KOV_JOBS_LINK_H

#include <libpq-fe.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct link {
	const char	  *role, *program; /* borrowed for ever */
	const char *const *greeting; /* statements for each new connection */
	PGconn		  *db;	     /* NULL while away */
	uint64_t	   due;	     /* ms: when to try again */
	uint64_t	   pause;
	bool		   away;   /* said in the log already */
	int		   pushed; /* statements not pulled yet */
};

/* True: db may be used. False: not now; link_wait says how long. */
bool link_open(struct link *);
int  link_wait(const struct link *); /* ms */

/* To be called where a query fails: closes what is no use any more. */
void link_check(struct link *);
void link_close(struct link *);

/* Takes one notification that arrived; false: there is none. payload is its
 * text as a number, 0 where it is none. */
bool link_notified(struct link *, int64_t *payload);

/* One statement, text in, text out; NULL where it fails (db_ask logs it,
 * a lost connection is closed). The caller clears the result. */
PGresult *link_ask(struct link *, const char *, int, const char *const *);

/* Several statements for one wait, each a transaction of its own: push some
 * (64 at most, or both ends wait for the other to read), then pull as often.
 * False: the connection is lost. What is pulled is the first column of the
 * first row as a number, or LINK_FAILED. */
#define LINK_FAILED LONG_MIN
bool link_push(struct link *, const char *, int, const char *const *);
long link_pull(struct link *);

/* The ids a statement without arguments lists, -1 at the end: new, or NULL
 * where it fails. */
int64_t *link_ids(struct link *, const char *);

#endif
