/*
 * A judged header block put to use: what it says, its path, and the block
 * that Kore is given instead.
 */
#include "head.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int
hex_digit(char c)
{
	return (isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* The path's bytes; head_judge saw that each '%' has its two digits. */
static bool
decode(const char *from, const char *end, char *out)
{
	for (; from < end && *from != '?'; from++, out++) {
		*out = *from;
		if (*from != '%')
			continue;
		*out = (char)(hex_digit(from[1]) << 4 | hex_digit(from[2]));
		from += 2;
		if (*out == '\0' || *out == '/')
			return (false);
	}
	*out = '\0';
	return (true);
}

/* RFC 3986, 5.2.4, in place, for a path that begins with a slash. */
static void
remove_dots(char *path)
{
	char  *in = path, *out = path;
	size_t length;

	for (; *in != '\0'; in += length) {
		length = 1 + strcspn(in + 1, "/");
		if ((length == 2 && in[1] == '.') ||
		    (length == 3 && in[1] == '.' && in[2] == '.')) {
			while (length == 3 && out > path && *--out != '/')
				;
			if (in[length] == '\0')
				*out++ = '/';
			continue;
		}
		memmove(out, in, length);
		out += length;
	}
	*out = '\0';
}

static char *
put(char *out, const char *from, size_t length)
{
	memcpy(out, from, length);
	return (out + length);
}

#define PUT(out, s) put(out, s, sizeof(s) - 1)

static char *
put_value(char *out, const struct head_field *field)
{
	size_t i;
	char   c;

	for (i = 0; i < field->length; i++) {
		c = field->value[i];
		*out++ = (char)(c == '\t' ? ' ' : (c & 0x80) != 0 ? '?' : c);
	}
	return (out);
}

static bool
came_before(const struct head *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (h->keep[i].name == h->keep[n].name)
			return (true);
	return (false);
}

/* A header and all later lines of its name, as one list. */
static char *
put_header(char *out, const struct head *h, size_t n)
{
	size_t i;

	out = put(out, h->keep[n].name, strlen(h->keep[n].name));
	out = PUT(out, ": ");
	out = put_value(out, &h->keep[n]);
	for (i = n + 1; i < h->kept; i++) {
		if (h->keep[i].name != h->keep[n].name)
			continue;
		out = PUT(out, ", ");
		out = put_value(out, &h->keep[i]);
	}
	return (PUT(out, "\r\n"));
}

static char *
put_request_line(char *out, const struct head *h)
{
	out = put(out, h->method_text, h->method_length);
	out = PUT(out, " ");
	if (h->target_length == 0 || *h->target != '/')
		out = PUT(out, "/");
	out = put(out, h->target, h->target_length);
	out = PUT(out, " HTTP/1.1\r\nhost: ");
	out = h->host == NULL ? PUT(out, "-") :
				put(out, h->host, h->host_length);
	return (PUT(out, "\r\n"));
}

const struct head_field *
head_find(const struct head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->kept; i++)
		if (strcmp(h->keep[i].name, name) == 0)
			return (&h->keep[i]);
	return (NULL);
}

void
head_list(const struct head *h, const char *name, struct text *out)
{
	size_t i;

	for (i = 0; i < h->kept; i++) {
		if (strcmp(h->keep[i].name, name) != 0)
			continue;
		text_adds(out, out->length > 0 ? ", " : "");
		text_add(out, h->keep[i].value, h->keep[i].length);
	}
}

bool
head_path(const struct head *h, char *out)
{
	const char *end = h->target + h->target_length;

	if (h->target_length > 0 && *h->target == '/') {
		if (!decode(h->target, end, out))
			return (false);
		remove_dots(out);
		return (true);
	}
	/* "*", or a URL without a path */
	out[0] = h->target_length > 0 && *h->target == '*' ? '*' : '/';
	out[1] = '\0';
	return (true);
}

size_t
head_write(const struct head *h, char *out)
{
	char  *p = put_request_line(out, h);
	size_t i;

	if (h->body)
		p += snprintf(p, HEAD_ROOM, "content-length: %lld\r\n",
		    h->length < 0 ? 0 : h->length);
	for (i = 0; i < h->kept; i++)
		if (!came_before(h, i))
			p = put_header(p, h, i);
	p = PUT(p, "\r\n");
	return ((size_t)(p - out));
}
