/* Where a check or a compilation stands, and how a message tells it. */
#ifndef KOV_SCHEMA_PLACE_H
#define KOV_SCHEMA_PLACE_H

#include <jansson.h>

#include "text.h"

/* A place in a value or a schema; they live on the stack. The first one's
 * name is a pointer as it is; an item has an index and no name. */
struct place {
	const struct place *up;
	const char	   *name;
	size_t		    index;
};

struct place place_member(const struct place *up, const char *name);
struct place place_item(const struct place *up, size_t index);

/* Adds the pointer, escaped for a URI fragment (RFC 6901, section 6). */
void place_write(struct text *, const struct place *);

/* Adds a JSON Pointer's characters as a URI fragment has them. */
void place_fragment(struct text *, const char *, size_t);

/* Adds one more to the list "a, b" that began at `from` of a message; false:
 * it is long enough, and ends with an ellipsis. */
bool place_list_add(struct text *, size_t from, const char *item);

/* Adds the items of a JSON array, as JSON, as such a list. */
void place_list(struct text *, const json_t *);

#endif
