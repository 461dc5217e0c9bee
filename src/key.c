/* Keys, by the digests that each worker holds of all of them. */
#include "key.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "origin.h"
#include "sign.h"
#include "token.h"

#define KEY_RANDOM 30

struct key {
	uint8_t digest[SIGN_BYTES];
	int64_t organisation;
	int64_t expires; /* seconds since 1970; 0: never */
	json_t *row;	 /* owned: what the database said of it */
	char   *json;	 /* owned: a caller's members that it decides */
	bool	revoked;
};

static struct key *keys;       /* sorted by digest */
static size_t	   key_count;  /* all */
static size_t	   key_sorted; /* those found: a load adds behind them */

static int
key_compare(const void *a, const void *b)
{
	return (memcmp(((const struct key *)a)->digest,
	    ((const struct key *)b)->digest, SIGN_BYTES));
}

static void
key_release(struct key *k)
{
	json_decref(k->row);
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

/* A sandbox's key has never another's prefix. */
static bool
key_is(const struct key *k, const struct caller_row *kind)
{
	const char *said = json_string_value(json_object_get(k->row, "kind"));

	return (said != NULL && strcmp(said, kind->name) == 0);
}

enum auth_end
key_know(const char *text, size_t n, struct caller *caller, struct text *json)
{
	const struct caller_row *kind = caller_row(caller->kind);
	uint8_t			 digest[SIGN_BYTES];
	const struct key	*k;

	if (n != strlen(kind->prefix) + TOKEN_CODE + KEY_RANDOM + TOKEN_CHECK)
		return (AUTH_MALFORMED);
	if (!sign_sha256(text, n, digest))
		return (AUTH_STALE);
	if ((k = key_find(digest)) == NULL || k->revoked || !key_is(k, kind) ||
	    (k->expires != 0 && k->expires <= time(NULL)))
		return (AUTH_UNKNOWN);
	caller->organisation = k->organisation;
	caller->row = k->row;
	caller->partner = json_string_value(json_object_get(k->row, "partner"));
	caller->scopes = json_object_get(k->row, "scopes");
	snprintf(caller->credential, sizeof(caller->credential), "%s",
	    json_string_value(json_object_get(k->row, "id")));
	text_adds(json, k->json);
	return (AUTH_OK);
}

void
key_clear(void)
{
	while (key_count > 0)
		key_release(&keys[--key_count]);
	free(keys);
	keys = NULL;
	key_sorted = 0;
	origin_keep(NULL);
}

/* The members of a caller that the key decides, without braces. */
static char *
key_json(int64_t organisation, const char *id, const char *partner,
    const json_t *scopes, bool relays)
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
	if (relays)
		text_adds(&t, ",\"relaysTokens\":true");
	free(dump);
	return (text_steal(&t));
}

/* Members of a row that are not named here are kept for who asks for them. */
static bool
key_read(json_t *row, struct key *k)
{
	const char *id, *digest;
	json_int_t  organisation;
	json_t	   *scopes, *expiry, *partner;
	int	    revoked;

	if (json_unpack(row, "{s:s, s:s, s:I, s:o, s:o, s:o, s:b}", "id", &id,
		"digest", &digest, "organisation", &organisation, "scopes",
		&scopes, "partner", &partner, "expiresAt", &expiry, "revoked",
		&revoked) != 0 ||
	    !sign_unhex(digest, k->digest, SIGN_BYTES))
		return (false);
	k->expires = json_is_number(expiry) ?
	    (int64_t)json_number_value(expiry) :
	    0;
	k->organisation = organisation;
	k->revoked = revoked != 0;
	k->row = json_incref(row);
	k->json = key_json(organisation, id, json_string_value(partner), scopes,
	    json_is_true(json_object_get(row, "relaysTokens")));
	return (k->json != NULL);
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

/* The pages that publishable keys are for may read our answers. */
static void
key_origins(void)
{
	json_t *all = json_object(), *one;
	size_t	n, i;

	for (n = 0; n < key_count; n++) {
		if (keys[n].revoked)
			continue;
		json_array_foreach(json_object_get(keys[n].row, "origins"), i,
		    one)
			json_object_set_new(all, json_string_value(one),
			    json_true());
	}
	origin_keep(all);
}

bool
key_take(const json_t *rows)
{
	struct key k;
	json_t	  *row;
	size_t	   i;
	bool	   ok = true;

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
	if (json_array_size(rows) > 0)
		key_origins();
	return (ok);
}
