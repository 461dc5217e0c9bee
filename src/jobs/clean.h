/* Pictures written anew, so that nothing is in them but the picture: no place,
 * no camera, no second file behind. All in memory: made for a cage. */
#ifndef KOV_JOBS_CLEAN_H
#define KOV_JOBS_CLEAN_H

#include "cage.h"

#define CLEAN_PIXELS 50000000UL /* of a picture; more is refused */
#define CLEAN_SIDE 30000	/* of its width or height */

/* Adds the cleaned picture; false: it is broken, or too large. */
cage_work clean_jpeg, clean_png;

/* What cleans files of a media type; NULL: they stay as they are. */
cage_work *clean_of(const char *media);

/* The orientation that the EXIF of a JPEG tells, 1 to 8; 1: none. */
int clean_orientation(const uint8_t *jpeg, size_t);

#endif
