/* One request: admit, know, check, ask, wait, answer. */
#ifndef KOV_CALL_H
#define KOV_CALL_H

#include <stdbool.h>
#include <stddef.h>

struct call;
struct head;
struct http_request;
struct reply;

/* A legal request as it stands at the gate. */
struct arrival {
	const struct head *head;
	const char	  *id;
	const char	  *address; /* the client's, as text; "": has none */
	bool		   private_door;
};

/*
 * At the header, before a body is taken in: a new call that may come in, or
 * NULL, and refusal is the answer. body_max is the most its route takes.
 * The front keeps it until call_handle takes it, or frees it.
 */
struct call *call_gate(const struct arrival *, struct reply *refusal,
    size_t *body_max);
void	     call_free(struct call *); /* NULL is fine */

/* Whether it takes its body itself, by front_take. */
bool call_takes(const struct call *);

/* The log line and the count of a request that never became a call. */
void call_refused(const struct head *, const struct reply *,
    const char *request_id, const char *address);

/* conf/kov.conf: route ^/ call_handle. Takes front_call's call. */
int call_handle(struct http_request *);

/* Calls that came in and are not yet answered. */
unsigned call_open(void);

#endif
