/* JSON as we accept it: I-JSON (RFC 7493) within limits of our own. */
#ifndef KOV_IJSON_H
#define KOV_IJSON_H

#include <jansson.h>
#include <stddef.h>

#include "text.h"

#define IJSON_DEPTH 32	  /* arrays and objects inside one another */
#define IJSON_NUMBER 32	  /* characters of a number literal */
#define IJSON_EXPONENT 30 /* largest |exponent| */

/* A new value, or NULL: error then says what was expected and where (line
 * and column). Refuses duplicate members, NUL (also as \u0000), invalid
 * UTF-8 and lone surrogates, trailing bytes, numbers over the limits. */
json_t *ijson_parse(const char *, size_t, struct text *error);

/* Writes compact JSON, reals with 15 significant digits. */
void ijson_write(struct text *, const json_t *);

#endif
