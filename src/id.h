/* Names of things: request ids and W3C trace contexts. */
#ifndef KOV_ID_H
#define KOV_ID_H

#include <stdbool.h>
#include <stddef.h>

#define ID_UUID 37  /* bytes of a UUID's text, with its NUL */
#define ID_TRACE 56 /* bytes of a traceparent's text, with its NUL */
#define ID_REQUEST_MAX 64

/* A UUIDv7 (RFC 9562, 5.7) of this moment. */
void id_new(char out[ID_UUID]);

bool id_is_uuid(const char *);

/* Whether a client's X-Request-Id is one we repeat: 1 to 64 of
 * [A-Za-z0-9._-]. */
bool id_is_request(const char *);

/* The context to go on with (Trace Context level 1): the sender's trace
 * with a span of our own, or a new trace where in is NULL or invalid. */
void id_trace(const char *in, char out[ID_TRACE]);

#endif
