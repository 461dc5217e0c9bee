/* jwt.c: what is no access token, and whose signature is believed. Made with
 * the same library as it is judged with; tests/http/access-token.test.mjs
 * has another's tokens, and the attacks. */
#include "unit.h"

#include <cjose/cjose.h>

#include "jwt.h"

#define NOW 1750000000
#define TYP "\"typ\":\"at+jwt\""

static cjose_jwk_t *rsa, *other, *ec, *small;
static char	   *jwks;

static json_t *
public_of(const cjose_jwk_t *key)
{
	char   *text = cjose_jwk_to_json(key, false, NULL);
	json_t *json = json_loads(text, 0, NULL);

	free(text);
	return (json);
}

static cjose_jwk_t *
named(cjose_jwk_t *key, const char *kid)
{
	assert_non_null(key);
	assert_true(cjose_jwk_set_kid(key, kid, strlen(kid), NULL));
	return (key);
}

static int
make_keys(void **state)
{
	const uint8_t e[] = { 1, 0, 1 };
	json_t	     *set;

	(void)state;
	rsa = named(cjose_jwk_create_RSA_random(2048, e, 3, NULL), "rsa");
	other = named(cjose_jwk_create_RSA_random(2048, e, 3, NULL), "rsa");
	small = named(cjose_jwk_create_RSA_random(1024, e, 3, NULL), "small");
	ec = named(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, NULL), "ec");
	set = json_pack("{s:[o,o,o]}", "keys", public_of(rsa), public_of(small),
	    public_of(ec));
	jwks = json_dumps(set, 0);
	json_decref(set);
	return (0);
}

static int
free_keys(void **state)
{
	(void)state;
	cjose_jwk_release(rsa);
	cjose_jwk_release(other);
	cjose_jwk_release(small);
	cjose_jwk_release(ec);
	free(jwks);
	return (0);
}

/* A token's text; the caller's to free. */
static char *
token(const cjose_jwk_t *key, const char *header, const char *claims)
{
	json_t	    *json = json_loads(header, 0, NULL);
	cjose_jws_t *jws = cjose_jws_sign(key, json, (const uint8_t *)claims,
	    strlen(claims), NULL);
	const char  *text;
	char	    *copy;

	assert_non_null(jws);
	assert_true(cjose_jws_export(jws, &text, NULL));
	copy = strdup(text);
	cjose_jws_release(jws);
	json_decref(json);
	return (copy);
}

static void
test_what_can_be_read(void **state)
{
	static const struct {
		const char *header, *claims;
		bool	    read;
	} rows[] = {
		{ "{" TYP ",\"alg\":\"RS256\"}", "{}", true },
		{ "{\"typ\":\"application/AT+JWT\",\"alg\":\"RS256\"}", "{}",
		    true },
		{ "{\"typ\":\"JWT\",\"alg\":\"RS256\"}", "{}", false },
		{ "{\"alg\":\"RS256\"}", "{}", false },
		{ "{" TYP ",\"alg\":\"RS256\",\"crit\":[\"exp\"]}", "{}",
		    false },
		{ "{" TYP ",\"alg\":\"RS256\"}", "[]", false },
		{ "{" TYP ",\"alg\":\"RS256\"}", "", false },
		{ "{" TYP ",\"alg\":\"RS256\"}", "{\"a\":1,\"a\":2}", false },
	};
	struct jwt *jwt;
	char	   *text;
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text = token(rsa, rows[i].header, rows[i].claims);
		jwt = jwt_read(text, strlen(text));
		assert_int_equal(jwt != NULL, rows[i].read);
		jwt_free(jwt);
		free(text);
	}
	assert_null(jwt_read("", 0));
	/* a length that no base64 has ends libcjose, and all with it */
	assert_null(jwt_read("eyJhb.e30.AAAA", 14));
	assert_null(jwt_read("e30.e30.AAAAA", 13));
	assert_null(jwt_read("e30.e30.AA=A", 12));
	assert_null(jwt_read("a.b.c", 5));
	assert_null(jwt_read("..", 2));
	assert_null(jwt_read("e30.e30.", 8));
}

static void
test_who_is_believed(void **state)
{
	const struct {
		const cjose_jwk_t *key;
		const char	  *header, *claims, *rule;
		enum jwt_end	   end;
	} rows[] = {
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000001}", "RS256", JWT_OK },
		{ rsa, "{" TYP ",\"alg\":\"PS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000001}", "PS256", JWT_OK },
		{ ec, "{" TYP ",\"alg\":\"ES256\",\"kid\":\"ec\"}",
		    "{\"exp\":1750000001}", "ES256", JWT_OK },
		{ rsa, "{" TYP ",\"alg\":\"RS256\"}", "{\"exp\":1750000001}",
		    "RS256", JWT_OK },
		{ rsa, "{" TYP ",\"alg\":\"PS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000001}", "RS256", JWT_FORGED },
		{ other, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000001}", "RS256", JWT_FORGED },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"new\"}",
		    "{\"exp\":1750000001}", "RS256", JWT_NO_KEY },
		{ small, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"small\"}",
		    "{\"exp\":1750000001}", "RS256", JWT_NO_KEY },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"ec\"}",
		    "{\"exp\":1750000001}", "RS256", JWT_NO_KEY },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000000}", "RS256", JWT_EXPIRED },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}", "{}",
		    "RS256", JWT_EXPIRED },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":\"1750000001\"}", "RS256", JWT_EXPIRED },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000900,\"nbf\":1750000030}", "RS256",
		    JWT_OK },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000900,\"nbf\":1750000031}", "RS256",
		    JWT_EARLY },
		{ rsa, "{" TYP ",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
		    "{\"exp\":1750000900,\"iat\":\"now\"}", "RS256",
		    JWT_EARLY },
	};
	struct jwt_keys *keys;
	struct jwt	*jwt;
	char		*text;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text = token(rows[i].key, rows[i].header, rows[i].claims);
		keys = jwt_keys_new(jwks, strlen(jwks), rows[i].rule);
		jwt = jwt_read(text, strlen(text));
		assert_non_null(jwt);
		assert_int_equal(jwt_verify(jwt, keys, NOW), rows[i].end);
		assert_int_equal(jwt_verify(jwt, NULL, NOW), JWT_NO_KEY);
		jwt_free(jwt);
		jwt_keys_free(keys);
		free(text);
	}
}

static void
test_whom_it_is_for(void **state)
{
	static const struct {
		const char *claims;
		bool	    ours;
	} rows[] = {
		{ "{\"aud\":\"kov\"}", true },
		{ "{\"aud\":[\"mail\",\"kov\"]}", true },
		{ "{\"aud\":[1,\"kov\"]}", true },
		{ "{\"aud\":\"kov2\"}", false },
		{ "{\"aud\":[\"mail\"]}", false },
		{ "{\"aud\":{\"kov\":1}}", false },
		{ "{}", false },
	};
	struct jwt *jwt;
	char	   *text;
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text = token(rsa, "{" TYP ",\"alg\":\"RS256\"}",
		    rows[i].claims);
		jwt = jwt_read(text, strlen(text));
		assert_non_null(jwt);
		assert_int_equal(jwt_is_for(jwt, "kov"), rows[i].ours);
		jwt_free(jwt);
		free(text);
	}
}

static void
test_sets_that_are_taken(void **state)
{
	static const char *const strange[] = { "", "[]", "{}", "{\"keys\":1}" };
	static const char	 odd[] =
	    "{\"keys\":[1,null,{},{\"kty\":\"RSA\"},{\"kty\":\"oct\",\"k\":"
	    "\"AAAA\",\"kid\":\"rsa\"},{\"kty\":\"RSA\",\"n\":1,\"e\":2}]}";
	struct jwt_keys *keys;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(strange); i++)
		assert_null(jwt_keys_new(strange[i], strlen(strange[i]),
		    "RS256"));
	assert_null(jwt_keys_new(jwks, strlen(jwks), "HS256"));
	assert_null(jwt_keys_new(jwks, strlen(jwks), "none"));
	keys = jwt_keys_new(odd, strlen(odd), "RS256");
	assert_int_equal(jwt_keys_count(keys), 0);
	jwt_keys_free(keys);
	keys = jwt_keys_new(jwks, strlen(jwks), "RS256");
	assert_int_equal(jwt_keys_count(keys), 1);
	jwt_keys_free(keys);
}

static void
a_key_set_may_be_anything(void **state)
{
	static const char *const sets[] = {
		"{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AAAAA\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":7}]}",
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\",\"y\":\"\"}]}",
		"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
		"{\"keys\":[7,null,[],{}]}",
	};
	struct jwt_keys *keys;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(sets); i++) {
		keys = jwt_keys_new(sets[i], strlen(sets[i]), "RS256");
		assert_non_null(keys);
		assert_int_equal(jwt_keys_count(keys), 0);
		jwt_keys_free(keys);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_can_be_read),
		cmocka_unit_test(test_who_is_believed),
		cmocka_unit_test(test_whom_it_is_for),
		cmocka_unit_test(test_sets_that_are_taken),
		cmocka_unit_test(a_key_set_may_be_anything),
	};

	return (cmocka_run_group_tests(tests, make_keys, free_keys));
}
