/* The problems Kov answers with (RFC 9457): one table of all there are. */
#include "problem.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct problem_row problems[PROBLEMS] = {
	[PROBLEM_NONE] = { "none", 200, NULL, "No problem", "" },
	[PROBLEM_MALFORMED_REQUEST] = { "malformed-request", 400, NULL,
	    "This is not a well-formed HTTP request",
	    "Send the request with an HTTP/1.1 client library; detail says "
	    "which rule of RFC 9112 it broke." },
	[PROBLEM_MALFORMED_JSON] = { "malformed-json", 400, NULL,
	    "The body is not JSON",
	    "Send I-JSON (RFC 7493): UTF-8, no duplicate members, no NUL; "
	    "detail says where reading stopped." },
	[PROBLEM_MALFORMED_FORM] = { "malformed-form", 400, NULL,
	    "The body is not a form as its type says",
	    "Send multipart/form-data (RFC 7578) as a browser does; detail "
	    "says what was expected." },
	[PROBLEM_INVALID_INPUT] = { "invalid-input", 400, "KV400",
	    "The input does not fit the contract",
	    "Mend each fault listed in errors: pointer names the place in "
	    "the body, parameter the query key or path variable." },
	[PROBLEM_UNAUTHENTICATED] = { "unauthenticated", 401, NULL,
	    "Valid credentials are needed",
	    "Send Authorization: Bearer with credentials that are neither "
	    "revoked nor expired; detail names the kinds that will do." },
	[PROBLEM_INSUFFICIENT_SCOPE] = { "insufficient-scope", 403, "KV403",
	    "The credentials may not do this",
	    "Use credentials with the scope that detail names." },
	[PROBLEM_WRONG_CREDENTIALS] = { "wrong-credentials", 403, NULL,
	    "Credentials of this kind may not do this",
	    "Use credentials of a kind that detail names." },
	[PROBLEM_WRONG_ORIGIN] = { "wrong-origin", 403, NULL,
	    "The key is not for pages of this origin",
	    "Make a publishable key that lists the origin: kov key create "
	    "--public --origin." },
	[PROBLEM_NOT_A_SANDBOX] = { "not-a-sandbox", 403, NULL,
	    "Only a sandbox can be emptied",
	    "Use a kov_test_ key: kov key create --test makes one." },
	[PROBLEM_NOT_FOUND] = { "not-found", 404, "KV404",
	    "There is nothing here",
	    "Look at the path and the id; what belongs to another "
	    "organisation or partner does not exist for you." },
	[PROBLEM_METHOD_NOT_ALLOWED] = { "method-not-allowed", 405, NULL,
	    "This resource does not know that method",
	    "Use one of the methods that the Allow header lists." },
	[PROBLEM_NOT_ACCEPTABLE] = { "not-acceptable", 406, NULL,
	    "No representation fits the Accept header",
	    "Accept application/json." },
	[PROBLEM_REQUEST_TIMEOUT] = { "request-timeout", 408, NULL,
	    "The request took too long to arrive",
	    "Send it again, faster." },
	[PROBLEM_CONFLICT] = { "conflict", 409, "KV419",
	    "It conflicts with what is already there",
	    "Read the present state, then decide." },
	[PROBLEM_WRONG_STATE] = { "wrong-state", 409, "KV409",
	    "Not possible in the present state",
	    "allowed lists what is possible now." },
	[PROBLEM_EMPATHY_FIRST] = { "empathy-first", 409, NULL,
	    "Understanding comes before content",
	    "Begin with empathy, or say in overrideReason why not." },
	[PROBLEM_GESTURE_ONLY] = { "gesture-only", 409, NULL,
	    "A gesture alone solves nothing",
	    "Quote the customer's acceptance, do something about it, or say "
	    "in overrideReason why not." },
	[PROBLEM_PLAIN_LANGUAGE] = { "plain-language", 409, NULL,
	    "It can be said in plainer words",
	    "findings marks the words; say it otherwise, or say in "
	    "overrideReason why not." },
	[PROBLEM_FACTS_UNDISCLOSED] = { "facts-undisclosed", 409, NULL,
	    "The customer does not know what we know",
	    "Disclose the facts that the customer should know, or say in "
	    "overrideReason why not." },
	[PROBLEM_LIMIT_UNCITED] = { "limit-uncited", 409, NULL,
	    "Whoever says no cites a limit that was known beforehand",
	    "Name in limitId a limit that was published beforehand, or say in "
	    "overrideReason why there is none." },
	[PROBLEM_IN_FLIGHT] = { "in-flight", 409, "KV423",
	    "The same request is still being handled",
	    "Wait a moment and send it again with the same "
	    "Idempotency-Key." },
	[PROBLEM_NOT_READY] = { "not-ready", 409, NULL,
	    "It is not ready yet",
	    "Ask again after Retry-After." },
	[PROBLEM_GONE] = { "gone", 410, "KV410",
	    "This is no longer here",
	    "Begin again: a cursor from before a restore, or a used link, "
	    "does not come back." },
	[PROBLEM_LENGTH_REQUIRED] = { "length-required", 411, NULL,
	    "A Content-Length is needed",
	    "Send the body with its length instead of chunked." },
	[PROBLEM_STALE] = { "stale", 412, "KV412",
	    "Someone changed it since you read it",
	    "Read it again, and send the change with its new ETag in "
	    "If-Match." },
	[PROBLEM_TOO_LARGE] = { "too-large", 413, NULL,
	    "The body is too large",
	    "detail names the limit; send less, or in parts." },
	[PROBLEM_URI_TOO_LONG] = { "uri-too-long", 414, NULL,
	    "The request target is too long",
	    "Send a shorter query." },
	[PROBLEM_UNSUPPORTED_MEDIA_TYPE] = { "unsupported-media-type", 415,
	    NULL, "The body has a media type that is not taken here",
	    "Use the media type that detail names, without "
	    "Content-Encoding." },
	[PROBLEM_EXPECTATION_FAILED] = { "expectation-failed", 417, NULL,
	    "Only Expect: 100-continue is understood",
	    "Leave out the Expect header." },
	[PROBLEM_KEY_REUSED] = { "key-reused", 422, "KV422",
	    "The Idempotency-Key was used with another request",
	    "Use a new Idempotency-Key for each new request." },
	[PROBLEM_PRECONDITION_REQUIRED] = { "precondition-required", 428,
	    "KV428", "If-Match is needed",
	    "Read it first, and send its ETag in If-Match, so that nobody's "
	    "change is lost." },
	[PROBLEM_TOO_MANY_REQUESTS] = { "too-many-requests", 429, "KV429",
	    "Too many requests",
	    "Wait as long as Retry-After says." },
	[PROBLEM_PROOF_OF_WORK] = { "proof-of-work", 429, NULL,
	    "So much comes with this key that each request has to show work",
	    "Find a number that, appended to challenge after a full stop, "
	    "gives a SHA-256 that begins with so many zero bits as bits "
	    "says, and send both, challenge.number, in Kov-Proof-Of-Work. "
	    "Or wait as long as Retry-After says." },
	[PROBLEM_HEADERS_TOO_LARGE] = { "headers-too-large", 431, NULL,
	    "The header block is too large",
	    "Send fewer or shorter headers." },
	[PROBLEM_INTERNAL] = { "internal", 500, NULL,
	    "Something went wrong on our side",
	    "Tell us the instance: it finds the line in our log." },
	[PROBLEM_NOT_IMPLEMENTED] = { "not-implemented", 501, NULL,
	    "This method or coding is not implemented",
	    "Use one of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS, "
	    "without a transfer coding." },
	[PROBLEM_UNAVAILABLE] = { "unavailable", 503, NULL,
	    "The database is away",
	    "Nothing was done. Send it again after Retry-After." },
	[PROBLEM_OVERLOADED] = { "overloaded", 503, NULL,
	    "Too much work is waiting",
	    "Nothing was done. Send it again after Retry-After." },
	[PROBLEM_OUTCOME_UNKNOWN] = { "outcome-unknown", 503, NULL,
	    "It may or may not have been done",
	    "Send it again with the same Idempotency-Key: then it is done "
	    "once at most." },
	[PROBLEM_TOO_SLOW] = { "too-slow", 503, NULL,
	    "It took too long and was undone",
	    "Nothing was done. Ask for less, or try later." },
	[PROBLEM_VERSION_NOT_SUPPORTED] = { "version-not-supported", 505,
	    NULL, "Only HTTP/1.1 and HTTP/1.0 are spoken here",
	    "Use HTTP/1.1." },
};
/* clang-format on */

const struct problem_row *
problem_row(enum problem problem)
{
	return (&problems[problem]);
}

enum problem
problem_named(const char *name)
{
	enum problem p;

	for (p = PROBLEM_NONE + 1; p < PROBLEMS; p++)
		if (strcmp(problems[p].name, name) == 0)
			return (p);
	return (PROBLEM_NONE);
}

enum problem
problem_of_sqlstate(const char *sqlstate)
{
	enum problem p;

	for (p = PROBLEM_NONE + 1; p < PROBLEMS; p++)
		if (problems[p].sqlstate != NULL &&
		    strcmp(problems[p].sqlstate, sqlstate) == 0)
			return (p);
	return (PROBLEM_NONE);
}

static void
problem_member(struct text *t, const char *name, const char *value)
{
	text_addf(t, ",\"%s\":", name);
	text_add_json(t, value, strlen(value));
}

void
problem_write(struct text *t, enum problem problem, const char *base,
    const char *instance, const char *detail, const json_t *extra)
{
	const struct problem_row *row = &problems[problem];
	char			 *more;

	text_addf(t,
	    "{\"type\":\"%s/problems/%s\",\"title\":\"%s\","
	    "\"status\":%d",
	    base, row->name, row->title, row->status);
	problem_member(t, "detail", detail != NULL ? detail : row->advice);
	if (instance != NULL)
		problem_member(t, "instance", instance);
	more = json_object_size(extra) == 0 ?
	    NULL :
	    json_dumps(extra, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (more != NULL) {
		text_adds(t, ",");
		text_add(t, more + 1, strlen(more) - 1);
	} else
		text_adds(t, "}");
	free(more);
}
