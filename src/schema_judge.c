/* What looks at one value and nothing in it: sizes, bounds, words. */
#include <stdint.h>

#include "ijson.h"
#include "schema_check.h"

/* How a limit is told, and whether it is one from above. */
static const struct {
	bool	    most;
	const char *word;
} limits[RULE_KINDS] = {
	[RULE_MIN_PROPERTIES] = { false, "member" },
	[RULE_MAX_PROPERTIES] = { true, "member" },
	[RULE_MIN_ITEMS] = { false, "item" },
	[RULE_MAX_ITEMS] = { true, "item" },
	[RULE_MIN_LENGTH] = { false, "character" },
	[RULE_MAX_LENGTH] = { true, "character" },
	[RULE_MINIMUM] = { false, "at least" },
	[RULE_MAXIMUM] = { true, "at most" },
	[RULE_OVER] = { false, "greater than" },
	[RULE_UNDER] = { true, "less than" },
};

/* The message of a count that is out of bounds. */
static void
check_count(struct check *check, const struct rule *rule, const char *verb,
    const struct place *place)
{
	check_fault(check, place, rule->code, "must %s at %s %zu %s%s", verb,
	    limits[rule->kind].most ? "most" : "least", rule->of.limit,
	    limits[rule->kind].word, rule->of.limit == 1 ? "" : "s");
}

void
check_size(CHECKING)
{
	size_t size = json_is_array(value) ? json_array_size(value) :
					     json_object_size(value);

	if (limits[rule->kind].most ? size > rule->of.limit :
				      size < rule->of.limit)
		check_count(check, rule, "have", place);
}

/* Code points; jansson's strings are always UTF-8. */
static size_t
check_points(const char *s, size_t n)
{
	size_t points = 0;

	for (; n > 0; s++, n--)
		points += ((unsigned char)*s & 0xc0) != 0x80;
	return (points);
}

void
check_length(CHECKING)
{
	size_t bytes = json_string_length(value), points;

	/* no string has more points than bytes, nor fewer than a quarter */
	if (limits[rule->kind].most ? bytes <= rule->of.limit :
				      bytes / 4 >= rule->of.limit)
		return;
	points = check_points(json_string_value(value), bytes);
	if (limits[rule->kind].most ? points > rule->of.limit :
				      points < rule->of.limit)
		check_count(check, rule, "be", place);
}

void
check_unique(CHECKING)
{
	size_t first, second;

	switch (value_unique(value, rule->of.seed, &first, &second)) {
	case UNIQUE:
		break;
	case UNIQUE_NOT:
		check_fault(check, place, rule->code,
		    "must have no item twice; items %zu and %zu are the same",
		    first, second);
		break;
	case UNIQUE_NO_MEMORY:
		check->undecided = true;
		check_fault(check, place, rule->code,
		    "is too large to be checked");
		break;
	}
}

void
check_enum(CHECKING)
{
	struct text list = { 0 };
	size_t	    i;

	for (i = 0; i < json_array_size(rule->of.value); i++)
		if (value_same(json_array_get(rule->of.value, i), value))
			return;
	if (check->faults != NULL)
		place_list(&list, rule->of.value);
	check_fault(check, place, rule->code, "must be one of %s",
	    list.length > 0 ? list.data : "a list");
	text_release(&list);
}

void
check_const(CHECKING)
{
	struct text one = { 0 };

	if (value_same(rule->of.value, value))
		return;
	if (check->faults != NULL)
		ijson_write(&one, rule->of.value);
	check_fault(check, place, rule->code, "must be %s",
	    one.length > 0 ? one.data : "a constant");
	text_release(&one);
}

void
check_pattern(CHECKING)
{
	switch (pattern_match(rule->of.pattern, json_string_value(value),
	    json_string_length(value))) {
	case PATTERN_MATCH:
		break;
	case PATTERN_MISMATCH:
		check_fault(check, place, rule->code, "must match %s",
		    pattern_source(rule->of.pattern));
		break;
	case PATTERN_LIMIT:
		check->undecided = true;
		check_fault(check, place, rule->code,
		    "takes too long to compare with %s",
		    pattern_source(rule->of.pattern));
		break;
	}
}

void
check_format(CHECKING)
{
	if (!rule->of.format->valid(json_string_value(value),
		json_string_length(value)))
		check_fault(check, place, rule->code, "must be %s",
		    rule->of.format->expected);
}

/* int32 and int64 (OpenAPI's format registry). */
void
check_width(CHECKING)
{
	struct number n = number_of(value);

	if (!n.whole ||
	    (rule->of.width == 32 &&
		(n.integer < INT32_MIN || n.integer > INT32_MAX)))
		check_fault(check, place, rule->code,
		    "must be an integer of %d bits", rule->of.width);
}

static void
check_number(struct check *check, const struct rule *rule, const char *word,
    const struct place *place)
{
	struct number n = rule->of.number;

	if (n.whole)
		check_fault(check, place, rule->code, "must be %s %lld", word,
		    (long long)n.integer);
	else
		check_fault(check, place, rule->code, "must be %s %.15g", word,
		    n.real);
}

void
check_bound(CHECKING)
{
	int	   order = number_compare(number_of(value), rule->of.number);
	const bool open = rule->kind == RULE_OVER || rule->kind == RULE_UNDER;

	if (limits[rule->kind].most ? order > 0 : order < 0)
		;
	else if (!open || order != 0)
		return;
	check_number(check, rule, limits[rule->kind].word, place);
}

void
check_multiple(CHECKING)
{
	if (!number_multiple(number_of(value), rule->of.number))
		check_number(check, rule, "a multiple of", place);
}
