/* A request's query and path variables, typed as the contract says. */
#include "contract.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_NUMBER 32 /* characters of a number literal, as in bodies */
#define QUERY_NAME 64	/* bytes of a name that a fault repeats */

static const struct parameter *
query_parameter(const struct operation *operation, const char *name)
{
	const struct parameter *parameter;

	for (parameter = operation->query; parameter->name != NULL; parameter++)
		if (strcmp(parameter->name, name) == 0)
			return (parameter);
	return (NULL);
}

/* Its place among the operation's parameters, of which there are at most
 * QUERY_MOST. */
static uint64_t
query_bit(const struct operation *operation, const struct parameter *parameter)
{
	return (UINT64_C(1) << (parameter - operation->query));
}

static void
query_unknown(const struct operation *operation, const char *name,
    struct faults *faults)
{
	const struct parameter *known = operation->query;
	struct text		names = { 0 };

	for (; known->name != NULL; known++)
		text_addf(&names, "%s%s", names.length > 0 ? ", " : "",
		    known->name);
	if (strlen(name) > QUERY_NAME || text_points(name, strlen(name)) < 0)
		name = "…";
	if (names.length == 0)
		faults_add(faults, true, name, "unknown",
		    "is not known: there are no query parameters here");
	else
		faults_add(faults, true, name, "unknown",
		    "is not known: known are %s", names.data);
	text_release(&names);
}

/* A JSON number's text, or an integer's: -?(0|[1-9][0-9]*). */
static bool
query_is_number(const char *s, bool integer)
{
	s += *s == '-';
	if (!isdigit((unsigned char)*s) ||
	    (*s == '0' && isdigit((unsigned char)s[1])))
		return (false);
	return (s[strspn(s, integer ? "0123456789" : "0123456789.eE+-")] ==
	    '\0');
}

/* Integers beyond 64 bits become reals, which the schema's bounds refuse. */
static json_t *
query_number(const char *s, unsigned types)
{
	long long number;
	json_t	 *value;

	if (strlen(s) > QUERY_NUMBER)
		return (NULL);
	if (query_is_number(s, true)) {
		errno = 0;
		number = strtoll(s, NULL, 10);
		return (errno == 0 ? json_integer(number) :
				     json_real(strtod(s, NULL)));
	}
	if ((types & SCHEMA_NUMBER) == 0 || !query_is_number(s, false))
		return (NULL);
	value = json_loads(s, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
	return (value);
}

/* The text as one of the types, or as a string: the schema then says which
 * type was expected. */
static json_t *
query_scalar(const char *s, unsigned types)
{
	json_t *value = NULL;

	if (types & (SCHEMA_INTEGER | SCHEMA_NUMBER))
		value = query_number(s, types);
	if (value == NULL && (types & SCHEMA_BOOLEAN) != 0 &&
	    (strcmp(s, "true") == 0 || strcmp(s, "false") == 0))
		value = json_boolean(*s == 't');
	return (value != NULL ? value : json_string(s));
}

/* Decodes one value in place; false: a fault says why not. */
static bool
query_decode(char *value, const char *name, struct faults *faults)
{
	size_t length = strlen(value);

	if (text_unescape(value, &length, true) &&
	    text_points(value, length) >= 0) {
		value[length] = '\0';
		return (true);
	}
	faults_add(faults, true, name, "encoding",
	    "must be percent-encoded UTF-8 without NUL");
	return (false);
}

static bool
query_fits(const struct schema *schema, const json_t *value)
{
	struct faults faults = { 0 };
	bool	      fits;

	schema_check(schema, value, "#", &faults);
	fits = faults.count == 0;
	faults_release(&faults);
	return (fits);
}

/* Adds an item. A comma that was encoded belongs to it, unless it then does
 * not fit: many clients encode the commas that part items as well. False:
 * out of memory. */
static bool
query_item(json_t *array, char *item, const struct schema *items)
{
	json_t *value = query_scalar(item, schema_types(items));
	bool	fine = true;

	if (value == NULL || strchr(item, ',') == NULL ||
	    query_fits(items, value))
		return (json_array_append_new(array, value) == 0);
	json_decref(value);
	while (fine && item != NULL)
		fine = json_array_append_new(array,
			   query_scalar(strsep(&item, ","),
			       schema_types(items))) == 0;
	return (fine);
}

/* Commas part an array's items before anything is decoded. NULL: out of
 * memory. */
static json_t *
query_array(char *s, const struct parameter *parameter, struct faults *faults)
{
	json_t *array = json_array();
	char   *item;

	while ((item = strsep(&s, ",")) != NULL)
		if (query_decode(item, parameter->name, faults) &&
		    !query_item(array, item, schema_items(parameter->schema))) {
			json_decref(array);
			return (NULL);
		}
	return (array);
}

/* Checks a value, takes it, and puts its normal form into the object. */
static void
query_put(json_t *object, const struct parameter *parameter, json_t *value,
    struct faults *faults)
{
	size_t before = faults->count;

	if (value == NULL)
		return;
	schema_check_parameter(parameter->schema, value, parameter->name,
	    faults);
	if (faults->count == before && !faults->truncated)
		json_object_set_new(object, parameter->name,
		    schema_normal(parameter->schema, value));
	json_decref(value);
}

static void
query_value(json_t *object, const struct parameter *parameter, char *s,
    struct faults *faults)
{
	unsigned types = schema_types(parameter->schema);
	size_t	 before = faults->count;
	json_t	*value = NULL;

	if (types & SCHEMA_ARRAY)
		value = query_array(s, parameter, faults);
	else if (query_decode(s, parameter->name, faults))
		value = query_scalar(s, types);
	if (value != NULL && faults->count == before)
		query_put(object, parameter, value, faults);
	else
		json_decref(value);
}

/* One "name=value", in a buffer of our own. */
static void
query_piece(const struct operation *operation, char *name, json_t *object,
    uint64_t *seen, struct faults *faults)
{
	const struct parameter *parameter;
	char		       *value = strchr(name, '=');
	size_t			length;

	if (*name == '\0')
		return;
	if (value != NULL)
		*value++ = '\0';
	else
		value = name + strlen(name);
	length = strlen(name);
	if (!text_unescape(name, &length, true)) {
		query_unknown(operation, name, faults);
		return;
	}
	name[length] = '\0';
	if ((parameter = query_parameter(operation, name)) == NULL)
		query_unknown(operation, name, faults);
	else if (*seen & query_bit(operation, parameter))
		faults_add(faults, true, parameter->name, "repeated",
		    "must be given once");
	else {
		*seen |= query_bit(operation, parameter);
		query_value(object, parameter, value, faults);
	}
}

/* What was not sent is missing, or has its default. Returns how many
 * members the object has, unless there are faults or memory ran out. */
static size_t
query_absent(const struct operation *operation, json_t *object, uint64_t seen,
    struct faults *faults)
{
	const struct parameter *parameter;
	size_t			members = 0;

	for (parameter = operation->query; parameter->name != NULL;
	     parameter++) {
		if (seen & query_bit(operation, parameter)) {
			members++;
			continue;
		}
		if (parameter->required)
			faults_add(faults, true, parameter->name, "required",
			    "is required");
		else if (parameter->fallback != NULL) {
			members++;
			json_object_set_new(object, parameter->name,
			    json_deep_copy(parameter->fallback));
		}
	}
	return (members);
}

/* Where memory ends a filter must not be lost: then there is no object.
 * Takes it. */
static json_t *
query_whole(json_t *object, size_t members, const struct faults *faults)
{
	if (faults->count > 0 || json_object_size(object) == members)
		return (object);
	json_decref(object);
	return (NULL);
}

json_t *
contract_query(const struct operation *operation, const char *query,
    struct faults *faults)
{
	json_t	*object = json_object();
	uint64_t seen = 0;
	char	*copy, *rest, *piece;
	size_t	 members;

	rest = copy = strdup(query != NULL ? query : "");
	if (copy == NULL || object == NULL) {
		free(copy);
		json_decref(object);
		return (NULL);
	}
	while ((piece = strsep(&rest, "&")) != NULL)
		query_piece(operation, piece, object, &seen, faults);
	members = query_absent(operation, object, seen, faults);
	free(copy);
	return (query_whole(object, members, faults));
}

/* The path was decoded before it was routed: a value is what it says. */
json_t *
contract_path(const struct match *match, struct faults *faults)
{
	const struct parameter *parameter = match->operation->path;
	json_t		       *object = json_object();
	char		       *copy;
	size_t			i;

	for (i = 0; parameter->name != NULL; i++, parameter++) {
		copy = strndup(match->value[i], match->length[i]);
		if (copy == NULL)
			break;
		if (text_points(copy, match->length[i]) < 0)
			faults_add(faults, true, parameter->name, "encoding",
			    "must be percent-encoded UTF-8");
		else
			query_put(object, parameter,
			    query_scalar(copy, schema_types(parameter->schema)),
			    faults);
		free(copy);
	}
	while (parameter->name != NULL)
		i++, parameter++;
	return (query_whole(object, i, faults));
}
