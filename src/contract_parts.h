/* What contract_*.c share while the contract is being read; nobody else
 * includes it. Functions that return bool have said why in error when they
 * return false. */
#ifndef KOV_CONTRACT_PARTS_H
#define KOV_CONTRACT_PARTS_H

#include "contract.h"

struct load {
	struct contract *contract;
	const char	*directory;
	json_t		*origins; /* "/paths/~1scores": "score.yaml" */
	json_t		*names;	  /* operationIds seen: where */
	const char	*base;	  /* "/v1" */
	struct text	*error;
};

/* A value of the document and where it stands. */
struct place {
	json_t	   *value; /* borrowed; NULL: nothing stands there */
	const char *at;	   /* JSON Pointer, without "#"; kept */
};

/* Memory that lives as long as the contract, zeroed. Ends the program when
 * there is none: without it there is nothing to start. */
void *contract_keep(struct contract *, size_t);
char *contract_keep_text(struct contract *, const char *, size_t);

/* A member or element; and what stands where $ref leads to. */
struct place contract_member(struct load *, struct place, const char *key);
struct place contract_element(struct load *, struct place, size_t);
struct place contract_follow(struct load *, struct place);
json_t	    *contract_at(json_t *document, const char *pointer);
void	     contract_escape(struct text *, const char *key); /* adds "/key" */

/* Says the first fault: "FILE: #POINTER: what was expected". Is false. */
bool contract_refuse(struct load *, const char *at, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* The steps of contract_load, in order; each is a file. */
bool contract_merge(struct load *);
bool contract_check(struct load *);
bool contract_operations(struct load *); /* contract_path.c */
bool contract_routes(struct load *);

/* One operation of a path; its route and method are known. Then its steps. */
typedef bool(operation_fn)(struct load *, struct place path,
    struct place operation, struct operation *);
operation_fn contract_operation, contract_parameters, contract_body,
    contract_facts, contract_open;

/* Whether a body's schema names all that it takes. */
bool contract_closed(struct load *, struct place schema);

#endif
