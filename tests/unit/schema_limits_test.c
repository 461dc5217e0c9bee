/* The schema checker where much is asked of it: sizes, depths, no memory. */
#include "unit.h"

#include <time.h>

#include "schema.h"

/* Far above what is needed, far below what quadratic work would take. */
#define SECONDS 3.0

struct compiled {
	json_t		    *document;
	struct schemas	    *schemas;
	const struct schema *schema;
};

static struct compiled
compile(const char *text)
{
	struct compiled c;
	struct text	error = { 0 };

	c.document = json_loads(text, JSON_DECODE_ANY, NULL);
	c.schemas = schemas_new(c.document);
	c.schema = schema_at(c.schemas, "", &error);
	if (c.schema == NULL)
		fail_msg("%s", error.data);
	text_release(&error);
	return (c);
}

static void
discard(struct compiled *c)
{
	schemas_free(c->schemas);
	json_decref(c->document);
}

/* Checks (takes) the value within SECONDS of CPU; the faults it has. */
static struct faults
check_quickly(const struct schema *schema, json_t *value)
{
	struct faults faults = { 0 };
	clock_t	      began = clock();

	schema_check(schema, value, "#", &faults);
	assert_true((double)(clock() - began) / CLOCKS_PER_SEC < SECONDS);
	json_decref(value);
	return (faults);
}

/* One run: schema, value (taken), and what is expected of the faults. */
static void
expect(const char *schema, json_t *value, size_t count, bool truncated)
{
	struct compiled c = compile(schema);
	struct faults	faults = check_quickly(c.schema, value);

	assert_int_equal(faults.count, count);
	assert_int_equal(json_array_size(faults.list), count);
	assert_int_equal(faults.truncated, truncated);
	faults_release(&faults);
	discard(&c);
}

/* An array of n values: each is the JSON, or {"a": index}, or its index. */
static json_t *
many(size_t n, const char *each)
{
	json_t *array = json_array(), *value;
	size_t	i;

	for (i = 0; i < n; i++) {
		if (strcmp(each, "index") == 0)
			value = json_integer((json_int_t)i);
		else if (strcmp(each, "object") == 0)
			value = json_pack("{s:I}", "a", (json_int_t)i);
		else
			value = json_loads(each, JSON_DECODE_ANY, NULL);
		json_array_append_new(array, value);
	}
	return (array);
}

static json_t *
unknown_members(size_t n)
{
	json_t *object = json_object();
	char	name[32];
	size_t	i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "m%zu", i);
		json_object_set_new(object, name, json_integer(1));
	}
	return (object);
}

static json_t *
nested(size_t depth)
{
	json_t *value = json_array(), *outer;

	while (depth-- > 0) {
		outer = json_array();
		json_array_append_new(outer, value);
		value = outer;
	}
	return (value);
}

static void
a_body_of_unknown_members_is_cut_at_100(void **state)
{
	(void)state;
	expect("{\"properties\":{\"a\":{}},\"additionalProperties\":false}",
	    unknown_members(400000), 100, true);
}

static void
exactly_100_faults_are_not_truncated(void **state)
{
	(void)state;
	expect("{\"additionalProperties\":false}", unknown_members(100), 100,
	    false);
	expect("{\"additionalProperties\":false}", unknown_members(101), 100,
	    true);
}

static void
a_list_of_wrong_items_is_cut_at_100(void **state)
{
	(void)state;
	expect("{\"items\":{\"type\":\"string\"}}", many(1000000, "index"), 100,
	    true);
}

static void
equal_items_are_found_quickly(void **state)
{
	(void)state;
	expect("{\"uniqueItems\":true}", many(100000, "7"), 1, false);
	expect("{\"uniqueItems\":true}", many(100000, "[{\"a\":[1]}]"), 1,
	    false);
}

static void
different_items_are_told_apart_quickly(void **state)
{
	(void)state;
	expect("{\"uniqueItems\":true}", many(300000, "index"), 0, false);
	expect("{\"uniqueItems\":true}", many(100000, "object"), 0, false);
}

static void
each_of_many_lists_is_hashed_once(void **state)
{
	(void)state;
	expect("{\"items\":{\"uniqueItems\":true}}",
	    many(50000, "[1,2,3,4,5,6,7,8]"), 0, false);
}

static void
a_value_of_any_depth_ends_in_a_fault(void **state)
{
	(void)state;
	expect("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}", nested(32), 0,
	    false);
	expect("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}", nested(1500),
	    1, false);
}

/* Every level doubles the work, unless there is an end to it. */
static void
a_schema_that_asks_too_much_ends_in_a_fault(void **state)
{
	struct compiled c = compile("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":"
				    "{\"anyOf\":[{\"items\":{\"$ref\":"
				    "\"#/$defs/a\"},\"minItems\":2},{\"items\":"
				    "{\"$ref\":\"#/$defs/a\"},\"maxItems\":0}]"
				    "}}}");
	struct faults	faults = { 0 };
	json_t	       *value = nested(31);

	(void)state;
	schema_check(c.schema, value, "#", &faults);
	assert_true(faults.count > 0);
	faults_release(&faults);
	json_decref(value);
	discard(&c);
}

/* {"a0": {"$ref": "#/a1"}, … } of n, the first of them first, or last. */
static json_t *
chain(size_t n, bool forwards)
{
	json_t *document = json_object();
	char	name[32];
	size_t	i, k;

	for (i = 0; i < n; i++) {
		k = forwards ? i : n - 1 - i;
		snprintf(name, sizeof(name), "a%zu", k);
		json_object_set_new(document, name,
		    k + 1 < n ? json_pack("{s:o}", "$ref",
				    json_sprintf("#/$defs/a%zu", k + 1)) :
				json_object());
	}
	return (json_pack("{s:s,s:o}", "$ref", "#/$defs/a0", "$defs",
	    document));
}

/* Long chains would take the stack, whichever end is compiled first. */
static void
a_chain_of_references_has_an_end(void **state)
{
	static const struct {
		size_t length;
		bool   forwards, compiles;
	} rows[] = { { 90, true, true }, { 90, false, true },
		{ 110, true, false }, { 110, false, false },
		{ 30000, true, false }, { 30000, false, false } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		json_t *document = chain(rows[i].length, rows[i].forwards);
		struct schemas *schemas = schemas_new(document);
		struct text	error = { 0 };

		assert_int_equal(schema_at(schemas, "", &error) != NULL,
		    rows[i].compiles);
		if (!rows[i].compiles)
			assert_non_null(strstr(error.data, "nested too deep"));
		text_release(&error);
		schemas_free(schemas);
		json_decref(document);
	}
}

/* Each level fits both forms: 2 to the power of 30 ways down. */
static void
a_normal_form_is_found_quickly_or_not_at_all(void **state)
{
	struct compiled c = compile("{\"anyOf\":[{\"items\":{\"$ref\":\"#\"}},"
				    "{\"items\":{\"$ref\":\"#\"}}]}");
	json_t	       *value = nested(31);
	clock_t		began = clock();

	(void)state;
	json_decref(schema_normal(c.schema, value));
	assert_true((double)(clock() - began) / CLOCKS_PER_SEC < SECONDS);
	json_decref(value);
	discard(&c);
}

static void
a_schema_is_compiled_once(void **state)
{
	struct compiled c = compile("{\"type\":\"array\",\"items\":{\"$ref\":"
				    "\"#/$defs/a\"},\"$defs\":{\"a\":{}}}");
	struct text	error = { 0 };

	(void)state;
	assert_ptr_equal(schema_at(c.schemas, "", &error), c.schema);
	assert_ptr_equal(schema_at(c.schemas, "/items", &error),
	    schema_items(c.schema));
	assert_non_null(schema_at(c.schemas, "/$defs/a", &error));
	assert_null(schema_items(schema_at(c.schemas, "/$defs/a", &error)));
	assert_null(error.data);
	discard(&c);
}

static void
the_first_error_stays(void **state)
{
	json_t *document = json_loads("{\"a\":{\"if\":1},\"b\":{}}", 0, NULL);
	struct schemas *schemas = schemas_new(document);
	struct text	error = { 0 };

	(void)state;
	assert_null(schema_at(schemas, "/a", &error));
	assert_string_equal(error.data,
	    "#/a/if: keyword \"if\" is not supported");
	text_clear(&error);
	assert_null(schema_at(schemas, "/b", &error));
	assert_string_equal(error.data,
	    "#/a/if: keyword \"if\" is not supported");
	text_release(&error);
	schemas_free(schemas);
	json_decref(document);
}

static void
a_normal_value_may_be_the_value_itself(void **state)
{
	struct compiled c = compile("{\"items\":{\"type\":\"integer\"}}");
	json_t	       *value = json_pack("[f,i]", 1.0, 2), *normal;

	(void)state;
	normal = schema_normal(c.schema, value);
	assert_ptr_equal(normal, value);
	assert_true(json_is_integer(json_array_get(normal, 0)));
	json_decref(normal);
	json_decref(value);
	discard(&c);
}

static long allowed; /* allocations of jansson that still succeed */

static void *
scarce_malloc(size_t size)
{
	return (allowed-- > 0 ? malloc(size) : NULL);
}

/* What is wrong never passes, whichever allocation fails. */
static void
no_memory_never_makes_a_body_valid(void **state)
{
	struct compiled c = compile("{\"properties\":{\"a\":{\"uniqueItems\":"
				    "true}},\"required\":[\"b\"]}");
	json_t	       *value = json_pack("{s:[i,i]}", "a", 1, 1);
	struct faults	faults = { 0 };
	long		n;

	(void)state;
	for (n = 0; n < 100; n++) {
		allowed = n;
		json_set_alloc_funcs(scarce_malloc, free);
		schema_check(c.schema, value, "#", &faults);
		json_set_alloc_funcs(malloc, free);
		assert_int_equal(faults.count, 2);
		faults_release(&faults);
	}
	json_decref(value);
	discard(&c);
}

TESTS(TEST(a_body_of_unknown_members_is_cut_at_100),
    TEST(exactly_100_faults_are_not_truncated),
    TEST(a_list_of_wrong_items_is_cut_at_100),
    TEST(equal_items_are_found_quickly),
    TEST(different_items_are_told_apart_quickly),
    TEST(each_of_many_lists_is_hashed_once),
    TEST(a_value_of_any_depth_ends_in_a_fault),
    TEST(a_schema_that_asks_too_much_ends_in_a_fault),
    TEST(a_chain_of_references_has_an_end),
    TEST(a_normal_form_is_found_quickly_or_not_at_all),
    TEST(a_schema_is_compiled_once), TEST(the_first_error_stays),
    TEST(a_normal_value_may_be_the_value_itself),
    TEST(no_memory_never_makes_a_body_valid))
