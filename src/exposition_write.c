/* How each kind of metric is written, in either format. */
#include "exposition_impl.h"

#include <inttypes.h>
#include <string.h>

#include "facts.h"
#include "limit.h"

#define LABELS 256

/* ---- samples ---- */

/* In OpenMetrics a counter's family has no _total, its samples have. */
static const char *
metric_suffix(const struct metric *m)
{
	return (m->type == COUNTER ? "_total" : m->type == INFO ? "_info" : "");
}

static void
metric_begin(struct page *p, const struct metric *m, const char *suffix,
    const char *labels)
{
	text_addf(p->t, "%s%s", m->name, suffix);
	if (labels != NULL)
		text_addf(p->t, "{%s}", labels);
}

void
metric_number(struct page *p, const struct metric *m, const char *labels,
    uint64_t value)
{
	metric_begin(p, m, metric_suffix(m), labels);
	if (m->unit == 0)
		text_addf(p->t, " %" PRIu64 "\n", value);
	else
		text_addf(p->t, " %.9g\n", (double)value * m->unit);
}

/* OpenMetrics wants whole bounds as floats. */
static void
metric_bucket(struct page *p, const struct metric *m, const char *labels,
    double bound, uint64_t below)
{
	bool whole = bound == (double)(int64_t)bound;

	text_addf(p->t, "%s_bucket{%s,le=\"%g%s\"} %" PRIu64 "\n", m->name,
	    labels, bound, p->open && whole ? ".0" : "", below);
}

/* h is the first worker's; nothing is written where nothing was seen. */
static void
metric_histogram(struct page *p, const struct metric *m, const char *labels,
    enum histogram_scale scale, const struct histogram *h)
{
	uint64_t counts[HISTOGRAM_MOST], all = 0, below = 0;
	unsigned i, n = 0;

	do {
		counts[n] = counts_sum(&h->buckets[n]);
		all += counts[n];
	} while (histogram_bound(scale, n++) != 0);
	if (all == 0)
		return;
	for (i = 0; i < n - 1; i++) {
		below += counts[i];
		metric_bucket(p, m, labels,
		    (double)histogram_bound(scale, i) * m->unit, below);
	}
	text_addf(p->t, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", m->name,
	    labels, all);
	text_addf(p->t, "%s_sum{%s} %.9g\n%s_count{%s} %" PRIu64 "\n", m->name,
	    labels, (double)counts_sum(&h->sum) * m->unit, m->name, labels,
	    all);
}

/* ---- of the workers ---- */

void
metric_sum(struct page *p, const struct metric *m)
{
	const cell *values = counts_all[1].values;
	char	    labels[LABELS];
	unsigned    i;

	if (m->words == NULL) {
		metric_number(p, m, NULL, counts_sum(&values[m->first]));
		return;
	}
	for (i = 0; m->words[i] != NULL; i++) {
		snprintf(labels, sizeof(labels), "%s=\"%s\"", m->label,
		    m->words[i]);
		metric_number(p, m, labels, counts_sum(&values[m->first + i]));
	}
}

void
metric_each(struct page *p, const struct metric *m)
{
	char	 labels[LABELS];
	unsigned w;

	for (w = 1; w <= counts_workers; w++) {
		snprintf(labels, sizeof(labels), "worker=\"%u\"", w);
		metric_number(p, m, labels,
		    cell_get(&counts_all[w].values[m->first]));
	}
}

void
metric_least(struct page *p, const struct metric *m)
{
	metric_number(p, m, NULL, counts_least((enum count)m->first));
}

/* ---- of requests ---- */

static void
metric_row(const struct counts_route *r, char *labels)
{
	snprintf(labels, LABELS, "route=\"%s\",method=\"%s\"", r->route,
	    r->method_name);
}

static void
metric_statuses(struct page *p, const struct metric *m, const char *row,
    const cell *statuses)
{
	char	 labels[LABELS], status[8];
	uint64_t n;
	unsigned i;

	for (i = 0; i < COUNTS_STATUSES; i++) {
		if ((n = counts_sum(&statuses[i])) == 0)
			continue;
		snprintf(status, sizeof(status), "%d", counts_statuses[i]);
		snprintf(labels, sizeof(labels), "%.200s,status=\"%s\"", row,
		    counts_statuses[i] != 0 ? status : "other");
		metric_number(p, m, labels, n);
	}
}

void
metric_routes(struct page *p, const struct metric *m)
{
	char	 row[LABELS];
	unsigned i;

	for (i = 0; i < counts_routes_known; i++) {
		metric_row(&counts_routes[i], row);
		metric_statuses(p, m, row, counts_all[1].rows[i].statuses);
	}
}

void
metric_latency(struct page *p, const struct metric *m)
{
	char	 row[LABELS];
	unsigned i;

	for (i = 0; i < counts_routes_known; i++) {
		metric_row(&counts_routes[i], row);
		metric_histogram(p, m, row, HISTOGRAM_TIME,
		    &counts_all[1].rows[i].took);
	}
}

/* ---- of limits ---- */

void
metric_limits(struct page *p, const struct metric *m)
{
	enum limit_name name;
	char		labels[LABELS];

	for (name = 0; name < LIMITS; name++) {
		snprintf(labels, sizeof(labels), "%s=\"%s\"", m->label,
		    limit_name(name));
		metric_number(p, m, labels, limit_refused(name));
	}
}

void
metric_crowded(struct page *p, const struct metric *m)
{
	metric_number(p, m, NULL, limit_crowded());
}

/* ---- of lanes ---- */

static const struct lane_tally *
metric_lane(enum lane_name lane, char *labels)
{
	snprintf(labels, LABELS, "lane=\"%s\"", contract_lane(lane));
	return (&counts_all[1].lanes[lane]);
}

void
metric_lanes(struct page *p, const struct metric *m)
{
	const struct lane_tally *t;
	enum lane_name		 lane;
	char			 labels[LABELS];

	for (lane = 0; lane < LANE_NATIVE; lane++) {
		t = metric_lane(lane, labels);
		metric_number(p, m, labels,
		    counts_sum(m->type == COUNTER ? &t->counts[m->first] :
						    &t->gauges[m->first]));
	}
}

static void
metric_words(struct page *p, const struct metric *m, const char *lane,
    const cell *first)
{
	char	 labels[LABELS];
	unsigned i;

	for (i = 0; m->words[i] != NULL; i++) {
		snprintf(labels, sizeof(labels), "%.40s,%s=\"%s\"", lane,
		    m->label, m->words[i]);
		metric_number(p, m, labels, counts_sum(&first[i]));
	}
}

void
metric_ends(struct page *p, const struct metric *m)
{
	const struct lane_tally *t;
	enum lane_name		 lane;
	char			 labels[LABELS];

	for (lane = 0; lane < LANE_NATIVE; lane++) {
		t = metric_lane(lane, labels);
		metric_words(p, m, labels, t->ends);
	}
}

void
metric_links(struct page *p, const struct metric *m)
{
	const struct lane_tally *t;
	enum lane_name		 lane;
	char			 labels[LABELS];

	for (lane = 0; lane < LANE_NATIVE; lane++) {
		t = metric_lane(lane, labels);
		metric_words(p, m, labels, &t->gauges[m->first]);
	}
}

void
metric_histograms(struct page *p, const struct metric *m)
{
	const struct lane_tally *t;
	enum lane_name		 lane;
	char			 labels[LABELS];

	for (lane = 0; lane < LANE_NATIVE; lane++) {
		t = metric_lane(lane, labels);
		metric_histogram(p, m, labels,
		    m->first == LANE_SEGMENT ? HISTOGRAM_SIZE : HISTOGRAM_TIME,
		    &t->histograms[m->first]);
	}
}

/* ---- of the database ---- */

static void
metric_value(struct page *p, const json_t *value)
{
	if (json_is_integer(value))
		text_addf(p->t, " %" JSON_INTEGER_FORMAT "\n",
		    json_integer_value(value));
	else
		text_addf(p->t, " %.15g\n", json_number_value(value));
}

static void
metric_fact_word(struct page *p, const struct metric *m, const char *word,
    const json_t *value)
{
	struct text labels = { 0 };

	if (!json_is_number(value))
		return;
	text_addf(&labels, "%s=", m->label);
	text_add_json(&labels, word, strlen(word)); /* escapes as they do */
	if (!labels.failed) {
		metric_begin(p, m, metric_suffix(m), labels.data);
		metric_value(p, value);
	}
	text_release(&labels);
}

void
metric_fact(struct page *p, const struct metric *m)
{
	json_t	   *said = json_object_get(p->facts, m->name), *value;
	const char *word;

	if (m->label != NULL) {
		json_object_foreach(said, word, value)
			metric_fact_word(p, m, word, value);
	} else if (json_is_number(said)) {
		metric_begin(p, m, metric_suffix(m), NULL);
		metric_value(p, said);
	}
}

void
metric_age(struct page *p, const struct metric *m)
{
	metric_number(p, m, NULL, facts_age(p->now));
}

void
metric_build(struct page *p, const struct metric *m)
{
	char labels[LABELS];

	snprintf(labels, sizeof(labels), "version=\"%s\"", p->version);
	metric_number(p, m, labels, 1);
}
