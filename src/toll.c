/* What a request counts for at the gate, and what its answer says of it. */
#include "toll.h"

#include <inttypes.h>

#include "kov.h"

static void
toll_refuse(const struct call *call, enum limit_name name,
    const struct limit_end *end, struct reply *refusal)
{
	struct text detail = { 0 };

	text_addf(&detail,
	    "the limit \"%s\" allows %" PRIu64 " requests in %u seconds: wait "
	    "%u seconds",
	    limit_name(name), end->quota, end->window, end->wait);
	reply_problem(refusal, PROBLEM_TOO_MANY_REQUESTS, call->id,
	    detail.failed ? NULL : detail.data, NULL);
	reply_header(refusal, "retry-after", "%u", end->wait);
	text_release(&detail);
}

bool
toll_caller(struct call *call, const struct caller *caller,
    struct reply *refusal)
{
	struct limit_who who = { caller, call->address, call->method,
		call->began };
	enum limit_name	 over = limit_take_all(&who, call->limits);

	if (over == LIMITS)
		return (true);
	toll_refuse(call, over, &call->limits[over], refusal);
	return (false);
}

bool
toll_stranger(const struct call *call, struct reply *refusal)
{
	struct limit_who who = { NULL, call->address, call->method,
		call->began };
	const char	*route = refusal->route;
	struct limit_end end;

	if (call->stranger == LIMITS)
		return (true);
	end = limit_take(call->stranger, &who);
	if (end.passed)
		return (true);
	reply_release(refusal);
	refusal->route = route;
	toll_refuse(call, call->stranger, &end, refusal);
	return (false);
}

/* draft-ietf-httpapi-ratelimit-headers-10, 3 and 4. Both are lists: a line
 * for each member costs less than to put them together. */
void
toll_headers(const struct call *call, struct reply *r)
{
	const struct limit_end *end;
	enum limit_name		name;

	for (name = 0; name < LIMITS; name++) {
		end = &call->limits[name];
		if (!end->applies)
			continue;
		reply_header(r, "ratelimit-policy", "\"%s\";q=%" PRIu64 ";w=%u",
		    limit_name(name), end->quota, end->window);
		reply_header(r, "ratelimit", "\"%s\";r=%" PRIu64 ";t=%u",
		    limit_name(name), end->left, end->reset);
	}
}
