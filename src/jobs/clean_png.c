/* PNG: its rows read and written again, with palette and transparency, and
 * without any other chunk. libpng's owner. */
#include "clean.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MOST (8U << 20) /* bytes that one chunk may need */
#define LEVEL 4		      /* of compression: half the time of 6 */

struct clean {
	png_structp    reader, writer;
	png_infop      from, to;
	const uint8_t *in;
	size_t	       left;
	struct text   *out;
	uint8_t	      *rows; /* one, or all where they come interlaced */
};

static void
clean_read(png_structp png, png_bytep to, size_t n)
{
	struct clean *c = png_get_io_ptr(png);

	if (n > c->left)
		png_error(png, "it ends early");
	memcpy(to, c->in, n);
	c->in += n;
	c->left -= n;
}

static void
clean_write(png_structp png, png_bytep from, size_t n)
{
	struct clean *c = png_get_io_ptr(png);

	text_add(c->out, from, n);
}

static void
clean_flush(png_structp png)
{
	(void)png;
}

static void
clean_quiet(png_structp png, png_const_charp why)
{
	(void)png;
	(void)why;
}

/* libpng's own would say it on standard error. */
static void
clean_fail(png_structp png, png_const_charp why)
{
	(void)why;
	png_longjmp(png, 1);
}

static bool
clean_open(struct clean *c)
{
	c->reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL,
	    clean_fail, clean_quiet);
	c->writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL,
	    clean_fail, clean_quiet);
	if (c->reader == NULL || c->writer == NULL)
		return (false);
	c->from = png_create_info_struct(c->reader);
	c->to = png_create_info_struct(c->writer);
	return (c->from != NULL && c->to != NULL);
}

static void
clean_close(struct clean *c)
{
	png_destroy_read_struct(&c->reader, &c->from, NULL);
	png_destroy_write_struct(&c->writer, &c->to);
	free(c->rows);
}

/* What a picture cannot be shown without. */
static void
clean_header(struct clean *c)
{
	png_uint_32   width, height;
	png_colorp    palette;
	png_bytep     alphas;
	png_color_16p transparent;
	int	      depth, colours, count;
	double	      gamma;

	png_get_IHDR(c->reader, c->from, &width, &height, &depth, &colours,
	    NULL, NULL, NULL);
	if ((size_t)width * height > CLEAN_PIXELS)
		png_error(c->reader, "too many pixels");
	png_set_IHDR(c->writer, c->to, width, height, depth, colours,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	if (png_get_gAMA(c->reader, c->from, &gamma) != 0)
		png_set_gAMA(c->writer, c->to, gamma);
	if (png_get_PLTE(c->reader, c->from, &palette, &count) != 0)
		png_set_PLTE(c->writer, c->to, palette, count);
	if (png_get_tRNS(c->reader, c->from, &alphas, &count, &transparent) !=
	    0)
		png_set_tRNS(c->writer, c->to, alphas, count, transparent);
}

static void
clean_rows(struct clean *c)
{
	int	  passes = png_set_interlace_handling(c->reader);
	size_t	  height = png_get_image_height(c->reader, c->from), y;
	size_t	  width = png_get_rowbytes(c->reader, c->from);
	bool	  all = passes > 1;
	png_bytep row;

	c->rows = calloc(all ? height : 1, width);
	if (c->rows == NULL)
		png_error(c->reader, "out of memory");
	for (; passes > 1; passes--)
		for (y = 0; y < height; y++)
			png_read_row(c->reader, c->rows + y * width, NULL);
	for (y = 0; y < height; y++) {
		row = c->rows + (all ? y * width : 0);
		png_read_row(c->reader, row, NULL);
		png_write_row(c->writer, row);
	}
	png_read_end(c->reader, NULL);
}

bool
clean_png(const uint8_t *in, size_t n, struct text *out)
{
	struct clean *c = calloc(1, sizeof(*c));
	bool volatile ok = false;

	if (c == NULL)
		return (false);
	*c = (struct clean){ .in = in, .left = n, .out = out };
	if (clean_open(c) && setjmp(png_jmpbuf(c->reader)) == 0 &&
	    setjmp(png_jmpbuf(c->writer)) == 0) {
		png_set_read_fn(c->reader, c, clean_read);
		png_set_write_fn(c->writer, c, clean_write, clean_flush);
		png_set_user_limits(c->reader, CLEAN_SIDE, CLEAN_SIDE);
		png_set_chunk_malloc_max(c->reader, CHUNK_MOST);
		png_set_compression_level(c->writer, LEVEL);
		png_read_info(c->reader, c->from);
		clean_header(c);
		png_write_info(c->writer, c->to);
		clean_rows(c);
		png_write_end(c->writer, NULL);
		ok = true;
	}
	clean_close(c);
	free(c);
	return (ok && !out->failed);
}
