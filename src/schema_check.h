/* Inside the schema checker: one walk over a value. */
#ifndef KOV_SCHEMA_CHECK_H
#define KOV_SCHEMA_CHECK_H

#include "schema_impl.h"
#include "schema_place.h"

struct check {
	struct faults *faults;	  /* NULL: only whether it is valid */
	const char    *parameter; /* its name, or NULL */
	unsigned long  work;	  /* values judged so far */
	unsigned       depth;	  /* judgements inside one another */
	bool	       failed;
	bool	       undecided; /* a limit was hit, or memory ran out */
};

void check_value(struct check *, const struct schema *, const json_t *,
    const struct place *);

/* Whether it is valid, telling nothing. */
bool check_valid(struct check *, const struct schema *, const json_t *);

/* Counts one judgement; the value has cost more than it may. */
bool check_spent(struct check *);
/* There is no need to go on. */
bool check_over(const struct check *);

void check_fault(struct check *, const struct place *, const char *code,
    const char *, ...) __attribute__((format(printf, 4, 5)));

/* The fault of having none of the types (bits). */
void check_types(struct check *, const struct place *, const char *code,
    unsigned types);

/* What a member's name is declared as, or NULL: rest, then. */
const struct member *rule_member(const struct rule *, const char *name);

/* What every judge is given. */
#define CHECKING                                                           \
	struct check *check, const struct rule *rule, const json_t *value, \
	    const struct place *place

/* schema_choice.c: anyOf, oneOf, not. */
void check_any_of(CHECKING);
void check_one_of(CHECKING);
void check_not(CHECKING);

/* schema_judge.c: what looks at one value and nothing in it. */
void check_size(CHECKING);
void check_length(CHECKING);
void check_unique(CHECKING);
void check_enum(CHECKING);
void check_const(CHECKING);
void check_pattern(CHECKING);
void check_format(CHECKING);
void check_width(CHECKING);
void check_bound(CHECKING);
void check_multiple(CHECKING);

#endif
