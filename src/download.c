/*
 * A file on its way out. A part is asked for when the one before has left
 * for the socket, so a slow client holds one part, and no more.
 */
#include "download.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "disposition.h"
#include "front_stream.h"
#include "id.h"
#include "reply.h"
#include "store.h"

struct download {
	struct http_request *request;
	void (*done)(void *);
	void	     *owner;
	int64_t	      organisation;
	char	      file[ID_UUID];
	unsigned      part, parts;
	size_t	      left; /* bytes */
	struct store *store;
};

/* Served from our own origin, so that nothing in it may run: it is saved, not
 * shown; and if shown, then as what it is, in a sandbox. */
static const char *const headers[][2] = {
	{ "x-content-type-options", "nosniff" },
	{ "content-security-policy", "default-src 'none'; sandbox" },
	{ "cross-origin-resource-policy", "same-site" },
	{ "accept-ranges", "none" },
};

struct download *
download_new(int64_t organisation, const char *json, struct reply *reply)
{
	json_auto_t	*said = json_loads(json, 0, NULL);
	struct download *d = calloc(1, sizeof(*d));
	struct text	 name = { 0 };
	const char	*file, *called;
	json_int_t	 parts, bytes;
	size_t		 i;

	if (d == NULL ||
	    json_unpack(said, "{s:s, s:I, s:I, s:s}", "file", &file, "parts",
		&parts, "bytes", &bytes, "name", &called) != 0) {
		free(d);
		return (NULL);
	}
	d->organisation = organisation;
	snprintf(d->file, sizeof(d->file), "%s", file);
	d->parts = (unsigned)parts;
	d->left = reply->length = (size_t)bytes;
	disposition_write(&name, called);
	reply_header(reply, "content-disposition", "%s",
	    name.data != NULL ? name.data : "attachment");
	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		reply_header(reply, headers[i][0], "%s", headers[i][1]);
	text_release(&name);
	return (d);
}

void
download_free(struct download *d)
{
	if (d != NULL)
		store_leave(d->store);
	free(d);
}

static void download_next(void *);

/* Less or more than was promised: the client must not take it for whole. */
static void
download_fail(struct download *d)
{
	front_break(d->request);
	d->done(d->owner);
}

static void
download_part(void *owner, enum problem problem, const char *bytes, size_t n)
{
	struct download *d = owner;

	d->store = NULL;
	if (problem != PROBLEM_NONE || n == 0 || n > d->left) {
		download_fail(d);
		return;
	}
	d->part++;
	d->left -= n;
	if (front_give(d->request, bytes, n))
		download_next(d);
}

/* All that was given is out. */
static void
download_next(void *owner)
{
	struct download *d = owner;

	if (d->store != NULL)
		return;
	if (d->left == 0) {
		front_end(d->request);
		d->done(d->owner);
		return;
	}
	if (d->part < d->parts)
		d->store = store_get(d->organisation, d->file, d->part,
		    download_part, d);
	if (d->store == NULL)
		download_fail(d);
}

void
download_begin(struct download *d, struct http_request *request,
    const struct reply *reply, void (*done)(void *), void *owner)
{
	d->request = request;
	d->done = done;
	d->owner = owner;
	front_begin(request, reply, download_next, d);
	download_next(d);
}
