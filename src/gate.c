/* Birth and death of a call: at the header, before a body is taken in, who
 * may come in; and the one undertaker. */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cors.h"
#include "counts.h"
#include "download.h"
#include "head.h"
#include "kov.h"
#include "member.h"
#include "native.h"
#include "negotiate.h"
#include "publishable.h"
#include "toll.h"
#include "upload.h"
#include "worker.h"

static const struct {
	enum method method;
	const char *name;
} methods[] = {
	{ METHOD_GET, "GET" },
	{ METHOD_HEAD, "HEAD" },
	{ METHOD_POST, "POST" },
	{ METHOD_PUT, "PUT" },
	{ METHOD_PATCH, "PATCH" },
	{ METHOD_DELETE, "DELETE" },
	{ METHOD_OPTIONS, "OPTIONS" },
};
#define METHODS (sizeof(methods) / sizeof(methods[0]))

static unsigned calls_open;

unsigned
call_open(void)
{
	return (calls_open);
}

void
call_free(struct call *call)
{
	if (call == NULL)
		return;
	if (call->ask != NULL)
		lane_leave(call->ask);
	upload_free(call->upload);
	download_free(call->download);
	text_release(&call->caller);
	text_release(&call->input);
	reply_release(&call->reply);
	free(call->path);
	free(call);
	calls_open--;
}

uint64_t
call_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
}

const char *
call_method_name(enum method method)
{
	size_t i;

	for (i = 0; i < METHODS; i++)
		if (methods[i].method == method)
			return (methods[i].name);
	return ("-");
}

static char *
head_copy(const struct head *head, const char *name)
{
	const struct head_field *f = head_find(head, name);

	return (f == NULL ? NULL : strndup(f->value, f->length));
}

/* Allow: what the path knows, HEAD beside GET, and OPTIONS; and what a page
 * may send that asks beforehand. */
static void
call_allow(struct reply *r, const struct head *head, unsigned allow)
{
	struct text t = { 0 };
	size_t	    i;

	if (allow & METHOD_GET)
		allow |= METHOD_HEAD;
	allow |= METHOD_OPTIONS;
	for (i = 0; i < METHODS; i++)
		if (allow & methods[i].method)
			text_addf(&t, "%s%s", t.length > 0 ? ", " : "",
			    methods[i].name);
	if (!t.failed) {
		reply_header(r, "allow", "%s", t.data);
		if (head->method == METHOD_OPTIONS)
			cors_preflight(r, head, t.data);
	}
	text_release(&t);
}

/* The method against what the path knows; false: refused or answered. */
static bool
call_method(struct call *call, const struct head *head, unsigned allow,
    struct reply *refusal)
{
	unsigned known = allow | (allow & METHOD_GET ? METHOD_HEAD : 0);

	if (allow == 0)
		reply_problem(refusal, PROBLEM_NOT_FOUND, call->id, NULL, NULL);
	else if (call->method == METHOD_OPTIONS) {
		call_allow(&call->reply, head, allow);
		call->reply.status = 204;
		call->reply.no_content = true;
		call->state = CALL_ANSWER;
		return (true);
	} else if ((known & call->method) == 0) {
		reply_problem(refusal, PROBLEM_METHOD_NOT_ALLOWED, call->id,
		    NULL, NULL);
		call_allow(refusal, head, allow);
	} else
		return (true);
	return (false);
}

/* Media types, both ways (RFC 9110, 12.5.1 and 8.3). */
static bool
call_media(struct call *call, const struct head *head, struct reply *refusal)
{
	const struct operation *o = call->match.operation;
	char		       *accept = head_copy(head, "accept");
	char		       *type = head_copy(head, "content-type");
	char			expected[64];
	bool			ok = false;

	if ((o == NULL || !o->download) &&
	    !negotiate_accepts(accept, "application/json"))
		reply_problem(refusal, PROBLEM_NOT_ACCEPTABLE, call->id, NULL,
		    NULL);
	else if (head_find(head, "content-encoding") != NULL)
		reply_problem(refusal, PROBLEM_UNSUPPORTED_MEDIA_TYPE, call->id,
		    "a body without Content-Encoding is expected", NULL);
	else if (o != NULL && o->media != NULL && head->length > 0 &&
	    o->upload == NULL && !negotiate_is(type, o->media)) {
		snprintf(expected, sizeof(expected),
		    "a body of type %s is expected", o->media);
		reply_problem(refusal, PROBLEM_UNSUPPORTED_MEDIA_TYPE, call->id,
		    expected, NULL);
		if (call->method == METHOD_PATCH)
			reply_header(refusal, "accept-patch", "%s", o->media);
	} else
		ok = true;
	free(accept);
	free(type);
	return (ok);
}

static bool
call_admit(struct call *call, const struct head *head, bool private_door,
    struct reply *refusal)
{
	call->native = native_at(call->path, private_door);
	if (call->native != NULL)
		return (call_method(call, head, native_methods(call->native),
		    refusal));
	if (private_door) {
		reply_problem(refusal, PROBLEM_NOT_FOUND, call->id, NULL, NULL);
		return (false);
	}
	contract_match(worker_contract(), call->method, call->path,
	    &call->match);
	if (call->match.operation != NULL)
		refusal->route = call->match.operation->route;
	if (!call_method(call, head, call->match.allow, refusal))
		return (false);
	if (call->state == CALL_ANSWER)
		return (true);
	call->native = native_of(call->match.operation);
	return (call_media(call, head, refusal));
}

/* RFC 6750, 3: no error code where no credentials were sent. What was
 * expected is named between the two parts of detail. */
static const struct {
	enum problem	problem;
	const char     *challenge, *detail, *rest;
	enum limit_name counted; /* LIMITS: by nothing */
} strangers[] = {
	[AUTH_OK] = { PROBLEM_NONE, NULL, NULL, NULL, LIMITS },
	[AUTH_MISSING] = { PROBLEM_UNAUTHENTICATED, "Bearer realm=\"kov\"",
	    "an Authorization header with Bearer and ", " is expected",
	    LIMIT_STRANGERS },
	[AUTH_MALFORMED] = { PROBLEM_UNAUTHENTICATED,
	    "Bearer realm=\"kov\", error=\"invalid_token\"",
	    "this is no credential: Bearer and the whole of ", " is expected",
	    LIMIT_FAILURES },
	[AUTH_UNKNOWN] = { PROBLEM_UNAUTHENTICATED,
	    "Bearer realm=\"kov\", error=\"invalid_token\"",
	    "this is unknown, revoked or expired: ",
	    " that is valid is expected", LIMIT_FAILURES },
	[AUTH_STALE] = { PROBLEM_UNAVAILABLE, NULL,
	    "the database is away: it cannot be known whether this is ",
	    " that is valid", LIMITS },
};

static void
call_stranger(const struct call *call, enum auth_end end, struct reply *refusal)
{
	struct text detail = { 0 };

	text_adds(&detail, strangers[end].detail);
	caller_expected(&detail, call->match.operation->kinds);
	text_adds(&detail, strangers[end].rest);
	reply_problem(refusal, strangers[end].problem, call->id,
	    detail.failed ? NULL : detail.data, NULL);
	if (strangers[end].challenge != NULL)
		reply_header(refusal, "www-authenticate", "%s",
		    strangers[end].challenge);
	text_release(&detail);
}

/* A known caller whose kind the operation does not take. */
static bool
call_kind(const struct call *call, enum caller_kind kind, struct reply *refusal)
{
	unsigned    kinds = call->match.operation->kinds;
	struct text detail = { 0 };

	if (kinds & 1U << kind)
		return (true);
	text_adds(&detail, "this takes ");
	caller_expected(&detail, kinds);
	text_addf(&detail, ", and not %s", caller_row(kind)->called);
	reply_problem(refusal, PROBLEM_WRONG_CREDENTIALS, call->id, detail.data,
	    NULL);
	reply_header(refusal, "www-authenticate",
	    "Bearer realm=\"kov\", error=\"insufficient_scope\"");
	text_release(&detail);
	return (false);
}

static bool
call_scope(const struct call *call, const struct caller *caller,
    struct reply *refusal)
{
	const char  *scope = call->match.operation->scope;
	json_auto_t *extra = NULL;
	char	     detail[128];

	if (!caller_row(caller->kind)->scoped || caller_may(caller, scope))
		return (true);
	extra = json_pack("{s:s}", "scope", scope);
	snprintf(detail, sizeof(detail),
	    "this needs the scope %s, which the credentials do not have",
	    scope);
	reply_problem(refusal, PROBLEM_INSUFFICIENT_SCOPE, call->id, detail,
	    extra);
	reply_header(refusal, "www-authenticate",
	    "Bearer realm=\"kov\", "
	    "error=\"insufficient_scope\", scope=\"%s\"",
	    scope);
	return (false);
}

static bool
call_know(struct call *call, const struct head *head, struct reply *refusal)
{
	const struct operation	*o = call->match.operation;
	const struct head_field *f = head_find(head, "authorization");
	struct caller		 caller;
	enum auth_end		 end;

	call->state = CALL_KNOW;
	if (o == NULL || o->kinds == 0)
		return (true);
	end = auth_know(f != NULL ? f->value : NULL, f != NULL ? f->length : 0,
	    &caller, &call->caller);
	counts_add(COUNT_AUTH + end, 1);
	if (end != AUTH_OK) {
		call->stranger = strangers[end].counted;
		call_stranger(call, end, refusal);
		return (false);
	}
	call->organisation = caller.organisation;
	if (caller.kind == CALLER_CUSTOMER_SESSION)
		call->open = o->open;
	return (toll_caller(call, &caller, refusal) &&
	    call_kind(call, caller.kind, refusal) &&
	    call_scope(call, &caller, refusal) &&
	    publishable_admit(call, &caller, head, refusal) &&
	    member_named(call, head, &caller, refusal));
}

/* The call with its decoded path, or NULL: the path is no path. */
static struct call *
call_new(const struct arrival *arrival)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return (NULL);
	calls_open++;
	call->began = call_now();
	call->method = arrival->head->method;
	call->stranger = arrival->private_door ? LIMITS : LIMIT_STRANGERS;
	snprintf(call->id, sizeof(call->id), "%s", arrival->id);
	snprintf(call->address, sizeof(call->address), "%s", arrival->address);
	call->path = malloc(HEAD_TARGET + 2);
	if (call->path != NULL && head_path(arrival->head, call->path))
		return (call);
	call_free(call);
	return (NULL);
}

/* Through all of the gate; what counts strangers comes last, when it is
 * known whether this is one. */
static bool
call_enter(struct call *call, const struct arrival *arrival,
    struct reply *refusal)
{
	bool in;

	in = call_admit(call, arrival->head, arrival->private_door, refusal) &&
	    (call->state != CALL_ADMIT ||
		call_know(call, arrival->head, refusal));
	if (call->organisation == 0)
		return (toll_stranger(call, refusal) && in);
	if (!in)
		toll_headers(call, refusal);
	return (in);
}

bool
call_takes(const struct call *call)
{
	return (call->upload != NULL);
}

/* What its body may have; false: it cannot be what is taken here. */
static bool
call_body_max(struct call *call, const struct head *head, struct reply *refusal,
    size_t *most)
{
	const struct operation *o = call->match.operation;
	char			detail[HEAD_DETAIL] = "";
	enum problem		problem;

	if (o == NULL || o->media == NULL || call->state == CALL_ANSWER)
		return (true);
	*most = o->body_max;
	if (o->upload == NULL)
		return (true);
	problem = upload_new(&call->upload, o, head, call->organisation, detail,
	    most);
	if (problem == PROBLEM_NONE)
		return (true);
	reply_problem(refusal, problem, call->id,
	    detail[0] != '\0' ? detail : NULL, NULL);
	toll_headers(call, refusal);
	return (false);
}

struct call *
call_gate(const struct arrival *arrival, struct reply *refusal,
    size_t *body_max)
{
	struct call *call;

	*body_max = 0;
	if ((call = call_new(arrival)) == NULL) {
		reply_problem(refusal, PROBLEM_MALFORMED_REQUEST, arrival->id,
		    "a path without an encoded slash or NUL is expected", NULL);
		return (NULL);
	}
	if (!call_enter(call, arrival, refusal) ||
	    !call_body_max(call, arrival->head, refusal, body_max)) {
		call_free(call);
		return (NULL);
	}
	return (call);
}
