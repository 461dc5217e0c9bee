/* Proof of work: what solves a challenge, and what does not. */
#include "unit.h"

#include <unistd.h>

#include "proof.h"
#include "secret.h"
#include "spent.h"

#define BITS 8
#define NOW 1000

static const struct proof_for me = { "key", "192.0.2.7" };
static char		      challenge[PROOF_TEXT], solution[PROOF_TEXT + 24];

static enum proof_end
judge(const struct proof_for *who, const char *text, int64_t now)
{
	uint64_t id;

	return (proof_judge(who, text, text != NULL ? strlen(text) : 0, now,
	    &id));
}

/* Counts up, as a client does, until it is solved. */
static void
solve(void)
{
	int n = 0;

	do
		snprintf(solution, sizeof(solution), "%s.%d", challenge, n++);
	while (judge(&me, solution, NOW) == PROOF_WRONG);
	assert_int_equal(judge(&me, solution, NOW), PROOF_OK);
	assert_true(n > 1);
}

static void
a_solution_is_for_whom_it_was_asked(void **state)
{
	static const struct {
		struct proof_for who;
		enum proof_end	 end;
	} rows[] = {
		{ { "key", "192.0.2.7" }, PROOF_OK },
		{ { "key", "::ffff:192.0.2.7" }, PROOF_OK },
		{ { "key", "192.0.2.8" }, PROOF_MALFORMED },
		{ { "key", "2001:db8::7" }, PROOF_MALFORMED },
		{ { "yek", "192.0.2.7" }, PROOF_MALFORMED },
		{ { "key ", "192.0.2.7" }, PROOF_MALFORMED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(judge(&rows[i].who, solution, NOW),
		    rows[i].end);
}

static void
a_household_of_addresses_is_one(void **state)
{
	static const struct proof_for one = { "key", "2001:db8:0:1::1" },
				      two = { "key", "2001:db8:0:1:ffff::" },
				      other = { "key", "2001:db8:0:2::1" };
	char asked[PROOF_TEXT], text[PROOF_TEXT + 8];

	(void)state;
	assert_true(proof_challenge(&one, NOW, 1, asked));
	snprintf(text, sizeof(text), "%s.1", asked);
	assert_int_not_equal(judge(&one, text, NOW), PROOF_MALFORMED);
	assert_int_not_equal(judge(&two, text, NOW), PROOF_MALFORMED);
	assert_int_equal(judge(&other, text, NOW), PROOF_MALFORMED);
}

static void
it_is_good_for_a_while(void **state)
{
	(void)state;
	assert_int_equal(judge(&me, solution, NOW + PROOF_SECONDS), PROOF_OK);
	assert_int_equal(judge(&me, solution, NOW + PROOF_SECONDS + 1),
	    PROOF_EXPIRED);
}

/* Whatever is changed of it, at whatever place: expiry, bits, nonce, mark. */
static void
nobody_else_makes_one(void **state)
{
	char   forged[sizeof(solution)];
	size_t i;

	(void)state;
	for (i = 0; i < strlen(challenge); i++) {
		memcpy(forged, solution, sizeof(forged));
		forged[i] = forged[i] == '1' ? '0' : '1';
		assert_int_equal(judge(&me, forged, NOW), PROOF_MALFORMED);
		forged[i] = '\0';
		assert_true(judge(&me, forged, NOW) != PROOF_OK);
	}
}

static void
what_is_no_solution_is_told_apart(void **state)
{
	static const char *const texts[] = {
		"x", "1.", "1.5.1.", "1....", "2.1120.8.00.00.1",
		"1.99999999999999999999.1.0.0.1",
		"1.-1120.8.0123456789abcdef.0123456789abcdef0123456789abcdef.1"
	};
	char   text[PROOF_TEXT + 24];
	size_t i;

	(void)state;
	assert_int_equal(judge(&me, NULL, NOW), PROOF_MISSING);
	for (i = 0; i < COUNT(texts); i++)
		assert_int_equal(judge(&me, texts[i], NOW), PROOF_MALFORMED);
	snprintf(text, sizeof(text), "%s.", challenge);
	assert_int_equal(judge(&me, text, NOW), PROOF_MALFORMED);
	snprintf(text, sizeof(text), "%s.-1", challenge);
	assert_int_equal(judge(&me, text, NOW), PROOF_MALFORMED);
	snprintf(text, sizeof(text), "%s.123456789012345678901", challenge);
	assert_int_equal(judge(&me, text, NOW), PROOF_MALFORMED);
}

static void
a_solution_counts_once_while_it_is_good(void **state)
{
	uint64_t second = 1000000;

	(void)state;
	assert_true(spent_open());
	spent_begin(1);
	assert_true(spent_first(7, second));
	assert_false(spent_first(7, second));
	assert_false(spent_first(7, PROOF_SECONDS * second));
	assert_true(spent_first(UINT64_C(7) << 48, second));
	assert_true(spent_first(7, (PROOF_SECONDS + 2) * second));
}

static int
load_secret(void **state)
{
	char	    file[] = "/tmp/kov-proof.XXXXXX";
	int	    fd = mkstemp(file);
	FILE	   *f = fdopen(fd, "w");
	struct text error = { 0 };

	(void)state;
	fprintf(f, "1:%064d\n", 7);
	fclose(f);
	assert_true(secret_load(file, &error));
	unlink(file);
	assert_true(proof_challenge(&me, NOW, BITS, challenge));
	solve();
	return (0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_solution_is_for_whom_it_was_asked),
		TEST(a_household_of_addresses_is_one),
		TEST(it_is_good_for_a_while),
		TEST(nobody_else_makes_one),
		TEST(what_is_no_solution_is_told_apart),
		TEST(a_solution_counts_once_while_it_is_good),
	};

	return (cmocka_run_group_tests(tests, load_secret, NULL));
}
