/* Counters that all workers share. */
#include "counts.h"

#include <sys/mman.h>

#include "counts_impl.h"

#define STATUS_FIRST 100
#define STATUS_LAST 599

/* The statuses we answer with; the first one stands for all others. */
const short counts_statuses[COUNTS_STATUSES] = { 0, 200, 201, 202, 204, 206,
	303, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412,
	413, 414, 415, 416, 417, 421, 422, 428, 429, 431, 500, 501, 502, 503,
	504, 505 };

struct counts	   *counts_all;
unsigned	    counts_workers;
struct counts_route counts_routes[COUNTS_ROUTES];
unsigned	    counts_routes_known;

static unsigned char  places[STATUS_LAST - STATUS_FIRST + 1];
static struct counts *mine;

bool
counts_open(unsigned workers)
{
	size_t n = (workers + 1) * sizeof(*counts_all);
	void  *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return (false);
	counts_all = mine = p;
	counts_workers = workers;
	for (unsigned char i = 1; i < COUNTS_STATUSES; i++)
		if (counts_statuses[i] != 0)
			places[counts_statuses[i] - STATUS_FIRST] = i;
	counts_routes_known = 0;
	counts_route("-", 0, "-"); /* where nothing else fits */
	return (true);
}

void
counts_route(const char *route, enum method method, const char *method_name)
{
	if (counts_routes_known < COUNTS_ROUTES)
		counts_routes[counts_routes_known++] = (struct counts_route){
			route, method_name, method
		};
}

void
counts_start(unsigned worker)
{
	mine = &counts_all[worker <= counts_workers ? worker : 0];
}

void
counts_add(enum count what, uint64_t n)
{
	cell_add(&mine->values[what], n);
}

void
counts_set(enum count what, uint64_t value)
{
	cell_set(&mine->values[what], value);
}

uint64_t
counts_least(enum count count)
{
	uint64_t value, least = UINT64_MAX;
	unsigned w;

	for (w = 1; w <= counts_workers; w++) {
		value = cell_get(&counts_all[w].values[count]);
		if (value < least)
			least = value;
	}
	return (least);
}

static struct counts_row *
counts_find(const char *route, enum method method)
{
	unsigned i;

	for (i = 1; i < counts_routes_known; i++)
		if (counts_routes[i].route == route &&
		    counts_routes[i].method == method)
			return (&mine->rows[i]);
	return (&mine->rows[0]);
}

void
counts_request(const char *route, enum method method, int status, bool timed,
    uint64_t took)
{
	struct counts_row *row = counts_find(route, method);
	unsigned	   place = 0;

	if (status >= STATUS_FIRST && status <= STATUS_LAST)
		place = places[status - STATUS_FIRST];
	cell_add(&row->statuses[place], 1);
	if (timed)
		histogram_add(&row->took, HISTOGRAM_TIME, took);
}

struct lane_tally *
counts_lane(enum lane_name lane)
{
	return (&mine->lanes[lane]);
}

uint64_t
counts_sum(const cell *first)
{
	const size_t stride = sizeof(*counts_all) / sizeof(*first);
	uint64_t     sum = 0;
	unsigned     w;

	for (w = 0; w < counts_workers; w++)
		sum += cell_get(&first[w * stride]);
	return (sum);
}
