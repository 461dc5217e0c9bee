/* The operations C answers itself: health, contract, problems, the
 * reference page, exposition. */
#ifndef KOV_NATIVE_H
#define KOV_NATIVE_H

#include <stdbool.h>

#include "contract.h"

struct call;
struct operation;
struct native;

/* The page at a path of the public or the private door, or NULL. */
const struct native *native_at(const char *path, bool private_door);

/* The one of an operation with x-kov-native, or NULL. */
const struct native *native_of(const struct operation *);

/* Tells each route that is no operation's, and its method. */
void native_each(void (*)(const char *route, enum method));

const char *native_route(const struct native *);   /* for the log */
unsigned    native_methods(const struct native *); /* enum method bits */

/* Fills call->reply; false: it asked the database, and the answer comes. */
bool native_answer(const struct native *, struct call *);

#endif
