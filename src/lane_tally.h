/* What a lane tells of itself, in cells that other processes may read. */
#ifndef KOV_LANE_TALLY_H
#define KOV_LANE_TALLY_H

#include "histogram.h"

enum lane_end {
	LANE_OK,      /* committed; the result is the reply */
	LANE_REFUSED, /* rolled back; the result carries the SQLSTATE */
	LANE_TIMEOUT, /* rolled back: it ran too long */
	LANE_BUSY,    /* rolled back: others hold what it needs */
	LANE_AWAY,    /* not executed: no database in time */
	LANE_UNKNOWN, /* a write was sent and its answer was lost */
	LANE_ENDS
};

enum lane_count {
	LANE_SEGMENTS,
	LANE_SENT, /* asks */
	LANE_SETS, /* statements that were sent for several of them */
	LANE_ROLLED_BACK,
	LANE_LATE_ERRORS,
	LANE_SOLO,
	LANE_CANCELS,
	LANE_LOST,
	LANE_RETRIES,
	LANE_NOTIFIES,
	LANE_FULL, /* asks that found no room */
	LANE_COUNTS
};

enum lane_gauge {    /* as of the last tick */
	LANE_HELD,   /* asks not yet answered… */
	LANE_FLYING, /* …of them on their way */
	LANE_LINKS_DOWN,
	LANE_LINKS_CONNECTING,
	LANE_LINKS_IDLE,
	LANE_LINKS_BUSY,
	LANE_GAUGES
};

enum lane_histogram {
	LANE_WAIT,    /* us from asked to first sent */
	LANE_FLIGHT,  /* us from a segment's Sync to its result */
	LANE_SEGMENT, /* asks of a segment */
	LANE_HISTOGRAMS
};

struct lane_tally {
	cell		 counts[LANE_COUNTS];
	cell		 ends[LANE_ENDS]; /* of asks somebody waited for */
	cell		 gauges[LANE_GAUGES];
	struct histogram histograms[LANE_HISTOGRAMS];
};

#endif
