/* JPEG: its coefficients copied, turned upright, and nothing else taken over;
 * no quality is lost. libjpeg-turbo's owner. */
#include "clean.h"

#include <turbojpeg.h>

/* What turns a picture of that EXIF orientation upright. */
static const int turns[] = {
	[1] = TJXOP_NONE,
	[2] = TJXOP_HFLIP,
	[3] = TJXOP_ROT180,
	[4] = TJXOP_VFLIP,
	[5] = TJXOP_TRANSPOSE,
	[6] = TJXOP_ROT90,
	[7] = TJXOP_TRANSVERSE,
	[8] = TJXOP_ROT270,
};

static bool
clean_fits(tjhandle handle, const uint8_t *in, size_t n)
{
	int width, height, subsampling, colours;

	return (tjDecompressHeader3(handle, in, n, &width, &height,
		    &subsampling, &colours) == 0 &&
	    width > 0 && height > 0 && width <= CLEAN_SIDE &&
	    height <= CLEAN_SIDE &&
	    (size_t)width * (size_t)height <= CLEAN_PIXELS);
}

/* Blocks at an edge that cannot be turned are cut off (15 pixels at most):
 * left where they are they would make a stripe. A warning is a picture that
 * ends early: what is there of it may matter. */
bool
clean_jpeg(const uint8_t *in, size_t n, struct text *out)
{
	tjhandle       handle = tjInitTransform();
	tjtransform    turn = { .op = turns[clean_orientation(in, n)] };
	unsigned char *made = NULL;
	unsigned long  length = 0;
	bool	       ok;

	if (handle == NULL)
		return (false);
	turn.options = TJXOPT_COPYNONE |
	    (turn.op != TJXOP_NONE ? TJXOPT_TRIM : 0);
	ok = clean_fits(handle, in, n) &&
	    (tjTransform(handle, in, n, 1, &made, &length, &turn,
		 TJFLAG_LIMITSCANS) == 0 ||
		tjGetErrorCode(handle) == TJERR_WARNING) &&
	    made != NULL && length > 0;
	if (ok)
		text_add(out, made, length);
	tjFree(made);
	tjDestroy(handle);
	return (ok && !out->failed);
}
