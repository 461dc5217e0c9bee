/* kov contract: the contract, or one body against one schema, judged as
 * the server would, without a server. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "contract.h"
#include "contract_print.h"
#include "ijson.h"
#include "schema.h"
#include "tool.h"

enum verdict { VALID, INVALID, UNFIT }; /* exit statuses */

static int
contract_usage(void)
{
	fputs("usage: kov contract check [DIRECTORY]\n"
	      "       kov contract check --schema S.json --instance "
	      "I.json\n"
	      "       kov contract print DIRECTORY\n",
	    stderr);
	return (UNFIT);
}

/* The file's bytes; false, having said why. */
static bool
contract_read(const char *path, struct text *bytes)
{
	char   part[4096];
	size_t n;
	FILE  *file = fopen(path, "rb");
	bool   fine;

	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return (false);
	}
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		text_add(bytes, part, n);
	fine = !ferror(file) && !bytes->failed;
	if (!fine)
		fprintf(stderr, "%s: cannot be read\n", path);
	fclose(file);
	return (fine);
}

static int
contract_faults(const struct faults *faults)
{
	const json_t *fault;
	size_t	      i;

	for (i = 0; i < json_array_size(faults->list); i++) {
		fault = json_array_get(faults->list, i);
		printf("%s: %s\n",
		    json_string_value(json_object_get(fault, "pointer")),
		    json_string_value(json_object_get(fault, "detail")));
	}
	if (faults->truncated)
		printf("… and more, which are not listed\n");
	return (faults->count > 0 ? INVALID : VALID);
}

/* What the server would say of the bytes as a body of that schema. */
static int
contract_judge(const struct schema *schema, const struct text *bytes)
{
	struct faults faults = { 0 };
	struct text   error = { 0 };
	json_t	     *body;
	int	      verdict = INVALID;

	body = ijson_parse(bytes->data != NULL ? bytes->data : "",
	    bytes->length, &error);
	if (body == NULL) {
		printf("#: %s\n", error.data);
	} else {
		schema_check(schema, body, "#", &faults);
		verdict = contract_faults(&faults);
	}
	json_decref(body);
	faults_release(&faults);
	text_release(&error);
	return (verdict);
}

static int
contract_compare(const char *schema_path, const char *instance_path)
{
	json_auto_t	    *document = NULL;
	json_error_t	     fault;
	struct text	     bytes = { 0 }, error = { 0 };
	struct schemas	    *schemas = NULL;
	const struct schema *schema = NULL;
	int		     verdict = UNFIT;

	document = json_load_file(schema_path,
	    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &fault);
	if (document == NULL) {
		fprintf(stderr, "%s:%d: %s\n", schema_path, fault.line,
		    fault.text);
		return (UNFIT);
	}
	if ((schemas = schemas_new(document)) != NULL)
		schema = schema_at(schemas, "", &error);
	if (schema == NULL)
		fprintf(stderr, "%s: %s\n", schema_path,
		    error.data != NULL ? error.data : "no memory");
	else if (contract_read(instance_path, &bytes))
		verdict = contract_judge(schema, &bytes);
	schemas_free(schemas);
	text_release(&bytes);
	text_release(&error);
	return (verdict);
}

/* The whole contract, as the server would at its start. */
static int
contract_whole(const char *directory)
{
	struct text	 error = { 0 };
	struct contract *contract = contract_load(directory, &error);

	if (contract == NULL)
		fprintf(stderr, "%s\n",
		    error.data != NULL ? error.data : "no memory");
	else
		printf("ok: %s, %zu operations\n", directory, contract->count);
	text_release(&error);
	contract_free(contract);
	return (contract != NULL ? VALID : INVALID);
}

static int
contract_check(int argc, char **argv)
{
	const char *schema = NULL, *instance = NULL;
	struct text error = { 0 };
	int	    i;

	if (argc == 2 && argv[1][0] != '-')
		return (contract_whole(argv[1]));
	for (i = 1; i + 1 < argc; i += 2)
		if (strcmp(argv[i], "--schema") == 0)
			schema = argv[i + 1];
		else if (strcmp(argv[i], "--instance") == 0)
			instance = argv[i + 1];
		else
			return (contract_usage());
	if (schema != NULL && instance != NULL && i == argc)
		return (contract_compare(schema, instance));
	if (argc > 1)
		return (contract_usage());
	if (!conf_load(&error)) {
		fprintf(stderr, "kov: %s\n", error.data);
		text_release(&error);
		return (UNFIT);
	}
	return (contract_whole(conf_text(SETTING_CONTRACT)));
}

int
tool_contract(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "check") == 0)
		return (contract_check(argc - 1, argv + 1));
	if (argc > 1 && strcmp(argv[1], "print") == 0)
		return (tool_contract_print(argc - 1, argv + 1));
	return (contract_usage());
}
