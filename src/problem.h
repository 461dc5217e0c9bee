/* The problems Kov answers with (RFC 9457): one table of all there are. */
#ifndef KOV_PROBLEM_H
#define KOV_PROBLEM_H

#include <jansson.h>

#include "text.h"

enum problem {
	PROBLEM_NONE, /* zero is fine */
	PROBLEM_MALFORMED_REQUEST,
	PROBLEM_MALFORMED_JSON,
	PROBLEM_MALFORMED_FORM,
	PROBLEM_INVALID_INPUT,
	PROBLEM_UNAUTHENTICATED,
	PROBLEM_INSUFFICIENT_SCOPE,
	PROBLEM_WRONG_CREDENTIALS,
	PROBLEM_WRONG_ORIGIN,
	PROBLEM_NOT_A_SANDBOX,
	PROBLEM_NOT_FOUND,
	PROBLEM_METHOD_NOT_ALLOWED,
	PROBLEM_NOT_ACCEPTABLE,
	PROBLEM_REQUEST_TIMEOUT,
	PROBLEM_CONFLICT,
	PROBLEM_WRONG_STATE,
	PROBLEM_EMPATHY_FIRST,
	PROBLEM_GESTURE_ONLY,
	PROBLEM_PLAIN_LANGUAGE,
	PROBLEM_FACTS_UNDISCLOSED,
	PROBLEM_LIMIT_UNCITED,
	PROBLEM_IN_FLIGHT,
	PROBLEM_NOT_READY,
	PROBLEM_GONE,
	PROBLEM_LENGTH_REQUIRED,
	PROBLEM_STALE,
	PROBLEM_TOO_LARGE,
	PROBLEM_URI_TOO_LONG,
	PROBLEM_UNSUPPORTED_MEDIA_TYPE,
	PROBLEM_EXPECTATION_FAILED,
	PROBLEM_KEY_REUSED,
	PROBLEM_PRECONDITION_REQUIRED,
	PROBLEM_TOO_MANY_REQUESTS,
	PROBLEM_PROOF_OF_WORK,
	PROBLEM_HEADERS_TOO_LARGE,
	PROBLEM_INTERNAL,
	PROBLEM_NOT_IMPLEMENTED,
	PROBLEM_UNAVAILABLE,
	PROBLEM_OVERLOADED,
	PROBLEM_OUTCOME_UNKNOWN,
	PROBLEM_TOO_SLOW,
	PROBLEM_VERSION_NOT_SUPPORTED,
	PROBLEMS
};

struct problem_row {
	const char *name; /* last part of the type URL; SQL's word for it */
	int	    status;
	const char *sqlstate; /* KVnnn raised for it, or NULL */
	const char *title;
	const char *advice; /* what the caller can do: the page's text */
};

const struct problem_row *problem_row(enum problem);

/* PROBLEM_NONE where there is none of that name or SQLSTATE. */
enum problem problem_named(const char *name);
enum problem problem_of_sqlstate(const char *sqlstate);

/* Adds the problem+json body. base is KOV_PUBLIC_URL; instance the request
 * id; detail may be NULL; extra, an object of further members or NULL, is
 * borrowed. */
void problem_write(struct text *, enum problem, const char *base,
    const char *instance, const char *detail, const json_t *extra);

#endif
