/* A header block as a stranger sends it. What is let through and written
 * down for Kore is printable, means the same when judged again, and is
 * written again without a change. */
#include "fuzz.h"

#include "head.h"

#define WINDOW 16384

static void
claim_written(const char *out, size_t n)
{
	size_t i;

	CLAIM(n >= 4 && memcmp(out + n - 4, "\r\n\r\n", 4) == 0);
	for (i = 0; i < n; i++)
		CLAIM((out[i] >= ' ' && out[i] <= '~') || out[i] == '\r' ||
		    out[i] == '\n');
}

static void
claim_same(const struct head *head, size_t n)
{
	char	   *first = malloc(n + HEAD_ROOM), *second;
	struct head again;
	size_t	    length, twice;

	length = head_write(head, first);
	CLAIM(length <= n + HEAD_ROOM);
	claim_written(first, length);
	CLAIM(head_judge(&again, first, first + length - 2) == PROBLEM_NONE);
	CLAIM(again.method == head->method);
	CLAIM((again.length > 0 ? again.length : 0) ==
	    (head->length > 0 ? head->length : 0));
	second = malloc(length + HEAD_ROOM);
	twice = head_write(&again, second);
	CLAIM(twice == length && memcmp(first, second, length) == 0);
	free(first);
	free(second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char	   *block, path[HEAD_TARGET + 2];
	struct head head;

	if (n < 2 || n > WINDOW || data[n - 2] != '\r' || data[n - 1] != '\n')
		return (-1);
	block = fuzz_copy(data, n);
	if (head_judge(&head, block, block + n) == PROBLEM_NONE) {
		CLAIM(*head.detail == '\0');
		if (head_path(&head, path)) {
			CLAIM(*path == '/' || strcmp(path, "*") == 0);
			CLAIM(strstr(path, "/../") == NULL);
		}
		claim_same(&head, n);
	} else
		CLAIM(memchr(head.detail, '\0', HEAD_DETAIL) != NULL);
	free(block);
	return (0);
}
