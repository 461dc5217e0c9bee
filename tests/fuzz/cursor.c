/* A cursor as a stranger sends it, read by the database's own function: a
 * place comes back only from one that was made here. An input that begins
 * with a tilde is a real cursor with edits: pairs of a place and a byte. */
#include "fuzz.h"

#include <libpq-fe.h>

static PGconn *database;
static char    real[256];
static char    place[] = "{\"id\": \"01890a5d-ac96-774b-bcce-b302099a8057\"}";

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	PGresult *r;

	(void)argc;
	(void)argv;
	database = PQconnectdb(""); /* PGHOST and so on */
	r = PQexec(database,
	    "select kov.cursor(1, 'list', '{}',"
	    " '{\"id\": \"01890a5d-ac96-774b-bcce-b302099a8057\"}')");
	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		fputs(PQerrorMessage(database), stderr);
		abort();
	}
	snprintf(real, sizeof(real), "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return (0);
}

static char *
edited(const uint8_t *data, size_t n)
{
	char  *text = strdup(real);
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		if (data[i + 1] != 0)
			text[data[i] % strlen(real)] = (char)data[i + 1];
	return (text);
}

/* Whether the reader is asked for the list it was made for. */
static void
read_cursor(const char *list, const char *text)
{
	const char *values[] = { list, text };
	PGresult   *r = PQexecParams(database,
	      "select kov.cursor_read(1, $1, '{}', $2)", 2, NULL, values, NULL,
	      NULL, 0);

	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		/* what is no UTF-8 never reaches the database from the door */
		CLAIM(strcmp(PQresultErrorField(r, PG_DIAG_SQLSTATE),
			  "22021") == 0);
	} else if (!PQgetisnull(r, 0, 0)) {
		CLAIM(strcmp(list, "list") == 0);
		CLAIM(strcmp(PQgetvalue(r, 0, 0), place) == 0);
	} else
		CLAIM(strcmp(list, "list") != 0 || strcmp(text, real) != 0);
	PQclear(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = n > 0 && data[0] == '~' ? edited(data + 1, n - 1) :
					       fuzz_text(data, n);

	read_cursor("list", text);
	read_cursor("other", text);
	free(text);
	return (0);
}
