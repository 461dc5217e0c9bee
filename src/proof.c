/* Proof of work: challenges that carry what they are for. */
#include "proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cidr.h"
#include "secret.h"
#include "sign.h"
#include "text.h"

#define NONCE 8	 /* bytes */
#define MARK 16	 /* bytes of HMAC-SHA256 */
#define ROOM 160 /* of a solution, with its NUL */

/* The mark of what stands before it. */
static bool
proof_mark(const struct proof_for *who, const char *said, size_t n,
    uint8_t mark[SIGN_BYTES])
{
	uint8_t	    key[SIGN_BYTES], address[CIDR_BUCKET];
	size_t	    length = cidr_bucket(who->address, address);
	struct text t = { 0 };
	bool	    ok;

	text_addf(&t, "%s %zu ", who->credential, length);
	text_add(&t, (const char *)address, length);
	text_add(&t, said, n);
	ok = !t.failed && secret_derive("proof of work", key) &&
	    sign_hmac(key, sizeof(key), t.data, t.length, mark);
	text_release(&t);
	return (ok);
}

bool
proof_challenge(const struct proof_for *who, int64_t now, unsigned bits,
    char out[PROOF_TEXT])
{
	uint8_t nonce[NONCE], mark[SIGN_BYTES];
	char	hex[NONCE * 2 + 1];
	int	n;

	if (!sign_random(nonce, sizeof(nonce)))
		return (false);
	sign_hex(nonce, sizeof(nonce), hex);
	n = snprintf(out, PROOF_TEXT, "1.%" PRId64 ".%u.%s",
	    now + PROOF_SECONDS, bits, hex);
	if (n < 0 || n + 2 + MARK * 2 > PROOF_TEXT ||
	    !proof_mark(who, out, (size_t)n, mark))
		return (false);
	out[n] = '.';
	sign_hex(mark, MARK, out + n + 1);
	return (true);
}

static unsigned
proof_zeros(const uint8_t digest[SIGN_BYTES])
{
	unsigned n = 0;

	while (n < SIGN_BYTES * 8 && (digest[n / 8] & 0x80 >> n % 8) == 0)
		n++;
	return (n);
}

/* A number in digits alone, up to a full stop or the end. */
static bool
proof_number(const char **at, int64_t *number)
{
	size_t n = strspn(*at, "0123456789");

	if (n == 0 || n > 18)
		return (false);
	*number = strtoll(*at, NULL, 10);
	*at += n;
	return (true);
}

/* Takes "1.EXPIRY.BITS.NONCE.MARK.NUMBER" apart; false: it is none. */
static bool
proof_read(const struct proof_for *who, const char *text, int64_t *expiry,
    int64_t *bits, uint64_t *id)
{
	const char *at = text + 2, *end;
	uint8_t	    said[MARK], mark[SIGN_BYTES];
	char	    hex[MARK * 2 + 1];

	if (strncmp(text, "1.", 2) != 0 || !proof_number(&at, expiry) ||
	    *at++ != '.' || !proof_number(&at, bits) || *at != '.')
		return (false);
	end = at + 1 + NONCE * 2;
	if (strlen(at) < 1 + NONCE * 2 + 1 + MARK * 2 + 2 || *end != '.' ||
	    end[1 + MARK * 2] != '.')
		return (false);
	memcpy(hex, end + 1, MARK * 2);
	hex[MARK * 2] = '\0';
	at = end + 1 + MARK * 2 + 1;
	if (strspn(at, "0123456789") != strlen(at) || strlen(at) > 20 ||
	    !sign_unhex(hex, said, sizeof(said)) ||
	    !proof_mark(who, text, (size_t)(end - text), mark) ||
	    !sign_equal(said, mark, MARK))
		return (false);
	memcpy(id, mark + MARK, sizeof(*id)); /* what nobody is told */
	return (true);
}

enum proof_end
proof_judge(const struct proof_for *who, const char *text, size_t n,
    int64_t now, uint64_t *id)
{
	char	solution[ROOM];
	uint8_t digest[SIGN_BYTES];
	int64_t expiry, bits;

	if (text == NULL || n == 0)
		return (PROOF_MISSING);
	if (n >= sizeof(solution))
		return (PROOF_MALFORMED);
	memcpy(solution, text, n);
	solution[n] = '\0';
	if (!proof_read(who, solution, &expiry, &bits, id))
		return (PROOF_MALFORMED);
	if (expiry < now)
		return (PROOF_EXPIRED);
	if (!sign_sha256(text, n, digest) || proof_zeros(digest) < bits)
		return (PROOF_WRONG);
	return (PROOF_OK);
}
