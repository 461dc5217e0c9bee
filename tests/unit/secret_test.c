/* secret.c: reading the master secret, and showing what derives from it. */
#include "unit.h"

#include <sys/stat.h>

#include <unistd.h>

#include "secret.h"

#define MASTER                             \
	"000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f"
#define NONCE                              \
	"ffffffffffffffffffffffffffffffff" \
	"ffffffffffffffffffffffffffffffff"

static bool
load(const char *content, mode_t mode, struct text *error)
{
	char file[] = "/tmp/kov-secret-XXXXXX";
	int  fd = mkstemp(file);
	bool ok;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)),
	    (int)strlen(content));
	fchmod(fd, mode);
	close(fd);
	text_clear(error);
	ok = secret_load(file, error);
	unlink(file);
	return (ok);
}

static void
test_files_that_are_taken_and_refused(void **state)
{
	static const struct {
		const char *content;
		mode_t	    mode;
		const char *says; /* NULL: taken */
	} rows[] = {
		{ "1:" MASTER "\n", 0600, NULL },
		{ "1:" NONCE "\n2:" MASTER "\n\n", 0600, NULL },
		{ "", 0600, "64 hexadecimal digits" },
		{ MASTER, 0600, "64 hexadecimal digits" },
		{ "1:abc\n", 0600, "64 hexadecimal digits" },
		{ "1:" MASTER "\n2:oops\n", 0600, "64 hexadecimal digits" },
		{ "1:" MASTER "\n", 0644, "chmod 600" },
	};
	struct text error = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(load(rows[i].content, rows[i].mode, &error),
		    rows[i].says == NULL);
		if (rows[i].says == NULL)
			continue;
		assert_non_null(error.data);
		assert_non_null(strstr(error.data, rows[i].says));
	}
	text_clear(&error);
	assert_false(secret_load("/nowhere/secret", &error));
	assert_non_null(strstr(error.data, "/nowhere/secret"));
	text_release(&error);
}

/* The last line counts: the same secret derives from both files. */
static void
test_a_placeholder_becomes_the_secret(void **state)
{
	static const char body[] = "{\"a\":1,\"secret\":\"{{secret:" NONCE
				   "}}\"}";
	struct text one = { 0 }, two = { 0 }, error = { 0 };

	(void)state;
	load("1:" MASTER "\n", 0600, &error);
	secret_reveal(&one, body, strlen(body));
	assert_non_null(one.data);
	assert_non_null(strstr(one.data, "\"secret\":\"whsec_"));
	assert_null(strstr(one.data, "{{"));
	load("1:" NONCE "\n2:" MASTER "\n", 0600, &error);
	secret_reveal(&two, body, strlen(body));
	assert_string_equal(one.data, two.data);
	load("1:" NONCE "\n", 0600, &error);
	text_clear(&two);
	secret_reveal(&two, body, strlen(body));
	assert_string_not_equal(one.data, two.data);
	text_release(&one);
	text_release(&two);
	text_release(&error);
}

static void
test_what_is_no_placeholder_stays(void **state)
{
	static const char *const rows[] = { "", "{}", "{{secret:short}}",
		"{{secret:" NONCE, "{{secret:" NONCE "}", "{{secret:" };
	struct text		 t = { 0 };
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		text_clear(&t);
		secret_reveal(&t, rows[i], strlen(rows[i]));
		assert_string_equal(t.data, rows[i]);
	}
	text_release(&t);
}

TESTS(TEST(test_files_that_are_taken_and_refused),
    TEST(test_a_placeholder_becomes_the_secret),
    TEST(test_what_is_no_placeholder_stays))
