/* fields.c: parts of an answer, and their tags. */
#include "unit.h"

#include "fields.h"

static void
test_project(void **state)
{
	static const struct {
		const char *fields, *in, *out;
	} rows[] = {
		{ "[\"a\"]", "{\"a\":1,\"b\":2}", "{\"a\":1}" },
		{ "[\"b\",\"c\"]", "{\"a\":1,\"b\":{\"a\":[2]}}",
		    "{\"b\":{\"a\":[2]}}" },
		{ "[\"c\"]", "{\"a\":1}", "{}" },
		{ "[\"a\"]", "{\"items\":[{\"a\":1,\"b\":2},{}],\"n\":\"x\"}",
		    "{\"items\":[{\"a\":1},{}],\"n\":\"x\"}" },
		{ "[\"a\"]", "{\"a\":\"\\n\\\"\xc3\xa9\",\"b\":1}",
		    "{\"a\":\"\\n\\\"\xc3\xa9\"}" },
		{ "[\"a\"]", "{\"a\":19.99}", "{\"a\":19.99}" },
		{ "null", "{\"b\": 1 }", "{\"b\": 1 }" },
	};
	struct text  body = { 0 };
	json_auto_t *asked = NULL;
	size_t	     i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		asked = json_object();
		if (rows[i].fields[0] == '[')
			json_object_set_new(asked, "fields",
			    json_loads(rows[i].fields, 0, NULL));
		text_clear(&body);
		text_adds(&body, rows[i].in);
		fields_project(asked, &body);
		assert_string_equal(body.data, rows[i].out);
		json_decref(asked);
	}
	asked = NULL;
	text_release(&body);
}

static void
test_match(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "*", "*" },
		{ "\"1t\"", "\"1t\"" },
		{ "\"1t-0123456789abcdef\"", "\"1t\"" },
		{ "\"1t-0123456789abcdef\", \"2-fedcba9876543210\"",
		    "\"1t\", \"2\"" },
		{ "\"1t-0123456789abcde\"", "\"1t-0123456789abcde\"" },
		{ "\"1t-0123456789abcdef0\"", "\"1t-0123456789abcdef0\"" },
		{ "\"1t-0123456789abcdef", "\"1t-0123456789abcdef" },
		{ "\"of-another-time\"", "\"of-another-time\"" },
		{ "\"-\"", "\"-\"" },
		{ "-", "-" },
	};
	struct text out = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text_clear(&out);
		fields_match(rows[i].in, &out);
		assert_string_equal(out.data, rows[i].out);
	}
	text_release(&out);
}

static void
test_etag(void **state)
{
	struct text one = { 0 }, other = { 0 }, whole = { 0 };
	char	    a[FIELDS_ETAG], b[FIELDS_ETAG], quoted[FIELDS_ETAG + 2];

	(void)state;
	text_adds(&one, "{}");
	text_adds(&other, "{\"a\":1}");
	fields_etag("3t", &one, a);
	fields_etag("3t", &other, b);
	assert_string_not_equal(a, b);
	snprintf(quoted, sizeof(quoted), "\"%s\"", a);
	fields_match(quoted, &whole);
	assert_string_equal(whole.data, "\"3t\"");
	text_release(&one);
	text_release(&other);
	text_release(&whole);
}

TESTS(TEST(test_project), TEST(test_match), TEST(test_etag))
