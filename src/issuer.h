/* Issuers of access tokens, as each worker holds them: whose tokens are
 * taken, for which organisation, and by which keys they are judged. No
 * worker asks an issuer anything: kov-jobs keeps the keys in the database. */
#ifndef KOV_ISSUER_H
#define KOV_ISSUER_H

#include "auth.h"

enum auth_end issuer_know(const char *, size_t, struct caller *, struct text *);

/* The rows changed since (door.credentials); false: as key_take. */
bool issuer_take(const json_t *rows);
void issuer_clear(void);

/* The id of an issuer that signed with a key we do not have, and its
 * organisation; at most once a minute for each. NULL: none. */
const char *issuer_wanting(uint64_t now_ms, int64_t *organisation);

#endif
