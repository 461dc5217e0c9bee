/* JSON values compared as JSON Schema means it: numbers by their value. */
#ifndef KOV_SCHEMA_VALUE_H
#define KOV_SCHEMA_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A number is whole where that is exact within 64 bits: 1 and 1.0 alike. */
struct number {
	bool	   whole;
	json_int_t integer;
	double	   real;
};

struct number number_of(const json_t *); /* of a JSON number */

/* Below 0, 0 or above, exactly, also where one is whole and one is not. */
int number_compare(struct number, struct number);

/* Whether the first is a multiple of the second, both taken as decimals of
 * 15 significant digits (whole ones of 19): 19.99 is one of 0.01. */
bool number_multiple(struct number, struct number);

/* The types it has, as schema.h's bits: 1.0 is an integer and a number. */
unsigned value_types(const json_t *);

/* jansson's iterators ask for what they do not change. */
json_t *value_open(const json_t *);

/* 1 is 1.0, and the order of members does not matter. */
bool value_same(const json_t *, const json_t *);

enum unique { UNIQUE, UNIQUE_NOT, UNIQUE_NO_MEMORY };

/* Whether no two items are the same; otherwise which. By hashing with a
 * secret seed: linear, whatever is sent. */
enum unique value_unique(const json_t *array, const uint64_t seed[2],
    size_t *first, size_t *second);

#endif
