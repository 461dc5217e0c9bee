/* ticket.c: tickets made and read, and those that are not ours. */
#include "unit.h"

#include <sys/stat.h>

#include <unistd.h>

#include "secret.h"
#include "ticket.h"

#define SUBJECT "0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02"
#define CLAIMS "demo42:" SUBJECT ":3:0"

static const struct ticket ours = { CALLER_TRACKING_TOKEN, "demo42", SUBJECT, 3,
	0 };

static void
master(const char *digits)
{
	char	    file[] = "/tmp/kov-ticket-XXXXXX", line[80];
	struct text error = { 0 };
	int	    fd = mkstemp(file), n;

	assert_true(fd >= 0);
	n = snprintf(line, sizeof(line), "1:%.64s\n", digits);
	assert_int_equal(write(fd, line, (size_t)n), n);
	fchmod(fd, 0600);
	close(fd);
	assert_true(secret_load(file, &error));
	unlink(file);
	text_release(&error);
}

static const char masters[2][65] = {
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	"ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
};

static void
test_what_was_written_is_read(void **state)
{
	static const struct ticket rows[] = {
		{ CALLER_TRACKING_TOKEN, "demo42", SUBJECT, 0, 0 },
		{ CALLER_TRACKING_TOKEN, "zzzzzz", SUBJECT, UINT32_MAX, 0 },
		{ CALLER_CUSTOMER_SESSION, "000000",
		    "ffffffff-ffff-ffff-ffff-ffffffffffff", 7, UINT32_MAX },
		{ CALLER_CUSTOMER_SESSION, "000000",
		    "00000000-0000-0000-0000-000000000000", 1, 1 },
	};
	struct ticket read;
	size_t	      i;

	(void)state;
	master(masters[0]);
	for (i = 0; i < COUNT(rows); i++) {
		struct text t = { 0 };

		assert_true(ticket_write(&t, &rows[i]));
		assert_int_equal(t.length, 76);
		read = (struct ticket){ .kind = rows[i].kind };
		assert_true(ticket_read(&read, t.data, t.length));
		assert_string_equal(read.code, rows[i].code);
		assert_string_equal(read.subject, rows[i].subject);
		assert_int_equal(read.generation, rows[i].generation);
		assert_int_equal(read.expires, rows[i].expires);
		text_release(&t);
	}
}

/* With a check that fits: only the MAC tells that it is not ours. */
static void
test_no_character_can_be_changed(void **state)
{
	struct text   t = { 0 };
	struct ticket read;
	size_t	      i;
	char	      was;

	(void)state;
	master(masters[0]);
	assert_true(ticket_write(&t, &ours));
	for (i = 0; i < t.length - TOKEN_CHECK; i++) {
		was = t.data[i];
		t.data[i] = was == 'x' ? 'y' : 'x';
		token_check(t.data, t.length - TOKEN_CHECK,
		    t.data + t.length - TOKEN_CHECK);
		read = (struct ticket){ .kind = CALLER_TRACKING_TOKEN };
		assert_false(ticket_read(&read, t.data, t.length));
		t.data[i] = was;
	}
	text_release(&t);
}

static void
test_another_kind_or_master_reads_nothing(void **state)
{
	struct text   t = { 0 };
	struct ticket read = { .kind = CALLER_CUSTOMER_SESSION };

	(void)state;
	master(masters[0]);
	assert_true(ticket_write(&t, &ours));
	assert_false(ticket_read(&read, t.data, t.length));
	read.kind = CALLER_TRACKING_TOKEN;
	assert_true(ticket_read(&read, t.data, t.length));
	assert_false(ticket_read(&read, t.data, t.length - 1));
	assert_false(ticket_read(&read, t.data, 0));
	master(masters[1]);
	assert_false(ticket_read(&read, t.data, t.length));
	text_release(&t);
}

static void
test_only_a_placeholder_is_filled(void **state)
{
	static const struct {
		const char *body;
		bool	    filled;
	} rows[] = {
		{ "{\"token\":\"{{ticket:tracking_token:" CLAIMS "}}\"}",
		    true },
		{ "{\"a\":1,\"tracking\":{\"token\":\"{{ticket:customer_session:"
		  "demo42:" SUBJECT ":0:1}}\"},\"b\":2}",
		    true },
		{ "{\"text\":\"{{ticket:tracking_token:" CLAIMS "}}\"}",
		    false },
		{ "{\"a\":\"{\\\"token\\\":\\\"{{ticket:tracking_token:" CLAIMS
		  "}}\\\"}\"}",
		    false },
		{ "{\"token\":\"{{ticket:tracking_token:demo42:no:3:0}}\"}",
		    false },
		{ "{\"token\":\"{{ticket:some_token:" CLAIMS "}}\"}", false },
		{ "{\"token\":\"{{ticket:tracking_token:demo4:" SUBJECT
		  ":3:0}}\"}",
		    false },
		{ "{\"token\":\"{{ticket:}}\"}", false },
		{ "{\"token\":\"{{ticket:tracking_token:" CLAIMS, false },
		{ "", false },
	};
	size_t i;

	(void)state;
	master(masters[0]);
	for (i = 0; i < COUNT(rows); i++) {
		struct text t = { 0 };

		ticket_reveal(&t, rows[i].body, strlen(rows[i].body));
		assert_false(t.failed);
		if (rows[i].filled) {
			assert_null(strstr(t.data, "{{"));
			assert_non_null(strstr(t.data, "{\"token\":\"kov_"));
		} else
			assert_string_equal(t.data, rows[i].body);
		text_release(&t);
	}
}

TESTS(TEST(test_what_was_written_is_read),
    TEST(test_no_character_can_be_changed),
    TEST(test_another_kind_or_master_reads_nothing),
    TEST(test_only_a_placeholder_is_filled))
