/* Where webhooks may go: judged on the address a socket really connects to. */
#ifndef KOV_JOBS_GUARD_H
#define KOV_JOBS_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../text.h"

enum guard {
	GUARD_OK,
	GUARD_ADDRESS, /* not a global unicast address */
	GUARD_PORT,    /* a port that is not for webhooks */
	GUARD_PLAIN,   /* http where only https may be used */
	GUARDS
};

/* Whether the address is global unicast (IANA's special-purpose registries,
 * RFC 6890). Forms that carry an IPv4 address inside, IPv4-mapped, 6to4,
 * Teredo and NAT64, are judged by what is inside. */
bool guard_is_global(const struct sockaddr *);

/* Where connecting to the address is allowed. allow: CIDRs, separated by
 * commas, that may be reached although private, on any port and by http. any:
 * http and every port are allowed everywhere. */
enum guard guard_judge(const struct sockaddr *, bool tls, const char *allow,
    bool any);

const char *guard_reason(enum guard);

#endif
