/* The text of credentials: a prefix, the organisation's code, what it says in
 * base 62, and 6 characters of CRC-32, by which a typing error or a leak is
 * recognised without the database. */
#ifndef KOV_TOKEN_H
#define KOV_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define TOKEN_CODE 6  /* characters of an organisation's code */
#define TOKEN_CHECK 6 /* characters of the check at the end */

/* The check that follows a text's n characters. */
void token_check(const char *, size_t n, char out[TOKEN_CHECK + 1]);

/* Whether a text's last characters are the check of those before. */
bool token_whole(const char *, size_t n);

/* Base 62 of at most 16 bytes, and back; false: no digit, or too much. */
void token_digits(struct text *, const uint8_t *, size_t n, size_t digits);
bool token_bytes(const char *, size_t digits, uint8_t *, size_t n);

#endif
