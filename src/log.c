/* The log: one JSON object a line, one write(2) a line, never waiting. */
#include "log.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

static const char *const log_levels[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_ERROR] = "error",
};

static const char    *log_program = "kov";
static enum log_level log_least = LOG_LEVEL_INFO;
static int	      log_fd = STDERR_FILENO;
static unsigned long  log_lost; /* lines a full pipe did not take */
static struct text    log_text; /* reused line after line */

/*
 * A pipe or terminal can be full. O_NONBLOCK belongs to the open file, which
 * others may share, so it is set on an open file of our own.
 */
void
log_open(const char *program, enum log_level least)
{
	struct stat st;
	int	    fd;

	log_program = program;
	log_least = least;
	if (fstat(STDERR_FILENO, &st) != 0 || S_ISREG(st.st_mode))
		return;
	fd = open("/proc/self/fd/2",
	    O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		log_fd = fd;
}

static void
log_begin(struct text *t, enum log_level level, const char *event)
{
	struct timespec now;
	struct tm	tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	text_clear(t);
	text_addf(t,
	    "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\","
	    "\"level\":\"%s\",\"program\":\"%s\",\"event\":\"%s\"",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, now.tv_nsec / 1000000, log_levels[level], log_program,
	    event);
}

static bool
log_write(const struct text *t)
{
	ssize_t n;

	do
		n = write(log_fd, t->data, t->length);
	while (n < 0 && errno == EINTR);
	return (n >= 0);
}

static void
log_end(struct text *t)
{
	unsigned long lost = log_lost;

	text_adds(t, "}\n");
	if (t->failed || !log_write(t)) {
		log_lost++;
		return;
	}
	if (lost == 0)
		return;
	log_lost = 0;
	log_begin(t, LOG_LEVEL_WARNING, "log.lost");
	text_addf(t, ",\"lines\":%lu}\n", lost);
	if (!log_write(t))
		log_lost = lost;
}

void
log_say(enum log_level level, const char *event, const char *fields, ...)
{
	char	format[256], *inside;
	json_t *object;
	va_list arguments;

	if (level < log_least)
		return;
	snprintf(format, sizeof(format), "{%s}", fields);
	va_start(arguments, fields);
	object = json_vpack_ex(NULL, 0, format, arguments);
	va_end(arguments);
	inside = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
	log_begin(&log_text, level, event);
	if (inside != NULL && inside[1] != '}') {
		text_adds(&log_text, ",");
		text_add(&log_text, inside + 1, strlen(inside) - 2);
	}
	log_end(&log_text);
	free(inside);
	json_decref(object);
}

void
log_line(enum log_level level, const char *event, const char *inside, size_t n)
{
	if (level < log_least)
		return;
	log_begin(&log_text, level, event);
	text_adds(&log_text, ",");
	text_add(&log_text, inside, n);
	log_end(&log_text);
}
