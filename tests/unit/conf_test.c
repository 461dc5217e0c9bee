/* conf.c: what each wrong setting is told, and how the rest is derived. */
#include "unit.h"

#include "conf.h"

static void
test_wrong_settings_name_themselves(void **state)
{
	static const struct {
		const char *name, *value, *says;
	} rows[] = {
		{ "KOV_PORT", "http", "from 1 to 65535" },
		{ "KOV_PORT", "0", "from 1 to 65535" },
		{ "KOV_PORT", "65536", "from 1 to 65535" },
		{ "KOV_PORT", "80 ", "from 1 to 65535" },
		{ "KOV_WORKERS", "1000", "from 1 to 64" },
		{ "KOV_LIMIT_KEY", "-1", "from 0 to 6000000" },
		{ "KOV_LIMIT_FAILURES", "none", "from 0 to 6000000" },
		{ "KOV_PUBLIC_URL", "kov.example", "http:// or https://" },
		{ "KOV_PUBLIC_URL", "https://kov.example/", "no slash" },
		{ "KOV_TRUSTED_PROXIES", "10.0.0.0/33", "such as 10.0.0.0/8" },
		{ "KOV_WEBHOOK_ALLOW", "10.0.0.0/8,localhost", "CODE=CIDR" },
		{ "KOV_LISTEN", "everywhere", "an address of" },
		{ "KOV_PRIVATE_LISTEN", "10.0.0.0/8", "an address of" },
		{ "KOV_LOG_LEVEL", "loud", "debug, info, warning or error" },
	};
	struct text error = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		setenv(rows[i].name, rows[i].value, 1);
		text_clear(&error);
		assert_false(conf_load(&error));
		assert_non_null(error.data);
		assert_non_null(strstr(error.data, rows[i].name));
		assert_non_null(strstr(error.data, rows[i].says));
		unsetenv(rows[i].name);
	}
	assert_true(conf_load(&error));
	text_release(&error);
}

static void
test_defaults_follow_one_another(void **state)
{
	struct text error = { 0 };

	(void)state;
	setenv("KOV_PORT", "9999", 1);
	setenv("KOV_STATE", "/srv/kov", 1);
	setenv("KOV_WORKERS", "3", 1);
	assert_true(conf_load(&error));
	assert_string_equal(conf_text(SETTING_PUBLIC_URL),
	    "http://127.0.0.1:9999");
	setenv("KOV_LISTEN", "::", 1);
	assert_true(conf_load(&error));
	assert_string_equal(conf_text(SETTING_PUBLIC_URL), "http://[::1]:9999");
	unsetenv("KOV_LISTEN");
	assert_string_equal(conf_text(SETTING_SECRET_FILE), "/srv/kov/secret");
	assert_int_equal(conf_number(SETTING_PORT), 9999);
	assert_int_equal((conf_connections() - CONF_OTHERS) % 3, 0);
	text_release(&error);
}

/* What kov doctor and sh see: secrets masked for people, quotes safe. */
static void
test_printing(void **state)
{
	struct text error = { 0 };
	char	   *out;
	size_t	    n;
	FILE	   *f;

	(void)state;
	setenv("KOV_DATABASE_URL", "postgresql://u:p'w@h/kov", 1);
	assert_true(conf_load(&error));
	f = open_memstream(&out, &n);
	conf_print(f);
	fclose(f);
	assert_null(strstr(out, "p'w"));
	assert_non_null(strstr(out, "(set)"));
	free(out);
	f = open_memstream(&out, &n);
	conf_print_shell(f);
	fclose(f);
	assert_non_null(strstr(out,
	    "KOV_DATABASE_URL='postgresql://u:p'\\''w@h/kov'\n"));
	free(out);
	text_release(&error);
}

TESTS(TEST(test_wrong_settings_name_themselves),
    TEST(test_defaults_follow_one_another), TEST(test_printing))
