/* Inside the schema checker: the kinds of rule, one keyword or two each. */
#ifndef KOV_SCHEMA_RULE_H
#define KOV_SCHEMA_RULE_H

/* What a value is judged by, in the order that faults are told. */
enum rule_kind {
	RULE_NONE,
	RULE_REF, /* these five judge the very same value again */
	RULE_ALL_OF,
	RULE_ANY_OF,
	RULE_ONE_OF,
	RULE_NOT,
	RULE_MEMBERS, /* properties, additionalProperties */
	RULE_ITEMS,   /* prefixItems, items */
	RULE_REQUIRED,
	RULE_MIN_PROPERTIES,
	RULE_MAX_PROPERTIES,
	RULE_MIN_ITEMS,
	RULE_MAX_ITEMS,
	RULE_UNIQUE,
	RULE_ENUM,
	RULE_CONST,
	RULE_MIN_LENGTH,
	RULE_MAX_LENGTH,
	RULE_PATTERN,
	RULE_FORMAT,
	RULE_WIDTH, /* int32, int64 */
	RULE_MINIMUM,
	RULE_MAXIMUM,
	RULE_OVER,  /* exclusiveMinimum */
	RULE_UNDER, /* exclusiveMaximum */
	RULE_MULTIPLE,
	RULE_KINDS
};

#endif
