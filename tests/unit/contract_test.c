/*
 * The contract's reader, driven by data: each folder of contract/ holds the
 * files of a contract (frame/kov.yaml where it has no kov.yaml) and what
 * contract_load says of it, in "expected": "fine", or the error.
 */
#include "unit.h"

#include <dirent.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <unistd.h>

#include "contract.h"

#define CASES "tests/unit/contract"

static void
name_to(char path[PATH_MAX], const char *directory, const char *file)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", directory, file);

	assert_in_range(n, 1, PATH_MAX - 1);
}

/* A directory with links to the case's files, and to the frame's. */
static void
lay_out(const char *from, const char *to)
{
	char	       here[PATH_MAX], there[PATH_MAX];
	struct dirent *entry;
	DIR	      *directory = opendir(from);

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		if (strstr(entry->d_name, ".yaml") == NULL)
			continue;
		name_to(here, from, entry->d_name);
		name_to(there, to, entry->d_name);
		if (access(there, F_OK) != 0)
			assert_int_equal(symlink(here, there), 0);
	}
	closedir(directory);
}

static void
clear_away(const char *path)
{
	char	       there[PATH_MAX];
	struct dirent *entry;
	DIR	      *directory = opendir(path);

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL)
		if (*entry->d_name != '.') {
			name_to(there, path, entry->d_name);
			unlink(there);
		}
	closedir(directory);
	rmdir(path);
}

static void
expected_of(const char *folder, char line[1024])
{
	char  path[PATH_MAX];
	FILE *file;

	name_to(path, folder, "expected");
	if ((file = fopen(path, "r")) == NULL)
		fail_msg("%s is missing", path);
	else {
		assert_non_null(fgets(line, 1024, file));
		line[strcspn(line, "\n")] = '\0';
		fclose(file);
	}
}

static void
a_contract_is_judged_as_expected(void **state)
{
	char		 folder[PATH_MAX], frame[PATH_MAX], line[1024];
	char		 made[] = "/tmp/kov-contract-XXXXXX";
	struct text	 error = { 0 };
	struct contract *contract;
	const char	*said = "fine";

	assert_non_null(realpath(*state, folder));
	assert_non_null(realpath(CASES "/frame", frame));
	assert_non_null(mkdtemp(made));
	lay_out(folder, made);
	lay_out(frame, made);
	contract = contract_load(made, &error);
	clear_away(made);
	if (contract == NULL) {
		said = error.data;
		assert_non_null(said);
		if (strncmp(said, made, strlen(made)) == 0)
			said += strlen(made);
	}
	expected_of(folder, line);
	assert_string_equal(said, line);
	contract_free(contract);
	text_release(&error);
}

/* A test for each folder, by its name. */
int
main(void)
{
	struct CMUnitTest *tests;
	glob_t		   found;
	size_t		   i;
	int		   failed;

	if (glob(CASES "/*/expected", 0, NULL, &found) != 0 ||
	    (tests = calloc(found.gl_pathc, sizeof(*tests))) == NULL)
		return (1);
	for (i = 0; i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){
			.name = basename(dirname(found.gl_pathv[i])),
			.test_func = a_contract_is_judged_as_expected,
			.initial_state = found.gl_pathv[i],
		};
	failed = _cmocka_run_group_tests("cases", tests, found.gl_pathc, NULL,
	    NULL);
	free(tests);
	globfree(&found);
	return (failed);
}
