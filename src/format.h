/* String formats of the schema checker: a table of name and judge. */
#ifndef KOV_FORMAT_H
#define KOV_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#define FORMAT_UTC 25 /* bytes of "2026-11-22T09:46:00.000Z" */

struct format {
	const char *name;
	bool (*valid)(const char *, size_t); /* the string may hold no NUL */
	const char *expected; /* for messages: "a UUID such as 0190…" */
	/* its normal form, where it has one of its own; else NULL */
	bool (*normal)(const char *, size_t, char out[FORMAT_UTC]);
};

/* uuid date-time date time duration uri email hostname ipv4 ipv6 regex;
 * NULL: not supported. Sources stand beside each judge. */
const struct format *format_named(const char *);

/* RFC 3339 at any offset to "2026-11-22T09:46:00.000Z", cut to the
 * millisecond. False: it is none, or lies in UTC outside the years 1 to
 * 9999. A leap second becomes the next second. */
bool format_utc(const char *, size_t, char out[FORMAT_UTC]);

#endif
