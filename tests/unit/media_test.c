/* What a file is: the same however it comes in pieces. */
#include "unit.h"

#include "media.h"

#define BYTES(s) s, sizeof(s) - 1
#define LONG "0123456789012345678901234567890123456789"

static const struct {
	const char *rule, *bytes;
	size_t	    length;
	const char *type; /* NULL: refused */
} files[] = {
	{ "JPEG", BYTES("\xff\xd8\xff\xe0" LONG), "image/jpeg" },
	{ "PNG", BYTES("\x89PNG\r\n\x1a\n" LONG), "image/png" },
	{ "GIF", BYTES("GIF89a" LONG ";"), "image/gif" },
	{ "GIF that is cut", BYTES("GIF89a" LONG), NULL },
	{ "GIF with something behind", BYTES("GIF89a;PK\3\4" LONG), NULL },
	{ "PDF", BYTES("%PDF-1.7\n" LONG "\n%%EOF\n"), "application/pdf" },
	{ "PDF that is cut", BYTES("%PDF-1.7\n" LONG), NULL },
	{ "PDF behind something else", BYTES("hello %PDF-1.7 \1 %%EOF"), NULL },
	{ "text", BYTES("Hello"), "text/plain" },
	{ "one character", BYTES("x"), "text/plain" },
	{ "text with all that it may have",
	    BYTES("caf\xc3\xa9\t\r\n\f\xe2\x82\xac\xf0\x9f\x98\x80" LONG),
	    "text/plain" },
	{ "text with a mark", BYTES("\xef\xbb\xbfHello"), "text/plain" },
	{ "a comparison", BYTES("<3 you, 1 < 2"), "text/plain" },
	{ "nothing", BYTES(""), NULL },
	{ "NUL", BYTES(LONG "\0" LONG), NULL },
	{ "an escape sequence", BYTES("\x1b[31mred"), NULL },
	{ "Latin-1", BYTES("caf\xe9 " LONG), NULL },
	{ "UTF-16", BYTES("\xff\xfeh\0e\0l\0l\0o\0"), NULL },
	{ "overlong UTF-8", BYTES(LONG "\xc0\xaf"), NULL },
	{ "a surrogate", BYTES(LONG "\xed\xa0\x80"), NULL },
	{ "beyond Unicode", BYTES(LONG "\xf4\x90\x80\x80"), NULL },
	{ "a character that is cut", BYTES(LONG "\xe2\x82"), NULL },
	{ "HTML", BYTES("<!doctype html><script>"), NULL },
	{ "HTML behind blanks", BYTES(" \r\n\t<Html>" LONG), NULL },
	{ "SVG", BYTES("<svg xmlns=" LONG), NULL },
	{ "XML behind a mark", BYTES("\xef\xbb\xbf<?xml " LONG), NULL },
	{ "HEIC",
	    BYTES("\0\0\0\x18"
		  "ftypheic" LONG),
	    NULL },
	{ "WebP", BYTES("RIFF\x10\x20\x30\x40WEBPVP8 " LONG), NULL },
	{ "an archive", BYTES("PK\3\4" LONG), NULL },
	{ "a Windows program", BYTES("MZ\x90" LONG), NULL },
	{ "an ELF program",
	    BYTES("\x7f"
		  "ELF" LONG),
	    NULL },
	{ "a script", BYTES("#!/bin/sh\n" LONG), NULL },
	{ "RTF", BYTES("{\\rtf1 " LONG), NULL },
};

static void
judge(size_t row, size_t cut)
{
	const char  *bytes = files[row].bytes;
	size_t	     n = files[row].length;
	struct media m = { 0 };
	bool	     ok;

	ok = media_add(&m, bytes, cut) && media_add(&m, bytes + cut, n - cut) &&
	    media_end(&m);
	if (ok != (files[row].type != NULL) ||
	    (ok && strcmp(m.type->name, files[row].type) != 0) ||
	    (!ok && m.why == NULL))
		fail_msg("%s, cut at %zu: %s", files[row].rule, cut,
		    ok ? m.type->name : m.why);
}

static void
a_file_is_what_its_content_is_however_it_is_cut(void **state)
{
	size_t row, cut;

	(void)state;
	for (row = 0; row < COUNT(files); row++)
		for (cut = 0; cut <= files[row].length; cut++)
			judge(row, cut);
}

static void
a_file_is_the_same_byte_by_byte(void **state)
{
	struct media m;
	size_t	     row, i;
	bool	     ok;

	(void)state;
	for (row = 0; row < COUNT(files); row++) {
		m = (struct media){ 0 };
		for (i = 0, ok = true; ok && i < files[row].length; i++)
			ok = media_add(&m, files[row].bytes + i, 1);
		assert_int_equal(ok && media_end(&m), files[row].type != NULL);
	}
}

static const struct {
	const char *type, *claimed;
	bool	    fits;
} claims[] = {
	{ "image/jpeg", "image/jpeg", true },
	{ "image/jpeg", "IMAGE/JPG", true },
	{ "image/jpeg", "", true },
	{ "image/jpeg", "application/octet-stream", true },
	{ "image/jpeg", "image/png", false },
	{ "image/jpeg", "image/jpegx", false },
	{ "text/plain", "text/plain; charset=utf-8", true },
	{ "text/plain", "text/html", false },
};

static void
a_claim_fits_or_not(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(claims); i++)
		if (media_is(media_named(claims[i].type), claims[i].claimed) !=
		    claims[i].fits)
			fail_msg("%s, %s", claims[i].type, claims[i].claimed);
	assert_null(media_named("image/webp"));
}

TESTS(TEST(a_file_is_what_its_content_is_however_it_is_cut),
    TEST(a_file_is_the_same_byte_by_byte), TEST(a_claim_fits_or_not))
