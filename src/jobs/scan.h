/* Whether a file holds something harmful: asked of the scanner that KOV_SCAN
 * names, where there is one. */
#ifndef KOV_JOBS_SCAN_H
#define KOV_JOBS_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum scan_end {
	SCAN_CLEAN,
	SCAN_INFECTED,
	SCAN_NONE, /* there is no scanner */
	SCAN_AWAY  /* there is one, and it did not answer; the log says more */
};

/* May take a minute. */
enum scan_end scan_bytes(const void *, size_t);

#endif
