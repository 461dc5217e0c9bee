/* What a client accepts (RFC 9110, 12.5): media types and languages. */
#include "negotiate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LANGUAGES 8

struct element { /* of a comma-separated list with weights */
	const char *value;
	size_t	    length;
	int	    weight; /* q in thousandths */
};

/* A weight, RFC 9110, 12.4.2: "0.5" is 500; no digits: 1000. */
static int
negotiate_weight(const char *at, const char *end)
{
	const char *q = memmem(at, (size_t)(end - at), "q=", 2);
	int	    weight, digit;

	if (q == NULL || q + 2 >= end || *(q + 2) < '0' || *(q + 2) > '1')
		return (1000);
	weight = (*(q + 2) - '0') * 1000;
	if (q + 3 >= end || *(q + 3) != '.')
		return (weight);
	for (q += 4, digit = 100;
	     q < end && digit > 0 && *q >= '0' && *q <= '9'; q++, digit /= 10)
		weight += (*q - '0') * digit;
	return (weight);
}

/* The next element at *header, or false at its end. */
static bool
negotiate_next(const char **header, struct element *e)
{
	const char *at = *header, *end, *stop;

	at += strspn(at, ", \t");
	if (*at == '\0')
		return (false);
	end = at + strcspn(at, ",");
	stop = at + strcspn(at, ",; \t");
	*e = (struct element){ at, (size_t)(stop - at),
		negotiate_weight(stop, end) };
	*header = end;
	return (true);
}

/* "application/json" fits itself, "application/" + "*" and "*" + "/" + "*". */
static bool
negotiate_fits(const struct element *e, const char *media)
{
	size_t kind = strcspn(media, "/") + 1;

	if (e->length == 3 && memcmp(e->value, "*/*", 3) == 0)
		return (true);
	if (e->length == kind + 1 && e->value[kind] == '*')
		return (strncasecmp(e->value, media, kind) == 0);
	return (e->length == strlen(media) &&
	    strncasecmp(e->value, media, e->length) == 0);
}

bool
negotiate_accepts(const char *accept, const char *media)
{
	struct element e;
	bool	       any = false;

	if (accept == NULL)
		return (true);
	for (; negotiate_next(&accept, &e); any = true)
		if (e.weight > 0 && negotiate_fits(&e, media))
			return (true);
	return (!any);
}

static int
negotiate_compare(const void *a, const void *b)
{
	const struct element *x = a, *y = b;

	if (x->weight != y->weight)
		return (x->weight > y->weight ? -1 : 1);
	return (x->value < y->value ? -1 : 1);
}

void
negotiate_languages(const char *header, struct text *t)
{
	struct element e, all[LANGUAGES];
	size_t	       n = 0, i;

	while (header != NULL && n < LANGUAGES && negotiate_next(&header, &e)) {
		e.length = strcspn(e.value, "-,; \t");
		if (e.weight > 0 && e.length > 1 && e.length <= 3)
			all[n++] = e;
	}
	qsort(all, n, sizeof(all[0]), negotiate_compare);
	text_adds(t, "[");
	for (i = 0; i < n; i++) {
		text_adds(t, i > 0 ? "," : "");
		text_add_json(t, all[i].value, all[i].length);
	}
	text_adds(t, "]");
}

bool
negotiate_is(const char *type, const char *media)
{
	size_t n = strlen(media);

	return (type != NULL && strncasecmp(type, media, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ' ||
		type[n] == '\t'));
}
