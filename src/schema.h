/* JSON Schema (draft 2020-12) compiled, and a value checked against it. */
#ifndef KOV_SCHEMA_H
#define KOV_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "text.h"

#define FAULTS_MAX 100

/* What is wrong with an input: {"detail", "code", "pointer"|"parameter"}. */
struct faults {
	json_t *list;	   /* owned array, or NULL while there are none */
	size_t	count;	   /* how many there are, at most FAULTS_MAX; the list
	    is shorter only where memory ran out */
	bool	truncated; /* there were more than FAULTS_MAX */
};

/* where is a JSON Pointer as URI fragment ("#/a/0"), or the name of a
 * parameter when parameter is set; code the keyword that failed. */
void faults_add(struct faults *, bool parameter, const char *where,
    const char *code, const char *detail, ...)
    __attribute__((format(printf, 5, 6)));
void faults_release(struct faults *);

struct schema;	/* immutable once compiled; fit for sharing over a fork */
struct schemas; /* all that were compiled against one document; owns them */

struct schemas *schemas_new(const json_t *document); /* borrows document */
void		schemas_free(struct schemas *);

/* The schema that stands at pointer ("" or "/components/schemas/Score") of
 * the document; compiled once, $ref followed ("#/…" only), recursion
 * allowed. Borrowed from schemas; NULL: error says which keyword, where, and
 * nothing more can be compiled. A keyword that is not supported is an error,
 * never ignored; annotations (title, description, example(s), default,
 * deprecated, readOnly, writeOnly, $comment, $schema of 2020-12, the
 * document's own $id, discriminator, externalDocs, xml, contentMediaType,
 * x-…) pass. format
 * also knows int32 and int64, of numbers. */
const struct schema *schema_at(struct schemas *, const char *pointer,
    struct text *error);

/* Adds every fault, deepest first in document order, with pointers below
 * prefix ("#" for a body, "#/items/3" for an item); nothing added: valid. A
 * missing member is told at its own place. Where no form of anyOf or oneOf
 * fits, the faults are those of the form that was clearly meant, by its type
 * or a const, else one. Member names over 100 bytes are cut in pointers. */
void schema_check(const struct schema *, const json_t *, const char *prefix,
    struct faults *);

/* As schema_check for one parameter: faults name it. */
void schema_check_parameter(const struct schema *, const json_t *,
    const char *name, struct faults *);

/* The same value as the contract means it, for a value that passed: 1.0
 * becomes 1 where an integer is asked, date-times UTC with milliseconds. A
 * new reference; may be the value itself, changed in place. */
json_t *schema_normal(const struct schema *, json_t *);

/* The JSON types it allows at its top, as bits, for reading parameters
 * ("5" to 5); an array's items. A number's bits are NUMBER and INTEGER. */
enum {
	SCHEMA_NULL = 1,
	SCHEMA_BOOLEAN = 2,
	SCHEMA_INTEGER = 4,
	SCHEMA_NUMBER = 8,
	SCHEMA_STRING = 16,
	SCHEMA_ARRAY = 32,
	SCHEMA_OBJECT = 64,
	SCHEMA_ANY = 127
};
unsigned	     schema_types(const struct schema *);
const struct schema *schema_items(const struct schema *); /* or NULL */

#endif
