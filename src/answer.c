/* From what the database said to what goes out. */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "counts.h"
#include "download.h"
#include "fields.h"
#include "kov.h"
#include "log.h"
#include "secret.h"
#include "ticket.h"

/* api.reply's columns. */
enum { STATUS, MEDIA_TYPE, BODY, ETAG, LOCATION, NEXT, HEADERS, COLUMNS };

/* Headers a function may set; others are our bug. */
static const struct {
	const char *said, *name;
} headers[] = {
	{ "Content-Disposition", "content-disposition" },
	{ "Content-Language", "content-language" },
	{ "Idempotent-Replayed", "idempotent-replayed" },
	{ "Retry-After", "retry-after" },
	{ "Vary", "vary" },
	{ NULL, NULL },
};

/* RFC 6750, 3, where the function knew better than the gate. */
static const struct {
	enum problem problem;
	const char  *error;
} challenges[] = {
	{ PROBLEM_UNAUTHENTICATED, "invalid_token" },
	{ PROBLEM_INSUFFICIENT_SCOPE, "insufficient_scope" },
	{ PROBLEM_WRONG_CREDENTIALS, "insufficient_scope" },
};
#define CHALLENGES (sizeof(challenges) / sizeof(challenges[0]))

/* What the lane's own ends mean to the client. */
static const enum problem ends[LANE_ENDS] = {
	[LANE_OK] = PROBLEM_INTERNAL,
	[LANE_REFUSED] = PROBLEM_INTERNAL,
	[LANE_TIMEOUT] = PROBLEM_TOO_SLOW,
	[LANE_BUSY] = PROBLEM_OVERLOADED,
	[LANE_AWAY] = PROBLEM_UNAVAILABLE,
	[LANE_UNKNOWN] = PROBLEM_OUTCOME_UNKNOWN,
};

/* SQLSTATEs we did not raise; the contract should have caught them. */
static const struct {
	const char  *prefix;
	enum problem problem;
} states[] = {
	{ "22", PROBLEM_INVALID_INPUT },
	{ "23503", PROBLEM_CONFLICT }, /* a sandbox was emptied meanwhile */
	{ "23505", PROBLEM_CONFLICT },
	{ "23514", PROBLEM_INVALID_INPUT },
	{ "", PROBLEM_INTERNAL },
};

static const char *
answer_value(const PGresult *r, int row, int column)
{
	if (PQnfields(r) <= column || PQgetisnull(r, row, column))
		return (NULL);
	return (PQgetvalue(r, row, column));
}

static void
answer_problem(struct call *call, const char *name, const char *detail,
    const json_t *extra)
{
	enum problem problem = problem_named(name);
	const char  *scope;
	size_t	     i;

	if (problem == PROBLEM_NONE) {
		log_say(LOG_LEVEL_ERROR, "answer.unknown_problem", "s:s, s:s",
		    "problem", name, "request", call->id);
		problem = PROBLEM_INTERNAL;
		detail = NULL;
		extra = NULL;
	}
	reply_problem(&call->reply, problem, call->id, detail, extra);
	scope = json_string_value(json_object_get(extra, "scope"));
	for (i = 0; i < CHALLENGES; i++)
		if (challenges[i].problem == problem)
			reply_header(&call->reply, "www-authenticate",
			    "Bearer realm=\"kov\", error=\"%s\"%s%s%s",
			    challenges[i].error,
			    scope != NULL ? ", scope=\"" : "",
			    scope != NULL ? scope : "",
			    scope != NULL ? "\"" : "");
}

/* kov.problem's body: {"problem", "detail", "extra"}. */
static void
answer_problem_row(struct call *call, const char *body)
{
	json_auto_t *said = json_loads(body, 0, NULL);
	const char  *name = "", *detail = NULL;
	json_t	    *extra = NULL;

	json_unpack(said, "{s:s, s?:s, s?:o}", "problem", &name, "detail",
	    &detail, "extra", &extra);
	answer_problem(call, name, detail, extra);
}

/* An exception. One of ours (KVnnn) carries the problem's name, detail and,
 * as hint, its further members; any other is our bug: log it, tell nobody. */
static void
answer_refused(struct call *call, const PGresult *r)
{
	const char  *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char  *hint, *context, *constraint;
	json_auto_t *extra = NULL;
	size_t	     i = 0;

	state = state != NULL ? state : "";
	if (problem_of_sqlstate(state) != PROBLEM_NONE) {
		hint = PQresultErrorField(r, PG_DIAG_MESSAGE_HINT);
		extra = hint != NULL ? json_loads(hint, 0, NULL) : NULL;
		answer_problem(call,
		    PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY),
		    PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL), extra);
		return;
	}
	context = PQresultErrorField(r, PG_DIAG_CONTEXT);
	constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
	log_say(LOG_LEVEL_ERROR, "answer.sql_error", "s:s, s:s, s:s?, s:s?",
	    "sqlstate", state, "request", call->id, "context", context,
	    "constraint", constraint);
	while (strncmp(state, states[i].prefix, strlen(states[i].prefix)) != 0)
		i++;
	reply_problem(&call->reply, states[i].problem, call->id, NULL, NULL);
}

/* Whether If-None-Match names the tag (RFC 9110, 13.1.2: weakly). */
static bool
answer_unchanged(const char *wish, const char *etag)
{
	size_t	    n = strlen(etag);
	const char *at;

	if (wish == NULL)
		return (false);
	if (strcmp(wish, "*") == 0)
		return (true);
	for (at = wish; (at = strchr(at, '"')) != NULL; at++) {
		at++;
		if (strncmp(at, etag, n) == 0 && at[n] == '"')
			return (true);
		if ((at = strchr(at, '"')) == NULL)
			break;
	}
	return (false);
}

void
answer_etag(struct call *call, const char *if_none_match, const char *etag)
{
	struct reply *r = &call->reply;

	if (etag == NULL)
		return;
	reply_header(r, "etag", "\"%s\"", etag);
	if (r->status == 200 && (call->method & (METHOD_GET | METHOD_HEAD)) &&
	    answer_unchanged(if_none_match, etag)) {
		r->status = 304;
		r->no_content = true;
		r->length = 0;
	}
}

/* The same target with the next cursor (RFC 8288); what may not stand in a
 * URI reference is escaped. */
static void
answer_next(struct call *call, const struct wishes *wishes, const char *next)
{
	const char *q = wishes->query != NULL ? wishes->query : "";
	struct text t = { 0 };
	size_t	    n;

	text_addf(&t, "%s%s?", conf_text(SETTING_PUBLIC_URL), call->path);
	for (; *q != '\0'; q += n, q += strspn(q, "&")) {
		n = strcspn(q, "&");
		if (strncmp(q, "cursor=", 7) == 0)
			continue;
		if (memchr(q, '<', n) != NULL || memchr(q, '>', n) != NULL)
			continue;
		text_add(&t, q, n);
		text_adds(&t, "&");
	}
	text_addf(&t, "cursor=%s", next);
	if (!t.failed)
		reply_header(&call->reply, "link", "<%s>; rel=\"next\"",
		    t.data);
	text_release(&t);
}

static void
answer_headers(struct call *call, const char *json)
{
	json_auto_t *set = json_loads(json, 0, NULL);
	const char  *value;
	size_t	     i;

	for (i = 0; headers[i].name != NULL; i++) {
		value = json_string_value(json_object_get(set,
		    headers[i].said));
		if (value != NULL)
			reply_header(&call->reply, headers[i].name, "%s",
			    value);
	}
	if (json_object_get(set, "Idempotent-Replayed") != NULL)
		counts_add(COUNT_REPLAYS, 1);
}

static void
answer_body(struct call *call, const char *body, size_t n)
{
	const struct operation *o = call->match.operation;
	struct text	       *own = &call->reply.own;

	if (o != NULL && o->secret)
		secret_reveal(own, body, n);
	else if (o != NULL && o->ticket)
		ticket_reveal(own, body, n);
	else
		text_add(own, body, n);
	call->reply.body = own->data;
	call->reply.length = own->length;
}

/* x-kov-download: the body says which file is meant, and its headers. */
static void
answer_file(struct call *call, const char *body, const char *media)
{
	call->download = download_new(call->organisation, body, &call->reply);
	if (call->download == NULL) {
		reply_problem(&call->reply, PROBLEM_INTERNAL, call->id, NULL,
		    NULL);
		return;
	}
	reply_header(&call->reply, "content-type", "%s", media);
	call->reply.no_content = false;
}

/* What of the body was asked for, and its ETag. */
static void
answer_part(struct call *call, const struct wishes *wishes, const char *etag)
{
	json_auto_t *asked = fields_asked(call->match.operation, wishes->query);
	char	     part[FIELDS_ETAG];

	if (asked != NULL && !call->reply.no_content) {
		fields_project(asked, &call->reply.own);
		call->reply.body = call->reply.own.data;
		call->reply.length = call->reply.own.length;
		if (etag != NULL) {
			fields_etag(etag, &call->reply.own, part);
			etag = part;
		}
	}
	answer_etag(call, wishes->if_none_match, etag);
}

static void
answer_row(struct call *call, const struct wishes *wishes, const PGresult *r,
    int row)
{
	const char *value, *media = answer_value(r, row, MEDIA_TYPE);
	const char *body = answer_value(r, row, BODY);

	if (media != NULL && strcmp(media, "application/problem+json") == 0) {
		answer_problem_row(call, body != NULL ? body : "");
		if ((value = answer_value(r, row, HEADERS)) != NULL)
			answer_headers(call, value);
		return;
	}
	value = answer_value(r, row, STATUS);
	call->reply.status = value != NULL ? (int)strtol(value, NULL, 10) : 500;
	if (body != NULL && call->match.operation != NULL &&
	    call->match.operation->download) {
		answer_file(call, body, media);
	} else if (body != NULL) {
		answer_body(call, body, (size_t)PQgetlength(r, row, BODY));
		reply_header(&call->reply, "content-type", "%s",
		    media != NULL ? media : "application/json");
	} else
		call->reply.no_content = true;
	answer_part(call, wishes, answer_value(r, row, ETAG));
	if ((value = answer_value(r, row, LOCATION)) != NULL)
		reply_header(&call->reply, "location", "%s%s",
		    conf_text(SETTING_PUBLIC_URL), value);
	if ((value = answer_value(r, row, NEXT)) != NULL)
		answer_next(call, wishes, value);
	if ((value = answer_value(r, row, HEADERS)) != NULL)
		answer_headers(call, value);
}

void
answer_take(struct call *call, const struct wishes *wishes, enum lane_end end,
    const PGresult *r, int row)
{
	if (end == LANE_OK && row < PQntuples(r))
		answer_row(call, wishes, r, row);
	else if (end == LANE_REFUSED && r != NULL)
		answer_refused(call, r);
	else
		reply_problem(&call->reply, ends[end], call->id, NULL, NULL);
	if (call->organisation != 0)
		reply_header(&call->reply, "cache-control", "no-store");
}
