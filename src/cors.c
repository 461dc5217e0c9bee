/* Which web pages may read our answers (the Fetch standard, 3.2). */
#include "cors.h"

#include <string.h>

#include "conf.h"
#include "origin.h"

#define ALLOW_ORIGIN "access-control-allow-origin"

/* How long a browser remembers; a key taken back ends its origins by then. */
#define MAX_AGE "600"

static const char exposed[] =
    "ETag, Location, Link, RateLimit, RateLimit-Policy, Retry-After, "
    "API-Version, Idempotent-Replayed, Content-Language, X-Request-Id, "
    "Content-Disposition, WWW-Authenticate";

static const char taken[] =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "traceparent, X-Request-Id, Kov-Member, Kov-Proof-Of-Work, "
    "Content-Disposition, Last-Event-ID";

static bool
cors_allows(const char *origin, size_t n)
{
	return (origin != NULL && n > 0 &&
	    (origin_listed(conf_text(SETTING_CORS_ORIGINS), origin, n) ||
		origin_kept(origin, n)));
}

static bool
cors_said(const struct reply *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (strcmp(r->headers[i].name, ALLOW_ORIGIN) == 0)
			return (true);
	return (false);
}

void
cors_answer(struct reply *r, const char *origin, size_t n)
{
	if (cors_said(r))
		return;
	reply_header(r, "vary", "Origin");
	if (!cors_allows(origin, n))
		return;
	reply_header(r, ALLOW_ORIGIN, "%.*s", (int)n, origin);
	reply_header(r, "access-control-expose-headers", "%s", exposed);
}

void
cors_preflight(struct reply *r, const struct head *head, const char *methods)
{
	const struct head_field *origin = head_find(head, "origin");

	if (origin == NULL ||
	    head_find(head, "access-control-request-method") == NULL ||
	    !cors_allows(origin->value, origin->length))
		return;
	reply_header(r, "access-control-allow-methods", "%s", methods);
	reply_header(r, "access-control-allow-headers", "%s", taken);
	reply_header(r, "access-control-max-age", MAX_AGE);
}
