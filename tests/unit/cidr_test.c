/* Address ranges, X-Forwarded-For and allowances: a row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "../../src/cidr.h"
#include "../../src/text.h"

struct has {
	const char *list, *address;
	bool	    expected;
};

static const struct has has[] = {
	{ "", "10.0.0.1", false },
	{ "10.0.0.0/8", "10.255.255.255", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "10.1.2.3/8", "10.9.9.9", true },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.128/25", "192.0.2.128", true },
	{ "192.0.2.4/31", "192.0.2.5", true },
	{ "192.0.2.4/31", "192.0.2.6", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "2001:db8::1", "2001:db8::1", true },
	{ "2001:db8::1/128", "2001:db8::2", false },
	{ "10.0.0.0/8", "::ffff:10.1.1.1", true },
	{ "::ffff:10.0.0.0/104", "10.1.1.1", true },
	{ "::ffff:10.0.0.0/104", "11.1.1.1", false },
	{ "192.0.2.0/24, 10.0.0.0/8", "10.0.0.1", true },
	{ "192.0.2.0/24 10.0.0.0/8,,", "10.0.0.1", true },
	{ "rubbish,10.0.0.0/8", "10.0.0.1", true },
	{ "10.0.0.0/33", "10.0.0.0", false },
	{ "10.0.0.0/", "10.0.0.0", false },
};

static const struct {
	const char *list;
	bool	    expected;
} valid[] = {
	{ "", true },
	{ " , ", true },
	{ "10.0.0.0/8", true },
	{ "10.0.0.0/8, ::1, 2001:db8::/32", true },
	{ "10.0.0.0/33", false },
	{ "::/129", false },
	{ "10.0.0.0/-1", false },
	{ "10.0.0.0/+8", false },
	{ "10.0.0.0/8x", false },
	{ "10.0.0.0/0008", false },
	{ "10.0.0/8", false },
	{ "localhost", false },
	{ "::ffff:10.0.0.0/95", false },
	{ "::ffff:10.0.0.0/96", true },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111:2222",
	    false },
};

static const struct {
	const char *trusted, *value, *expected; /* NULL: nobody */
} clients[] = {
	{ "", "192.0.2.1", "192.0.2.1" },
	{ "", "198.51.100.7, 192.0.2.1", "192.0.2.1" },
	{ "10.0.0.0/8", "198.51.100.7, 10.0.0.2", "198.51.100.7" },
	{ "10.0.0.0/8", "spoofed, 198.51.100.7, 10.0.0.2", "198.51.100.7" },
	{ "10.0.0.0/8", "10.0.0.3, 10.0.0.2", "10.0.0.3" },
	{ "10.0.0.0/8", "rubbish, 10.0.0.2", "10.0.0.2" },
	{ "10.0.0.0/8", "rubbish", NULL },
	{ "10.0.0.0/8", "", NULL },
	{ "10.0.0.0/8", ",", NULL },
	{ "10.0.0.0/8", "unknown, 10.0.0.2,", NULL },
	{ "10.0.0.0/8", " 198.51.100.7 ,\t10.0.0.2 ", "198.51.100.7" },
	{ "10.0.0.0/8", "198.51.100.7:8080, 10.0.0.2", "198.51.100.7" },
	{ "10.0.0.0/8", "[2001:db8::7]:443, 10.0.0.2", "2001:db8::7" },
	{ "10.0.0.0/8", "[2001:db8::7], 10.0.0.2", "2001:db8::7" },
	{ "10.0.0.0/8", "[2001:db8::7, 10.0.0.2", "10.0.0.2" },
	{ "10.0.0.0/8", "[192.0.2.1], 10.0.0.2", "10.0.0.2" },
	{ "::1", "2001:db8::7, ::1", "2001:db8::7" },
	{ "::1", "::ffff:192.0.2.9", "192.0.2.9" },
};

static void
take(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in  *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	memset(out, 0, sizeof(*out));
	out->ss_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(out->ss_family, text,
			     out->ss_family == AF_INET ?
				 (void *)&v4->sin_addr :
				 (void *)&v6->sin6_addr),
	    1);
}

static void
a_range_holds_its_addresses_and_no_others(void **state)
{
	struct sockaddr_storage sa;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(has) / sizeof(*has); i++) {
		take(has[i].address, &sa);
		if (cidr_list_has(has[i].list, (void *)&sa) != has[i].expected)
			fail_msg("%s in '%s'", has[i].address, has[i].list);
	}
}

static void
a_list_with_a_mistake_is_not_valid(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(valid) / sizeof(*valid); i++)
		if (cidr_list_valid(valid[i].list) != valid[i].expected)
			fail_msg("'%s'", valid[i].list);
}

static void
the_client_is_the_rightmost_untrusted_hop(void **state)
{
	char   out[CIDR_TEXT], *value;
	size_t i, length;
	bool   found;

	(void)state;
	for (i = 0; i < sizeof(clients) / sizeof(*clients); i++) {
		/* a copy without NUL, so that ASan sees who reads on */
		length = strlen(clients[i].value);
		value = test_malloc(length);
		memcpy(value, clients[i].value, length);
		found = cidr_client(clients[i].trusted, value, length, out);
		test_free(value);
		if (found != (clients[i].expected != NULL) ||
		    (found && strcmp(out, clients[i].expected) != 0))
			fail_msg("'%s': %s", clients[i].value,
			    found ? out : "nobody");
	}
}

static void
a_socket_without_address_has_no_text(void **state)
{
	struct sockaddr_storage sa = { .ss_family = AF_UNIX };
	char			out[CIDR_TEXT];

	(void)state;
	cidr_text((void *)&sa, out);
	assert_string_equal(out, "");
	assert_false(cidr_list_has("0.0.0.0/0", (void *)&sa));
	take("::ffff:192.0.2.1", &sa);
	cidr_text((void *)&sa, out);
	assert_string_equal(out, "192.0.2.1");
}

static const struct allowed {
	const char *setting, *code, *expected;
} allowed[] = {
	{ "", "abc123", "" },
	{ "10.0.0.0/8", "abc123", "10.0.0.0/8" },
	{ "abc123=127.0.0.0/8", "abc123", "127.0.0.0/8" },
	{ "abc123=127.0.0.0/8", "abc124", "" },
	{ "abc123=127.0.0.0/8", "abc12", "" },
	{ "abc12=127.0.0.0/8", "abc123", "" },
	{ "10.0.0.0/8, abc123=127.0.0.0/8,def456=::1/128", "abc123",
	    "10.0.0.0/8,127.0.0.0/8" },
	{ "def456=::1,10.0.0.0/8", "abc123", "10.0.0.0/8" },
	{ ",, 10.0.0.0/8,", "abc123", "10.0.0.0/8" },
	{ "=10.0.0.0/8", "abc123", "" },
};

static void
an_allowance_holds_for_its_organisation_only(void **state)
{
	const struct allowed *a;
	struct text	      t = { 0 };

	(void)state;
	for (a = allowed; a < allowed + sizeof(allowed) / sizeof(allowed[0]);
	     a++) {
		text_clear(&t);
		text_adds(&t, "");
		cidr_allowed(&t, a->setting, a->code);
		if (strcmp(t.data != NULL ? t.data : "", a->expected) != 0)
			fail_msg("\"%s\" for %s: \"%s\"", a->setting, a->code,
			    t.data);
	}
	text_release(&t);
}

static const struct {
	const char *setting;
	bool	    expected;
} allowances[] = {
	{ "", true },
	{ " , ", true },
	{ "10.0.0.0/8", true },
	{ "abc123=127.0.0.0/8, ::1", true },
	{ "abc123=", false },
	{ "=10.0.0.0/8", false },
	{ "10.0.0.0/33", false },
	{ "10.0.0.0/8,abc123=localhost", false },
};

static void
a_wrong_allowance_is_noticed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(allowances) / sizeof(allowances[0]); i++)
		if (cidr_allowance_valid(allowances[i].setting) !=
		    allowances[i].expected)
			fail_msg("\"%s\"", allowances[i].setting);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_holds_its_addresses_and_no_others),
		cmocka_unit_test(a_list_with_a_mistake_is_not_valid),
		cmocka_unit_test(the_client_is_the_rightmost_untrusted_hop),
		cmocka_unit_test(a_socket_without_address_has_no_text),
		cmocka_unit_test(an_allowance_holds_for_its_organisation_only),
		cmocka_unit_test(a_wrong_allowance_is_noticed),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
