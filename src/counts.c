/* Counters that all workers share. */
#include "counts.h"

#include <sys/mman.h>

#include <inttypes.h>
#include <stdatomic.h>

#include "conf.h"

#define STATUSES 600

struct counts {
	_Atomic uint64_t status[STATUSES];
	_Atomic uint64_t microseconds;
	_Atomic uint64_t lanes[COUNTS_WORKERS][LANE_NAMES][LANE_COUNTS];
	_Atomic uint64_t held[COUNTS_WORKERS][LANE_NAMES];
	_Atomic int64_t	 keys[COUNTS_WORKERS];
};

static struct counts *counts;

static const char *const count_names[LANE_COUNTS] = {
	[LANE_SEGMENTS] = "segments",
	[LANE_SENT] = "asks",
	[LANE_SETS] = "sets",
	[LANE_ROLLED_BACK] = "rolled_back",
	[LANE_LATE_ERRORS] = "late_errors",
	[LANE_SOLO] = "solo",
	[LANE_CANCELS] = "cancels",
	[LANE_LOST] = "lost",
	[LANE_RETRIES] = "retries",
	[LANE_NOTIFIES] = "notifies",
};

bool
counts_open(void)
{
	void *p = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return (false);
	counts = p;
	return (true);
}

void
counts_request(int status, uint64_t microseconds)
{
	if (status >= 0 && status < STATUSES)
		atomic_fetch_add_explicit(&counts->status[status], 1,
		    memory_order_relaxed);
	atomic_fetch_add_explicit(&counts->microseconds, microseconds,
	    memory_order_relaxed);
}

void
counts_lane(unsigned worker, enum lane_name lane, const uint64_t *from,
    unsigned held)
{
	enum lane_count i;

	if (worker >= COUNTS_WORKERS)
		return;
	for (i = 0; i < LANE_COUNTS; i++)
		atomic_store_explicit(&counts->lanes[worker][lane][i], from[i],
		    memory_order_relaxed);
	atomic_store_explicit(&counts->held[worker][lane], held,
	    memory_order_relaxed);
}

void
counts_keys(unsigned worker, int64_t change)
{
	if (worker < COUNTS_WORKERS)
		atomic_store_explicit(&counts->keys[worker], change,
		    memory_order_relaxed);
}

/* In OpenMetrics a counter's family has no _total, its samples have. */
static void
counts_type(struct text *t, bool open, const char *name)
{
	text_addf(t, "# TYPE kov_%s%s counter\n", name, open ? "" : "_total");
}

static void
counts_write_lane(struct text *t, bool open, enum lane_count what)
{
	enum lane_name lane;
	uint64_t       sum;
	int	       w;
	char	       name[64];

	snprintf(name, sizeof(name), "lane_%s", count_names[what]);
	counts_type(t, open, name);
	for (lane = 0; lane < LANE_NATIVE; lane++) {
		for (sum = 0, w = 0; w < COUNTS_WORKERS; w++)
			sum += counts->lanes[w][lane][what];
		text_addf(t, "kov_lane_%s_total{lane=\"%s\"} %" PRIu64 "\n",
		    count_names[what], contract_lane(lane), sum);
	}
}

static void
counts_write_held(struct text *t)
{
	enum lane_name lane;
	uint64_t       sum;
	int	       w;

	text_adds(t, "# TYPE kov_lane_held gauge\n");
	for (lane = 0; lane < LANE_NATIVE; lane++) {
		for (sum = 0, w = 0; w < COUNTS_WORKERS; w++)
			sum += counts->held[w][lane];
		text_addf(t, "kov_lane_held{lane=\"%s\"} %" PRIu64 "\n",
		    contract_lane(lane), sum);
	}
}

/* What the worker furthest behind has heard: a key of this change or before
 * is known, or no longer known, everywhere. */
static void
counts_write_keys(struct text *t)
{
	int64_t least = counts->keys[1];
	long	w;

	for (w = 2; w <= conf_number(SETTING_WORKERS); w++)
		if (counts->keys[w] < least)
			least = counts->keys[w];
	text_addf(t,
	    "# TYPE kov_keys_change gauge\nkov_keys_change %" PRId64 "\n",
	    least);
}

void
counts_write(struct text *t, bool open)
{
	enum lane_count what;
	int		status;

	counts_type(t, open, "requests");
	for (status = 0; status < STATUSES; status++)
		if (counts->status[status] > 0)
			text_addf(t,
			    "kov_requests_total{status=\"%d\"} %" PRIu64 "\n",
			    status, counts->status[status]);
	counts_type(t, open, "request_seconds");
	text_addf(t, "kov_request_seconds_total %.6f\n",
	    (double)counts->microseconds / 1e6);
	for (what = 0; what < LANE_COUNTS; what++)
		counts_write_lane(t, open, what);
	counts_write_held(t);
	counts_write_keys(t);
	if (open)
		text_adds(t, "# EOF\n");
}
