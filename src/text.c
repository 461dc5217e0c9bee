/* A growing run of bytes, kept NUL-terminated. */
#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST 256 /* bytes of the first allocation */

/* Room for n more bytes and the NUL. */
static bool
text_make_room(struct text *t, size_t n)
{
	size_t room = t->room > 0 ? t->room : TEXT_FIRST;
	char  *data;

	if (t->failed || n >= SIZE_MAX / 4 - t->length) {
		t->failed = true;
		return (false);
	}
	while (room < t->length + n + 1)
		room *= 2;
	if (t->data != NULL && room == t->room)
		return (true);
	if ((data = realloc(t->data, room)) == NULL) {
		t->failed = true;
		return (false);
	}
	t->data = data;
	t->room = room;
	return (true);
}

void
text_add(struct text *t, const void *bytes, size_t n)
{
	if (!text_make_room(t, n))
		return;
	if (n > 0)
		memcpy(t->data + t->length, bytes, n);
	t->length += n;
	t->data[t->length] = '\0';
}

void
text_adds(struct text *t, const char *string)
{
	text_add(t, string, strlen(string));
}

void
text_addf(struct text *t, const char *format, ...)
{
	va_list arguments;
	int	n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (n < 0 || !text_make_room(t, (size_t)n)) {
		t->failed = true;
		return;
	}
	va_start(arguments, format);
	vsnprintf(t->data + t->length, (size_t)n + 1, format, arguments);
	va_end(arguments);
	t->length += (size_t)n;
}

/*
 * Bytes of the UTF-8 sequence that s begins with; 0: it is none. The table
 * of well-formed sequences is RFC 3629, section 4.
 */
static size_t
text_sequence(const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char from, to, low, high;
		size_t	      length;
	} rows[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (s[0] >= rows[i].from && s[0] <= rows[i].to)
			break;
	if (i == sizeof(rows) / sizeof(rows[0]) || rows[i].length > left)
		return (0);
	for (k = 1; k < rows[i].length; k++)
		if (s[k] < (k == 1 ? rows[i].low : 0x80) ||
		    s[k] > (k == 1 ? rows[i].high : 0xbf))
			return (0);
	return (rows[i].length);
}

long
text_points(const char *bytes, size_t n)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t		     step;
	long		     points = 0;

	for (; n > 0; s += step, n -= step, points++)
		if ((step = text_sequence(s, n)) == 0)
			return (-1);
	return (points);
}

void
text_add_json(struct text *t, const char *bytes, size_t n)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t		     step;

	text_add(t, "\"", 1);
	for (; n > 0; s += step, n -= step) {
		step = text_sequence(s, n);
		if (step == 0) {
			text_adds(t, "\xef\xbf\xbd");
			step = 1;
		} else if (*s < 0x20 || *s == 0x7f)
			text_addf(t, "\\u%04x", *s);
		else {
			if (*s == '"' || *s == '\\')
				text_add(t, "\\", 1);
			text_add(t, s, step);
		}
	}
	text_add(t, "\"", 1);
}

char *
text_steal(struct text *t)
{
	char *data;

	if (t->data == NULL)
		text_add(t, "", 0);
	data = t->data;
	*t = (struct text){ 0 };
	return (data);
}

void
text_clear(struct text *t)
{
	t->length = 0;
	t->failed = false;
	if (t->data != NULL)
		t->data[0] = '\0';
}

void
text_release(struct text *t)
{
	free(t->data);
	*t = (struct text){ 0 };
}

static int
text_nibble(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return ((c | 0x20) - 'a' + 10);
	return (-1);
}

bool
text_unescape(char *s, size_t *length, bool plus)
{
	const char *end = s + *length;
	const char *from;
	char	   *to = s;
	int	    high, low;

	for (from = s; from < end; from++) {
		if (*from != '%') {
			*to++ = (plus && *from == '+') ? ' ' : *from;
			continue;
		}
		if (end - from < 3 || (high = text_nibble(from[1])) < 0 ||
		    (low = text_nibble(from[2])) < 0 || high + low == 0)
			return (false);
		*to++ = (char)(high << 4 | low);
		from += 2;
	}
	*length = (size_t)(to - s);
	return (true);
}
