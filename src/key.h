/* Keys, by the digests that each worker holds of all of them: a stranger
 * costs no query. */
#ifndef KOV_KEY_H
#define KOV_KEY_H

#include "auth.h"

enum auth_end key_know(const char *, size_t, struct caller *, struct text *);

/* The rows changed since; false: one of them is not understood, or there is
 * no memory for it. */
bool key_take(const json_t *rows);
void key_clear(void);

#endif
