/* Issuers of access tokens, as each worker holds them. */
#include "issuer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jwt.h"
#include "sign.h"

#define SUBJECT_MAX 255 /* bytes (OpenID Connect Core 1.0, 2) */
#define ASK_MS 60000	/* an unknown key is asked for as often at most */

struct issuer {
	json_t		*row; /* owned: what the database said of it */
	struct jwt_keys *keys;
	bool		 wants; /* somebody showed a key we do not have */
	uint64_t	 asked; /* ms; 0: never */
};

static struct issuer *issuers;
static size_t	      issuer_count;
static json_t	     *issuer_scopes; /* of the last caller */

static const char *
issuer_says(const struct issuer *i, const char *member)
{
	return (json_string_value(json_object_get(i->row, member)));
}

/* The rule that a token is under: its issuer's for the audience that it
 * names. The token chooses nothing else. */
static struct issuer *
issuer_of(const struct jwt *jwt)
{
	const char *iss = jwt_says(jwt, "iss");
	size_t	    i;

	for (i = 0; iss != NULL && i < issuer_count; i++)
		if (strcmp(issuer_says(&issuers[i], "issuer"), iss) == 0 &&
		    jwt_is_for(jwt, issuer_says(&issuers[i], "audience")))
			return (&issuers[i]);
	return (NULL);
}

/* ---- the caller ---- */

static bool
issuer_may_give(const struct issuer *i, const char *scope, size_t n)
{
	const json_t *one;
	size_t	      k;

	json_array_foreach(json_object_get(i->row, "scopes"), k, one)
		if (json_string_length(one) == n &&
		    memcmp(json_string_value(one), scope, n) == 0)
			return (true);
	return (false);
}

/* Those that the token has and its issuer may give (RFC 8693, 4.2). */
static json_t *
issuer_cut(const struct issuer *i, const char *scope)
{
	json_t *cut = json_array();
	size_t	n;

	for (; scope != NULL && *scope != '\0'; scope += n) {
		scope += strspn(scope, " ");
		n = strcspn(scope, " ");
		if (issuer_may_give(i, scope, n))
			json_array_append_new(cut, json_stringn(scope, n));
	}
	return (cut);
}

/* A UUIDv8 (RFC 9562, 5.8) of issuer and subject: the same person has the
 * same one in every token. */
static bool
issuer_credential(const char *issuer, const char *subject, char out[ID_UUID])
{
	struct text t = { 0 };
	uint8_t	    digest[SIGN_BYTES];
	char	    hex[SIGN_HEX];
	bool	    ok;

	text_addf(&t, "%s\n%s", issuer, subject);
	ok = !t.failed && sign_sha256(t.data, t.length, digest);
	text_release(&t);
	if (!ok)
		return (false);
	digest[6] = (uint8_t)(0x80 | (digest[6] & 0x0f));
	digest[8] = (uint8_t)(0x80 | (digest[8] & 0x3f));
	sign_hex(digest, sizeof(digest), hex);
	snprintf(out, ID_UUID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
	return (true);
}

static void
issuer_write(const struct issuer *i, const struct caller *caller,
    const char *subject, struct text *json)
{
	const char *issuer = issuer_says(i, "issuer");
	char	   *scopes = json_dumps(issuer_scopes, JSON_COMPACT);

	text_addf(json,
	    "\"organisation\":%" PRId64 ",\"credential\":\"%s\","
	    "\"scopes\":%s,\"partner\":null,\"acts\":{\"issuer\":",
	    caller->organisation, caller->credential, scopes);
	free(scopes);
	text_add_json(json, issuer, strlen(issuer));
	text_adds(json, ",\"subject\":");
	text_add_json(json, subject, strlen(subject));
	text_adds(json, "}");
}

static enum auth_end
issuer_caller(const struct issuer *i, const struct jwt *jwt,
    struct caller *caller, struct text *json)
{
	const char *subject = jwt_says(jwt, "sub");

	if (subject == NULL || *subject == '\0' ||
	    strlen(subject) > SUBJECT_MAX ||
	    !issuer_credential(issuer_says(i, "issuer"), subject,
		caller->credential))
		return (AUTH_UNKNOWN);
	json_decref(issuer_scopes);
	issuer_scopes = issuer_cut(i, jwt_says(jwt, "scope"));
	caller->scopes = issuer_scopes;
	caller->organisation = json_integer_value(json_object_get(i->row,
	    "organisation"));
	issuer_write(i, caller, subject, json);
	return (AUTH_OK);
}

enum auth_end
issuer_know(const char *text, size_t n, struct caller *caller,
    struct text *json)
{
	struct jwt    *jwt = jwt_read(text, n);
	enum auth_end  end = AUTH_UNKNOWN;
	struct issuer *i;
	enum jwt_end   judged;

	if (jwt == NULL)
		return (AUTH_MALFORMED);
	if ((i = issuer_of(jwt)) != NULL) {
		judged = jwt_verify(jwt, i->keys, time(NULL));
		if (judged == JWT_NO_KEY)
			i->wants = true;
		if (judged == JWT_OK)
			end = issuer_caller(i, jwt, caller, json);
	}
	jwt_free(jwt);
	return (end);
}

const char *
issuer_wanting(uint64_t now_ms, int64_t *organisation)
{
	struct issuer *i;

	for (i = issuers; i < issuers + issuer_count; i++) {
		if (!i->wants || (i->asked != 0 && now_ms - i->asked < ASK_MS))
			continue;
		i->wants = false;
		i->asked = now_ms;
		*organisation = json_integer_value(json_object_get(i->row,
		    "organisation"));
		return (issuer_says(i, "id"));
	}
	return (NULL);
}

/* ---- what the database said ---- */

static void
issuer_release(struct issuer *i)
{
	json_decref(i->row);
	jwt_keys_free(i->keys);
}

static struct issuer *
issuer_find(const char *id)
{
	struct issuer *i;

	for (i = issuers; i < issuers + issuer_count; i++)
		if (strcmp(issuer_says(i, "id"), id) == 0)
			return (i);
	return (NULL);
}

static struct issuer *
issuer_place(const char *id)
{
	struct issuer *i = issuer_find(id), *more;

	if (i != NULL)
		return (i);
	more = realloc(issuers, (issuer_count + 1) * sizeof(*more));
	if (more == NULL)
		return (NULL);
	issuers = more;
	issuers[issuer_count] = (struct issuer){ 0 };
	return (&issuers[issuer_count++]);
}

/* Its text is of no use once its keys are read. */
static bool
issuer_put(json_t *row)
{
	const char    *id, *issuer, *audience, *algorithm;
	json_int_t     organisation;
	json_t	      *jwks, *scopes;
	struct issuer *i;

	if (json_unpack(row, "{s:s, s:s, s:s, s:s, s:I, s:o, s:o}", "id", &id,
		"issuer", &issuer, "audience", &audience, "algorithm",
		&algorithm, "organisation", &organisation, "jwks", &jwks,
		"scopes", &scopes) != 0 ||
	    (i = issuer_place(id)) == NULL)
		return (false);
	issuer_release(i);
	*i = (struct issuer){ .row = json_incref(row), .asked = i->asked };
	if (json_is_string(jwks))
		i->keys = jwt_keys_new(json_string_value(jwks),
		    json_string_length(jwks), algorithm);
	json_object_del(row, "jwks");
	return (true);
}

static void
issuer_drop(const char *id)
{
	struct issuer *i = issuer_find(id);

	if (i == NULL)
		return;
	issuer_release(i);
	*i = issuers[--issuer_count];
}

bool
issuer_take(const json_t *rows)
{
	const char *id;
	json_t	   *row;
	size_t	    n;
	bool	    ok = true;

	json_array_foreach(rows, n, row) {
		id = json_string_value(json_object_get(row, "id"));
		if (id == NULL)
			ok = false;
		else if (json_is_true(json_object_get(row, "removed")))
			issuer_drop(id);
		else
			ok = issuer_put(row) && ok;
	}
	return (ok);
}

void
issuer_clear(void)
{
	while (issuer_count > 0)
		issuer_release(&issuers[--issuer_count]);
	free(issuers);
	issuers = NULL;
	json_decref(issuer_scopes);
	issuer_scopes = NULL;
}
