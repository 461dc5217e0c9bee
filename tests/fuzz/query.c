/* A target as a stranger sends it, path and query, against the real
 * contract: what passes is an object, what does not has faults. */
#include "fuzz.h"

#include "contract.h"

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

static void
judge(json_t *object, const struct faults *faults)
{
	CLAIM(faults->count > 0 || json_is_object(object));
	CLAIM(json_array_size(faults->list) == faults->count);
	json_decref(object);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char	     *target = fuzz_text(data, n), *query;
	struct faults faults = { 0 };
	struct match  match;

	if ((query = strchr(target, '?')) != NULL)
		*query++ = '\0';
	contract_match(contract, METHOD_GET, target, &match);
	CLAIM(match.operation == NULL || match.allow != 0);
	if (match.operation != NULL) {
		judge(contract_path(&match, &faults), &faults);
		faults_release(&faults);
		judge(contract_query(match.operation, query, &faults), &faults);
		faults_release(&faults);
	}
	free(target);
	return (0);
}
