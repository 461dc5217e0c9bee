/* multipart/form-data (RFC 7578, RFC 2046 5.1) read piece by piece: it keeps
 * no more than a part's header, whatever the body's size. Words only. */
#ifndef KOV_MULTIPART_H
#define KOV_MULTIPART_H

#include "disposition.h"

#define MULTIPART_BOUNDARY 70 /* characters (RFC 2046) */
#define MULTIPART_HEAD 4096   /* bytes of a part's header block */
#define MULTIPART_PARTS 32    /* in one body */
#define MULTIPART_MEDIA 128

struct multipart_part {
	struct disposition disposition; /* of type form-data, with a name */
	char media[MULTIPART_MEDIA];	/* its Content-Type; "": none said */
};

/* What a reader is told of. Each may say false: reading stops there. */
struct multipart_reader {
	bool (*begin)(void *owner, const struct multipart_part *);
	bool (*data)(void *owner, const char *, size_t); /* never 0 bytes */
	bool (*end)(void *owner);
};

enum multipart_end {
	MULTIPART_MORE, /* go on */
	MULTIPART_DONE, /* the last delimiter came; what follows is nothing */
	MULTIPART_BAD,	/* why says what was expected */
	MULTIPART_STOP	/* a reader said false */
};

struct multipart {
	const struct multipart_reader *reader;
	void			      *owner;
	enum multipart_end	       state;
	const char		      *why;   /* one clause, or NULL */
	int			       place; /* multipart.c's own from here */
	size_t matched; /* bytes of the delimiter that seem to be there… */
	bool   granted; /* …its CRLF only taken for granted */
	size_t delimiter_length, head_length, parts;
	char   delimiter[MULTIPART_BOUNDARY + 4]; /* CRLF "--" boundary */
	char   head[MULTIPART_HEAD];
};

/* With the boundary of a Content-Type; false: it has none that is legal. */
bool multipart_begin(struct multipart *, const char *content_type,
    const struct multipart_reader *, void	    *owner);

/* The next bytes; the same whichever way a body is cut in pieces. Once it is
 * not MORE it stays what it was. */
enum multipart_end multipart_feed(struct multipart *, const char *, size_t);

/* No more bytes: MORE becomes BAD. */
enum multipart_end multipart_finish(struct multipart *);

#endif
