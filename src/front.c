/*
 * One connection: everything between accept(2) and the handler. By public
 * hooks of Kore only: bind IP PORT front_connect, the event's handle,
 * http_header_recv (kore.md says what Kore alone would do).
 */
#include "front_impl.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>

#include "call.h"
#include "cidr.h"
#include "conf.h"

#define TURNS 64 /* requests a connection may have in one event */

struct front_counts front_count;

typedef void(reader)(struct connection *);

/* What a phase does with what comes in; NULL: it waits for the handler, or
 * reads at its own event only. */
static reader *const readers[] = {
	[FRONT_HEAD] = front_read_head,
	[FRONT_BODY] = front_read_body,
	[FRONT_BUSY] = NULL,
	[FRONT_TAKING] = front_read_taking,
	[FRONT_DISCARD] = front_read_discard,
	[FRONT_CLOSING] = NULL,
};

/* Kore's error is EPOLLERR, EPOLLHUP or EPOLLRDHUP: the last is only the
 * client's FIN, and it may still want its answer. */
static bool
is_reset(const struct connection *c)
{
	struct pollfd p = { .fd = c->fd };

	return (poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP)));
}

/* Once an answer that waited for the client is out, the idle time begins. */
static void
flush(struct connection *c)
{
	struct front *f = c->hdlr_extra;

	if (TAILQ_EMPTY(&c->send_queue))
		return;
	if (!net_send_flush(c))
		kore_connection_disconnect(c);
	else if (!TAILQ_EMPTY(&c->send_queue))
		return;
	else if (f->phase == FRONT_HEAD)
		front_rest(c);
	else if (f->phase == FRONT_BUSY && f->stream.drained != NULL) {
		f->deadline = 0;
		f->stream.drained(f->stream.owner);
	}
}

/* Nothing of the next request is looked at while an answer is unsent: who
 * does not read cannot make us hoard. */
static bool
may_read(const struct connection *c)
{
	const struct front *f = c->hdlr_extra;

	return (c->state == CONN_STATE_ESTABLISHED &&
	    (c->evt.flags & KORE_EVENT_READ) != 0 &&
	    readers[f->phase] != NULL &&
	    (f->phase != FRONT_HEAD || TAILQ_EMPTY(&c->send_queue)));
}

static void
read_all(struct connection *c)
{
	struct front *f = c->hdlr_extra;
	int	      turn;

	for (turn = 0; turn < TURNS && may_read(c); turn++)
		readers[f->phase](c);
	if (may_read(c)) { /* let others have their turn (rule 2) */
		kore_platform_event_all(c->fd, c);
	} else if (f->phase == FRONT_BUSY &&
	    (c->evt.flags & KORE_EVENT_READ) != 0) {
		f->more = true;
		c->evt.flags &= ~KORE_EVENT_READ;
	}
}

static void
front_event(void *arg, int error)
{
	struct connection *c = arg;
	struct front	  *f = c->hdlr_extra;

	if (c->state != CONN_STATE_ESTABLISHED)
		return;
	if (f->phase == FRONT_CLOSING) {
		front_linger(c);
		return;
	}
	if (error && is_reset(c)) {
		kore_connection_disconnect(c);
		return;
	}
	if (error) {
		f->eof = true;
		c->evt.flags |= KORE_EVENT_READ;
	}
	flush(c);
	read_all(c);
}

/* Kore's hook before a connection goes. */
static void
front_left(struct connection *c)
{
	if (!TAILQ_EMPTY(&c->http_requests))
		front_count.left++;
	front_let_go(c->hdlr_extra);
}

static void
welcome(struct connection *c, bool private_door)
{
	struct front *f = kore_calloc(1, sizeof(*f));

	f->private_door = private_door;
	f->proxied = cidr_list_has(conf_text(SETTING_TRUSTED_PROXIES),
	    (const struct sockaddr *)&c->addr);
	c->hdlr_extra = f;
	c->proto = CONN_PROTO_HTTP;
	c->evt.flags = 0; /* Kore leaves a former connection's there */
	c->evt.handle = front_event;
	c->disconnect = front_left;
	c->http_timeout = 0; /* all deadlines are the tick's */
	c->idle_timer.length = UINT64_MAX;
	net_recv_queue(c, 1, NETBUF_CALL_CB_ALWAYS, http_header_recv);
	kore_free(c->rnb->buf); /* front_read.c brings its own */
	c->rnb->buf = NULL;
	c->rnb->m_len = 0;
	front_count.accepted++;
	front_rest(c);
}

bool
front_owns(const struct connection *c)
{
	return (c->evt.handle == front_event);
}

void
front_connect(struct connection *c)
{
	welcome(c, false);
}

void
front_connect_private(struct connection *c)
{
	welcome(c, true);
}

struct call *
front_call(struct http_request *req)
{
	struct front *f;
	struct call  *call;

	if (req->owner == NULL)
		return (NULL);
	f = req->owner->hdlr_extra;
	call = f->call;
	f->call = NULL;
	return (call);
}

bool
front_is_private(const struct http_request *req)
{
	const struct front *f;

	f = req->owner == NULL ? NULL : req->owner->hdlr_extra;
	return (f != NULL && f->private_door);
}

const struct front_counts *
front_counts(void)
{
	return (&front_count);
}
