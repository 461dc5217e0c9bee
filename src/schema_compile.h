/* Inside the schema checker: from a document to compiled schemas. */
#ifndef KOV_SCHEMA_COMPILE_H
#define KOV_SCHEMA_COMPILE_H

#include "schema_impl.h"
#include "schema_place.h"

#define SCHEMA_BUCKETS 1024 /* a contract has some thousands of schemas */

struct keyword;
struct schemas {
	const json_t  *document;
	struct schema *buckets[SCHEMA_BUCKETS];
	uint64_t       seed[2]; /* of uniqueItems' hash */
	struct text    error;	/* the first one stays */
};

/* The schema of a node, compiled unless it was or is being. NULL: error set. */
const struct schema *schema_of(struct schemas *, const json_t *,
    const struct place *);

/* … that a reference ("#/…") leads to. */
const struct schema *schema_referred(struct schemas *, const char *reference,
    const struct place *);
bool schema_compile(struct schemas *, struct schema *, const struct place *);

/* Sets the error, "#/where: what", and is false. */
bool schema_refuse(struct schemas *, const struct place *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* What every compile function is given; place is the keyword's own. */
#define COMPILING                                               \
	struct schemas *schemas, struct schema *schema,         \
	    const struct keyword *keyword, const json_t *value, \
	    const struct place *place

struct keyword {
	const char    *name;
	enum rule_kind kind;
	bool (*compile)(COMPILING); /* NULL: an annotation */
};

/* The next of the schema's rules, of which there is room for one a keyword. */
struct rule *rule_add(struct schema *, const struct keyword *);

/* schema_keyword.c: keywords that hold no schema. */
bool compile_draft(COMPILING);
bool compile_id(COMPILING);
bool compile_type(COMPILING);
bool compile_required(COMPILING);
bool compile_limit(COMPILING);
bool compile_number(COMPILING);
bool compile_unique(COMPILING);
bool compile_enum(COMPILING);
bool compile_const(COMPILING);
bool compile_pattern(COMPILING);
bool compile_format(COMPILING);

#endif
