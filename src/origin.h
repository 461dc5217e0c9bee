/* Origins of web pages (RFC 6454), as browsers spell them: "https://", a
 * host in lower case, a port unless it is the scheme's own. */
#ifndef KOV_ORIGIN_H
#define KOV_ORIGIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define ORIGIN_MAX 256

/* Whether a browser could say this; "null" is no origin. */
bool origin_valid(const char *, size_t);

/* A list separated by commas; blanks around them do not count. */
bool origin_list_valid(const char *list);
bool origin_listed(const char *list, const char *origin, size_t);

/* The origins of all publishable keys, as an object's names; takes it. */
void origin_keep(json_t *);
bool origin_kept(const char *, size_t);

#endif
