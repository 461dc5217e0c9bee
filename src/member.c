/* In whose name is asked: the member that a request names. */
#include "member.h"

#include "head.h"
#include "kov.h"

#define MEMBER_MAX 200 /* bytes of an id or externalRef */

static bool
member_may(const struct call *call, const struct caller *caller,
    struct reply *refusal)
{
	if (json_is_true(json_object_get(caller->row, "actAs")))
		return (true);
	reply_problem(refusal, PROBLEM_WRONG_CREDENTIALS, call->id,
	    "Kov-Member takes an API key that may act for members (kov key "
	    "create --act-as), and this is none",
	    NULL);
	reply_header(refusal, "www-authenticate",
	    "Bearer realm=\"kov\", error=\"insufficient_scope\"");
	return (false);
}

bool
member_named(struct call *call, const struct head *head,
    const struct caller *caller, struct reply *refusal)
{
	const struct head_field *f = head_find(head, "kov-member");
	struct faults		 faults = { 0 };

	/* Whether a session was not ended, and whose a token is, door.act
	 * knows too. */
	call->acts = caller->kind == CALLER_CUSTOMER_SESSION ||
	    caller->kind == CALLER_ACCESS_TOKEN;
	if (f == NULL)
		return (true);
	if (!member_may(call, caller, refusal))
		return (false);
	if (f->length == 0 || f->length > MEMBER_MAX) {
		faults_add(&faults, true, "Kov-Member", "header",
		    "must be a member's id or externalRef, 1 to %d characters",
		    MEMBER_MAX);
		reply_faults(refusal, &faults, call->id);
		faults_release(&faults);
		return (false);
	}
	text_adds(&call->caller, ",\"acts\":{\"ref\":");
	text_add_json(&call->caller, f->value, f->length);
	text_adds(&call->caller, "}");
	call->acts = true;
	return (true);
}

void
member_act(struct call *call)
{
	struct text t = { 0 };

	text_addf(&t, "{\"operation\":\"%s\",\"input\":",
	    call->match.operation->function);
	text_add(&t, call->input.data, call->input.length);
	text_adds(&t, "}");
	text_release(&call->input);
	call->input = t;
}
