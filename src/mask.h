/* Which members of a body may be sent at all. */
#ifndef KOV_MASK_H
#define KOV_MASK_H

#include "schema.h"

/*
 * A mask is an object of the members that pass, each true or a mask itself
 * (contract_open.c makes it). What does not pass is taken out of the value
 * and told in faults, so that the schema judges the rest.
 */
void mask_take(json_t *mask, json_t *value, struct faults *);

#endif
