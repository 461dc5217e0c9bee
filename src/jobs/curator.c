/*
 * The curator: looks at each attachment once, before anybody can read it. A
 * scanner sees what was sent; pictures are written anew without metadata, in
 * a cage; then one transaction says what it is.
 */
#include "jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../id.h"
#include "../log.h"
#include "../sign.h"
#include "clean.h"
#include "link.h"
#include "scan.h"

#define POLL_MS 250
#define FAILED_MS 2000
#define SWEEP_MS 60000
#define LEASE "5 minutes"  /* longer than the scanner and the cage may take */
#define PAUSE "30 seconds" /* for a scanner that is away */
#define STRAY "1 hour"	   /* nobody's file is still coming by then */
#define ATTEMPTS 3
#define PART 65536 /* bytes: STORE_PART of the door */

struct specimen {
	char	    organisation[24];
	char	    id[ID_UUID], file[ID_UUID], media[32];
	long	    parts, attempts;
	struct text sent, cleaned; /* cleaned.length 0: as it was sent */
};

static const char *const curator_greeting[] = { NULL };

/* ---- its bytes ---- */

static bool
specimen_part(struct link *l, struct specimen *s, long n)
{
	char	       number[24];
	const char    *values[] = { s->organisation, s->file, number };
	unsigned char *bytes = NULL;
	size_t	       length = 0;
	PGresult      *r;

	snprintf(number, sizeof(number), "%ld", n);
	r = link_ask(l, "select job.file_part($1, $2, $3)", 3, values);
	if (r != NULL && !PQgetisnull(r, 0, 0))
		bytes = PQunescapeBytea((const unsigned char *)PQgetvalue(r, 0,
					    0),
		    &length);
	if (bytes != NULL)
		text_add(&s->sent, bytes, length);
	PQfreemem(bytes);
	PQclear(r);
	return (bytes != NULL && !s->sent.failed);
}

static bool
specimen_fetch(struct link *l, struct specimen *s)
{
	long n;

	for (n = 0; n < s->parts; n++)
		if (!specimen_part(l, s, n))
			return (false);
	return (true);
}

/* Stores what was cleaned as a new file. */
static bool
specimen_store(struct link *l, const struct specimen *s, const char *file)
{
	static char hex[2 + 2 * PART + 1] = "\\x";
	char	    number[24];
	const char *values[] = { s->organisation, file, number, hex };
	size_t	    at, n;
	PGresult   *r;

	for (at = 0; at < s->cleaned.length; at += n) {
		n = s->cleaned.length - at;
		n = n < PART ? n : PART;
		sign_hex(s->cleaned.data + at, n, hex + 2);
		snprintf(number, sizeof(number), "%zu", at / PART);
		r = link_ask(l, "select job.put_file_part($1, $2, $3, $4)", 4,
		    values);
		if (r == NULL)
			return (false);
		PQclear(r);
	}
	return (true);
}

/* ---- what became of it ---- */

static void
specimen_settle(struct link *l, const struct specimen *s, const char *state)
{
	char	    file[ID_UUID], parts[24], bytes[24], sha256[SIGN_HEX];
	uint8_t	    digest[SIGN_BYTES];
	size_t	    n = s->cleaned.length;
	const char *values[] = { s->organisation, s->id, state, NULL, NULL,
		NULL, NULL };

	id_new(file);
	if (n > 0) {
		snprintf(parts, sizeof(parts), "%zu", (n + PART - 1) / PART);
		snprintf(bytes, sizeof(bytes), "%zu", n);
		if (!sign_sha256(s->cleaned.data, n, digest) ||
		    !specimen_store(l, s, file))
			return; /* its lease lapses, and it is tried again */
		sign_hex(digest, sizeof(digest), sha256);
		values[3] = file;
		values[4] = parts;
		values[5] = bytes;
		values[6] = sha256;
	}
	PQclear(link_ask(l,
	    "select job.settle_attachment($1, $2, $3, $4, $5, $6, $7)", 7,
	    values));
	log_say(LOG_LEVEL_INFO, "attachment.settled", "s:s, s:s, s:s",
	    "organisation", s->organisation, "attachment", s->id, "state",
	    state);
}

static void
specimen_release(struct link *l, const struct specimen *s)
{
	const char *values[] = { s->organisation, s->id, PAUSE };

	PQclear(link_ask(l, "select job.release_attachment($1, $2, $3)", 3,
	    values));
}

/* ---- the look ---- */

static const char *const states[] = {
	[SCAN_CLEAN] = "ready",
	[SCAN_INFECTED] = "infected",
	[SCAN_NONE] = "unscanned",
	[SCAN_AWAY] = NULL, /* later */
};

static void
specimen_look(struct link *l, struct specimen *s)
{
	cage_work    *work = clean_of(s->media);
	enum scan_end scan = scan_bytes(s->sent.data, s->sent.length);
	enum cage_end end = CAGE_OK;

	if (work != NULL && (scan == SCAN_CLEAN || scan == SCAN_NONE))
		end = cage_run(work, (const uint8_t *)s->sent.data,
		    s->sent.length, &s->cleaned);
	if (states[scan] == NULL || end == CAGE_FAILED)
		specimen_release(l, s);
	else if (end != CAGE_OK)
		specimen_settle(l, s, "refused");
	else
		specimen_settle(l, s, states[scan]);
}

static bool
specimen_claim(struct link *l, struct specimen *s)
{
	const char *values[] = { s->organisation, LEASE };
	PGresult   *r;
	bool	    any;

	r = link_ask(l,
	    "select id, file_id, media_type, parts, attempts"
	    " from job.claim_attachment($1, $2)",
	    2, values);
	any = r != NULL && PQntuples(r) > 0;
	if (any) {
		snprintf(s->id, sizeof(s->id), "%s", PQgetvalue(r, 0, 0));
		snprintf(s->file, sizeof(s->file), "%s", PQgetvalue(r, 0, 1));
		snprintf(s->media, sizeof(s->media), "%s", PQgetvalue(r, 0, 2));
		s->parts = strtol(PQgetvalue(r, 0, 3), NULL, 10);
		s->attempts = strtol(PQgetvalue(r, 0, 4), NULL, 10);
	}
	PQclear(r);
	return (any);
}

/* Looks at one of an organisation's; false: there was none. */
static bool
curator_one(struct link *l, int64_t organisation)
{
	struct specimen s = { 0 };
	bool		any;

	snprintf(s.organisation, sizeof(s.organisation), "%" PRId64,
	    organisation);
	any = specimen_claim(l, &s);
	if (any && s.attempts > ATTEMPTS)
		specimen_settle(l, &s, "refused"); /* it ends the curator */
	else if (any && specimen_fetch(l, &s))
		specimen_look(l, &s);
	text_release(&s.sent);
	text_release(&s.cleaned);
	return (any);
}

/* One of each organisation, in turns. False: nothing to do, or it failed. */
static bool
curator_round(struct link *l)
{
	int64_t *ids, *id;
	bool	 any = false;

	ids = link_ids(l, "select * from job.organisations_with_attachments()");
	if (ids == NULL)
		return (false);
	for (id = ids; *id >= 0 && !jobs_stopping(); id++)
		any |= curator_one(l, *id);
	free(ids);
	return (any);
}

/* ---- what nobody keeps ---- */

static void
curator_sweep(struct link *l)
{
	char	    organisation[24];
	const char *values[] = { organisation, STRAY };
	int64_t	   *ids, *id;

	ids = link_ids(l,
	    "select * from job.organisations_with_stray_files('" STRAY "')");
	for (id = ids; id != NULL && *id >= 0; id++) {
		snprintf(organisation, sizeof(organisation), "%" PRId64, *id);
		PQclear(link_ask(l, "select job.sweep_files($1, $2)", 2,
		    values));
	}
	free(ids);
}

void
curator_run(void)
{
	struct link l = { .role = "kov_jobs",
		.program = "kov-curator",
		.greeting = curator_greeting };
	uint64_t    sweep = 0;

	while (!jobs_stopping()) {
		if (!link_open(&l)) {
			jobs_sleep(-1, link_wait(&l));
			continue;
		}
		if (jobs_ms() >= sweep) {
			curator_sweep(&l);
			sweep = jobs_ms() + SWEEP_MS;
		}
		if (!curator_round(&l))
			jobs_sleep(-1, l.db != NULL ? POLL_MS : FAILED_MS);
	}
	link_close(&l);
}
