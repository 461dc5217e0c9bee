/*
 * Publishable keys: what a key that everybody can read is let do. It has no
 * scopes: operations name it, and bodies mark what it may send (x-public).
 *
 * The origins it lists are a hint and no proof: a browser tells the truth of
 * its page, anything else may say what it likes, or nothing. They keep a key
 * that was copied into another site from working there.
 */
#include "publishable.h"

#include <string.h>

#include "kov.h"

static bool
publishable_is_for(const struct caller *caller, const struct head_field *origin)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach(json_object_get(caller->row, "origins"), i, one)
		if (json_string_length(one) == origin->length &&
		    memcmp(json_string_value(one), origin->value,
			origin->length) == 0)
			return (true);
	return (false);
}

static bool
publishable_origin(const struct call *call, const struct caller *caller,
    const struct head *head, struct reply *refusal)
{
	const struct head_field *origin = head_find(head, "origin");
	json_auto_t		*extra = NULL;

	if (origin == NULL || publishable_is_for(caller, origin))
		return (true);
	extra = json_pack("{s:s%}", "origin", origin->value, origin->length);
	reply_problem(refusal, PROBLEM_WRONG_ORIGIN, call->id,
	    "this publishable key is for pages of other origins", extra);
	reply_header(refusal, "www-authenticate",
	    "Bearer realm=\"kov\", error=\"insufficient_scope\"");
	return (false);
}

bool
publishable_admit(struct call *call, const struct caller *caller,
    const struct head *head, struct reply *refusal)
{
	if (caller->kind != CALLER_PUBLISHABLE_KEY)
		return (true);
	call->open = call->match.operation->open;
	return (publishable_origin(call, caller, head, refusal));
}
