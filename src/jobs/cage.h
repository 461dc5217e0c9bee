/* A child that may compute and nothing else: no files, no network, bounded in
 * memory and time. What reads hostile bytes runs in it. */
#ifndef KOV_JOBS_CAGE_H
#define KOV_JOBS_CAGE_H

#include <stddef.h>
#include <stdint.h>

#include "../text.h"

#define CAGE_MEMORY (768UL << 20) /* bytes of address space */
#define CAGE_SECONDS 20		  /* of a processor */
#define CAGE_MOST (32UL << 20)	  /* bytes of a result */

/* Adds what it makes of the input; false: it refuses the input. */
typedef bool(cage_work)(const uint8_t *, size_t, struct text *out);

enum cage_end {
	CAGE_OK,      /* out has the result */
	CAGE_REFUSED, /* the work said false */
	CAGE_DIED,    /* it crashed, or went for more than it may have */
	CAGE_FAILED   /* there was no child to be had: not the input's fault */
};

enum cage_end cage_run(cage_work *, const uint8_t *, size_t, struct text *out);

#endif
