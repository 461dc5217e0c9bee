/* auth.c: what a key looks like, and who it is. */
#include "unit.h"

#include "auth.h"
#include "sign.h"

#define RANDOM "abcdefghijklmnopqrstuvwxyz0123"

static char key[64];

/* A well-formed key, and the digests the database would tell of it. */
static void
make_key(const char *extra, bool revoked, int64_t expires, int change)
{
	char	check[AUTH_CHECK + 1], hex[SIGN_HEX], json[512];
	uint8_t digest[SIGN_BYTES];

	snprintf(key, sizeof(key), "kov_live_%s%s", extra, RANDOM);
	auth_key_check(key, strlen(key), check);
	memcpy(key + strlen(key), check, sizeof(check));
	sign_sha256(key, strlen(key), digest);
	sign_hex(digest, sizeof(digest), hex);
	snprintf(json, sizeof(json),
	    "{\"change\":%d,\"keys\":[{\"id\":\"k\","
	    "\"digest\":\"%s\",\"organisation\":7,\"scopes\":["
	    "\"complaints:read\"],\"partner\":null,\"expiresAt\":%ld,"
	    "\"revoked\":%s}]}",
	    change, hex, (long)expires, revoked ? "true" : "false");
	assert_true(auth_take(json, strlen(json), 1000));
}

static enum auth_end
know(const char *credential, struct caller *caller)
{
	char header[128];

	snprintf(header, sizeof(header), "Bearer %s", credential);
	return (auth_know(header, strlen(header), caller));
}

static void
test_a_known_key(void **state)
{
	struct caller caller;

	(void)state;
	make_key("aaaaaa", false, 0, 3);
	assert_int_equal(know(key, &caller), AUTH_OK);
	assert_int_equal(caller.organisation, 7);
	assert_non_null(strstr(caller.json, "\"organisation\":7"));
	assert_true(auth_may(&caller, "complaints:read"));
	assert_false(auth_may(&caller, "complaints"));
	assert_int_equal(auth_change(), 3);
	auth_clear();
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
}

static void
test_typos_are_recognised(void **state)
{
	struct caller caller;
	char	      typo[64];
	size_t	      i;

	(void)state;
	make_key("aaaaaa", false, 0, 1);
	for (i = 0; i < strlen(key); i++) {
		memcpy(typo, key, sizeof(typo));
		typo[i] = typo[i] == 'x' ? 'y' : 'x';
		assert_int_equal(know(typo, &caller), AUTH_MALFORMED);
	}
	assert_int_equal(auth_know(NULL, 0, &caller), AUTH_MISSING);
	assert_int_equal(auth_know("Basic YTpi", 10, &caller), AUTH_MALFORMED);
	auth_clear();
}

TESTS(TEST(test_a_known_key), TEST(test_revoked_expired_and_unknown),
    TEST(test_digests_grow_old), TEST(test_typos_are_recognised))
