/* sign.c and id.c against published vectors. */
#include "unit.h"

#include "id.h"
#include "sign.h"

/* FIPS 180-2 and RFC 4231. */
static void
test_digests(void **state)
{
	uint8_t out[SIGN_BYTES];
	char	hex[SIGN_HEX];

	(void)state;
	assert_true(sign_sha256("abc", 3, out));
	sign_hex(out, sizeof(out), hex);
	assert_string_equal(hex,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	assert_true(sign_hmac("Jefe", 4, "what do ya want for nothing?", 28,
	    out));
	sign_hex(out, sizeof(out), hex);
	assert_string_equal(hex,
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
}

/* The CRC catalogue's check value for CRC-32/ISO-HDLC. */
static void
test_crc32(void **state)
{
	(void)state;
	assert_int_equal(sign_crc32("123456789", 9), 0xcbf43926);
}

/* The example of the Standard Webhooks specification's libraries. */
static void
test_webhook_signature(void **state)
{
	static const char body[] = "{\"test\": 2432232314}";
	uint8_t		  secret[64];
	char		  out[SIGN_WEBHOOK];
	size_t		  n;

	(void)state;
	assert_true(sign_unbase64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", secret,
	    sizeof(secret), &n));
	assert_int_equal(n, 24);
	assert_true(sign_webhook(secret, n, "msg_p5jXN8AQM9LWM0D4loKWxJek",
	    1614265330, body, strlen(body), out));
	assert_string_equal(out,
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void
test_hex(void **state)
{
	uint8_t b[2];

	(void)state;
	assert_true(sign_unhex("00ff", b, 2));
	assert_int_equal(b[0] << 8 | b[1], 0xff);
	assert_false(sign_unhex("00f", b, 2));
	assert_false(sign_unhex("00fg", b, 2));
	assert_false(sign_unhex("00ff0", b, 2));
}

static void
test_base64_refuses(void **state)
{
	static const char *const rows[] = { "", "abc", "ab=c!", "====x" };
	uint8_t			 out[16];
	size_t			 i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_false(sign_unbase64(rows[i], out, sizeof(out), &n));
	assert_false(sign_unbase64("AAAAAAAAAAAAAAAAAAAAAAAA", out, 4, &n));
}

static void
test_ids(void **state)
{
	char a[ID_UUID], b[ID_UUID];

	(void)state;
	id_new(a);
	id_new(b);
	assert_true(id_is_uuid(a));
	assert_int_equal(a[14], '7');
	assert_string_not_equal(a, b);
	assert_false(id_is_uuid("0190b5a0-0000-7000-8000-00000000000"));
	assert_false(id_is_uuid("0190b5a0x0000-7000-8000-000000000000"));
	assert_true(id_is_request("a.B-9_z"));
	assert_false(id_is_request(""));
	assert_false(id_is_request("a b"));
}

static void
test_trace_contexts(void **state)
{
	static const struct {
		const char *in;
		bool	    kept;
	} rows[] = {
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		    true },
		{ "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
		    true },
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
		    false },
		{ "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		    false },
		{ "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
		    false },
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
		    false },
		{ "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
		    false },
		{ "", false },
	};
	char   out[ID_TRACE];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		id_trace(rows[i].in, out);
		assert_int_equal(strlen(out), ID_TRACE - 1);
		assert_int_equal(memcmp(out + 3,
				     "4bf92f3577b34da6a3ce929d0e0e4736",
				     32) == 0,
		    rows[i].kept);
		assert_int_not_equal(memcmp(out + 36, "00f067aa0ba902b7", 16),
		    0); /* the span is ours */
	}
}

TESTS(TEST(test_digests), TEST(test_crc32), TEST(test_webhook_signature),
    TEST(test_hex), TEST(test_base64_refuses), TEST(test_ids),
    TEST(test_trace_contexts))
