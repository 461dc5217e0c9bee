/* kov-tool: one program, a table of the small things `kov` needs in C. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct tool tools[] = {
	{ "contract", tool_contract,
	    "check [DIR] | check --schema S.json "
	    "--instance I.json | print [DIR]" },
	{ "import", tool_import,
	    "--organisation CODE --key-file F --map "
	    "M.yaml FILE.csv" },
	{ "key", tool_key, "CODE" },
	{ "listen", tool_listen, "[--port N] [--secret whsec_…]" },
	{ "problems", tool_problems, "" },
	{ "settings", tool_settings, "[--shell | --connections]" },
};
#define TOOLS (sizeof(tools) / sizeof(tools[0]))

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < TOOLS && argc > 1; i++)
		if (strcmp(argv[1], tools[i].name) == 0)
			return (tools[i].run(argc - 1, argv + 1));
	for (i = 0; i < TOOLS; i++)
		fprintf(stderr, "kov-tool %s %s\n", tools[i].name,
		    tools[i].usage);
	return (2);
}
