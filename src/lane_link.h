/* One connection of a lane: down, connecting, preparing, idle, flying. */
#ifndef KOV_LANE_LINK_H
#define KOV_LANE_LINK_H

#include "lane_ask.h"

/* Those that fail and those that wait for locks fly on links of their own,
 * or the second starve the first. The aid cancels and notifies. */
enum link_kind { LINK_GATHER, LINK_ALONE, LINK_LOCKED, LINK_AID, LINK_KINDS };

enum link_state {
	LINK_DOWN,
	LINK_CONNECTING,
	LINK_PREPARING,
	LINK_IDLE,
	LINK_FLYING
};

enum link_cancel { CANCEL_NONE, CANCEL_WANTED, CANCEL_SENT };

/* A statement of a flight, and which asks of the segment it is for. */
struct set {
	unsigned  first, count;
	PGresult *result; /* owned, until the Sync's comes */
};

struct lane_link {
	struct lane	 *lane;
	enum link_kind	  kind;
	enum link_state	  state;
	PGconn		 *db;
	int		  fd; /* a duplicate: libpq closes its own unasked */
	int		  want_write;
	bool		  flushed;   /* the Sync has left libpq */
	bool		  doubtful;  /* committed, perhaps not replicated */
	bool		  broken;    /* to be closed at once */
	bool		  retire;    /* to be closed when idle */
	bool		  cancelled; /* this flight was */
	enum link_cancel  cancel;    /* send nothing until it is CANCEL_NONE */
	struct lane_link *target;    /* the aid's: whose cancel flies */
	unsigned	  count, flown, got, rounds; /* asks, sets, results */
	struct lane_ask	 *segment[LANE_MOST];
	struct set	  sets[LANE_MOST];
	PGresult	 *late;	  /* after the last statement's: the commit's */
	int64_t		  served; /* organisation that went alone last */
	uint64_t sent_at, cancelled_at, retry_at, back_off, born, departed;
};

void link_tick(struct lane_link *); /* reconnects, keeps deadlines */
void link_lost(struct lane_link *, const char *why);
bool link_flush(struct lane_link *);  /* false: the connection is gone */
void link_depart(struct lane_link *); /* into state flying, nothing got */
void link_send(struct lane_link *);   /* segment[0 .. count) and a Sync */
void link_forget(struct lane_link *); /* frees the results of a flight */

/* lane_fate.c: the Sync's result is there; what it means for each ask. */
void link_synced(struct lane_link *);
bool result_is_error(const PGresult *); /* it proves a rollback */

#endif
