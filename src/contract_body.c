/* An operation's body: its media type, its schema, and x-kov-each. */
#include <stdlib.h>
#include <string.h>

#include "contract_parts.h"

#define MEDIA_JSON "application/json"
#define MEDIA_PATCH "application/merge-patch+json"
#define MEDIA_FORM "multipart/form-data"
#define BODY_MOST 16777216
#define FORM_ROOM 65536 /* bytes of a form beside its file */

/* Where schemas without the items of x-kov-each are kept in the document
 * (not in its text: nobody is shown them). */
#define BODY_OUTER "x-kov-outer"

static const struct schema *
body_compile(struct load *load, const char *at)
{
	const struct schema *schema;
	struct text	     why = { 0 };

	schema = schema_at(load->contract->schemas, at, &why);
	if (schema == NULL)
		contract_refuse(load, at, "%s",
		    why.data != NULL ? why.data : "out of memory");
	text_release(&why);
	return (schema);
}

/* A copy of the body's schema that takes any items, at "/x-kov-outer/ID". */
static const char *
body_outer(struct load *load, const struct place *schema,
    const struct operation *operation)
{
	json_t	   *document = load->contract->document, *all, *copy, *array;
	struct text at = { 0 };
	const char *kept;

	copy = json_deep_copy(schema->value);
	array = json_object_get(json_object_get(copy, "properties"),
	    operation->each_member);
	json_object_del(array, "items");
	all = json_object_get(document, BODY_OUTER);
	if (all == NULL)
		json_object_set_new(document, BODY_OUTER, all = json_object());
	json_object_set_new(all, operation->id, copy);
	text_addf(&at, "/%s/%s", BODY_OUTER, operation->id);
	if (at.failed)
		abort();
	kept = contract_keep_text(load->contract, at.data, at.length);
	text_release(&at);
	return (kept);
}

/* Items are judged one by one, so the body's schema lets them pass. */
static bool
body_each(struct load *load, struct place place, struct place schema,
    struct operation *operation)
{
	struct place outer = contract_follow(load, schema), items;

	operation->each_member = json_string_value(json_object_get(place.value,
	    "x-kov-each"));
	if (operation->each_member == NULL)
		return (contract_refuse(load, place.at,
		    "x-kov-each: a member's name was expected"));
	items = contract_member(load, outer, "properties");
	items = contract_member(load, items, operation->each_member);
	items = contract_member(load, items, "items");
	if (items.value == NULL)
		return (contract_refuse(load, place.at,
		    "x-kov-each: a member of the body that has items was "
		    "expected"));
	operation->each = body_compile(load, items.at);
	operation->body = body_compile(load,
	    body_outer(load, &outer, operation));
	return (operation->each != NULL && operation->body != NULL);
}

static bool
body_media(struct load *load, struct place content, struct operation *operation)
{
	bool	    patches = operation->method == METHOD_PATCH;
	const char *expected = patches ? MEDIA_PATCH : MEDIA_JSON;

	operation->media =
	    json_object_iter_key(json_object_iter(content.value));
	if (json_object_size(content.value) == 1 &&
	    strcmp(operation->media, expected) == 0)
		return (true);
	return (contract_refuse(load, content.at,
	    "content of %s alone was expected", expected));
}

/* x-kov-upload: a form with a file, or the file itself as any other type
 * that is named. */
static bool
body_upload(struct load *load, struct place place, struct place content,
    struct operation *operation)
{
	json_t	  *upload = json_object_get(place.value, "x-kov-upload");
	json_int_t most = json_integer_value(upload);

	if (most < 1 || (size_t)most > BODY_MOST - FORM_ROOM ||
	    json_object_get(content.value, MEDIA_FORM) == NULL)
		return (contract_refuse(load, place.at,
		    "x-kov-upload: the most bytes of a file, and content of "
		    "%s, were expected",
		    MEDIA_FORM));
	operation->upload = content.value;
	operation->upload_max = (size_t)most;
	operation->body_max = (size_t)most + FORM_ROOM;
	operation->media = MEDIA_FORM;
	return (true);
}

static bool
body_is_taken(struct load *load, struct place place,
    const struct operation *operation)
{
	if (operation->method != METHOD_GET &&
	    operation->method != METHOD_DELETE)
		return (true);
	return (contract_refuse(load, place.at,
	    "no requestBody was expected of GET and DELETE"));
}

bool
contract_body(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	bool each = json_object_get(place.value, "x-kov-each") != NULL;
	bool upload = json_object_get(place.value, "x-kov-upload") != NULL;
	struct place body, content, schema;

	(void)path;
	body = contract_follow(load,
	    contract_member(load, place, "requestBody"));
	if (body.value == NULL)
		return ((!each && !upload) ||
		    contract_refuse(load, place.at,
			"%s: a requestBody was expected",
			each ? "x-kov-each" : "x-kov-upload"));
	content = contract_member(load, body, "content");
	if (!body_is_taken(load, place, operation) ||
	    !(upload ? body_upload(load, place, content, operation) :
		       body_media(load, content, operation)))
		return (false);
	content = contract_member(load, content, operation->media);
	schema = contract_member(load, content, "schema");
	if (schema.value == NULL)
		return (contract_refuse(load, content.at,
		    "a schema was expected"));
	if (!contract_closed(load, schema))
		return (false);
	operation->body_required = json_is_true(json_object_get(body.value,
	    "required"));
	if (each)
		return (body_each(load, place, schema, operation));
	operation->body = body_compile(load, schema.at);
	return (operation->body != NULL);
}
