/* Bodies that are passed on piece by piece, in and out: their size costs no
 * memory. */
#ifndef KOV_FRONT_STREAM_H
#define KOV_FRONT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

struct connection;
struct http_request;
struct reply;

/* In: a body that its handler takes, where call_takes said so. After last, or
 * fail, nothing more is taken. */
struct front_sink {
	size_t (*room)(void *owner); /* 0: not now; it calls front_go_on */
	void (*take)(void *owner, const char *, size_t, bool last);
	void (*fail)(void *owner, enum problem, const char *why);
};
void front_take(struct http_request *, const struct front_sink *, void *owner);
void front_go_on(struct http_request *);

/* Out: an answer whose body is reply->length bytes in pieces: front_begin,
 * then front_give whenever drained is called or it said true (all is out),
 * then front_end; or front_break: nobody shall take it for whole. */
void front_begin(struct http_request *, const struct reply *,
    void (*drained)(void *owner), void *owner);
bool front_give(struct http_request *, const char *, size_t);
void front_end(struct http_request *);
void front_break(struct http_request *);

/* ---- the front's own from here ---- */

#define FRONT_SMALL 65536 /* an unwanted body up to this is read away */
#define FRONT_HELD 524288 /* of the budget, for a body taken in pieces */

struct front_stream {
	const struct front_sink *sink; /* borrowed, and… */
	void (*drained)(void *);
	void	*owner;	   /* …their owner, until front_let_go */
	uint64_t patience; /* ms left of the deadline while a sink waits */
};

void front_read_taking(struct connection *);
bool front_read_some(struct connection *, ssize_t); /* what recv gave */
void front_done(struct connection *); /* the answer is all queued */

#endif
