/* From a credential to a caller: what it begins with says how it is known. */
#include "auth.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "issuer.h"
#include "key.h"
#include "ticket.h"

#define AUTH_TRUST_MS 60000 /* digests older than this are not believed */

/* Given the whole credential and a caller whose kind is set; adds to json
 * the members that SQL is told. */
typedef enum auth_end(know_fn)(const char *, size_t, struct caller *,
    struct text *);

static know_fn auth_ticket;

/* How a kind is known. */
static know_fn *const ways[CALLER_KINDS] = {
	[CALLER_LIVE_KEY] = key_know,
	[CALLER_TEST_KEY] = key_know,
	[CALLER_PUBLISHABLE_KEY] = key_know,
	[CALLER_CUSTOMER_SESSION] = auth_ticket,
	[CALLER_TRACKING_TOKEN] = auth_ticket,
	[CALLER_ACCESS_TOKEN] = issuer_know,
};

static json_t  *auth_codes;  /* organisations' numbers by their codes */
static int64_t	auth_number; /* of the last change */
static uint64_t auth_told;   /* when, in ms */
static uint64_t auth_now;

/* What follows "Bearer" (RFC 6750, 2.1); the scheme's name in any case
 * (RFC 9110, 11.1). */
static enum auth_end
auth_bearer(const char **text, size_t *n)
{
	if (*text == NULL || *n == 0)
		return (AUTH_MISSING);
	if (*n < 8 || strncasecmp(*text, "Bearer ", 7) != 0)
		return (AUTH_MALFORMED);
	for (*text += 7, *n -= 7; *n > 0 && **text == ' '; (*n)--)
		(*text)++;
	return (AUTH_OK);
}

/* Whether its generation is the present one, the function it asks for sees. */
static enum auth_end
auth_ticket(const char *text, size_t n, struct caller *caller,
    struct text *json)
{
	struct ticket ticket = { .kind = caller->kind };
	json_t	     *organisation;

	if (!ticket_read(&ticket, text, n) ||
	    (ticket.expires != 0 && ticket.expires <= time(NULL)))
		return (AUTH_UNKNOWN);
	organisation = json_object_get(auth_codes, ticket.code);
	if (organisation == NULL)
		return (AUTH_UNKNOWN);
	caller->organisation = json_integer_value(organisation);
	memcpy(caller->credential, ticket.subject, sizeof(ticket.subject));
	text_addf(json,
	    "\"organisation\":%" PRId64 ",\"credential\":\"%s\","
	    "\"%s\":\"%s\",\"generation\":%" PRIu32 ",\"scopes\":[],"
	    "\"partner\":null",
	    caller->organisation, ticket.subject,
	    caller->kind == CALLER_TRACKING_TOKEN ? "complaint" : "customer",
	    ticket.subject, ticket.generation);
	return (AUTH_OK);
}

/* The kind that a text is of: all prefixes but the last kind's say so. */
static enum caller_kind
auth_kind(const char *text, size_t n)
{
	enum caller_kind k = 0;
	size_t		 prefix;

	for (;; k++) {
		prefix = strlen(caller_row(k)->prefix);
		if (n >= prefix &&
		    memcmp(text, caller_row(k)->prefix, prefix) == 0)
			return (k);
	}
}

enum auth_end
auth_know(const char *text, size_t n, struct caller *caller, struct text *json)
{
	enum auth_end end = auth_bearer(&text, &n);

	if (end != AUTH_OK)
		return (end);
	*caller = (struct caller){ .kind = auth_kind(text, n) };
	if (caller->kind != CALLER_ACCESS_TOKEN && !token_whole(text, n))
		return (AUTH_MALFORMED);
	if (auth_told == 0 || auth_now - auth_told > AUTH_TRUST_MS)
		return (AUTH_STALE);
	text_addf(json, "{\"kind\":\"%s\",", caller_row(caller->kind)->name);
	end = ways[caller->kind](text, n, caller, json);
	if (end != AUTH_OK)
		text_clear(json);
	return (end);
}

void
auth_tick(uint64_t now)
{
	auth_now = now;
}

int64_t
auth_change(void)
{
	return (auth_number);
}

bool
auth_taken(void)
{
	return (auth_told != 0);
}

void
auth_clear(void)
{
	key_clear();
	issuer_clear();
	json_decref(auth_codes);
	auth_codes = NULL;
	auth_number = 0;
	auth_told = 0;
}

/* Of whoever has a key. */
static bool
auth_learn(const json_t *rows)
{
	json_t	   *row, *number;
	const char *code;
	size_t	    i;

	if (auth_codes == NULL)
		auth_codes = json_object();
	json_array_foreach(rows, i, row) {
		code = json_string_value(json_object_get(row, "code"));
		number = json_object_get(row, "organisation");
		if (code != NULL &&
		    json_object_set(auth_codes, code, number) != 0)
			return (false);
	}
	return (true);
}

bool
auth_take(const char *text, size_t n, uint64_t now)
{
	json_auto_t *all = json_loadb(text, n, 0, NULL);
	json_t	    *rows, *issuers = NULL;
	json_int_t   change;

	if (json_unpack(all, "{s:I, s:o, s?:o}", "change", &change, "keys",
		&rows, "issuers", &issuers) != 0 ||
	    !auth_learn(rows) || !key_take(rows) || !auth_learn(issuers) ||
	    !issuer_take(issuers))
		return (false);
	auth_number = change;
	auth_told = auth_now = now;
	return (true);
}
