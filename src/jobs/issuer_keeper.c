/* The keeper of issuers: fetches the keys of those whose access tokens are
 * taken, so that the door's workers never ask anybody anything. */
#include "jobs.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../cidr.h"
#include "../conf.h"
#include "../log.h"
#include "beat.h"
#include "link.h"
#include "post.h"

#define TURN_MS 500 /* an issuer that is due is fetched as soon */

static const char due_sql[] =
    "select organisation_id, id, jwks_url, allow, code"
    " from job.issuers_due()";
static const char keep_sql[] = "select job.keep_jwks($1, $2, $3, $4)";

static const char *const keeper_greeting[] = { NULL };

/* Why what came is no set of keys (RFC 7517, 5); NULL: it is one. */
static const char *
keeper_fault(const struct post *post, const struct text *body)
{
	json_auto_t *set = NULL;

	if (post->status == 0)
		return (post->error != NULL ? post->error : "no answer");
	if (post->status != 200)
		return ("another answer than 200");
	if (body->failed)
		return ("the answer has more than 256 KiB");
	set = json_loadb(body->data != NULL ? body->data : "", body->length, 0,
	    NULL);
	if (json_array_size(json_object_get(set, "keys")) == 0)
		return ("the answer is no JWKS with keys");
	return (NULL);
}

static void
keeper_keep(struct link *l, const PGresult *due, int row,
    const struct post *post, const struct text *body)
{
	const char *fault = keeper_fault(post, body);
	const char *values[] = { PQgetvalue(due, row, 0),
		PQgetvalue(due, row, 1), fault == NULL ? body->data : NULL,
		fault };

	PQclear(link_ask(l, keep_sql, 4, values));
	log_say(fault == NULL ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING,
	    "issuer.fetched", "s:s, s:s, s:i, s:s?", "organisation", values[0],
	    "issuer", values[1], "status", post->status, "fault", fault);
}

static void
keeper_fetch(struct link *l, const PGresult *due, int row)
{
	static const char *const headers[] = { "Accept: application/json",
		NULL };
	struct text		 allow = { 0 }, body = { 0 };
	struct post		 post = { .url = PQgetvalue(due, row, 2),
			     .headers = headers,
			     .taken = &body };

	text_adds(&allow, PQgetvalue(due, row, 3));
	cidr_allowed(&allow, conf_text(SETTING_WEBHOOK_ALLOW),
	    PQgetvalue(due, row, 4));
	post.allow = allow.data != NULL ? allow.data : "";
	if (post_start(&post))
		while (post_done() == NULL && !jobs_stopping())
			post_wait(jobs_signals(), -1, 1000);
	if (!jobs_stopping())
		keeper_keep(l, due, row, &post, &body);
	text_release(&allow);
	text_release(&body);
}

static void
keeper_turn(struct link *l)
{
	PGresult *due;
	int	  row;

	beat_turn(l, "keeper");
	due = link_ask(l, due_sql, 0, NULL);
	for (row = 0; row < PQntuples(due) && !jobs_stopping(); row++)
		keeper_fetch(l, due, row);
	PQclear(due);
}

void
keeper_run(void)
{
	struct link l = { .role = "kov_jobs",
		.program = "kov-keeper",
		.greeting = keeper_greeting };

	if (!post_open(conf_number(SETTING_WEBHOOK_HTTP) != 0))
		return;
	while (!jobs_stopping()) {
		if (link_open(&l))
			keeper_turn(&l);
		jobs_sleep(-1, l.db != NULL ? TURN_MS : link_wait(&l));
	}
	beat_last(&l, "keeper");
	link_close(&l);
	post_close();
}
