/* problem.c: the table holds together, and what it writes is a problem. */
#include "unit.h"

#include "problem.h"

static void
test_each_row_is_whole_and_its_own(void **state)
{
	const struct problem_row *row;
	enum problem		  p;

	(void)state;
	for (p = PROBLEM_NONE + 1; p < PROBLEMS; p++) {
		row = problem_row(p);
		assert_non_null(row->name);
		assert_true(row->status >= 400 && row->status < 600);
		assert_true(strlen(row->title) > 0 && strlen(row->advice) > 0);
		assert_int_equal(problem_named(row->name), p);
		if (row->sqlstate != NULL)
			assert_int_equal(problem_of_sqlstate(row->sqlstate), p);
	}
	assert_int_equal(problem_named("nonsense"), PROBLEM_NONE);
	assert_int_equal(problem_of_sqlstate("23505"), PROBLEM_NONE);
}

static void
test_a_problem_is_json_with_its_members(void **state)
{
	json_auto_t *extra = json_pack("{s:[s]}", "allowed", "close");
	json_auto_t *said = NULL;
	struct text  t = { 0 };

	(void)state;
	problem_write(&t, PROBLEM_WRONG_STATE, "https://kov.example", "r-1",
	    "it \"is\" closed\n", extra);
	said = json_loads(t.data, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(json_string_value(json_object_get(said, "type")),
	    "https://kov.example/problems/wrong-state");
	assert_int_equal(json_integer_value(json_object_get(said, "status")),
	    409);
	assert_string_equal(json_string_value(json_object_get(said, "detail")),
	    "it \"is\" closed\n");
	assert_string_equal(json_string_value(json_object_get(said,
				"instance")),
	    "r-1");
	assert_int_equal(json_array_size(json_object_get(said, "allowed")), 1);
	text_release(&t);
}

TESTS(TEST(test_each_row_is_whole_and_its_own),
    TEST(test_a_problem_is_json_with_its_members))
