/* Inside the string formats: the judges that format.c's table names. */
#ifndef KOV_FORMAT_IMPL_H
#define KOV_FORMAT_IMPL_H

#include <stdbool.h>
#include <stddef.h>

/* A string being read from its left. */
struct cursor {
	const char *at, *end;
};

/* Steps over c where it is next; otherwise stays and says false. */
bool format_skip(struct cursor *, char c);

/* format_time.c */
bool format_date(const char *, size_t);
bool format_date_time(const char *, size_t);
bool format_time(const char *, size_t);
bool format_duration(const char *, size_t);

/* format_net.c */
bool format_uri(const char *, size_t);
bool format_email(const char *, size_t);
bool format_hostname(const char *, size_t);
bool format_ipv4(const char *, size_t);
bool format_ipv6(const char *, size_t);

#endif
