/*
 * What comes in: a header block is looked at in the socket (MSG_PEEK) and
 * taken whole or not at all, so that a silent or slow connection costs no
 * buffer and nothing behind a request is ever taken with it.
 */
#include "front_impl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "call.h"
#include "cidr.h"
#include "conf.h"
#include "head.h"
#include "id.h"
#include "reply.h"

#define WINDOW 16384 /* the largest header block, in bytes */
#define BLANKS 8     /* bytes of CRLF that may stand before it */

static char window[WINDOW]; /* one connection's socket, as it stands */

struct view { /* a whole header block in the window, and what is behind it */
	const char *from, *end; /* end: after its last line's CRLF */
	size_t	    used;	/* bytes from the window's start to the body */
	size_t	    behind;	/* bytes after that */
};

static enum problem
judge_unfinished(const char *from, size_t length, const char **why)
{
	const char *lf = from;

	*why = "this is not HTTP";
	if (length > 0 && !head_is_token(from, from + 1))
		return (PROBLEM_MALFORMED_REQUEST);
	*why = "a line feed stands alone";
	for (; (lf = memchr(lf, '\n', (size_t)(from + length - lf))) != NULL;
	     lf++)
		if (lf == from || lf[-1] != '\r')
			return (PROBLEM_MALFORMED_REQUEST);
	if (length < WINDOW - BLANKS)
		return (PROBLEM_NONE);
	*why = NULL;
	return (memchr(from, '\r', length) == NULL ? PROBLEM_URI_TOO_LONG :
						     PROBLEM_HEADERS_TOO_LARGE);
}

/* The block is not all there: wait, unless it cannot become one. */
static void
wait_for_head(struct connection *c, const char *from, size_t length)
{
	struct front *f = c->hdlr_extra;
	enum problem  problem;
	const char   *why;

	problem = judge_unfinished(from, length, &why);
	if (problem == PROBLEM_NONE && f->eof && length > 0) {
		problem = PROBLEM_MALFORMED_REQUEST;
		why = "the request ended before its empty line";
	}
	if (problem != PROBLEM_NONE) {
		front_refuse(c, NULL, problem, why);
		return;
	}
	if (f->eof) {
		kore_connection_disconnect(c);
		return;
	}
	c->evt.flags &= ~KORE_EVENT_READ;
	if (length > 0 && !f->begun) {
		f->begun = true;
		f->deadline = kore_time_ms() + front_times.head;
	}
}

ssize_t
front_throw_away(struct connection *c, size_t most)
{
	static char scratch[65536];

	return (recv(c->fd, scratch,
	    most < sizeof(scratch) ? most : sizeof(scratch), 0));
}

/* Takes bytes that were peeked at. False: the connection is gone. */
static bool
take(struct connection *c, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = front_throw_away(c, length);
		if (n <= 0) {
			kore_connection_disconnect(c);
			return (false);
		}
		length -= (size_t)n;
	}
	return (true);
}

/* Whether a read that gave n bytes, none or an error leaves something to
 * do; at the end, and on errors, it does what is to be done. */
bool
front_read_some(struct connection *c, ssize_t n)
{
	if (n > 0)
		return (true);
	if (n < 0 && errno == EINTR)
		return (false);
	if (n < 0 && errno == EAGAIN)
		c->evt.flags &= ~KORE_EVENT_READ;
	else if (n < 0)
		kore_connection_disconnect(c);
	return (false);
}

/* Refused at the header. What is left of the body is read away where it is
 * small; else the client is told to stop by closing (RFC 9112, 9.3). */
static void
turn_away(struct connection *c, const struct head *h, const struct view *v,
    struct reply *reply, const char *id)
{
	struct front *f = c->hdlr_extra;
	size_t	      body = h->length > 0 ? (size_t)h->length : 0;
	size_t	      here = body < v->behind ? body : v->behind;
	bool	      closing;
	char	      address[CIDR_TEXT];

	closing = h->close || h->old || h->expect || front_draining() ||
	    body > FRONT_SMALL;
	front_count.refused++;
	front_dress(c, h, reply, id);
	front_address(c, h, address);
	call_refused(h, reply, id, address);
	front_send(c, reply, h->method == METHOD_HEAD, closing);
	if (closing) {
		front_close(c);
		return;
	}
	if (!take(c, v->used + here))
		return;
	front_rest(c);
	if (body > here) {
		f->phase = FRONT_DISCARD;
		f->left = body - here;
		f->deadline = front_patience(f->left);
	}
}

static void
turn_away_with(struct connection *c, const struct head *h, const struct view *v,
    const char *id, enum problem problem)
{
	struct reply reply = { 0 };

	reply_problem(&reply, problem, id, h->detail[0] ? h->detail : NULL,
	    NULL);
	turn_away(c, h, v, &reply, id);
	reply_release(&reply);
}

/* OPTIONS * (RFC 9110, 9.3.7): of the server as such. */
static void
answer_star(struct connection *c, const struct head *h, const struct view *v,
    const char *id)
{
	struct reply reply = { .status = 204, .no_content = true };

	reply_header(&reply, "allow",
	    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
	turn_away(c, h, v, &reply, id);
	reply_release(&reply);
}

/* Whether there is room for this request's body; detail says why not. */
static enum problem
weigh_body(struct head *h, size_t most, bool in_pieces)
{
	size_t budget = (size_t)conf_number(SETTING_BODY_BUDGET);
	size_t body = h->length > 0 ? (size_t)h->length : 0;

	if (body > most) {
		if (most == 0)
			snprintf(h->detail, sizeof(h->detail),
			    "no body is taken here");
		else
			snprintf(h->detail, sizeof(h->detail),
			    "a body of %zu bytes at most is taken here", most);
		return (PROBLEM_TOO_LARGE);
	}
	if (in_pieces)
		body = FRONT_HELD;
	if (body > budget || front_count.bodies > budget - body) {
		snprintf(h->detail, sizeof(h->detail),
		    "too many large bodies are on their way in");
		return (PROBLEM_OVERLOADED);
	}
	return (PROBLEM_NONE);
}

static void
body_complete(struct connection *c, struct http_request *req)
{
	struct front *f = c->hdlr_extra;

	http_request_wakeup(req);
	req->flags |= HTTP_REQUEST_COMPLETE;
	req->flags &= ~HTTP_REQUEST_EXPECT_BODY & 0xffff;
	req->content_length = req->http_body_length;
	http_body_rewind(req);
	f->phase = FRONT_BUSY;
	f->deadline = 0;
	c->evt.flags &= ~KORE_EVENT_READ;
}

/* Kore has allocated Content-Length; what was in the window goes there. */
static void
body_begin(struct connection *c, struct http_request *req, const struct head *h,
    const struct view *v)
{
	struct front *f = c->hdlr_extra;
	size_t	      body = (size_t)h->length;
	size_t	      here = body < v->behind ? body : v->behind;

	memcpy(req->http_body->data, window + v->used, here);
	f->body = body;
	front_count.bodies += body;
	f->left = body - here;
	if (f->left == 0) {
		body_complete(c, req);
		return;
	}
	f->phase = FRONT_BODY;
	f->deadline = front_patience(body);
	if (h->expect && here == 0) {
		net_send_queue(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
		if (!net_send_flush(c))
			kore_connection_disconnect(c);
	}
}

/* Kore makes a request of the block written anew; it owns the buffer then. */
static struct http_request *
hand_over(struct connection *c, const struct head *h, const struct view *v)
{
	struct netbuf *nb = c->rnb;

	nb->m_len = (size_t)(v->end - v->from) + HEAD_ROOM;
	nb->b_len = nb->m_len;
	nb->buf = kore_malloc(nb->m_len);
	nb->s_off = head_write(h, (char *)nb->buf);
	(void)http_header_recv(nb);
	c->http_timeout = 0; /* our deadlines, not Kore's */
	kore_free(nb->buf);  /* its body buffer: front_read_body needs none */
	nb->buf = NULL;
	nb->m_len = 0;
	return (TAILQ_FIRST(&c->http_requests));
}

/* The handler takes the body itself, so it stays in the socket, and Kore
 * hears of a request without one. */
static void
let_in_pieces(struct connection *c, struct head *h, const struct view *v)
{
	struct front *f = c->hdlr_extra;

	if (!take(c, v->used))
		return;
	f->close = h->close || h->old;
	f->more = true;
	f->expect = h->expect && v->behind == 0;
	f->left = h->length > 0 ? (size_t)h->length : 0;
	f->body = FRONT_HELD;
	front_count.bodies += f->body;
	h->length = 0;
	f->phase = FRONT_BUSY;
	f->deadline = 0;
	if (hand_over(c, h, v) == NULL) {
		front_close(c); /* never: Kore refused what we wrote */
		return;
	}
	c->evt.flags &= ~KORE_EVENT_READ;
}

static void
let_in(struct connection *c, const struct head *h, const struct view *v)
{
	struct front	    *f = c->hdlr_extra;
	size_t		     body = h->length > 0 ? (size_t)h->length : 0;
	size_t		     here = body < v->behind ? body : v->behind;
	struct http_request *req;

	if (!take(c, v->used + here))
		return;
	f->close = h->close || h->old;
	f->more = v->behind > body || f->eof || v->used + v->behind == WINDOW;
	if ((req = hand_over(c, h, v)) == NULL) {
		front_close(c); /* never: Kore refused what we wrote */
		return;
	}
	if (req->flags & HTTP_REQUEST_EXPECT_BODY) {
		body_begin(c, req, h, v);
		return;
	}
	f->phase = FRONT_BUSY;
	f->deadline = 0;
	c->evt.flags &= ~KORE_EVENT_READ;
}

/* A legal request: whether it may come in is the gate's to say. */
static void
ask_gate(struct connection *c, struct head *h, const struct view *v)
{
	struct front  *f = c->hdlr_extra;
	struct reply   refusal = { 0 };
	enum problem   problem;
	size_t	       most = 0;
	char	       id[ID_REQUEST_MAX + 1], address[CIDR_TEXT];
	struct arrival arrival = { h, id, address, f->private_door };

	front_request_id(h, id);
	front_address(c, h, address);
	if (*h->target == '*') {
		answer_star(c, h, v, id);
		return;
	}
	if (http_request_count >= http_request_limit) {
		turn_away_with(c, h, v, id, PROBLEM_OVERLOADED);
		return;
	}
	f->call = call_gate(&arrival, &refusal, &most);
	if (f->call == NULL) {
		turn_away(c, h, v, &refusal, id);
		reply_release(&refusal);
		return;
	}
	if ((problem = weigh_body(h, most, call_takes(f->call))) !=
	    PROBLEM_NONE) {
		front_let_go(f);
		turn_away_with(c, h, v, id, problem);
		return;
	}
	if (call_takes(f->call))
		let_in_pieces(c, h, v);
	else
		let_in(c, h, v);
}

void
front_read_head(struct connection *c)
{
	const char  *from = window, *end;
	struct view  view;
	struct head  head;
	enum problem problem;
	ssize_t	     n;

	n = recv(c->fd, window, sizeof(window), MSG_PEEK);
	if (n == 0)
		kore_connection_disconnect(c); /* the client has done */
	if (!front_read_some(c, n))
		return;
	while (from - window < BLANKS && window + n - from >= 2 &&
	    memcmp(from, "\r\n", 2) == 0)
		from += 2;
	end = memmem(from, (size_t)(window + n - from), "\r\n\r\n", 4);
	if (end == NULL) {
		wait_for_head(c, from, (size_t)(window + n - from));
		return;
	}
	view.from = from;
	view.end = end + 2;
	view.used = (size_t)(end + 4 - window);
	view.behind = (size_t)n - view.used;
	problem = head_judge(&head, view.from, view.end);
	if (problem != PROBLEM_NONE)
		front_refuse(c, &head, problem, head.detail);
	else
		ask_gate(c, &head, &view);
}

void
front_read_body(struct connection *c)
{
	struct front	    *f = c->hdlr_extra;
	struct http_request *req = TAILQ_FIRST(&c->http_requests);
	ssize_t		     n;
	char		     byte;

	n = recv(c->fd, req->http_body->data + f->body - f->left, f->left, 0);
	if (n == 0)
		front_refuse(c, NULL, PROBLEM_MALFORMED_REQUEST,
		    "the body ended before its Content-Length");
	if (!front_read_some(c, n))
		return;
	f->left -= (size_t)n;
	if (f->left > 0)
		return;
	f->more = f->eof || recv(c->fd, &byte, 1, MSG_PEEK) >= 0;
	body_complete(c, req);
}

void
front_read_discard(struct connection *c)
{
	struct front *f = c->hdlr_extra;
	ssize_t	      n;

	n = front_throw_away(c, f->left);
	if (n == 0)
		kore_connection_disconnect(c);
	if (!front_read_some(c, n))
		return;
	f->left -= (size_t)n;
	if (f->left == 0)
		front_rest(c);
}
