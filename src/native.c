/* The operations C answers itself: health, contract, problems, the
 * reference page, exposition. */
#include "native.h"

#include <kore/kore.h>
#include <kore/http.h>

#include <string.h>

#include "answer.h"
#include "conf.h"
#include "counts.h"
#include "exposition.h"
#include "front.h"
#include "kov.h"
#include "negotiate.h"
#include "page.h"
#include "sign.h"
#include "worker.h"

struct native {
	const char *path; /* a trailing slash: what lies below it */
	const char *operation;
	bool	    private_door;
	bool (*answer)(struct call *);
};

static bool
native_body(struct call *call, const char *media)
{
	call->reply.status = 200;
	call->reply.body = call->reply.own.data;
	call->reply.length = call->reply.own.length;
	reply_header(&call->reply, "content-type", "%s", media);
	return (true);
}

/* Never touches the database: the worker is alive, for it answers. */
static bool
native_livez(struct call *call)
{
	text_adds(&call->reply.own, "ok\n");
	return (native_body(call, "text/plain; charset=utf-8"));
}

static void
native_ready(void *owner, enum lane_end end, const PGresult *r, int row)
{
	struct call *call = owner;
	const char  *said;

	call->ask = NULL;
	call->state = CALL_ANSWER;
	said = end == LANE_OK ? PQgetvalue(r, row, 2) : "the database is away";
	if (end == LANE_OK && strcmp(said, "ok") == 0) {
		text_adds(&call->reply.own, "ok\n");
		native_body(call, "text/plain; charset=utf-8");
	} else
		reply_problem(&call->reply, PROBLEM_UNAVAILABLE, call->id, said,
		    NULL);
	http_request_wakeup(call->request);
}

static bool
native_readyz(struct call *call)
{
	if (front_draining())
		reply_problem(&call->reply, PROBLEM_UNAVAILABLE, call->id,
		    "draining", NULL);
	else if (counts_least(COUNT_READY) == 0)
		reply_problem(&call->reply, PROBLEM_UNAVAILABLE, call->id,
		    "not every worker has read the keys yet", NULL);
	else {
		call->ask = worker_ask_ready(native_ready, call);
		if (call->ask != NULL)
			return (false);
		reply_problem(&call->reply, PROBLEM_OVERLOADED, call->id, NULL,
		    NULL);
	}
	return (true);
}

static const char *
native_header(struct call *call, const char *name)
{
	const char *value;

	return (http_request_header(call->request, name, &value) ? value :
								   NULL);
}

/* OpenMetrics for those that name it; all others get Prometheus text. */
static bool
native_metrics(struct call *call)
{
	static const char media[] = "application/openmetrics-text";
	const char	 *accept = native_header(call, "accept");
	bool		  open;

	open = accept != NULL && strstr(accept, media) != NULL &&
	    negotiate_accepts(accept, media);
	exposition_write(&call->reply.own, open, call_now() / 1000,
	    KOV_VERSION);
	counts_add(open ? COUNT_SCRAPES_OPEN : COUNT_SCRAPES, 1);
	return (native_body(call,
	    open ?
		"application/openmetrics-text; version=1.0.0; charset=utf-8" :
		"text/plain; version=0.0.4"));
}

/* Of the contract's text; it is the same for as long as we live. */
static const char *
native_contract_etag(const char *json, size_t n)
{
	static char etag[SIGN_HEX];
	uint8_t	    digest[SIGN_BYTES];

	if (etag[0] == '\0' && sign_sha256(json, n, digest))
		sign_hex(digest, sizeof(digest) / 2, etag);
	return (etag[0] != '\0' ? etag : NULL);
}

static bool
native_contract(struct call *call)
{
	const char *json = worker_contract()->json;

	call->reply.status = 200;
	call->reply.body = json;
	call->reply.length = strlen(json);
	reply_header(&call->reply, "content-type", "application/json");
	call->reply.lasting = true;
	reply_header(&call->reply, "access-control-allow-origin", "*");
	answer_etag(call, native_header(call, "if-none-match"),
	    native_contract_etag(json, strlen(json)));
	return (true);
}

#define PAGE_STYLE                                                 \
	"body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;" \
	"margin:3rem auto;padding:0 1rem}"                         \
	"code{background:#eee;padding:.1em .3em}"

static const char page_head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<title>Problems</title><style>" PAGE_STYLE "</style>";

static void
native_guards(struct call *call)
{
	reply_header(&call->reply, "x-content-type-options", "nosniff");
	reply_header(&call->reply, "referrer-policy", "no-referrer");
}

/* The page's own style is allowed by its SHA-256, nothing else is. */
static bool
native_page(struct call *call)
{
	static char hash[SIGN_BASE64];
	uint8_t	    digest[SIGN_BYTES];

	if (hash[0] == '\0' &&
	    sign_sha256(PAGE_STYLE, sizeof(PAGE_STYLE) - 1, digest))
		sign_base64(digest, sizeof(digest), hash);
	reply_header(&call->reply, "content-security-policy",
	    "default-src 'none'; style-src 'sha256-%s'; "
	    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	    hash);
	native_guards(call);
	return (native_body(call, "text/html; charset=utf-8"));
}

static void
native_problem_row(struct text *t, enum problem p)
{
	const struct problem_row *row = problem_row(p);

	text_addf(t,
	    "<h2><a href=\"%s/problems/%s\">%s</a></h2>"
	    "<p><code>%d</code> <code>%s</code></p><p>%s</p>",
	    conf_text(SETTING_PUBLIC_URL), row->name, row->title, row->status,
	    row->name, row->advice);
}

static bool
native_problems(struct call *call)
{
	enum problem p;

	text_adds(&call->reply.own, page_head);
	text_adds(&call->reply.own,
	    "<h1>Problems</h1><p>What Kov answers "
	    "when it cannot do what was asked (RFC 9457).</p>");
	for (p = PROBLEM_NONE + 1; p < PROBLEMS; p++)
		native_problem_row(&call->reply.own, p);
	return (native_page(call));
}

static bool
native_problem(struct call *call)
{
	enum problem p = problem_named(strrchr(call->path, '/') + 1);

	if (p == PROBLEM_NONE) {
		reply_problem(&call->reply, PROBLEM_NOT_FOUND, call->id, NULL,
		    NULL);
		return (true);
	}
	text_adds(&call->reply.own, page_head);
	native_problem_row(&call->reply.own, p);
	return (native_page(call));
}

/* It may load and ask nothing but this server: no script or style within
 * the page, no eval, no data: URIs. */
static const char docs_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'";

static bool
native_docs(struct call *call)
{
	const struct page *page = page_at(call->path);
	struct reply	  *r = &call->reply;

	if (page == NULL) {
		reply_problem(r, PROBLEM_NOT_FOUND, call->id, NULL, NULL);
		return (true);
	}
	r->status = 200;
	r->body = page->bytes.data;
	r->length = page->bytes.length;
	r->lasting = true;
	reply_header(r, "content-type", "%s", page->media);
	reply_header(r, "content-security-policy", "%s", docs_policy);
	reply_header(r, "cache-control", "no-cache");
	native_guards(call);
	answer_etag(call, native_header(call, "if-none-match"), page->etag);
	return (true);
}

/* A person at the base URL is led to the reference page; a program that
 * does not ask for HTML is told that nothing is here. */
static bool
native_root(struct call *call)
{
	const char *accept = native_header(call, "accept");

	if (accept == NULL || strstr(accept, "text/html") == NULL ||
	    page_at("/docs") == NULL) {
		reply_problem(&call->reply, PROBLEM_NOT_FOUND, call->id, NULL,
		    NULL);
		return (true);
	}
	call->reply.status = 303;
	reply_header(&call->reply, "location", "%s/docs",
	    conf_text(SETTING_PUBLIC_URL));
	reply_header(&call->reply, "vary", "Accept");
	return (true);
}

static const struct native natives[] = {
	{ "/", NULL, false, native_root },
	{ "/docs", NULL, false, native_docs },
	{ "/docs/", NULL, false, native_docs },
	{ "/livez", NULL, true, native_livez },
	{ "/readyz", NULL, true, native_readyz },
	{ "/metrics", NULL, true, native_metrics },
	{ "/problems", NULL, false, native_problems },
	{ "/problems/", NULL, false, native_problem },
	{ "", "readContract", false, native_contract },
};
#define NATIVES (sizeof(natives) / sizeof(natives[0]))

const struct native *
native_at(const char *path, bool private_door)
{
	const struct native *n;
	size_t		     length;

	for (n = natives; n < natives + NATIVES; n++) {
		length = strlen(n->path);
		if (n->private_door != private_door || length == 0)
			continue;
		if (strcmp(path, n->path) == 0)
			return (length > 1 && n->path[length - 1] == '/' ?
				NULL :
				n);
		if (length > 1 && n->path[length - 1] == '/' &&
		    strncmp(path, n->path, length) == 0)
			return (n);
	}
	return (NULL);
}

const struct native *
native_of(const struct operation *operation)
{
	const struct native *n;

	if (operation->lane != LANE_NATIVE)
		return (NULL);
	for (n = natives; n < natives + NATIVES; n++)
		if (n->operation != NULL &&
		    strcmp(n->operation, operation->id) == 0)
			return (n);
	return (NULL);
}

void
native_each(void (*tell)(const char *, enum method))
{
	const struct native *n;

	for (n = natives; n < natives + NATIVES; n++)
		if (n->path[0] != '\0')
			tell(n->path, METHOD_GET);
}

const char *
native_route(const struct native *native)
{
	return (native->path);
}

unsigned
native_methods(const struct native *native)
{
	(void)native;
	return (METHOD_GET);
}

bool
native_answer(const struct native *native, struct call *call)
{
	return (native->answer(call));
}
