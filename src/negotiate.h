/* What a client accepts (RFC 9110, 12.5): media types and languages. */
#ifndef KOV_NEGOTIATE_H
#define KOV_NEGOTIATE_H

#include <stdbool.h>

#include "text.h"

/* Whether an Accept header takes a media type; NULL takes all. */
bool negotiate_accepts(const char *accept, const char *media);

/* Adds a JSON array of the primary languages of an Accept-Language header,
 * most wanted first, at most 8 of them; NULL adds []. */
void negotiate_languages(const char *header, struct text *);

/* Whether a Content-Type names this media type; parameters may follow. */
bool negotiate_is(const char *type, const char *media);

#endif
