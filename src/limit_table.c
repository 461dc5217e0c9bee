/* Token buckets in memory that all workers of a host share. */
#include "limit_table.h"

#include <sys/mman.h>

#include <stdatomic.h>
#include <stddef.h>

#define WAYS 16 /* buckets of a set; the last is the crowd's */
#define CROWD (WAYS - 1)
#define TIME_BITS 44
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define TIME_FIRST 256 /* times below name the worker that claims a place */
#define TURNS 1000     /* a lookup's, before it joins the crowd… */
#define PATIENT 500    /* …and while it waits for another's claim */

struct set {
	_Atomic uint64_t word[WAYS];
};

struct limit_table {
	unsigned	 bits;
	_Atomic uint64_t crowded;
	_Alignas(128) struct set sets[];
};

enum found {
	FOUND, /* the owner's bucket */
	FREE,  /* a place where nothing counts */
	BUSY,  /* another worker is just making the owner's bucket */
	FULL
};

/* One lookup: whose bucket, and what may happen to it. */
struct taking {
	struct set		*set;
	uint64_t		 owner; /* the 20 bits, where a word has them */
	uint64_t		 worker;
	const struct limit_rate *rate;
	uint64_t		 now, debt;
	bool			 passed;
};

static size_t
table_size(unsigned bits)
{
	return (offsetof(struct limit_table, sets) +
	    (sizeof(struct set) << bits));
}

struct limit_table *
limit_table_new(unsigned bits)
{
	void *p = mmap(NULL, table_size(bits), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return (NULL);
	((struct limit_table *)p)->bits = bits;
	return (p);
}

void
limit_table_free(struct limit_table *table)
{
	if (table != NULL)
		munmap(table, table_size(table->bits));
}

uint64_t
limit_table_crowded(const struct limit_table *table)
{
	return (table->crowded);
}

static uint64_t
time_of(uint64_t word)
{
	return (word & TIME_MASK);
}

static bool
is_claim(uint64_t word)
{
	return (word != 0 && time_of(word) < TIME_FIRST);
}

/* Counts in a bucket that stands at word, which becomes owner's; false: it
 * was not what stood there any more. */
static bool
count(struct taking *t, _Atomic uint64_t *place, uint64_t word, uint64_t full)
{
	uint64_t debt = full > t->now ? full - t->now : 0;

	t->passed = debt + t->rate->step <= t->rate->window;
	if (t->passed) {
		debt += t->rate->step;
		if (!atomic_compare_exchange_strong(place, &word,
			t->owner | (t->now + debt)))
			return (false);
	}
	t->debt = debt;
	return (true);
}

/* Looks for the owner's bucket, else for a place that may be taken: its own
 * claim, left from a life before this one, or a time that has come. */
static enum found
find(const struct taking *t, bool patient, unsigned *place, uint64_t *word)
{
	enum found found = FULL;
	bool	   busy = false;
	uint64_t   seen;
	unsigned   i;

	for (i = 0; i < CROWD; i++) {
		seen = t->set->word[i];
		if ((seen & ~TIME_MASK) == t->owner && !is_claim(seen)) {
			*place = i;
			*word = seen;
			return (FOUND);
		}
		if (is_claim(seen) && time_of(seen) != t->worker) {
			busy |= (seen & ~TIME_MASK) == t->owner;
		} else if (found == FULL && time_of(seen) <= t->now) {
			found = FREE;
			*place = i;
			*word = seen;
		}
	}
	return (busy && patient ? BUSY : found);
}

/*
 * Whether the claim at mine stands alone. Two workers may claim two places
 * for one owner at once; each claims first and then looks, so that one of
 * them sees the other (all of it is sequentially consistent), and takes his
 * claim away, who then finds it gone. A bucket that is there already wins.
 */
static bool
alone(const struct taking *t, unsigned mine)
{
	uint64_t seen;
	unsigned i;

	for (i = 0; i < CROWD; i++) {
		seen = t->set->word[i];
		if (i == mine || (seen & ~TIME_MASK) != t->owner)
			continue;
		if (!is_claim(seen) ||
		    !atomic_compare_exchange_strong(&t->set->word[i], &seen, 0))
			return (false);
	}
	return (true);
}

/* A new bucket in the place where word stands; false: look again. */
static bool
settle(struct taking *t, unsigned place, uint64_t word)
{
	_Atomic uint64_t *at = &t->set->word[place];
	uint64_t	  claim = t->owner | t->worker;

	if (!atomic_compare_exchange_strong(at, &word, claim))
		return (false);
	if (alone(t, place))
		return (count(t, at, claim, 0));
	atomic_compare_exchange_strong(at, &claim, 0);
	return (false);
}

static void
join_crowd(struct limit_table *table, struct taking *t)
{
	_Atomic uint64_t *at = &t->set->word[CROWD];
	uint64_t	  word;

	t->owner = 0;
	atomic_fetch_add(&table->crowded, 1);
	do
		word = *at;
	while (!count(t, at, word, time_of(word)));
}

bool
limit_table_take(struct limit_table *table, uint64_t hash, unsigned worker,
    const struct limit_rate *rate, uint64_t now, uint64_t *debt)
{
	struct taking t = {
		.worker = worker, .rate = rate, .now = now + TIME_FIRST
	};
	uint64_t   word = 0;
	unsigned   turn, place = 0;
	bool	   done = false;
	enum found found;

	t.set = &table->sets[hash & ((UINT64_C(1) << table->bits) - 1)];
	t.owner = hash & ~TIME_MASK;
	if (t.owner == 0) /* an empty place has none */
		t.owner = UINT64_C(1) << TIME_BITS;
	for (turn = 0; turn < TURNS && !done; turn++) {
		found = find(&t, turn < PATIENT, &place, &word);
		if (found == FOUND)
			done = count(&t, &t.set->word[place], word,
			    time_of(word));
		else if (found == FREE)
			done = settle(&t, place, word);
		else if (found == FULL)
			break;
	}
	if (!done)
		join_crowd(table, &t);
	*debt = t.debt;
	return (t.passed);
}
