/* From what the database said to what goes out. */
#ifndef KOV_ANSWER_H
#define KOV_ANSWER_H

#include <libpq-fe.h>

#include "lane.h"

struct call;

/* Headers of the request that shape the answer; NULL where not sent. */
struct wishes {
	const char *if_none_match;
	const char *query; /* raw, for Link */
};

/* Fills call->reply from a lane's answer, of which the row of that number is
 * its own. Borrows result only during. */
void answer_take(struct call *, const struct wishes *, enum lane_end,
    const PGresult *, int row);

/* The ETag of what is answered with 200; a GET that has it already gets 304.
 * Etag comes without quotes; NULL: it has none. */
void answer_etag(struct call *, const char *if_none_match, const char *etag);

#endif
