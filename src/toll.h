/* What a request counts for at the gate, and what its answer says of it. */
#ifndef KOV_TOLL_H
#define KOV_TOLL_H

#include <stdbool.h>

struct call;
struct caller;
struct reply;

/* Counts a request of a known caller. False: he asks too often, and refusal
 * says so. */
bool toll_caller(struct call *, const struct caller *, struct reply *refusal);

/* Counts one of nobody known by its address, as call->stranger says. False:
 * too many, and refusal says so instead of what it said. */
bool toll_stranger(const struct call *, struct reply *refusal);

/* RateLimit and RateLimit-Policy, of what toll_caller counted. */
void toll_headers(const struct call *, struct reply *);

#endif
