/* fields= and expand=: an answer of which only some, or more, was asked for.
 * The contract says which members there are to be asked for. */
#include "fields.h"

#include <stdio.h>
#include <string.h>

#include "ijson.h"
#include "sign.h"

#define DIGEST 16 /* hexadecimal digits of it that an ETag has */

static const char *const shaping[] = { "fields", "expand", NULL };

static bool
fields_known(const struct operation *o)
{
	const struct parameter *p;

	for (p = o->query; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, shaping[0]) == 0 ||
		    strcmp(p->name, shaping[1]) == 0)
			return (true);
	return (false);
}

json_t *
fields_asked(const struct operation *o, const char *query)
{
	struct faults faults = { 0 };
	json_t	     *all;
	size_t	      i;

	if (o == NULL || query == NULL || *query == '\0' || !fields_known(o))
		return (NULL);
	all = contract_query(o, query, &faults);
	faults_release(&faults);
	for (i = 0; shaping[i] != NULL; i++)
		if (json_object_get(all, shaping[i]) != NULL)
			return (all);
	json_decref(all);
	return (NULL);
}

/* A new object with some of an object's members. */
static json_t *
fields_of(const json_t *object, const json_t *names)
{
	json_t *some = json_object(), *value;
	size_t	i;

	for (i = 0; i < json_array_size(names); i++) {
		value = json_object_get(object,
		    json_string_value(json_array_get(names, i)));
		if (value != NULL)
			json_object_set(some,
			    json_string_value(json_array_get(names, i)), value);
	}
	return (some);
}

void
fields_project(const json_t *asked, struct text *body)
{
	const json_t *names = json_object_get(asked, "fields");
	json_t	     *whole, *items, *item;
	size_t	      i;

	if (names == NULL || body->data == NULL ||
	    (whole = json_loadb(body->data, body->length, 0, NULL)) == NULL)
		return;
	items = json_object_get(whole, "items");
	text_clear(body);
	if (json_is_array(items)) {
		json_array_foreach(items, i, item)
			json_array_set_new(items, i, fields_of(item, names));
		ijson_write(body, whole);
	} else {
		item = fields_of(whole, names);
		ijson_write(body, item);
		json_decref(item);
	}
	json_decref(whole);
}

void
fields_etag(const char *etag, const struct text *body, char out[FIELDS_ETAG])
{
	uint8_t digest[SIGN_BYTES];
	char	hex[SIGN_HEX];

	sign_sha256(body->data, body->length, digest);
	sign_hex(digest, sizeof(digest), hex);
	snprintf(out, FIELDS_ETAG, "%s-%.*s", etag, DIGEST, hex);
}

void
fields_match(const char *if_match, struct text *out)
{
	const char *at = if_match, *dash;

	while ((dash = strchr(at, '-')) != NULL) {
		text_add(out, at, (size_t)(dash - at));
		at = dash;
		if (strspn(dash + 1, "0123456789abcdef") == DIGEST &&
		    dash[1 + DIGEST] == '"')
			at += 1 + DIGEST;
		else
			text_add(out, at++, 1);
	}
	text_adds(out, at);
}
