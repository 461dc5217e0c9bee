/* Settings in force, for people and for sh; and the problems there are. */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "problem.h"
#include "tool.h"

int
tool_settings(int argc, char **argv)
{
	struct text error = { 0 };

	if (!conf_load(&error)) {
		fprintf(stderr, "kov: %s\n", error.data);
		text_release(&error);
		return (1);
	}
	if (argc > 1 && strcmp(argv[1], "--shell") == 0)
		conf_print_shell(stdout);
	else if (argc > 1 && strcmp(argv[1], "--connections") == 0)
		printf("%ld\n", conf_connections());
	else
		conf_print(stdout);
	return (0);
}

/* Name, status and SQLSTATE: what the tests hold sql/ against. */
int
tool_problems(int argc, char **argv)
{
	const struct problem_row *row;
	enum problem		  p;

	(void)argc;
	(void)argv;
	for (p = PROBLEM_NONE + 1; p < PROBLEMS; p++) {
		row = problem_row(p);
		printf("%s %d %s\n", row->name, row->status,
		    row->sqlstate != NULL ? row->sqlstate : "-");
	}
	return (0);
}
