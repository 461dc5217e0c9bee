/* auth.c: what a key looks like, and who it is. */
#include "unit.h"

#include "auth.h"
#include "sign.h"
#include "token.h"

#define RANDOM "abcdefghijklmnopqrstuvwxyz0123"

static char	   key[64];
static struct text said; /* what SQL is told of the last caller */

/* A well-formed key, and the digests the database would tell of it. */
static void
make_key(const char *extra, bool revoked, int64_t expires, int change)
{
	char	check[TOKEN_CHECK + 1], hex[SIGN_HEX], json[512];
	uint8_t digest[SIGN_BYTES];

	snprintf(key, sizeof(key), "kov_live_%s%s", extra, RANDOM);
	token_check(key, strlen(key), check);
	memcpy(key + strlen(key), check, sizeof(check));
	sign_sha256(key, strlen(key), digest);
	sign_hex(digest, sizeof(digest), hex);
	snprintf(json, sizeof(json),
	    "{\"change\":%d,\"keys\":[{\"id\":\"k\","
	    "\"digest\":\"%s\",\"organisation\":7,\"scopes\":["
	    "\"complaints:read\"],\"partner\":null,"
	    "\"kind\":\"live_key\",\"expiresAt\":%ld,"
	    "\"revoked\":%s}]}",
	    change, hex, (long)expires, revoked ? "true" : "false");
	assert_true(auth_take(json, strlen(json), 1000));
}

static enum auth_end
know(const char *credential, struct caller *caller)
{
	char header[128];

	snprintf(header, sizeof(header), "Bearer %s", credential);
	text_release(&said);
	return (auth_know(header, strlen(header), caller, &said));
}

static void
test_a_known_key(void **state)
{
	struct caller caller;

	(void)state;
	make_key("aaaaaa", false, 0, 3);
	assert_int_equal(know(key, &caller), AUTH_OK);
	assert_int_equal(caller.organisation, 7);
	assert_int_equal(caller.kind, CALLER_LIVE_KEY);
	assert_string_equal(caller.credential, "k");
	assert_null(caller.partner);
	assert_string_equal(said.data,
	    "{\"kind\":\"live_key\",\"organisation\":7,\"credential\":\"k\","
	    "\"scopes\":[\"complaints:read\"],\"partner\":null");
	assert_true(caller_may(&caller, "complaints:read"));
	assert_false(caller_may(&caller, "complaints"));
	assert_int_equal(auth_change(), 3);
	auth_clear();
	text_release(&said);
}

static void
test_revoked_expired_and_unknown(void **state)
{
	struct caller caller;

	(void)state;
	make_key("aaaaaa", false, 0, 1);
	make_key("aaaaaa", true, 0, 2); /* the same key, revoked since */
	assert_int_equal(know(key, &caller), AUTH_UNKNOWN);
	make_key("bbbbbb", false, 1, 3);
	assert_int_equal(know(key, &caller), AUTH_UNKNOWN);
	make_key("cccccc", false, 0, 4);
	auth_clear();
	assert_int_equal(know(key, &caller), AUTH_STALE);
}

static void
test_digests_grow_old(void **state)
{
	struct caller caller;

	(void)state;
	make_key("aaaaaa", false, 0, 1);
	auth_tick(61000);
	assert_int_equal(know(key, &caller), AUTH_OK);
	auth_tick(61001);
	assert_int_equal(know(key, &caller), AUTH_STALE);
	auth_clear();
	text_release(&said);
}

static void
test_typos_are_recognised(void **state)
{
	struct caller caller;
	char	      typo[sizeof(key)];
	size_t	      i;

	(void)state;
	make_key("aaaaaa", false, 0, 1);
	for (i = 0; i < strlen(key); i++) {
		memcpy(typo, key, sizeof(typo));
		typo[i] = typo[i] == 'x' ? 'y' : 'x';
		assert_int_equal(know(typo, &caller), AUTH_MALFORMED);
		assert_int_equal(said.length, 0);
	}
	assert_int_equal(auth_know(NULL, 0, &caller, &said), AUTH_MISSING);
	assert_int_equal(auth_know("Basic YTpi", 10, &caller, &said),
	    AUTH_MALFORMED);
	assert_int_equal(auth_know("Bearer ", 7, &caller, &said),
	    AUTH_MALFORMED);
	auth_clear();
	text_release(&said);
}

TESTS(TEST(test_a_known_key), TEST(test_revoked_expired_and_unknown),
    TEST(test_digests_grow_old), TEST(test_typos_are_recognised))
