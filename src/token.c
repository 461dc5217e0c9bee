/* The text of credentials. */
#include "token.h"

#include <string.h>

#include "sign.h"

#define TOKEN_BYTES 16
#define TOKEN_DIGITS 22 /* of as many bytes */

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz";

void
token_check(const char *text, size_t n, char out[TOKEN_CHECK + 1])
{
	uint32_t crc = sign_crc32(text, n);
	int	 i;

	for (i = TOKEN_CHECK - 1; i >= 0; i--, crc /= 62)
		out[i] = base62[crc % 62];
	out[TOKEN_CHECK] = '\0';
}

bool
token_whole(const char *text, size_t n)
{
	char check[TOKEN_CHECK + 1];

	if (n <= TOKEN_CHECK)
		return (false);
	token_check(text, n - TOKEN_CHECK, check);
	return (memcmp(check, text + n - TOKEN_CHECK, TOKEN_CHECK) == 0);
}

void
token_digits(struct text *t, const uint8_t *bytes, size_t n, size_t digits)
{
	uint8_t	 rest[TOKEN_BYTES];
	char	 out[TOKEN_DIGITS];
	unsigned carry;
	size_t	 i, k;

	memcpy(rest, bytes, n);
	for (i = digits; i-- > 0;) {
		carry = 0;
		for (k = 0; k < n; k++) {
			carry = carry << 8 | rest[k];
			rest[k] = (uint8_t)(carry / 62);
			carry %= 62;
		}
		out[i] = base62[carry];
	}
	text_add(t, out, digits);
}

bool
token_bytes(const char *digits, size_t count, uint8_t *out, size_t n)
{
	const char *digit;
	unsigned    carry;
	size_t	    k;

	memset(out, 0, n);
	for (; count > 0; count--, digits++) {
		digit = memchr(base62, *digits, sizeof(base62) - 1);
		if (digit == NULL)
			return (false);
		carry = (unsigned)(digit - base62);
		for (k = n; k-- > 0; carry >>= 8) {
			carry += out[k] * 62U;
			out[k] = (uint8_t)carry;
		}
		if (carry != 0)
			return (false);
	}
	return (true);
}
