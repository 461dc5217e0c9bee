/* negotiate.c: Accept, Accept-Language, Content-Type, by rows. */
#include "unit.h"

#include "negotiate.h"

static void
test_accept(void **state)
{
	static const struct {
		const char *accept;
		bool	    takes;
	} rows[] = {
		{ NULL, true },
		{ "", true },
		{ "*/*", true },
		{ "application/*", true },
		{ "application/json", true },
		{ "APPLICATION/JSON;q=0.1", true },
		{ "text/html, application/json;q=0.9", true },
		{ "text/html", false },
		{ "application/json;q=0", false },
		{ "application/jsonp", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(negotiate_accepts(rows[i].accept,
				     "application/json"),
		    rows[i].takes);
}

static void
test_languages(void **state)
{
	static const struct {
		const char *header, *out;
	} rows[] = {
		{ NULL, "[]" },
		{ "nl", "[\"nl\"]" },
		{ "nl-NL,nl;q=0.9,en;q=0.8", "[\"nl\",\"nl\",\"en\"]" },
		{ "en;q=0.2, fr;q=0.9", "[\"fr\",\"en\"]" },
		{ "de;q=0, *", "[]" },
		{ "\"><script>", "[]" },
	};
	struct text t = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text_clear(&t);
		negotiate_languages(rows[i].header, &t);
		assert_string_equal(t.data, rows[i].out);
	}
	text_release(&t);
}

static void
test_content_types(void **state)
{
	static const struct {
		const char *type;
		bool	    is;
	} rows[] = {
		{ NULL, false },
		{ "application/json", true },
		{ "Application/JSON; charset=utf-8", true },
		{ "application/json-patch+json", false },
		{ "text/plain", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(negotiate_is(rows[i].type, "application/json"),
		    rows[i].is);
}

TESTS(TEST(test_accept), TEST(test_languages), TEST(test_content_types))
