/* fields= and expand=: an answer of which only some, or more, was asked for. */
#ifndef KOV_FIELDS_H
#define KOV_FIELDS_H

#include "contract.h"

#define FIELDS_ETAG 128 /* bytes of an ETag, NUL included */

/* The query, where the operation knows such a parameter and it was sent: a
 * new object. NULL: the whole answer is wanted. */
json_t *fields_asked(const struct operation *, const char *query);

/* Leaves of an answer's object, or of each of its items, the members that
 * the query's fields name; without fields all of it stays. */
void fields_project(const json_t *asked, struct text *body);

/* The strong ETag of such an answer: the object's own with a digest of the
 * body behind it. */
void fields_etag(const char *etag, const struct text *body,
    char out[FIELDS_ETAG]);

/* Adds an If-Match header without such digests: what was read in part may be
 * changed as what was read whole. */
void fields_match(const char *if_match, struct text *out);

#endif
