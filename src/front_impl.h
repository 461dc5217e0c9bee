/* What the parts of the front share: the state of one connection. */
#ifndef KOV_FRONT_IMPL_H
#define KOV_FRONT_IMPL_H

#include <kore/kore.h>
#include <kore/http.h>

#include "front.h"
#include "problem.h"

#define FRONT_WINDOW 16384  /* the largest header block, in bytes */
#define FRONT_SCRATCH 65536 /* what is read to be thrown away */
#define FRONT_SMALL 65536   /* a refused body up to this is read away */
#define FRONT_TURNS 64	    /* requests a connection may have in one event */
#define FRONT_BLANKS 8	    /* bytes of CRLF before a request line */
#define HEAD_MS 5000	    /* first byte to empty line */
#define BODY_MS 10000	    /* a body, or an answer taken by the client… */
#define BYTES_A_MS 64	    /* …and a millisecond more for so many bytes */
#define LINGER_MS 2000	    /* after our FIN: for the client to read on */
#define LINGER_BYTES (8 << 20)

/*
 * HEAD ──judged──> BODY ──last byte──> BUSY ──front_reply──> HEAD | CLOSING
 *   └──refused──> DISCARD (a small body, then HEAD) | CLOSING
 * Rule 1: nothing of the next request leaves the socket before HEAD.
 * Rule 2: the event is edge-triggered; more says that something may wait in
 * the socket although no edge will come for it.
 */
enum front_phase {
	FRONT_HEAD,    /* for a whole header block to stand in the socket */
	FRONT_BODY,    /* for the rest of the body */
	FRONT_BUSY,    /* for front_reply */
	FRONT_DISCARD, /* for the rest of a body nobody wants */
	FRONT_CLOSING  /* for the answer to be out and the client's FIN */
};

struct front { /* the connection's hdlr_extra; Kore frees it */
	enum front_phase phase;
	bool		 private_door, proxied; /* behind a trusted proxy */
	bool		 begun; /* part of a header block is there */
	bool		 more, eof, close, shut;
	uint64_t	 deadline; /* kore_time_ms(); 0: none */
	size_t		 body;	   /* bytes of the budget it holds */
	size_t		 left;	   /* bytes of a body still to come */
	size_t		 discarded;
	struct call	*call; /* owned until front_call */
};

struct head;

bool front_owns(const struct connection *); /* not Kore's own */
extern struct front_counts front_count;
extern char		   front_scratch[FRONT_SCRATCH];

/* front_read.c: each takes what there is for its phase. */
void front_read_head(struct connection *);
void front_read_body(struct connection *);
void front_read_discard(struct connection *);

/* front_write.c. send leaves the phase alone; refuse answers what broke the
 * connection and closes it; head may be NULL. */
void front_send(struct connection *, const struct reply *, bool no_body,
    bool closing);
void front_refuse(struct connection *, const struct head *, enum problem,
    const char *detail);
void front_request_id(const struct head *, char *out); /* ID_REQUEST_MAX + 1 */
void front_rest(struct connection *); /* for the next request */
size_t front_unsent(const struct connection *);

/* front_close.c */
void front_close(struct connection *);
void front_linger(struct connection *);
void front_let_go(struct front *); /* of what a request held */

uint64_t front_patience(size_t bytes); /* a deadline for so many */

#endif
