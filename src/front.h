/* One connection: everything between accept(2) and the handler (kore.md). */
#ifndef KOV_FRONT_H
#define KOV_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;
struct connection;
struct head;
struct http_request;
struct reply;

/* conf/kov.conf: bind IP PORT front_connect (public) and
 * front_connect_private. */
void front_connect(struct connection *);
void front_connect_private(struct connection *);

/* The call that call_gate let in for this request, once: the caller's from
 * then on. NULL: it was taken before, or the client is gone. */
struct call *front_call(struct http_request *);

/* The only way an answer goes out, from the handler that then returns
 * KORE_RESULT_OK. The request may have lost its client. */
void front_reply(struct http_request *, const struct reply *);

bool front_is_private(const struct http_request *);

void front_prepare(void); /* in the parent, before the fork */
void front_start(void);	  /* in a worker: the tick, the signals */

/* From SIGTERM, SIGINT, SIGQUIT or front_drain on: no new connections, what
 * is in flight is answered, then the worker ends. */
bool front_draining(void);
void front_drain(void);

/* What the tick last counted, and what there was since the start. */
struct front_counts {
	uint64_t accepted, answered, refused, left; /* left: unanswered */
	size_t	 open, bodies; /* connections; bytes of bodies held */
};
const struct front_counts *front_counts(void);

#endif
