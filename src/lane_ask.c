/* One request on its way through a lane, and who holds how many of them. */
#include "lane_ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lane_impl.h"

#define SHARES_LEAST 16

bool
shares_init(struct shares *s, unsigned room)
{
	size_t n = SHARES_LEAST;

	while (n < (size_t)room * 2) /* half empty, so that probes are short */
		n *= 2;
	s->mask = n - 1;
	s->rows = calloc(n, sizeof(*s->rows));
	return (s->rows != NULL);
}

void
shares_release(struct shares *s)
{
	free(s->rows);
	s->rows = NULL;
}

/* Fibonacci hashing: neighbouring numbers lie far apart. */
static size_t
share_home(const struct shares *s, int64_t organisation)
{
	uint64_t spread = (uint64_t)organisation * UINT64_C(0x9e3779b97f4a7c15);

	return ((size_t)(spread >> 32) & s->mask);
}

/* Where the organisation's row is, or would be. */
static size_t
share_find(const struct shares *s, int64_t organisation)
{
	size_t i = share_home(s, organisation);

	while (s->rows[i].held > 0 && s->rows[i].organisation != organisation)
		i = (i + 1) & s->mask;
	return (i);
}

bool
shares_take(struct shares *s, int64_t organisation, unsigned most)
{
	struct share *row = &s->rows[share_find(s, organisation)];

	if (row->held >= most)
		return (false);
	row->organisation = organisation;
	row->held++;
	return (true);
}

/* Rows behind a hole move up, so that none is lost to its probe. */
void
shares_drop(struct shares *s, int64_t organisation)
{
	size_t hole = share_find(s, organisation), home, i;

	if (s->rows[hole].held == 0 || --s->rows[hole].held > 0)
		return;
	for (i = (hole + 1) & s->mask; s->rows[i].held > 0;
	     i = (i + 1) & s->mask) {
		home = share_home(s, s->rows[i].organisation);
		if (((i - home) & s->mask) < ((i - hole) & s->mask))
			continue;
		s->rows[hole] = s->rows[i];
		s->rows[i].held = 0;
		hole = i;
	}
}

static const char *
ask_copy(char **to, const char *from, size_t size)
{
	const char *copy = memcpy(*to, from, size);

	*to += size;
	return (copy);
}

struct lane_ask *
ask_new(int64_t organisation, const char *subject, const char *caller,
    const char *input)
{
	struct lane_ask *a;
	char		 number[24], *to;
	int		 n;
	size_t		 sizes[4];

	n = snprintf(number, sizeof(number), "%" PRId64, organisation);
	sizes[0] = (size_t)n + 1;
	sizes[1] = strlen(caller) + 1;
	sizes[2] = strlen(input) + 1;
	sizes[3] = strlen(subject) + 1;
	a = malloc(sizeof(*a) + sizes[0] + sizes[1] + sizes[2] + sizes[3]);
	if (a == NULL)
		return (NULL);
	memset(a, 0, sizeof(*a));
	to = (char *)(a + 1);
	a->organisation = organisation;
	a->values[0] = ask_copy(&to, number, sizes[0]);
	a->values[1] = ask_copy(&to, caller, sizes[1]);
	a->values[2] = ask_copy(&to, input, sizes[2]);
	a->subject = ask_copy(&to, subject, sizes[3]);
	return (a);
}

static void
ask_free(struct lane_ask *a)
{
	a->lane->held--;
	shares_drop(&a->lane->shares, a->organisation);
	free(a);
}

void
ask_answer(struct lane_ask *a, enum lane_end end, const PGresult *result,
    int row)
{
	if (a->answer != NULL) {
		cell_add(&a->lane->tally->ends[end], 1);
		a->answer(a->owner, end, result, row);
	}
	ask_free(a);
}

void
ask_requeue(struct lane_ask *a, struct asks *queue)
{
	if (a->answer == NULL) {
		ask_free(a);
		return;
	}
	lane_count(a->lane, LANE_RETRIES);
	a->queue = queue;
	if (queue == &a->lane->queues[LINK_GATHER])
		TAILQ_INSERT_HEAD(queue, a, entry); /* has waited longest */
	else
		TAILQ_INSERT_TAIL(queue, a, entry);
}

int
ask_compare(const void *left, const void *right)
{
	const struct lane_ask *a = *(struct lane_ask *const *)left;
	const struct lane_ask *b = *(struct lane_ask *const *)right;
	int		       d;

	if (a->organisation != b->organisation)
		return (a->organisation < b->organisation ? -1 : 1);
	if ((d = strcmp(a->subject, b->subject)) != 0)
		return (d);
	if (a->statement != b->statement)
		return (a->statement < b->statement ? -1 : 1);
	return (a->order < b->order ? -1 : 1);
}
