/* kov-tool contract: what it prints of a body, and its exit status. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "tool.h"

/* What it is asked, and what it says. NULL: the file is not there. */
static const struct {
	const char *schema, *instance, *said;
	int	    status;
} rows[] = {
	{ "{\"type\":\"integer\"}", "7.0", "", 0 },
	{ "true", "{}", "", 0 },
	{ "{\"type\":\"integer\"}", "\"7\"", "#: must be an integer\n", 1 },
	{ "{\"properties\":{\"a b\":{\"maxLength\":1}},\"required\":[\"c\"]}",
	    "{\"a b\":\"xy\"}",
	    "#/a%20b: must be at most 1 character\n#/c: is required\n", 1 },
	{ "{}", "{\"a\":1,",
	    "#: string or '}' expected near end of file, "
	    "at line 1, column 7\n",
	    1 },
	{ "{}", "", "#: a JSON value is expected; the body is empty\n", 1 },
	{ "{\"if\":{}}", "1", "", 2 },
	{ "{\"if\":", "1", "", 2 },
	{ NULL, "1", "", 2 },
	{ "{}", NULL, "", 2 },
};

/* A file of that text, named in path; no such file where text is NULL. */
static void
put(char *path, size_t room, const char *name, const char *text)
{
	FILE *file;

	snprintf(path, room, "/tmp/kov-%s-%ld.json", name, (long)getpid());
	unlink(path);
	if (text == NULL)
		return;
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Runs it with its stdout in `said`, its stderr nowhere. */
static int
run(int argc, char **argv, char *said, size_t room)
{
	FILE  *out = tmpfile();
	int    kept = dup(1), errors = dup(2), nowhere, status;
	size_t n;

	assert_non_null(out);
	nowhere = open("/dev/null", O_WRONLY);
	fflush(stdout);
	dup2(fileno(out), 1);
	dup2(nowhere, 2);
	status = tool_contract(argc, argv);
	fflush(stdout);
	dup2(kept, 1);
	dup2(errors, 2);
	close(kept);
	close(errors);
	close(nowhere);
	rewind(out);
	n = fread(said, 1, room - 1, out);
	said[n] = '\0';
	fclose(out);
	return (status);
}

static void
a_body_is_judged_as_the_server_would(void **state)
{
	char   schema[64], instance[64], said[1024];
	char   tool[] = "contract", check[] = "check", s[] = "--schema";
	char   i[] = "--instance";
	char  *argv[] = { tool, check, i, instance, s, schema, NULL };
	size_t k;

	(void)state;
	for (k = 0; k < COUNT(rows); k++) {
		put(schema, sizeof(schema), "schema", rows[k].schema);
		put(instance, sizeof(instance), "instance", rows[k].instance);
		assert_int_equal(run(6, argv, said, sizeof(said)),
		    rows[k].status);
		assert_string_equal(said, rows[k].said);
		unlink(schema);
		unlink(instance);
	}
}

static void
what_it_does_not_know_ends_with_2(void **state)
{
	char  tool[] = "contract", check[] = "check", s[] = "--schema";
	char  odd[] = "--odd", said[64];
	char *rows_of[][5] = { { tool, NULL }, { tool, odd, NULL },
		{ tool, check, s, NULL }, { tool, check, s, odd, NULL },
		{ tool, check, odd, odd, NULL } };
	int   k, n;

	(void)state;
	for (k = 0; k < (int)COUNT(rows_of); k++) {
		for (n = 0; rows_of[k][n] != NULL;)
			n++;
		assert_int_equal(run(n, rows_of[k], said, sizeof(said)), 2);
	}
}

static void
the_contract_itself_is_fit(void **state)
{
	char  tool[] = "contract", check[] = "check", where[] = "conf/api";
	char  nowhere[] = "conf/nowhere", said[256];
	char *fit[] = { tool, check, where, NULL };
	char *unfit[] = { tool, check, nowhere, NULL };

	(void)state;
	assert_int_equal(run(3, fit, said, sizeof(said)), 0);
	assert_memory_equal(said, "ok: conf/api, ", 14);
	assert_int_equal(run(3, unfit, said, sizeof(said)), 1);
	assert_string_equal(said, "");
}

TESTS(TEST(a_body_is_judged_as_the_server_would),
    TEST(what_it_does_not_know_ends_with_2), TEST(the_contract_itself_is_fit))
