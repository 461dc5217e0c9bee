/* Origins of web pages: a row each. */
#include "unit.h"

#include "origin.h"

static const struct {
	const char *origin;
	bool	    valid;
} rows[] = {
	{ "https://shop.example", true },
	{ "http://localhost:3000", true },
	{ "http://[::1]:8080", true },
	{ "https://shop.example:8443", true },
	{ "capacitor://localhost", true },
	{ "", false },
	{ "*", false },
	{ "null", false },
	{ "shop.example", false },
	{ "https://", false },
	{ "://shop.example", false },
	{ "https://shop.example/", false },
	{ "https://shop.example/form", false },
	{ "https://Shop.example", false },
	{ "HTTPS://shop.example", false },
	{ "https://shop.example:443", false },
	{ "http://shop.example:80", false },
	{ "http://shop.example:443", true },
	{ "https://me@shop.example", false },
	{ "https://*.shop.example", false },
	{ "https://shop.example\"", false },
};

static void
an_origin_is_what_a_browser_says(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		if (origin_valid(rows[i].origin, strlen(rows[i].origin)) !=
		    rows[i].valid)
			fail_msg("%s", rows[i].origin);
}

static const struct {
	const char *list, *origin;
	bool	    listed;
} lists[] = {
	{ "", "https://a.example", false },
	{ "https://a.example", "https://a.example", true },
	{ "https://a.example", "https://a.exampl", false },
	{ "https://a.example", "https://a.example.evil", false },
	{ "https://a.example", "http://a.example", false },
	{ " https://b.example,https://a.example ", "https://a.example", true },
	{ "https://b.example,, https://a.example", "https://b.example", true },
	{ "https://a.example:8443", "https://a.example", false },
};

static void
an_origin_is_listed_as_a_whole(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lists); i++) {
		assert_true(origin_list_valid(lists[i].list));
		if (origin_listed(lists[i].list, lists[i].origin,
			strlen(lists[i].origin)) != lists[i].listed)
			fail_msg("%s in %s", lists[i].origin, lists[i].list);
	}
	assert_false(origin_list_valid("https://a.example, *"));
}

TESTS(TEST(an_origin_is_what_a_browser_says),
    TEST(an_origin_is_listed_as_a_whole))
