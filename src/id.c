/* Names of things: request ids and W3C trace contexts. */
#include "id.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sign.h"

#define ID_POOL 4096 /* random bytes fetched at once */

/* Random bytes by the poolful: one call of OpenSSL serves 256 requests. */
static void
id_random(uint8_t *out, size_t n)
{
	static uint8_t pool[ID_POOL];
	static size_t  left;

	if (left < n) {
		sign_random(pool, sizeof(pool));
		left = sizeof(pool);
	}
	left -= n;
	memcpy(out, pool + left, n);
}

void
id_new(char out[ID_UUID])
{
	struct timespec now;
	uint64_t	ms;
	uint8_t		b[16];
	char		hex[33];
	int		i;

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	id_random(b, sizeof(b));
	for (i = 0; i < 6; i++)
		b[i] = (uint8_t)(ms >> (40 - 8 * i));
	b[6] = (uint8_t)(0x70 | (b[6] & 0x0f));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	sign_hex(b, sizeof(b), hex);
	snprintf(out, ID_UUID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
}

static bool
id_is_hex(const char *s, size_t n)
{
	return (strspn(s, "0123456789abcdef") >= n);
}

bool
id_is_uuid(const char *s)
{
	size_t i;

	for (i = 0; i < ID_UUID - 1; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s[i] != '-')
				return (false);
		} else if (s[i] == '\0' ||
		    strchr("0123456789abcdefABCDEF", s[i]) == NULL)
			return (false);
	return (s[i] == '\0');
}

bool
id_is_request(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return (s[n] == '\0' && n > 0 && n <= ID_REQUEST_MAX);
}

/* "00-", 32 hex not all zero, "-", 16 hex not all zero, "-", 2 hex; a later
 * version (not ff) may go on after another "-" (Trace Context, 3.2.2). */
static bool
id_trace_valid(const char *s)
{
	size_t n = strlen(s);

	if (n < ID_TRACE - 1 || !id_is_hex(s, 2) || s[2] != '-' ||
	    !id_is_hex(s + 3, 32) || s[35] != '-' || !id_is_hex(s + 36, 16) ||
	    s[52] != '-' || !id_is_hex(s + 53, 2))
		return (false);
	if (strspn(s + 3, "0") >= 32 || strspn(s + 36, "0") >= 16)
		return (false);
	if (strncmp(s, "ff", 2) == 0)
		return (false);
	return (strncmp(s, "00", 2) == 0 ? n == ID_TRACE - 1 :
					   s[55] == '\0' || s[55] == '-');
}

void
id_trace(const char *in, char out[ID_TRACE])
{
	uint8_t random[24];
	char	trace[33], span[17], flags[3] = "01";

	id_random(random, sizeof(random));
	random[0] |= 1; /* never all zero */
	random[16] |= 1;
	sign_hex(random, 16, trace);
	sign_hex(random + 16, 8, span);
	if (in != NULL && id_trace_valid(in)) {
		memcpy(trace, in + 3, 32);
		memcpy(flags, in + 53, 2);
	}
	snprintf(out, ID_TRACE, "00-%s-%s-%s", trace, span, flags);
}
