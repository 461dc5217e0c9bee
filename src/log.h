/* The log: one JSON object a line, one write(2) a line, never waiting. */
#ifndef KOV_LOG_H
#define KOV_LOG_H

#include <stddef.h>

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_ERROR
};

/* Lines go to standard error, without ever blocking: what a full pipe does
 * not take is counted and the count logged when it takes lines again.
 * program is borrowed for ever. */
void log_open(const char *program, enum log_level least);

/* Event is lower case with dots ("lane.lost"). The pairs are "key", value:
 * fields is jansson's json_pack format of the object's inside, e.g.
 * log_say(LOG_LEVEL_WARNING, "lane.lost", "s:s, s:i", "lane", name, "n", n).
 * No bodies, no keys, no personal data. */
void log_say(enum log_level, const char *event, const char *fields, ...);

/* A line that is already JSON without braces: time, level and program are
 * put before it. For the hot path. */
void log_line(enum log_level, const char *event, const char *inside, size_t);

#endif
