/*
 * Access tokens: JWTs (RFC 9068) of people, verified and never made here
 * (libcjose's owner). RFC 8725 throughout: the issuer's own rule says which
 * algorithm it is, never the token; keys come from the issuer's set, never
 * from the token: jku, jwk, x5u and x5c are not looked at.
 */
#ifndef KOV_JWT_H
#define KOV_JWT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JWT_MAX 8192 /* bytes of a token */
#define JWT_SKEW 30  /* seconds that an issuer's clock may be ahead */

struct jwt;	 /* a token as it was read: nothing in it is proved */
struct jwt_keys; /* an issuer's set of public keys */

/* New; NULL: it is no JWS of the compact form whose typ is at+jwt, or it
 * says crit, or its claims are no object. */
struct jwt *jwt_read(const char *, size_t);
void	    jwt_free(struct jwt *);

/* Borrowed from the token; NULL where it does not say. */
const char *jwt_says(const struct jwt *, const char *claim);
bool	    jwt_is_for(const struct jwt *, const char *audience);

/* Of a JWKS (RFC 7517) those that can verify that algorithm: RS256, PS256 or
 * ES256. New; what does not fit is left out. NULL: no JWKS, or no memory. */
struct jwt_keys *jwt_keys_new(const char *jwks, size_t, const char *algorithm);
void		 jwt_keys_free(struct jwt_keys *);
size_t		 jwt_keys_count(const struct jwt_keys *);

enum jwt_end {
	JWT_OK,
	JWT_NO_KEY,  /* the set has no key of that name (yet) */
	JWT_FORGED,  /* another algorithm, or the signature does not fit */
	JWT_EXPIRED, /* or it never says when */
	JWT_EARLY    /* not yet good */
};

/* Whether one of the keys signed it, with the keys' algorithm, and it is good
 * at now (seconds since 1970). */
enum jwt_end jwt_verify(struct jwt *, const struct jwt_keys *, int64_t now);

#endif
