/*
 * Who may ask how often: one table of policies (limit.c), each a bucket of
 * limit_table.h. A new one is a name here and a row there, and a setting for
 * its quota; 0 is no limit.
 */
#ifndef KOV_LIMIT_H
#define KOV_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "contract.h"

struct caller;

enum limit_by { /* what one bucket is of: any of these together */
	LIMIT_CREDENTIAL = 1,
	LIMIT_PARTNER = 2, /* a policy by it is for those who have one */
	LIMIT_ORGANISATION = 4,
	LIMIT_ADDRESS = 8 /* of IPv6 the /64 */
};

enum limit_name {
	LIMIT_DEFAULT,
	LIMIT_CUSTOMER, /* a customer's token */
	LIMIT_OF_PARTNER,
	LIMIT_OF_ORGANISATION,
	LIMIT_PUBLIC,	      /* a publishable key… */
	LIMIT_PUBLIC_ADDRESS, /* …and by address */
	LIMIT_PUBLIC_DAY,     /* what it posts: above it shows work */
	LIMIT_PUBLIC_ADDRESS_DAY,
	LIMIT_FAILURES,	 /* credentials that are none, by address */
	LIMIT_STRANGERS, /* no credentials at all, by address */
	LIMITS
};

struct limit_who {
	const struct caller *caller;  /* NULL: nobody known */
	const char	    *address; /* text; "": has none */
	enum method	     method;
	uint64_t	     now; /* microseconds, monotonic */
};

struct limit_end {
	bool	 applies, passed;
	uint64_t quota, left;
	unsigned window;      /* seconds */
	unsigned reset, wait; /* seconds: till it is full; may pass */
};

/* In the parent, before the fork (false: no memory, no randomness); and in
 * each worker, which are numbered from 1. */
bool limit_open(void);
void limit_begin(unsigned worker);

/* One request, counted by one policy, or by all that are for such callers
 * until one refuses it: that one, or LIMITS. A lenient one refuses nobody. */
struct limit_end limit_take(enum limit_name, const struct limit_who *);
/* The same, but nothing is counted. */
struct limit_end limit_look(enum limit_name, const struct limit_who *);
enum limit_name	 limit_take_all(const struct limit_who *,
     struct limit_end ends[LIMITS]);
const char	*limit_name(enum limit_name); /* "default", for headers */
uint64_t limit_refused(enum limit_name);      /* since the start, all workers */
uint64_t limit_crowded(void); /* buckets shared for want of room */

#endif
