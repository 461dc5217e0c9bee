/* Digests, signatures and the encodings they travel in (OpenSSL's owner). */
#ifndef KOV_SIGN_H
#define KOV_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGN_BYTES 32	/* of a SHA-256 or an HMAC-SHA256 */
#define SIGN_HEX 65	/* its hexadecimal text, with the NUL */
#define SIGN_BASE64 45	/* its base64 text, with the NUL */
#define SIGN_WEBHOOK 48 /* "v1," and base64, with the NUL */
#define SIGN_WHSEC 51	/* "whsec_" and base64 of 32 bytes, with the NUL */

/* False only when OpenSSL fails: out is then unusable. */
bool sign_sha256(const void *, size_t, uint8_t out[SIGN_BYTES]);
bool sign_hmac(const void *key, size_t, const void *, size_t,
    uint8_t		   out[SIGN_BYTES]);
bool sign_random(void *, size_t);

/* A SHA-256 piece by piece. sign_hash_end frees it; NULL out: unwanted. A
 * NULL hash: memory ran out, and end is false. */
struct sign_hash;
struct sign_hash *sign_hash_new(void);
void		  sign_hash_add(struct sign_hash *, const void *, size_t);
bool		  sign_hash_end(struct sign_hash *, uint8_t *out);

/* Takes the same time wherever they differ. */
bool sign_equal(const void *, const void *, size_t);

void sign_hex(const void *, size_t, char *out); /* 2n + 1 bytes */
bool sign_unhex(const char *, void *, size_t);
void sign_base64(const void *, size_t, char *out); /* 4(n+2)/3 + 1 */
/* At most 256 bytes; false: it is no base64, or out has no room for it. */
bool	 sign_unbase64(const char *, void *out, size_t room, size_t *n);
uint32_t sign_crc32(const void *, size_t);

/* What the master secret makes of a nonce; the endpoint's "whsec_…" is its
 * Standard Webhooks spelling. Master is KOV_SECRET_FILE's content. */
bool sign_derive(const void *master, size_t, const char *nonce,
    uint8_t out[SIGN_BYTES]);
void sign_whsec(const uint8_t secret[SIGN_BYTES], char out[SIGN_WHSEC]);

/* Standard Webhooks 1.0.0: HMAC-SHA256 over "id.timestamp.body" with the
 * secret's raw bytes, as "v1,base64". */
bool sign_webhook(const uint8_t *secret, size_t, const char *id,
    int64_t timestamp, const char *body, size_t, char out[SIGN_WEBHOOK]);

#endif
