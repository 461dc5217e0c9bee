/* A contract's file as somebody may write it: it loads, or says in one
 * sentence why not. A loaded one answers what it is asked. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "contract.h"

static char directory[] = "/dev/shm/kov-fuzz.XXXXXX";
static char frame[64], noun[64];

/* The least that a noun stands in. */
static const char least[] = "openapi: 3.1.0\n"
			    "info: { title: Fuzz, version: 1.0.0 }\n"
			    "servers: [{ url: https://kov.example/v1 }]\n"
			    "components:\n"
			    "  securitySchemes:\n"
			    "    apiKey: { type: http, scheme: bearer }\n";

static void
write_file(const char *name, const void *data, size_t n)
{
	FILE *file = fopen(name, "wb");

	CLAIM(file != NULL && fwrite(data, 1, n, file) == n);
	CLAIM(fclose(file) == 0);
}

static void
clean(void)
{
	unlink(frame);
	unlink(noun);
	rmdir(directory);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	CLAIM(mkdtemp(directory) != NULL);
	snprintf(frame, sizeof(frame), "%s/kov.yaml", directory);
	snprintf(noun, sizeof(noun), "%s/noun.yaml", directory);
	write_file(frame, least, sizeof(least) - 1);
	atexit(clean);
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct text	 error = { 0 };
	struct contract *contract;
	struct match	 match;

	write_file(noun, data, n);
	contract = contract_load(directory, &error);
	CLAIM((contract == NULL) == (error.length > 0));
	if (contract != NULL) {
		CLAIM(contract->json != NULL);
		contract_match(contract, METHOD_GET, "/v1/things", &match);
		contract_free(contract);
	}
	text_release(&error);
	return (0);
}
