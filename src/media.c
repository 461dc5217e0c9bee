/* What a file is, judged by its content. */
#include "media.h"

#include <string.h>

#include "negotiate.h"

/* ---- the tables ---- */

enum { JPEG, PNG, GIF, PDF, TEXT, TYPES };

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* clang-format off */
static const struct media_type types[TYPES] = {
	[JPEG] = { "image/jpeg", LIST(".jpg", ".jpeg"),
	    LIST("image/jpg", "image/pjpeg") },
	[PNG] = { "image/png", LIST(".png"), LIST("image/x-png") },
	[GIF] = { "image/gif", LIST(".gif"), NULL },
	[PDF] = { "application/pdf", LIST(".pdf"), LIST("application/x-pdf") },
	[TEXT] = { "text/plain", LIST(".txt"), NULL },
};
/* clang-format on */

#define MARKUP "this is markup; a picture, a PDF or plain text is expected"
#define PROGRAM "this is a program"
#define ARCHIVE "this is an archive or an office document; send a PDF"

/* What files begin with, most telling first; a '?' fits every byte. What is
 * refused by name would be refused anyway: this says what to do. */
static const struct signature {
	const char *bytes;
	size_t	    length, offset;
	int	    type; /* TYPES: refused */
	const char *why;
} signatures[] = {
#define AT(offset, bytes) bytes, sizeof(bytes) - 1, offset
	{ AT(0, "\xff\xd8\xff"), JPEG, NULL },
	{ AT(0, "\x89PNG\r\n\x1a\n"), PNG, NULL },
	{ AT(0, "GIF87a"), GIF, NULL },
	{ AT(0, "GIF89a"), GIF, NULL },
	{ AT(0, "%PDF-"), PDF, NULL },
	{ AT(4, "ftyp"), TYPES,
	    "this is HEIC or a film, which may say where it was made; send a "
	    "picture as JPEG" },
	{ AT(0, "RIFF????WEBP"), TYPES,
	    "this is WebP, which may say where it was made; send it as JPEG "
	    "or PNG" },
	{ AT(0, "II*\0"), TYPES, "this is TIFF; send it as JPEG or PNG" },
	{ AT(0, "MM\0*"), TYPES, "this is TIFF; send it as JPEG or PNG" },
	{ AT(0, "PK\3\4"), TYPES, ARCHIVE },
	{ AT(0, "PK\5\6"), TYPES, ARCHIVE },
	{ AT(0, "\xd0\xcf\x11\xe0"), TYPES, ARCHIVE },
	{ AT(0, "Rar!"), TYPES, ARCHIVE },
	{ AT(0, "7z\xbc\xaf"), TYPES, ARCHIVE },
	{ AT(0, "\x1f\x8b"), TYPES, ARCHIVE },
	{ AT(0, "{\\rtf"), TYPES, ARCHIVE },
	{ AT(0, "MZ"), TYPES, PROGRAM },
	{ AT(0,
	      "\x7f"
	      "ELF"),
	    TYPES, PROGRAM },
	{ AT(0, "#!"), TYPES, PROGRAM },
	{ AT(0, "%!PS"), TYPES, PROGRAM },
#undef AT
};
#define SIGNATURES (sizeof(signatures) / sizeof(*signatures))

static bool
media_refused(struct media *m, const char *why)
{
	m->type = NULL;
	m->why = why;
	return (false);
}

/* ---- its beginning ---- */

static bool
signature_fits(const struct signature *s, const uint8_t *head, size_t n)
{
	size_t i;

	if (n < s->offset + s->length)
		return (false);
	for (i = 0; i < s->length; i++)
		if (s->bytes[i] != '?' &&
		    (uint8_t)s->bytes[i] != head[s->offset + i])
			return (false);
	return (true);
}

/* HTML, SVG and XML: a browser might take such text for what it says. */
static bool
is_markup(const uint8_t *head, size_t n)
{
	size_t i = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	char   next;

	while (i < n && head[i] != '\0' && strchr(" \t\r\n\f", head[i]) != NULL)
		i++;
	if (i + 1 >= n || head[i] != '<')
		return (false);
	next = (char)(head[i + 1] | 0x20);
	return (head[i + 1] == '!' || head[i + 1] == '?' ||
	    (next >= 'a' && next <= 'z'));
}

/* Once its head is there, or all of it. */
static bool
media_judge(struct media *m, size_t n)
{
	size_t i;

	for (i = 0; i < SIGNATURES; i++) {
		if (!signature_fits(&signatures[i], m->head, n))
			continue;
		if (signatures[i].type == TYPES)
			return (media_refused(m, signatures[i].why));
		m->type = &types[signatures[i].type];
		return (true);
	}
	if (is_markup(m->head, n))
		return (media_refused(m, MARKUP));
	m->type = &types[TEXT];
	return (true);
}

/* ---- all of it ---- */

/* UTF-8 (RFC 3629): what may follow a first byte. */
static const struct sequence {
	uint8_t	 from, to, least, most;
	unsigned left;
} sequences[] = {
	{ 0x20, 0x7e, 0, 0, 0 },
	{ '\t', '\n', 0, 0, 0 },
	{ '\f', '\r', 0, 0, 0 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 1 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 2 },
	{ 0xe1, 0xec, 0x80, 0xbf, 2 },
	{ 0xed, 0xed, 0x80, 0x9f, 2 },
	{ 0xee, 0xef, 0x80, 0xbf, 2 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 3 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 3 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
};
#define SEQUENCES (sizeof(sequences) / sizeof(*sequences))

static bool
text_first(struct media *m, uint8_t byte)
{
	const struct sequence *s;

	for (s = sequences; s < sequences + SEQUENCES; s++)
		if (byte >= s->from && byte <= s->to) {
			m->left = s->left;
			m->least = s->least;
			m->most = s->most;
			return (true);
		}
	return (false);
}

static bool
text_add_bytes(struct media *m, const uint8_t *bytes, size_t n)
{
	bool ok = true;

	for (; ok && n > 0; n--, bytes++) {
		if (m->left == 0) {
			ok = text_first(m, *bytes);
			continue;
		}
		ok = *bytes >= m->least && *bytes <= m->most;
		m->left--;
		m->least = 0x80;
		m->most = 0xbf;
	}
	return (ok ||
	    media_refused(m,
		"this is no JPEG, PNG, GIF or PDF, and no plain text in "
		"UTF-8"));
}

static void
tail_add(struct media *m, const uint8_t *bytes, size_t n)
{
	size_t keep;

	if (n > MEDIA_TAIL) {
		bytes += n - MEDIA_TAIL;
		n = MEDIA_TAIL;
	}
	keep = MEDIA_TAIL - n < m->tail_length ? MEDIA_TAIL - n :
						 m->tail_length;
	memmove(m->tail, m->tail + m->tail_length - keep, keep);
	memcpy(m->tail + keep, bytes, n);
	m->tail_length = keep + n;
}

bool
media_add(struct media *m, const void *bytes, size_t n)
{
	size_t before = m->length, head;

	if (m->why != NULL)
		return (false);
	if (before < MEDIA_HEAD) {
		head = MEDIA_HEAD - before < n ? MEDIA_HEAD - before : n;
		memcpy(m->head + before, bytes, head);
	}
	m->length += n;
	tail_add(m, bytes, n);
	if (m->type == NULL && m->length < MEDIA_HEAD)
		return (true);
	if (m->type == NULL) {
		if (!media_judge(m, MEDIA_HEAD))
			return (false);
		if (m->type == &types[TEXT] && before > 0 &&
		    !text_add_bytes(m, m->head, before))
			return (false);
	}
	return (m->type != &types[TEXT] || text_add_bytes(m, bytes, n));
}

/* What nothing of use may stand behind: a second file is often hidden there.
 * (JPEG and PNG are written anew, which leaves such things behind.) */
static bool
tail_is_whole(struct media *m)
{
	if (m->type == &types[PDF] &&
	    memmem(m->tail, m->tail_length, "%%EOF", 5) == NULL)
		return (media_refused(m,
		    "this PDF does not end as one, with %%EOF"));
	if (m->type == &types[GIF] && m->tail[m->tail_length - 1] != ';')
		return (media_refused(m,
		    "this GIF does not end as one; it may be cut"));
	return (true);
}

bool
media_end(struct media *m)
{
	if (m->why != NULL)
		return (false);
	if (m->length == 0)
		return (media_refused(m, "the file is empty"));
	if (m->type == NULL) {
		if (!media_judge(m, m->length))
			return (false);
		if (m->type == &types[TEXT] &&
		    !text_add_bytes(m, m->head, m->length))
			return (false);
	}
	if (m->type == &types[TEXT] && m->left > 0)
		return (media_refused(m,
		    "this text ends in the middle of a character"));
	return (tail_is_whole(m));
}

/* ---- names ---- */

bool
media_is(const struct media_type *type, const char *claimed)
{
	const char *const *alias = type->aliases;

	if (*claimed == '\0' ||
	    negotiate_is(claimed, "application/octet-stream") ||
	    negotiate_is(claimed, type->name))
		return (true);
	for (; alias != NULL && *alias != NULL; alias++)
		if (negotiate_is(claimed, *alias))
			return (true);
	return (false);
}

const struct media_type *
media_named(const char *name)
{
	int i;

	for (i = 0; i < TYPES; i++)
		if (strcmp(types[i].name, name) == 0)
			return (&types[i]);
	return (NULL);
}
