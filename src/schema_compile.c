/* Keyword by keyword from a schema's JSON to the rules it is judged by. */
#include "schema_keyword.h"

#include <stdlib.h>
#include <string.h>

static bool compile_all(COMPILING);
static bool compile_items(COMPILING);
static bool compile_many(COMPILING);
static bool compile_members(COMPILING);
static bool compile_not(COMPILING);
static bool compile_ref(COMPILING);

/* In the order of their rules. No function: an annotation. */
static const struct keyword keywords[] = {
	{ "$schema", RULE_NONE, compile_draft },
	{ "$id", RULE_NONE, compile_id },
	{ "$defs", RULE_NONE, compile_all },
	{ "type", RULE_NONE, compile_type },
	{ "$ref", RULE_REF, compile_ref },
	{ "allOf", RULE_ALL_OF, compile_many },
	{ "anyOf", RULE_ANY_OF, compile_many },
	{ "oneOf", RULE_ONE_OF, compile_many },
	{ "not", RULE_NOT, compile_not },
	{ "properties", RULE_MEMBERS, compile_members },
	{ "additionalProperties", RULE_MEMBERS, compile_members },
	{ "prefixItems", RULE_ITEMS, compile_items },
	{ "items", RULE_ITEMS, compile_items },
	{ "required", RULE_REQUIRED, compile_required },
	{ "minProperties", RULE_MIN_PROPERTIES, compile_limit },
	{ "maxProperties", RULE_MAX_PROPERTIES, compile_limit },
	{ "minItems", RULE_MIN_ITEMS, compile_limit },
	{ "maxItems", RULE_MAX_ITEMS, compile_limit },
	{ "uniqueItems", RULE_UNIQUE, compile_unique },
	{ "enum", RULE_ENUM, compile_enum },
	{ "const", RULE_CONST, compile_const },
	{ "minLength", RULE_MIN_LENGTH, compile_limit },
	{ "maxLength", RULE_MAX_LENGTH, compile_limit },
	{ "pattern", RULE_PATTERN, compile_pattern },
	{ "format", RULE_FORMAT, compile_format },
	{ "minimum", RULE_MINIMUM, compile_number },
	{ "maximum", RULE_MAXIMUM, compile_number },
	{ "exclusiveMinimum", RULE_OVER, compile_number },
	{ "exclusiveMaximum", RULE_UNDER, compile_number },
	{ "multipleOf", RULE_MULTIPLE, compile_number },
	{ "title", RULE_NONE, NULL },
	{ "description", RULE_NONE, NULL },
	{ "default", RULE_NONE, NULL },
	{ "example", RULE_NONE, NULL },
	{ "examples", RULE_NONE, NULL },
	{ "deprecated", RULE_NONE, NULL },
	{ "readOnly", RULE_NONE, NULL },
	{ "writeOnly", RULE_NONE, NULL },
	{ "discriminator", RULE_NONE, NULL },
	{ "externalDocs", RULE_NONE, NULL },
	{ "xml", RULE_NONE, NULL },
	{ "contentMediaType", RULE_NONE, NULL },
	{ "$comment", RULE_NONE, NULL },
};

#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

/* The next rule, zeroed; there is room for one a keyword. */
struct rule *
rule_add(struct schema *schema, const struct keyword *keyword)
{
	struct rule *rule = &schema->rules[schema->count++];

	rule->kind = keyword->kind;
	rule->code = keyword->name;
	return (rule);
}

/* $defs: nothing to judge, but what is written there must be sound. */
static bool
compile_all(COMPILING)
{
	const char *name;
	json_t	   *definition;

	(void)schema;
	(void)keyword;
	if (!json_is_object(value))
		return (schema_refuse(schemas, place, "must be an object"));
	json_object_foreach(value_open(value), name, definition) {
		struct place down = place_member(place, name);

		if (schema_of(schemas, definition, &down) == NULL)
			return (false);
	}
	return (true);
}

static bool
compile_ref(COMPILING)
{
	struct rule *rule;

	if (!json_is_string(value))
		return (schema_refuse(schemas, place, "must be a string"));
	rule = rule_add(schema, keyword);
	rule->of.schema = schema_referred(schemas, json_string_value(value),
	    place);
	return (rule->of.schema != NULL);
}

static bool
compile_not(COMPILING)
{
	struct rule *rule = rule_add(schema, keyword);

	rule->of.schema = schema_of(schemas, value, place);
	return (rule->of.schema != NULL);
}

/* The schemas of a list into a rule. */
static bool
compile_list(struct schemas *schemas, struct rule *rule, const json_t *list,
    const struct place *place)
{
	size_t i, n = json_array_size(list);

	if (n == 0)
		return (schema_refuse(schemas, place,
		    "must be a list of schemas, and not empty"));
	rule->of.many.list = schemas_keep(schemas, n, sizeof(struct schema *));
	if (rule->of.many.list == NULL)
		return (schema_refuse(schemas, place, "no memory"));
	for (i = 0; i < n; i++) {
		struct place down = place_item(place, i);

		rule->of.many.list[i] = schema_of(schemas,
		    json_array_get(list, i), &down);
		if (rule->of.many.list[i] == NULL)
			return (false);
		rule->of.many.count++;
	}
	return (true);
}

static bool
compile_many(COMPILING)
{
	return (compile_list(schemas, rule_add(schema, keyword), value, place));
}

/* prefixItems and items are one rule, made by the first of them. */
static bool
compile_items(COMPILING)
{
	const json_t *items = json_object_get(schema->source, "items");
	const json_t *first = json_object_get(schema->source, "prefixItems");
	struct place  rest = place_member(place->up, "items");
	struct rule  *rule;

	if (first != NULL && strcmp(keyword->name, "items") == 0)
		return (true);
	rule = rule_add(schema, keyword);
	rule->code = "items";
	if (first != NULL && !compile_list(schemas, rule, value, place))
		return (false);
	if (items == NULL)
		return (true);
	rule->of.many.rest = schema_of(schemas, items, &rest);
	return (rule->of.many.rest != NULL);
}

static int
member_compare(const void *a, const void *b)
{
	return (strcmp(((const struct member *)a)->name,
	    ((const struct member *)b)->name));
}

static bool
compile_properties(struct schemas *schemas, struct rule *rule,
    const json_t *value, const struct place *place)
{
	struct member *member;
	const char    *name;
	json_t	      *node;

	if (!json_is_object(value))
		return (schema_refuse(schemas, place, "must be an object"));
	rule->of.members.list = schemas_keep(schemas,
	    json_object_size(value) + 1, sizeof(struct member));
	if (rule->of.members.list == NULL)
		return (schema_refuse(schemas, place, "no memory"));
	json_object_foreach(value_open(value), name, node) {
		struct place down = place_member(place, name);

		member = &rule->of.members.list[rule->of.members.count++];
		member->name = name;
		member->schema = schema_of(schemas, node, &down);
		if (member->schema == NULL)
			return (false);
	}
	qsort(rule->of.members.list, rule->of.members.count,
	    sizeof(struct member), member_compare);
	return (true);
}

/* properties and additionalProperties are one rule as well. */
static bool
compile_members(COMPILING)
{
	const json_t *known = json_object_get(schema->source, "properties");
	const json_t *more = json_object_get(schema->source,
	    "additionalProperties");
	struct place  rest = place_member(place->up, "additionalProperties");
	struct rule  *rule;

	if (known != NULL && strcmp(keyword->name, "properties") != 0)
		return (true);
	rule = rule_add(schema, keyword);
	rule->code = "additionalProperties";
	if (known != NULL && !compile_properties(schemas, rule, value, place))
		return (false);
	if (more == NULL)
		return (true);
	rule->of.members.rest = schema_of(schemas, more, &rest);
	return (rule->of.members.rest != NULL);
}

/* A keyword that nobody judges would be a promise that nobody keeps. */
static bool
compile_known(struct schemas *schemas, const struct schema *schema,
    const struct place *place)
{
	const char *name;
	json_t	   *value;
	size_t	    i;

	json_object_foreach(value_open(schema->source), name, value) {
		struct place down = place_member(place, name);

		for (i = 0; i < KEYWORDS; i++)
			if (strcmp(keywords[i].name, name) == 0)
				break;
		if (i == KEYWORDS && strncmp(name, "x-", 2) != 0)
			return (schema_refuse(schemas, &down,
			    "keyword \"%s\" is not supported", name));
	}
	return (true);
}

bool
schema_compile(struct schemas *schemas, struct schema *schema,
    const struct place *place)
{
	const json_t *value;
	size_t	      i;

	schema->never = json_is_false(schema->source);
	if (json_is_boolean(schema->source))
		return (true);
	if (!json_is_object(schema->source))
		return (schema_refuse(schemas, place,
		    "must be a schema: an object, true or false"));
	if (!compile_known(schemas, schema, place))
		return (false);
	schema->rules = schemas_keep(schemas,
	    json_object_size(schema->source) + 1, sizeof(struct rule));
	if (schema->rules == NULL)
		return (schema_refuse(schemas, place, "no memory"));
	for (i = 0; i < KEYWORDS; i++) {
		struct place down = place_member(place, keywords[i].name);

		value = json_object_get(schema->source, keywords[i].name);
		if (value != NULL && keywords[i].compile != NULL &&
		    !keywords[i].compile(schemas, schema, &keywords[i], value,
			&down))
			return (false);
	}
	return (true);
}
