/* A new API key: kov_live_, the organisation's code, 30 random characters,
 * and 6 of CRC-32. Prints the key and its digest; only kov key sees both. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

int
tool_key(int argc, char **argv)
{
	char	key[KEY_ROOM], random[KEY_RANDOM + 1];
	char	check[TOKEN_CHECK + 1], hex[SIGN_HEX];
	uint8_t digest[SIGN_BYTES];

	if (argc != 2 || strlen(argv[1]) != 6 || !key_random(random)) {
		fprintf(stderr,
		    "usage: kov-tool key CODE (the organisation's "
		    "6 characters)\n");
		return (2);
	}
	snprintf(key, sizeof(key), "kov_live_%s%s", argv[1], random);
	token_check(key, strlen(key), check);
	snprintf(key + strlen(key), sizeof(key) - strlen(key), "%s", check);
	if (!sign_sha256(key, strlen(key), digest))
		return (1);
	sign_hex(digest, sizeof(digest), hex);
	printf("%s %s\n", key, hex);
	return (0);
}
