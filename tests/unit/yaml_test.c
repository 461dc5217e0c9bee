/* YAML's JSON subset: what is read as what, and what is refused where. */
#include "unit.h"

#include <unistd.h>

#include "yaml.h"

static const struct {
	const char *yaml, *json;
} good[] = {
	{ "a: 1\nb: two\n", "{\"a\":1,\"b\":\"two\"}" },
	{ "b: 1\na: 2\n", "{\"b\":1,\"a\":2}" }, /* order is kept */
	{ "- true\n- false\n- null\n- ~\n-\n", "[true,false,null,null,null]" },
	{ "[0, -0, 12, -7, 1.5, 1e3, 2E-2]", "[0,0,12,-7,1.5,1000.0,0.02]" },
	{ "['1', \"true\", 'null', \"\"]", "[\"1\",\"true\",\"null\",\"\"]" },
	{ "[no, yes, on, off, n, y]", /* YAML 1.1's are text */
	    "[\"no\",\"yes\",\"on\",\"off\",\"n\",\"y\"]" },
	{ "[1.0.0, 2026-11-22, 12e, 1_000, 10:30, -, 0b1, v1]",
	    "[\"1.0.0\",\"2026-11-22\",\"12e\",\"1_000\",\"10:30\",\"-\","
	    "\"0b1\",\"v1\"]" },
	{ "200: ok\ntrue: yes\n", "{\"200\":\"ok\",\"true\":\"yes\"}" },
	{ "a: |\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\"}" },
	{ "a: >-\n  one\n  two\n", "{\"a\":\"one two\"}" },
	{ "a: |\n  1\n", "{\"a\":\"1\\n\"}" },
	{ "{}", "{}" },
	{ "[]", "[]" },
	{ "a: {b: [1, {c: d}]} # why\n", "{\"a\":{\"b\":[1,{\"c\":\"d\"}]}}" },
	{ "pattern: ^[a-z]+$\n", "{\"pattern\":\"^[a-z]+$\"}" },
	{ "a: \"\\u00e9\xc3\xa9\"\n", "{\"a\":\"\xc3\xa9\xc3\xa9\"}" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "--- a\n...\n", "\"a\"" },
};

static const struct {
	const char *yaml, *error; /* after the file's name */
} refused[] = {
	{ "", ":1: a document was expected" },
	{ "a: 1\na: 2\n", ":2: the key a stands here twice" },
	{ "a: 1\n\"a\": 2\n", ":2: the key a stands here twice" },
	{ "a: &x 1\n", ":1: tags and anchors are not read; quote text" },
	{ "a: &x [1]\n", ":1: tags and anchors are not read" },
	{ "a: &x {b: 1}\n", ":1: tags and anchors are not read" },
	{ "a: !!str 1\n", ":1: tags and anchors are not read; quote text" },
	{ "- 1\n- *x\n",
	    ":2: aliases are not read; write it out, or use $ref" },
	{ "a: 1\n<<: {b: 2}\n", ":2: merge keys are not read; write it out" },
	{ "? [a]\n: 1\n", ":1: a key that is plain text was expected" },
	{ "a: True\n",
	    ":1: true, false and null in lower case were "
	    "expected; quote text" },
	{ "a: NULL\n",
	    ":1: true, false and null in lower case were "
	    "expected; quote text" },
	{ "a:\n  - 017\n",
	    ":2: a number as JSON writes it was expected; quote text" },
	{ "0x1f", ":1: a number as JSON writes it was expected; quote text" },
	{ "+1", ":1: a number as JSON writes it was expected; quote text" },
	{ ".5", ":1: a number as JSON writes it was expected; quote text" },
	{ "5.", ":1: a number as JSON writes it was expected; quote text" },
	{ "-.inf", ":1: a number as JSON writes it was expected; quote text" },
	{ ".nan", ":1: a number as JSON writes it was expected; quote text" },
	{ "9223372036854775808",
	    ":1: a number as JSON writes it was expected; quote text" },
	{ "1e999", ":1: a number as JSON writes it was expected; quote text" },
	{ "a: \"\\0\"\n", ":1: text without NUL was expected" },
	{ "\"a\\0\": 1\n", ":1: a key without NUL was expected" },
	{ "a: 1\n---\nb: 2\n", ":2: one document was expected" },
	{ "a: [1\n",
	    ":2: while parsing a flow sequence: did not find "
	    "expected ',' or ']'" },
	{ "a: b: c\n", ":1: mapping values are not allowed in this context" },
	{ "a: \xff\n", ":1: invalid leading UTF-8 octet" },
};

static char file[] = "/tmp/kov-yaml-XXXXXX";

/* Reads a text as a file would be. */
static json_t *
load(const char *yaml, struct text *error)
{
	FILE   *stream = fopen(file, "w");
	json_t *value;

	assert_non_null(stream);
	assert_int_equal(fputs(yaml, stream) >= 0, true);
	assert_int_equal(fclose(stream), 0);
	value = yaml_load(file, error);
	return (value);
}

static void
yaml_is_read_as_json(void **state)
{
	struct text error = { 0 };
	json_t	   *value;
	char	   *json;
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		value = load(good[i].yaml, &error);
		if (value == NULL)
			fail_msg("%s: %s", good[i].yaml, error.data);
		json = json_dumps(value,
		    JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		assert_string_equal(json, good[i].json);
		free(json);
		json_decref(value);
	}
	text_release(&error);
}

static void
what_is_no_json_is_refused_with_its_line(void **state)
{
	struct text error = { 0 };
	json_t	   *value;
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		value = load(refused[i].yaml, &error);
		if (value != NULL)
			fail_msg("was read: %s", refused[i].yaml);
		assert_true(error.length > strlen(file));
		assert_memory_equal(error.data, file, strlen(file));
		assert_string_equal(error.data + strlen(file),
		    refused[i].error);
	}
	text_release(&error);
}

static void
depth_has_an_end(void **state)
{
	struct text deep = { 0 }, error = { 0 };
	int	    i;

	(void)state;
	for (i = 0; i < 10000; i++)
		text_adds(&deep, "[");
	assert_false(deep.failed);
	assert_null(load(deep.data, &error));
	assert_non_null(error.data);
	assert_non_null(strstr(error.data, ":1: "));
	text_release(&deep);
	text_release(&error);
}

static void
a_file_that_is_not_there_is_named(void **state)
{
	struct text error = { 0 };

	(void)state;
	assert_null(yaml_load("/nowhere/kov.yaml", &error));
	assert_string_equal(error.data,
	    "/nowhere/kov.yaml: No such file or directory");
	text_release(&error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(yaml_is_read_as_json),
		TEST(what_is_no_json_is_refused_with_its_line),
		TEST(depth_has_an_end),
		TEST(a_file_that_is_not_there_is_named),
	};
	int failed, fd = mkstemp(file);

	if (fd < 0)
		return (1);
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(file);
	return (failed);
}
