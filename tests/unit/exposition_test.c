/* counts.c, facts.c and exposition*.c: what is counted is what is shown. */
#include "unit.h"

#include "counts_impl.h"
#include "exposition.h"
#include "facts.h"
#include "limit.h"

#define NOW 1000000 /* ms */

static const char *const scores = "/v1/scores";

static int
begin(void **unused)
{
	(void)unused;
	if (!counts_open(2) || !facts_open(NOW) || !limit_open())
		return (1);
	counts_route(scores, METHOD_GET, "GET");
	counts_route(scores, METHOD_POST, "POST");
	return (0);
}

/* Whether the page has the line. */
static bool
shows(bool open, uint64_t now, const char *line)
{
	struct text page = { 0 }, wanted = { 0 };
	bool	    found;

	exposition_write(&page, open, now, "1.2.3");
	text_addf(&wanted, "\n%s\n", line);
	found = page.data != NULL && wanted.data != NULL && !page.failed &&
	    strstr(page.data, wanted.data) != NULL;
	text_release(&page);
	text_release(&wanted);
	return (found);
}

static void
a_value_falls_below_the_first_bound_that_is_not_less(void **unused)
{
	static const struct {
		enum histogram_scale scale;
		uint64_t	     value;
		unsigned	     bucket;
	} rows[] = {
		{ HISTOGRAM_TIME, 0, 0 },
		{ HISTOGRAM_TIME, 250, 0 },
		{ HISTOGRAM_TIME, 251, 1 },
		{ HISTOGRAM_TIME, 10000000, 14 },
		{ HISTOGRAM_TIME, 10000001, 15 },
		{ HISTOGRAM_TIME, UINT64_MAX, 15 },
		{ HISTOGRAM_SIZE, 1, 0 },
		{ HISTOGRAM_SIZE, 33, 6 },
		{ HISTOGRAM_SIZE, 64, 6 },
		{ HISTOGRAM_SIZE, 65, 7 },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(rows); i++) {
		struct histogram h = { 0 };

		histogram_add(&h, rows[i].scale, rows[i].value);
		assert_int_equal(cell_get(&h.buckets[rows[i].bucket]), 1);
		assert_int_equal(cell_get(&h.sum), rows[i].value);
	}
}

static void
what_workers_count_is_added_up(void **unused)
{
	(void)unused;
	counts_start(1);
	counts_request(scores, METHOD_POST, 201, true, 400);
	counts_add(COUNT_REPLAYS, 1);
	counts_start(2);
	counts_request(scores, METHOD_POST, 201, true, 2000000);
	counts_add(COUNT_REPLAYS, 2);
	assert_true(shows(false, NOW,
	    "kov_http_requests_total{route=\"/v1/scores\",method=\"POST\","
	    "status=\"201\"} 2"));
	assert_true(shows(true, NOW, "kov_idempotent_replays_total 3"));
	assert_true(shows(true, NOW, "# TYPE kov_idempotent_replays counter"));
}

static void
buckets_hold_all_that_is_below_them(void **unused)
{
#define TOOK "kov_http_request_duration_seconds"
#define LABELS "route=\"/v1/scores\",method=\"POST\""
	static const char *const lines[] = {
		TOOK "_bucket{" LABELS ",le=\"0.00025\"} 0",
		TOOK "_bucket{" LABELS ",le=\"0.0005\"} 1",
		TOOK "_bucket{" LABELS ",le=\"2.5\"} 2",
		TOOK "_bucket{" LABELS ",le=\"+Inf\"} 2",
		TOOK "_sum{" LABELS "} 2.0004",
		TOOK "_count{" LABELS "} 2",
	};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(lines); i++)
		assert_true(shows(false, NOW, lines[i]));
	assert_true(shows(false, NOW, TOOK "_bucket{" LABELS ",le=\"1\"} 1"));
	assert_true(shows(true, NOW, TOOK "_bucket{" LABELS ",le=\"1.0\"} 1"));
}

static void
strange_routes_and_statuses_share_one_place(void **unused)
{
	char elsewhere[] = "/v1/scores";

	(void)unused;
	counts_start(1);
	counts_request(NULL, METHOD_GET, 404, false, 0);
	counts_request(elsewhere, METHOD_GET, 404, false, 0);
	counts_request(scores, METHOD_PATCH, 404, false, 0);
	counts_request(scores, METHOD_GET, 299, false, 0);
	counts_request(scores, METHOD_GET, -1, false, 0);
	counts_request(scores, METHOD_GET, 600, false, 0);
	assert_true(shows(false, NOW,
	    "kov_http_requests_total{route=\"-\",method=\"-\","
	    "status=\"404\"} 3"));
	assert_true(shows(false, NOW,
	    "kov_http_requests_total{route=\"/v1/scores\",method=\"GET\","
	    "status=\"other\"} 3"));
}

static void
every_status_of_a_problem_has_its_place(void **unused)
{
	enum problem p;
	unsigned     i;

	(void)unused;
	for (p = PROBLEM_NONE + 1; p < PROBLEMS; p++) {
		for (i = 1; i < COUNTS_STATUSES; i++)
			if (counts_statuses[i] == problem_row(p)->status)
				break;
		assert_true(i < COUNTS_STATUSES);
	}
}

static void
facts_grow_old(void **unused)
{
	static const char one[] =
	    "{\"kov_schema_version\": 9, \"kov_database_size_bytes\": null, "
	    "\"kov_table_dead_rows\": {\"a\\\"b\": 3, \"c\": \"4\"}, "
	    "\"kov_events_unsequenced_age_seconds\": 0.25}";
	char long_one[65 * 1024];

	(void)unused;
	assert_true(shows(false, NOW + 1500, "kov_facts_age_seconds 1.5"));
	assert_false(shows(false, NOW, "kov_schema_version 9"));
	assert_true(facts_take(one, sizeof(one) - 1, NOW));
	assert_true(shows(false, NOW, "kov_schema_version 9"));
	assert_true(shows(true, NOW + 7000, "kov_facts_age_seconds 7"));
	assert_true(shows(true, NOW,
	    "kov_events_unsequenced_age_seconds 0.25"));
	assert_true(shows(false, NOW,
	    "kov_table_dead_rows{table=\"a\\\"b\"} 3"));
	assert_false(shows(false, NOW, "kov_table_dead_rows{table=\"c\"} 4"));
	assert_false(shows(false, NOW, "kov_database_size_bytes 0"));
	memset(long_one, ' ', sizeof(long_one));
	assert_false(facts_take(long_one, sizeof(long_one), NOW + 9000));
	assert_false(facts_take("", 0, NOW + 9000));
	assert_true(shows(false, NOW + 9000, "kov_facts_age_seconds 9"));
	assert_true(shows(false, NOW, "kov_schema_version 9"));
}

TESTS_BEGIN(begin, TEST(a_value_falls_below_the_first_bound_that_is_not_less),
    TEST(what_workers_count_is_added_up),
    TEST(buckets_hold_all_that_is_below_them),
    TEST(strange_routes_and_statuses_share_one_place),
    TEST(every_status_of_a_problem_has_its_place), TEST(facts_grow_old))
