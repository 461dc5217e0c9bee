/*
 * multipart/form-data read piece by piece.
 *
 * A delimiter is CRLF "--" boundary, and CR stands in it only at its start:
 * where it does not go on as it should, what was held back is data, and the
 * next delimiter can begin at the byte at hand at the earliest.
 */
#include "multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum place {
	PREAMBLE, /* before the first delimiter: nobody's */
	AFTER,	  /* a delimiter: CRLF or "--" follows */
	DASH,	  /* after the first of two hyphens */
	PADDING,  /* blanks that may stand before the CRLF */
	NEWLINE,  /* after the CR */
	HEAD,
	DATA,
	EPILOGUE /* after the last delimiter: nobody's */
};

static bool
multipart_bad(struct multipart *m, const char *why)
{
	m->state = MULTIPART_BAD;
	m->why = why;
	return (false);
}

static bool
multipart_told(struct multipart *m, bool goes_on)
{
	if (!goes_on)
		m->state = MULTIPART_STOP;
	return (goes_on);
}

/* ---- the boundary ---- */

static bool
boundary_is_legal(const char *from, size_t n)
{
	size_t i;

	if (n == 0 || n > MULTIPART_BOUNDARY || from[n - 1] == ' ')
		return (false);
	for (i = 0; i < n; i++)
		if (from[i] == '\0' ||
		    strchr("0123456789abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ",
			from[i]) == NULL)
			return (false);
	return (true);
}

/* The boundary of a Content-Type; false: none, two, or not a legal one. */
static bool
boundary_find(const char *type, const char **from, size_t *n)
{
	bool found = false;

	for (type += strcspn(type, ";"); *type == ';';) {
		type += 1 + strspn(type + 1, " \t");
		if (strncasecmp(type, "boundary=", 9) != 0) {
			type += strcspn(type, ";");
			continue;
		}
		type += 9;
		if (found)
			return (false);
		found = true;
		*n = *type == '"' ? strcspn(type + 1, "\"") :
				    strcspn(type, "; \t");
		*from = type + (*type == '"');
		if (*type == '"' && (*from)[*n] != '"')
			return (false);
		type = *from + *n;
		type += strcspn(type, ";");
	}
	return (found && boundary_is_legal(*from, *n));
}

bool
multipart_begin(struct multipart *m, const char *content_type,
    const struct multipart_reader *reader, void *owner)
{
	const char *from = NULL;
	size_t	    n = 0;

	memset(m, 0, sizeof(*m));
	m->reader = reader;
	m->owner = owner;
	m->place = PREAMBLE;
	if (!boundary_find(content_type, &from, &n))
		return (multipart_bad(m,
		    "a boundary (RFC 2046) of 1 to 70 characters"));
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, from, n);
	m->delimiter_length = n + 4;
	m->matched = 2; /* the first one may stand at the very start */
	m->granted = true;
	return (true);
}

/* ---- a part's header ---- */

static bool
head_is(const char *line, size_t n, const char *name)
{
	size_t m = strlen(name);

	return (n > m && line[m] == ':' && strncasecmp(line, name, m) == 0);
}

/* Binary is what it is anyway; base64 would be decoded by nobody. */
static bool
head_is_as_is(const char *value, size_t n)
{
	static const char *const kinds[] = { "binary", "8bit", "7bit" };
	size_t			 i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (n == strlen(kinds[i]) &&
		    strncasecmp(value, kinds[i], n) == 0)
			return (true);
	return (false);
}

/* One line of it, without its CRLF. */
static bool
head_line(struct multipart *m, struct multipart_part *part, const char *line,
    size_t n)
{
	const char *value = memchr(line, ':', n);
	size_t	    length;

	if (value == NULL || value == line || *line == ' ' || *line == '\t' ||
	    memchr(line, '\0', n) != NULL)
		return (multipart_bad(m,
		    "header lines of the form NAME: VALUE in each part"));
	value++;
	length = n - (size_t)(value - line);
	for (; length > 0 && (*value == ' ' || *value == '\t'); length--)
		value++;
	while (length > 0 &&
	    (value[length - 1] == ' ' || value[length - 1] == '\t'))
		length--;
	if (head_is(line, n, "content-disposition") &&
	    (part->disposition.type[0] != '\0' ||
		!disposition_read(&part->disposition, value, length)))
		return (multipart_bad(m,
		    "one Content-Disposition, well-formed, in each part"));
	if (head_is(line, n, "content-transfer-encoding") &&
	    !head_is_as_is(value, length))
		return (multipart_bad(m,
		    "parts without Content-Transfer-Encoding (RFC 7578)"));
	if (head_is(line, n, "content-type")) {
		if (length >= sizeof(part->media))
			return (multipart_bad(m, "a shorter Content-Type"));
		memcpy(part->media, value, length);
		part->media[length] = '\0';
	}
	return (true);
}

/* The whole block is there. */
static bool
head_read(struct multipart *m)
{
	struct multipart_part part = { 0 };
	const char	     *line = m->head, *end;
	const char	     *last = m->head + m->head_length - 2;

	for (; line < last; line = end + 2) {
		end = memmem(line, (size_t)(last + 2 - line), "\r\n", 2);
		if (!head_line(m, &part, line, (size_t)(end - line)))
			return (false);
	}
	if (strcmp(part.disposition.type, "form-data") != 0 ||
	    !part.disposition.has_name)
		return (multipart_bad(m,
		    "Content-Disposition: form-data; name=\"…\" in each part"));
	if (++m->parts > MULTIPART_PARTS)
		return (multipart_bad(m, "32 parts at most"));
	m->place = DATA;
	m->matched = 2; /* a part may be empty: then no CRLF of its own comes */
	m->granted = true;
	return (multipart_told(m, m->reader->begin(m->owner, &part)));
}

static bool
head_byte(struct multipart *m, char c)
{
	size_t n;

	if (m->head_length == sizeof(m->head))
		return (multipart_bad(m,
		    "at most 4096 bytes of header a part"));
	m->head[m->head_length++] = c;
	n = m->head_length;
	if (n == 2 && memcmp(m->head, "\r\n", 2) == 0)
		return (head_read(m));
	if (n < 4 || memcmp(m->head + n - 4, "\r\n\r\n", 4) != 0)
		return (true);
	return (head_read(m));
}

/* ---- between delimiters ---- */

/* The byte after a delimiter, and those after it. */
static bool
after_byte(struct multipart *m, char c)
{
	enum place place = (enum place)m->place;

	if (place == DASH && c == '-') {
		m->place = EPILOGUE;
		m->state = MULTIPART_DONE;
		return (false);
	}
	if (place == NEWLINE && c == '\n') {
		m->place = HEAD;
		m->head_length = 0;
		return (true);
	}
	if (place == AFTER && c == '-')
		m->place = DASH;
	else if ((place == AFTER || place == PADDING) && c == '\r')
		m->place = NEWLINE;
	else if ((place == AFTER || place == PADDING) &&
	    (c == ' ' || c == '\t'))
		m->place = PADDING;
	else
		return (multipart_bad(m, "a line end or -- after a boundary"));
	return (true);
}

static bool
data_give(struct multipart *m, const char *bytes, size_t n)
{
	if (m->place != DATA || n == 0)
		return (true);
	return (multipart_told(m, m->reader->data(m->owner, bytes, n)));
}

/* What looked like a delimiter was data, but for the CRLF before the part
 * that was only taken for granted. */
static bool
data_was(struct multipart *m)
{
	size_t n = m->matched, skip = 0;

	m->matched = 0;
	if (m->granted) {
		skip = n < 2 ? n : 2;
		m->granted = false;
	}
	return (data_give(m, m->delimiter + skip, n - skip));
}

static bool
delimiter_found(struct multipart *m)
{
	bool in_part = m->place == DATA;

	m->matched = 0;
	m->granted = false;
	m->place = AFTER;
	return (!in_part || multipart_told(m, m->reader->end(m->owner)));
}

/* Bytes of a part, or before the first: as far as the next delimiter. */
static bool
data_bytes(struct multipart *m, const char **from, const char *end)
{
	const char *cr;

	if (m->matched == 0) {
		cr = memchr(*from, '\r', (size_t)(end - *from));
		cr = cr != NULL ? cr : end;
		if (!data_give(m, *from, (size_t)(cr - *from)))
			return (false);
		*from = cr;
	}
	while (*from < end && m->matched < m->delimiter_length &&
	    **from == m->delimiter[m->matched]) {
		m->matched++;
		(*from)++;
	}
	if (m->matched == m->delimiter_length)
		return (delimiter_found(m));
	return (*from == end || m->matched == 0 || data_was(m));
}

enum multipart_end
multipart_feed(struct multipart *m, const char *bytes, size_t n)
{
	const char *end = bytes + n;
	bool	    goes_on = m->state == MULTIPART_MORE;

	while (goes_on && bytes < end) {
		if (m->place == DATA || m->place == PREAMBLE)
			goes_on = data_bytes(m, &bytes, end);
		else if (m->place == HEAD)
			goes_on = head_byte(m, *bytes++);
		else
			goes_on = after_byte(m, *bytes++);
	}
	return (m->state);
}

enum multipart_end
multipart_finish(struct multipart *m)
{
	if (m->state == MULTIPART_MORE)
		multipart_bad(m, "a last boundary, with -- behind it");
	return (m->state);
}
