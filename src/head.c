/*
 * A header block judged by RFC 9112 and RFC 9110.
 */
#include "head.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 250 /* Kore's KORE_DOMAINNAME_LEN, less a little */
#define LENGTH_MAX (1LL << 50)

/* Characters as sets: bit c % 32 of word c / 32; none is beyond ASCII. */
typedef uint32_t     charset[4];
static const charset token_set = { 0x0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff };
static const charset host_set = { 0x0, 0x2fff7ff2, 0xaffffffe, 0x47fffffe };

typedef enum problem(meaning)(struct head *, const char *, const char *);
static meaning mean_host, mean_length, mean_coding, mean_connection,
    mean_expect;

enum {
	KEEP = 1, /* the program reads it */
	ONCE = 2, /* twice is an attack, or a fault that must be seen */
	FULL = 4, /* empty is no value */
	WIDE = 8  /* bytes beyond ASCII pass, as '?' */
};

#define NAME(s) s, sizeof(s) - 1

/* What is not in here is judged like the rest and then dropped. */
static const struct known {
	const char *name;
	size_t	    length;
	unsigned    flags;
	meaning	   *mean;
} headers[] = {
	{ NAME("host"), ONCE | FULL, mean_host },
	{ NAME("content-length"), ONCE | FULL, mean_length },
	{ NAME("transfer-encoding"), ONCE | FULL, mean_coding },
	{ NAME("connection"), 0, mean_connection },
	{ NAME("expect"), 0, mean_expect },
	{ NAME("authorization"), KEEP | ONCE, NULL },
	{ NAME("content-type"), KEEP | ONCE, NULL },
	{ NAME("content-encoding"), KEEP, NULL },
	{ NAME("content-disposition"), KEEP | ONCE | WIDE, NULL },
	{ NAME("idempotency-key"), KEEP | ONCE | FULL, NULL },
	{ NAME("accept"), KEEP | WIDE, NULL },
	{ NAME("accept-language"), KEEP | WIDE, NULL },
	{ NAME("if-match"), KEEP, NULL },
	{ NAME("if-none-match"), KEEP, NULL },
	{ NAME("last-event-id"), KEEP | ONCE, NULL },
	{ NAME("x-request-id"), KEEP | WIDE, NULL },
	{ NAME("traceparent"), KEEP | WIDE, NULL },
	{ NAME("x-forwarded-for"), KEEP | WIDE, NULL },
	{ NAME("origin"), KEEP | ONCE, NULL },
	{ NAME("kov-member"), KEEP | ONCE | FULL, NULL },
	{ NAME("kov-proof-of-work"), KEEP | ONCE, NULL },
	{ NAME("user-agent"), KEEP | WIDE, NULL },
	{ NAME("access-control-request-method"), KEEP | ONCE, NULL },
	{ NAME("access-control-request-headers"), KEEP, NULL },
};
#define HEADERS (sizeof(headers) / sizeof(*headers))
/* Kore reads 25 lines: ours, less the three that are never kept, with the
 * request line */
_Static_assert(HEADERS - 3 + 1 <= 25, "more headers than Kore takes");

static const struct {
	const char *name;
	size_t	    length;
	enum method method;
	bool	    body;
} methods[] = {
	{ NAME("GET"), METHOD_GET, false },
	{ NAME("POST"), METHOD_POST, true },
	{ NAME("PATCH"), METHOD_PATCH, true },
	{ NAME("PUT"), METHOD_PUT, true },
	{ NAME("DELETE"), METHOD_DELETE, false },
	{ NAME("HEAD"), METHOD_HEAD, false },
	{ NAME("OPTIONS"), METHOD_OPTIONS, false },
};
#define METHODS (sizeof(methods) / sizeof(*methods))

static enum problem __attribute__((format(printf, 3, 4)))
refuse(struct head *h, enum problem problem, const char *why, ...)
{
	va_list arguments;

	va_start(arguments, why);
	vsnprintf(h->detail, sizeof(h->detail), why, arguments);
	va_end(arguments);
	return (problem);
}

static bool
all_in(const charset set, const char *from, const char *end)
{
	unsigned char c;

	for (; from < end; from++) {
		c = (unsigned char)*from;
		if (c >= 128 || (set[c / 32] >> c % 32 & 1) == 0)
			return (false);
	}
	return (true);
}

static bool
is_blank(char c)
{
	return (c == ' ' || c == '\t');
}

static bool
same_word(const char *from, const char *end, const char *word, size_t length)
{
	return ((size_t)(end - from) == length &&
	    strncasecmp(from, word, length) == 0);
}

static bool
host_ok(const char *from, const char *end)
{
	return (from < end && end - from <= HOST_MAX && *from != ':' &&
	    all_in(host_set, from, end));
}

static enum problem
mean_host(struct head *h, const char *from, const char *end)
{
	if (!host_ok(from, end))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "Host is not a host and port"));
	if (h->host == NULL) { /* the absolute form's authority wins */
		h->host = from;
		h->host_length = (size_t)(end - from);
	}
	return (PROBLEM_NONE);
}

static enum problem
mean_length(struct head *h, const char *from, const char *end)
{
	for (h->length = 0; from < end; from++) {
		if (*from < '0' || *from > '9')
			return (refuse(h, PROBLEM_MALFORMED_REQUEST,
			    "Content-Length is not a number of bytes"));
		if (h->length < LENGTH_MAX)
			h->length = h->length * 10 + (*from - '0');
	}
	return (PROBLEM_NONE);
}

static enum problem
mean_coding(struct head *h, const char *from, const char *end)
{
	h->chunked = same_word(from, end, NAME("chunked"));
	h->coded = !h->chunked;
	return (PROBLEM_NONE);
}

static enum problem
mean_connection(struct head *h, const char *from, const char *end)
{
	const char *item, *next;

	for (; from < end; from = next + 1) {
		next = memchr(from, ',', (size_t)(end - from));
		if (next == NULL)
			next = end;
		while (from < next && is_blank(*from))
			from++;
		for (item = next; item > from && is_blank(item[-1]); item--)
			;
		h->close |= same_word(from, item, NAME("close"));
	}
	return (PROBLEM_NONE);
}

static enum problem
mean_expect(struct head *h, const char *from, const char *end)
{
	if (h->old) /* RFC 9110, 10.1.1: ignored in HTTP/1.0 */
		return (PROBLEM_NONE);
	if (!same_word(from, end, NAME("100-continue")))
		return (refuse(h, PROBLEM_EXPECTATION_FAILED,
		    "the only expectation known here is 100-continue"));
	h->expect = true;
	return (PROBLEM_NONE);
}

/* The absolute form (RFC 9112, 3.2.2) becomes the origin form. */
static const char *
target_scheme(const char *from, const char *end)
{
	size_t length = (size_t)(end - from);

	if (length > 7 && strncasecmp(from, "http://", 7) == 0)
		return (from + 7);
	if (length > 8 && strncasecmp(from, "https://", 8) == 0)
		return (from + 8);
	return (NULL);
}

static enum problem
target_form(struct head *h, const char *from, const char *end)
{
	const char *authority = target_scheme(from, end);

	if (authority != NULL) {
		for (from = authority;
		     from < end && *from != '/' && *from != '?'; from++)
			;
		if (!host_ok(authority, from))
			return (refuse(h, PROBLEM_MALFORMED_REQUEST,
			    "the request target names no host"));
		h->host = authority;
		h->host_length = (size_t)(from - authority);
	} else if (*from != '/' &&
	    !(h->method == METHOD_OPTIONS && same_word(from, end, NAME("*"))))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "the request target is neither a path nor a URL"));
	h->target = from;
	h->target_length = (size_t)(end - from);
	return (PROBLEM_NONE);
}

static enum problem
judge_target(struct head *h, const char *from, const char *end)
{
	const char *p;

	if (end - from > HEAD_TARGET)
		return (refuse(h, PROBLEM_URI_TOO_LONG,
		    "the request target has more than %d bytes", HEAD_TARGET));
	for (p = from; p < end; p++) {
		if (*p <= ' ' || *p > '~' || *p == '#')
			return (refuse(h, PROBLEM_MALFORMED_REQUEST,
			    "a character that must be percent-encoded stands "
			    "bare in the request target"));
		if (*p == '%' &&
		    (end - p < 3 || !isxdigit((unsigned char)p[1]) ||
			!isxdigit((unsigned char)p[2])))
			return (refuse(h, PROBLEM_MALFORMED_REQUEST,
			    "'%%' is not followed by two hexadecimal digits"));
	}
	return (target_form(h, from, end));
}

static enum problem
judge_method(struct head *h, const char *from, const char *end)
{
	size_t i, length = (size_t)(end - from);

	h->method_text = from;
	h->method_length = length;
	for (i = 0; i < METHODS; i++)
		if (methods[i].length == length &&
		    memcmp(methods[i].name, from, length) == 0)
			break;
	if (i == METHODS)
		return (refuse(h, PROBLEM_NOT_IMPLEMENTED,
		    "this method is not known here"));
	h->method = methods[i].method;
	h->body = methods[i].body;
	return (PROBLEM_NONE);
}

/* METHOD SP target SP HTTP/d.d, strictly (RFC 9112, 3). */
static enum problem
judge_request_line(struct head *h, const char *from, const char *end)
{
	const char  *space = memchr(from, ' ', (size_t)(end - from));
	const char  *version = end - 8;
	enum problem problem;

	if (space == NULL || !head_is_token(from, space) ||
	    version <= space + 2 || version[-1] != ' ' ||
	    memcmp(version, "HTTP/", 5) != 0 || version[6] != '.' ||
	    !isdigit((unsigned char)version[5]) ||
	    !isdigit((unsigned char)version[7]))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "the request line is not METHOD TARGET HTTP/1.1"));
	if (version[5] != '1')
		return (refuse(h, PROBLEM_VERSION_NOT_SUPPORTED,
		    "HTTP/1.1 and HTTP/1.0 are spoken here"));
	h->old = version[7] == '0';
	if ((problem = judge_method(h, from, space)) != PROBLEM_NONE)
		return (problem);
	return (judge_target(h, space + 1, version - 1));
}

static const struct known *
known_header(const char *from, const char *end)
{
	size_t i, length = (size_t)(end - from);

	for (i = 0; i < HEADERS; i++)
		if (headers[i].length == length &&
		    strncasecmp(headers[i].name, from, length) == 0)
			return (&headers[i]);
	return (NULL);
}

/* Field values by RFC 9110, 5.5: no control characters but TAB; bytes
 * beyond ASCII only where they do no harm. */
static enum problem
judge_value(struct head *h, const struct known *known, const char *from,
    const char *end)
{
	bool	      wide = false, control = false;
	unsigned char c;

	for (; from < end; from++) {
		c = (unsigned char)*from;
		wide |= c >= 0x80;
		control |= (c < 0x20 && c != '\t') || c == 0x7f;
	}
	if (control)
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "a control character stands in a header"));
	if (wide && known != NULL && (known->flags & WIDE) == 0)
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "%s has a character beyond ASCII", known->name));
	return (PROBLEM_NONE);
}

static enum problem
judge_known(struct head *h, const struct known *known, const char *from,
    const char *end)
{
	unsigned bit = 1U << (known - headers);
	bool	 again = (h->seen & bit) != 0;

	h->seen |= bit;
	if (again && (known->flags & ONCE))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "%s may come once, and came twice", known->name));
	if (from == end && (known->flags & FULL))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST, "%s has no value",
		    known->name));
	if (from == end)
		return (PROBLEM_NONE);
	if (known->mean != NULL)
		return (known->mean(h, from, end));
	if (h->kept == HEAD_KEEP)
		return (refuse(h, PROBLEM_HEADERS_TOO_LARGE,
		    "one header came on too many lines"));
	h->keep[h->kept++] = (struct head_field){ known->name, from,
		(size_t)(end - from) };
	return (PROBLEM_NONE);
}

static enum problem
judge_header(struct head *h, const char *from, const char *end)
{
	const char	   *colon = memchr(from, ':', (size_t)(end - from));
	const struct known *known;
	const char	   *value;
	enum problem	    problem;

	/* also a line that begins with a blank: obs-fold (RFC 9112, 5.2) */
	if (colon == NULL || !head_is_token(from, colon))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "a header line is not NAME: VALUE"));
	for (value = colon + 1; value < end && is_blank(*value); value++)
		;
	while (end > value && is_blank(end[-1]))
		end--;
	known = known_header(from, colon);
	problem = judge_value(h, known, value, end);
	if (problem != PROBLEM_NONE || known == NULL)
		return (problem);
	return (judge_known(h, known, value, end));
}

/* How long the body is, and no two opinions about it: RFC 9112, 6. */
static enum problem
judge_framing(struct head *h)
{
	bool coding = h->chunked || h->coded;

	if (h->host == NULL && !h->old)
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "Host is missing"));
	if (coding && (h->length >= 0 || h->old))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "Transfer-Encoding with Content-Length or HTTP/1.0"));
	if (!h->body && (coding || h->length > 0))
		return (refuse(h, PROBLEM_MALFORMED_REQUEST,
		    "%.*s takes no body", (int)h->method_length,
		    h->method_text));
	if (h->chunked)
		return (refuse(h, PROBLEM_LENGTH_REQUIRED,
		    "send the body with a Content-Length, not in chunks"));
	if (h->coded)
		return (refuse(h, PROBLEM_NOT_IMPLEMENTED,
		    "this transfer coding is not known here"));
	return (PROBLEM_NONE);
}

bool
head_is_token(const char *from, const char *end)
{
	return (from < end && all_in(token_set, from, end));
}

enum problem
head_judge(struct head *h, const char *from, const char *end)
{
	const char  *line, *cr;
	enum problem problem;

	memset(h, 0, offsetof(struct head, keep));
	h->length = -1;
	for (line = from; line < end; line = cr + 2) {
		cr = memchr(line, '\r', (size_t)(end - line));
		if (cr == NULL || cr + 1 == end || cr[1] != '\n')
			return (refuse(h, PROBLEM_MALFORMED_REQUEST,
			    "a carriage return stands alone"));
		problem = line == from ? judge_request_line(h, line, cr) :
					 judge_header(h, line, cr);
		if (problem != PROBLEM_NONE)
			return (problem);
	}
	return (judge_framing(h));
}
