/* The batches of an import, posted until they are answered (libcurl's owner
 * in kov-tool). */
#ifndef KOV_TOOLS_IMPORT_POST_H
#define KOV_TOOLS_IMPORT_POST_H

#include <stdbool.h>

#include "../text.h"

#define IMPORT_PATIENCE 180 /* seconds without an answer before giving up */

/* url: where the API is; key: the credential. False: error says why. */
bool import_post_open(const char *url, const char *key, struct text *error);
void import_post_close(void);

/* Posts a body, again and again while the answer may change (no connection,
 * 409 in flight, 429, 503), always with the same idempotency key. True:
 * answer is the body of a 2xx. */
bool import_post(const char *idempotency, const struct text *body,
    struct text *answer, struct text *error);

#endif
