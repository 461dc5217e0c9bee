/* Origins of web pages (RFC 6454). */
#include "origin.h"

#include <jansson.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"

/* What a browser leaves away, it never says. */
static const struct {
	const char *scheme, *port;
} own_ports[] = {
	{ "http://", ":80" },
	{ "https://", ":443" },
};

static bool
origin_ends(const char *origin, size_t n, const char *end)
{
	size_t m = strlen(end);

	return (n > m && memcmp(origin + n - m, end, m) == 0);
}

bool
origin_valid(const char *origin, size_t n)
{
	size_t scheme = strspn(origin, LOWER DIGIT "+.-"), host, i;

	if (n >= ORIGIN_MAX || scheme == 0 || scheme + 3 >= n ||
	    memcmp(origin + scheme, "://", 3) != 0)
		return (false);
	host = strspn(origin + scheme + 3, LOWER DIGIT "._-[]:");
	if (scheme + 3 + host != n)
		return (false);
	for (i = 0; i < sizeof(own_ports) / sizeof(own_ports[0]); i++)
		if (strncmp(origin, own_ports[i].scheme,
			strlen(own_ports[i].scheme)) == 0 &&
		    origin_ends(origin, n, own_ports[i].port))
			return (false);
	return (true);
}

/* The next of a list, its length in *n; false at the end. */
static bool
origin_next(const char **list, const char **origin, size_t *n)
{
	*list += strspn(*list, ", ");
	*origin = *list;
	*n = strcspn(*list, ", ");
	*list += *n;
	return (*n > 0);
}

bool
origin_list_valid(const char *list)
{
	const char *origin;
	size_t	    n;

	while (origin_next(&list, &origin, &n))
		if (!origin_valid(origin, n))
			return (false);
	return (true);
}

bool
origin_listed(const char *list, const char *wanted, size_t length)
{
	const char *origin;
	size_t	    n;

	while (origin_next(&list, &origin, &n))
		if (n == length && memcmp(origin, wanted, n) == 0)
			return (true);
	return (false);
}

static json_t *origins; /* of keys */

void
origin_keep(json_t *all)
{
	json_decref(origins);
	origins = all;
}

bool
origin_kept(const char *origin, size_t n)
{
	return (json_object_getn(origins, origin, n) != NULL);
}
