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

#include "../conf.h"
#include "../id.h"
#include "../log.h"
#include "../secret.h"
#include "guard.h"
#include "link.h"
#include "post.h"

#define SLOTS 1024	  /* posts at once; an endpoint's limit is in its row */
#define SHARE (SLOTS / 2) /* of them, one organisation's */
#define POLL_LEAST 10	  /* ms, after a claim that found something */
#define POLL_MOST 100	  /* ms: doubled up to this while nothing is due */
#define POLL_FAILED 2000
#define SETTLE_TRIES 5	   /* a deadlock passes; after that the lease lapses */
#define LEASE "45 seconds" /* more than POST_SECONDS and a slow database */

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

/* False: the database is away; it is tried again when it is back, and what
 * has lapsed by then is told so. */
static bool
delivery_settle(struct link *l, struct delivery *d)
{
	char	    status[16], took[24], after[24];
	const char *values[] = { d->claim->organisation,
		delivery_value(d, "delivery_id"),
		delivery_value(d, "lease_token"), delivery_outcome(d),
		d->post.status > 0 ? status : NULL, took, d->post.error,
		delivery_throttled(d) ? after : NULL };
	PGresult   *r;

	snprintf(status, sizeof(status), "%d", d->post.status);
	snprintf(took, sizeof(took), "%ld", d->post.milliseconds);
	snprintf(after, sizeof(after), "%ld", d->post.retry_after);
	r = link_ask(l,
	    "select job.settle_delivery($1, $2, $3, $4, $5, $6, $7, $8)", 8,
	    values);
	PQclear(r);
	if (l->db == NULL)
		return (false);
	if (r == NULL && ++d->tries < SETTLE_TRIES)
		return (true);
	d->state = DELIVERY_SETTLED;
	d->claim->left--;
	return (true);
}

static void
courier_settle(struct link *l)
{
	struct claim *c;
	int	      i;

	for (c = claims; c != NULL; c = c->next)
		for (i = 0; i < c->n; i++)
			if (c->deliveries[i].state == DELIVERY_POSTED &&
			    !delivery_settle(l, &c->deliveries[i]))
				return;
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
	guard_allowed(&c->allow, conf_text(SETTING_WEBHOOK_ALLOW),
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

/* Claims for each organisation in turn; returns how many, or -1. */
static int
courier_round(struct link *l)
{
	int64_t *ids, *id;
	int	 n, room, all = 0;

	ids = link_ids(l,
	    "select * from job.organisations_with_due_deliveries()");
	if (ids == NULL)
		return (-1);
	for (id = ids; *id >= 0 && all >= 0; id++) {
		if ((room = SLOTS - courier_held(NULL)) <= 0)
			break;
		n = courier_claim(l, *id, room);
		all = n < 0 ? -1 : all + n;
	}
	free(ids);
	return (all);
}

/* Whether anything came back from its receiver. */
static bool
courier_done(void)
{
	struct delivery *d;
	struct post	*p;
	bool		 any = false;

	while ((p = post_done()) != NULL) {
		d = (struct delivery *)(void *)p;
		d->state = DELIVERY_POSTED;
		any = true;
	}
	return (any);
}

static int
courier_pause(int claimed, int before)
{
	if (claimed < 0)
		return (POLL_FAILED);
	if (claimed > 0)
		return (POLL_LEAST);
	return (before * 2 < POLL_MOST ? before * 2 : POLL_MOST);
}

/* One turn: settle, claim, post; returns whether there is more to do. */
static bool
courier_turn(struct link *l, bool stopping)
{
	static int	pause = POLL_LEAST;
	static uint64_t due;
	uint64_t	now = jobs_ms();
	bool		open = link_open(l);
	int		ms;

	if (open)
		courier_settle(l);
	if (l->db != NULL && !stopping && (link_notified(l) || now >= due)) {
		pause = courier_pause(courier_round(l), pause);
		due = jobs_ms() + (uint64_t)pause;
	}
	if (stopping && courier_count(DELIVERY_POSTING) == 0)
		return (open && courier_count(DELIVERY_POSTED) > 0);
	now = jobs_ms();
	ms = l->db == NULL ? link_wait(l) : due > now ? (int)(due - now) : 0;
	if (!link_notified(l))
		post_wait(l->db != NULL ? PQsocket(l->db) : -1,
		    stopping ? -1 : jobs_signals(), ms);
	else
		due = 0;
	if (courier_done())
		due = 0;
	return (true);
}

void
courier_run(void)
{
	struct link l = { .role = "kov_courier",
		.program = "kov-courier",
		.greeting = courier_greeting };
	struct text error = { 0 };
	char	    host[32] = "";

	if (!secret_load(conf_text(SETTING_SECRET_FILE), &error) ||
	    !post_open(conf_number(SETTING_WEBHOOK_HTTP) == 1)) {
		log_say(LOG_LEVEL_ERROR, "courier.start", "s:s", "error",
		    error.length > 0 ? error.data : "libcurl cannot start");
		text_release(&error);
		exit(1);
	}
	gethostname(host, sizeof(host) - 1);
	snprintf(worker, sizeof(worker), "%s/%d", host, (int)getpid());
	while (courier_turn(&l, jobs_stopping()))
		;
	link_close(&l);
	post_close();
}
