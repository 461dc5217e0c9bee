/* Which files are written anew, and how a camera was held. */
#include "clean.h"

#include <string.h>

static const struct {
	const char *media;
	cage_work  *work;
} works[] = {
	{ "image/jpeg", clean_jpeg },
	{ "image/png", clean_png },
};

cage_work *
clean_of(const char *media)
{
	size_t i;

	for (i = 0; i < sizeof(works) / sizeof(*works); i++)
		if (strcmp(works[i].media, media) == 0)
			return (works[i].work);
	return (NULL);
}

/* ---- EXIF: a TIFF file inside a JPEG's APP1 ---- */

#define TAG_ORIENTATION 0x0112
#define ENTRY 12 /* bytes of a directory's entry */

struct tiff {
	const uint8_t *bytes;
	size_t	       length;
	bool	       little;
};

static size_t
tiff_short(const struct tiff *t, size_t at)
{
	const uint8_t *b = t->bytes + at;

	return (t->little ? (size_t)(b[1] << 8 | b[0]) :
			    (size_t)(b[0] << 8 | b[1]));
}

static size_t
tiff_long(const struct tiff *t, size_t at)
{
	size_t a = tiff_short(t, at), b = tiff_short(t, at + 2);

	return (t->little ? b << 16 | a : a << 16 | b);
}

static int
tiff_orientation(const uint8_t *bytes, size_t n)
{
	struct tiff t = { bytes, n, n > 0 && bytes[0] == 'I' };
	size_t	    at, entries, value;

	if (n < 8 || (at = tiff_long(&t, 4)) > n - 2)
		return (1);
	entries = tiff_short(&t, at);
	for (at += 2; entries > 0 && n - at >= ENTRY; entries--, at += ENTRY) {
		if (tiff_short(&t, at) != TAG_ORIENTATION)
			continue;
		value = tiff_short(&t, at + 8);
		return (value >= 1 && value <= 8 ? (int)value : 1);
	}
	return (1);
}

int
clean_orientation(const uint8_t *jpeg, size_t n)
{
	static const uint8_t exif[] = { 'E', 'x', 'i', 'f', 0, 0 };
	size_t		     at = 2, length;

	/* Segments, up to the start of the scan. */
	while (n - at > 4 && n > at && jpeg[at] == 0xff &&
	    jpeg[at + 1] != 0xda) {
		length = (size_t)(jpeg[at + 2] << 8 | jpeg[at + 3]);
		if (length < 2 || n - at - 2 < length)
			break;
		if (jpeg[at + 1] == 0xe1 && length >= 2 + sizeof(exif) &&
		    memcmp(jpeg + at + 4, exif, sizeof(exif)) == 0)
			return (tiff_orientation(jpeg + at + 4 + sizeof(exif),
			    length - 2 - sizeof(exif)));
		at += 2 + length;
	}
	return (1);
}
