/* A growing run of bytes, kept NUL-terminated, for building answers and lines. */
#ifndef KOV_TEXT_H
#define KOV_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Start from { 0 }. failed is sticky: add all, look once at the end. */
struct text {
	char  *data; /* owned; NULL until something is added */
	size_t length, room;
	bool   failed; /* memory ran out: data is incomplete */
};

void text_add(struct text *, const void *, size_t);
void text_adds(struct text *, const char *);
void text_addf(struct text *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a JSON string literal, quotes included. Bytes that are no UTF-8
 * become U+FFFD, control characters \u00xx: the result is always JSON. */
void text_add_json(struct text *, const char *, size_t);

/* The bytes, now the caller's to free (never NULL unless failed). */
char *text_steal(struct text *);
void  text_clear(struct text *);   /* empties it, keeps the memory */
void  text_release(struct text *); /* frees the memory; { 0 } again */

/* Length in code points; -1 where it is not UTF-8 (RFC 3629, no
 * surrogates, nothing above U+10FFFF). */
long text_points(const char *, size_t);

/* Percent-decoding (RFC 3986, 2.1) in place; false: a bad or NUL escape.
 * plus: '+' is a space, as in queries (WHATWG form encoding). */
bool text_unescape(char *, size_t *length, bool plus);

#endif
