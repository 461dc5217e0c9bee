/* One connection: everything between accept(2) and the handler (kore.md). */
#ifndef KOV_FRONT_H
#define KOV_FRONT_H

#include <stdbool.h>
#include <stdint.h>

struct call;
struct connection;
struct http_request;
struct reply;
struct head;

/* conf/kov.conf: bind IP PORT front_connect (public) and
 * front_connect_private. */
void front_connect(struct connection *);
void front_connect_private(struct connection *);

/*
 * At the header front asks call_gate (call.h): NULL is a refusal, already in
 * the reply it passed; else the connection keeps the call until the body is
 * in and call_handle takes it here, or frees it (call_free) when the client
 * leaves before. A block that head_judge refused is told by call_refused.
 */
struct call *front_take_call(struct http_request *);

/* The only way an answer goes out. The request may have lost its client. */
void front_reply(struct http_request *, const struct reply *);

bool front_is_private(const struct http_request *);

/* Text of the client's address: the rightmost untrusted one of
 * X-Forwarded-For when the peer is a trusted proxy, else the peer. */
#define FRONT_ADDRESS 46
void front_address(const struct http_request *, char out[FRONT_ADDRESS]);

void front_start(void); /* in a worker: the tick, the signals */
bool front_draining(void);
void front_drain(void);

#endif
