/* What the database last said of itself: one worker asks now and then, and
 * whichever is scraped shows it, with its age. */
#ifndef KOV_FACTS_H
#define KOV_FACTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACTS_EVERY 5000 /* ms from one question to the next */

bool facts_open(uint64_t now); /* in the parent, before the fork; ms */

/* door.facts()'s JSON; false: too long, and the old ones stay. now: ms. */
bool facts_take(const char *json, size_t, uint64_t now);

/* A new object of metric to number, or to an object of label to number;
 * NULL: nothing was ever said. */
json_t *facts_read(void);

/* ms since they were taken, or since facts_open where they never were. */
uint64_t facts_age(uint64_t now);

#endif
