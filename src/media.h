/* What a file is, judged by its content: never by its name or by what is
 * claimed. Words only. */
#ifndef KOV_MEDIA_H
#define KOV_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_HEAD 32	/* bytes that signatures look at */
#define MEDIA_TAIL 1024 /* bytes at the end that are looked at */

struct media_type {
	const char	  *name;       /* "image/jpeg" */
	const char *const *extensions; /* ".jpg", ".jpeg", NULL */
	const char *const *aliases;    /* other names it goes by; or NULL */
};

/* A file as it passes by. */
struct media {
	const struct media_type *type; /* NULL: not yet known, or refused */
	const char		*why;  /* it is refused: a sentence; or NULL */
	size_t			 length;
	unsigned left;	      /* bytes of a UTF-8 sequence to come… */
	uint8_t	 least, most; /* …and what the next may be */
	size_t	 tail_length;
	uint8_t	 head[MEDIA_HEAD], tail[MEDIA_TAIL];
};

/* From { 0 }. False: it is not of a type that is taken; why says more. */
bool media_add(struct media *, const void *, size_t);
bool media_end(struct media *);

/* Whether a claimed media type (parameters may follow) means this one;
 * application/octet-stream and "" claim nothing. */
bool media_is(const struct media_type *, const char *claimed);

/* The type of a name of ours; NULL: it is none that is taken. */
const struct media_type *media_named(const char *name);

#endif
