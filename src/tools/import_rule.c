/* What a map's rules may say, checked once before any row is mapped. */
#include "import_rule.h"

#include <string.h>

/* What a map may say. */
struct rule_kind {
	const char *name;
	json_type   type; /* of its value; JSON_NULL: any */
	const char *options;
};

static const struct rule_kind kinds[RULES] = {
	[RULE_COLUMN] = { "column", JSON_STRING, "values otherwise date" },
	[RULE_JOIN] = { "join", JSON_ARRAY, "with" },
	[RULE_LATEST] = { "latest", JSON_ARRAY, "date" },
	[RULE_CONSTANT] = { "constant", JSON_NULL, "" },
	[RULE_DIGEST] = { "digest", JSON_STRING, "" },
	[RULE_CHOOSE] = { "choose", JSON_ARRAY, "" },
	[RULE_MEMBERS] = { "members", JSON_OBJECT, "" },
};

json_t *
rule_value(json_t *rule, enum rule *kind)
{
	json_t	 *value, *found = NULL;
	enum rule i;

	*kind = RULES;
	for (i = 0; i < RULES; i++) {
		if ((value = json_object_get(rule, kinds[i].name)) == NULL)
			continue;
		if (found != NULL)
			return (NULL);
		found = value;
		*kind = i;
	}
	return (found);
}

static bool
check_fault(struct text *error, const char *name, const char *why)
{
	text_addf(error, "the map's %s: %s", name, why);
	return (false);
}

static bool
check_column(json_t *columns, const char *name, json_t *column,
    struct text *error)
{
	const char *text = json_string_value(column);

	if (text != NULL && json_object_get(columns, text) != NULL)
		return (true);
	text_addf(error, "the map's %s: the file has no column \"%s\"", name,
	    text != NULL ? text : "");
	return (false);
}

/* Whether a word is one of a list's, which spaces part. */
static bool
check_word(const char *list, const char *word)
{
	size_t n;

	for (; *list != '\0'; list += n + (list[n] == ' ')) {
		n = strcspn(list, " ");
		if (strlen(word) == n && strncmp(list, word, n) == 0)
			return (true);
	}
	return (false);
}

static bool
check_options(const char *name, json_t *rule, enum rule kind,
    struct text *error)
{
	const char *option;
	json_t	   *value;

	json_object_foreach(rule, option, value)
		if (!check_word(kinds[kind].options, option) &&
		    strcmp(option, kinds[kind].name) != 0 &&
		    strcmp(option, "required") != 0)
			return (check_fault(error, name,
			    "it has an option of another kind of rule"));
	value = json_object_get(rule, "date");
	if (value != NULL && !json_is_string(value))
		return (check_fault(error, name, "date should be a format"));
	value = json_object_get(rule, "values");
	if (value != NULL && !json_is_object(value))
		return (check_fault(error, name, "values should be a map"));
	value = json_object_get(rule, "with");
	if (value != NULL && !json_is_string(value))
		return (check_fault(error, name, "with should be a text"));
	return (true);
}

static bool
check_choice(json_t *columns, const char *name, json_t *choice,
    struct text *error)
{
	json_t	   *column, *wanted, *one;
	const char *key;
	size_t	    i;
	bool	    ok;

	json_object_foreach(choice, key, wanted)
		if (!check_word("if then", key))
			return (check_fault(error, name,
			    "a choice has if and then, nothing else"));
	json_object_foreach(json_object_get(choice, "if"), key, wanted) {
		column = json_string(key);
		ok = check_column(columns, name, column, error);
		json_decref(column);
		if (!ok)
			return (false);
		json_array_foreach(wanted, i, one)
			ok = ok && json_is_string(one);
		if (!ok || (!json_is_string(wanted) && !json_is_array(wanted)))
			return (check_fault(error, name,
			    "if should name columns and quoted texts"));
	}
	return (rule_check(columns, name, json_object_get(choice, "then"),
	    error));
}

/* The columns and rules inside a rule's value. */
static bool
check_inside(json_t *columns, const char *name, enum rule kind, json_t *value,
    struct text *error)
{
	const char *member;
	json_t	   *one;
	size_t	    i;

	if (kind == RULE_COLUMN)
		return (check_column(columns, name, value, error));
	json_array_foreach(value, i, one) {
		if ((kind == RULE_JOIN || kind == RULE_LATEST) &&
		    !check_column(columns, name, one, error))
			return (false);
		if (kind == RULE_CHOOSE &&
		    !check_choice(columns, name, one, error))
			return (false);
	}
	if (kind == RULE_MEMBERS)
		json_object_foreach(value, member, one)
			if (!rule_check(columns, member, one, error))
				return (false);
	return (true);
}

bool
rule_check(json_t *columns, const char *name, json_t *rule, struct text *error)
{
	enum rule kind;
	json_t	 *value = rule_value(rule, &kind);

	if (value == NULL)
		return (check_fault(error, name,
		    "it should have one of "
		    "column, join, constant, digest, choose, members"));
	if (kinds[kind].type != JSON_NULL &&
	    json_typeof(value) != kinds[kind].type)
		return (check_fault(error, name,
		    "what it maps from is of the wrong kind"));
	if (kind == RULE_LATEST && json_object_get(rule, "date") == NULL)
		return (check_fault(error, name, "latest wants a date"));
	return (check_options(name, rule, kind, error) &&
	    check_inside(columns, name, kind, value, error));
}
