/* The text of credentials. */
#include "token.h"

#include <string.h>

#include "sign.h"

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
