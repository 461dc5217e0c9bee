/* limit_table.c: exactly the quota passes, whoever asks, however many. */
#include "unit.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "limit_table.h"
#include "siphash.h"

#define WORKERS 8
#define MILLION 1000000

static const struct limit_rate five = { 100, 500 };
static const uint8_t	       secret[SIPHASH_KEY] = "not so secret!!";

/* An owner, of the 15 that fit in a set. */
static uint64_t
owner(unsigned set, unsigned n)
{
	return ((uint64_t)(n + 1) << 44 | set);
}

static bool
take(struct limit_table *t, uint64_t hash, uint64_t now)
{
	uint64_t debt;

	return (limit_table_take(t, hash, 1, &five, now, &debt));
}

static void
test_siphash_is_the_published_one(void **state)
{
	/* the paper's appendix A, and the authors' vectors */
	static const struct {
		size_t	 n;
		uint64_t hash;
	} rows[] = {
		{ 0, 0x726fdb47dd0e0e31 },
		{ 1, 0x74f839c593dc67fd },
		{ 8, 0x93f5f5799a932462 },
		{ 15, 0xa129ca6149be45e5 },
	};
	uint8_t key[16], data[15];
	size_t	i;

	(void)state;
	for (i = 0; i < 16; i++)
		key[i] = (uint8_t)i;
	memcpy(data, key, sizeof(data));
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(siphash(key, data, rows[i].n), rows[i].hash);
}

static void
test_the_quota_at_once_then_one_a_step(void **state)
{
	struct limit_table *t = limit_table_new(1);
	uint64_t	    debt, a = owner(0, 0);
	int		    i;

	(void)state;
	for (i = 1; i <= 5; i++) {
		assert_true(limit_table_take(t, a, 1, &five, 1000, &debt));
		assert_int_equal(debt, i * 100);
	}
	assert_false(limit_table_take(t, a, 1, &five, 1099, &debt));
	assert_int_equal(debt, 401);
	assert_true(take(t, a, 1100));
	assert_false(take(t, a, 1100));
	assert_true(take(t, owner(0, 1), 1100)); /* another's is untouched */
	for (i = 0; i < 5; i++)
		assert_true(take(t, a, 9000));
	assert_false(take(t, a, 9000));
	limit_table_free(t);
}

static void
test_what_counts_is_never_thrown_away(void **state)
{
	struct limit_table *t = limit_table_new(0);
	unsigned	    i, n, passed = 0;

	(void)state;
	for (i = 0; i < 15; i++)
		for (n = 0; n < 5; n++)
			assert_true(take(t, owner(0, i), 1000));
	for (i = 15; i < 1000; i++) /* those without room share a bucket */
		passed += take(t, owner(0, i), 1000);
	assert_int_equal(passed, 5);
	assert_int_equal(limit_table_crowded(t), 985);
	for (i = 0; i < 15; i++)
		assert_false(take(t, owner(0, i), 1000));
	for (i = 15; i < 30; i++) /* the time has come: room for others */
		for (n = 0; n < 5; n++)
			assert_true(take(t, owner(0, i), 2000));
	assert_int_equal(limit_table_crowded(t), 985);
	limit_table_free(t);
}

static void
test_a_claim_of_the_dead_blocks_nobody(void **state)
{
	struct limit_table *t = limit_table_new(0);
	_Atomic uint64_t   *word = (void *)((char *)t + 128);
	uint64_t	    debt, a = owner(0, 0);
	unsigned	    n, passed = 0;

	(void)state;
	word[0] = a | 7; /* worker 7 died here */
	for (n = 0; n < 6; n++)
		passed += take(t, a, 1000);
	assert_int_equal(passed, 5);
	assert_int_equal(word[0], 0); /* were he alive, he would look again */
	word[3] = owner(0, 9) | 7;    /* and here, and lives again */
	assert_true(limit_table_take(t, owner(0, 2), 7, &five, 1000, &debt));
	assert_int_equal(limit_table_crowded(t), 0);
	limit_table_free(t);
}

/* What the workers of one trial share. */
struct trial {
	struct limit_table *table;
	unsigned	    workers, rounds, owners;
	_Atomic unsigned    arrived, passed[20001];
};

static void
meet(struct trial *trial, unsigned round)
{
	unsigned spins = 0;

	atomic_fetch_add(&trial->arrived, 1);
	while (trial->arrived < round * trial->workers)
		if (++spins > 20000)
			sched_yield();
}

/* In each round all ask at once for each owner, five times; a round's time
 * empties the buckets of the round before. */
static void
hammer(struct trial *trial, unsigned worker)
{
	unsigned round, i, n, who;
	uint64_t debt;

	for (round = 1; round <= trial->rounds; round++) {
		meet(trial, round);
		for (i = 0; i < trial->owners; i++)
			for (n = 0; n < 5; n++) {
				who = round * trial->owners + i;
				trial->passed[who] +=
				    limit_table_take(trial->table,
					owner(i % 4, who % 120), worker, &five,
					round * 1000, &debt);
			}
	}
}

static void
test_many_workers_pass_exactly_the_quota(void **state)
{
	static const struct trial rows[] = {
		{ .workers = 8, .rounds = 200, .owners = 40 },
		{ .workers = 2, .rounds = 20000, .owners = 1 },
	};
	struct trial *trial;
	size_t	      i;
	unsigned      w;
	int	      status;

	(void)state;
	trial = mmap(NULL, sizeof(*trial), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < COUNT(rows); i++) {
		*trial = rows[i];
		trial->table = limit_table_new(2);
		for (w = 1; w <= trial->workers; w++)
			if (fork() == 0) {
				hammer(trial, w);
				_exit(0);
			}
		while (wait(&status) > 0)
			assert_int_equal(status, 0);
		for (w = 0; w < trial->rounds * trial->owners; w++)
			assert_int_equal(trial->passed[trial->owners + w], 5);
		assert_int_equal(limit_table_crowded(trial->table), 0);
		limit_table_free(trial->table);
	}
	munmap(trial, sizeof(*trial));
}

static long
resident(void)
{
	long  pages = 0, size;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &size, &pages), 2);
	fclose(f);
	return (pages * sysconf(_SC_PAGESIZE));
}

static void
test_a_million_addresses_cost_less_than_32_mib(void **state)
{
	static const struct limit_rate once = { 100, 100 };
	struct limit_table	      *t = limit_table_new(17);
	uint64_t		       debt, passed[2] = { 0, 0 };
	uint32_t		       address;
	long			       before = resident();
	int			       turn;

	(void)state;
	for (turn = 0; turn < 2; turn++)
		for (address = 0; address < MILLION; address++)
			passed[turn] += limit_table_take(t,
			    siphash(secret, &address, 4), 1, &once, 1000,
			    &debt);
	assert_true(resident() - before < 32 << 20);
	/* each was counted: hardly one in a thousand found no room of its
	 * own, and of none a second request passed */
	assert_true(passed[0] > MILLION - MILLION / 500);
	assert_true(limit_table_crowded(t) < MILLION / 250);
	assert_int_equal(passed[1], 0);
	limit_table_free(t);
}

TESTS(TEST(test_siphash_is_the_published_one),
    TEST(test_the_quota_at_once_then_one_a_step),
    TEST(test_what_counts_is_never_thrown_away),
    TEST(test_a_claim_of_the_dead_blocks_nobody),
    TEST(test_many_workers_pass_exactly_the_quota),
    TEST(test_a_million_addresses_cost_less_than_32_mib))
