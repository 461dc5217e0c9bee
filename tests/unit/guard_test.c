/* Where webhooks may go: a row for each kind of address. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "../../src/jobs/guard.h"

static const struct judged {
	const char *address;
	int	    port;
	bool	    tls;
	const char *allow;
	bool	    any;
	enum guard  expected;
} judged[] = {
	/* public addresses, by https, on the two ports */
	{ "93.184.215.14", 443, true, "", false, GUARD_OK },
	{ "93.184.215.14", 8443, true, "", false, GUARD_OK },
	{ "93.184.215.14", 80, true, "", false, GUARD_PORT },
	{ "93.184.215.14", 22, true, "", false, GUARD_PORT },
	{ "93.184.215.14", 443, false, "", false, GUARD_PLAIN },
	{ "93.184.215.14", 80, false, "", true, GUARD_OK },
	{ "93.184.215.14", 9000, true, "", true, GUARD_OK },
	{ "2606:2800:21f:cb07:6820:80da:af6b:8b2c", 443, true, "", false,
	    GUARD_OK },
	/* every special range, at its first and last address */
	{ "0.0.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "0.255.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "1.0.0.0", 443, true, "", false, GUARD_OK },
	{ "9.255.255.255", 443, true, "", false, GUARD_OK },
	{ "10.0.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "10.255.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "11.0.0.0", 443, true, "", false, GUARD_OK },
	{ "100.63.255.255", 443, true, "", false, GUARD_OK },
	{ "100.64.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "100.127.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "100.128.0.0", 443, true, "", false, GUARD_OK },
	{ "127.0.0.1", 443, true, "", false, GUARD_ADDRESS },
	{ "127.255.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "168.63.129.16", 443, true, "", false, GUARD_ADDRESS },
	{ "168.63.129.17", 443, true, "", false, GUARD_OK },
	{ "169.254.169.254", 443, true, "", false, GUARD_ADDRESS },
	{ "172.15.255.255", 443, true, "", false, GUARD_OK },
	{ "172.16.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "172.31.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "172.32.0.0", 443, true, "", false, GUARD_OK },
	{ "192.0.0.170", 443, true, "", false, GUARD_ADDRESS },
	{ "192.0.2.1", 443, true, "", false, GUARD_ADDRESS },
	{ "192.0.1.255", 443, true, "", false, GUARD_OK },
	{ "192.88.99.1", 443, true, "", false, GUARD_ADDRESS },
	{ "192.168.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "192.169.0.0", 443, true, "", false, GUARD_OK },
	{ "198.17.255.255", 443, true, "", false, GUARD_OK },
	{ "198.18.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "198.19.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "198.51.100.1", 443, true, "", false, GUARD_ADDRESS },
	{ "203.0.113.255", 443, true, "", false, GUARD_ADDRESS },
	{ "223.255.255.255", 443, true, "", false, GUARD_OK },
	{ "224.0.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "239.255.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "240.0.0.0", 443, true, "", false, GUARD_ADDRESS },
	{ "255.255.255.255", 443, true, "", false, GUARD_ADDRESS },
	{ "::", 443, true, "", false, GUARD_ADDRESS },
	{ "::1", 443, true, "", false, GUARD_ADDRESS },
	{ "::7f00:1", 443, true, "", false, GUARD_ADDRESS },
	{ "100::1", 443, true, "", false, GUARD_ADDRESS },
	{ "1fff:ffff::1", 443, true, "", false, GUARD_ADDRESS },
	{ "2001:2::1", 443, true, "", false, GUARD_ADDRESS },
	{ "2001:1ff:ffff::1", 443, true, "", false, GUARD_ADDRESS },
	{ "2001:200::1", 443, true, "", false, GUARD_OK },
	{ "2001:db8::1", 443, true, "", false, GUARD_ADDRESS },
	{ "3fff::1", 443, true, "", false, GUARD_ADDRESS },
	{ "3fff:1000::1", 443, true, "", false, GUARD_OK },
	{ "4000::1", 443, true, "", false, GUARD_ADDRESS },
	{ "5f00::1", 443, true, "", false, GUARD_ADDRESS },
	{ "fc00::1", 443, true, "", false, GUARD_ADDRESS },
	{ "fd00:ec2::254", 443, true, "", false, GUARD_ADDRESS },
	{ "fe80::1", 443, true, "", false, GUARD_ADDRESS },
	{ "ff02::1", 443, true, "", false, GUARD_ADDRESS },
	/* what carries an IPv4 address inside */
	{ "::ffff:127.0.0.1", 443, true, "", false, GUARD_ADDRESS },
	{ "::ffff:10.1.2.3", 443, true, "", false, GUARD_ADDRESS },
	{ "::ffff:93.184.215.14", 443, true, "", false, GUARD_OK },
	{ "64:ff9b::127.0.0.1", 443, true, "", false, GUARD_ADDRESS },
	{ "64:ff9b::169.254.169.254", 443, true, "", false, GUARD_ADDRESS },
	{ "64:ff9b::93.184.215.14", 443, true, "", false, GUARD_OK },
	{ "64:ff9b:1::93.184.215.14", 443, true, "", false, GUARD_ADDRESS },
	{ "2002:7f00:1::1", 443, true, "", false, GUARD_ADDRESS },
	{ "2002:c0a8:101::1", 443, true, "", false, GUARD_ADDRESS },
	{ "2002:5db8:d70e::1", 443, true, "", false, GUARD_OK },
	/* Teredo: 127.0.0.1 and 93.184.215.14, each bit turned */
	{ "2001:0:53aa:64c::80ff:fffe", 443, true, "", false, GUARD_ADDRESS },
	{ "2001:0:53aa:64c::a247:28f1", 443, true, "", false, GUARD_OK },
	/* what the allow-list lets through, on any port and by http */
	{ "127.0.0.1", 9000, false, "127.0.0.0/8", false, GUARD_OK },
	{ "::ffff:127.0.0.1", 9000, false, "127.0.0.0/8", false, GUARD_OK },
	{ "10.0.0.1", 9000, false, "127.0.0.0/8", false, GUARD_ADDRESS },
	{ "10.0.0.1", 443, true, "127.0.0.0/8,10.0.0.0/8", false, GUARD_OK },
	{ "::1", 9000, false, "::1/128", false, GUARD_OK },
	{ "127.0.0.1", 443, true, "", true, GUARD_ADDRESS },
};

static void
address_of(const char *text, int port, struct sockaddr_storage *out)
{
	struct sockaddr_in  in = { .sin_family = AF_INET,
		 .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		memcpy(out, &in, sizeof(in));
		return;
	}
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	memcpy(out, &in6, sizeof(in6));
}

static void
only_public_addresses_are_reached(void **state)
{
	const struct judged    *j;
	struct sockaddr_storage sa;
	enum guard		g;

	(void)state;
	for (j = judged; j < judged + COUNT(judged); j++) {
		address_of(j->address, j->port, &sa);
		g = guard_judge((const struct sockaddr *)&sa, j->tls, j->allow,
		    j->any);
		if (g != j->expected)
			fail_msg("%s port %d: %s, expected %s", j->address,
			    j->port, guard_reason(g),
			    guard_reason(j->expected));
	}
}

static void
other_families_are_refused(void **state)
{
	struct sockaddr_storage sa = { .ss_family = AF_UNIX };

	(void)state;
	assert_int_equal(guard_judge((const struct sockaddr *)&sa, true,
			     "0.0.0.0/0", true),
	    GUARD_ADDRESS);
	assert_false(guard_is_global((const struct sockaddr *)&sa));
}

TESTS(TEST(only_public_addresses_are_reached), TEST(other_families_are_refused))
