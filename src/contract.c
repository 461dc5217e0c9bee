/* The contract: OpenAPI 3.1 read at start into the operations we serve. */
#include "contract.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract_parts.h"

#define FOLLOW_MOST 8 /* a $ref that leads to a $ref, and so on */

struct kept {
	struct kept *next;
	max_align_t  data[];
};

void *
contract_keep(struct contract *contract, size_t size)
{
	struct kept *kept;

	if ((kept = calloc(1, sizeof(*kept) + size)) == NULL)
		abort();
	kept->next = contract->kept;
	contract->kept = kept;
	return (kept->data);
}

char *
contract_keep_text(struct contract *contract, const char *text, size_t length)
{
	char *copy = contract_keep(contract, length + 1);

	if (text == NULL)
		abort(); /* memory ran out while it was put together */
	memcpy(copy, text, length);
	return (copy);
}

void
contract_escape(struct text *pointer, const char *key)
{
	text_adds(pointer, "/");
	for (; *key != '\0'; key++)
		if (*key == '~')
			text_adds(pointer, "~0");
		else if (*key == '/')
			text_adds(pointer, "~1");
		else
			text_add(pointer, key, 1);
}

static const char *
contract_below(struct load *load, const char *at, const char *key)
{
	struct text pointer = { 0 };
	const char *kept;

	text_adds(&pointer, at);
	contract_escape(&pointer, key);
	if (pointer.failed)
		abort();
	kept = contract_keep_text(load->contract, pointer.data, pointer.length);
	text_release(&pointer);
	return (kept);
}

struct place
contract_member(struct load *load, struct place place, const char *key)
{
	struct place member = { json_object_get(place.value, key), place.at };

	if (member.value != NULL)
		member.at = contract_below(load, place.at, key);
	return (member);
}

struct place
contract_element(struct load *load, struct place place, size_t index)
{
	struct place element = { json_array_get(place.value, index), place.at };
	char	     key[24];

	snprintf(key, sizeof(key), "%zu", index);
	if (element.value != NULL)
		element.at = contract_below(load, place.at, key);
	return (element);
}

struct place
contract_follow(struct load *load, struct place place)
{
	const char *to;
	int	    left;

	for (left = FOLLOW_MOST; left > 0; left--) {
		to = json_string_value(json_object_get(place.value, "$ref"));
		if (to == NULL)
			return (place);
		place.at = to + (*to == '#');
		place.value = contract_at(load->contract->document, place.at);
	}
	place.value = NULL;
	return (place);
}

/* One step of a pointer: the next key is read from it, decoded. */
static json_t *
contract_step(const json_t *value, const char **pointer, struct text *key)
{
	const char *s = *pointer + 1;
	char	    character;

	text_clear(key);
	for (; *s != '\0' && *s != '/'; s++) {
		character = *s;
		if (*s == '~' && (s[1] == '0' || s[1] == '1'))
			character = *++s == '0' ? '~' : '/';
		text_add(key, &character, 1);
	}
	*pointer = s;
	text_add(key, "", 0);
	if (key->failed)
		return (NULL);
	if (json_is_array(value))
		return (json_array_get(value, strtoul(key->data, NULL, 10)));
	return (json_object_get(value, key->data));
}

json_t *
contract_at(json_t *document, const char *pointer)
{
	json_t	   *value = document;
	struct text key = { 0 };

	while (value != NULL && *pointer == '/')
		value = contract_step(value, &pointer, &key);
	text_release(&key);
	return (*pointer == '\0' ? value : NULL);
}

/* The file that a pointer's path or component was read from. */
static const char *
contract_origin(const struct load *load, const char *at)
{
	const char *pointer, *file = "kov.yaml";
	json_t	   *origin;
	size_t	    length;

	json_object_foreach(load->origins, pointer, origin) {
		length = strlen(pointer);
		if (strncmp(pointer, at, length) == 0 &&
		    (at[length] == '\0' || at[length] == '/'))
			file = json_string_value(origin);
	}
	return (file);
}

bool
contract_refuse(struct load *load, const char *at, const char *format, ...)
{
	va_list arguments;
	char   *said = NULL;

	va_start(arguments, format);
	if (vasprintf(&said, format, arguments) < 0)
		abort();
	va_end(arguments);
	if (load->error->length == 0)
		text_addf(load->error, "%s: #%s: %s", contract_origin(load, at),
		    at, said);
	free(said);
	return (false);
}

static bool
contract_print(struct load *load)
{
	struct contract *contract = load->contract;

	contract->json = json_dumps(contract->document, JSON_COMPACT);
	contract->schemas = schemas_new(contract->document);
	if (contract->json != NULL && contract->schemas != NULL)
		return (true);
	return (contract_refuse(load, "", "out of memory"));
}

struct contract *
contract_load(const char *directory, struct text *error)
{
	struct contract *contract;
	struct load	 load = { .directory = directory, .error = error };
	bool		 loaded;

	text_clear(error);
	if ((contract = calloc(1, sizeof(*contract))) == NULL) {
		text_adds(error, "out of memory");
		return (NULL);
	}
	load.contract = contract;
	load.origins = json_object();
	load.names = json_object();
	loaded = contract_merge(&load) && contract_print(&load) &&
	    contract_check(&load) && contract_operations(&load) &&
	    contract_routes(&load);
	json_decref(load.origins);
	json_decref(load.names);
	if (loaded)
		return (contract);
	contract_free(contract);
	return (NULL);
}

bool
contract_publish(struct contract *contract, const char *base)
{
	json_auto_t *shown = json_loads(contract->json, 0, NULL);
	json_t	    *server = json_object_get(shown, "servers");
	const char  *url, *path;
	struct text  at = { 0 };
	char	    *json;

	server = json_array_get(server, 0);
	url = json_string_value(json_object_get(server, "url"));
	if (url == NULL || (path = strstr(url, "://")) == NULL)
		return (false);
	path = strchr(path + 3, '/');
	text_addf(&at, "%s%s", base, path != NULL ? path : "");
	json_object_set_new(server, "url", json_string(at.data));
	text_release(&at);
	if ((json = json_dumps(shown, JSON_COMPACT)) == NULL)
		return (false);
	free(contract->json);
	contract->json = json;
	return (true);
}

void
contract_free(struct contract *contract)
{
	struct kept *kept;

	if (contract == NULL)
		return;
	schemas_free(contract->schemas);
	json_decref(contract->document);
	free(contract->json);
	while ((kept = contract->kept) != NULL) {
		contract->kept = kept->next;
		free(kept);
	}
	free(contract);
}
