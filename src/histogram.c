/* How often a value fell below each of a few bounds. */
#include "histogram.h"

/* Most answers take less than a millisecond, so the bounds begin there. */
static const uint64_t bounds[HISTOGRAM_SCALES][HISTOGRAM_MOST] = {
	[HISTOGRAM_TIME] = { 250, 500, 1000, 2500, 5000, 10000, 25000, 50000,
	    100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000 },
	[HISTOGRAM_SIZE] = { 1, 2, 4, 8, 16, 32, 64 },
};

void
histogram_add(struct histogram *h, enum histogram_scale scale, uint64_t value)
{
	const uint64_t *bound = bounds[scale];
	unsigned	i = 0;

	while (bound[i] != 0 && value > bound[i])
		i++;
	cell_add(&h->buckets[i], 1);
	cell_add(&h->sum, value);
}

uint64_t
histogram_bound(enum histogram_scale scale, unsigned bucket)
{
	return (bounds[scale][bucket]);
}
