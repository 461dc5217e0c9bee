/* A tracking token or a session as a stranger sends it: nothing but the one
 * that was given out is read as ours. An input that begins with a tilde is
 * the real one with edits: pairs of a place and a byte. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "secret.h"
#include "ticket.h"

static struct text	   real[2];
static const struct ticket given[2] = {
	{ CALLER_TRACKING_TOKEN, "demo42",
	    "0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02", 3, 0 },
	{ CALLER_CUSTOMER_SESSION, "demo42",
	    "0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02", 1, 2000000000 },
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char line[] = "1:000102030405060708090a0b0c0d0e0f"
				   "101112131415161718191a1b1c1d1e1f\n";
	char		  file[] = "/tmp/kov-fuzz.XXXXXX";
	struct text	  error = { 0 };
	int		  fd = mkstemp(file);

	(void)argc;
	(void)argv;
	CLAIM(write(fd, line, sizeof(line) - 1) == sizeof(line) - 1);
	CLAIM(fchmod(fd, 0600) == 0 && close(fd) == 0);
	CLAIM(secret_load(file, &error));
	unlink(file);
	CLAIM(ticket_write(&real[0], &given[0]));
	CLAIM(ticket_write(&real[1], &given[1]));
	return (0);
}

static char *
edited(const struct text *from, const uint8_t *data, size_t n)
{
	char  *text = strdup(from->data);
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		text[data[i] % from->length] = (char)data[i + 1];
	return (text);
}

static void
judge(const char *text, size_t n, size_t which)
{
	struct ticket read = { .kind = given[which].kind };

	if (!ticket_read(&read, text, n))
		return;
	CLAIM(n == real[which].length);
	CLAIM(memcmp(text, real[which].data, n) == 0);
	CLAIM(strcmp(read.subject, given[which].subject) == 0);
	CLAIM(read.generation == given[which].generation);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t which;
	char  *text;

	for (which = 0; which < 2; which++) {
		if (n > 0 && data[0] == '~') {
			text = edited(&real[which], data + 1, n - 1);
			judge(text, real[which].length, which);
			judge(text, real[which].length, !which);
		} else {
			text = fuzz_copy(data, n);
			judge(text, n, which);
		}
		free(text);
	}
	return (0);
}
