/*
 * anyOf, oneOf and not. Where none of the forms fits, the faults of the one
 * that was clearly meant are told; else one fault that says what there is.
 */
#include <string.h>

#include "schema_check.h"
#include "text.h"

#define FORMS_SAID 4 /* more than that nobody reads */

/* Whether the members that tell the forms apart (const and enum) speak for
 * this one, as far as they are there. */
static bool choice_tagged(struct check *, const struct schema *,
    const json_t *);

static bool
choice_is_tag(const struct schema *schema)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		if (schema->rules[i].kind == RULE_CONST ||
		    schema->rules[i].kind == RULE_ENUM)
			return (true);
	return (false);
}

static bool
choice_members_tagged(struct check *check, const struct rule *rule,
    const json_t *value)
{
	const struct member *member = rule->of.members.list;
	const json_t	    *tag;
	size_t		     i;

	for (i = 0; i < rule->of.members.count; i++, member++) {
		tag = json_object_get(value, member->name);
		if (tag != NULL && choice_is_tag(member->schema) &&
		    !check_valid(check, member->schema, tag))
			return (false);
	}
	return (true);
}

static bool
choice_rule_tagged(struct check *check, const struct rule *rule,
    const json_t *value)
{
	size_t i;

	if (rule->kind == RULE_MEMBERS)
		return (choice_members_tagged(check, rule, value));
	if (rule->kind == RULE_REF)
		return (choice_tagged(check, rule->of.schema, value));
	if (rule->kind == RULE_ALL_OF)
		for (i = 0; i < rule->of.many.count; i++)
			if (!choice_tagged(check, rule->of.many.list[i], value))
				return (false);
	return (true);
}

static bool
choice_tagged(struct check *check, const struct schema *schema,
    const json_t *value)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		if (!choice_rule_tagged(check, &schema->rules[i], value))
			return (false);
	return (true);
}

/* The only form that can have been meant, or NULL; types: what all take. */
static const struct schema *
choice_meant(struct check *check, const struct rule *rule, const json_t *value,
    unsigned *types)
{
	const struct schema *form, *meant = NULL;
	unsigned	     mine = value_types(value);
	size_t		     i, candidates = 0;

	for (*types = 0, i = 0; i < rule->of.many.count; i++) {
		form = rule->of.many.list[i];
		*types |= schema_types(form);
		if ((schema_types(form) & mine) == 0 ||
		    !choice_tagged(check, form, value))
			continue;
		meant = form;
		candidates++;
	}
	return (candidates == 1 ? meant : NULL);
}

/* What each form first asks of a value that has no members: "must be a date,
 * or must be a date-time". */
static void
choice_say(struct check *check, const struct rule *rule, const json_t *value,
    const struct place *place, struct text *said)
{
	struct faults *told = check->faults, one;
	const char    *parameter = check->parameter, *detail;
	size_t	       i;

	check->parameter = NULL; /* where it is, is said once */
	for (i = 0; i < rule->of.many.count; i++) {
		one = (struct faults){ 0 };
		check->faults = &one;
		check_value(check, rule->of.many.list[i], value, place);
		detail =
		    json_string_value(json_object_get(json_array_get(one.list,
							  0),
			"detail"));
		text_addf(said, "%s%s", i > 0 ? ", or " : "",
		    detail != NULL ? detail : "is not valid");
		faults_release(&one);
	}
	check->faults = told;
	check->parameter = parameter;
}

/* None of the forms fits, and none is nearer than another. */
static void
choice_fault_all(struct check *check, const struct rule *rule,
    const json_t *value, const struct place *place)
{
	struct text said = { 0 };

	if (rule->of.many.count <= FORMS_SAID && !json_is_object(value) &&
	    !json_is_array(value))
		choice_say(check, rule, value, place, &said);
	if (said.data != NULL && !said.failed)
		check_fault(check, place, rule->code, "%s", said.data);
	else
		check_fault(check, place, rule->code,
		    "must have one of the %zu forms that are known here",
		    rule->of.many.count);
	text_release(&said);
}

/* None of the forms fits. */
static void
choice_fault(struct check *check, const struct rule *rule, const json_t *value,
    const struct place *place)
{
	const struct schema *meant;
	unsigned	     types;

	if (check->faults == NULL) {
		check->failed = true;
		return;
	}
	meant = choice_meant(check, rule, value, &types);
	if (meant != NULL)
		check_value(check, meant, value, place);
	else if ((types & value_types(value)) == 0)
		check_types(check, place, rule->code, types);
	else
		choice_fault_all(check, rule, value, place);
}

void
check_any_of(struct check *check, const struct rule *rule, const json_t *value,
    const struct place *place)
{
	size_t i;

	for (i = 0; i < rule->of.many.count; i++)
		if (check_valid(check, rule->of.many.list[i], value))
			return;
	choice_fault(check, rule, value, place);
}

void
check_one_of(struct check *check, const struct rule *rule, const json_t *value,
    const struct place *place)
{
	size_t i, fitting = 0, which[2] = { 0, 0 };

	for (i = 0; i < rule->of.many.count && fitting < 2; i++)
		if (check_valid(check, rule->of.many.list[i], value))
			which[fitting++] = i;
	if (fitting == 0)
		choice_fault(check, rule, value, place);
	else if (fitting == 2)
		check_fault(check, place, rule->code,
		    "must have one form "
		    "only; it has those of %zu and %zu",
		    which[0], which[1]);
}

void
check_not(struct check *check, const struct rule *rule, const json_t *value,
    const struct place *place)
{
	if (check_valid(check, rule->of.schema, value))
		check_fault(check, place, rule->code,
		    "has a form that is not allowed here");
}
