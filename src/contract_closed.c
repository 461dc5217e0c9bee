/* What a request may hold has an end: every object in a body's schema says
 * what becomes of members it does not name, so that unknown ones are refused
 * and not overlooked. */
#include <string.h>

#include "contract_parts.h"

struct closed {
	struct load *load;
	json_t	    *seen; /* where it has been: recursion ends */
};

static bool closed_schema(struct closed *, struct place);

static bool
closed_map(struct closed *closed, struct place map)
{
	const char *key;
	json_t	   *value;

	json_object_foreach(map.value, key, value)
		if (!closed_schema(closed,
			contract_member(closed->load, map, key)))
			return (false);
	return (true);
}

static bool
closed_list(struct closed *closed, struct place list)
{
	size_t i;

	for (i = 0; i < json_array_size(list.value); i++)
		if (!closed_schema(closed,
			contract_element(closed->load, list, i)))
			return (false);
	return (true);
}

/* Members of allOf see only their own part, so they may be open. */
static bool
closed_inside(struct closed *closed, struct place schema)
{
	static const struct {
		const char *keyword;
		bool (*check)(struct closed *, struct place);
	} rows[] = {
		{ "properties", closed_map },
		{ "oneOf", closed_list },
		{ "anyOf", closed_list },
		{ "prefixItems", closed_list },
		{ "items", closed_schema },
		{ "additionalProperties", closed_schema },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!rows[i].check(closed,
			contract_member(closed->load, schema, rows[i].keyword)))
			return (false);
	return (true);
}

static bool
closed_schema(struct closed *closed, struct place schema)
{
	schema = contract_follow(closed->load, schema);
	if (json_object_get(closed->seen, schema.at) != NULL)
		return (true);
	if (json_object_set_new(closed->seen, schema.at, json_true()) != 0)
		return (contract_refuse(closed->load, schema.at,
		    "out of memory"));
	if (json_object_get(schema.value, "properties") != NULL &&
	    json_object_get(schema.value, "additionalProperties") == NULL)
		return (contract_refuse(closed->load, schema.at,
		    "additionalProperties was expected: a request with "
		    "unknown members is refused"));
	return (closed_inside(closed, schema));
}

bool
contract_closed(struct load *load, struct place schema)
{
	struct closed closed = { load, json_object() };
	bool	      passed = closed_schema(&closed, schema);

	json_decref(closed.seen);
	return (passed);
}
