/* What every unit test begins with: cmocka, and main() from a list. */
#ifndef KOV_UNIT_H
#define KOV_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka's own dies of a NULL; here it is a test that fails. */
#undef assert_string_equal
#define assert_string_equal(a, b)                                         \
	do {                                                              \
		const char *unit_a = (a), *unit_b = (b);                  \
		assert_non_null(unit_a);                                  \
		assert_non_null(unit_b);                                  \
		_assert_string_equal(unit_a, unit_b, __FILE__, __LINE__); \
	} while (0)

#ifdef TORTURE
#include "torture.h"
#define _cmocka_run_group_tests torture_run
#endif

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* TESTS(TEST(one), TEST(two)) is the whole of main(). */
#define TEST(function) cmocka_unit_test(function)
#define TESTS(...) TESTS_BEGIN(NULL, __VA_ARGS__)

/* The same, begun by a function(void **) that returns 0. */
#define TESTS_BEGIN(begin, ...)                                      \
	int main(void)                                               \
	{                                                            \
		const struct CMUnitTest tests[] = { __VA_ARGS__ };   \
		return (cmocka_run_group_tests(tests, begin, NULL)); \
	}

#endif
