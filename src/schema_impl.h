/* Inside the schema checker: what a compiled schema is made of. */
#ifndef KOV_SCHEMA_IMPL_H
#define KOV_SCHEMA_IMPL_H

#include "format.h"
#include "pattern.h"
#include "schema.h"
#include "schema_rule.h"
#include "schema_value.h"

struct member {
	const char	    *name; /* borrowed from the document */
	const struct schema *schema;
};

struct rule {
	enum rule_kind kind;
	const char    *code; /* the keyword */
	union {
		const struct schema *schema; /* $ref, not */
		struct { /* allOf, anyOf, oneOf; prefixItems, items */
			const struct schema **list;
			size_t		      count;
			const struct schema  *rest; /* items, or NULL */
		} many;
		struct { /* properties, additionalProperties */
			struct member	    *list; /* sorted by name */
			size_t		     count;
			const struct schema *rest; /* or NULL */
		} members;
		const json_t	    *value;   /* enum, const, required */
		size_t		     limit;   /* of a length or a count */
		struct number	     number;  /* a bound, multipleOf */
		const uint64_t	    *seed;    /* uniqueItems */
		struct pattern	    *pattern; /* owned */
		const struct format *format;
		int		     width; /* bits of an integer format */
	} of;
};

struct schema {
	const json_t  *source; /* borrowed: what it was compiled from */
	struct schema *next;   /* in its bucket of schemas */
	struct rule   *rules;  /* sorted by kind */
	size_t	       count;
	unsigned       types;	/* that its "type" allows */
	bool	       never;	/* it is the schema false */
	char	      *pointer; /* where it stands, for errors */
	int height; /* judgements of the same value below it; see schema.c */
};

#endif
