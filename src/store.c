/* Where the bytes of files lie: parts in PostgreSQL, through a lane of their
 * own, so that no file keeps a complaint waiting. */
#include "store.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sign.h"
#include "worker.h"

struct store {
	struct lane_ask *ask;
	store_answer_fn *answer;
	void		*owner;
};

static const enum problem ends[LANE_ENDS] = {
	[LANE_OK] = PROBLEM_NONE,
	[LANE_REFUSED] = PROBLEM_INTERNAL,
	[LANE_TIMEOUT] = PROBLEM_TOO_SLOW,
	[LANE_BUSY] = PROBLEM_OVERLOADED,
	[LANE_AWAY] = PROBLEM_UNAVAILABLE,
	[LANE_UNKNOWN] = PROBLEM_UNAVAILABLE, /* staged: sent again as new */
};

static void
store_complain(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	log_say(LOG_LEVEL_ERROR, "store.refused", "s:s, s:s?", "sqlstate",
	    state != NULL ? state : "", "message",
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
}

/* A part's bytes come as hexadecimal digits in the reply's body. */
static void
store_answered(void *owner, enum lane_end end, const PGresult *result, int row)
{
	struct store *s = owner;
	enum problem  problem = ends[end];
	char	     *bytes = NULL;
	size_t	      n = 0;

	if (end == LANE_REFUSED)
		store_complain(result);
	if (end == LANE_OK && !PQgetisnull(result, row, 2)) {
		n = (size_t)PQgetlength(result, row, 2) / 2;
		bytes = malloc(n + 1);
		if (bytes == NULL ||
		    !sign_unhex(PQgetvalue(result, row, 2), bytes, n))
			problem = PROBLEM_INTERNAL;
	}
	s->answer(s->owner, problem, bytes, n);
	free(bytes);
	free(s);
}

static struct store *
store_ask(enum worker_file what, int64_t organisation, const struct text *input,
    store_answer_fn *answer, void *owner)
{
	struct store *s = input->failed ? NULL : calloc(1, sizeof(*s));

	if (s == NULL)
		return (NULL);
	s->answer = answer;
	s->owner = owner;
	s->ask = worker_ask_file(what, organisation, input->data,
	    store_answered, s);
	if (s->ask != NULL)
		return (s);
	free(s);
	return (NULL);
}

struct store *
store_put(int64_t organisation, const char *file, unsigned n, const void *bytes,
    size_t length, store_answer_fn *answer, void *owner)
{
	struct text   input = { 0 };
	struct store *s;
	char	     *hex = malloc(2 * length + 1);

	if (hex == NULL)
		return (NULL);
	sign_hex(bytes, length, hex);
	text_addf(&input, "{\"file\":\"%s\",\"part\":%u,\"bytes\":\"", file, n);
	text_add(&input, hex, 2 * length);
	text_adds(&input, "\"}");
	free(hex);
	s = store_ask(WORKER_PUT, organisation, &input, answer, owner);
	text_release(&input);
	return (s);
}

struct store *
store_get(int64_t organisation, const char *file, unsigned n,
    store_answer_fn *answer, void *owner)
{
	struct text   input = { 0 };
	struct store *s;

	text_addf(&input, "{\"file\":\"%s\",\"part\":%u}", file, n);
	s = store_ask(WORKER_GET, organisation, &input, answer, owner);
	text_release(&input);
	return (s);
}

static void
store_dropped(void *owner, enum lane_end end, const PGresult *result, int row)
{
	(void)owner;
	(void)row;
	if (end == LANE_REFUSED)
		store_complain(result);
}

void
store_drop(int64_t organisation, const char *file)
{
	struct text input = { 0 };

	text_addf(&input, "{\"file\":\"%s\"}", file);
	if (!input.failed)
		worker_ask_file(WORKER_DROP, organisation, input.data,
		    store_dropped, NULL);
	text_release(&input);
}

void
store_leave(struct store *s)
{
	if (s == NULL)
		return;
	lane_leave(s->ask);
	free(s);
}
