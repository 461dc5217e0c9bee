/* One request: admit, know, check, ask, wait, answer. */
#include "call.h"

#include <kore/kore.h>
#include <kore/http.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "conf.h"
#include "cors.h"
#include "counts.h"
#include "download.h"
#include "fields.h"
#include "front.h"
#include "head.h"
#include "ijson.h"
#include "kov.h"
#include "log.h"
#include "mask.h"
#include "member.h"
#include "native.h"
#include "negotiate.h"
#include "secret.h"
#include "toll.h"
#include "upload.h"
#include "worker.h"

#define KEY_MAX 255 /* of an Idempotency-Key */

/* ---- a file as body: take ---- */

static void
call_taken(void *owner)
{
	struct call *call = owner;

	call->state = upload_refused(call->upload, &call->reply, call->id) ?
	    CALL_ANSWER :
	    CALL_CHECK;
	http_request_wakeup(call->request);
}

/* It may be taken at once. */
static enum call_state
call_begin(struct call *call)
{
	call->state = CALL_WAIT;
	upload_begin(call->upload, call->request, call_taken, call);
	return (call->state);
}

/* ---- with the body: check ---- */

static const char *
call_header(const struct call *call, const char *name)
{
	const char *value;

	return (http_request_header(call->request, name, &value) ? value :
								   NULL);
}

/* x-kov-each: each item is judged by itself, and its faults travel with it
 * as {"errors": […]} instead of {"item": …}. */
static json_t *
call_each(const struct operation *o, json_t *body)
{
	json_t	     *items = json_object_get(body, o->each_member), *item;
	json_t	     *out = json_array();
	struct faults faults;
	size_t	      i;

	json_array_foreach(items, i, item) {
		faults = (struct faults){ 0 };
		schema_check(o->each, item, "#", &faults);
		if (faults.count > 0)
			json_array_append_new(out,
			    json_pack("{s:O}", "errors", faults.list));
		else
			json_array_append_new(out,
			    json_pack("{s:o}", "item",
				schema_normal(o->each, item)));
		faults_release(&faults);
	}
	json_object_set_new(body, o->each_member, out);
	return (json_incref(body));
}

/* The checked body as a new value; NULL: there is none, or it is refused,
 * and call->reply or faults say why. */
static json_t *
call_body(struct call *call, struct faults *faults)
{
	const struct operation *o = call->match.operation;
	struct http_request    *req = call->request;
	struct text		error = { 0 };
	json_auto_t	       *body = NULL;

	if (call->upload != NULL)
		return (upload_body(call->upload, faults));
	if (o->media == NULL ||
	    (req->http_body_length == 0 && !o->body_required))
		return (NULL);
	body = ijson_parse(req->http_body == NULL ?
		"" :
		(const char *)req->http_body->data,
	    req->http_body_length, &error);
	if (body == NULL) {
		reply_problem(&call->reply, PROBLEM_MALFORMED_JSON, call->id,
		    error.data, NULL);
		text_release(&error);
		return (NULL);
	}
	if (call->open != NULL)
		mask_take(call->open, body, faults);
	schema_check(o->body, body, "#", faults);
	if (faults->count > 0)
		return (NULL);
	return (o->each != NULL ? call_each(o, body) :
				  schema_normal(o->body, body));
}

static void
call_add(struct text *t, const char *member, const json_t *value)
{
	text_addf(t, "%s\"%s\":", t->length > 0 ? "," : "{", member);
	ijson_write(t, value);
}

/* Randomness for functions that make secrets: what they store, and what
 * derives from it. */
static bool
call_nonce(struct text *t)
{
	uint8_t random[SIGN_BYTES], secret[SIGN_BYTES];
	char	nonce[SIGN_HEX], hex[SIGN_HEX];

	if (!sign_random(random, sizeof(random)))
		return (false);
	sign_hex(random, sizeof(random), nonce);
	if (!secret_derive(nonce, secret))
		return (false);
	sign_hex(secret, sizeof(secret), hex);
	text_addf(t, ",\"nonce\":\"%s\",\"secret\":\"%s\"", nonce, hex);
	return (true);
}

static void
call_match(struct text *t, const char *if_match)
{
	struct text whole = { 0 };

	fields_match(if_match, &whole);
	text_adds(t, ",\"ifMatch\":");
	text_add_json(t, whole.data != NULL ? whole.data : "", whole.length);
	t->failed = t->failed || whole.failed;
	text_release(&whole);
}

static bool
call_input(struct call *call, const json_t *path, const json_t *query,
    const json_t *body)
{
	const struct operation *o = call->match.operation;
	const char	       *if_match = call_header(call, "if-match");
	struct text	       *t = &call->input;

	call_add(t, "path", path);
	call_add(t, "query", query);
	if (body != NULL)
		call_add(t, "body", body);
	if (o->facts != NULL)
		call_add(t, "facts", o->facts);
	if (call->works)
		text_adds(t, ",\"proofOfWork\":true");
	if (if_match != NULL)
		call_match(t, if_match);
	call->stable = t->length;
	if (call->upload != NULL) {
		text_adds(t, ",\"upload\":");
		upload_describe(call->upload, t);
	}
	if (o->secret && !call_nonce(t))
		return (false);
	text_adds(t, "}");
	return (!t->failed);
}

static enum call_state
call_check(struct call *call)
{
	struct faults faults = { 0 };
	json_auto_t  *path = contract_path(&call->match, &faults);
	json_auto_t  *query = contract_query(call->match.operation,
	     call->request->query_string, &faults);
	json_auto_t  *body = call_body(call, &faults);

	if (call->reply.status == 0 && faults.count > 0)
		reply_faults(&call->reply, &faults, call->id);
	else if (call->reply.status == 0 &&
	    (path == NULL || query == NULL ||
		!call_input(call, path, query, body)))
		reply_problem(&call->reply, PROBLEM_INTERNAL, call->id, NULL,
		    NULL);
	faults_release(&faults);
	return (call->reply.status != 0 ? CALL_ANSWER : CALL_ASK);
}

/* ---- ask and wait ---- */

/* The rest of the caller: what is this request's and not the key's. */
static void
call_caller(struct call *call)
{
	struct text *t = &call->caller;

	if (t->length == 0)
		text_adds(t, "{\"organisation\":0");
	text_addf(t,
	    ",\"address\":\"%s\",\"requestId\":\"%s\",\"traceparent\":\"%s\","
	    "\"languages\":",
	    call->address, call->id, call->trace);
	negotiate_languages(call_header(call, "accept-language"), t);
	text_adds(t, "}");
}

/*
 * The key of an Idempotency-Key header: an RFC 9651 String, or a bare token.
 * Length in *n; NULL: neither.
 */
static const char *
call_key(const char *value, size_t *n)
{
	*n = strlen(value);
	if (*n >= 2 && value[0] == '"' && value[*n - 1] == '"') {
		value++;
		*n -= 2;
	}
	if (*n == 0 || *n > KEY_MAX || memchr(value, '"', *n) != NULL ||
	    memchr(value, '\\', *n) != NULL)
		return (NULL);
	return (value);
}

/* Wraps the input for door.once; false: refused, call->reply says why. */
static bool
call_once(struct call *call, const char *header)
{
	const struct operation *o = call->match.operation;
	const char	       *query = call->request->query_string, *key;
	struct text		t = { 0 };
	struct faults		faults = { 0 };
	uint8_t			digest[SIGN_BYTES];
	char			hex[SIGN_HEX];
	size_t			n;

	if ((key = call_key(header, &n)) == NULL) {
		faults_add(&faults, true, "Idempotency-Key", "header",
		    "must be a string of 1 to %d characters, in quotes",
		    KEY_MAX);
		reply_faults(&call->reply, &faults, call->id);
		faults_release(&faults);
		return (false);
	}
	text_addf(&t, "%s %s?%s ", o->id, call->path,
	    query != NULL ? query : "");
	text_add(&t, call->input.data, call->stable);
	sign_sha256(t.data, t.length, digest);
	sign_hex(digest, sizeof(digest), hex);
	text_clear(&t);
	text_addf(&t,
	    "{\"operation\":\"%s\",\"method\":\"POST\",\"path\":", o->function);
	text_add_json(&t, call->path, strlen(call->path));
	text_adds(&t, ",\"key\":");
	text_add_json(&t, key, n);
	text_addf(&t, ",\"fingerprint\":\"%s\",\"input\":", hex);
	text_add(&t, call->input.data, call->input.length);
	text_adds(&t, "}");
	text_release(&call->input);
	call->input = t;
	return (true);
}

static void
call_answered(void *owner, enum lane_end end, const PGresult *result, int row)
{
	struct call  *call = owner;
	struct wishes wishes = { call_header(call, "if-none-match"),
		call->request->query_string };

	call->ask = NULL;
	call->state = CALL_ANSWER;
	answer_take(call, &wishes, end, result, row);
	if (call->upload != NULL)
		upload_settle(call->upload, &call->reply);
	http_request_wakeup(call->request);
}

/* What orders a segment: the id in the path, if there is one. */
static void
call_subject(const struct call *call, char *out, size_t room)
{
	const struct match *m = &call->match;

	snprintf(out, room, "%.*s", m->value[0] == NULL ? 0 : (int)m->length[0],
	    m->value[0] == NULL ? "" : m->value[0]);
}

static enum call_state
call_ask(struct call *call)
{
	const struct operation *o = call->match.operation;
	const char	       *key = NULL;
	enum worker_way		way = WORKER_STRAIGHT;
	char			subject[40];

	if (call->method == METHOD_POST)
		key = call_header(call, "idempotency-key");
	if (key != NULL && !call_once(call, key))
		return (CALL_ANSWER);
	if (key != NULL)
		way = WORKER_ONCE;
	else if (call->acts) {
		way = WORKER_ACT;
		member_act(call);
	}
	call_caller(call);
	call_subject(call, subject, sizeof(subject));
	call->ask = worker_ask(o, way, call->organisation, subject,
	    call->caller.data, call->input.data, call_answered, call);
	if (call->ask != NULL)
		return (CALL_WAIT);
	reply_problem(&call->reply, PROBLEM_OVERLOADED, call->id, NULL, NULL);
	return (CALL_ANSWER);
}

/* ---- answer ---- */

static void
call_log(const struct call *call, const struct reply *r)
{
	struct text t = { 0 };
	uint64_t    took = call->began == 0 ? 0 : call_now() - call->began;

	counts_request(r->route, call->method, r->status, call->began != 0,
	    took);
	if (r->problem != PROBLEM_NONE)
		counts_add(COUNT_PROBLEMS + r->problem, 1);
	if (r->status < 500 && !conf_number(SETTING_LOG_REQUESTS))
		return;
	text_addf(&t,
	    "\"method\":\"%s\",\"route\":\"%s\",\"status\":%d,"
	    "\"ms\":%.3f,\"bytes\":%zu,\"request\":\"%s\",\"address\":\"%s\"",
	    call_method_name(call->method), r->route != NULL ? r->route : "-",
	    r->status, (double)took / 1000, r->length, call->id, call->address);
	if (call->trace[0] != '\0')
		text_addf(&t, ",\"trace\":\"%.32s\"", call->trace + 3);
	if (call->organisation != 0)
		text_addf(&t, ",\"organisation\":%" PRId64, call->organisation);
	if (r->problem != PROBLEM_NONE)
		text_addf(&t, ",\"problem\":\"%s\"",
		    problem_row(r->problem)->name);
	log_line(LOG_LEVEL_INFO, "request", t.data, t.length);
	text_release(&t);
}

void
call_refused(const struct head *head, const struct reply *r,
    const char *request_id, const char *address)
{
	struct call never = { .method = head->method };

	snprintf(never.id, sizeof(never.id), "%s", request_id);
	snprintf(never.address, sizeof(never.address), "%s", address);
	counts_add(COUNT_REFUSALS + r->problem, 1);
	call_log(&never, r);
}

static void
call_cors(struct call *call)
{
	const char *origin = call_header(call, "origin");

	cors_answer(&call->reply, origin, origin != NULL ? strlen(origin) : 0);
}

static void
call_given(void *owner)
{
	struct call *call = owner;

	call->state = CALL_DONE;
	http_request_wakeup(call->request);
}

static enum call_state
call_answer(struct call *call)
{
	const struct operation *o = call->match.operation;

	if (o != NULL)
		call->reply.route = o->route;
	else if (call->native != NULL)
		call->reply.route = native_route(call->native);
	reply_header(&call->reply, "x-request-id", "%s", call->id);
	toll_headers(call, &call->reply);
	if (!front_is_private(call->request))
		call_cors(call);
	if (call->download != NULL && call->method == METHOD_GET &&
	    call->reply.status == 200) {
		call->state = CALL_WAIT;
		download_begin(call->download, call->request, &call->reply,
		    call_given, call);
	} else {
		call->state = CALL_DONE;
		front_reply(call->request, &call->reply);
	}
	call_log(call, &call->reply);
	return (call->state);
}

/* ---- the walk ---- */

/* Kore lets go of the request: the one undertaker. */
static void
call_gone(struct http_request *req)
{
	struct call **held = http_state_get(req);

	call_free(*held);
	*held = NULL;
}

static struct call *
call_take(struct http_request *req)
{
	struct call **held = http_state_exists(req) ?
	    http_state_get(req) :
	    http_state_create(req, sizeof(*held), call_gone);
	struct call  *call = *held;

	if (call != NULL)
		return (call);
	if ((call = *held = front_call(req)) == NULL)
		return (NULL); /* the client is gone */
	call->request = req;
	id_trace(call_header(call, "traceparent"), call->trace);
	if (call->state != CALL_ANSWER)
		call->state = call->native != NULL ? CALL_ASK :
		    call->upload != NULL	   ? CALL_TAKE :
						     CALL_CHECK;
	return (call);
}

static enum call_state
call_step(struct call *call)
{
	switch (call->state) {
	case CALL_ADMIT:
	case CALL_KNOW:
	case CALL_CHECK:
		return (call_check(call));
	case CALL_TAKE:
		return (call_begin(call));
	case CALL_ASK:
		if (call->native == NULL)
			return (call_ask(call));
		return (native_answer(call->native, call) ? CALL_ANSWER :
							    CALL_WAIT);
	case CALL_WAIT:
	case CALL_DONE:
		break;
	case CALL_ANSWER:
		return (call_answer(call));
	}
	return (call->state);
}

int
call_handle(struct http_request *req)
{
	struct call *call = call_take(req);

	if (call == NULL)
		return (KORE_RESULT_OK);
	while (call->state != CALL_WAIT && call->state != CALL_DONE)
		call->state = call_step(call);
	if (call->state == CALL_DONE)
		return (KORE_RESULT_OK);
	http_request_sleep(req);
	return (KORE_RESULT_RETRY);
}
