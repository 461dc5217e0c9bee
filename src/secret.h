/* The master secret, KOV_SECRET_FILE: what shown-once secrets derive from. */
#ifndef KOV_SECRET_H
#define KOV_SECRET_H

#include <stdbool.h>

#include "sign.h"
#include "text.h"

/* Reads a file of lines "version:64 hex digits"; the last one counts. It
 * must not be readable by others. False: error is one sentence. */
bool secret_load(const char *file, struct text *error);

/* What the loaded master makes of a nonce (sign_derive). */
bool secret_derive(const char *nonce, uint8_t out[SIGN_BYTES]);

/* Adds a text with each {{secret:NONCE}} in it replaced by the "whsec_…" of
 * that nonce. */
void secret_reveal(struct text *, const char *, size_t);

#endif
