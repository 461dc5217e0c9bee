/* What every fuzz target begins with: libFuzzer's entry points, and a claim
 * that ends the run where it does not hold. */
#ifndef KOV_FUZZ_H
#define KOV_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *, char ***);
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define CLAIM(holds)                                                    \
	do {                                                            \
		if (!(holds)) {                                         \
			fprintf(stderr, "does not hold: %s\n", #holds); \
			abort();                                        \
		}                                                       \
	} while (0)

/* The input in memory of its own size, so that ASan sees who reads on; the
 * caller's to free. */
static inline char *
fuzz_copy(const uint8_t *data, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, data, n);
	return (copy);
}

/* The same as text, NUL-terminated. */
static inline char *
fuzz_text(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, n);
	text[n] = '\0';
	return (text);
}

#endif
