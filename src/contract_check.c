/* Every schema of the contract is compiled and every $ref followed, so that
 * what the server cannot keep to does not start. */
#include <string.h>

#include "contract_parts.h"

/* Where schemas stand inside a schema. */
enum nesting { NESTING_ONE, NESTING_LIST, NESTING_MAP };

static const struct {
	const char  *keyword;
	enum nesting nesting;
} nestings[] = {
	{ "items", NESTING_ONE },
	{ "additionalProperties", NESTING_ONE },
	{ "not", NESTING_ONE },
	{ "allOf", NESTING_LIST },
	{ "anyOf", NESTING_LIST },
	{ "oneOf", NESTING_LIST },
	{ "prefixItems", NESTING_LIST },
	{ "properties", NESTING_MAP },
	{ "$defs", NESTING_MAP },
};

#define NESTINGS (sizeof(nestings) / sizeof(nestings[0]))

/* A type has an end: one of these keywords must say where. */
static const struct {
	const char *type, *either, *other;
} ends[] = {
	{ "integer", "minimum", "exclusiveMinimum" },
	{ "integer", "maximum", "exclusiveMaximum" },
	{ "string", "maxLength", "format" },
	{ "array", "maxItems", "maxItems" },
};

#define ENDS (sizeof(ends) / sizeof(ends[0]))

static bool check_schema(struct load *, struct text *, json_t *);
static bool check_part(struct load *, struct text *, json_t *);

typedef bool(check_fn)(struct load *, struct text *, json_t *);

/* Checks a value that stands at key below at. */
static bool
check_below(struct load *load, struct text *at, const char *key, json_t *value,
    check_fn *check)
{
	size_t length = at->length;
	bool   passed;

	contract_escape(at, key);
	if (at->failed)
		return (contract_refuse(load, "", "out of memory"));
	passed = check(load, at, value);
	at->length = length;
	at->data[length] = '\0';
	return (passed);
}

static bool
check_list(struct load *load, struct text *at, json_t *list, check_fn *check)
{
	json_t *value;
	size_t	i;
	char	key[24];

	json_array_foreach(list, i, value) {
		snprintf(key, sizeof(key), "%zu", i);
		if (!check_below(load, at, key, value, check))
			return (false);
	}
	return (true);
}

static bool
check_list_of_schemas(struct load *load, struct text *at, json_t *list)
{
	return (check_list(load, at, list, check_schema));
}

static bool
check_map_of_schemas(struct load *load, struct text *at, json_t *map)
{
	const char *key;
	json_t	   *value;

	json_object_foreach(map, key, value)
		if (!check_below(load, at, key, value, check_schema))
			return (false);
	return (true);
}

static bool
check_has_type(const json_t *schema, const char *type)
{
	const json_t *types = json_object_get(schema, "type");
	json_t	     *one;
	size_t	      i;

	if (json_is_string(types))
		return (strcmp(json_string_value(types), type) == 0);
	json_array_foreach(types, i, one)
		if (json_is_string(one) &&
		    strcmp(json_string_value(one), type) == 0)
			return (true);
	return (false);
}

static bool
check_ends(struct load *load, const struct text *at, json_t *schema)
{
	size_t i;

	if (json_object_get(schema, "enum") != NULL ||
	    json_object_get(schema, "const") != NULL)
		return (true);
	for (i = 0; i < ENDS; i++)
		if (check_has_type(schema, ends[i].type) &&
		    json_object_get(schema, ends[i].either) == NULL &&
		    json_object_get(schema, ends[i].other) == NULL)
			return (contract_refuse(load, at->data,
			    "every %s needs an end: %s was expected",
			    ends[i].type, ends[i].either));
	return (true);
}

/* The schema itself is compiled by whoever holds it; this walks inside. */
static bool
check_schema(struct load *load, struct text *at, json_t *schema)
{
	static check_fn *const checks[] = {
		[NESTING_ONE] = check_schema,
		[NESTING_LIST] = check_list_of_schemas,
		[NESTING_MAP] = check_map_of_schemas,
	};
	json_t *inside;
	size_t	i;

	if (json_is_boolean(schema))
		return (true);
	if (!check_ends(load, at, schema))
		return (false);
	for (i = 0; i < NESTINGS; i++) {
		inside = json_object_get(schema, nestings[i].keyword);
		if (inside != NULL &&
		    !check_below(load, at, nestings[i].keyword, inside,
			checks[nestings[i].nesting]))
			return (false);
	}
	return (true);
}

static bool
check_compiles(struct load *load, struct text *at, json_t *schema)
{
	struct text why = { 0 };
	bool	    compiled;

	compiled = schema_at(load->contract->schemas, at->data, &why) != NULL;
	if (!compiled)
		contract_refuse(load, at->data, "%s",
		    why.data != NULL ? why.data : "out of memory");
	text_release(&why);
	return (compiled && check_schema(load, at, schema));
}

static bool
check_leads(struct load *load, struct text *at, json_t *ref)
{
	const char *to = json_string_value(ref);

	if (to != NULL && strncmp(to, "#/", 2) == 0 &&
	    contract_at(load->contract->document, to + 1) != NULL)
		return (true);
	return (contract_refuse(load, at->data,
	    "a $ref that leads somewhere in the contract (#/…) was expected"));
}

static bool
check_map_of_tops(struct load *load, struct text *at, json_t *map)
{
	const char *key;
	json_t	   *value;

	json_object_foreach(map, key, value)
		if (!check_below(load, at, key, value, check_compiles))
			return (false);
	return (true);
}

/* What a member of an OpenAPI object holds that is no OpenAPI object. */
static bool
check_nothing(struct load *load, struct text *at, json_t *value)
{
	(void)load;
	(void)at;
	(void)value;
	return (true);
}

static check_fn *
check_of_member(const char *key)
{
	static const struct {
		const char *key;
		check_fn   *check;
	} rows[] = {
		{ "schema", check_compiles },
		{ "schemas", check_map_of_tops },
		{ "$ref", check_leads },
		{ "example", check_nothing },
		{ "examples", check_nothing },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].key, key) == 0)
			return (rows[i].check);
	return (strncmp(key, "x-", 2) == 0 ? check_nothing : check_part);
}

/* An OpenAPI object, or a list or map of them. */
static bool
check_part(struct load *load, struct text *at, json_t *part)
{
	const char *key;
	json_t	   *value;

	json_object_foreach(part, key, value)
		if (!check_below(load, at, key, value, check_of_member(key)))
			return (false);
	return (check_list(load, at, part, check_part));
}

/* Components come first, so that a fault is told where it stands. */
bool
contract_check(struct load *load)
{
	json_t	   *document = load->contract->document;
	const char *version;
	struct text at = { 0 };
	bool	    passed;

	version = json_string_value(json_object_get(document, "openapi"));
	if (version == NULL || strncmp(version, "3.1.", 4) != 0)
		return (contract_refuse(load, "/openapi",
		    "an OpenAPI 3.1 document was expected"));
	text_add(&at, "", 0);
	passed = check_below(load, &at, "components",
		     json_object_get(document, "components"), check_part) &&
	    check_part(load, &at, document);
	text_release(&at);
	return (passed);
}
