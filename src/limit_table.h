/*
 * Token buckets in memory that all workers of a host share, exact among
 * them. A bucket is one 64-bit word: 20 bits of its owner's hash (the place
 * in the table is 15 to 17 bits more), and 44 bits of time.
 *
 * The time is GCRA's theoretical arrival (ITU-T I.371): when the bucket will
 * be full again. A request that passes moves it one step on; one passes
 * while it is not more than the window ahead. So a bucket whose time has
 * come says as much as no bucket, and only such a one is ever given to
 * another: what still counts is never thrown away.
 *
 * Who finds all places of his set still counting shares the set's last
 * bucket with others in the same case: under a flood some may be refused too
 * early, nobody passes uncounted, and `crowded` says that it happened.
 */
#ifndef KOV_LIMIT_TABLE_H
#define KOV_LIMIT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Time is in ticks of 10 microseconds since the machine started; 44 bits of
 * them last five years. */
#define LIMIT_TICKS 100000 /* a second */
#define LIMIT_WORKERS 250  /* the most that may share a table */

struct limit_table;

struct limit_rate {
	uint64_t step;	 /* ticks that a request takes; 0: it only looks */
	uint64_t window; /* quota x step */
};

/* 2^bits sets of 16 buckets: 128 bytes a set. Before the fork. NULL: no
 * memory. */
struct limit_table *limit_table_new(unsigned bits);
void		    limit_table_free(struct limit_table *); /* NULL is fine */

/*
 * One request of the owner of that hash, which a keyed hash made; worker is
 * 1 to LIMIT_WORKERS, of this process alone. True: it passes, and is counted.
 * *debt: ticks until the bucket is full again.
 */
bool limit_table_take(struct limit_table *, uint64_t hash, unsigned worker,
    const struct limit_rate *, uint64_t now, uint64_t *debt);

/* How often a bucket was shared for want of room. */
uint64_t limit_table_crowded(const struct limit_table *);

#endif
