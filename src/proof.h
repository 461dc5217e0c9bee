/*
 * Proof of work, by which a crowd is slowed and nobody is shut out. Nothing
 * is kept: a challenge carries what it is for and a mark that only we make.
 *
 *	challenge	"1.EXPIRY.BITS.NONCE.MARK", EXPIRY in seconds since 1970
 *	solution	"CHALLENGE.NUMBER", any number in at most 20 digits for
 *			which SHA-256 of the whole begins with BITS zero bits
 */
#ifndef KOV_PROOF_H
#define KOV_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROOF_TEXT 112	  /* of a challenge, with its NUL */
#define PROOF_SECONDS 120 /* that a challenge is good for */

/* Whose work it is: a challenge for one is none for another. */
struct proof_for {
	const char *credential;
	const char *address; /* text; an IPv6 address counts as its /64 */
};

enum proof_end {
	PROOF_OK,
	PROOF_MISSING,
	PROOF_MALFORMED, /* none of ours, or another's */
	PROOF_EXPIRED,
	PROOF_WRONG, /* too few zero bits */
	PROOF_SPENT, /* publishable.c: it was sent before */
};

/* False: no randomness, no secret. now: seconds since 1970. */
bool proof_challenge(const struct proof_for *, int64_t now, unsigned bits,
    char out[PROOF_TEXT]);

/* Text is the header's value, not NUL-terminated, or NULL. *id names the
 * challenge, the same however often it is solved. */
enum proof_end proof_judge(const struct proof_for *, const char *, size_t,
    int64_t now, uint64_t *id);

#endif
