/* Many HTTP posts at once through the guard (libcurl's owner in kov-jobs). */
#ifndef KOV_JOBS_POST_H
#define KOV_JOBS_POST_H

#include <stdbool.h>
#include <stddef.h>

#include "../text.h"

#define POST_SECONDS 15 /* of one post, all in all */
#define POST_CONNECT_SECONDS 5
#define POST_HEADERS 16384 /* bytes of an answer's headers: more fails */
#define POST_TAKEN 262144  /* bytes of a GET's answer */
#define POST_BODY 65536	   /* of its body: the rest is not waited for */

struct post {
	/* The caller's, borrowed until the post is done. */
	const char	  *url;
	const char	  *allow;   /* guard_judge's */
	const char *const *headers; /* "name: value", NULL at the end */
	const char	  *body;
	size_t		   length;
	/* Not NULL: a GET, and the answer's body goes here; failed where it
	 * has more than POST_TAKEN bytes. The caller's. */
	struct text *taken;

	/* What came of it. */
	int	    status; /* 0: no complete answer, then error says why */
	long	    milliseconds;
	long	    retry_after; /* seconds; 0: none */
	const char *error;	 /* borrowed for ever, or NULL */
	bool	    refused;	 /* by the guard: nothing was sent */

	struct post_wire *wire; /* post.c's own; NULL when done */
};

/* any: guard_judge's. False: libcurl cannot start. */
bool post_open(bool any);
void post_close(void);

/* False: memory ran out; the post is done, with an error. */
bool post_start(struct post *);

/* Carries on until something is done, one of two descriptors (or -1) is
 * readable, or ms passed. */
void post_wait(int fd, int other, int ms);

/* One that is done, or NULL. */
struct post *post_done(void);

#endif
