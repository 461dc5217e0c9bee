/* A file on its way out: part by part, as fast as the client reads. */
#ifndef KOV_DOWNLOAD_H
#define KOV_DOWNLOAD_H

#include <stdint.h>

struct download;
struct http_request;
struct reply;

/* From what the function of an operation with x-kov-download answered:
 * {"file", "parts", "bytes", "name"}. Gives the reply its length and the
 * headers that let no browser open it. NULL: it is not understood. */
struct download *download_new(int64_t organisation, const char *json,
    struct reply *);
void		 download_free(struct download *); /* NULL is fine */

/* Sends the reply and then the file; done: all is sent, or the connection was
 * cut. */
void download_begin(struct download *, struct http_request *,
    const struct reply *, void (*done)(void *owner), void *owner);

#endif
