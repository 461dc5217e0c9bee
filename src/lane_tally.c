/* What a lane tells of itself, in cells that other processes may read. */
#include "lane_tally.h"

#include <time.h>

#include "lane_impl.h"

/* Which gauge a connection is counted in. */
static const enum lane_gauge links[] = {
	[LINK_DOWN] = LANE_LINKS_DOWN,
	[LINK_CONNECTING] = LANE_LINKS_CONNECTING,
	[LINK_PREPARING] = LANE_LINKS_CONNECTING,
	[LINK_IDLE] = LANE_LINKS_IDLE,
	[LINK_FLYING] = LANE_LINKS_BUSY,
};

uint64_t
lane_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
}

void
lane_count(struct lane *lane, enum lane_count what)
{
	cell_add(&lane->tally->counts[what], 1);
}

/* An ask waits once: what is tried again is the segment's affair. */
void
lane_tally_departure(struct lane_link *k)
{
	struct lane_tally *t = k->lane->tally;

	k->departed = lane_us();
	lane_count(k->lane, LANE_SEGMENTS);
	cell_add(&t->counts[LANE_SENT], k->count);
	histogram_add(&t->histograms[LANE_SEGMENT], HISTOGRAM_SIZE, k->count);
	for (unsigned i = 0; i < k->count; i++) {
		if (k->segment[i]->asked == 0)
			continue;
		histogram_add(&t->histograms[LANE_WAIT], HISTOGRAM_TIME,
		    k->departed - k->segment[i]->asked);
		k->segment[i]->asked = 0;
	}
}

void
lane_tally_arrival(struct lane_link *k)
{
	histogram_add(&k->lane->tally->histograms[LANE_FLIGHT], HISTOGRAM_TIME,
	    lane_us() - k->departed);
}

void
lane_tally_gauges(struct lane *lane)
{
	uint64_t now[LANE_GAUGES] = { [LANE_HELD] = lane->held };

	for (unsigned i = 0; i < lane->count; i++) {
		now[links[lane->links[i].state]]++;
		now[LANE_FLYING] += lane->links[i].count;
	}
	for (enum lane_gauge g = 0; g < LANE_GAUGES; g++)
		cell_set(&lane->tally->gauges[g], now[g]);
}

const struct lane_tally *
lane_tally(const struct lane *lane)
{
	return (lane->tally);
}
