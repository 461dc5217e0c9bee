/* Inside the schema checker: from a document to compiled schemas. */
#ifndef KOV_SCHEMA_COMPILE_H
#define KOV_SCHEMA_COMPILE_H

#include "schema_impl.h"
#include "schema_place.h"

#define SCHEMA_BUCKETS 1024 /* a contract has some thousands of schemas */

struct block;

struct schemas {
	const json_t  *document;
	struct schema *buckets[SCHEMA_BUCKETS];
	uint64_t       seed[2]; /* of uniqueItems' hash */
	struct text    error;	/* the first one stays */
	struct block  *blocks;
	int	       depth; /* schemas being compiled now */
};

/* Zeroed memory, theirs; NULL: none. */
void *schemas_keep(struct schemas *, size_t count, size_t size);

/* The schema of a node, compiled unless it was or is being. NULL: error set. */
const struct schema *schema_of(struct schemas *, const json_t *,
    const struct place *);

/* … that a reference ("#/…") leads to. */
const struct schema *schema_referred(struct schemas *, const char *reference,
    const struct place *);

/* Fills it from its source; false: error set. */
bool schema_compile(struct schemas *, struct schema *, const struct place *);

/* Sets the error, "#/where: what", and is false. */
bool schema_refuse(struct schemas *, const struct place *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

#endif
