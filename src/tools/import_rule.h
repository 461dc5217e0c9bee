/* What a map's rules may say (import_map.h tells what they mean). */
#ifndef KOV_TOOLS_IMPORT_RULE_H
#define KOV_TOOLS_IMPORT_RULE_H

#include <jansson.h>
#include <stdbool.h>

#include "../text.h"

enum rule {
	RULE_COLUMN,
	RULE_JOIN,
	RULE_LATEST,
	RULE_CONSTANT,
	RULE_DIGEST,
	RULE_CHOOSE,
	RULE_MEMBERS,
	RULES
};

/* What the rule maps from (borrowed) and of which kind it is; NULL: it is
 * of none, or of several. */
json_t *rule_value(json_t *rule, enum rule *kind);

/* Whether a member's rule can be followed with these columns; false: error
 * is one sentence. */
bool rule_check(json_t *columns, const char *member, json_t *rule,
    struct text *error);

#endif
