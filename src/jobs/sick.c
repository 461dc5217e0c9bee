/* Organisations whose work failed: left alone for a while. One's trouble must
 * neither stop the others nor fill the log. */
#include "sick.h"

#include <stddef.h>

#include "jobs.h"

#define REST_LEAST 1000 /* ms, */
#define REST_MOST 60000 /* doubled up to this */
#define ROOM 64		/* organisations remembered; more go unremembered */

struct sick {
	int64_t	 organisation; /* 0: a free row */
	uint64_t until;
	uint64_t rest;
};

static struct sick sick[ROOM];

/* The row of an organisation, else a free one, else NULL. */
static struct sick *
sick_find(int64_t organisation)
{
	struct sick *s, *spare = NULL;

	for (s = sick; s < sick + ROOM; s++) {
		if (s->organisation == organisation)
			return (s);
		if (s->organisation == 0)
			spare = s;
	}
	return (spare);
}

bool
sick_rests(int64_t organisation)
{
	const struct sick *s = sick_find(organisation);

	return (s != NULL && s->until > jobs_ms());
}

void
sick_note(int64_t organisation, bool failed)
{
	struct sick *s = sick_find(organisation);

	if (s == NULL || (!failed && s->organisation == 0))
		return;
	if (!failed) {
		*s = (struct sick){ 0 };
		return;
	}
	s->organisation = organisation;
	s->rest = s->rest == 0 ? REST_LEAST : s->rest * 2;
	if (s->rest > REST_MOST)
		s->rest = REST_MOST;
	s->until = jobs_ms() + s->rest;
}
