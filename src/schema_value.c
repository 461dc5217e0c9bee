/* JSON values compared as JSON Schema means it: numbers by their value. */
#include "schema_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"

#define TWO_63 9223372036854775808.0

/* A decimal: digits * 10^exponent, without zeros at its end. */
struct decimal {
	uint64_t digits;
	int	 exponent;
};

__extension__ typedef unsigned __int128 wide;

struct number
number_of(const json_t *value)
{
	struct number n = { true, 0, 0 };

	if (json_is_integer(value)) {
		n.integer = json_integer_value(value);
		return (n);
	}
	n.real = json_real_value(value);
	n.whole = n.real >= -TWO_63 && n.real < TWO_63 &&
	    trunc(n.real) == n.real;
	if (n.whole)
		n.integer = (json_int_t)n.real;
	return (n);
}

/* What is not whole lies beyond 64 bits or has a fraction that is exact. */
static int
number_compare_whole(json_int_t whole, double real)
{
	if (real >= TWO_63)
		return (-1);
	if (real < -TWO_63)
		return (1);
	return (whole <= (json_int_t)floor(real) ? -1 : 1);
}

int
number_compare(struct number a, struct number b)
{
	if (a.whole && b.whole)
		return ((a.integer > b.integer) - (a.integer < b.integer));
	if (a.whole)
		return (number_compare_whole(a.integer, b.real));
	if (b.whole)
		return (-number_compare_whole(b.integer, a.real));
	return ((a.real > b.real) - (a.real < b.real));
}

static struct decimal
number_decimal(struct number n)
{
	struct decimal d = { 0, 0 };
	char	       text[40];
	const char    *p;

	if (n.whole)
		d.digits = n.integer < 0 ? 0 - (uint64_t)n.integer :
					   (uint64_t)n.integer;
	else {
		/* d.ddddddddddddddde±x: fifteen digits, then the exponent */
		snprintf(text, sizeof(text), "%.14e", fabs(n.real));
		for (p = text; *p != 'e' && *p != '\0'; p++)
			if (*p >= '0' && *p <= '9')
				d.digits = d.digits * 10 + (uint64_t)(*p - '0');
		d.exponent = (int)strtol(p + (*p == 'e'), NULL, 10) - 14;
	}
	while (d.digits != 0 && d.digits % 10 == 0) {
		d.digits /= 10;
		d.exponent++;
	}
	return (d);
}

bool
number_multiple(struct number value, struct number of)
{
	struct decimal a = number_decimal(value), b = number_decimal(of);
	wide	       rest;

	if (a.digits == 0)
		return (true);
	if (b.digits == 0 || a.exponent < b.exponent)
		return (false); /* a's last digit lies below b's */
	rest = a.digits % b.digits;
	for (; a.exponent > b.exponent && rest != 0; a.exponent--)
		rest = rest * 10 % b.digits;
	return (rest == 0);
}

unsigned
value_types(const json_t *value)
{
	static const unsigned types[] = {
		[JSON_OBJECT] = SCHEMA_OBJECT,
		[JSON_ARRAY] = SCHEMA_ARRAY,
		[JSON_STRING] = SCHEMA_STRING,
		[JSON_INTEGER] = SCHEMA_INTEGER | SCHEMA_NUMBER,
		[JSON_REAL] = SCHEMA_NUMBER,
		[JSON_TRUE] = SCHEMA_BOOLEAN,
		[JSON_FALSE] = SCHEMA_BOOLEAN,
		[JSON_NULL] = SCHEMA_NULL,
	};
	unsigned type = types[json_typeof(value)];

	if (type == SCHEMA_NUMBER &&
	    trunc(json_real_value(value)) == json_real_value(value))
		type |= SCHEMA_INTEGER;
	return (type);
}

json_t *
value_open(const json_t *value)
{
	return ((json_t *)(uintptr_t)value);
}

static bool
value_same_array(const json_t *a, const json_t *b)
{
	size_t i, n = json_array_size(a);

	if (n != json_array_size(b))
		return (false);
	for (i = 0; i < n; i++)
		if (!value_same(json_array_get(a, i), json_array_get(b, i)))
			return (false);
	return (true);
}

static bool
value_same_object(const json_t *a, const json_t *b)
{
	const char *name;
	json_t	   *member, *other;

	if (json_object_size(a) != json_object_size(b))
		return (false);
	json_object_foreach(value_open(a), name, member) {
		other = json_object_get(b, name);
		if (other == NULL || !value_same(member, other))
			return (false);
	}
	return (true);
}

bool
value_same(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return (number_compare(number_of(a), number_of(b)) == 0);
	if (json_typeof(a) != json_typeof(b))
		return (false);
	if (json_is_string(a))
		return (json_string_length(a) == json_string_length(b) &&
		    memcmp(json_string_value(a), json_string_value(b),
			json_string_length(a)) == 0);
	if (json_is_array(a))
		return (value_same_array(a, b));
	if (json_is_object(a))
		return (value_same_object(a, b));
	return (true); /* true, false and null are their types */
}
