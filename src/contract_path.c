/* The paths of the contract, and the operations that stand in them. */
#include <string.h>

#include "contract_parts.h"

/* Members of a path that are operations. HEAD and OPTIONS are not the
 * contract's to say: the server answers them by itself. */
static const struct {
	const char *key;
	enum method method;
} methods[] = {
	{ "get", METHOD_GET },
	{ "post", METHOD_POST },
	{ "put", METHOD_PUT },
	{ "patch", METHOD_PATCH },
	{ "delete", METHOD_DELETE },
};

/* …and those that are not. */
static const char *const others[] = { "summary", "description", "parameters" };

/* 0: it is no operation. */
static enum method
path_method(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].key, key) == 0)
			return (methods[i].method);
	return ((enum method)0);
}

static bool
path_knows(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i], key) == 0)
			return (true);
	return (path_method(key) != 0 || strncmp(key, "x-", 2) == 0);
}

/* "/v1" of "https://kov.example/v1"; routes begin with it. */
static bool
path_base(struct load *load)
{
	json_t *url = contract_at(load->contract->document, "/servers/0/url");
	const char *base = json_string_value(url), *scheme;
	size_t	    length;

	if (base == NULL)
		return (contract_refuse(load, "/servers",
		    "a server with its url was expected"));
	if ((scheme = strstr(base, "://")) != NULL)
		base = scheme + 3 + strcspn(scheme + 3, "/");
	length = strlen(base);
	while (length > 0 && base[length - 1] == '/')
		length--;
	if (length > 0 && *base != '/')
		return (contract_refuse(load, "/servers/0/url",
		    "a url with the path of version was expected"));
	load->base = contract_keep_text(load->contract, base, length);
	return (true);
}

static const char *
path_route(struct load *load, const char *template)
{
	struct text route = { 0 };
	const char *kept;

	text_adds(&route, load->base);
	text_adds(&route, template);
	kept = contract_keep_text(load->contract, route.data, route.length);
	text_release(&route);
	return (kept);
}

/* One path: how many operations it has, or with make, what they are. */
static bool
path_operations(struct load *load, struct place path, const char *template)
{
	struct contract	 *contract = load->contract;
	struct operation *operation;
	const char	 *key, *route = path_route(load, template);
	json_t		 *value;

	if (*template != '/')
		return (contract_refuse(load, path.at,
		    "a path that begins with / was expected"));
	json_object_foreach(path.value, key, value) {
		if (!path_knows(key))
			return (contract_refuse(load, path.at,
			    "%s is not known of a path", key));
		if (path_method(key) == 0)
			continue;
		operation = &contract->operations[contract->count];
		operation->route = route;
		operation->method = path_method(key);
		operation->number = contract->count++;
		if (!contract_operation(load, path,
			contract_member(load, path, key), operation))
			return (false);
	}
	return (true);
}

bool
contract_operations(struct load *load)
{
	struct contract *contract = load->contract;
	struct place	 root = { contract->document, "" }, paths;
	const char *template;
	json_t *path;
	size_t	most = 0;

	paths = contract_member(load, root, "paths");
	if (!path_base(load))
		return (false);
	json_object_foreach(paths.value, template, path)
		most += json_object_size(path);
	contract->operations = contract_keep(contract,
	    (most + 1) * sizeof(struct operation));
	json_object_foreach(paths.value, template, path)
		if (!path_operations(load,
			contract_member(load, paths, template), template))
			return (false);
	return (true);
}
