/* Counters that all workers share: mapped before the fork, atomics only. */
#ifndef KOV_COUNTS_H
#define KOV_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "contract.h"
#include "lane.h"

#define COUNTS_WORKERS 65 /* Kore numbers its workers from 1 */

/* In the parent, before the fork. False: no memory. */
bool counts_open(void);

void counts_request(int status, uint64_t microseconds);

/* What one worker's lane says of itself, copied at each tick. */
void counts_lane(unsigned worker, enum lane_name, const uint64_t *, unsigned);

/* The change of keys that a worker has heard of (auth_change). */
void counts_keys(unsigned worker, int64_t change);

/* All of it as Prometheus text 0.0.4; open: as OpenMetrics 1.0.0. */
void counts_write(struct text *, bool open);

#endif
