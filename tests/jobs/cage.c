/* What a cage holds: each deed is a child's, and its end is printed. */
#include <netinet/in.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "jobs/cage.h"
#include "jobs/jobs.h"

uint64_t
jobs_ms(void)
{
	return ((uint64_t)time(NULL) * 1000);
}

static bool
deed_answer(const uint8_t *in, size_t n, struct text *out)
{
	text_add(out, in, n);
	return (true);
}

static bool
deed_refuse(const uint8_t *in, size_t n, struct text *out)
{
	text_add(out, in, n);
	return (false);
}

static bool
deed_crash(const uint8_t *in, size_t n, struct text *out)
{
	volatile int *nowhere = (int *)n;

	(void)in;
	text_add(out, in, 1);
	nowhere[0] = 1;
	return (true);
}

static bool
deed_open(const uint8_t *in, size_t n, struct text *out)
{
	(void)in;
	(void)n;
	text_adds(out, open("/etc/passwd", O_RDONLY) < 0 ? "no" : "yes");
	return (true);
}

static bool
deed_dial(const uint8_t *in, size_t n, struct text *out)
{
	(void)in;
	(void)n;
	text_adds(out, socket(AF_INET, SOCK_STREAM, 0) < 0 ? "no" : "yes");
	return (true);
}

static bool
deed_fork(const uint8_t *in, size_t n, struct text *out)
{
	(void)in;
	(void)n;
	text_adds(out, fork() < 0 ? "no" : "yes");
	return (true);
}

static bool
deed_read(const uint8_t *in, size_t n, struct text *out)
{
	char c;

	(void)in;
	(void)n;
	text_adds(out, read(0, &c, 1) < 0 ? "no" : "yes");
	return (true);
}

static bool
deed_hoard(const uint8_t *in, size_t n, struct text *out)
{
	char *much = malloc(CAGE_MEMORY);

	(void)in;
	(void)n;
	text_adds(out, much == NULL ? "no" : "yes");
	free(much);
	return (true);
}

static bool
deed_talk(const uint8_t *in, size_t n, struct text *out)
{
	size_t i;

	for (i = 0; i <= CAGE_MOST; i += n)
		text_add(out, in, n);
	return (true);
}

static const struct {
	const char *name;
	cage_work  *work;
} deeds[] = { { "answer", deed_answer }, { "refuse", deed_refuse },
	{ "crash", deed_crash }, { "open", deed_open }, { "dial", deed_dial },
	{ "fork", deed_fork }, { "read", deed_read }, { "hoard", deed_hoard },
	{ "talk", deed_talk } };

int
main(void)
{
	static const uint8_t	 in[1024] = { 'y', 'e', 's' };
	static const char *const ends[] = { "ok", "refused", "died", "failed" };
	struct text		 out = { 0 };
	size_t			 i;

	for (i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		text_clear(&out);
		enum cage_end end = cage_run(deeds[i].work, in,
		    i == 2 ? 0 : sizeof(in), &out);
		printf("%s %s %.3s\n", deeds[i].name, ends[end],
		    out.length > 0 ? out.data : "-");
	}
	text_release(&out);
	return (0);
}
