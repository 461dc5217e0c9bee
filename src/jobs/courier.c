/*
 * The courier: claims deliveries that are due, posts them signed, settles
 * what came of it.
 *
 * A claim is a lease that outlasts a post's time limit. Whoever dies in
 * between lets it lapse, and the delivery is made again: at least once, never
 * zero times. No transaction is open while a post is under way.
 */
#include "jobs.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../cidr.h"
#include "../conf.h"
#include "../id.h"
#include "../log.h"
#include "../secret.h"
#include "beat.h"
#include "link.h"
#include "post.h"

#define SLOTS 1024	  /* posts at once; an endpoint's limit is in its row */
#define SHARE (SLOTS / 2) /* of them, one organisation's */
#define POLL 100	  /* ms between looks for what is due everywhere */
#define POLL_FAILED 2000
#define HINTS 64	   /* organisations known to have something due */
#define SETTLE_MOST 64	   /* at once (link_push) */
#define SETTLE_TRIES 5	   /* a deadlock passes; after that the lease lapses */
#define LEASE "25 seconds" /* more than POST_SECONDS and a slow database */

enum delivery_state { DELIVERY_POSTING, DELIVERY_POSTED, DELIVERY_SETTLED };

struct delivery {
	struct post	    post; /* first: post_done gives it back */
	enum delivery_state state;
	struct claim	   *claim;
	int		    row;   /* of the claim's */
	int		    tries; /* at settling it */
	char		    id[64], timestamp[48], trace[80];
	char		    signature[SIGN_WEBHOOK + 24];
	const char	   *headers[7];
};

/* What one claim brought; deliveries borrow from its rows. */
struct claim {
	struct claim   *next;
	PGresult       *rows;
	struct text	allow; /* what the organisation may reach */
	char		organisation[24];
	int		n, left; /* left: not settled yet */
	struct delivery deliveries[];
};

/* What settle_delivery is told, by the answer's status. */
static const struct {
	int	    least, most;
	const char *name;
} outcomes[] = {
	{ 200, 299, "delivered" },
	{ 410, 410, "gone" },
};

static const char *const courier_greeting[] = {
	"listen kov_delivery",
	/* What is lost with the last moments before a crash of the machine
	 * is done again: that is what leases are for. */
	"set synchronous_commit = off",
	NULL,
};

static struct claim *claims;
static char	     worker[64];
static int64_t	     hints[HINTS];
static int	     hinted;
static uint64_t	     poll_due; /* ms: when to look everywhere */

/* How many deliveries are in hand, of one organisation or (NULL) of all. */
static int
courier_held(const char *organisation)
{
	struct claim *c;
	int	      n = 0;

	for (c = claims; c != NULL; c = c->next)
		if (organisation == NULL ||
		    strcmp(c->organisation, organisation) == 0)
			n += c->left;
	return (n);
}

static int
courier_count(enum delivery_state state)
{
	struct claim *c;
	int	      i, n = 0;

	for (c = claims; c != NULL; c = c->next)
		for (i = 0; i < c->n; i++)
			n += c->deliveries[i].state == state;
	return (n);
}

static const char *
delivery_value(const struct delivery *d, const char *column)
{
	PGresult *rows = d->claim->rows;

	return (PQgetvalue(rows, d->row, PQfnumber(rows, column)));
}

static void
claims_release(void)
{
	struct claim **at = &claims, *c;

	while ((c = *at) != NULL) {
		if (c->left > 0) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		PQclear(c->rows);
		text_release(&c->allow);
		free(c);
	}
}

static const char *
delivery_outcome(const struct delivery *d)
{
	size_t i;

	if (d->post.refused)
		return ("refused");
	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (d->post.status >= outcomes[i].least &&
		    d->post.status <= outcomes[i].most)
			return (outcomes[i].name);
	return ("failed");
}

/* Retry-After is heard where the receiver says that it is too much. */
static bool
delivery_throttled(const struct delivery *d)
{
	static const int throttles[] = { 429, 502, 503, 504 };
	size_t		 i;

	for (i = 0; i < sizeof(throttles) / sizeof(throttles[0]); i++)
		if (d->post.status == throttles[i])
			return (d->post.retry_after > 0);
	return (false);
}

static bool
delivery_push(struct link *l, const struct delivery *d)
{
	char	    status[16], took[24], after[24];
	const char *values[] = { d->claim->organisation,
		delivery_value(d, "delivery_id"),
		delivery_value(d, "lease_token"), delivery_outcome(d),
		d->post.status > 0 ? status : NULL, took, d->post.error,
		delivery_throttled(d) ? after : NULL };

	snprintf(status, sizeof(status), "%d", d->post.status);
	snprintf(took, sizeof(took), "%ld", d->post.milliseconds);
	snprintf(after, sizeof(after), "%ld", d->post.retry_after);
	return (link_push(l,
	    "select array_position(array['delivered', 'retry', 'expired', "
	    "'disabled', 'lapsed'], "
	    "job.settle_delivery($1, $2, $3, $4, $5, $6, $7, $8))",
	    8, values));
}

/* While the database is away it stays to be settled: what has lapsed by
 * the time it is back is told so then. */
static void
delivery_pull(struct link *l, struct delivery *d)
{
	long end = link_pull(l); /* its place in delivery_push's array */

	if (l->db == NULL || (end == LINK_FAILED && ++d->tries < SETTLE_TRIES))
		return;
	if (end > 0)
		beat_count(BEAT_DELIVERED + (enum beat)(end - 1), 1);
	d->state = DELIVERY_SETTLED;
	d->claim->left--;
}

/* Some of those that wait to be settled; returns how many. */
static int
courier_posted(struct delivery *some[], int most)
{
	struct claim *c;
	int	      i, n = 0;

	for (c = claims; c != NULL; c = c->next)
		for (i = 0; i < c->n && n < most; i++)
			if (c->deliveries[i].state == DELIVERY_POSTED)
				some[n++] = &c->deliveries[i];
	return (n);
}

static void
courier_settle(struct link *l)
{
	struct delivery *some[SETTLE_MOST];
	int		 i, n;

	do {
		n = courier_posted(some, SETTLE_MOST);
		for (i = 0; i < n && delivery_push(l, some[i]); i++)
			;
		for (n = i, i = 0; i < n; i++)
			delivery_pull(l, some[i]);
	} while (n == SETTLE_MOST && l->db != NULL);
	claims_release();
}

/* The headers of Standard Webhooks 1.0.0 and whatever says who we are. */
static bool
delivery_sign(struct delivery *d)
{
	const char *id = delivery_value(d, "webhook_id");
	const char *trace = delivery_value(d, "traceparent");
	char	    mac[SIGN_WEBHOOK], next[ID_TRACE];
	uint8_t	    secret[SIGN_BYTES];
	int64_t	    now = (int64_t)time(NULL);

	if (!secret_derive(delivery_value(d, "nonce"), secret) ||
	    !sign_webhook(secret, sizeof(secret), id, now, d->post.body,
		d->post.length, mac))
		return (false);
	id_trace(trace[0] != '\0' ? trace : NULL, next);
	snprintf(d->id, sizeof(d->id), "webhook-id: %s", id);
	snprintf(d->timestamp, sizeof(d->timestamp),
	    "webhook-timestamp: %" PRId64, now);
	snprintf(d->signature, sizeof(d->signature), "webhook-signature: %s",
	    mac);
	snprintf(d->trace, sizeof(d->trace), "traceparent: %s", next);
	return (true);
}

/* Posts one row of a claim. What cannot even begin is settled as failed. */
static void
delivery_start(struct delivery *d, struct claim *c, int row)
{
	const char *const headers[] = { "content-type: application/json",
		"user-agent: Kov/1.0", d->id, d->timestamp, d->signature,
		d->trace, NULL };

	d->claim = c;
	d->row = row;
	memcpy(d->headers, headers, sizeof(headers));
	d->post = (struct post){ .url = delivery_value(d, "url"),
		.allow = c->allow.data != NULL ? c->allow.data : "",
		.headers = d->headers,
		.body = delivery_value(d, "body"),
		.error = "out of memory" };
	d->post.length = strlen(d->post.body);
	d->state = delivery_sign(d) && post_start(&d->post) ? DELIVERY_POSTING :
							      DELIVERY_POSTED;
}

/* Takes rows. Where memory runs out the leases lapse. */
static void
courier_start(PGresult *rows, const char *organisation)
{
	int	      i, n = PQntuples(rows);
	struct claim *c;

	c = calloc(1, sizeof(*c) + (size_t)n * sizeof(c->deliveries[0]));
	if (c == NULL || n == 0) {
		free(c);
		PQclear(rows);
		return;
	}
	c->rows = rows;
	c->n = c->left = n;
	c->next = claims;
	claims = c;
	snprintf(c->organisation, sizeof(c->organisation), "%s", organisation);
	text_adds(&c->allow, PQgetvalue(rows, 0, PQfnumber(rows, "allow")));
	cidr_allowed(&c->allow, conf_text(SETTING_WEBHOOK_ALLOW),
	    PQgetvalue(rows, 0, PQfnumber(rows, "code")));
	for (i = 0; i < n; i++)
		delivery_start(&c->deliveries[i], c, i);
}

/* Returns how many deliveries of an organisation were taken in hand, or
 * -1. */
static int
courier_claim(struct link *l, int64_t organisation, int room)
{
	char	    id[24], most[24];
	const char *values[] = { id, worker, most, LEASE };
	PGresult   *rows;
	int	    n, share;

	snprintf(id, sizeof(id), "%" PRId64, organisation);
	share = SHARE - courier_held(id);
	if (share <= 0)
		return (0);
	snprintf(most, sizeof(most), "%d", room < share ? room : share);
	rows = link_ask(l, "select * from job.claim_deliveries($1, $2, $3, $4)",
	    4, values);
	if (rows == NULL)
		return (-1);
	n = PQntuples(rows);
	courier_start(rows, id);
	return (n);
}

/* An organisation with something due, or (0) any. */
static void
courier_hint(int64_t organisation)
{
	int i;

	for (i = 0; i < hinted; i++)
		if (hints[i] == organisation)
			return;
	if (organisation <= 0 || hinted == HINTS)
		poll_due = 0;
	else
		hints[hinted++] = organisation;
}

/* Claims for each organisation in turn, up to one that is no number of one;
 * false: a query failed. */
static bool
courier_claims(struct link *l, const int64_t *organisations)
{
	const int64_t *id;
	int	       room;

	for (id = organisations; *id > 0; id++) {
		if ((room = SLOTS - courier_held(NULL)) <= 0)
			return (true);
		if (courier_claim(l, *id, room) < 0)
			return (false);
	}
	return (true);
}

static bool
courier_claims_everywhere(struct link *l)
{
	int64_t *ids;
	bool	 ok;

	ids = link_ids(l,
	    "select * from job.organisations_with_due_deliveries()");
	ok = ids != NULL && courier_claims(l, ids);
	free(ids);
	return (ok);
}

/* Claims where something is known to be due; everywhere, when it is time. */
static void
courier_round(struct link *l)
{
	int64_t known[HINTS + 1] = { 0 };
	bool	ok = true, all = jobs_ms() >= poll_due;

	memcpy(known, hints, (size_t)hinted * sizeof(known[0]));
	hinted = 0;
	if (all)
		ok = courier_claims_everywhere(l);
	else if (known[0] != 0)
		ok = courier_claims(l, known);
	if (all || !ok)
		poll_due = jobs_ms() + (ok ? POLL : POLL_FAILED);
}

/* What came back from its receiver makes room for the next. */
static void
courier_done(void)
{
	struct delivery *d;
	struct post	*p;

	while ((p = post_done()) != NULL) {
		d = (struct delivery *)(void *)p;
		d->state = DELIVERY_POSTED;
		courier_hint(strtoll(d->claim->organisation, NULL, 10));
	}
}

/* How long to sleep where nothing happens, in ms. */
static int
courier_pause(const struct link *l, bool stopping)
{
	uint64_t now = jobs_ms();

	if (l->db == NULL)
		return (link_wait(l));
	if (stopping)
		return (POLL);
	return (hinted > 0 || poll_due <= now ? 0 : (int)(poll_due - now));
}

static void
courier_hear(struct link *l)
{
	int64_t organisation;

	while (link_notified(l, &organisation))
		courier_hint(organisation);
}

static void
courier_wait(struct link *l, bool stopping)
{
	courier_hear(l);
	post_wait(l->db != NULL ? PQsocket(l->db) : -1,
	    stopping ? -1 : jobs_signals(), courier_pause(l, stopping));
	courier_done();
	courier_hear(l);
}

/* One turn: settle, claim, post; false: all that was begun is done. */
static bool
courier_turn(struct link *l, bool stopping)
{
	bool open = link_open(l);

	if (open)
		courier_settle(l);
	beat_turn(l, "courier");
	if (l->db != NULL && !stopping)
		courier_round(l);
	if (stopping && courier_count(DELIVERY_POSTING) == 0)
		return (open && courier_count(DELIVERY_POSTED) > 0);
	courier_wait(l, stopping);
	return (true);
}

void
courier_run(void)
{
	struct link l = { .role = "kov_courier",
		.program = "kov-courier",
		.greeting = courier_greeting };
	char	    host[32] = "";

	if (!post_open(conf_number(SETTING_WEBHOOK_HTTP) == 1)) {
		log_say(LOG_LEVEL_ERROR, "courier.start", "s:s", "error",
		    "libcurl cannot start");
		exit(1);
	}
	gethostname(host, sizeof(host) - 1);
	snprintf(worker, sizeof(worker), "%s/%d", host, (int)getpid());
	while (courier_turn(&l, jobs_stopping()))
		;
	beat_last(&l, "courier");
	link_close(&l);
	post_close();
}
