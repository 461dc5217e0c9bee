/* How often a value fell below each of a few bounds. */
#ifndef KOV_HISTOGRAM_H
#define KOV_HISTOGRAM_H

#include "cell.h"

#define HISTOGRAM_MOST 16 /* buckets, the one without a bound among them */

enum histogram_scale {
	HISTOGRAM_TIME, /* microseconds, from 250 us to 10 s */
	HISTOGRAM_SIZE, /* asks of a segment, from 1 to 64 */
	HISTOGRAM_SCALES
};

/* Starts from zeros. */
struct histogram {
	cell buckets[HISTOGRAM_MOST]; /* each value in one of them only */
	cell sum;
};

void histogram_add(struct histogram *, enum histogram_scale, uint64_t value);

/* The bound (inclusive) of a bucket; 0: it is the last one, without any. */
uint64_t histogram_bound(enum histogram_scale, unsigned bucket);

#endif
