/* An operation's parameters: path variables in the order of the route, query
 * keys, and the two preconditions. Other headers are documentation. */
#include <ctype.h>
#include <string.h>

#include "contract_parts.h"

/* All that an operation has, its own and its path's, $refs followed. */
struct list {
	struct place *places;
	size_t	      count;
};

static const char *
parameter_text(struct place place, const char *key)
{
	const char *text = json_string_value(json_object_get(place.value, key));

	return (text != NULL ? text : "");
}

static bool
parameter_is(struct place place, const char *in, const char *name)
{
	return (strcmp(parameter_text(place, "in"), in) == 0 &&
	    (name == NULL || strcmp(parameter_text(place, "name"), name) == 0));
}

static bool
parameter_is_camel(const char *name)
{
	if (!islower((unsigned char)*name))
		return (false);
	while (isalnum((unsigned char)*name))
		name++;
	return (*name == '\0');
}

static bool
parameter_add(struct load *load, struct list *list, struct place place)
{
	struct place parameter = contract_follow(load, place);
	size_t	     i;

	if (*parameter_text(parameter, "name") == '\0')
		return (contract_refuse(load, place.at,
		    "a parameter with a name was expected"));
	for (i = 0; i < list->count; i++)
		if (parameter_is(list->places[i],
			parameter_text(parameter, "in"),
			parameter_text(parameter, "name")))
			return (contract_refuse(load, place.at,
			    "the parameter %s stands here twice",
			    parameter_text(parameter, "name")));
	list->places[list->count++] = parameter;
	return (true);
}

static bool
parameter_list(struct load *load, struct place path, struct place operation,
    struct list *list)
{
	struct place sources[2] = {
		contract_member(load, path, "parameters"),
		contract_member(load, operation, "parameters"),
	};
	size_t count, i, k;

	count = json_array_size(sources[0].value) +
	    json_array_size(sources[1].value);
	list->places = contract_keep(load->contract,
	    (count + 1) * sizeof(struct place));
	for (i = 0; i < 2; i++)
		for (k = 0; k < json_array_size(sources[i].value); k++)
			if (!parameter_add(load, list,
				contract_element(load, sources[i], k)))
				return (false);
	return (true);
}

/* A default is what the function is given, so it must fit. */
static bool
parameter_fallback(struct load *load, struct place place,
    struct parameter *parameter)
{
	struct place  schema = contract_member(load, place, "schema");
	struct faults faults = { 0 };
	bool	      fits;

	parameter->fallback = json_object_get(schema.value, "default");
	if (parameter->fallback == NULL)
		parameter->fallback =
		    json_object_get(contract_follow(load, schema).value,
			"default");
	if (parameter->fallback == NULL)
		return (true);
	schema_check_parameter(parameter->schema, parameter->fallback,
	    parameter->name, &faults);
	fits = faults.count == 0;
	faults_release(&faults);
	return (fits ||
	    contract_refuse(load, schema.at,
		"a default that fits was expected"));
}

/* Query arrays are one key with commas; OpenAPI's own default repeats it. */
static bool
parameter_style(struct load *load, struct place place,
    const struct parameter *parameter)
{
	const char *style = parameter_text(place, "style");
	bool	    is_query = parameter_is(place, "query", NULL);

	if (*style != '\0' && strcmp(style, is_query ? "form" : "simple") != 0)
		return (contract_refuse(load, place.at,
		    "style: %s was expected", is_query ? "form" : "simple"));
	if (schema_types(parameter->schema) & SCHEMA_OBJECT)
		return (contract_refuse(load, place.at,
		    "a parameter whose type is stated and no object was "
		    "expected"));
	if ((schema_types(parameter->schema) & SCHEMA_ARRAY) == 0)
		return (true);
	if (!is_query)
		return (contract_refuse(load, place.at,
		    "a path variable that is no array was expected"));
	if (schema_items(parameter->schema) == NULL)
		return (contract_refuse(load, place.at,
		    "an array whose items are described was expected"));
	if (!json_is_false(json_object_get(place.value, "explode")))
		return (contract_refuse(load, place.at,
		    "explode: false was expected (a,b,c)"));
	return (true);
}

static bool
parameter_make(struct load *load, struct place place,
    struct parameter *parameter)
{
	struct place schema = contract_member(load, place, "schema");
	struct text  why = { 0 };

	parameter->name = parameter_text(place, "name");
	parameter->required = json_is_true(json_object_get(place.value,
	    "required"));
	if (!parameter_is_camel(parameter->name))
		return (contract_refuse(load, place.at,
		    "a name in camelCase was expected"));
	if (schema.value == NULL)
		return (contract_refuse(load, place.at,
		    "a schema was expected"));
	parameter->schema = schema_at(load->contract->schemas, schema.at, &why);
	if (parameter->schema == NULL)
		contract_refuse(load, schema.at, "%s",
		    why.data != NULL ? why.data : "out of memory");
	text_release(&why);
	return (parameter->schema != NULL &&
	    parameter_style(load, place, parameter) &&
	    parameter_fallback(load, place, parameter));
}

static bool
parameter_queries(struct load *load, struct place place,
    const struct list *list, struct operation *operation)
{
	struct parameter *all = contract_keep(load->contract,
	    (list->count + 1) * sizeof(*all));
	size_t		  i, count = 0;

	operation->query = all;
	if (list->count > QUERY_MOST)
		return (contract_refuse(load, place.at,
		    "at most %d parameters were expected", QUERY_MOST));
	for (i = 0; i < list->count; i++)
		if (parameter_is(list->places[i], "query", NULL) &&
		    !parameter_make(load, list->places[i], &all[count++]))
			return (false);
	return (true);
}

/* The parameter that describes the variable of this name. */
static bool
parameter_variable(struct load *load, struct place operation,
    const struct list *list, const char *name, struct parameter *made)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (parameter_is(list->places[i], "path", name))
			return (parameter_make(load, list->places[i], made) &&
			    (made->required ||
				contract_refuse(load, list->places[i].at,
				    "required: true was expected")));
	return (contract_refuse(load, operation.at,
	    "a parameter for the variable %s was expected", name));
}

static bool
parameter_variables(struct load *load, struct place place,
    const struct list *list, struct operation *operation)
{
	struct parameter *all = contract_keep(load->contract,
	    (MATCH_VARIABLES + 1) * sizeof(*all));
	const char	 *s = operation->route, *name;
	size_t		  count = 0, i, length;

	operation->path = all;
	while ((s = strchr(s, '{')) != NULL) {
		length = strcspn(++s, "}");
		name = contract_keep_text(load->contract, s, length);
		if (count == MATCH_VARIABLES)
			return (contract_refuse(load, place.at,
			    "at most %d variables were expected",
			    MATCH_VARIABLES));
		if (!parameter_variable(load, place, list, name, &all[count++]))
			return (false);
	}
	for (i = 0; i < list->count; i++)
		if (parameter_is(list->places[i], "path", NULL) && count-- == 0)
			return (contract_refuse(load, list->places[i].at,
			    "a variable of the route was expected"));
	return (true);
}

static bool
parameter_preconditions(struct load *load, const struct list *list,
    struct operation *operation)
{
	struct place place;
	size_t	     i;

	for (i = 0; i < list->count; i++) {
		place = list->places[i];
		if (parameter_is(place, "header", "If-Match"))
			operation->if_match =
			    json_is_true(json_object_get(place.value,
				"required"));
		else if (parameter_is(place, "header", "If-None-Match"))
			operation->if_none_match = true;
		else if (!parameter_is(place, "header", NULL) &&
		    !parameter_is(place, "query", NULL) &&
		    !parameter_is(place, "path", NULL))
			return (contract_refuse(load, place.at,
			    "in: path, query or header was expected"));
	}
	return (true);
}

bool
contract_parameters(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	struct list list = { 0 };

	return (parameter_list(load, path, place, &list) &&
	    parameter_variables(load, place, &list, operation) &&
	    parameter_queries(load, place, &list, operation) &&
	    parameter_preconditions(load, &list, operation));
}
