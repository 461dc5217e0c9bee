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
	LANE_FILE, /* bytes of files */
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
	size_t	       body_max, upload_max; /* bytes; of a file */
	size_t	       number;		     /* index in contract->operations */
	bool	       body_required, if_match, if_none_match;
	bool	secret, ticket, download, deprecated; /* x-kov-secret, … */
	json_t *upload; /* x-kov-upload: the media types it takes */
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

/* Has json name the server at base (KOV_PUBLIC_URL). False: no memory. */
bool contract_publish(struct contract *, const char *base);

const char *contract_lane(enum lane_name); /* as x-kov-lane has it */

#define MATCH_VARIABLES 8
#define QUERY_MOST 64 /* parameters of one operation */
struct match {
	const struct operation *operation; /* NULL unless it fits */
	unsigned allow; /* methods the path knows; 0: no such path */
	const char
	      *value[MATCH_VARIABLES]; /* as operation->path; in the path */
	size_t length[MATCH_VARIABLES];
};

/* Path is decoded and has no query. HEAD finds GET's operation. */
void contract_match(const struct contract *, enum method, const char *path,
    struct match *);

/* A new object: a query string (decoded here, NULL is none) or the match's
 * path variables, typed, whole when faults has no more; NULL: no memory. */
json_t *contract_query(const struct operation *, const char *query,
    struct faults *);
json_t *contract_path(const struct match *, struct faults *);

#endif
