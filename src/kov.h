/*
 * Read me first: the structs one request and one delivery are made of.
 *
 * A request: front.c makes a legal one of bytes and asks call_gate, at the
 * header, whether it may come in; then a struct call walks through enum
 * call_state, downwards only, and one undertaker (call_free) ends it. The
 * contract (contract.h) says what is valid, a lane (lane.h) takes it to
 * PostgreSQL, a struct reply (reply.h) goes out.
 *
 * A delivery: the database function of a change records an event; the
 * sequencer (jobs/sequencer.c) gives it its place and its deliveries; the
 * courier (jobs/courier.c) claims, signs, posts and settles each.
 */
#ifndef KOV_H
#define KOV_H

#include <stdint.h>

#include "auth.h"
#include "cidr.h"
#include "contract.h"
#include "id.h"
#include "lane.h"
#include "limit.h"
#include "reply.h"

#define KOV_VERSION "1.0.0"

struct download;
struct http_request;
struct native;
struct upload;

enum call_state {
	CALL_ADMIT,  /* at the header: route, method, media type */
	CALL_KNOW,   /* at the header: credentials to caller, scope */
	CALL_TAKE,   /* x-kov-upload: asleep while its file comes in */
	CALL_CHECK,  /* parameters and body against the contract */
	CALL_ASK,    /* into its lane */
	CALL_WAIT,   /* asleep until the lane answers */
	CALL_ANSWER, /* x-kov-download: and asleep while its file goes out */
	CALL_DONE
};

struct call {
	struct http_request *request; /* Kore's; NULL before the body is in */
	enum call_state	     state;
	enum method	     method;
	char		    *path; /* owned, decoded; match points into it */
	struct match	     match;
	const struct native *native; /* C answers it itself */
	char		     id[ID_REQUEST_MAX + 1];
	char		     trace[ID_TRACE];
	char		     address[CIDR_TEXT]; /* the client's */
	int64_t		     organisation;	 /* 0: nobody's */
	struct limit_end     limits[LIMITS];	 /* what it was counted by */
	enum limit_name	     stranger; /* as what, when nobody is known */
	struct text	     caller;   /* JSON; complete from CALL_ASK on */
	bool		     acts;     /* for a member, whom door.act finds */
	struct text	     input;    /* JSON the function is given */
	size_t		     stable;   /* bytes of it that a retry repeats */
	json_t		    *open;   /* what it may send (mask.h); NULL: all */
	bool		     works;  /* what it posts next has to show work */
	struct lane_ask	    *ask;    /* NULL unless CALL_WAIT */
	struct upload	    *upload; /* NULL unless x-kov-upload */
	struct download	    *download; /* NULL unless x-kov-download, and 200 */
	struct reply	     reply;
	uint64_t	     began; /* microseconds, monotonic */
};

/* Of every call (gate.c). */
uint64_t    call_now(void); /* microseconds, monotonic */
const char *call_method_name(enum method);

#endif
