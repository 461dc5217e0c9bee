/* Which members of a body may be sent at all. */
#include "mask.h"

#include "schema_place.h"
#include "text.h"

static void
mask_fault(json_t *mask, const struct place *at, struct faults *faults)
{
	struct text where = { 0 }, known = { 0 };
	const char *name;
	json_t	   *inside;

	json_object_foreach(mask, name, inside)
		if (!place_list_add(&known, 0, name))
			break;
	place_write(&where, at);
	if (!where.failed && !known.failed)
		faults_add(faults, false, where.data, "public",
		    "may not be sent with a publishable key; such may send: "
		    "%s",
		    known.data != NULL ? known.data : "nothing here");
	text_release(&where);
	text_release(&known);
}

static void
mask_object(json_t *mask, json_t *value, const struct place *up,
    struct faults *faults)
{
	const char  *name;
	json_t	    *member, *inside;
	void	    *next;
	struct place at;

	if (!json_is_object(mask) || !json_is_object(value))
		return;
	json_object_foreach_safe(value, next, name, member) {
		at = place_member(up, name);
		inside = json_object_get(mask, name);
		if (inside != NULL) {
			mask_object(inside, member, &at, faults);
			continue;
		}
		mask_fault(mask, &at, faults);
		json_object_del(value, name);
	}
}

void
mask_take(json_t *mask, json_t *value, struct faults *faults)
{
	struct place top = { NULL, "#", 0 };

	mask_object(mask, value, &top, faults);
}
