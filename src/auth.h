/* From a credential to a caller. Each worker holds the digests of all keys;
 * a stranger costs no query. */
#ifndef KOV_AUTH_H
#define KOV_AUTH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct caller {
	int64_t	    organisation;
	const char *credential; /* the key's id */
	const char *json; /* "organisation":1,"credential":"…",… no braces */
	const json_t *scopes;
};

enum auth_end {
	AUTH_OK,
	AUTH_MISSING,	/* no credentials were sent */
	AUTH_MALFORMED, /* not a Bearer credential, or its check fails */
	AUTH_UNKNOWN,	/* no such key, revoked or expired */
	AUTH_STALE,	/* the digests are older than 60 s */
};

/* Header is Authorization's value, not NUL-terminated, or NULL. The caller
 * is borrowed: until the next auth_take. */
enum auth_end auth_know(const char *header, size_t, struct caller *);
bool	      auth_may(const struct caller *, const char *scope);

/* What the database said of credentials changed since a number
 * (door.credentials); false: log line, and the old ones stay. */
bool	auth_take(const char *json, size_t, uint64_t now);
bool	auth_taken(void);	 /* whether it was told once, even of no keys */
int64_t auth_change(void);	 /* the number to ask from; 0 at first */
void	auth_tick(uint64_t now); /* the time, in ms, ages are told by */
void	auth_clear(void);

/* The 6 characters that follow a key's first n. */
#define AUTH_CHECK 6
void auth_key_check(const char *, size_t, char out[AUTH_CHECK + 1]);

#endif
