/* A header block judged by RFC 9112 and RFC 9110. No Kore in here: it can be
 * tested and fuzzed by itself. */
#ifndef KOV_HEAD_H
#define KOV_HEAD_H

#include <stddef.h>

#include "contract.h"
#include "problem.h"

#define HEAD_ROOM 192	 /* head_write may make the block this much longer */
#define HEAD_KEEP 48	 /* lines of headers that the program reads */
#define HEAD_TARGET 1998 /* Kore's HTTP_URI_LEN - 2 */
#define HEAD_DETAIL 128

struct head_field {
	const char *name;  /* the table's, lower case */
	const char *value; /* into the block, not NUL-terminated */
	size_t	    length;
};

struct head { /* all pointers into the receive buffer */
	const char	 *method_text, *target, *host;
	size_t		  method_length, target_length, host_length;
	enum method	  method; /* 0: it did not come so far */
	long long	  length; /* Content-Length; -1: none given */
	bool		  old;	  /* HTTP/1.0 */
	bool		  body;	  /* the method takes one */
	bool		  close, expect;
	bool		  chunked, coded; /* Transfer-Encoding: that, other */
	unsigned	  seen;		  /* bit n: headers[n] of the table */
	size_t		  kept;
	char		  detail[HEAD_DETAIL]; /* why it was refused */
	struct head_field keep[HEAD_KEEP];
};

/* Judges the block [from, end), end after its last line's CRLF, without the
 * empty line. */
enum problem head_judge(struct head *, const char *from, const char *end);

/* Whether all are characters of a token (RFC 9110, 5.6.2). */
bool head_is_token(const char *from, const char *end);
/* The first of a header that the program reads; NULL: not there, or empty.
 * head_list adds all of them, parted by commas. */
const struct head_field *head_find(const struct head *, const char *name);

void head_list(const struct head *, const char *name, struct text *);

/* The target's path percent-decoded once, dot segments removed (RFC 3986,
 * 5.2.4), NUL-terminated, into out (HEAD_TARGET + 2 bytes); false: it holds
 * an encoded slash or NUL. */
bool head_path(const struct head *, char *out);

/* The block as Kore shall see it, empty line included: HTTP/1.1, path form,
 * one Host, only names the program reads, each once (a list is joined by
 * commas), only printable ASCII. Out holds the block's length + HEAD_ROOM.
 * Returns the length. */
size_t head_write(const struct head *, char *out);

#endif
