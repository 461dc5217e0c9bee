/* x-kov-facts: what the contract itself says, for an operation's function.
 * So a limit that is shown is the limit that is enforced. */
#include <string.h>

#include "contract_parts.h"

/* Where they are kept in the document (not in its text). */
#define FACTS "x-kov-known"

static json_t *
facts_kept(json_t *document, const char *operation)
{
	json_t *all = json_object_get(document, FACTS), *facts = json_object();

	if (all == NULL)
		json_object_set_new(document, FACTS, all = json_object());
	json_object_set_new(all, operation, facts);
	return (facts);
}

bool
contract_facts(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	json_t	   *said = json_object_get(place.value, "x-kov-facts");
	json_t	   *document = load->contract->document, *facts, *ref, *fact;
	const char *name, *to;

	(void)path;
	if (said == NULL)
		return (true);
	facts = facts_kept(document, operation->id);
	json_object_foreach(said, name, ref) {
		to = json_string_value(ref);
		fact = to == NULL || strncmp(to, "#/", 2) != 0 ?
		    NULL :
		    contract_at(document, to + 1);
		if (fact == NULL)
			return (contract_refuse(load, place.at,
			    "x-kov-facts: %s: what leads somewhere in the "
			    "contract (#/…) was expected",
			    name));
		json_object_set(facts, name, fact);
	}
	operation->facts = facts;
	return (true);
}
