/* kov-tool contract print [DIRECTORY]: the merged contract, for linters and
 * generators of clients. */
#include "contract_print.h"

#include <stdio.h>

#include "../conf.h"
#include "../contract.h"

static int
print_fault(const struct text *error)
{
	fprintf(stderr, "%s\n",
	    error->data != NULL ? error->data : "out of memory");
	return (1);
}

/* Indented, as people and diffs like it. */
static int
print_shown(const struct contract *contract)
{
	json_t *shown = json_loads(contract->json, 0, NULL);
	int	failed;

	failed = json_dumpf(shown, stdout, JSON_INDENT(2)) != 0 ||
	    putchar('\n') == EOF || fflush(stdout) != 0;
	json_decref(shown);
	return (failed);
}

int
tool_contract_print(int argc, char **argv)
{
	struct contract *contract;
	struct text	 error = { 0 };
	int		 failed = 1;

	if (argc > 2) {
		fprintf(stderr, "usage: kov-tool contract print [DIRECTORY]\n");
		return (2);
	}
	if (argc == 1 && !conf_load(&error))
		failed = print_fault(&error);
	else if ((contract = contract_load(argc == 2 ?
			  argv[1] :
			  conf_text(SETTING_CONTRACT),
		      &error)) == NULL)
		failed = print_fault(&error);
	else {
		failed = print_shown(contract);
		contract_free(contract);
	}
	text_release(&error);
	return (failed);
}
