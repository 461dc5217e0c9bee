/* What a stranger sends to be let in: only the whole of the one key there is
 * does that, and no proof of work but to a challenge that was ours. */
#include "fuzz.h"

#include "auth.h"
#include "proof.h"
#include "sign.h"
#include "token.h"

static char known[64];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char	check[TOKEN_CHECK + 1], hex[SIGN_HEX], json[512];
	uint8_t digest[SIGN_BYTES];

	(void)argc;
	(void)argv;
	snprintf(known, sizeof(known),
	    "kov_live_aaaaaaabcdefghijklmnopqrstuvwxyz0123");
	token_check(known, strlen(known), check);
	memcpy(known + strlen(known), check, sizeof(check));
	CLAIM(sign_sha256(known, strlen(known), digest));
	sign_hex(digest, sizeof(digest), hex);
	snprintf(json, sizeof(json),
	    "{\"change\":1,\"keys\":[{\"id\":\"k\",\"digest\":\"%s\","
	    "\"organisation\":7,\"scopes\":[\"complaints:read\"],"
	    "\"partner\":null,\"kind\":\"live_key\",\"expiresAt\":null,\"revoked\":false}]}",
	    hex);
	CLAIM(auth_take(json, strlen(json), 1000));
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct proof_for who = { "k", "192.0.2.7" };

	char	     *header = fuzz_copy(data, n);
	struct caller caller;
	struct text   json = { 0 };
	size_t	      length = strlen(known);
	uint64_t      id;

	if (auth_know(header, n, &caller, &json) == AUTH_OK) {
		CLAIM(n >= length);
		CLAIM(memcmp(header + n - length, known, length) == 0);
		CLAIM(caller.organisation == 7);
	}
	CLAIM(proof_judge(&who, header, n, 1000, &id) != PROOF_OK);
	text_release(&json);
	free(header);
	return (0);
}
