/* Keywords that hold no schema, from JSON to rules. */
#include "schema_keyword.h"

#include <string.h>

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

static const struct {
	const char *name;
	unsigned    bits;
} types[] = {
	{ "null", SCHEMA_NULL },
	{ "boolean", SCHEMA_BOOLEAN },
	{ "integer", SCHEMA_INTEGER },
	{ "number", SCHEMA_NUMBER | SCHEMA_INTEGER },
	{ "string", SCHEMA_STRING },
	{ "array", SCHEMA_ARRAY },
	{ "object", SCHEMA_OBJECT },
};

/* Only 2020-12 is spoken here. */
bool
compile_draft(COMPILING)
{
	const char *draft = json_string_value(value);

	(void)schema;
	(void)keyword;
	if (draft == NULL || strncmp(draft, DRAFT, strlen(DRAFT)) != 0 ||
	    (draft[strlen(DRAFT)] != '\0' &&
		strcmp(draft + strlen(DRAFT), "#") != 0))
		return (schema_refuse(schemas, place, "must be \"%s\"", DRAFT));
	return (true);
}

/* A name for the whole document changes nothing; within, it would move what
 * references mean. */
bool
compile_id(COMPILING)
{
	(void)keyword;
	(void)value;
	if (schema->source != schemas->document)
		return (schema_refuse(schemas, place,
		    "$id is supported at the top of a document only"));
	return (true);
}

/* Adds the bits of one type's name to schema->types. */
static bool
compile_one_type(struct schemas *schemas, struct schema *schema,
    const json_t *value, const struct place *place)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (json_is_string(value) &&
		    strcmp(types[i].name, json_string_value(value)) == 0) {
			schema->types |= types[i].bits;
			return (true);
		}
	return (schema_refuse(schemas, place,
	    "must be null, boolean, "
	    "integer, number, string, array or object, or a list of them"));
}

bool
compile_type(COMPILING)
{
	size_t i;

	(void)keyword;
	schema->types = 0;
	if (!json_is_array(value))
		return (compile_one_type(schemas, schema, value, place));
	if (json_array_size(value) == 0)
		return (schema_refuse(schemas, place, "must name a type"));
	for (i = 0; i < json_array_size(value); i++)
		if (!compile_one_type(schemas, schema, json_array_get(value, i),
			place))
			return (false);
	return (true);
}

bool
compile_required(COMPILING)
{
	size_t i;

	if (!json_is_array(value))
		return (schema_refuse(schemas, place, "must be a list"));
	for (i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return (schema_refuse(schemas, place,
			    "must be a list of names"));
	rule_add(schema, keyword)->of.value = value;
	return (true);
}

/* A count or a length: 2, or 2.0. */
bool
compile_limit(COMPILING)
{
	struct number n = { false, 0, 0 };

	if (json_is_number(value))
		n = number_of(value);
	if (!n.whole || n.integer < 0)
		return (schema_refuse(schemas, place,
		    "must be a whole number of at least 0"));
	rule_add(schema, keyword)->of.limit = (size_t)n.integer;
	return (true);
}

bool
compile_number(COMPILING)
{
	struct number nought = { true, 0, 0 };

	if (!json_is_number(value))
		return (schema_refuse(schemas, place, "must be a number"));
	if (keyword->kind == RULE_MULTIPLE &&
	    number_compare(number_of(value), nought) <= 0)
		return (schema_refuse(schemas, place, "must be above 0"));
	rule_add(schema, keyword)->of.number = number_of(value);
	return (true);
}

bool
compile_unique(COMPILING)
{
	if (!json_is_boolean(value))
		return (schema_refuse(schemas, place, "must be true or false"));
	if (json_is_true(value))
		rule_add(schema, keyword)->of.seed = schemas->seed;
	return (true);
}

bool
compile_enum(COMPILING)
{
	if (!json_is_array(value) || json_array_size(value) == 0)
		return (schema_refuse(schemas, place,
		    "must be a list of values, and not empty"));
	rule_add(schema, keyword)->of.value = value;
	return (true);
}

bool
compile_const(COMPILING)
{
	(void)schemas;
	(void)place;
	rule_add(schema, keyword)->of.value = value;
	return (true);
}

bool
compile_pattern(COMPILING)
{
	struct text  error = { 0 };
	struct rule *rule;

	if (!json_is_string(value))
		return (schema_refuse(schemas, place, "must be a string"));
	rule = rule_add(schema, keyword);
	rule->of.pattern = pattern_new(json_string_value(value),
	    json_string_length(value), &error);
	if (rule->of.pattern == NULL)
		schema_refuse(schemas, place, "is no regular expression: %s",
		    error.data != NULL ? error.data : "no memory");
	text_release(&error);
	return (rule->of.pattern != NULL);
}

/* A string's format, or the width of an integer as OpenAPI names it. */
bool
compile_format(COMPILING)
{
	const char	    *name = json_string_value(value);
	const struct format *format;
	struct rule	    *rule;

	if (name == NULL)
		return (schema_refuse(schemas, place, "must be a string"));
	if ((format = format_named(name)) != NULL) {
		rule_add(schema, keyword)->of.format = format;
		return (true);
	}
	if (strcmp(name, "int32") != 0 && strcmp(name, "int64") != 0)
		return (schema_refuse(schemas, place,
		    "format \"%s\" is not supported", name));
	rule = rule_add(schema, keyword);
	rule->kind = RULE_WIDTH;
	rule->of.width = name[3] == '3' ? 32 : 64;
	return (true);
}
