/* Inside the schema checker: one keyword on its way to a rule. */
#ifndef KOV_SCHEMA_KEYWORD_H
#define KOV_SCHEMA_KEYWORD_H

#include "schema_compile.h"

struct keyword;

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
