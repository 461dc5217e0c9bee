/* text.c: building, JSON strings, code points, percent-decoding. */
#include "unit.h"

#include "text.h"

static void
test_json_strings(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "tab\tline\n", "\"tab\\u0009line\\u000a\"" },
		{ "caf\xc3\xa9", "\"caf\xc3\xa9\"" },
		{ "bad\xff", "\"bad\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};
	struct text t = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text_clear(&t);
		text_add_json(&t, rows[i].in, strlen(rows[i].in));
		assert_string_equal(t.data, rows[i].out);
	}
	text_release(&t);
}

static void
test_code_points(void **state)
{
	static const struct {
		const char *in;
		long	    points;
	} rows[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "caf\xc3\xa9", 4 },
		{ "\xf0\x9f\x98\x80", 1 },
		{ "\xc0\x80", -1 },	    /* overlong NUL */
		{ "\xed\xa0\x80", -1 },	    /* a surrogate */
		{ "\xf4\x90\x80\x80", -1 }, /* above U+10FFFF */
		{ "\xe2\x82", -1 },	    /* cut off */
		{ "\x80", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(text_points(rows[i].in, strlen(rows[i].in)),
		    rows[i].points);
}

static void
test_percent_decoding(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
		bool	    plus;
	} rows[] = {
		{ "plain", "plain", false },
		{ "a%20b+c", "a b+c", false },
		{ "a%20b+c", "a b c", true },
		{ "%c3%A9", "\xc3\xa9", false },
		{ "%2", NULL, false },
		{ "%zz", NULL, false },
		{ "a%00b", NULL, false },
		{ "%", NULL, false },
	};
	char   copy[32];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		n = strlen(rows[i].in);
		memcpy(copy, rows[i].in, n + 1);
		assert_int_equal(text_unescape(copy, &n, rows[i].plus),
		    rows[i].out != NULL);
		if (rows[i].out == NULL)
			continue;
		assert_int_equal(n, strlen(rows[i].out));
		assert_memory_equal(copy, rows[i].out, n);
	}
}

static void
test_it_grows_and_can_be_stolen(void **state)
{
	struct text t = { 0 };
	char	   *stolen;
	int	    i;

	(void)state;
	for (i = 0; i < 1000; i++)
		text_addf(&t, "%d,", i % 10);
	assert_int_equal(t.length, 2000);
	stolen = text_steal(&t);
	assert_null(t.data);
	assert_int_equal(strlen(stolen), 2000);
	free(stolen);
	stolen = text_steal(&t); /* nothing was added: an empty string */
	assert_string_equal(stolen, "");
	free(stolen);
}

TESTS(TEST(test_json_strings), TEST(test_code_points),
    TEST(test_percent_decoding), TEST(test_it_grows_and_can_be_stolen))
