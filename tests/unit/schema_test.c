/*
 * The schema checker, driven by data: every *.json of tests/unit/schema (or
 * of the directory given as argument) holds groups
 *
 *   { "description", "schema", "tests": [ … ] }     what is checked
 *   { "description", "schema", "error": "part" }    what does not compile
 *
 * and a test is { "description", "data" } with any of
 *
 *   "valid": true                        the official suite's own form
 *   "faults": [{ "pointer", "code", "detail" }]    exactly these, in order,
 *                                        with the members that are given
 *   "parameter": "name", "prefix": "#/items/3"     how it is asked
 *   "normal": …                          what the contract makes of it
 *   "types": ["integer"]                 what schema_types says
 */
#include "unit.h"

#include <glob.h>

#include "ijson.h"
#include "schema.h"

#define GROUPS 2000

static struct CMUnitTest tests[GROUPS];
static size_t		 count;
static const char	*doing; /* the test's description, for messages */

/* Fails, telling what was got instead. */
static void
fail_with(const char *what, const json_t *value)
{
	struct text text = { 0 };

	ijson_write(&text, value);
	fail_msg("%s: %s: %s", doing, what, text.data);
}

static void
check_faults(const json_t *expected, const struct faults *faults)
{
	const char *name;
	json_t	   *fault, *wanted, *part;
	size_t	    i;

	if (json_array_size(expected) != json_array_size(faults->list))
		fail_with("other faults", faults->list);
	json_array_foreach(expected, i, wanted) {
		fault = json_array_get(faults->list, i);
		json_object_foreach(wanted, name, part) {
			if (!json_equal(json_object_get(fault, name), part))
				fail_with("other fault", fault);
		}
	}
}

static void
check_normal(const struct schema *schema, const json_t *data,
    const json_t *normal)
{
	json_t *copy = json_deep_copy(data);
	json_t *made = schema_normal(schema, copy);

	if (!json_equal(made, normal))
		fail_with("other normal form", made);
	json_decref(made);
	json_decref(copy);
}

static void
check_types(const struct schema *schema, const json_t *names)
{
	static const char *const words[] = { "null", "boolean", "integer",
		"number", "string", "array", "object" };
	unsigned		 bits = 0;
	json_t			*name;
	size_t			 i, k;

	json_array_foreach(names, i, name) {
		for (k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (strcmp(words[k], json_string_value(name)) == 0)
				bits |= 1U << k;
	}
	assert_int_equal(schema_types(schema), bits);
}

static void
check_test(const struct schema *schema, const json_t *test)
{
	const json_t *data = json_object_get(test, "data");
	const json_t *part;
	const char   *prefix, *parameter;
	struct faults faults = { 0 };

	doing = json_string_value(json_object_get(test, "description"));
	prefix = json_string_value(json_object_get(test, "prefix"));
	parameter = json_string_value(json_object_get(test, "parameter"));
	if (parameter != NULL)
		schema_check_parameter(schema, data, parameter, &faults);
	else
		schema_check(schema, data, prefix != NULL ? prefix : "#",
		    &faults);
	if ((part = json_object_get(test, "valid")) != NULL &&
	    json_is_true(part) != (faults.count == 0))
		fail_with(json_is_true(part) ? "should be valid" :
					       "should not be valid",
		    faults.list);
	if ((part = json_object_get(test, "faults")) != NULL)
		check_faults(part, &faults);
	if ((part = json_object_get(test, "normal")) != NULL)
		check_normal(schema, data, part);
	if ((part = json_object_get(test, "types")) != NULL)
		check_types(schema, part);
	assert_int_equal(faults.truncated,
	    json_is_true(json_object_get(test, "truncated")));
	faults_release(&faults);
}

/* A group compiles, or does not and says why; then its tests. */
static void
check_group(void **state)
{
	const json_t	    *group = *state, *test;
	struct text	     error = { 0 };
	struct schemas	    *schemas;
	const struct schema *schema;
	const char	    *expected = json_string_value(json_object_get(group,
		     "error"));
	size_t		     i;

	schemas = schemas_new(json_object_get(group, "schema"));
	assert_non_null(schemas);
	schema = schema_at(schemas, "", &error);
	if (expected != NULL) {
		assert_null(schema);
		assert_non_null(error.data);
		if (strstr(error.data, expected) == NULL)
			fail_msg("other error: %s", error.data);
	} else if (schema == NULL)
		fail_msg("does not compile: %s", error.data);
	json_array_foreach(json_object_get(group, "tests"), i, test) {
		check_test(schema, test);
	}
	text_release(&error);
	schemas_free(schemas);
}

/* One cmocka test a group; both live as long as the program. */
static void
add_file(const char *path)
{
	json_error_t error;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	json_t *group;
	size_t	i;

	if (file == NULL) {
		fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
		exit(1);
	}
	json_array_foreach(file, i, group) {
		struct text name = { 0 };
		const char *base = strrchr(path, '/');

		assert_true(count < GROUPS);
		text_addf(&name, "%s: %s", base != NULL ? base + 1 : path,
		    json_string_value(json_object_get(group, "description")));
		tests[count].name = text_steal(&name);
		tests[count].test_func = check_group;
		tests[count++].initial_state = json_incref(group);
	}
	json_decref(file);
}

int
main(int argc, char **argv)
{
	struct text pattern = { 0 };
	glob_t	    found;
	size_t	    i;

	text_addf(&pattern, "%s/*.json",
	    argc > 1 ? argv[1] : "tests/unit/schema");
	if (glob(pattern.data, 0, NULL, &found) != 0) {
		fprintf(stderr, "no tests at %s\n", pattern.data);
		return (1);
	}
	for (i = 0; i < found.gl_pathc; i++)
		add_file(found.gl_pathv[i]);
	globfree(&found);
	text_release(&pattern);
	return (_cmocka_run_group_tests("schema", tests, count, NULL, NULL));
}
