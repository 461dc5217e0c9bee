/* The contract: OpenAPI 3.1 read at start into the operations we serve. */
#ifndef KOV_CONTRACT_H
#define KOV_CONTRACT_H

#include "schema.h"

enum method {
	METHOD_GET = 1,
	METHOD_HEAD = 2,
	METHOD_POST = 4,
	METHOD_PUT = 8,
	METHOD_PATCH = 16,
	METHOD_DELETE = 32,
	METHOD_OPTIONS = 64
};

enum lane_name {
	LANE_READ,
	LANE_LIST,
	LANE_INTAKE,
	LANE_CHANGE,
	LANE_BATCH,
	LANE_REPORT,
	LANE_NATIVE,
	LANE_NAMES
};

struct parameter {
	const char	    *name;
	const struct schema *schema;
	const json_t	    *fallback; /* the schema's default, or NULL */
	bool		     required;
};

struct operation {
	const char	    *id;       /* "createComplaint" */
	const char	    *function; /* "create_complaint" */
	const char	    *plural;   /* "create_complaints"; or NULL */
	const char	    *route;    /* "/v1/complaints/{complaintId}" */
	const char	    *scope;    /* of kinds that have any; or NULL */
	const char	    *media;    /* request body's; NULL: takes none */
	const struct schema *body; /* with each: all but the items' insides */
	const struct schema *each; /* x-kov-each: items judged one by one */
	const char *each_member;   /* …and the member that holds them */
	const char *sunset;	   /* x-sunset, a date-time; or NULL */
	const struct parameter *path, *query; /* end with a NULL name */
	json_t	   *facts, *open; /* x-kov-facts; x-public (mask.h); or NULL */
	unsigned    kinds;	  /* 1 << caller_kind; 0: anybody */
	enum method method;
	enum lane_name lane;
	size_t	       body_max; /* bytes; x-kov-body or 256 KiB */
	size_t	       number;	 /* index in contract->operations */
	bool	       body_required, if_match, if_none_match;
	bool secret, ticket, deprecated; /* replies show an x-kov-secret… */
};

struct contract {
	json_t	       *document; /* merged; json shows it, x-kov-outer aside */
	char	       *json;	  /* its text */
	struct schemas *schemas;
	struct operation *operations;
	size_t		  count;
	struct route	 *routes; /* contract_route.c's own */
	struct kept	 *kept;	  /* contract.c's: strings and arrays above */
};

/* Merges DIRECTORY/kov.yaml and every other *.yaml there (paths and
 * components unite; a name defined twice is an error), compiles every
 * schema, checks the rules of design.md. NULL: error names file or place. */
struct contract *contract_load(const char *directory, struct text *error);
void		 contract_free(struct contract *);

/* Has json name the server that clients reach: base (KOV_PUBLIC_URL) and the
 * path of the contract's own. False: out of memory. */
bool contract_publish(struct contract *, const char *base);

const char *contract_lane(enum lane_name); /* as x-kov-lane has it */

#define MATCH_VARIABLES 8
#define QUERY_MOST 64 /* parameters of one operation */
struct match {
	const struct operation *operation; /* NULL unless it fits */
	unsigned    allow; /* methods the path knows; 0: no such path */
	const char *value[MATCH_VARIABLES]; /* path variables, in order of
	    operation->path; they point into path, not NUL-terminated */
	size_t	    length[MATCH_VARIABLES];
};

/* Path is decoded and has no query. HEAD finds GET's operation. */
void contract_match(const struct contract *, enum method, const char *path,
    struct match *);

/* A new object: a query string (decoded here, NULL is none) or the match's
 * path variables, typed, defaults filled in. Complete only when no faults
 * were added, the unknown and repeated among them; NULL: out of memory. */
json_t *contract_query(const struct operation *, const char *query,
    struct faults *);
json_t *contract_path(const struct match *, struct faults *);

#endif
