/*
 * Publishable keys: what a key that everybody can read is let do. It has no
 * scopes: operations name it, and bodies mark what it may send (x-public).
 *
 * The origins it lists are a hint and no proof: a browser tells the truth of
 * its page, anything else may say what it likes, or nothing. They keep a key
 * that was copied into another site from working there.
 *
 * What it posts has a norm a day, of the key and of each address. Above it
 * nothing is refused that shows work (proof.h): slowed, never dropped.
 */
#include "publishable.h"

#include <string.h>
#include <time.h>

#include "conf.h"
#include "kov.h"
#include "proof.h"
#include "spent.h"

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

/* ---- above the daily norm ---- */

/* The first norm that is passed, or LIMITS. */
static enum limit_name
publishable_over(const struct limit_end ends[LIMITS])
{
	enum limit_name name;

	for (name = LIMIT_PUBLIC_DAY; name <= LIMIT_PUBLIC_ADDRESS_DAY; name++)
		if (ends[name].applies && !ends[name].passed)
			return (name);
	return (LIMITS);
}

static const char *const shortcomings[] = {
	[PROOF_OK] = NULL,
	[PROOF_MISSING] = "so much came today that each request shows work",
	[PROOF_MALFORMED] = "Kov-Proof-Of-Work is no answer to a challenge "
			    "that was made for this key and this address",
	[PROOF_EXPIRED] = "the challenge that was solved is too old",
	[PROOF_WRONG] = "the number that was sent does not solve its "
			"challenge",
	[PROOF_SPENT] = "this solution was sent before: each counts once",
};

static void
publishable_ask_proof(const struct call *call, const struct proof_for *who,
    enum proof_end end, enum limit_name over, struct reply *refusal)
{
	int	     bits = (int)conf_number(SETTING_PROOF_BITS);
	json_auto_t *extra = NULL;
	char	     challenge[PROOF_TEXT];

	if (!proof_challenge(who, time(NULL), (unsigned)bits, challenge)) {
		reply_problem(refusal, PROBLEM_INTERNAL, call->id, NULL, NULL);
		return;
	}
	extra = json_pack("{s:s, s:i}", "challenge", challenge, "bits", bits);
	reply_problem(refusal, PROBLEM_PROOF_OF_WORK, call->id,
	    shortcomings[end], extra);
	reply_header(refusal, "retry-after", "%u", call->limits[over].wait);
}

static bool
publishable_proof(const struct call *call, const struct caller *caller,
    const struct head *head, struct reply *refusal)
{
	const struct head_field *f = head_find(head, "kov-proof-of-work");
	struct proof_for	 who = { caller->credential, call->address };
	enum limit_name		 over = publishable_over(call->limits);
	enum proof_end		 end;
	uint64_t		 id;

	if (over == LIMITS)
		return (true);
	end = proof_judge(&who, f != NULL ? f->value : NULL,
	    f != NULL ? f->length : 0, time(NULL), &id);
	if (end == PROOF_OK && !spent_first(id, call->began))
		end = PROOF_SPENT;
	if (end == PROOF_OK)
		return (true);
	publishable_ask_proof(call, &who, end, over, refusal);
	return (false);
}

/* Whether the next thing it posts would have to show work. */
static bool
publishable_works(const struct call *call, const struct caller *caller)
{
	struct limit_who who = { caller, call->address, METHOD_POST,
		call->began };

	return (!limit_look(LIMIT_PUBLIC_DAY, &who).passed ||
	    !limit_look(LIMIT_PUBLIC_ADDRESS_DAY, &who).passed);
}

bool
publishable_admit(struct call *call, const struct caller *caller,
    const struct head *head, struct reply *refusal)
{
	if (caller->kind != CALLER_PUBLISHABLE_KEY)
		return (true);
	call->open = call->match.operation->open;
	if (!publishable_origin(call, caller, head, refusal) ||
	    !publishable_proof(call, caller, head, refusal))
		return (false);
	call->works = call->method != METHOD_POST &&
	    publishable_works(call, caller);
	return (true);
}
