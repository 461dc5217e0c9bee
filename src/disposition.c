/* Content-Disposition, read and written; and what a file may be called. */
#include "disposition.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define NAME_POINTS 120 /* characters of a file name, its end included */
#define NAME_UNNAMED "attachment"

struct cursor {
	const char *at, *end;
};

/* ---- reading ---- */

static void
skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
		c->at++;
}

static bool
is_token(char c)
{
	return (c > ' ' && c < 127 && strchr("()<>@,;:\\\"/[]?={}", c) == NULL);
}

/* A token in lower case; false: none, or it does not fit. */
static bool
read_token(struct cursor *c, char *out, size_t room)
{
	size_t n = 0;

	for (; c->at < c->end && is_token(*c->at); c->at++) {
		if (n + 1 == room)
			return (false);
		out[n++] = (char)tolower((unsigned char)*c->at);
	}
	out[n] = '\0';
	return (n > 0);
}

/* A quoted string. Browsers escape a quote as %22 and leave a backslash as it
 * is (WHATWG, multipart/form-data); others write \". */
static bool
read_quoted(struct cursor *c, struct text *out)
{
	for (c->at++; c->at < c->end && *c->at != '"'; c->at++) {
		if (*c->at == '\\' && c->end - c->at > 1 &&
		    (c->at[1] == '"' || c->at[1] == '\\'))
			c->at++;
		text_add(out, c->at, 1);
	}
	if (c->at == c->end)
		return (false);
	c->at++;
	return (true);
}

static bool
read_value(struct cursor *c, struct text *out)
{
	if (c->at < c->end && *c->at == '"')
		return (read_quoted(c, out));
	for (; c->at < c->end && *c->at != ';' && !isspace((int)*c->at & 0xff);
	     c->at++)
		text_add(out, c->at, 1);
	return (out->length > 0);
}

/* What browsers do to a quote and to line ends in a name. */
static void
put_back(struct text *t)
{
	static const char *const escapes[] = { "%22\"", "%0D\r", "%0A\n" };
	size_t			 in, out = 0, i;

	for (in = 0; in < t->length; in++, out++) {
		t->data[out] = t->data[in];
		for (i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
			if (t->length - in >= 3 &&
			    memcmp(t->data + in, escapes[i], 3) == 0) {
				t->data[out] = escapes[i][3];
				in += 2;
				break;
			}
	}
	t->length = out;
}

/* RFC 8187: charset'language'percent-encoded; UTF-8 alone is taken. */
static bool
read_extended(struct text *t)
{
	char  *value;
	size_t n;

	if (t->data == NULL || strncasecmp(t->data, "utf-8'", 6) != 0 ||
	    (value = strchr(t->data + 6, '\'')) == NULL)
		return (false);
	value++;
	n = t->length - (size_t)(value - t->data);
	if (!text_unescape(value, &n, false))
		return (false);
	memmove(t->data, value, n);
	t->length = n;
	return (true);
}

static bool
keep(char *out, size_t room, const struct text *t)
{
	if (t->failed || t->length >= room ||
	    (t->length > 0 && memchr(t->data, '\0', t->length) != NULL) ||
	    text_points(t->data != NULL ? t->data : "", t->length) < 0)
		return (false);
	if (t->length > 0)
		memcpy(out, t->data, t->length);
	out[t->length] = '\0';
	return (true);
}

/* One parameter's value. What is not known is passed over. */
static bool
read_parameter(struct disposition *d, const char *name, struct text *value,
    bool *extended)
{
	if (strcmp(name, "name") == 0) {
		put_back(value);
		d->has_name = keep(d->name, sizeof(d->name), value);
		return (d->has_name);
	}
	if (strcmp(name, "filename*") == 0) {
		*extended = read_extended(value) &&
		    keep(d->file, sizeof(d->file), value);
		d->has_file = true;
		return (*extended);
	}
	if (strcmp(name, "filename") != 0 || *extended)
		return (true);
	put_back(value);
	d->has_file = true;
	if (!keep(d->file, sizeof(d->file), value))
		d->file[0] = '\0'; /* in another charset: no name at all */
	return (value->length < sizeof(d->file));
}

bool
disposition_read(struct disposition *d, const char *value, size_t n)
{
	struct cursor c = { value, value + n };
	struct text   t = { 0 };
	char	      name[32];
	bool	      extended = false, ok;

	memset(d, 0, sizeof(*d));
	ok = read_token(&c, d->type, sizeof(d->type));
	for (skip_blanks(&c); ok && c.at < c.end; skip_blanks(&c)) {
		ok = *c.at++ == ';';
		skip_blanks(&c);
		if (!ok || c.at == c.end)
			break;
		ok = read_token(&c, name, sizeof(name)) && c.at < c.end &&
		    *c.at++ == '=';
		text_clear(&t);
		ok = ok && read_value(&c, &t) &&
		    read_parameter(d, name, &t, &extended);
	}
	text_release(&t);
	return (ok);
}

/* ---- names ---- */

/* The code point at s, whose text is UTF-8, and its length. */
static uint32_t
point_at(const char *s, size_t *n)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t	     point;
	size_t		     i;

	*n = *u < 0x80 ? 1 : *u < 0xe0 ? 2 : *u < 0xf0 ? 3 : 4;
	point = *n == 1 ? *u : *u & (0xffU >> (*n + 1));
	for (i = 1; i < *n; i++)
		point = point << 6 | (u[i] & 0x3f);
	return (point);
}

/* Characters that nobody sees, or that turn the others around (so that
 * "gpj.exe" reads "exe.jpg"). */
static const struct {
	uint32_t from, to;
} unseen[] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfeff, 0xfeff }, { 0xfff0, 0xffff }, { 0xe0000, 0xe0fff } };

static bool
is_unseen(uint32_t point)
{
	size_t i;

	for (i = 0; i < sizeof(unseen) / sizeof(*unseen); i++)
		if (point >= unseen[i].from && point <= unseen[i].to)
			return (true);
	return (false);
}

static const char *
last_part(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			name = p + 1;
	return (name);
}

/* The seen characters of a name, most at most. */
static void
add_seen(struct text *t, const char *name, long most)
{
	uint32_t point;
	size_t	 n;

	for (; *name != '\0' && most > 0; name += n) {
		point = point_at(name, &n);
		if (is_unseen(point))
			continue;
		most--;
		if (n == 1 && strchr("<>:\"|?*", *name) != NULL)
			text_adds(t, "_");
		else
			text_add(t, name, n);
	}
}

static bool
ends_with(const char *name, size_t n, const char *end)
{
	size_t m = strlen(end);

	return (n > m && strncasecmp(name + n - m, end, m) == 0);
}

void
disposition_clean(struct text *out, const char *name,
    const char *const extensions[])
{
	struct text	   t = { 0 };
	const char	  *at;
	const char *const *e;
	size_t		   n;

	if (text_points(name, strlen(name)) < 0)
		name = "";
	add_seen(&t, last_part(name), NAME_POINTS - 5);
	at = t.data != NULL ? t.data : "";
	at += strspn(at, ". ");
	for (n = strlen(at); n > 0 && strchr(". ", at[n - 1]) != NULL; n--)
		;
	if (n == 0) {
		at = NAME_UNNAMED;
		n = strlen(at);
	}
	text_add(out, at, n);
	for (e = extensions; *e != NULL; e++)
		if (ends_with(at, n, *e))
			break;
	if (*e == NULL)
		text_adds(out, extensions[0]);
	out->failed |= t.failed;
	text_release(&t);
}

/* ---- writing ---- */

/* attr-char of RFC 8187. */
static bool
is_plain(char c)
{
	return (isalnum((int)c & 0xff) ?
		(c & 0x80) == 0 :
		c != '\0' && strchr("!#$&+-.^_`|~", c) != NULL);
}

void
disposition_write(struct text *t, const char *name)
{
	const char *p;

	text_adds(t, "attachment; filename=\"");
	for (p = name; *p != '\0'; p++)
		if ((*p & 0xc0) != 0x80) /* one '_' for each character */
			text_add(t,
			    *p < ' ' || strchr("\"\\%\x7f", *p) != NULL ? "_" :
									  p,
			    1);
	text_adds(t, "\"; filename*=UTF-8''");
	for (p = name; *p != '\0'; p++)
		if (is_plain(*p))
			text_add(t, p, 1);
		else
			text_addf(t, "%%%02X", (unsigned)*p & 0xff);
}
