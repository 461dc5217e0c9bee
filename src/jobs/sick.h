/* Organisations whose work failed: left alone for a while, each by itself. */
#ifndef KOV_JOBS_SICK_H
#define KOV_JOBS_SICK_H

#include <stdbool.h>
#include <stdint.h>

/* Whether it is to be left alone now. */
bool sick_rests(int64_t organisation);

/* What came of its work: failed, it rests for 1 s, doubled up to a minute;
 * done, it is well again. */
void sick_note(int64_t organisation, bool failed);

#endif
