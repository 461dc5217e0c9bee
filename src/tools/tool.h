/* The small programs behind `kov`: kov-tool's table has one row for each. */
#ifndef KOV_TOOL_H
#define KOV_TOOL_H

struct tool {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the tool's name */
	const char *usage;
};

int tool_contract(int argc, char **argv);
int tool_key(int argc, char **argv);
int tool_problems(int argc, char **argv);
int tool_settings(int argc, char **argv);
int tool_listen(int argc, char **argv);
int tool_import(int argc, char **argv);

#endif
