/* What a start can know is wrong, before a worker is forked. */
#ifndef KOV_CHECK_H
#define KOV_CHECK_H

#include <stdbool.h>

#include "contract.h"

/*
 * What the database must have for this contract: false, and error is one
 * sentence, where an operation has no function, a reading one is not STABLE,
 * or max_connections is too small. A database that is away is no error: the
 * server starts, answers 503, and away is set.
 */
bool check_database(const struct contract *, bool *away, struct text *error);

#endif
