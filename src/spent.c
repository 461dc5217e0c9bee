/* Solutions that were sent before: buckets that take one, as long as its
 * challenge is good. */
#include "spent.h"

#include "limit_table.h"
#include "proof.h"

#define TICK (1000000 / LIMIT_TICKS) /* microseconds */
#define SPENT_BITS 12		     /* 65,536 in two minutes, 512 KiB */

static struct limit_table *spent;
static unsigned		   self = 1;

bool
spent_open(void)
{
	spent = limit_table_new(SPENT_BITS);
	return (spent != NULL);
}

void
spent_begin(unsigned worker)
{
	self = worker;
}

bool
spent_first(uint64_t id, uint64_t now)
{
	static const struct limit_rate once = {
		.step = (uint64_t)PROOF_SECONDS * LIMIT_TICKS,
		.window = (uint64_t)PROOF_SECONDS * LIMIT_TICKS,
	};
	uint64_t debt;

	return (limit_table_take(spent, id, self, &once, now / TICK, &debt));
}
