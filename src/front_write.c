/*
 * What goes out: the one place where an answer becomes bytes, be it the
 * handler's or the front's own refusal.
 */
#include "front_impl.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "call.h"
#include "cidr.h"
#include "conf.h"
#include "cors.h"
#include "head.h"
#include "id.h"
#include "kov.h"
#include "reply.h"

/* Reason phrases (RFC 9110, 15; RFC 6585); any other status goes without. */
static const struct {
	int	    status;
	const char *phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 207, "Multi-Status" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
};

static struct text block; /* the status line and headers being written */

static const char *
phrase_of(int status)
{
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (phrases[i].status == status)
			return (phrases[i].phrase);
	return ("");
}

/* What every answer carries, made anew each second. */
static const char *
common_headers(void)
{
	static char   text[128];
	static time_t made;
	char	      date[40];
	struct tm     tm;
	time_t	      now = time(NULL);

	if (now == made || gmtime_r(&now, &tm) == NULL)
		return (text);
	made = now;
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	snprintf(text, sizeof(text), "\r\ndate: %s\r\napi-version: %s\r\n",
	    date, KOV_VERSION);
	return (text);
}

static void
add_number(struct text *t, size_t number)
{
	char digits[24], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	text_add(t, p, (size_t)(digits + sizeof(digits) - p));
}

static void
write_block(const struct reply *reply, bool closing)
{
	size_t i;

	text_clear(&block);
	text_adds(&block, "HTTP/1.1 ");
	add_number(&block, (size_t)reply->status);
	text_adds(&block, " ");
	text_adds(&block, phrase_of(reply->status));
	text_adds(&block, common_headers());
	for (i = 0; i < reply->count; i++) {
		text_adds(&block, reply->headers[i].name);
		text_adds(&block, ": ");
		text_adds(&block, reply->headers[i].value);
		text_adds(&block, "\r\n");
	}
	if (closing) {
		text_adds(&block, "connection: close\r\n");
	} else {
		text_adds(&block,
		    "connection: keep-alive\r\nkeep-alive: timeout=");
		add_number(&block, http_keepalive_time);
		text_adds(&block, "\r\n");
	}
	if (!reply->no_content) { /* RFC 9110, 8.6 */
		text_adds(&block, "content-length: ");
		add_number(&block, reply->length);
		text_adds(&block, "\r\n");
	}
	text_adds(&block, "\r\n");
}

/* A copy that waits for a slow reader costs its size for each of them. */
static void
send_body(struct connection *c, const struct reply *reply)
{
	if (reply->lasting)
		net_send_stream(c, (void *)(uintptr_t)reply->body,
		    reply->length, NULL, NULL);
	else
		net_send_queue(c, reply->body, reply->length);
}

void
front_send(struct connection *c, const struct reply *reply, bool no_body,
    bool closing)
{
	write_block(reply, closing);
	if (block.failed) { /* no memory: half an answer would be a lie */
		text_release(&block);
		kore_connection_disconnect(c);
		return;
	}
	net_send_queue(c, block.data, block.length);
	if (!no_body && !reply->no_content && reply->length > 0)
		send_body(c, reply);
	if (!net_send_flush(c))
		kore_connection_disconnect(c);
}

void
front_request_id(const struct head *h, char *out)
{
	const struct head_field *f;

	f = h == NULL ? NULL : head_find(h, "x-request-id");
	if (f != NULL && f->length <= ID_REQUEST_MAX) {
		memcpy(out, f->value, f->length);
		out[f->length] = '\0';
		if (id_is_request(out))
			return;
	}
	id_new(out);
}

/* What every refusal carries beside its problem. */
void
front_dress(const struct connection *c, const struct head *h,
    struct reply *reply, const char *id)
{
	const struct front	*f = c->hdlr_extra;
	const struct head_field *origin = head_find(h, "origin");

	reply_header(reply, "x-request-id", "%s", id);
	if (!f->private_door)
		cors_answer(reply, origin != NULL ? origin->value : NULL,
		    origin != NULL ? origin->length : 0);
}

/* The client's: the rightmost untrusted one of X-Forwarded-For when the peer
 * is a trusted proxy, else the peer. out holds CIDR_TEXT. */
void
front_address(const struct connection *c, const struct head *head, char *out)
{
	const struct front *f = c->hdlr_extra;
	struct text	    hops = { 0 };

	if (f->proxied)
		head_list(head, "x-forwarded-for", &hops);
	if (hops.length == 0 ||
	    !cidr_client(conf_text(SETTING_TRUSTED_PROXIES), hops.data,
		hops.length, out))
		cidr_text((const struct sockaddr *)&c->addr, out);
	text_release(&hops);
}

void
front_refuse(struct connection *c, const struct head *h, enum problem problem,
    const char *detail)
{
	static const struct head none;
	struct reply		 reply = { 0 };
	char			 id[ID_REQUEST_MAX + 1], address[CIDR_TEXT];

	h = h == NULL ? &none : h;
	front_request_id(h, id);
	reply_problem(&reply, problem, id, detail, NULL);
	front_dress(c, h, &reply, id);
	front_count.refused++;
	front_address(c, h, address);
	call_refused(h, &reply, id, address);
	front_send(c, &reply, h->method == METHOD_HEAD, true);
	reply_release(&reply);
	front_close(c);
}

size_t
front_unsent(const struct connection *c)
{
	const struct netbuf *nb;
	size_t		     sum = 0;

	TAILQ_FOREACH(nb, &c->send_queue, list)
		sum += nb->b_len - nb->s_off;
	return (sum);
}

void
front_rest(struct connection *c)
{
	struct front *f = c->hdlr_extra;

	f->phase = FRONT_HEAD;
	f->begun = false;
	f->deadline = TAILQ_EMPTY(&c->send_queue) ?
	    kore_time_ms() + http_keepalive_time * 1000U :
	    front_patience(front_unsent(c));
}

/* What is left of a body that nobody wants is read away where it is small;
 * else the client is told to stop by closing. */
static bool
closes(const struct front *f)
{
	return (f->close || front_draining() || f->left > FRONT_SMALL);
}

void
front_done(struct connection *c)
{
	struct front *f = c->hdlr_extra;
	bool	      closing = closes(f);

	front_let_go(f);
	if (c->state != CONN_STATE_ESTABLISHED)
		return;
	if (closing) {
		front_close(c);
		return;
	}
	front_rest(c);
	if (f->left > 0) {
		f->phase = FRONT_DISCARD;
		f->deadline = front_patience(f->left);
	}
	if (f->more || f->eof) { /* rule 2: reports what already waits */
		f->more = false;
		kore_platform_event_all(c->fd, c);
	}
}

void
front_reply(struct http_request *req, const struct reply *reply)
{
	struct connection *c = req->owner;

	if (c == NULL)
		return; /* the client left while the request slept */
	req->status = (uint16_t)reply->status;
	front_count.answered++;
	front_send(c, reply, req->method == HTTP_METHOD_HEAD,
	    closes(c->hdlr_extra));
	front_done(c);
}
