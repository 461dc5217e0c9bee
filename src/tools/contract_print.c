/* kov-tool contract print DIRECTORY: the merged contract, for linters and
 * generators of clients. */
#include <stdio.h>
#include <stdlib.h>

#include "../contract.h"
#include "contract_print.h"

int
tool_contract_print(int argc, char **argv)
{
	struct contract *contract;
	struct text	 error = { 0 };
	json_t		*shown;
	int		 failed;

	if (argc != 2) {
		fprintf(stderr, "usage: kov-tool contract print DIRECTORY\n");
		return (2);
	}
	if ((contract = contract_load(argv[1], &error)) == NULL) {
		fprintf(stderr, "%s\n", error.data);
		text_release(&error);
		return (1);
	}
	shown = json_loads(contract->json, 0, NULL);
	failed = json_dumpf(shown, stdout, JSON_INDENT(2)) != 0 ||
	    putchar('\n') == EOF || fflush(stdout) != 0;
	json_decref(shown);
	contract_free(contract);
	text_release(&error);
	return (failed);
}
