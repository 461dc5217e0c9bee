/* limit.c: which policies count whom, by what, and how often. */
#include "unit.h"

#include "caller.h"
#include "conf.h"
#include "limit.h"

#define KEY "0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02"
#define OTHER "0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c03"

static struct caller
caller(enum caller_kind kind, int64_t organisation, const char *credential,
    const char *partner)
{
	struct caller c = {
		.kind = kind, .organisation = organisation, .partner = partner
	};

	snprintf(c.credential, sizeof(c.credential), "%s", credential);
	return (c);
}

static int
start(void **state)
{
	struct text error = { 0 };

	(void)state;
	setenv("KOV_LIMIT_KEY", "4", 1);
	setenv("KOV_LIMIT_CUSTOMER", "3", 1);
	setenv("KOV_LIMIT_PARTNER", "6", 1);
	setenv("KOV_LIMIT_FAILURES", "2", 1);
	setenv("KOV_LIMIT_STRANGERS", "0", 1);
	setenv("KOV_PUBLIC_DAY", "0", 1);
	setenv("KOV_PUBLIC_ADDRESS_DAY", "3", 1);
	assert_true(conf_load(&error));
	assert_true(limit_open());
	limit_begin(1);
	return (0);
}

/* How many of ten requests at once pass; over: what refused the rest. */
static int
passing(const struct caller *c, enum limit_name *over)
{
	struct limit_who who = { c, "", METHOD_GET, 5000000 };
	struct limit_end ends[LIMITS] = { 0 };
	int		 i, passed = 0;

	for (i = 0; i < 10; i++) {
		*over = limit_take_all(&who, ends);
		passed += *over == LIMITS;
	}
	return (passed);
}

static void
test_who_shares_a_limit_with_whom(void **state)
{
	const struct caller who[] = {
		caller(CALLER_LIVE_KEY, 1, KEY, NULL),
		caller(CALLER_LIVE_KEY, 1, OTHER, NULL),
		caller(CALLER_LIVE_KEY, 2, KEY, NULL),
		caller(CALLER_LIVE_KEY, 3, KEY, "a"),
		caller(CALLER_LIVE_KEY, 3, OTHER, "a"),
		caller(CALLER_ACCESS_TOKEN, 3, "third", "b"),
		caller(CALLER_TRACKING_TOKEN, 3, "a complaint", NULL),
	};
	static const struct {
		int		passed;
		enum limit_name over;
	} rows[] = {
		{ 4, LIMIT_DEFAULT }, /* a key has its own */
		{ 4, LIMIT_DEFAULT }, /* another of the organisation, too */
		{ 4, LIMIT_DEFAULT }, /* another organisation's */
		{ 4, LIMIT_DEFAULT }, /* a partner's key… */
		{ 2, LIMIT_DEFAULT }, /* …has taken from its other key's */
		{ 4, LIMIT_DEFAULT }, /* another partner's */
		{ 3, LIMIT_CUSTOMER },
	};
	enum limit_name over;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(passing(&who[i], &over), rows[i].passed);
		assert_int_equal(over, rows[i].over);
	}
	assert_true(limit_refused(LIMIT_DEFAULT) >= 30);
	assert_true(limit_refused(LIMIT_OF_PARTNER) >= 2);
}

static void
test_a_key_may_have_its_own_quota(void **state)
{
	json_auto_t    *row = json_pack("{s:i}", "limit", 7);
	json_auto_t    *none = json_pack("{s:n}", "limit");
	struct caller	own = caller(CALLER_LIVE_KEY, 9, KEY, NULL);
	struct caller	other = caller(CALLER_LIVE_KEY, 9, OTHER, NULL);
	enum limit_name over;

	(void)state;
	own.row = row;
	other.row = none;
	assert_int_equal(passing(&own, &over), 7);
	assert_int_equal(passing(&other, &over), 4);
}

static void
test_an_address_says_when_to_come_back(void **state)
{
	static const struct {
		const char *address;
		uint64_t    at; /* seconds */
		bool	    passed;
		unsigned    left, reset, wait;
	} rows[] = {
		{ "192.0.2.1", 100, true, 1, 30, 0 },
		{ "192.0.2.1", 100, true, 0, 60, 0 },
		{ "192.0.2.1", 100, false, 0, 60, 30 },
		{ "192.0.2.2", 100, true, 1, 30, 0 },
		{ "192.0.2.1", 129, false, 0, 31, 1 },
		{ "192.0.2.1", 130, true, 0, 60, 0 },
		{ "2001:db8::1", 100, true, 1, 30, 0 },
		{ "2001:db8::2", 100, true, 0, 60, 0 },
		{ "2001:db8::3", 100, false, 0, 60, 30 },
		{ "", 100, true, 1, 30, 0 },
	};
	struct limit_end end;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		end = limit_take(LIMIT_FAILURES,
		    &(struct limit_who){ NULL, rows[i].address, METHOD_GET,
			rows[i].at * 1000000 });
		assert_int_equal(end.passed, rows[i].passed);
		assert_int_equal(end.left, rows[i].left);
		assert_int_equal(end.reset, rows[i].reset);
		assert_int_equal(end.wait, rows[i].wait);
		assert_int_equal(end.quota, 2);
	}
}

/* Ticks of a day are more than an int holds. */
static void
test_a_norm_of_a_day_refuses_nobody(void **state)
{
	static const struct {
		uint64_t at; /* seconds */
		bool	 passed;
		uint64_t left;
		unsigned wait;
	} rows[] = {
		{ 100, true, 2, 0 },
		{ 100, true, 1, 0 },
		{ 100, true, 0, 0 },
		{ 100, false, 0, 28800 },
		{ 28899, false, 0, 1 },
		{ 28900, true, 0, 0 },
		{ 100000, true, 1, 0 },
	};
	struct caller	 page = caller(CALLER_PUBLISHABLE_KEY, 5, KEY, NULL);
	struct limit_end ends[LIMITS], end, look;
	struct limit_who who;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		who = (struct limit_who){ &page, "192.0.2.1", METHOD_POST,
			rows[i].at * 1000000 };
		look = limit_look(LIMIT_PUBLIC_ADDRESS_DAY, &who);
		assert_int_equal(look.passed, rows[i].passed);
		memset(ends, 0, sizeof(ends));
		assert_int_equal(limit_take_all(&who, ends), LIMITS);
		end = ends[LIMIT_PUBLIC_ADDRESS_DAY];
		assert_true(end.applies);
		assert_int_equal(end.passed, rows[i].passed);
		assert_int_equal(end.left, rows[i].left);
		assert_int_equal(end.wait, rows[i].wait);
		who.method = METHOD_GET; /* what reads is not counted */
		memset(ends, 0, sizeof(ends));
		assert_int_equal(limit_take_all(&who, ends), LIMITS);
		assert_false(ends[LIMIT_PUBLIC_ADDRESS_DAY].applies);
	}
}

static void
test_zero_is_no_limit(void **state)
{
	struct limit_who who = { NULL, "192.0.2.1", METHOD_GET, 5000000 };
	struct limit_end end;
	int		 i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		end = limit_take(LIMIT_STRANGERS, &who);
		assert_true(end.passed);
		assert_false(end.applies);
	}
}

TESTS_BEGIN(start, TEST(test_who_shares_a_limit_with_whom),
    TEST(test_a_key_may_have_its_own_quota),
    TEST(test_an_address_says_when_to_come_back),
    TEST(test_a_norm_of_a_day_refuses_nobody), TEST(test_zero_is_no_limit))
