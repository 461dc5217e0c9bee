/* ijson.c: what of JSON is taken, and what is refused, by rows. */
#include "unit.h"

#include "ijson.h"

#define TEN "1111111111"

static void
test_refusals_say_what_and_where(void **state)
{
	static const struct {
		const char *in, *says;
	} rows[] = {
		{ "", "the body is empty" },
		{ "{", "line 1" },
		{ "{\"a\":1,\"a\":2}", "duplicate" },
		{ "\"\\u0000\"", "\\u0000" },
		{ "\"\\ud800\"", "Unicode" },
		{ "\"\xff\"", "line 1" },
		{ "[1] 2", "line 1" },
		{ "{\"a\":\n 1e-20000}", "exponent" },
		{ "1e31", "exponent" },
		{ "1E+0000000000000000000000000000031", "32 characters" },
		{ TEN TEN TEN "111", "32 characters" },
		{ "nul", "line 1" },
		{ "{'a':1}", "line 1" },
		{ "[01]", "line 1" },
		{ "[1,]", "line 1" },
		{ "NaN", "line 1" },
	};
	struct text error = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text_clear(&error);
		assert_null(ijson_parse(rows[i].in, strlen(rows[i].in),
		    &error));
		assert_non_null(error.data);
		if (strstr(error.data, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].in, error.data);
	}
	text_release(&error);
}

static void
test_a_nul_byte_is_refused(void **state)
{
	struct text error = { 0 };

	(void)state;
	assert_null(ijson_parse("[1]\0", 4, &error));
	assert_null(ijson_parse("\"a\0b\"", 5, &error));
	text_release(&error);
}

static void
test_depth(void **state)
{
	struct text open = { 0 }, error = { 0 };
	json_t	   *value;
	int	    depth, i;

	(void)state;
	for (depth = IJSON_DEPTH; depth <= IJSON_DEPTH + 1; depth++) {
		text_clear(&open);
		for (i = 0; i < depth; i++)
			text_adds(&open, "[");
		for (i = 0; i < depth; i++)
			text_adds(&open, "]");
		value = ijson_parse(open.data, open.length, &error);
		assert_int_equal(value != NULL, depth == IJSON_DEPTH);
		json_decref(value);
	}
	text_release(&open);
	text_release(&error);
}

static void
test_what_is_taken_is_written_back(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "19.99", "19.99" },
		{ "1e30", "1e30" },
		{ " { \"a\" : [ 1 , true , null ] } ",
		    "{\"a\":[1,true,null]}" },
		{ "\"caf\xc3\xa9 }]9e99\"", "\"caf\xc3\xa9 }]9e99\"" },
		{ "\"a\\\"b 1e999\"", "\"a\\\"b 1e999\"" },
		{ "9223372036854775807", "9223372036854775807" },
	};
	struct text t = { 0 }, error = { 0 };
	json_t	   *value;
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text_clear(&t);
		value = ijson_parse(rows[i].in, strlen(rows[i].in), &error);
		assert_non_null(value);
		ijson_write(&t, value);
		assert_string_equal(t.data, rows[i].out);
		json_decref(value);
	}
	text_release(&t);
	text_release(&error);
}

TESTS(TEST(test_refusals_say_what_and_where), TEST(test_a_nul_byte_is_refused),
    TEST(test_depth), TEST(test_what_is_taken_is_written_back))
