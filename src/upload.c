/*
 * A file on its way in: socket -> form -> judge and digest -> parts.
 *
 * While a part is being stored nothing is read from the socket, so a slow
 * database slows the client down instead of filling our memory.
 */
#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "head.h"
#include "id.h"
#include "media.h"
#include "multipart.h"
#include "negotiate.h"
#include "reply.h"
#include "sign.h"
#include "store.h"

#define FORM "multipart/form-data"
#define FIELD_MAX 16384 /* bytes of a form's field that is no file */
#define SLACK (MULTIPART_BOUNDARY + 4) /* what a form may hold back */

struct upload {
	const struct operation *operation;
	struct http_request    *request;
	upload_done_fn	       *done;
	void		       *owner;
	int64_t			organisation;
	enum problem		problem; /* what it is refused for… */
	const char	       *why;	 /* …and the sentence, or NULL */
	struct faults		faults;
	bool			raw, in_file, has_file, whole;
	struct multipart	multipart;
	struct media		media;
	char			claimed[MULTIPART_MEDIA];
	char			sent_name[DISPOSITION_FILE];
	json_t		       *fields; /* of the form; "file" is "" */
	char			field[DISPOSITION_NAME];
	struct text		value; /* of the field being read */
	struct sign_hash       *hash;
	uint8_t			digest[SIGN_BYTES];
	char			file[ID_UUID];
	size_t			bytes; /* of the file */
	unsigned		parts; /* stored or being stored */
	struct store	       *store; /* a part is being stored */
	size_t			held;
	char			part[STORE_PART + SLACK];
};

static bool
upload_refuse(struct upload *u, enum problem problem, const char *why)
{
	if (u->problem == PROBLEM_NONE) {
		u->problem = problem;
		u->why = why;
	}
	return (false);
}

static bool
upload_fault(struct upload *u, const char *field, const char *code,
    const char *detail)
{
	char where[DISPOSITION_NAME + 2];

	snprintf(where, sizeof(where), "#/%s", field);
	faults_add(&u->faults, false, where, code, "%s", detail);
	return (upload_refuse(u, PROBLEM_INVALID_INPUT, NULL));
}

/* ---- the file ---- */

static bool
file_begin(struct upload *u, const char *claimed)
{
	json_object_set_new(u->fields, "file", json_string(""));
	u->has_file = u->in_file = true;
	snprintf(u->claimed, sizeof(u->claimed), "%s", claimed);
	u->hash = sign_hash_new();
	id_new(u->file);
	return (true);
}

/* As soon as its type is known a claim of another one ends it. */
static bool
file_claim(struct upload *u)
{
	if (u->media.type == NULL || media_is(u->media.type, u->claimed))
		return (true);
	return (upload_refuse(u, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
	    "the file is not of the type that is claimed for it; its "
	    "content was looked at"));
}

static bool
file_data(struct upload *u, const char *bytes, size_t n)
{
	u->bytes += n;
	if (u->bytes > u->operation->upload_max)
		return (upload_refuse(u, PROBLEM_TOO_LARGE, NULL));
	if (!media_add(&u->media, bytes, n))
		return (upload_refuse(u, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
		    u->media.why));
	if (!file_claim(u))
		return (false);
	sign_hash_add(u->hash, bytes, n);
	memcpy(u->part + u->held, bytes, n);
	u->held += n;
	return (true);
}

static bool
file_end(struct upload *u)
{
	bool ok;

	u->in_file = false;
	if (u->bytes == 0)
		return (upload_fault(u, "file", "minLength",
		    "must have at least one byte"));
	if (!media_end(&u->media))
		return (upload_refuse(u, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
		    u->media.why));
	ok = sign_hash_end(u->hash, u->digest);
	u->hash = NULL;
	if (!ok)
		return (upload_refuse(u, PROBLEM_INTERNAL, NULL));
	return (file_claim(u));
}

/* ---- the form ---- */

static bool
form_begin(void *owner, const struct multipart_part *part)
{
	struct upload		 *u = owner;
	const struct disposition *d = &part->disposition;

	snprintf(u->field, sizeof(u->field), "%s", d->name);
	text_clear(&u->value);
	if (json_object_get(u->fields, d->name) != NULL)
		return (upload_fault(u, d->name, "maxItems",
		    "must come once; send each file by itself"));
	if (strcmp(d->name, "file") != 0)
		return (true);
	memcpy(u->sent_name, d->file, sizeof(u->sent_name));
	return (file_begin(u, part->media));
}

static bool
form_data(void *owner, const char *bytes, size_t n)
{
	struct upload *u = owner;

	if (u->in_file)
		return (file_data(u, bytes, n));
	text_add(&u->value, bytes, n);
	return (u->value.length <= FIELD_MAX ||
	    upload_fault(u, u->field, "maxLength",
		"must be at most 16384 bytes"));
}

static bool
form_end(void *owner)
{
	struct upload *u = owner;
	const char    *said = u->value.data != NULL ? u->value.data : "";
	json_t	      *value;

	if (u->in_file)
		return (file_end(u));
	value = json_stringn(said, u->value.length);
	if (value == NULL || memchr(said, '\0', u->value.length) != NULL) {
		json_decref(value);
		return (upload_fault(u, u->field, "type",
		    "must be text in UTF-8, without NUL"));
	}
	json_object_set_new(u->fields, u->field, value);
	return (true);
}

static const struct multipart_reader form_reader = { form_begin, form_data,
	form_end };

static bool
form_bytes(struct upload *u, const char *bytes, size_t n, bool last)
{
	enum multipart_end end = multipart_feed(&u->multipart, bytes, n);

	if (last)
		end = multipart_finish(&u->multipart);
	if (end == MULTIPART_STOP)
		return (false);
	if (end == MULTIPART_BAD)
		return (upload_refuse(u, PROBLEM_MALFORMED_FORM,
		    u->multipart.why));
	return (true);
}

static bool
raw_bytes(struct upload *u, const char *bytes, size_t n, bool last)
{
	if (n > 0 && !file_data(u, bytes, n))
		return (false);
	return (!last || file_end(u));
}

/* ---- parts ---- */

static void upload_go_on(struct upload *);

static void
upload_stored(void *owner, enum problem problem, const char *bytes, size_t n)
{
	struct upload *u = owner;

	(void)bytes;
	(void)n;
	u->store = NULL;
	if (problem != PROBLEM_NONE)
		upload_refuse(u, problem, NULL);
	upload_go_on(u);
}

/* Stores what is held: whole parts, and at the end the rest. */
static void
upload_store(struct upload *u)
{
	size_t n = u->held < STORE_PART ? u->held : STORE_PART;

	u->store = store_put(u->organisation, u->file, u->parts, u->part, n,
	    upload_stored, u);
	if (u->store == NULL) {
		upload_refuse(u, PROBLEM_OVERLOADED, NULL);
		return;
	}
	u->parts++;
	u->held -= n;
	memmove(u->part, u->part + n, u->held);
}

/* Whatever comes next: a part to store, bytes to wait for, or the end. */
static void
upload_go_on(struct upload *u)
{
	if (u->problem == PROBLEM_NONE && u->store == NULL &&
	    (u->held >= STORE_PART || (u->whole && u->held > 0)))
		upload_store(u);
	if (u->store != NULL && u->problem == PROBLEM_NONE)
		return;
	if (u->problem != PROBLEM_NONE || u->whole)
		u->done(u->owner);
	else
		front_go_on(u->request);
}

/* ---- the front's sink ---- */

static size_t
upload_room(void *owner)
{
	const struct upload *u = owner;

	return (u->store != NULL ? 0 : sizeof(u->part) - SLACK - u->held);
}

static void
upload_take(void *owner, const char *bytes, size_t n, bool last)
{
	struct upload *u = owner;
	bool	       ok;

	ok = u->raw ? raw_bytes(u, bytes, n, last) :
		      form_bytes(u, bytes, n, last);
	if (ok && last && !u->has_file)
		ok = upload_fault(u, "file", "required",
		    "is missing: a part of the form named file is expected");
	u->whole = ok && last;
	if (!ok || last || u->held >= STORE_PART)
		upload_go_on(u);
}

static void
upload_fail(void *owner, enum problem problem, const char *why)
{
	struct upload *u = owner;

	upload_refuse(u, problem, why);
	upload_go_on(u);
}

static const struct front_sink upload_sink = { upload_room, upload_take,
	upload_fail };

void
upload_begin(struct upload *u, struct http_request *request,
    upload_done_fn *done, void *owner)
{
	u->request = request;
	u->done = done;
	u->owner = owner;
	front_take(request, &upload_sink, u);
}

/* ---- at the header ---- */

/* The type of a body, as the contract names it; NULL: it takes none such. */
static const char *
upload_media(const struct operation *o, const char *type)
{
	const char   *name;
	const json_t *media;
	void	     *i;

	for (i = json_object_iter(o->upload); i != NULL;
	     i = json_object_iter_next(o->upload, i)) {
		name = json_object_iter_key(i);
		media = json_object_iter_value(i);
		if (media != NULL && negotiate_is(type, name))
			return (name);
	}
	return (NULL);
}

static enum problem
upload_headers(struct upload *u, const struct operation *o, const char *type,
    const struct head *head, char *detail)
{
	const struct head_field *f = head_find(head, "content-disposition");
	struct disposition	 d;

	if (upload_media(o, type) == NULL) {
		snprintf(detail, HEAD_DETAIL,
		    "%s is expected, or a file of a type that is taken", FORM);
		return (PROBLEM_UNSUPPORTED_MEDIA_TYPE);
	}
	u->raw = !negotiate_is(type, FORM);
	if (!u->raw) {
		if (multipart_begin(&u->multipart, type, &form_reader, u))
			return (PROBLEM_NONE);
		snprintf(detail, HEAD_DETAIL, "%s is expected of %s",
		    u->multipart.why, FORM);
		return (PROBLEM_MALFORMED_FORM);
	}
	file_begin(u, type);
	if (f == NULL)
		return (PROBLEM_NONE);
	if (!disposition_read(&d, f->value, f->length)) {
		snprintf(detail, HEAD_DETAIL,
		    "Content-Disposition: attachment; filename=\"…\" is "
		    "expected, or none");
		return (PROBLEM_MALFORMED_REQUEST);
	}
	memcpy(u->sent_name, d.file, sizeof(u->sent_name));
	return (PROBLEM_NONE);
}

enum problem
upload_new(struct upload **out, const struct operation *o,
    const struct head *head, int64_t organisation, char *detail, size_t *most)
{
	const struct head_field *f = head_find(head, "content-type");
	struct upload		*u = calloc(1, sizeof(*u));
	char	    *type = f != NULL ? strndup(f->value, f->length) : NULL;
	enum problem problem = PROBLEM_INTERNAL;

	*out = NULL;
	if (u != NULL && (u->fields = json_object()) != NULL) {
		u->operation = o;
		u->organisation = organisation;
		problem = upload_headers(u, o, type, head, detail);
	}
	free(type);
	if (problem != PROBLEM_NONE) {
		upload_free(u);
		return (problem);
	}
	*most = u->raw ? o->upload_max : o->body_max;
	*out = u;
	return (PROBLEM_NONE);
}

void
upload_free(struct upload *u)
{
	if (u == NULL)
		return;
	store_leave(u->store);
	if (u->parts > 0)
		store_drop(u->organisation, u->file);
	sign_hash_end(u->hash, NULL);
	faults_release(&u->faults);
	text_release(&u->value);
	json_decref(u->fields);
	free(u);
}

/* ---- what came of it ---- */

bool
upload_refused(const struct upload *u, struct reply *reply,
    const char *instance)
{
	char limit[64];

	if (u->problem == PROBLEM_NONE)
		return (false);
	snprintf(limit, sizeof(limit), "a file of %zu bytes at most is taken",
	    u->operation->upload_max);
	if (u->faults.count > 0)
		reply_faults(reply, &u->faults, instance);
	else
		reply_problem(reply, u->problem, instance,
		    u->problem == PROBLEM_TOO_LARGE ? limit : u->why, NULL);
	return (true);
}

json_t *
upload_body(struct upload *u, struct faults *faults)
{
	struct text name = { 0 };
	char	    hex[SIGN_HEX];
	json_t	   *normal, *body;

	schema_check(u->operation->body, u->fields, "#", faults);
	if (faults->count > 0)
		return (NULL);
	normal = schema_normal(u->operation->body, u->fields);
	body = json_copy(normal);
	json_decref(normal);
	sign_hex(u->digest, sizeof(u->digest), hex);
	disposition_clean(&name, u->sent_name, u->media.type->extensions);
	json_object_del(body, "file");
	json_object_set_new(body, "fileName",
	    json_string(name.data != NULL ? name.data : ""));
	json_object_set_new(body, "mediaType",
	    json_string(u->media.type->name));
	json_object_set_new(body, "bytes", json_integer((json_int_t)u->bytes));
	json_object_set_new(body, "sha256", json_string(hex));
	text_release(&name);
	return (body);
}

void
upload_describe(const struct upload *u, struct text *json)
{
	text_addf(json, "{\"file\":\"%s\",\"parts\":%u}", u->file, u->parts);
}

void
upload_settle(struct upload *u, const struct reply *reply)
{
	size_t i;

	for (i = 0; i < reply->count; i++)
		if (strcmp(reply->headers[i].name, "idempotent-replayed") == 0)
			return;
	if (reply->status == 201)
		u->parts = 0;
}
