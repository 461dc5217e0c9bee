/*
 * Whether an array's items differ, by hashing. The hash is SipHash-1-3
 * (Aumasson and Bernstein, 2012) with a secret seed, so that no sender can
 * make items collide and the work quadratic.
 */
#include <stdlib.h>
#include <string.h>

#include "schema_value.h"

struct sip {
	uint64_t a, b, c, d;
};

/* A hashed item; index 0 is an empty slot, so it is counted from 1. */
struct slot {
	uint64_t hash;
	size_t	 index;
};

static uint64_t
sip_turn(uint64_t x, int bits)
{
	return (x << bits | x >> (64 - bits));
}

static void
sip_round(struct sip *s)
{
	s->a += s->b;
	s->b = sip_turn(s->b, 13) ^ s->a;
	s->a = sip_turn(s->a, 32);
	s->c += s->d;
	s->d = sip_turn(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = sip_turn(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = sip_turn(s->b, 17) ^ s->c;
	s->c = sip_turn(s->c, 32);
}

static void
sip_word(struct sip *s, uint64_t word)
{
	s->d ^= word;
	sip_round(s);
	s->a ^= word;
}

/* Of any bytes, told apart by a tag for their type. */
static uint64_t
sip_hash(const uint64_t seed[2], char tag, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	struct sip	     s = { seed[0] ^ 0x736f6d6570736575,
			  seed[1] ^ 0x646f72616e646f6d, seed[0] ^ 0x6c7967656e657261,
			  seed[1] ^ 0x7465646279746573 };
	uint64_t	     word;
	size_t		     left;

	for (left = n; left >= 8; left -= 8, p += 8) {
		memcpy(&word, p, 8);
		sip_word(&s, word);
	}
	word = 0;
	memcpy(&word, p, left);
	sip_word(&s, word);
	sip_word(&s, (uint64_t)n << 8 | (unsigned char)tag);
	s.c ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return (s.a ^ s.b ^ s.c ^ s.d);
}

static uint64_t value_hash(const json_t *, const uint64_t seed[2]);

static uint64_t
value_hash_number(const json_t *value, const uint64_t seed[2])
{
	struct number n = number_of(value);

	if (n.whole)
		return (sip_hash(seed, 'i', &n.integer, sizeof(n.integer)));
	return (sip_hash(seed, 'r', &n.real, sizeof(n.real)));
}

static uint64_t
value_hash_array(const json_t *array, const uint64_t seed[2])
{
	uint64_t pair[2] = { 0, 0 };
	size_t	 i;

	for (i = 0; i < json_array_size(array); i++) {
		pair[1] = value_hash(json_array_get(array, i), seed);
		pair[0] = sip_hash(seed, 'a', pair, sizeof(pair));
	}
	return (sip_hash(seed, 'A', pair, sizeof(pair[0])));
}

/* A sum, since the order of members does not matter. */
static uint64_t
value_hash_object(const json_t *object, const uint64_t seed[2])
{
	const char *name;
	json_t	   *member;
	uint64_t    sum = 0, pair[2];

	json_object_foreach(value_open(object), name, member) {
		pair[0] = sip_hash(seed, 'm', name, strlen(name));
		pair[1] = value_hash(member, seed);
		sum += sip_hash(seed, 'o', pair, sizeof(pair));
	}
	return (sip_hash(seed, 'O', &sum, sizeof(sum)));
}

/* Same values have the same hash; depth is that of the value. */
static uint64_t
value_hash(const json_t *value, const uint64_t seed[2])
{
	if (json_is_number(value))
		return (value_hash_number(value, seed));
	if (json_is_string(value))
		return (sip_hash(seed, 's', json_string_value(value),
		    json_string_length(value)));
	if (json_is_array(value))
		return (value_hash_array(value, seed));
	if (json_is_object(value))
		return (value_hash_object(value, seed));
	return (sip_hash(seed, (char)('0' + (int)json_typeof(value)), "", 0));
}

/* Puts item `index` in; false: it is there already, as *other. */
static bool
unique_put(struct slot *slots, size_t mask, const json_t *array, size_t index,
    uint64_t hash, size_t *other)
{
	size_t at;

	for (at = hash & mask; slots[at].index != 0; at = (at + 1) & mask) {
		if (slots[at].hash != hash)
			continue;
		*other = slots[at].index - 1;
		if (value_same(json_array_get(array, *other),
			json_array_get(array, index)))
			return (false);
	}
	slots[at] = (struct slot){ hash, index + 1 };
	return (true);
}

enum unique
value_unique(const json_t *array, const uint64_t seed[2], size_t *first,
    size_t *second)
{
	size_t	     i, n = json_array_size(array), room = 4;
	struct slot *slots;
	enum unique  result = UNIQUE;

	if (n < 2)
		return (UNIQUE);
	while (room < 2 * n)
		room *= 2;
	if ((slots = calloc(room, sizeof(*slots))) == NULL)
		return (UNIQUE_NO_MEMORY);
	for (i = 0; i < n && result == UNIQUE; i++)
		if (!unique_put(slots, room - 1, array, i,
			value_hash(json_array_get(array, i), seed), first)) {
			*second = i;
			result = UNIQUE_NOT;
		}
	free(slots);
	return (result);
}
