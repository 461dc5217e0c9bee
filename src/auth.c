/* From a credential to a caller, by the digests each worker holds. */
#include "auth.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "log.h"
#include "sign.h"
#include "text.h"

#define AUTH_TRUST_MS 60000 /* digests older than this are not believed */
#define KEY_PREFIX 9	    /* "kov_live_" */
#define KEY_CODE 6
#define KEY_RANDOM 30
#define KEY_CHECK 6
#define KEY_LENGTH (KEY_PREFIX + KEY_CODE + KEY_RANDOM + KEY_CHECK)

struct key {
	uint8_t digest[SIGN_BYTES];
	int64_t organisation;
	int64_t expires; /* seconds since 1970; 0: never */
	json_t *scopes;	 /* owned */
	char   *id;	 /* owned */
	char   *json;	 /* owned: struct caller's */
	bool	revoked;
};

static struct key *keys;       /* sorted by digest */
static size_t	   key_count;  /* all */
static size_t	   key_sorted; /* those found: a load adds behind them */
static int64_t	   key_change;
static uint64_t	   key_taken; /* when, in ms */
static uint64_t	   key_now;

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz";

void
auth_key_check(const char *text, size_t n, char out[AUTH_CHECK + 1])
{
	uint32_t crc = sign_crc32(text, n);
	int	 i;

	for (i = KEY_CHECK - 1; i >= 0; i--, crc /= 62)
		out[i] = base62[crc % 62];
	out[KEY_CHECK] = '\0';
}

/* kov_live_ or kov_test_, the code, the random part, and a CRC-32 that fits. */
static bool
auth_key_shape(const char *key, size_t n)
{
	char check[AUTH_CHECK + 1];

	if (n != KEY_LENGTH ||
	    (strncmp(key, "kov_live_", 9) != 0 &&
		strncmp(key, "kov_test_", 9) != 0))
		return (false);
	auth_key_check(key, n - KEY_CHECK, check);
	return (memcmp(check, key + n - KEY_CHECK, KEY_CHECK) == 0);
}

static int
key_compare(const void *a, const void *b)
{
	return (memcmp(((const struct key *)a)->digest,
	    ((const struct key *)b)->digest, SIGN_BYTES));
}

static void
key_release(struct key *k)
{
	json_decref(k->scopes);
	free(k->id);
	free(k->json);
}

static struct key *
key_find(const uint8_t digest[SIGN_BYTES])
{
	struct key wanted;

	memcpy(wanted.digest, digest, SIGN_BYTES);
	return (key_sorted == 0 ? NULL :
				  bsearch(&wanted, keys, key_sorted,
				      sizeof(keys[0]), key_compare));
}

/* RFC 6750, 2.1; the scheme's name in any case (RFC 9110, 11.1). */
static enum auth_end
auth_digest(const char *header, size_t n, uint8_t digest[SIGN_BYTES])
{
	if (header == NULL || n == 0)
		return (AUTH_MISSING);
	if (n < 8 || strncasecmp(header, "Bearer ", 7) != 0)
		return (AUTH_MALFORMED);
	for (header += 7, n -= 7; n > 0 && *header == ' '; n--)
		header++;
	if (!auth_key_shape(header, n))
		return (AUTH_MALFORMED);
	return (sign_sha256(header, n, digest) ? AUTH_OK : AUTH_STALE);
}

enum auth_end
auth_know(const char *header, size_t n, struct caller *caller)
{
	uint8_t		  digest[SIGN_BYTES];
	const struct key *k;
	enum auth_end	  end;

	if ((end = auth_digest(header, n, digest)) != AUTH_OK)
		return (end);
	if (key_taken == 0 || key_now - key_taken > AUTH_TRUST_MS)
		return (AUTH_STALE);
	if ((k = key_find(digest)) == NULL || k->revoked ||
	    (k->expires != 0 && k->expires <= time(NULL)))
		return (AUTH_UNKNOWN);
	*caller = (struct caller){ k->organisation, k->id, k->json, k->scopes };
	return (AUTH_OK);
}

bool
auth_may(const struct caller *caller, const char *scope)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach(caller->scopes, i, one)
		if (strcmp(json_string_value(one), scope) == 0)
			return (true);
	return (false);
}

void
auth_tick(uint64_t now)
{
	key_now = now;
}

int64_t
auth_change(void)
{
	return (key_change);
}

bool
auth_taken(void)
{
	return (key_taken != 0);
}

void
auth_clear(void)
{
	while (key_count > 0)
		key_release(&keys[--key_count]);
	free(keys);
	keys = NULL;
	key_sorted = 0;
	key_change = 0;
	key_taken = 0;
}

/* The members of a caller that the key decides, without braces. */
static char *
key_json(int64_t organisation, const char *id, const char *partner,
    const json_t *scopes)
{
	struct text t = { 0 };
	char	   *dump = json_dumps(scopes, JSON_COMPACT);

	text_addf(&t,
	    "\"organisation\":%" PRId64 ",\"credential\":\"%s\","
	    "\"scopes\":%s,\"partner\":",
	    organisation, id, dump);
	if (partner != NULL)
		text_add_json(&t, partner, strlen(partner));
	else
		text_adds(&t, "null");
	free(dump);
	return (text_steal(&t));
}

static bool
key_read(json_t *row, struct key *k)
{
	const char *id, *digest;
	json_int_t  organisation, expires = 0;
	json_t	   *scopes, *expiry, *partner;
	int	    revoked;

	if (json_unpack(row, "{s:s, s:s, s:I, s:o, s:o, s:o, s:b}", "id", &id,
		"digest", &digest, "organisation", &organisation, "scopes",
		&scopes, "partner", &partner, "expiresAt", &expiry, "revoked",
		&revoked) != 0 ||
	    !sign_unhex(digest, k->digest, SIGN_BYTES))
		return (false);
	if (json_is_number(expiry))
		expires = (json_int_t)json_number_value(expiry);
	k->organisation = organisation;
	k->expires = expires;
	k->revoked = revoked != 0;
	k->scopes = json_incref(scopes);
	k->id = strdup(id);
	k->json = key_json(organisation, id, json_string_value(partner),
	    scopes);
	return (k->id != NULL && k->json != NULL);
}

/* In place where it is known; else at the end, for the caller to sort. */
static bool
key_put(struct key *k)
{
	struct key *known = key_find(k->digest), *more;

	if (known != NULL) {
		key_release(known);
		*known = *k;
		return (true);
	}
	if ((more = realloc(keys, (key_count + 1) * sizeof(*more))) == NULL)
		return (false);
	keys = more;
	keys[key_count++] = *k;
	return (true);
}

bool
auth_take(const char *json, size_t n, uint64_t now)
{
	json_auto_t *all = json_loadb(json, n, 0, NULL);
	json_t	    *rows, *row;
	json_int_t   change;
	struct key   k;
	size_t	     i;
	bool	     ok = true;

	if (json_unpack(all, "{s:I, s:o}", "change", &change, "keys", &rows) !=
	    0)
		return (false);
	json_array_foreach(rows, i, row) {
		k = (struct key){ 0 };
		if (!key_read(row, &k) || !key_put(&k)) {
			key_release(&k);
			ok = false;
		}
	}
	if (key_count > 0)
		qsort(keys, key_count, sizeof(keys[0]), key_compare);
	key_sorted = key_count;
	if (!ok)
		return (false);
	key_change = change;
	key_taken = key_now = now;
	return (true);
}
