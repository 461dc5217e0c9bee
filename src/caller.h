/* Who asks: the kinds of credentials there are, and what one makes known. */
#ifndef KOV_CALLER_H
#define KOV_CALLER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "id.h"
#include "text.h"

enum caller_kind {
	CALLER_LIVE_KEY,
	CALLER_TEST_KEY,
	CALLER_PUBLISHABLE_KEY,
	CALLER_CUSTOMER_SESSION,
	CALLER_TRACKING_TOKEN,
	CALLER_ACCESS_TOKEN,
	CALLER_KINDS
};

/* What is true of all credentials of a kind. */
struct caller_row {
	const char *name;   /* SQL's word for it: "live_key" */
	const char *scheme; /* the contract's: "apiKey" */
	const char *called; /* for people: "an API key" */
	const char *prefix; /* what it begins with; "": what no other does */
	bool	    scoped; /* it has scopes; else its kind says it all */
};

struct caller {
	enum caller_kind kind;
	int64_t		 organisation;
	/* Of a key its id, else a UUID of whom or what the token is about. */
	char	      credential[ID_UUID];
	const char   *partner; /* its id, or NULL */
	const json_t *scopes;  /* NULL: its kind has none */
	const json_t *row;     /* a key's, whole (door.credentials); or NULL */
};

const struct caller_row *caller_row(enum caller_kind);

/* The kinds that fit a security scheme of the contract, as bits of
 * 1 << kind; 0: no such scheme. */
unsigned caller_scheme(const char *scheme);
bool	 caller_scoped(unsigned kinds); /* whether any of them has scopes */

bool caller_may(const struct caller *, const char *scope);

/* Adds "an API key or a tracking token". */
void caller_expected(struct text *, unsigned kinds);

#endif
