/* From a credential to a caller: what it begins with says how it is known. */
#ifndef KOV_AUTH_H
#define KOV_AUTH_H

#include "caller.h"

enum auth_end {
	AUTH_OK,
	AUTH_MISSING,	/* no credentials were sent */
	AUTH_MALFORMED, /* not a Bearer credential, or its check fails */
	AUTH_UNKNOWN,	/* nobody's, revoked or expired */
	AUTH_STALE,	/* the digests are older than 60 s */
};

/* Header is Authorization's value, not NUL-terminated, or NULL. What SQL is
 * told of the caller is added to json: an object without its last brace. The
 * caller's pointers are borrowed, until the next auth_know or auth_take. */
enum auth_end auth_know(const char *header, size_t, struct caller *,
    struct text			   *json);

/* What the database said of credentials changed since a number
 * (door.credentials); false: log line, and the old ones stay. */
bool	auth_take(const char *json, size_t, uint64_t now);
bool	auth_taken(void);	 /* whether it was told once, even of no keys */
int64_t auth_change(void);	 /* the number to ask from; 0 at first */
void	auth_tick(uint64_t now); /* the time, in ms, ages are told by */
void	auth_clear(void);

#endif
