/* Pictures written anew: upright, the same, and nothing else in them. */
#include "unit.h"

#include <png.h>
#include <turbojpeg.h>

#include "clean.h"

#define WIDTH 64 /* whole blocks: nothing is cut off in a turn */
#define HEIGHT 32
#define BRIGHT 200

/* A dark picture whose top left quarter is bright, once it is upright. */
static void
draw(uint8_t *pixels, int width, int height, bool right, bool bottom)
{
	int x, y;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			memset(pixels + 3 * (y * width + x),
			    (x >= width / 2) == right &&
				    (y >= height / 2) == bottom ?
				255 :
				0,
			    3);
}

/* Where the bright quarter lies in what a camera stores that was held so. */
static const struct {
	int  orientation;
	bool turned, right, bottom;
} held[] = {
	{ 1, false, false, false },
	{ 2, false, true, false },
	{ 3, false, true, true },
	{ 4, false, false, true },
	{ 5, true, false, false },
	{ 6, true, false, true },
	{ 7, true, true, true },
	{ 8, true, true, false },
};

/* A JPEG with an EXIF segment that tells its orientation and a place. */
static void
camera(struct text *out, int orientation, bool right, bool bottom, bool turned)
{
	int	       width = turned ? HEIGHT : WIDTH;
	int	       height = turned ? WIDTH : HEIGHT;
	tjhandle       handle = tjInitCompress();
	uint8_t	       pixels[3 * WIDTH * HEIGHT];
	unsigned char *made = NULL;
	unsigned long  length = 0;
	uint8_t exif[] = { 0xff, 0xe1, 0, 42, 'E', 'x', 'i', 'f', 0, 0, 'M',
		'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0,
		(uint8_t)orientation, 0, 0, 0, 0, 0, 0, 'P', 'L', 'A', 'C', 'E',
		'!', '!', '!' };

	draw(pixels, width, height, right, bottom);
	assert_int_equal(tjCompress2(handle, pixels, width, 0, height, TJPF_RGB,
			     &made, &length, TJSAMP_444, 95, 0),
	    0);
	text_add(out, made, 2);
	text_add(out, exif, sizeof(exif));
	text_add(out, made + 2, length - 2);
	text_adds(out, "PK\3\4 behind it"); /* a second file */
	tjFree(made);
	tjDestroy(handle);
}

static bool
has(const struct text *t, const char *what)
{
	assert_false(t->failed);
	return (memmem(t->data, t->length, what, strlen(what)) != NULL);
}

static void
expect_upright(const struct text *jpeg)
{
	tjhandle handle = tjInitDecompress();
	uint8_t	 pixels[3 * WIDTH * HEIGHT];
	int	 width, height, sampling, colours;

	assert_int_equal(tjDecompressHeader3(handle,
			     (const uint8_t *)jpeg->data, jpeg->length, &width,
			     &height, &sampling, &colours),
	    0);
	assert_int_equal(width, WIDTH);
	assert_int_equal(height, HEIGHT);
	assert_int_equal(tjDecompress2(handle, (const uint8_t *)jpeg->data,
			     jpeg->length, pixels, width, 0, height, TJPF_RGB,
			     0),
	    0);
	assert_true(pixels[0] > BRIGHT);
	assert_true(pixels[3 * (WIDTH - 1)] < 256 - BRIGHT);
	assert_true(pixels[3 * WIDTH * (HEIGHT - 1)] < 256 - BRIGHT);
	tjDestroy(handle);
}

static void
a_jpeg_is_upright_and_says_nothing(void **state)
{
	struct text in = { 0 }, out = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(held); i++) {
		text_clear(&in);
		text_clear(&out);
		camera(&in, held[i].orientation, held[i].right, held[i].bottom,
		    held[i].turned);
		assert_int_equal(clean_orientation((const uint8_t *)in.data,
				     in.length),
		    held[i].orientation);
		assert_true(clean_jpeg((const uint8_t *)in.data, in.length,
		    &out));
		assert_false(has(&out, "Exif"));
		assert_false(has(&out, "PLACE"));
		assert_false(has(&out, "behind"));
		expect_upright(&out);
	}
	text_release(&in);
	text_release(&out);
}

/* What is read of an EXIF that lies must lie in it. */
static void
a_jpeg_that_is_cut_anywhere_harms_nobody(void **state)
{
	struct text in = { 0 }, out = { 0 };
	uint8_t	   *copy;
	size_t	    n;

	(void)state;
	camera(&in, 6, false, true, true);
	for (n = 0; n < in.length; n++) {
		text_clear(&out);
		copy = malloc(n + 1); /* so that ASan sees its end */
		memcpy(copy, in.data, n);
		copy = realloc(copy, n > 0 ? n : 1);
		clean_orientation(copy, n);
		clean_jpeg(copy, n, &out);
		free(copy);
	}
	text_release(&in);
	text_release(&out);
}

/* ---- PNG ---- */

static void
png_take(png_structp png, png_bytep bytes, size_t n)
{
	text_add(png_get_io_ptr(png), bytes, n);
}

static void
png_flushed(png_structp png)
{
	(void)png;
}

static void
draw_png(struct text *out, bool interlaced, uint8_t *pixels)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL,
	    NULL, NULL);
	png_infop   info = png_create_info_struct(png);
	png_text    says = { .compression = PNG_TEXT_COMPRESSION_NONE };
	char	    key[] = "Comment", words[] = "PLACE";
	png_bytep   rows[HEIGHT];
	int	    y;

	says.key = key;
	says.text = words;
	says.text_length = strlen(words);
	draw(pixels, WIDTH, HEIGHT, false, false);
	for (y = 0; y < HEIGHT; y++)
		rows[y] = pixels + 3 * WIDTH * y;
	png_set_write_fn(png, out, png_take, png_flushed);
	png_set_IHDR(png, info, WIDTH, HEIGHT, 8, PNG_COLOR_TYPE_RGB,
	    interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_text(png, info, &says, 1);
	png_set_rows(png, info, rows);
	png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
	png_destroy_write_struct(&png, &info);
}

static void
a_png_stays_the_same_and_says_nothing(void **state)
{
	struct text in = { 0 }, out = { 0 };
	uint8_t	    pixels[3 * WIDTH * HEIGHT], seen[sizeof(pixels)];
	png_image   image;
	int	    interlaced;

	(void)state;
	for (interlaced = 0; interlaced < 2; interlaced++) {
		text_clear(&in);
		text_clear(&out);
		draw_png(&in, interlaced, pixels);
		assert_true(has(&in, "PLACE"));
		text_adds(&in, "behind it");
		assert_true(clean_png((const uint8_t *)in.data, in.length,
		    &out));
		assert_false(has(&out, "PLACE"));
		assert_false(has(&out, "behind"));
		image = (png_image){ .version = PNG_IMAGE_VERSION };
		assert_true(png_image_begin_read_from_memory(&image, out.data,
		    out.length));
		image.format = PNG_FORMAT_RGB;
		assert_true(png_image_finish_read(&image, NULL, seen, 0, NULL));
		assert_memory_equal(seen, pixels, sizeof(pixels));
	}
	text_release(&in);
	text_release(&out);
}

static void
a_png_that_is_broken_is_refused(void **state)
{
	struct text in = { 0 }, out = { 0 };
	uint8_t	    pixels[3 * WIDTH * HEIGHT];
	size_t	    n;

	(void)state;
	draw_png(&in, false, pixels);
	assert_false(in.failed);
	for (n = 0; n < in.length; n++)
		assert_false(clean_png((const uint8_t *)in.data, n, &out));
	in.data[in.length / 2] ^= 1; /* a checksum that does not fit */
	assert_false(clean_png((const uint8_t *)in.data, in.length, &out));
	text_release(&in);
	text_release(&out);
}

/* One bit a pixel, all of it nothing: a few kilobytes for a whole town. */
static void
white_png(struct text *out, png_uint_32 width, png_uint_32 height)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL,
	    NULL, NULL);
	png_infop   info = png_create_info_struct(png);
	png_bytep   row = calloc(1, width / 8);
	png_uint_32 y;

	png_set_write_fn(png, out, png_take, png_flushed);
	png_set_compression_level(png, 1);
	png_set_IHDR(png, info, width, height, 1, PNG_COLOR_TYPE_GRAY,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (y = 0; y < height; y++)
		png_write_row(png, row);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(row);
}

static void
a_picture_has_a_bounded_number_of_pixels(void **state)
{
	static const struct {
		png_uint_32 width, height;
		bool	    taken;
	} sizes[] = { { 8000, 6000, true }, { 8000, 6400, false },
		{ 32000, 8, false }, { 8, 32000, false } };
	struct text in = { 0 }, out = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		text_clear(&in);
		text_clear(&out);
		white_png(&in, sizes[i].width, sizes[i].height);
		assert_int_equal(clean_png((const uint8_t *)in.data, in.length,
				     &out),
		    sizes[i].taken);
	}
	text_release(&in);
	text_release(&out);
}

/* Its header says more than there is: it is not even looked for. */
static void
a_jpeg_is_refused_at_its_header(void **state)
{
	struct text in = { 0 }, out = { 0 };
	size_t	    at;

	(void)state;
	camera(&in, 1, false, false, false);
	assert_false(in.failed);
	at = (size_t)((char *)memmem(in.data, in.length, "\xff\xc0", 2) -
	    in.data);
	memcpy(in.data + at + 5, "\x27\x10\x17\x70", 4); /* 60 million */
	assert_false(clean_jpeg((const uint8_t *)in.data, in.length, &out));
	memcpy(in.data + at + 5, "\x00\x40\x00\x40", 4); /* more than came */
	assert_true(clean_jpeg((const uint8_t *)in.data, in.length, &out));
	text_release(&in);
	text_release(&out);
}

TESTS(TEST(a_jpeg_is_upright_and_says_nothing),
    TEST(a_jpeg_that_is_cut_anywhere_harms_nobody),
    TEST(a_png_stays_the_same_and_says_nothing),
    TEST(a_png_that_is_broken_is_refused),
    TEST(a_picture_has_a_bounded_number_of_pixels),
    TEST(a_jpeg_is_refused_at_its_header))
