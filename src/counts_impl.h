/* The shared pages themselves, for counts.c and who shows them. */
#ifndef KOV_COUNTS_IMPL_H
#define KOV_COUNTS_IMPL_H

#include <stdalign.h>

#include "counts.h"

#define COUNTS_PAGE 4096
#define COUNTS_ROUTES 512
#define COUNTS_STATUSES 40

struct counts_row { /* of requests of one route and method */
	cell		 statuses[COUNTS_STATUSES];
	struct histogram took;
};

struct counts { /* a worker's */
	alignas(COUNTS_PAGE) cell values[COUNTS];
	struct lane_tally lanes[LANE_NATIVE];
	struct counts_row rows[COUNTS_ROUTES];
};

struct counts_route {
	const char *route, *method_name;
	enum method method;
};

extern struct counts	  *counts_all; /* [0]: nobody's; then 1 … */
extern unsigned		   counts_workers;
extern struct counts_route counts_routes[COUNTS_ROUTES];
extern unsigned		   counts_routes_known;
extern const short	   counts_statuses[COUNTS_STATUSES]; /* 0: others */

/* Over all workers; cell is of counts_all[1]. */
uint64_t counts_sum(const cell *);

#endif
