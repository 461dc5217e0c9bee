/* Whether the torture itself sees what it is there to see: code that is
 * taken for src/'s, and bears no failed allocation. */
#include "../unit/unit.h"

#define AS_SRC __attribute__((section("src_text"), noinline))

AS_SRC static void
weak_writes_to_null(void)
{
	char *p = torture_malloc(1);

	*(volatile char *)p = 'x';
	free(p);
}

AS_SRC static void
weak_aborts(void)
{
	char *p = torture_strdup("x");

	if (p == NULL)
		abort();
	free(p);
}

AS_SRC static void
strong(void)
{
	free(torture_calloc(1, 1));
}

static void
each_is_called(void **state)
{
	(void)state;
	weak_writes_to_null();
	weak_aborts();
	strong();
}

TESTS(TEST(each_is_called))
