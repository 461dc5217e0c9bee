/* Where a check or a compilation stands, and how a message tells it. */
#include "schema_place.h"

#include <string.h>

#include "ijson.h"

#define PLACE_NAME 100 /* bytes of a member's name that a pointer shows */
#define PLACE_LIST 400 /* bytes of a list in a message */

struct place
place_member(const struct place *up, const char *name)
{
	return ((struct place){ up, name, 0 });
}

struct place
place_item(const struct place *up, size_t index)
{
	return ((struct place){ up, NULL, index });
}

/* RFC 3986, 3.5: what a fragment may hold as it is. */
static bool
place_plain(unsigned char c)
{
	return ((c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	    (c != '\0' && strchr("-._~!$&'()*+,;=:@/?", c) != NULL));
}

void
place_fragment(struct text *t, const char *s, size_t n)
{
	for (; n > 0; s++, n--)
		if (place_plain((unsigned char)*s))
			text_add(t, s, 1);
		else
			text_addf(t, "%%%02X", (unsigned char)*s);
}

/* RFC 6901, 3: "~" and "/" inside a name. A long name is cut between
 * characters: answers stay small whatever was sent. */
static void
place_name(struct text *t, const char *name)
{
	size_t i, n = strlen(name), shown = n;

	if (n > PLACE_NAME)
		for (shown = PLACE_NAME;
		     shown > 0 && ((unsigned char)name[shown] & 0xc0) == 0x80;)
			shown--;
	for (i = 0; i < shown; i++)
		if (name[i] == '~')
			text_adds(t, "~0");
		else if (name[i] == '/')
			text_adds(t, "~1");
		else
			place_fragment(t, name + i, 1);
	if (shown < n)
		text_adds(t, "%E2%80%A6");
}

void
place_write(struct text *t, const struct place *place)
{
	if (place->up == NULL) {
		text_adds(t, place->name);
		return;
	}
	place_write(t, place->up);
	text_add(t, "/", 1);
	if (place->name != NULL)
		place_name(t, place->name);
	else
		text_addf(t, "%zu", place->index);
}

bool
place_list_add(struct text *t, size_t from, const char *item)
{
	if (t->length - from > PLACE_LIST) {
		text_adds(t, ", …");
		return (false);
	}
	if (t->length > from)
		text_adds(t, ", ");
	text_adds(t, item);
	return (!t->failed);
}

void
place_list(struct text *t, const json_t *list)
{
	struct text item = { 0 };
	json_t	   *value;
	size_t	    i, from = t->length;

	json_array_foreach(list, i, value) {
		text_clear(&item);
		ijson_write(&item, value);
		if (item.failed || !place_list_add(t, from, item.data))
			break;
	}
	text_release(&item);
}
