/* A file on its way in: of a form or by itself, judged as it passes, and
 * stored part by part. Never more than a part of it is held. */
#ifndef KOV_UPLOAD_H
#define KOV_UPLOAD_H

#include "contract.h"
#include "front_stream.h"

struct head;
struct upload;

/* Told once all of it is stored, or it is refused (upload_refused). */
typedef void(upload_done_fn)(void *owner);

/* At the header: the problem of a body that cannot be one, else
 * PROBLEM_NONE and a new upload of an operation with x-kov-upload. detail is
 * HEAD_DETAIL bytes; most what its body may have. */
enum problem upload_new(struct upload **, const struct operation *,
    const struct head *, int64_t organisation, char *detail, size_t *most);

/* Frees it; what was stored and is kept by nobody is dropped. */
void upload_free(struct upload *); /* NULL is fine */

/* Takes the body from the request's front. */
void upload_begin(struct upload *, struct http_request *, upload_done_fn *,
    void *owner);

/* Makes the answer of one that was refused; false: it was not. */
struct reply;
bool upload_refused(const struct upload *, struct reply *,
    const char *instance);

/* The form as the contract means it: its fields, without the file itself, and
 * fileName, mediaType, bytes and sha256. A new value; NULL: faults say why. */
json_t *upload_body(struct upload *, struct faults *);

/* Adds what names the stored file to the function that may keep it. */
void upload_describe(const struct upload *, struct text *json);

/* The function's answer is there: it keeps the file, or not. */
void upload_settle(struct upload *, const struct reply *);

#endif
