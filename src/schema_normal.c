/* What a schema says of a value beyond valid or not: its normal form, its
 * types, its items. */
#include "schema_check.h"

typedef json_t *normal_fn(struct check *, const struct rule *, json_t *);

static normal_fn normal_ref, normal_all_of, normal_choice, normal_members,
    normal_items, normal_format;

/* Each takes the value, and gives it back, or another one. */
static normal_fn *const normals[RULE_KINDS] = {
	[RULE_REF] = normal_ref,
	[RULE_ALL_OF] = normal_all_of,
	[RULE_ANY_OF] = normal_choice,
	[RULE_ONE_OF] = normal_choice,
	[RULE_MEMBERS] = normal_members,
	[RULE_ITEMS] = normal_items,
	[RULE_FORMAT] = normal_format,
};

/* Takes value; what cannot be made for want of memory stays as it was. */
static json_t *
normal_replace(json_t *value, json_t *other)
{
	if (other == NULL)
		return (value);
	json_decref(value);
	return (other);
}

/* Takes value. Each way down a choice costs a check of it, and no more is
 * walked than may be checked. */
static json_t *
normal_value(struct check *check, const struct schema *schema, json_t *value)
{
	struct number n;
	size_t	      i;

	if (json_is_real(value) &&
	    (schema->types & (SCHEMA_INTEGER | SCHEMA_NUMBER)) ==
		SCHEMA_INTEGER) {
		n = number_of(value);
		if (n.whole)
			value = normal_replace(value, json_integer(n.integer));
	}
	for (i = 0; i < schema->count; i++)
		if (normals[schema->rules[i].kind] != NULL)
			value = normals[schema->rules[i].kind](check,
			    &schema->rules[i], value);
	return (value);
}

static json_t *
normal_ref(struct check *check, const struct rule *rule, json_t *value)
{
	return (normal_value(check, rule->of.schema, value));
}

static json_t *
normal_all_of(struct check *check, const struct rule *rule, json_t *value)
{
	size_t i;

	for (i = 0; i < rule->of.many.count; i++)
		value = normal_value(check, rule->of.many.list[i], value);
	return (value);
}

/* What the forms say that it has. */
static json_t *
normal_choice(struct check *check, const struct rule *rule, json_t *value)
{
	size_t i;

	for (i = 0; i < rule->of.many.count; i++)
		if (check_valid(check, rule->of.many.list[i], value))
			value = normal_value(check, rule->of.many.list[i],
			    value);
	return (value);
}

static json_t *
normal_members(struct check *check, const struct rule *rule, json_t *value)
{
	const struct schema *schema;
	const struct member *known;
	json_t		    *member, *now;
	void		    *at;

	for (at = json_object_iter(value); at != NULL;
	     at = json_object_iter_next(value, at)) {
		known = rule_member(rule, json_object_iter_key(at));
		schema = known != NULL ? known->schema : rule->of.members.rest;
		member = json_object_iter_value(at);
		if (schema == NULL)
			continue;
		now = normal_value(check, schema, json_incref(member));
		if (now != member)
			json_object_iter_set_new(value, at, now);
		else
			json_decref(now);
	}
	return (value);
}

static json_t *
normal_items(struct check *check, const struct rule *rule, json_t *value)
{
	const struct schema *schema;
	json_t		    *item, *now;
	size_t		     i;

	for (i = 0; i < json_array_size(value); i++) {
		schema = i < rule->of.many.count ? rule->of.many.list[i] :
						   rule->of.many.rest;
		if (schema == NULL)
			break;
		item = json_array_get(value, i);
		now = normal_value(check, schema, json_incref(item));
		if (now != item)
			json_array_set_new(value, i, now);
		else
			json_decref(now);
	}
	return (value);
}

static json_t *
normal_format(struct check *check, const struct rule *rule, json_t *value)
{
	char normal[FORMAT_UTC];

	(void)check;
	if (rule->of.format->normal == NULL || !json_is_string(value) ||
	    !rule->of.format->normal(json_string_value(value),
		json_string_length(value), normal))
		return (value);
	return (normal_replace(value, json_string(normal)));
}

json_t *
schema_normal(const struct schema *schema, json_t *value)
{
	struct check check = { NULL, NULL, 0, 0, false, false };

	return (normal_value(&check, schema, json_incref(value)));
}

/* A number that is also an integer is one of both. */
static unsigned
rule_types(const struct rule *rule)
{
	unsigned types = SCHEMA_ANY;
	size_t	 i;

	switch ((int)rule->kind) {
	case RULE_REF:
		return (schema_types(rule->of.schema));
	case RULE_ALL_OF:
		for (i = 0; i < rule->of.many.count; i++)
			types &= schema_types(rule->of.many.list[i]);
		return (types);
	case RULE_ANY_OF:
	case RULE_ONE_OF:
		for (types = 0, i = 0; i < rule->of.many.count; i++)
			types |= schema_types(rule->of.many.list[i]);
		return (types);
	case RULE_ENUM:
		for (types = 0, i = 0; i < json_array_size(rule->of.value); i++)
			types |= value_types(json_array_get(rule->of.value, i));
		return (types);
	case RULE_CONST:
		return (value_types(rule->of.value));
	default:
		return (SCHEMA_ANY);
	}
}

unsigned
schema_types(const struct schema *schema)
{
	unsigned types = schema->never ? 0 : schema->types;
	size_t	 i;

	for (i = 0; i < schema->count; i++)
		types &= rule_types(&schema->rules[i]);
	return (types);
}

const struct schema *
schema_items(const struct schema *schema)
{
	const struct schema *items = NULL;
	const struct rule   *rule;
	size_t		     i, k;

	for (i = 0; i < schema->count && items == NULL; i++) {
		rule = &schema->rules[i];
		if (rule->kind == RULE_ITEMS)
			items = rule->of.many.rest;
		else if (rule->kind == RULE_REF)
			items = schema_items(rule->of.schema);
		else if (rule->kind == RULE_ALL_OF)
			for (k = 0; k < rule->of.many.count && items == NULL;
			     k++)
				items = schema_items(rule->of.many.list[k]);
	}
	return (items);
}
