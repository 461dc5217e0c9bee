/* A keyed hash for tables that strangers choose the keys of. */
#include "siphash.h"

#include <string.h>

static uint64_t
rotate(uint64_t x, int by)
{
	return (x << by | x >> (64 - by));
}

static uint64_t
little_endian(const uint8_t *p, size_t n)
{
	uint64_t x = 0;

	while (n-- > 0)
		x = x << 8 | p[n];
	return (x);
}

static void
siphash_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void
siphash_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	siphash_round(v);
	siphash_round(v);
	v[0] ^= word;
}

uint64_t
siphash(const uint8_t key[SIPHASH_KEY], const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t       k0 = little_endian(key, 8), v[4];
	uint64_t       k1 = little_endian(key + 8, 8);
	size_t	       left = n;

	v[0] = k0 ^ 0x736f6d6570736575;
	v[1] = k1 ^ 0x646f72616e646f6d;
	v[2] = k0 ^ 0x6c7967656e657261;
	v[3] = k1 ^ 0x7465646279746573;
	for (; left >= 8; left -= 8, p += 8)
		siphash_word(v, little_endian(p, 8));
	siphash_word(v, (uint64_t)n << 56 | little_endian(p, left));
	v[2] ^= 0xff;
	siphash_round(v);
	siphash_round(v);
	siphash_round(v);
	siphash_round(v);
	return (v[0] ^ v[1] ^ v[2] ^ v[3]);
}
