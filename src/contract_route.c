/* The router: a tree of path segments, literal ones before a variable. */
#include <string.h>

#include "contract_parts.h"

#define ROUTE_METHODS 7 /* bits of enum method */

struct route {
	const char   *segment; /* not NUL-terminated; NULL: a variable */
	size_t	      length;
	struct route *next;  /* sibling; the variable is the last one */
	struct route *child; /* first of the segments that may follow */
	unsigned      allow; /* methods, with HEAD and OPTIONS; 0: no end */
	const struct operation *operations[ROUTE_METHODS];
};

static size_t
route_index(enum method method)
{
	return ((size_t)__builtin_ctz((unsigned)method));
}

/* The child of that segment, made in its place if there is none. */
static struct route *
route_child(struct contract *contract, struct route *parent,
    const char *segment, size_t length)
{
	bool	       variable = *segment == '{';
	struct route **link = &parent->child, *route;

	for (; (route = *link) != NULL; link = &route->next) {
		if (variable ?
			route->segment == NULL :
			route->segment != NULL && route->length == length &&
			    memcmp(route->segment, segment, length) == 0)
			return (route);
		if (route->segment == NULL)
			break;
	}
	route = contract_keep(contract, sizeof(*route));
	route->segment = variable ? NULL : segment;
	route->length = length;
	route->next = *link;
	*link = route;
	return (route);
}

/* A segment is a word, or one variable as a whole. */
static bool
route_is_segment(const char *segment, size_t length)
{
	size_t inside = length;

	if (length == 0)
		return (false);
	if (*segment == '{') {
		if (length < 3 || segment[length - 1] != '}')
			return (false);
		inside = length - 2;
		segment++;
	}
	return (strcspn(segment, "{}?#% ") >= inside);
}

/* Where the operation's path stands in the document. */
static const char *
route_at(struct load *load, const struct operation *operation)
{
	struct place root = { load->contract->document, "" };

	return (contract_member(load, contract_member(load, root, "paths"),
	    operation->route + strlen(load->base))
		    .at);
}

static bool
route_add(struct load *load, const struct operation *operation)
{
	struct contract *contract = load->contract;
	struct route	*route = contract->routes;
	const char	*s = operation->route;
	size_t		 length, index = route_index(operation->method);

	for (; *s == '/'; s += length) {
		length = strcspn(++s, "/");
		if (!route_is_segment(s, length))
			return (contract_refuse(load, route_at(load, operation),
			    "segments that are a word or {variable} were "
			    "expected, without a / at the end"));
		route = route_child(contract, route, s, length);
	}
	if (route->operations[index] != NULL)
		return (contract_refuse(load, route_at(load, operation),
		    "it is the same path as %s",
		    route->operations[index]->route));
	route->operations[index] = operation;
	route->allow |= operation->method | METHOD_OPTIONS;
	if (operation->method == METHOD_GET)
		route->allow |= METHOD_HEAD;
	return (true);
}

bool
contract_routes(struct load *load)
{
	struct contract *contract = load->contract;
	size_t		 i;

	contract->routes = contract_keep(contract, sizeof(struct route));
	for (i = 0; i < contract->count; i++)
		if (!route_add(load, &contract->operations[i]))
			return (false);
	return (true);
}

/*
 * The end that path, which begins with "/" or is empty, leads to below
 * route, or NULL. Where a word leads nowhere the variable beside it may; the
 * contract's depth bounds that.
 */
static const struct route *
route_find(const struct route *route, const char *path, struct match *match,
    size_t variables)
{
	const struct route *found = NULL, *child;
	size_t		    length;

	if (*path == '\0')
		return (route->allow != 0 ? route : NULL);
	length = strcspn(++path, "/");
	for (child = route->child; child != NULL && found == NULL;
	     child = child->next) {
		if (child->segment != NULL && child->length == length &&
		    memcmp(child->segment, path, length) == 0)
			found = route_find(child, path + length, match,
			    variables);
		else if (child->segment == NULL && length > 0) {
			match->value[variables] = path;
			match->length[variables] = length;
			found = route_find(child, path + length, match,
			    variables + 1);
		}
	}
	return (found);
}

void
contract_match(const struct contract *contract, enum method method,
    const char *path, struct match *match)
{
	const struct route *found = NULL;

	*match = (struct match){ 0 };
	if (*path == '/')
		found = route_find(contract->routes, path, match, 0);
	if (found == NULL)
		return;
	match->allow = found->allow;
	if (method == METHOD_HEAD)
		method = METHOD_GET;
	match->operation = found->operations[route_index(method)];
}
