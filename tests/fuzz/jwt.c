/* An access token as a stranger sends it, judged by an issuer's public key:
 * only what the issuer signed is good. An input that begins with a tilde is
 * the one real token with edits: a place, of two bytes, and a byte. What
 * begins with a brace is an issuer's key set. */
#include "fuzz.h"

#include "jwt.h"

#define NOW 1750000000

/* Made once; the private key was thrown away. */
static const char jwks[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"p4sVfxqE7bkoL3bxucwIYg8CDuROrzup3"
    "axGN0RvQApIYm2LiOKihBUHeCwQO3kJsIIhxckWbNfVnJlzvpYQ-4Q65KCl1"
    "sr1HLS8m0NXdFzVm3SSwlwbbJny4CdDyVbHBil4unmsXhPt4czOAfVWqsOab"
    "S-FstzKilNqmagh5hDyDNuJj0NrSv_viGEqO1KJ1A7hslsyDO41lrLMlSkY4"
    "T-JP3HL4oDPQJu_i-pL2bLq2a8y7BEwJmy6XDGnKC9lKkdeA5ClB_6GwSV2S"
    "OpRcWaPlns4YFf6cR0qtZyAJhiPuZ7hNqeEHJ8kN9Jt2PLnEhiR9Wk5rC_jH"
    "wWOc8yIvw\",\"e\":\"AQAB\",\"kid\":\"rsa\"}]}";
static const char real[] =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InJzYSJ9.eyJ"
    "pc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoia292Iiwic3V"
    "iIjoic29tZW9uZSIsImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDA"
    "wLCJzY29wZSI6ImNvbXBsYWludHM6cmVhZCJ9.YdJRCnO6rtlrzaM2YVna_w"
    "zDP8YvRKL2RClqGaQ_jd0H87vJ-nyfOLgEzIU_Flvx6lMK_3f1UNod-srSyH"
    "a_APW9A3cFsaiNePIOABHsZICCaseKYo3A87nQuVEoSBcQn1_73BZUiqhz8y"
    "LNyJWvEYFhAXgXf8kFjxfUyxfNXTqyO6ljj3AG81cJvLnVUjsFVRTUvVFG1K"
    "OuT4MK64rI4bOe20yFXTNuEN4trXpnoRMvc3kYy9U7e3uo7Qinxrsnxva-bv"
    "qeoW7_X6hhl5g2GcVBs_DaBjVivvUWdJIXtT-3XO9dCbyRZnqQYdAnHb3oBW"
    "4ODm4jl4s_PQPWd5Bppw";

static struct jwt_keys *keys;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct jwt *jwt = jwt_read(real, sizeof(real) - 1);

	(void)argc;
	(void)argv;
	keys = jwt_keys_new(jwks, sizeof(jwks) - 1, "RS256");
	CLAIM(keys != NULL && jwt_keys_count(keys) == 1 && jwt != NULL);
	CLAIM(jwt_verify(jwt, keys, NOW) == JWT_OK);
	jwt_free(jwt);
	return (0);
}

/* A place is two bytes, as the token is longer than one can say. */
static char *
edited(const uint8_t *data, size_t n)
{
	char  *text = strdup(real);
	size_t i;

	for (i = 0; i + 2 < n; i += 3)
		text[(data[i] * 256u + data[i + 1]) % (sizeof(real) - 1)] =
		    (char)data[i + 2];
	return (text);
}

static void
judge(const char *text, size_t n)
{
	struct jwt *jwt = jwt_read(text, n);
	size_t	    signature = (size_t)(strrchr(real, '.') - real);

	if (jwt == NULL)
		return;
	(void)jwt_is_for(jwt, "kov");
	(void)jwt_says(jwt, "iss");
	/* base64's last character has bits that say nothing */
	if (jwt_verify(jwt, keys, NOW) == JWT_OK)
		CLAIM(n >= signature && memcmp(text, real, signature) == 0);
	jwt_free(jwt);
}

static void
take_keys(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "RS256", "PS256", "ES256" };
	size_t			 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		jwt_keys_free(jwt_keys_new((const char *)data, n, names[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = n > 0 && data[0] == '~' ? edited(data + 1, n - 1) :
					       fuzz_copy(data, n);

	if (n > 0 && data[0] == '{')
		take_keys(data, n);
	judge(text, n > 0 && data[0] == '~' ? sizeof(real) - 1 : n);
	free(text);
	return (0);
}
