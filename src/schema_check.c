/* A value judged by a compiled schema, and told what is wrong with it. */
#include "schema_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ijson.h"

/* Bounds that no contract of ours comes near: judgements inside one another
 * (a body is 32 deep at most), and judgements in all. */
#define CHECK_DEPTH 512
#define CHECK_WORK (16UL << 20)

static void check_all_of(CHECKING);
static void check_items(CHECKING);
static void check_members(CHECKING);
static void check_ref(CHECKING);
static void check_required(CHECKING);

static const struct {
	unsigned applies; /* to values of these types */
	void (*judge)(CHECKING);
} judges[RULE_KINDS] = {
	[RULE_REF] = { SCHEMA_ANY, check_ref },
	[RULE_ALL_OF] = { SCHEMA_ANY, check_all_of },
	[RULE_ANY_OF] = { SCHEMA_ANY, check_any_of },
	[RULE_ONE_OF] = { SCHEMA_ANY, check_one_of },
	[RULE_NOT] = { SCHEMA_ANY, check_not },
	[RULE_MEMBERS] = { SCHEMA_OBJECT, check_members },
	[RULE_ITEMS] = { SCHEMA_ARRAY, check_items },
	[RULE_REQUIRED] = { SCHEMA_OBJECT, check_required },
	[RULE_MIN_PROPERTIES] = { SCHEMA_OBJECT, check_size },
	[RULE_MAX_PROPERTIES] = { SCHEMA_OBJECT, check_size },
	[RULE_MIN_ITEMS] = { SCHEMA_ARRAY, check_size },
	[RULE_MAX_ITEMS] = { SCHEMA_ARRAY, check_size },
	[RULE_UNIQUE] = { SCHEMA_ARRAY, check_unique },
	[RULE_ENUM] = { SCHEMA_ANY, check_enum },
	[RULE_CONST] = { SCHEMA_ANY, check_const },
	[RULE_MIN_LENGTH] = { SCHEMA_STRING, check_length },
	[RULE_MAX_LENGTH] = { SCHEMA_STRING, check_length },
	[RULE_PATTERN] = { SCHEMA_STRING, check_pattern },
	[RULE_FORMAT] = { SCHEMA_STRING, check_format },
	[RULE_WIDTH] = { SCHEMA_NUMBER, check_width },
	[RULE_MINIMUM] = { SCHEMA_NUMBER, check_bound },
	[RULE_MAXIMUM] = { SCHEMA_NUMBER, check_bound },
	[RULE_OVER] = { SCHEMA_NUMBER, check_bound },
	[RULE_UNDER] = { SCHEMA_NUMBER, check_bound },
	[RULE_MULTIPLE] = { SCHEMA_NUMBER, check_multiple },
};

bool
check_over(const struct check *check)
{
	return (check->failed &&
	    (check->faults == NULL || check->faults->truncated ||
		check->work > CHECK_WORK));
}

void
check_fault(struct check *check, const struct place *place, const char *code,
    const char *what, ...)
{
	struct text where = { 0 };
	va_list	    arguments;
	char	   *said;

	check->failed = true;
	if (check->faults == NULL)
		return;
	va_start(arguments, what);
	if (vasprintf(&said, what, arguments) < 0)
		said = NULL;
	va_end(arguments);
	/* a parameter has no pointer: its list's item is told in words */
	if (check->parameter != NULL && place->up != NULL &&
	    place->name == NULL)
		text_addf(&where, "item %zu ", place->index + 1);
	else if (check->parameter == NULL)
		place_write(&where, place);
	if (check->parameter != NULL)
		faults_add(check->faults, true, check->parameter, code, "%s%s",
		    where.data != NULL ? where.data : "",
		    said != NULL ? said : "is not valid");
	else
		faults_add(check->faults, false,
		    where.failed ? "#" : where.data, code, "%s",
		    said != NULL ? said : "is not valid");
	text_release(&where);
	free(said);
}

void
check_types(struct check *check, const struct place *place, const char *code,
    unsigned types)
{
	static const char *const names[] = { "null", "a boolean", "an integer",
		"a number", "a string", "an array", "an object" };
	char			 list[128];
	size_t			 i, n = 0;

	if ((types & SCHEMA_NUMBER) != 0)
		types &= ~(unsigned)SCHEMA_INTEGER;
	list[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((types & 1U << i) != 0)
			n += (size_t)snprintf(list + n, sizeof(list) - n,
			    "%s%s",
			    n == 0		      ? "" :
				types >> (i + 1) != 0 ? ", " :
							" or ",
			    names[i]);
	check_fault(check, place, code, "must be %s",
	    n > 0 ? list : "left out: nothing is valid here");
}

void
check_value(struct check *check, const struct schema *schema,
    const json_t *value, const struct place *place)
{
	unsigned types = value_types(value);
	size_t	 i;

	if (check_over(check))
		return;
	if (++check->work > CHECK_WORK || check->depth > CHECK_DEPTH) {
		check->undecided = true;
		check_fault(check, place, "depth",
		    "is too deep or too large to be checked");
		return;
	}
	if (schema->never) {
		check_fault(check, place, "false", "is not allowed");
		return;
	}
	if ((types & schema->types) == 0) {
		check_types(check, place, "type", schema->types);
		return; /* whatever else is wrong would only confuse */
	}
	check->depth++;
	for (i = 0; i < schema->count && !check_over(check); i++)
		if ((judges[schema->rules[i].kind].applies & types) != 0)
			judges[schema->rules[i].kind].judge(check,
			    &schema->rules[i], value, place);
	check->depth--;
}

bool
check_valid(struct check *check, const struct schema *schema,
    const json_t *value)
{
	struct place here = { NULL, "", 0 };
	struct check quiet = { NULL, NULL, check->work, check->depth, false,
		false };

	check_value(&quiet, schema, value, &here);
	check->work = quiet.work;
	check->undecided |= quiet.undecided;
	return (!quiet.failed);
}

static void
check_ref(CHECKING)
{
	check_value(check, rule->of.schema, value, place);
}

static void
check_all_of(CHECKING)
{
	size_t i;

	for (i = 0; i < rule->of.many.count; i++)
		check_value(check, rule->of.many.list[i], value, place);
}

static int
member_compare(const void *name, const void *member)
{
	return (strcmp(name, ((const struct member *)member)->name));
}

const struct member *
rule_member(const struct rule *rule, const char *name)
{
	if (rule->of.members.count == 0)
		return (NULL);
	return (bsearch(name, rule->of.members.list, rule->of.members.count,
	    sizeof(struct member), member_compare));
}

/* "unknown member; known are a, b" */
static void
check_unknown(struct check *check, const struct rule *rule,
    const struct place *place)
{
	const struct member *member = rule->of.members.list;
	struct text	     known = { 0 };
	size_t		     i;

	if (check->faults != NULL)
		for (i = 0; i < rule->of.members.count; i++, member++)
			if (!member->schema->never &&
			    !place_list_add(&known, 0, member->name))
				break;
	check_fault(check, place, rule->code, "unknown member%s%s",
	    known.length > 0 ? "; known are " : "",
	    known.length > 0 ? known.data : "");
	text_release(&known);
}

/* properties and additionalProperties. */
static void
check_members(CHECKING)
{
	const struct schema *rest = rule->of.members.rest;
	const struct member *known;
	const char	    *name;
	json_t		    *member;

	json_object_foreach(value_open(value), name, member) {
		struct place down = place_member(place, name);

		if ((known = rule_member(rule, name)) != NULL)
			check_value(check, known->schema, member, &down);
		else if (rest != NULL && rest->never)
			check_unknown(check, rule, &down);
		else if (rest != NULL)
			check_value(check, rest, member, &down);
		if (check_over(check))
			return;
	}
}

/* prefixItems and items. */
static void
check_items(CHECKING)
{
	const struct schema *schema;
	size_t		     i;

	for (i = 0; i < json_array_size(value) && !check_over(check); i++) {
		struct place down = place_item(place, i);

		schema = rule->of.many.rest;
		if (i < rule->of.many.count)
			schema = rule->of.many.list[i];
		if (schema == NULL)
			return;
		if (schema->never && i >= rule->of.many.count)
			check_fault(check, &down, rule->code,
			    "is one item too many; %zu are known",
			    rule->of.many.count);
		else
			check_value(check, schema, json_array_get(value, i),
			    &down);
	}
}

/* Told at the member's own place: that is where it has to go. */
static void
check_required(CHECKING)
{
	const char *name;
	size_t	    i;

	for (i = 0; i < json_array_size(rule->of.value); i++) {
		name = json_string_value(json_array_get(rule->of.value, i));
		if (json_object_get(value, name) == NULL) {
			struct place down = place_member(place, name);

			check_fault(check, &down, rule->code, "is required");
		}
	}
}

/* Begins a walk; where is the first place's name. */
static void
check_run(struct check *check, const struct schema *schema, const json_t *value,
    const char *where)
{
	struct place place = { NULL, where, 0 };

	check_value(check, schema, value, &place);
	/* nobody knows what a "not" would have made of it */
	if (check->undecided && !check->failed)
		check_fault(check, &place, "depth",
		    "is too large to be checked");
}

void
schema_check(const struct schema *schema, const json_t *value,
    const char *prefix, struct faults *faults)
{
	struct check check = { faults, NULL, 0, 0, false, false };

	check_run(&check, schema, value, prefix);
}

void
schema_check_parameter(const struct schema *schema, const json_t *value,
    const char *name, struct faults *faults)
{
	struct check check = { faults, name, 0, 0, false, false };

	check_run(&check, schema, value, name);
}
