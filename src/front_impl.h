/* What the parts of the front share: the state of one connection. */
#ifndef KOV_FRONT_IMPL_H
#define KOV_FRONT_IMPL_H

#include <kore/kore.h>
#include <kore/http.h>
#include "front.h"
#include "front_stream.h"

/*
 * HEAD --judged--> BODY --last byte--> BUSY --front_reply--> HEAD | CLOSING
 *   '--refused--> DISCARD (a small body, then HEAD) | CLOSING
 * Rule 1: nothing of the next request leaves the socket before HEAD.
 * Rule 2: events are edge-triggered; more says that something may wait in
 * the socket although no edge will come for it.
 */
enum front_phase {
	FRONT_HEAD,    /* for a whole header block to stand in the socket */
	FRONT_BODY,    /* for the rest of the body */
	FRONT_BUSY,    /* for front_reply */
	FRONT_TAKING,  /* for more of a body in pieces; then BUSY again */
	FRONT_DISCARD, /* for the rest of a body nobody wants */
	FRONT_CLOSING  /* for the answer to be out and the client's FIN */
};

struct front { /* the connection's hdlr_extra; Kore frees it */
	enum front_phase phase;
	bool	 private_door, proxied, begun, more, eof, close, shut, expect;
	uint64_t deadline;		/* kore_time_ms(); 0: none */
	size_t	 body, left, discarded; /* bytes held; to come; thrown away */
	struct call	   *call;	/* owned until front_call */
	struct front_stream stream;	/* of a body in pieces */
};
extern struct front_times {    /* milliseconds; tests shorten them */
	unsigned head, linger; /* of a header block; after our FIN */
	unsigned body;	       /* of a body or of an answer's way out, and… */
	unsigned rate;	       /* …a millisecond more for so many bytes */
} front_times;
extern struct front_counts front_count;
bool	front_owns(const struct connection *); /* not Kore's own */
void	front_read_head(struct connection *);  /* each: what came in */
void	front_read_body(struct connection *);
void	front_read_discard(struct connection *);
ssize_t front_throw_away(struct connection *, size_t most); /* recv's */
void	front_send(struct connection *, const struct reply *, bool no_body,
       bool closing);
void front_dress(const struct connection *, const struct head *, struct reply *,
    const char *id);
void front_refuse(struct connection *, const struct head *, enum problem,
    const char *detail); /* and closes; head may be NULL */
void front_request_id(const struct head *, char *out);
void front_address(const struct connection *, const struct head *, char *out);
void front_rest(struct connection *);  /* until the next request */
void front_close(struct connection *); /* when the answer is out */
void front_linger(struct connection *);
void front_let_go(struct front *); /* of what a request held */
size_t	 front_unsent(const struct connection *);
uint64_t front_patience(size_t bytes); /* the deadline for so many */

#endif
