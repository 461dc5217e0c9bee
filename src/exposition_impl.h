/* One line of the table of metrics, and what writes it. */
#ifndef KOV_EXPOSITION_IMPL_H
#define KOV_EXPOSITION_IMPL_H

#include <jansson.h>

#include "counts_impl.h"
#include "exposition.h"

enum metric_type { COUNTER, GAUGE, HISTOGRAM, INFO };

struct page {
	struct text *t;
	bool	     open;
	json_t	    *facts; /* or NULL */
	uint64_t     now;
	const char  *version;
};

struct metric;
typedef void(metric_fn)(struct page *, const struct metric *);

struct metric {
	enum metric_type   type;
	const char	  *name; /* without _total */
	metric_fn	  *write;
	unsigned	   first; /* of write's numbers */
	double		   unit;  /* of a number, in the metric's; 0: whole */
	const char	  *label;
	const char *const *words; /* label's, one a number; ends with NULL */
	const char	  *help;
};

/* One sample: name, suffix and a label or NULL, then the value. */
void metric_number(struct page *, const struct metric *, const char *labels,
    uint64_t value);

metric_fn metric_sum;	     /* values, over all workers */
metric_fn metric_each;	     /* one value of each worker */
metric_fn metric_least;	     /* the worker furthest behind */
metric_fn metric_routes;     /* requests by route, method, status */
metric_fn metric_latency;    /* their time by route, method */
metric_fn metric_lanes;	     /* a count or gauge of each lane */
metric_fn metric_ends;	     /* asks by lane and end */
metric_fn metric_links;	     /* connections by lane and state */
metric_fn metric_histograms; /* of each lane */
metric_fn metric_fact;	     /* what the database said, by our name */
metric_fn metric_age;	     /* of that */
metric_fn metric_limits;     /* refusals by policy */
metric_fn metric_crowded;    /* buckets shared for want of room */
metric_fn metric_build;

#endif
