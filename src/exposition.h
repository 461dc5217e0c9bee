/* What /metrics shows: one table of all metrics. */
#ifndef KOV_EXPOSITION_H
#define KOV_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* All of it as Prometheus text 0.0.4; open: as OpenMetrics 1.0.0. now: ms,
 * of facts_take's clock. Asks nobody: it cannot fail or wait. */
void exposition_write(struct text *, bool open, uint64_t now,
    const char *version);

#endif
