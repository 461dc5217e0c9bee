/* Publishable keys: what a key that everybody can read is let do. */
#ifndef KOV_PUBLISHABLE_H
#define KOV_PUBLISHABLE_H

#include <stdbool.h>

#include "caller.h"
#include "head.h"
#include "reply.h"

struct call;

/* At the gate, once the caller is known; true too of all other kinds. False:
 * refusal says why. */
bool publishable_admit(struct call *, const struct caller *,
    const struct head *, struct reply *refusal);

#endif
