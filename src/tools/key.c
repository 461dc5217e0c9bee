/* A new API key: kov_live_ or another kind's prefix, the organisation's code,
 * 30 random characters, and 6 of CRC-32. Prints the key and its digest; only kov key sees both. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "caller.h"
#include "sign.h"
#include "token.h"
#include "tool.h"

#define KEY_RANDOM 30
#define KEY_ROOM 64

/* Base 62 of random bytes; those of 248 up would make some likelier. */
static bool
key_random(char *out)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	uint8_t		  byte;
	size_t		  n = 0;

	while (n < KEY_RANDOM) {
		if (!sign_random(&byte, 1))
			return (false);
		if (byte < 248)
			out[n++] = digits[byte % 62];
	}
	out[n] = '\0';
	return (true);
}

/* The kind whose name is given; none: a live key. */
static const char *
key_prefix(const char *name)
{
	enum caller_kind k;

	for (k = CALLER_LIVE_KEY; k <= CALLER_PUBLISHABLE_KEY; k++)
		if (name == NULL || strcmp(caller_row(k)->name, name) == 0)
			return (caller_row(k)->prefix);
	return (NULL);
}

int
tool_key(int argc, char **argv)
{
	char	    key[KEY_ROOM], random[KEY_RANDOM + 1];
	char	    check[TOKEN_CHECK + 1], hex[SIGN_HEX];
	const char *prefix;
	uint8_t	    digest[SIGN_BYTES];

	if (argc < 2 || argc > 3 || strlen(argv[1]) != TOKEN_CODE ||
	    (prefix = key_prefix(argv[2])) == NULL || !key_random(random)) {
		fprintf(stderr,
		    "usage: kov-tool key CODE [live_key | test_key | "
		    "publishable_key]\n(CODE is the organisation's 6 "
		    "characters)\n");
		return (2);
	}
	snprintf(key, sizeof(key), "%s%s%s", prefix, argv[1], random);
	token_check(key, strlen(key), check);
	snprintf(key + strlen(key), sizeof(key) - strlen(key), "%s", check);
	if (!sign_sha256(key, strlen(key), digest))
		return (1);
	sign_hex(digest, sizeof(digest), hex);
	printf("%s %s\n", key, hex);
	return (0);
}
