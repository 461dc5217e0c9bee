/* What a worker tells of itself to whoever scrapes, and what it asks the
 * database for them. */
#ifndef KOV_TELL_H
#define KOV_TELL_H

#include <stdbool.h>
#include <stdint.h>

#include "contract.h"

/* In the parent: all routes there are. False: no memory. */
bool tell_open(const struct contract *);

void tell_start(void); /* in a worker, before its lanes */
void tell_tick(void);

#endif
