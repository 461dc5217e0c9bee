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
	static const char digits[] = "0123456789abcdef";
	const char	 *at = c == '\0' ? NULL : strchr(digits, c);

	return (at == NULL ? -1 : (int)(at - digits));
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

/* ISO 3309's CRC-32, as in gzip (RFC 1952, section 8). */
uint32_t
sign_crc32(const void *bytes, size_t n)
{
	const uint8_t *b = bytes;
	uint32_t       crc = 0xffffffffU;
	int	       bit;

	for (; n > 0; n--, b++)
		for (crc ^= *b, bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
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
