/* String formats of the schema checker: a table of name and judge. */
#include "format.h"

#include <ctype.h>
#include <string.h>

#include "format_impl.h"
#include "pattern.h"

static bool format_uuid(const char *, size_t);
static bool format_regex(const char *, size_t);

static const struct format formats[] = {
	{ "uuid", format_uuid,
	    "a UUID such as 01930d5e-8b1c-7c3f-9a4e-5d2f6b7a8c9d", NULL },
	{ "date-time", format_date_time,
	    "a date and time such as 2026-11-22T09:46:00Z", format_utc },
	{ "date", format_date, "a date such as 2026-11-22", NULL },
	{ "time", format_time, "a time such as 09:46:00Z", NULL },
	{ "duration", format_duration, "a duration such as P1DT12H", NULL },
	{ "uri", format_uri, "a URI such as https://example.com/path", NULL },
	{ "email", format_email, "an e-mail address such as a@example.com",
	    NULL },
	{ "hostname", format_hostname, "a host name such as www.example.com",
	    NULL },
	{ "ipv4", format_ipv4, "an IPv4 address such as 192.0.2.1", NULL },
	{ "ipv6", format_ipv6, "an IPv6 address such as 2001:db8::1", NULL },
	{ "regex", format_regex, "a regular expression (ECMA-262)", NULL },
};

/* RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits of either case. */
static bool
format_uuid(const char *s, size_t n)
{
	size_t i;

	if (n != 36)
		return (false);
	for (i = 0; i < n; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s[i] != '-')
				return (false);
		} else if (!isxdigit((unsigned char)s[i]))
			return (false);
	}
	return (true);
}

/* ECMA-262, section 22.2.1, as far as pattern.c follows it. */
static bool
format_regex(const char *s, size_t n)
{
	struct pattern *pattern = pattern_new(s, n, NULL);

	pattern_free(pattern);
	return (pattern != NULL);
}

bool
format_skip(struct cursor *c, char expected)
{
	if (c->at == c->end || *c->at != expected)
		return (false);
	c->at++;
	return (true);
}

const struct format *
format_named(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return (&formats[i]);
	return (NULL);
}
