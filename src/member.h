/* In whose name a key acts: the member that a request names. */
#ifndef KOV_MEMBER_H
#define KOV_MEMBER_H

#include <stdbool.h>

struct call;
struct caller;
struct head;
struct reply;

/* Reads Kov-Member; who it is, door.act knows. False: refused. */
bool member_named(struct call *, const struct head *, const struct caller *,
    struct reply *refusal);

/* Wraps the input for door.act. */
void member_act(struct call *);

#endif
