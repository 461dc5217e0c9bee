/*
 * Bodies that are passed on piece by piece, in and out, so that their size
 * costs no memory. Whoever cannot take a piece now stops the socket with it.
 */
#include "front_impl.h"

#include <sys/socket.h>

#include "reply.h"

/* ---- in ---- */

/* The handler answers next; what is left of the body front_done judges. */
static void
taken(struct front *f)
{
	f->phase = FRONT_BUSY;
	f->deadline = 0;
}

static void
wait_for_body(struct connection *c, struct front *f)
{
	f->phase = FRONT_TAKING;
	c->evt.flags |= KORE_EVENT_READ;
	kore_platform_event_all(c->fd, c); /* rule 2 */
}

void
front_take(struct http_request *req, const struct front_sink *sink, void *owner)
{
	struct connection *c = req->owner;
	struct front	  *f;

	if (c == NULL)
		return;
	f = c->hdlr_extra;
	f->stream.sink = sink;
	f->stream.owner = owner;
	if (f->left == 0) {
		sink->take(owner, "", 0, true);
		return;
	}
	f->deadline = front_patience(f->left);
	if (f->expect) {
		net_send_queue(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
		if (!net_send_flush(c)) {
			kore_connection_disconnect(c);
			return;
		}
	}
	wait_for_body(c, f);
}

void
front_go_on(struct http_request *req)
{
	struct connection *c = req->owner;
	struct front	  *f;

	if (c == NULL || c->state != CONN_STATE_ESTABLISHED)
		return;
	f = c->hdlr_extra;
	if (f->phase != FRONT_BUSY)
		return; /* it did not notice that it was to wait */
	f->deadline = kore_time_ms() + f->stream.patience;
	wait_for_body(c, f);
}

void
front_read_taking(struct connection *c)
{
	static char   piece[65536];
	struct front *f = c->hdlr_extra;
	size_t	      room = f->stream.sink->room(f->stream.owner);
	uint64_t      now = kore_time_ms();
	ssize_t	      n;
	char	      byte;

	if (room == 0) { /* the time it waits is ours, not the client's */
		f->stream.patience = f->deadline > now ? f->deadline - now : 1;
		taken(f);
		return;
	}
	room = room < sizeof(piece) ? room : sizeof(piece);
	n = recv(c->fd, piece, room < f->left ? room : f->left, 0);
	if (n == 0) {
		taken(f);
		f->close = true;
		f->stream.sink->fail(f->stream.owner, PROBLEM_MALFORMED_REQUEST,
		    "the body ended before its Content-Length");
		return;
	}
	if (!front_read_some(c, n))
		return;
	f->left -= (size_t)n;
	if (f->left == 0) {
		taken(f);
		f->more = f->eof || recv(c->fd, &byte, 1, MSG_PEEK) >= 0;
	}
	f->stream.sink->take(f->stream.owner, piece, (size_t)n, f->left == 0);
}

/* ---- out ---- */

void
front_begin(struct http_request *req, const struct reply *reply,
    void (*drained)(void *), void			 *owner)
{
	struct connection *c = req->owner;
	struct front	  *f;

	if (c == NULL)
		return;
	f = c->hdlr_extra;
	f->stream.drained = drained;
	f->stream.owner = owner;
	req->status = (uint16_t)reply->status;
	front_count.answered++;
	front_send(c, reply, true, f->close || front_draining());
}

bool
front_give(struct http_request *req, const char *bytes, size_t n)
{
	struct connection *c = req->owner;
	struct front	  *f;

	if (c == NULL || c->state != CONN_STATE_ESTABLISHED)
		return (false);
	f = c->hdlr_extra;
	net_send_queue(c, bytes, n);
	if (!net_send_flush(c)) {
		kore_connection_disconnect(c);
		return (false);
	}
	if (TAILQ_EMPTY(&c->send_queue)) {
		f->deadline = 0;
		return (true);
	}
	f->deadline = front_patience(front_unsent(c));
	return (false);
}

void
front_end(struct http_request *req)
{
	if (req->owner != NULL)
		front_done(req->owner);
}

void
front_break(struct http_request *req)
{
	if (req->owner != NULL)
		kore_connection_disconnect(req->owner);
}
