/* Regular expressions in ECMA-262's spirit, on PCRE2, within limits. */
#ifndef KOV_PATTERN_H
#define KOV_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#define PATTERN_LENGTH 4096 /* bytes of the longest expression */

struct pattern; /* immutable: fit for sharing over a fork */

enum pattern_result { PATTERN_MATCH, PATTERN_MISMATCH, PATTERN_LIMIT };

/* NULL: error says what is wrong with it (it may be NULL). What PCRE2 has
 * and ECMA-262 has not (verbs, recursion, \A, possessive repeats …) is
 * refused, so that the contract means the same to its other readers. Not
 * here, though ECMA-262 has it: lookbehind of varying length. */
struct pattern *pattern_new(const char *, size_t, struct text *error);
void		pattern_free(struct pattern *);

/* As it was written, NUL-terminated; the pattern's. */
const char *pattern_source(const struct pattern *);

/* Anywhere in the string, which is UTF-8. PATTERN_LIMIT: too many steps, too
 * deep, or no memory. */
enum pattern_result pattern_match(const struct pattern *, const char *, size_t);

#endif
