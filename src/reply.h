/* An answer on its way out: status, headers, body. No Kore in here; front.c
 * sends it, and nothing else does. */
#ifndef KOV_REPLY_H
#define KOV_REPLY_H

#include <jansson.h>

#include "problem.h"

#define REPLY_HEADERS 28

struct reply_header {
	const char *name;  /* borrowed for ever, lower case */
	char	   *value; /* owned */
};

struct reply {
	int		    status;
	enum problem	    problem; /* what it says, for log and counters */
	const char	   *route;   /* template, for the log; NULL: none */
	struct reply_header headers[REPLY_HEADERS];
	size_t		    count;
	const char	   *body; /* own.data, or borrowed until it is sent */
	size_t		    length;
	struct text	    own;
	bool		    no_content; /* 204, 304: no Content-Length */
	bool		    lasting;	/* body is there for ever: no copy */
};

/* Values with CR, LF or NUL are dropped, and logged. */
void reply_header(struct reply *, const char *name, const char *value, ...)
    __attribute__((format(printf, 3, 4)));

/* Makes it the problem: body, media type, and the headers that belong to it
 * (Retry-After, WWW-Authenticate). detail and extra as in problem_write. */
void reply_problem(struct reply *, enum problem, const char *instance,
    const char *detail, const json_t *extra);

/* All faults as an invalid-input problem. */
struct faults;
void reply_faults(struct reply *, const struct faults *, const char *instance);

void reply_release(struct reply *);

#endif
