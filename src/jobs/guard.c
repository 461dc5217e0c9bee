/* Where webhooks may go: judged on the address a socket really connects to. */
#include "guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "../cidr.h"

/* The first bits of addresses that are not for the public. */
struct prefix {
	uint8_t bytes[16];
	uint8_t bits;
};

/* IANA IPv4 Special-Purpose Address Registry, multicast and reserved. */
static const struct prefix closed4[] = {
	{ { 0 }, 8 },		      /* this network */
	{ { 10 }, 8 },		      /* private */
	{ { 100, 64 }, 10 },	      /* carrier-grade NAT */
	{ { 127 }, 8 },		      /* loopback */
	{ { 168, 63, 129, 16 }, 32 }, /* a cloud's metadata service */
	{ { 169, 254 }, 16 },	      /* link-local */
	{ { 172, 16 }, 12 },	      /* private */
	{ { 192, 0, 0 }, 24 },	      /* IETF protocol assignments */
	{ { 192, 0, 2 }, 24 },	      /* documentation */
	{ { 192, 88, 99 }, 24 },      /* 6to4 relays, deprecated */
	{ { 192, 168 }, 16 },	      /* private */
	{ { 198, 18 }, 15 },	      /* benchmarks */
	{ { 198, 51, 100 }, 24 },     /* documentation */
	{ { 203, 0, 113 }, 24 },      /* documentation */
	{ { 224 }, 4 },		      /* multicast */
	{ { 240 }, 4 },		      /* reserved, broadcast */
};

/* Of 2000::/3, all else of IPv6 not being global unicast. */
static const struct prefix closed6[] = {
	{ { 0x20, 0x01 }, 23 },		    /* IETF protocol assignments */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x3f, 0xff }, 20 },		    /* documentation */
};

static const struct prefix global6 = { { 0x20 }, 3 };

/* Forms of IPv6 that lead to the IPv4 address inside. */
struct carrier {
	struct prefix prefix;
	uint8_t	      at;   /* where the four bytes begin */
	uint8_t	      flip; /* what they are hidden with */
};

static const struct carrier carriers[] = {
	{ { { [10] = 0xff, [11] = 0xff }, 96 }, 12, 0 },  /* mapped */
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12, 0 },	  /* NAT64 */
	{ { { 0x20, 0x02 }, 16 }, 2, 0 },		  /* 6to4 */
	{ { { 0x20, 0x01, 0x00, 0x00 }, 32 }, 12, 0xff }, /* Teredo */
};

static const char *const reasons[GUARDS] = {
	[GUARD_OK] = "allowed",
	[GUARD_ADDRESS] = "the address is not a public one",
	[GUARD_PORT] = "only ports 443 and 8443 may be used",
	[GUARD_PLAIN] = "only https may be used",
};

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static bool
prefix_has(const struct prefix *p, const uint8_t *address)
{
	size_t	whole = p->bits / 8;
	uint8_t rest = (uint8_t)(0xff00 >> p->bits % 8);

	return (memcmp(p->bytes, address, whole) == 0 &&
	    (p->bits % 8 == 0 ||
		((p->bytes[whole] ^ address[whole]) & rest) == 0));
}

static bool
prefixes_have(const struct prefix *p, size_t n, const uint8_t *address)
{
	for (; n > 0; n--, p++)
		if (prefix_has(p, address))
			return (true);
	return (false);
}

static bool
guard_global4(const uint8_t *address)
{
	return (!prefixes_have(closed4, LENGTH(closed4), address));
}

static bool
guard_global6(const uint8_t *address)
{
	const struct carrier *c;
	uint8_t		      inside[4];
	size_t		      i;

	for (c = carriers; c < carriers + LENGTH(carriers); c++) {
		if (!prefix_has(&c->prefix, address))
			continue;
		for (i = 0; i < sizeof(inside); i++)
			inside[i] = address[c->at + i] ^ c->flip;
		return (guard_global4(inside));
	}
	return (prefix_has(&global6, address) &&
	    !prefixes_have(closed6, LENGTH(closed6), address));
}

bool
guard_is_global(const struct sockaddr *sa)
{
	struct sockaddr_in  in;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		return (guard_global4((const uint8_t *)&in.sin_addr));
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		return (guard_global6(in6.sin6_addr.s6_addr));
	}
	return (false);
}

static uint16_t
guard_port(const struct sockaddr *sa)
{
	struct sockaddr_in  in;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		return (ntohs(in6.sin6_port));
	}
	memcpy(&in, sa, sizeof(in));
	return (ntohs(in.sin_port));
}

enum guard
guard_judge(const struct sockaddr *sa, bool tls, const char *allow, bool any)
{
	uint16_t port;

	if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
		return (GUARD_ADDRESS);
	if (cidr_list_has(allow, sa))
		return (GUARD_OK);
	if (!guard_is_global(sa))
		return (GUARD_ADDRESS);
	if (any)
		return (GUARD_OK);
	if (!tls)
		return (GUARD_PLAIN);
	port = guard_port(sa);
	return (port == 443 || port == 8443 ? GUARD_OK : GUARD_PORT);
}

const char *
guard_reason(enum guard g)
{
	return (reasons[g]);
}
