/* x-public: the members of a body that a publishable key may send. What an
 * operation lets such keys in for has them marked; nothing else is theirs. */
#include <stdlib.h>

#include "contract_parts.h"
#include "caller.h"

/* Where the masks are kept in the document (not in its text). */
#define OPEN "x-kov-open"
#define DEPTH 8

static json_t *open_mask(struct load *, struct place, int);

static bool
open_required(struct load *load, struct place schema, const json_t *mask)
{
	json_t *name;
	size_t	i;

	json_array_foreach(json_object_get(schema.value, "required"), i, name)
		if (json_object_get(mask, json_string_value(name)) == NULL)
			return (contract_refuse(load, schema.at,
			    "x-public: true was expected of %s, which is "
			    "required",
			    json_string_value(name)));
	return (true);
}

/* {"text": true, "customer": {"name": true}}; NULL: why is said. */
static json_t *
open_members(struct load *load, struct place schema, struct place members,
    int depth)
{
	json_t	   *mask = json_object(), *member, *inside;
	const char *name;

	json_object_foreach(members.value, name, member) {
		if (!json_is_true(json_object_get(member, "x-public")))
			continue;
		inside = open_mask(load, contract_member(load, members, name),
		    depth - 1);
		if (inside == NULL)
			break;
		json_object_set_new(mask, name, inside);
	}
	if (name == NULL && open_required(load, schema, mask))
		return (mask);
	json_decref(mask);
	return (NULL);
}

static json_t *
open_mask(struct load *load, struct place schema, int depth)
{
	struct place members;

	schema = contract_follow(load, schema);
	members = contract_member(load, schema, "properties");
	if (members.value == NULL)
		return (json_true());
	if (depth > 0)
		return (open_members(load, schema, members, depth));
	contract_refuse(load, schema.at, "x-public: at most %d deep", DEPTH);
	return (NULL);
}

bool
contract_open(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	json_t	    *document = load->contract->document, *all, *mask;
	struct place schema;

	(void)path;
	if ((operation->kinds & 1U << CALLER_PUBLISHABLE_KEY) == 0 ||
	    operation->body == NULL)
		return (true);
	schema = contract_follow(load,
	    contract_member(load, place, "requestBody"));
	schema = contract_member(load, schema, "content");
	schema = contract_member(load, schema, operation->media);
	schema = contract_member(load, schema, "schema");
	if ((mask = open_mask(load, schema, DEPTH)) == NULL)
		return (false);
	if ((all = json_object_get(document, OPEN)) == NULL)
		json_object_set_new(document, OPEN, all = json_object());
	json_object_set_new(all, operation->id, mask);
	operation->open = mask;
	return (true);
}
