/* What /metrics shows: one table of all metrics. */
#include "exposition.h"

#include "auth.h"
#include "exposition_impl.h"
#include "facts.h"

#define US 1e-6 /* of microseconds, in seconds */
#define MS 1e-3

/* By the enums whose places they are; each ends with a NULL. */
static const char *const auth_words[] = {
	[AUTH_OK] = "ok",
	[AUTH_MISSING] = "missing",
	[AUTH_MALFORMED] = "malformed",
	[AUTH_UNKNOWN] = "unknown",
	[AUTH_STALE] = "stale",
	NULL,
};
static const char *const end_words[LANE_ENDS + 1] = {
	[LANE_OK] = "ok",
	[LANE_REFUSED] = "refused",
	[LANE_TIMEOUT] = "timeout",
	[LANE_BUSY] = "busy",
	[LANE_AWAY] = "away",
	[LANE_UNKNOWN] = "unknown",
};
static const char *const link_words[] = {
	[LANE_LINKS_DOWN - LANE_LINKS_DOWN] = "down",
	[LANE_LINKS_CONNECTING - LANE_LINKS_DOWN] = "connecting",
	[LANE_LINKS_IDLE - LANE_LINKS_DOWN] = "idle",
	[LANE_LINKS_BUSY - LANE_LINKS_DOWN] = "busy",
	NULL,
};
static const char *const format_words[] = { "text", "openmetrics", NULL };
static const char	*problem_words[PROBLEMS + 1];

/* clang-format off */
static const struct metric metrics[] = {
{ COUNTER, "kov_http_requests", metric_routes, 0, 0, NULL, NULL,
  "Answers, by route template, method and status" },
{ HISTOGRAM, "kov_http_request_duration_seconds", metric_latency, 0, US, NULL,
  NULL, "From the header to the answer, of requests that came in" },
{ COUNTER, "kov_http_problems", metric_sum, COUNT_PROBLEMS, 0, "problem",
  problem_words, "Answers that were a problem, by its name" },
{ COUNTER, "kov_http_refusals", metric_sum, COUNT_REFUSALS, 0, "reason",
  problem_words, "Of these, those refused before a body was taken in" },
{ GAUGE, "kov_http_requests_in_flight", metric_sum, COUNT_IN_FLIGHT, 0, NULL,
  NULL, "Requests that came in and are not yet answered" },
{ GAUGE, "kov_http_body_held_bytes", metric_sum, COUNT_BODIES, 0, NULL, NULL,
  "Room taken by bodies in flight; KOV_BODY_BUDGET is a worker's most" },
{ GAUGE, "kov_http_connections", metric_sum, COUNT_CONNECTIONS, 0, NULL, NULL,
  "Open connections" },
{ COUNTER, "kov_http_connections_accepted", metric_sum, COUNT_ACCEPTED, 0,
  NULL, NULL, "Connections accepted" },
{ COUNTER, "kov_http_requests_abandoned", metric_sum, COUNT_LEFT, 0, NULL,
  NULL, "Requests whose client went away before the answer" },
{ COUNTER, "kov_idempotent_replays", metric_sum, COUNT_REPLAYS, 0, NULL, NULL,
  "Answers that were given before, to the same Idempotency-Key" },
{ COUNTER, "kov_authentications", metric_sum, COUNT_AUTH, 0, "result",
  auth_words, "Credentials judged, by result" },
{ COUNTER, "kov_rate_limit_refusals", metric_limits, 0, 0, "policy", NULL,
  "Requests that asked too often (429), by policy" },
{ COUNTER, "kov_rate_limit_crowded", metric_crowded, 0, 0, NULL, NULL,
  "Buckets that strangers had to share: the table is too small" },
{ GAUGE, "kov_keys_change", metric_least, COUNT_KEYS, 0, NULL, NULL,
  "Last change of keys that every worker knows of" },
{ GAUGE, "kov_workers_ready", metric_least, COUNT_READY, 0, NULL, NULL,
  "1: every worker was told of the keys" },
{ COUNTER, "kov_scrapes", metric_sum, COUNT_SCRAPES, 0, "format",
  format_words, "How often this page was asked for, before now" },

{ GAUGE, "kov_lane_held", metric_lanes, LANE_HELD, 0, NULL, NULL,
  "Requests in the lane: waiting or on their way" },
{ GAUGE, "kov_lane_flying", metric_lanes, LANE_FLYING, 0, NULL, NULL,
  "Of these, those sent to PostgreSQL" },
{ GAUGE, "kov_lane_links", metric_links, LANE_LINKS_DOWN, 0, "state",
  link_words, "Connections to PostgreSQL, by state" },
{ COUNTER, "kov_lane_answers", metric_ends, 0, 0, "end", end_words,
  "Requests that left the lane, by how they ended" },
{ COUNTER, "kov_lane_full", metric_lanes, LANE_FULL, 0, NULL, NULL,
  "Requests that found no room in the lane (503)" },
{ HISTOGRAM, "kov_lane_wait_seconds", metric_histograms, LANE_WAIT, US, NULL,
  NULL, "From asked to sent" },
{ HISTOGRAM, "kov_lane_flight_seconds", metric_histograms, LANE_FLIGHT, US,
  NULL, NULL, "From a segment sent to its commit or rollback" },
{ HISTOGRAM, "kov_lane_segment_requests", metric_histograms, LANE_SEGMENT, 1,
  NULL, NULL, "Requests committed together" },
{ COUNTER, "kov_lane_segments", metric_lanes, LANE_SEGMENTS, 0, NULL, NULL,
  "Segments sent: one transaction, one fsync each" },
{ COUNTER, "kov_lane_asks", metric_lanes, LANE_SENT, 0, NULL, NULL,
  "Requests sent, those sent again among them" },
{ COUNTER, "kov_lane_sets", metric_lanes, LANE_SETS, 0, NULL, NULL,
  "Statements sent for several requests at once" },
{ COUNTER, "kov_lane_rolled_back", metric_lanes, LANE_ROLLED_BACK, 0, NULL,
  NULL, "Segments rolled back because of one request" },
{ COUNTER, "kov_lane_late_errors", metric_lanes, LANE_LATE_ERRORS, 0, NULL,
  NULL, "Segments that failed at the commit" },
{ COUNTER, "kov_lane_solo", metric_lanes, LANE_SOLO, 0, NULL, NULL,
  "Requests sent by themselves after they failed in a segment" },
{ COUNTER, "kov_lane_retries", metric_lanes, LANE_RETRIES, 0, NULL, NULL,
  "Requests queued again: replays of a segment rolled back or lost" },
{ COUNTER, "kov_lane_cancels", metric_lanes, LANE_CANCELS, 0, NULL, NULL,
  "Segments cancelled because they ran too long" },
{ COUNTER, "kov_lane_lost", metric_lanes, LANE_LOST, 0, NULL, NULL,
  "Connections lost" },
{ COUNTER, "kov_lane_notifies", metric_lanes, LANE_NOTIFIES, 0, NULL, NULL,
  "Hints to the sequencer" },

{ GAUGE, "kov_worker_start_time_seconds", metric_each, COUNT_STARTED, 0, NULL,
  NULL, "When the worker started, since 1970" },
{ COUNTER, "kov_worker_cpu_seconds", metric_each, COUNT_CPU, US, NULL, NULL,
  "Processor time of the worker" },
{ GAUGE, "kov_worker_resident_memory_bytes", metric_each, COUNT_RESIDENT, 0,
  NULL, NULL, "Memory of the worker that is in RAM" },
{ INFO, "kov_build", metric_build, 0, 0, NULL, NULL, "What runs here" },

/* What follows is door.facts()'s, by name: sql/door/facts.sql. */
{ GAUGE, "kov_facts_age_seconds", metric_age, 0, MS, NULL, NULL,
  "How long ago the database was asked for all that follows" },
{ GAUGE, "kov_schema_version", metric_fact, 0, 0, NULL, NULL,
  "Last migration" },
{ GAUGE, "kov_events_unsequenced", metric_fact, 0, 0, NULL, NULL,
  "Events without a place in the order yet (counted up to 100000)" },
{ GAUGE, "kov_events_unsequenced_age_seconds", metric_fact, 0, 0, NULL, NULL,
  "Age of the oldest of them: how far the sequencer is behind" },
{ COUNTER, "kov_events_sequenced", metric_fact, 0, 0, NULL, NULL,
  "Events given their place in the order" },
{ COUNTER, "kov_events_projected", metric_fact, 0, 0, NULL, NULL,
  "Events taken into a projection" },
{ GAUGE, "kov_projection_behind_events", metric_fact, 0, 0, "projection",
  NULL, "Events that it has not taken in yet" },
{ GAUGE, "kov_projection_behind_seconds", metric_fact, 0, 0, "projection",
  NULL, "For how long the organisation that waits longest got nothing" },
{ GAUGE, "kov_projection_stopped", metric_fact, 0, 0, "projection", NULL,
  "Organisations whose reader was stopped by an event it cannot take in" },
{ GAUGE, "kov_deliveries_due", metric_fact, 0, 0, NULL, NULL,
  "Deliveries due now (counted up to 10000 an endpoint)" },
{ GAUGE, "kov_deliveries_due_age_seconds", metric_fact, 0, 0, NULL, NULL,
  "For how long the one due first has been" },
{ COUNTER, "kov_deliveries", metric_fact, 0, 0, "outcome", NULL,
  "Attempts at deliveries, by what they led to" },
{ GAUGE, "kov_webhook_endpoints", metric_fact, 0, 0, "state", NULL,
  "Webhook endpoints, by state" },
{ GAUGE, "kov_job_heartbeat_timestamp_seconds", metric_fact, 0, 0, "name", NULL,
  "When a process of kov-jobs last said that it lives, since 1970" },
{ GAUGE, "kov_job_processes", metric_fact, 0, 0, "name", NULL,
  "Processes that said so within the last minute" },
{ COUNTER, "kov_job_starts", metric_fact, 0, 0, "name", NULL,
  "How often a process of kov-jobs began to work" },
{ GAUGE, "kov_database_size_bytes", metric_fact, 0, 0, NULL, NULL,
  "Room the database takes" },
{ GAUGE, "kov_database_connections", metric_fact, 0, 0, NULL, NULL,
  "Connections of all clients to the cluster" },
{ GAUGE, "kov_database_connections_most", metric_fact, 0, 0, NULL, NULL,
  "max_connections" },
{ GAUGE, "kov_database_transaction_age_seconds", metric_fact, 0, 0, NULL,
  NULL, "Age of the oldest transaction that is open" },
{ COUNTER, "kov_database_deadlocks", metric_fact, 0, 0, NULL, NULL,
  "Deadlocks" },
{ GAUGE, "kov_database_xid_age", metric_fact, 0, 0, NULL, NULL,
  "Transactions since the oldest row that is not frozen" },
{ GAUGE, "kov_database_xid_age_most", metric_fact, 0, 0, NULL, NULL,
  "autovacuum_freeze_max_age: from there PostgreSQL freezes by itself" },
{ GAUGE, "kov_table_live_rows", metric_fact, 0, 0, "table", NULL,
  "Rows of the tables that change most (PostgreSQL's estimate)" },
{ GAUGE, "kov_table_dead_rows", metric_fact, 0, 0, "table", NULL,
  "Rows of them that wait for a vacuum (PostgreSQL's estimate)" },
{ GAUGE, "kov_table_partitions_ahead", metric_fact, 0, 0, "table", NULL,
  "Partitions made for a time that has not come" },
};
/* clang-format on */

static const char *const types[][2] = {
	[COUNTER] = { "counter", "counter" },
	[GAUGE] = { "gauge", "gauge" },
	[HISTOGRAM] = { "histogram", "histogram" },
	[INFO] = { "gauge", "info" },
};

/* OpenMetrics names families without the suffix of their samples. */
static void
exposition_head(struct page *p, const struct metric *m)
{
	const char *suffix = "";

	if (!p->open)
		suffix = m->type == COUNTER ? "_total" :
		    m->type == INFO	    ? "_info" :
					      "";
	text_addf(p->t, "# HELP %s%s %s\n# TYPE %s%s %s\n", m->name, suffix,
	    m->help, m->name, suffix, types[m->type][p->open]);
}

static void
exposition_words(void)
{
	enum problem i;

	for (i = 0; i < PROBLEMS; i++)
		problem_words[i] = i == PROBLEM_NONE ? "none" :
						       problem_row(i)->name;
}

void
exposition_write(struct text *t, bool open, uint64_t now, const char *version)
{
	json_auto_t *facts = facts_read();
	struct page  page = { t, open, facts, now, version };
	size_t	     i;

	exposition_words();
	for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		exposition_head(&page, &metrics[i]);
		metrics[i].write(&page, &metrics[i]);
	}
	if (open)
		text_adds(t, "# EOF\n");
}
