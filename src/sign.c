/* Digests, signatures and the encodings they travel in (OpenSSL's owner). */
#include "sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

bool
sign_sha256(const void *bytes, size_t n, uint8_t out[SIGN_BYTES])
{
	return (EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) == 1);
}

bool
sign_hmac(const void *key, size_t key_length, const void *bytes, size_t n,
    uint8_t out[SIGN_BYTES])
{
	return (HMAC(EVP_sha256(), key, (int)key_length, bytes, n, out, NULL) !=
	    NULL);
}

bool
sign_random(void *out, size_t n)
{
	return (RAND_bytes(out, (int)n) == 1);
}

/* OpenSSL's own, by our name; after a failure it stays failed. */
struct sign_hash {
	EVP_MD_CTX *context;
	bool	    failed;
};

struct sign_hash *
sign_hash_new(void)
{
	struct sign_hash *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return (NULL);
	h->context = EVP_MD_CTX_new();
	h->failed = h->context == NULL ||
	    EVP_DigestInit_ex(h->context, EVP_sha256(), NULL) != 1;
	return (h);
}

void
sign_hash_add(struct sign_hash *h, const void *bytes, size_t n)
{
	if (h != NULL && !h->failed)
		h->failed = EVP_DigestUpdate(h->context, bytes, n) != 1;
}

bool
sign_hash_end(struct sign_hash *h, uint8_t *out)
{
	bool ok;

	if (h == NULL)
		return (false);
	ok = !h->failed &&
	    (out == NULL || EVP_DigestFinal_ex(h->context, out, NULL) == 1);
	EVP_MD_CTX_free(h->context);
	free(h);
	return (ok);
}

bool
sign_equal(const void *a, const void *b, size_t n)
{
	return (CRYPTO_memcmp(a, b, n) == 0);
}

void
sign_hex(const void *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t	 *b = bytes;

	for (; n > 0; n--, b++) {
		*out++ = digits[*b >> 4];
		*out++ = digits[*b & 15];
	}
	*out = '\0';
}

static int
sign_nibble(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	return (c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1);
}

bool
sign_unhex(const char *text, void *out, size_t n)
{
	uint8_t *b = out;
	int	 high, low;

	for (; n > 0; n--, text += 2) {
		if ((high = sign_nibble(text[0])) < 0 ||
		    (low = sign_nibble(text[1])) < 0)
			return (false);
		*b++ = (uint8_t)(high << 4 | low);
	}
	return (*text == '\0');
}

void
sign_base64(const void *bytes, size_t n, char *out)
{
	EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
}

bool
sign_unbase64(const char *text, void *out, size_t room, size_t *n)
{
	size_t	      length = strlen(text), pad = 0;
	unsigned char bytes[256];
	int	      got;

	if (length == 0 || length % 4 != 0 || length / 4 * 3 > sizeof(bytes))
		return (false);
	while (pad < 2 && text[length - 1 - pad] == '=')
		pad++;
	got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length);
	if (got < 0 || (size_t)got - pad > room)
		return (false);
	*n = (size_t)got - pad;
	memcpy(out, bytes, *n);
	return (true);
}

/* ISO 3309's CRC-32, as in gzip (RFC 1952, section 8): each request's
 * credential has one, so four bits at a time. */
uint32_t
sign_crc32(const void *bytes, size_t n)
{
	static const uint32_t fours[16] = {
		0x00000000U,
		0x1db71064U,
		0x3b6e20c8U,
		0x26d930acU,
		0x76dc4190U,
		0x6b6b51f4U,
		0x4db26158U,
		0x5005713cU,
		0xedb88320U,
		0xf00f9344U,
		0xd6d6a3e8U,
		0xcb61b38cU,
		0x9b64c2b0U,
		0x86d3d2d4U,
		0xa00ae278U,
		0xbdbdf21cU,
	};
	const uint8_t *b = bytes;
	uint32_t       crc = 0xffffffffU;

	for (; n > 0; n--, b++) {
		crc ^= *b;
		crc = crc >> 4 ^ fours[crc & 15];
		crc = crc >> 4 ^ fours[crc & 15];
	}
	return (~crc);
}

bool
sign_derive(const void *master, size_t n, const char *nonce,
    uint8_t out[SIGN_BYTES])
{
	return (sign_hmac(master, n, nonce, strlen(nonce), out));
}

void
sign_whsec(const uint8_t secret[SIGN_BYTES], char out[SIGN_WHSEC])
{
	memcpy(out, "whsec_", 6);
	sign_base64(secret, SIGN_BYTES, out + 6);
}

bool
sign_webhook(const uint8_t *secret, size_t secret_length, const char *id,
    int64_t timestamp, const char *body, size_t n, char out[SIGN_WEBHOOK])
{
	uint8_t mac[SIGN_BYTES];
	char   *text;
	int	head;
	bool	ok;

	head = snprintf(NULL, 0, "%s.%" PRId64 ".", id, timestamp);
	if (head < 0 || (text = malloc((size_t)head + n + 1)) == NULL)
		return (false);
	snprintf(text, (size_t)head + 1, "%s.%" PRId64 ".", id, timestamp);
	if (n > 0)
		memcpy(text + head, body, n);
	ok = sign_hmac(secret, secret_length, text, (size_t)head + n, mac);
	free(text);
	memcpy(out, "v1,", 3);
	sign_base64(mac, sizeof(mac), out + 3);
	return (ok);
}
