/*
 * A small program behind the front, for its tests: a table of routes that
 * echo, sleep, are large or take little.
 */
#include <kore/kore.h>
#include <kore/hooks.h>
#include <kore/http.h>
#include <kore/seccomp.h>

#include <sys/mman.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "cidr.h"
#include "conf.h"
#include "front_impl.h"
#include "head.h"
#include "log.h"
#include "reply.h"

KORE_SECCOMP_FILTER("echo", KORE_SYSCALL_ALLOW(newfstatat),
    KORE_SYSCALL_ALLOW(shutdown), KORE_SYSCALL_ALLOW(prctl),
    KORE_SYSCALL_ALLOW(getppid), KORE_SYSCALL_ALLOW(mremap))

#define BIG (4 << 20)

typedef void(answer)(struct call *);
static answer answer_echo, answer_hello, answer_big, answer_counts,
    answer_empty, answer_same;

#define BODIES (METHOD_POST | METHOD_PUT | METHOD_PATCH)
#define READS (METHOD_GET | METHOD_HEAD | METHOD_OPTIONS)

static const struct route {
	const char *path;
	unsigned    methods;
	size_t	    body_max;
	answer	   *answer;
} routes[] = {
	{ "/echo", BODIES | READS | METHOD_DELETE, 1 << 18, answer_echo },
	{ "/hello", READS, 0, answer_hello },
	{ "/slow", READS | METHOD_POST, 1024, answer_hello },
	{ "/big", READS, 0, answer_big },
	{ "/batch", METHOD_POST, 4 << 20, answer_hello },
	{ "/counts", READS, 0, answer_counts },
	{ "/empty", READS | METHOD_DELETE, 0, answer_empty },
	{ "/same", READS, 0, answer_same },
};
#define ROUTES (sizeof(routes) / sizeof(*routes))

struct call {
	const struct route  *route;
	struct http_request *request;
	struct kore_timer   *nap;
	bool		     slept;
	struct reply	     reply;
	char		     id[80];
	char		     address[CIDR_TEXT];
	char		     path[HEAD_TARGET + 2];
};

static unsigned		 calls;
static _Atomic unsigned *calls_of_all; /* workers together */
static char		 big[BIG];

static void
answer_json(struct call *call, int status)
{
	call->reply.status = status;
	call->reply.body = call->reply.own.data;
	call->reply.length = call->reply.own.length;
	reply_header(&call->reply, "content-type", "application/json");
}

static void
answer_echo(struct call *call)
{
	struct http_request *req = call->request;
	struct text	    *t = &call->reply.own;
	struct http_header  *header;

	text_addf(t,
	    "{\"method\":\"%s\",\"path\":", http_method_text(req->method));
	text_add_json(t, call->path, strlen(call->path));
	text_adds(t, ",\"query\":");
	text_add_json(t, req->query_string != NULL ? req->query_string : "",
	    req->query_string != NULL ? strlen(req->query_string) : 0);
	text_addf(t,
	    ",\"host\":\"%s\",\"address\":\"%s\",\"private\":%s,"
	    "\"length\":%zu,\"body\":",
	    req->host, call->address, front_is_private(req) ? "true" : "false",
	    req->http_body_length);
	text_add_json(t,
	    req->http_body != NULL ? (const char *)req->http_body->data : "",
	    req->http_body_length);
	text_adds(t, ",\"headers\":{\"-\":\"\"");
	TAILQ_FOREACH(header, &req->req_headers, list) {
		text_adds(t, ",");
		text_add_json(t, header->header, strlen(header->header));
		text_adds(t, ":");
		text_add_json(t, header->value, strlen(header->value));
	}
	text_adds(t, "}}");
	answer_json(call, 200);
}

static void
answer_hello(struct call *call)
{
	text_addf(&call->reply.own, "{\"hello\":\"%s\",\"length\":%zu}",
	    call->request->query_string != NULL ? call->request->query_string :
						  "",
	    call->request->http_body_length);
	answer_json(call, 200);
}

static void
answer_big(struct call *call)
{
	memset(big, 'b', sizeof(big));
	call->reply.status = 200;
	call->reply.body = big;
	call->reply.length = sizeof(big);
	reply_header(&call->reply, "content-type", "text/plain");
}

static void
answer_counts(struct call *call)
{
	const struct front_counts *n = front_counts();

	text_addf(&call->reply.own,
	    "{\"accepted\":%zu,\"answered\":%zu,"
	    "\"refused\":%zu,\"left\":%zu,\"open\":%zu,\"bodies\":%zu,"
	    "\"calls\":%u,\"callsOfAll\":%u,"
	    "\"requests\":%u,\"pid\":%d}",
	    (size_t)n->accepted, (size_t)n->answered, (size_t)n->refused,
	    (size_t)n->left, n->open, n->bodies, calls, *calls_of_all,
	    http_request_count, (int)getpid());
	answer_json(call, 200);
}

static void
answer_empty(struct call *call)
{
	call->reply.status = 204;
	call->reply.no_content = true;
}

static void
answer_same(struct call *call)
{
	call->reply.status = 304;
	call->reply.no_content = true;
	reply_header(&call->reply, "etag", "\"same\"");
}

static void
nap_over(void *arg, uint64_t now)
{
	struct call *call = arg;

	(void)now;
	call->nap = NULL;
	call->slept = true;
	http_request_wakeup(call->request);
}

static void
call_gone(struct http_request *req)
{
	struct call **held = http_state_get(req);

	call_free(*held);
}

/* Bodies in pieces are the HTTP tests' (attachment.test.mjs). */
bool
call_takes(const struct call *call)
{
	(void)call;
	return (false);
}

struct call *
call_gate(const struct arrival *arrival, struct reply *refusal,
    size_t *body_max)
{
	struct call *call = calloc(1, sizeof(*call));
	size_t	     i;

	calls++;
	++*calls_of_all;
	snprintf(call->id, sizeof(call->id), "%s", arrival->id);
	snprintf(call->address, sizeof(call->address), "%s", arrival->address);
	for (i = 0; head_path(arrival->head, call->path) && i < ROUTES; i++) {
		if (strcmp(call->path, routes[i].path) != 0)
			continue;
		*body_max = routes[i].body_max;
		call->route = &routes[i];
		if (routes[i].methods & (unsigned)arrival->head->method)
			return (call);
		reply_problem(refusal, PROBLEM_METHOD_NOT_ALLOWED, arrival->id,
		    NULL, NULL);
		reply_header(refusal, "allow", "%s",
		    routes[i].methods & METHOD_GET ? "GET, HEAD, OPTIONS" :
						     "POST");
		break;
	}
	if (call->route == NULL)
		reply_problem(refusal, PROBLEM_NOT_FOUND, arrival->id, NULL,
		    NULL);
	call_free(call);
	return (NULL);
}

void
call_free(struct call *call)
{
	if (call == NULL)
		return;
	calls--;
	--*calls_of_all;
	if (call->nap != NULL)
		kore_timer_remove(call->nap);
	reply_release(&call->reply);
	free(call);
}

void
call_refused(const struct head *head, const struct reply *reply,
    const char *request_id, const char *address)
{
	log_say(LOG_LEVEL_INFO, "refused", "s:i, s:i, s:s, s:s", "method",
	    (int)head->method, "status", reply->status, "request", request_id,
	    "address", address);
}

unsigned
call_open(void)
{
	return (calls);
}

int
call_handle(struct http_request *req)
{
	struct call **held, *call;

	if (!http_state_exists(req)) {
		held = http_state_create(req, sizeof(*held), call_gone);
		*held = front_call(req);
		(*held)->request = req;
	}
	held = http_state_get(req);
	call = *held;
	if (strcmp(call->path, "/slow") == 0 && !call->slept) {
		call->nap = kore_timer_add(nap_over,
		    req->query_string != NULL ?
			strtoul(req->query_string, NULL, 10) :
			100,
		    call, KORE_TIMER_ONESHOT);
		http_request_sleep(req);
		return (KORE_RESULT_RETRY);
	}
	call->route->answer(call);
	reply_header(&call->reply, "x-request-id", "%s", call->id);
	front_reply(req, &call->reply);
	return (KORE_RESULT_OK);
}

void
kore_parent_configure(int argc, char **argv)
{
	struct text error = { 0 };

	(void)argc;
	(void)argv;
	if (!conf_load(&error)) {
		fprintf(stderr, "echo: %s\n", error.data);
		exit(1);
	}
	log_open("echo", LOG_LEVEL_INFO);
	calls_of_all = mmap(NULL, sizeof(*calls_of_all), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (calls_of_all == MAP_FAILED)
		exit(1);
	front_prepare();
}

/* FRONT_TIMES="head linger body rate": shorter times than the real ones. */
static void
shorten(void)
{
	const char *times = getenv("FRONT_TIMES");

	if (times != NULL &&
	    sscanf(times, "%u %u %u %u", &front_times.head, &front_times.linger,
		&front_times.body, &front_times.rate) != 4)
		exit(1);
}

void
kore_worker_configure(void)
{
	shorten();
	front_start();
}

/* Kore's own lines, which -f leaves block-buffered: tests read them. */
__attribute__((constructor)) static void
lines(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
