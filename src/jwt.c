/* Access tokens: JWTs of people, verified and never made here. */
#include "jwt.h"

#include <cjose/cjose.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEYS_MOST 64   /* of one issuer */
#define RSA_LEAST 2048 /* bits */
#define EC_P256 256

struct jwt {
	cjose_jws_t *jws;
	json_t	    *header; /* borrowed from jws */
	json_t	    *claims;
};

struct jwt_keys {
	const char  *algorithm; /* of the table */
	size_t	     count;
	cjose_jwk_t *keys[KEYS_MOST];
};

/* What an issuer's rule can ask for: never none, never a shared secret. */
static const struct {
	const char     *name;
	cjose_jwk_kty_t type;
	size_t		least, most; /* bits of a key */
} algorithms[] = {
	{ "RS256", CJOSE_JWK_KTY_RSA, RSA_LEAST, 16384 },
	{ "PS256", CJOSE_JWK_KTY_RSA, RSA_LEAST, 16384 },
	{ "ES256", CJOSE_JWK_KTY_EC, EC_P256, EC_P256 },
};
#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

static const char *
jwt_member(const json_t *object, const char *name)
{
	return (json_string_value(json_object_get(object, name)));
}

/* Base64url without padding (RFC 7515, 2). What has a length that none has
 * would end the program: libcjose 0.6.2 asserts it. */
static bool
jwt_is_base64(const char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t		  i = 0;

	while (i < n && memchr(digits, s[i], sizeof(digits) - 1) != NULL)
		i++;
	return (n > 0 && i == n && n % 4 != 1);
}

/* Three parts (RFC 7515, 7.1). */
static bool
jwt_is_compact(const char *text, size_t n)
{
	const char *end = text + n, *dot;
	int	    parts;

	for (parts = 1; (dot = memchr(text, '.', (size_t)(end - text))) != NULL;
	     parts++, text = dot + 1)
		if (!jwt_is_base64(text, (size_t)(dot - text)))
			return (false);
	return (parts == 3 && jwt_is_base64(text, (size_t)(end - text)));
}

/* RFC 9068, 2.1; a media type's name is the same in any case. */
static bool
jwt_header_fits(const json_t *header)
{
	const char *typ = jwt_member(header, "typ");

	return (typ != NULL &&
	    (strcasecmp(typ, "at+jwt") == 0 ||
		strcasecmp(typ, "application/at+jwt") == 0) &&
	    json_object_get(header, "crit") == NULL);
}

static bool
jwt_open(struct jwt *jwt, const char *text, size_t n)
{
	uint8_t *claims;
	size_t	 length;

	if (!jwt_is_compact(text, n) ||
	    (jwt->jws = cjose_jws_import(text, n, NULL)) == NULL)
		return (false);
	jwt->header = cjose_jws_get_protected(jwt->jws);
	if (!jwt_header_fits(jwt->header) ||
	    !cjose_jws_get_plaintext(jwt->jws, &claims, &length, NULL))
		return (false);
	jwt->claims = json_loadb((const char *)claims, length,
	    JSON_REJECT_DUPLICATES, NULL);
	return (json_is_object(jwt->claims));
}

struct jwt *
jwt_read(const char *text, size_t n)
{
	struct jwt *jwt;

	if (n > JWT_MAX || (jwt = calloc(1, sizeof(*jwt))) == NULL)
		return (NULL);
	if (jwt_open(jwt, text, n))
		return (jwt);
	jwt_free(jwt);
	return (NULL);
}

void
jwt_free(struct jwt *jwt)
{
	if (jwt == NULL)
		return;
	if (jwt->jws != NULL)
		cjose_jws_release(jwt->jws);
	json_decref(jwt->claims);
	free(jwt);
}

const char *
jwt_says(const struct jwt *jwt, const char *claim)
{
	return (jwt_member(jwt->claims, claim));
}

/* RFC 7519, 4.1.3: one, or a list of them. */
bool
jwt_is_for(const struct jwt *jwt, const char *audience)
{
	const json_t *said = json_object_get(jwt->claims, "aud"), *one;
	size_t	      i;

	if (json_is_string(said))
		return (strcmp(json_string_value(said), audience) == 0);
	json_array_foreach(said, i, one)
		if (json_is_string(one) &&
		    strcmp(json_string_value(one), audience) == 0)
			return (true);
	return (false);
}

/* ---- keys ---- */

/* Whether a key of the set is one to verify that algorithm with. */
static bool
jwt_key_fits(const json_t *row, size_t algorithm)
{
	const char *use = jwt_member(row, "use"), *alg = jwt_member(row, "alg");

	return ((use == NULL || strcmp(use, "sig") == 0) &&
	    (alg == NULL || strcmp(alg, algorithms[algorithm].name) == 0));
}

/* Whether it is a public key that libcjose can be given. */
static bool
jwt_key_is_sound(const json_t *row)
{
	static const char *const numbers[] = { "n", "e", "x", "y" };
	const json_t		*number;
	size_t			 i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		number = json_object_get(row, numbers[i]);
		if (number != NULL &&
		    (!json_is_string(number) ||
			!jwt_is_base64(json_string_value(number),
			    json_string_length(number))))
			return (false);
	}
	return (json_object_get(row, "d") == NULL &&
	    json_object_get(row, "k") == NULL);
}

static void
jwt_key_add(struct jwt_keys *keys, json_t *row, size_t algorithm)
{
	cjose_jwk_t *key;
	size_t	     bits;

	if (keys->count == KEYS_MOST || !json_is_object(row) ||
	    !jwt_key_fits(row, algorithm) || !jwt_key_is_sound(row) ||
	    (key = cjose_jwk_import_json(row, NULL)) == NULL)
		return;
	bits = cjose_jwk_get_keysize(key, NULL);
	if (cjose_jwk_get_kty(key, NULL) == algorithms[algorithm].type &&
	    bits >= algorithms[algorithm].least &&
	    bits <= algorithms[algorithm].most)
		keys->keys[keys->count++] = key;
	else
		cjose_jwk_release(key);
}

struct jwt_keys *
jwt_keys_new(const char *jwks, size_t n, const char *algorithm)
{
	json_auto_t	*set = json_loadb(jwks, n, 0, NULL);
	json_t		*rows = json_object_get(set, "keys"), *row;
	struct jwt_keys *keys;
	size_t		 i, a = 0;

	while (a < ALGORITHMS && strcmp(algorithms[a].name, algorithm) != 0)
		a++;
	if (a == ALGORITHMS || !json_is_array(rows) ||
	    (keys = calloc(1, sizeof(*keys))) == NULL)
		return (NULL);
	keys->algorithm = algorithms[a].name;
	json_array_foreach(rows, i, row)
		jwt_key_add(keys, row, a);
	return (keys);
}

void
jwt_keys_free(struct jwt_keys *keys)
{
	if (keys == NULL)
		return;
	while (keys->count > 0)
		cjose_jwk_release(keys->keys[--keys->count]);
	free(keys);
}

size_t
jwt_keys_count(const struct jwt_keys *keys)
{
	return (keys == NULL ? 0 : keys->count);
}

/* A token that names no key is for an issuer that has one. */
static const cjose_jwk_t *
jwt_key(const struct jwt_keys *keys, const char *kid)
{
	const char *name;
	size_t	    i;

	if (kid == NULL)
		return (keys->count == 1 ? keys->keys[0] : NULL);
	for (i = 0; i < keys->count; i++) {
		name = cjose_jwk_get_kid(keys->keys[i], NULL);
		if (name != NULL && strcmp(name, kid) == 0)
			return (keys->keys[i]);
	}
	return (NULL);
}

/* ---- the judgement ---- */

static enum jwt_end
jwt_times(const struct jwt *jwt, int64_t now)
{
	const json_t *exp = json_object_get(jwt->claims, "exp");
	const json_t *nbf = json_object_get(jwt->claims, "nbf");
	const json_t *iat = json_object_get(jwt->claims, "iat");

	if (!json_is_number(exp) || json_number_value(exp) <= (double)now)
		return (JWT_EXPIRED);
	if ((nbf != NULL &&
		(!json_is_number(nbf) ||
		    json_number_value(nbf) > (double)(now + JWT_SKEW))) ||
	    (iat != NULL &&
		(!json_is_number(iat) ||
		    json_number_value(iat) > (double)(now + JWT_SKEW))))
		return (JWT_EARLY);
	return (JWT_OK);
}

enum jwt_end
jwt_verify(struct jwt *jwt, const struct jwt_keys *keys, int64_t now)
{
	const char	  *alg = jwt_member(jwt->header, "alg");
	const cjose_jwk_t *key;

	if (keys == NULL)
		return (JWT_NO_KEY);
	if (alg == NULL || strcmp(alg, keys->algorithm) != 0)
		return (JWT_FORGED);
	key = jwt_key(keys, jwt_member(jwt->header, "kid"));
	if (key == NULL)
		return (JWT_NO_KEY);
	if (!cjose_jws_verify(jwt->jws, key, NULL))
		return (JWT_FORGED);
	return (jwt_times(jwt, now));
}
