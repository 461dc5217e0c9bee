/* JSON as we accept it: I-JSON (RFC 7493) within limits of our own. */
#include "ijson.h"

#include <stdlib.h>
#include <string.h>

/* Where a scan of the bytes stands. Strings are jansson's to judge. */
struct scan {
	const char *at, *end, *from;
};

static bool
ijson_refuse(const struct scan *s, struct text *error, const char *what)
{
	const char *p, *line = s->from;
	size_t	    lines = 1;

	for (p = s->from; p < s->at; p++)
		if (*p == '\n') {
			lines++;
			line = p + 1;
		}
	text_addf(error, "%s, at line %zu, column %zu", what, lines,
	    (size_t)(s->at - line) + 1);
	return (false);
}

/* Past a string; an unended one is left to jansson. */
static void
ijson_string(struct scan *s)
{
	for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
		if (*s->at == '\\')
			s->at++;
	s->at++;
}

/* Past a number: its length, and its exponent's value, bounded. */
static bool
ijson_number(struct scan *s, struct text *error)
{
	struct scan first = *s;
	long	    exponent = 0;
	bool	    counting = false;

	for (; s->at < s->end && strchr("+-.0123456789eE", *s->at) != NULL &&
	     *s->at != '\0';
	     s->at++) {
		if (*s->at == 'e' || *s->at == 'E')
			counting = true;
		else if (counting && *s->at >= '0' && *s->at <= '9' &&
		    exponent < 1000)
			exponent = exponent * 10 + (*s->at - '0');
	}
	if (s->at - first.at > IJSON_NUMBER)
		return (ijson_refuse(&first, error,
		    "a number of at most 32 "
		    "characters is expected"));
	if (exponent > IJSON_EXPONENT)
		return (ijson_refuse(&first, error,
		    "an exponent from -30 to "
		    "30 is expected"));
	return (true);
}

/* What jansson would take and we do not: depth and numbers. */
static bool
ijson_limits(const char *bytes, size_t n, struct text *error)
{
	struct scan s = { bytes, bytes + n, bytes };
	int	    depth = 0;

	while (s.at < s.end) {
		switch (*s.at) {
		case '"':
			ijson_string(&s);
			continue;
		case '[':
		case '{':
			if (++depth > IJSON_DEPTH)
				return (ijson_refuse(&s, error,
				    "at most 32 "
				    "levels of arrays and objects are "
				    "expected"));
			break;
		case ']':
		case '}':
			depth--;
			break;
		default:
			if (*s.at != '-' && (*s.at < '0' || *s.at > '9'))
				break;
			if (!ijson_number(&s, error))
				return (false);
			continue;
		}
		s.at++;
	}
	return (true);
}

json_t *
ijson_parse(const char *bytes, size_t n, struct text *error)
{
	json_error_t fault;
	json_t	    *value;

	if (n == 0) {
		text_adds(error, "a JSON value is expected; the body is empty");
		return (NULL);
	}
	if (!ijson_limits(bytes, n, error))
		return (NULL);
	value = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
	    &fault);
	if (value == NULL)
		text_addf(error, "%s, at line %d, column %d", fault.text,
		    fault.line, fault.column);
	return (value);
}

static int
ijson_take(const char *bytes, size_t n, void *text)
{
	text_add(text, bytes, n);
	return (0);
}

void
ijson_write(struct text *t, const json_t *value)
{
	if (json_dump_callback(value, ijson_take, t,
		JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) != 0)
		t->failed = true;
}
