/* A body against the real contract: the first line names the operation,
 * the rest is JSON. What passes is written as the contract means it, passes
 * again, and is then written the same. */
#include "fuzz.h"

#include "contract.h"
#include "ijson.h"

static struct contract *contract;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *directory = getenv("KOV_CONTRACT");
	struct text error = { 0 };

	(void)argc;
	(void)argv;
	contract = contract_load(directory ? directory : "conf/api", &error);
	if (contract == NULL) {
		fprintf(stderr, "%s\n", error.data);
		abort();
	}
	return (0);
}

/* The schema of the body that the operation of that name takes, or NULL. */
static const struct schema *
body_of(const uint8_t *name, size_t n)
{
	const struct operation *o = contract->operations;
	size_t			i;

	for (i = 0; i < contract->count; i++, o++)
		if (strlen(o->id) == n && memcmp(o->id, name, n) == 0)
			return (o->body);
	return (NULL);
}

/* The value as text when it passes, NULL when it does not. Takes value. */
static char *
passed(const struct schema *schema, json_t *value)
{
	struct faults faults = { 0 };
	struct text   out = { 0 };
	json_t	     *normal;

	schema_check(schema, value, "#", &faults);
	CLAIM(faults.count <= FAULTS_MAX);
	CLAIM((faults.count == 0) == (json_array_size(faults.list) == 0));
	if (faults.count == 0) {
		normal = schema_normal(schema, value);
		ijson_write(&out, normal);
		json_decref(normal);
	}
	json_decref(value);
	faults_release(&faults);
	return (out.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t	    *line = memchr(data, '\n', n);
	size_t		     name = line == NULL ? 0 : (size_t)(line - data);
	const struct schema *schema = body_of(data, name);
	struct text	     error = { 0 };
	char		    *json, *first, *second;
	json_t		    *value;

	if (schema == NULL)
		return (-1);
	json = fuzz_copy(line + 1, n - name - 1);
	value = ijson_parse(json, n - name - 1, &error);
	CLAIM((value == NULL) == (error.length > 0));
	if (value != NULL && (first = passed(schema, value)) != NULL) {
		value = ijson_parse(first, strlen(first), &error);
		CLAIM(value != NULL);
		second = passed(schema, value);
		CLAIM(second != NULL && strcmp(first, second) == 0);
		free(first);
		free(second);
	}
	text_release(&error);
	free(json);
	return (0);
}
