/* Solutions that were sent before, on any worker of this host: each counts
 * once while its challenge is good. On another host it may count once more. */
#ifndef KOV_SPENT_H
#define KOV_SPENT_H

#include <stdbool.h>
#include <stdint.h>

/* In the parent, before the fork (false: no memory); and in each worker,
 * which are numbered from 1. */
bool spent_open(void);
void spent_begin(unsigned worker);

/* Whether this is the first time; now in microseconds, monotonic. When there
 * is no room to know it is not. */
bool spent_first(uint64_t id, uint64_t now);

#endif
