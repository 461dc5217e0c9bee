/*
 * How a connection ends: lingering after an answer, by its deadline, or in
 * the drain of the whole worker.
 */
#include "front_impl.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"
#include "conf.h"
#include "log.h"

#define TICK_MS 100
#define SPARE 256		/* descriptors that are no connections */
#define HEAP_KEPT (4 << 20)	/* else malloc gives it back at each turn */
#define LINGER_BYTES (32 << 20) /* thrown away: who sends 12 MiB sees 413 */

struct front_times front_times = { 5000, 2000, 10000, 64 };

static volatile sig_atomic_t drain_wanted;
static uint64_t		     drain_began; /* kore_time_ms(); 0: not yet */
static pid_t		     parent;	  /* 0: front_prepare was not called */

uint64_t
front_patience(size_t bytes)
{
	return (kore_time_ms() + front_times.body + bytes / front_times.rate);
}

void
front_let_go(struct front *f)
{
	front_count.bodies -= f->body;
	f->body = 0;
	call_free(f->call);
	f->call = NULL;
	f->stream.sink = NULL;
	f->stream.drained = NULL;
}

/* Sends what is queued, then FIN, and reads on until the client's: a plain
 * close(2) with unread input would reset the answer away (RFC 9112, 9.6). */
void
front_linger(struct connection *c)
{
	struct front *f = c->hdlr_extra;
	ssize_t	      n = 1;

	if (!net_send_flush(c)) {
		kore_connection_disconnect(c);
		return;
	}
	if (!TAILQ_EMPTY(&c->send_queue))
		return;
	if (!f->shut) {
		f->shut = true;
		shutdown(c->fd, SHUT_WR);
		f->deadline = kore_time_ms() + front_times.linger;
	}
	while (n > 0 && f->discarded < LINGER_BYTES) {
		n = front_throw_away(c, LINGER_BYTES);
		f->discarded += n > 0 ? (size_t)n : 0;
	}
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		kore_connection_disconnect(c);
}

void
front_close(struct connection *c)
{
	struct front *f = c->hdlr_extra;

	if (c->state != CONN_STATE_ESTABLISHED)
		return;
	c->flags &= ~CONN_CLOSE_EMPTY & 0xffff; /* Kore would not linger */
	f->phase = FRONT_CLOSING;
	f->deadline = front_patience(front_unsent(c));
	front_linger(c);
}

static void
deadline_passed(struct connection *c)
{
	struct front *f = c->hdlr_extra;

	switch (f->phase) {
	case FRONT_HEAD:
		if (f->begun)
			front_refuse(c, NULL, PROBLEM_REQUEST_TIMEOUT,
			    "the header block took too long");
		else /* idle: nobody asked, so nothing is answered */
			kore_connection_disconnect(c);
		return;
	case FRONT_BODY:
		front_refuse(c, NULL, PROBLEM_REQUEST_TIMEOUT,
		    "the body took too long");
		return;
	case FRONT_TAKING:
		f->phase = FRONT_BUSY;
		f->deadline = 0;
		f->close = true;
		f->stream.sink->fail(f->stream.owner, PROBLEM_REQUEST_TIMEOUT,
		    "the body took too long");
		return;
	case FRONT_BUSY:
	case FRONT_DISCARD:
	case FRONT_CLOSING:
		kore_connection_disconnect(c);
		return;
	}
}

/* Whether it may be cut without anybody noticing. */
static bool
is_idle(const struct connection *c)
{
	const struct front *f = c->hdlr_extra;

	return (f->phase == FRONT_HEAD && !f->begun &&
	    TAILQ_EMPTY(&c->send_queue));
}

static bool
parent_is_gone(void)
{
	return (parent != 0 && getppid() != parent);
}

/* So that a successor can bind the ports while we still answer. */
static void
close_listeners(void)
{
	struct kore_server *server;
	struct listener	   *l;

	LIST_FOREACH(server, &kore_servers, list)
		LIST_FOREACH(l, &server->listeners, list)
			shutdown(l->fd, SHUT_RDWR);
}

/* Kore's loop gives the lock up by itself, and never gets one again, when
 * there is room for no connection. With one worker there is no lock. */
static void
drain_begin(void)
{
	drain_began = kore_time_ms();
	worker_max_connections = 0;
	kore_worker_make_busy();
	if (worker->has_lock)
		kore_platform_disable_accept();
	if (parent_is_gone())
		close_listeners();
}

/* In place of Kore's, which takes a closed listener for fatal: another
 * worker has found the parent gone before us. */
static void
accept_event(void *arg, int error)
{
	if (!error)
		kore_listener_accept(arg, 0);
	else if (drain_began == 0)
		drain_begin();
}

static void
drain_look(uint64_t now)
{
	uint64_t most = (uint64_t)conf_number(SETTING_DRAIN_SECONDS) * 1000;
	bool	 late = now - drain_began > most;

	if (!late && (front_count.open > 0 || call_open() > 0))
		return;
	log_say(late ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "front.drained",
	    "s:I, s:I", "milliseconds", (json_int_t)(now - drain_began), "left",
	    (json_int_t)front_count.open);
	sig_recv = SIGTERM; /* now Kore's loop may end */
}

static void
tick(void *unused, uint64_t now)
{
	struct connection  *c, *next;
	const struct front *f;
	size_t		    open = 0;

	(void)unused;
	if (drain_wanted && drain_began == 0)
		drain_begin();
	for (c = TAILQ_FIRST(&connections); c != NULL; c = next) {
		next = TAILQ_NEXT(c, list);
		if (!front_owns(c))
			continue;
		f = c->hdlr_extra;
		open++;
		if (f->deadline != 0 && now >= f->deadline) {
			deadline_passed(c);
		} else if (drain_began != 0 && is_idle(c)) {
			kore_connection_disconnect(c);
			open--;
		}
	}
	front_count.open = open;
	if (drain_began != 0)
		drain_look(now);
}

static void
on_signal(int number)
{
	(void)number;
	drain_wanted = 1;
}

bool
front_draining(void)
{
	return (drain_began != 0);
}

void
front_drain(void)
{
	drain_wanted = 1;
}

/* A worker without descriptors would spin on accept(2). And Kore looks at
 * every descriptor up to the soft limit, which may be a billion. */
static void
fit_limits(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return;
	if (rl.rlim_max < worker_max_connections + SPARE)
		worker_max_connections = rl.rlim_max > SPARE ?
		    (uint32_t)rl.rlim_max - SPARE :
		    1;
	rl.rlim_cur = worker_max_connections + SPARE < rl.rlim_max ?
	    worker_max_connections + SPARE :
	    rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
}

void
front_prepare(void)
{
	parent = getpid();
	fit_limits();
}

void
front_start(void)
{
	struct sigaction    drain = { .sa_handler = on_signal };
	struct sigaction    ignore = { .sa_handler = SIG_IGN };
	struct kore_server *server;
	struct listener	   *l;

	sigaction(SIGTERM, &drain, NULL);
	sigaction(SIGQUIT, &drain, NULL);
	sigaction(SIGINT, &drain, NULL);
	sigaction(SIGHUP, &ignore, NULL); /* a reload would drop requests */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (parent_is_gone())
		drain_wanted = 1; /* it died before the prctl */
	LIST_FOREACH(server, &kore_servers, list)
		LIST_FOREACH(l, &server->listeners, list)
			l->evt.handle = accept_event;
	mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
	kore_timer_add(tick, TICK_MS, NULL, 0);
}
