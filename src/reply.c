/* An answer on its way out: status, headers, body. */
#include "reply.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "schema.h"

/* Headers that belong to a problem. */
static const struct {
	enum problem problem;
	const char  *name, *value;
} belongings[] = {
	{ PROBLEM_IN_FLIGHT, "retry-after", "1" },
	{ PROBLEM_NOT_READY, "retry-after", "1" },
	{ PROBLEM_UNAVAILABLE, "retry-after", "2" },
	{ PROBLEM_OVERLOADED, "retry-after", "1" },
	{ PROBLEM_OUTCOME_UNKNOWN, "retry-after", "2" },
	{ PROBLEM_TOO_SLOW, "retry-after", "5" },
	{ PROBLEM_NOT_A_SANDBOX, "www-authenticate",
	    "Bearer realm=\"kov\", error=\"insufficient_scope\"" },
	{ PROBLEM_NONE, NULL, NULL },
};

void
reply_header(struct reply *r, const char *name, const char *format, ...)
{
	va_list arguments;
	char   *value;
	int	n;

	va_start(arguments, format);
	n = vasprintf(&value, format, arguments);
	va_end(arguments);
	if (n < 0)
		return;
	if (r->count == REPLY_HEADERS || strpbrk(value, "\r\n") != NULL) {
		log_say(LOG_LEVEL_ERROR, "reply.header_dropped", "s:s",
		    "header", name);
		free(value);
		return;
	}
	r->headers[r->count++] = (struct reply_header){ name, value };
}

void
reply_problem(struct reply *r, enum problem problem, const char *instance,
    const char *detail, const json_t *extra)
{
	size_t i;

	r->status = problem_row(problem)->status;
	r->problem = problem;
	text_clear(&r->own);
	problem_write(&r->own, problem, conf_text(SETTING_PUBLIC_URL), instance,
	    detail, extra);
	r->body = r->own.data;
	r->length = r->own.length;
	reply_header(r, "content-type", "application/problem+json");
	for (i = 0; belongings[i].name != NULL; i++)
		if (belongings[i].problem == problem)
			reply_header(r, belongings[i].name, "%s",
			    belongings[i].value);
}

void
reply_faults(struct reply *r, const struct faults *faults, const char *instance)
{
	json_auto_t *extra = json_object();

	json_object_set(extra, "errors", faults->list);
	if (faults->truncated)
		json_object_set_new(extra, "truncated", json_true());
	reply_problem(r, PROBLEM_INVALID_INPUT, instance, NULL, extra);
}

void
reply_release(struct reply *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		free(r->headers[i].value);
	text_release(&r->own);
	*r = (struct reply){ 0 };
}
