/* Many HTTP posts at once through the guard (libcurl's owner in kov-jobs). */
#include "post.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard.h"

#define CONNECTIONS 512L /* kept open for the next delivery */

/* What libcurl's callbacks know of one post. */
struct post_wire {
	struct post	  *post;
	CURL		  *easy;
	struct curl_slist *headers;
	size_t		   header_bytes, body_bytes;
	bool		   tls;
	enum guard	   guard; /* why the guard refused, if it did */
};

static CURLM *multi;
static bool   guard_any;
static int    active; /* posts begun and not yet handed back */

/* Before connecting: the address is what DNS said a moment ago, so a name
 * that changes its mind after a check gains nothing. */
static curl_socket_t
post_socket(void *wire, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct post_wire *w = wire;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return (CURL_SOCKET_BAD);
	w->guard = guard_judge(&a->addr, w->tls, w->post->allow, guard_any);
	if (w->guard != GUARD_OK)
		return (CURL_SOCKET_BAD);
	return (socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol));
}

/* Before sending: a connection kept from another organisation's delivery may
 * lead where this one must not go. */
static int
post_reused(void *wire, char *address, char *local, int port, int local_port)
{
	struct post_wire       *w = wire;
	struct sockaddr_in	in = { .sin_family = AF_INET,
		     .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6	in6 = { .sin6_family = AF_INET6,
		    .sin6_port = htons((uint16_t)port) };
	struct sockaddr_storage sa = { 0 };

	(void)local;
	(void)local_port;
	if (inet_pton(AF_INET, address, &in.sin_addr) == 1)
		memcpy(&sa, &in, sizeof(in));
	else if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1)
		memcpy(&sa, &in6, sizeof(in6));
	w->guard = guard_judge((const struct sockaddr *)&sa, w->tls,
	    w->post->allow, guard_any);
	return (w->guard == GUARD_OK ? CURL_PREREQFUNC_OK :
				       CURL_PREREQFUNC_ABORT);
}

static size_t
post_header(char *bytes, size_t size, size_t n, void *wire)
{
	struct post_wire *w = wire;

	(void)bytes;
	w->header_bytes += size * n;
	return (w->header_bytes <= POST_HEADERS ? size * n : 0);
}

/* A post's answer is read, so that the connection can be used again, but
 * nobody wants it. */
static size_t
post_body(char *bytes, size_t size, size_t n, void *wire)
{
	struct post_wire *w = wire;

	w->body_bytes += size * n;
	if (w->post->taken != NULL) {
		if (w->body_bytes > POST_TAKEN)
			w->post->taken->failed = true;
		text_add(w->post->taken, bytes, size * n);
		return (w->post->taken->failed ? 0 : size * n);
	}
	return (w->body_bytes <= POST_BODY ? size * n : 0);
}

static bool
post_headers(struct post_wire *w)
{
	static const char *const ours[] = { "Expect:", "Accept:", NULL };
	const char *const	*h;
	struct curl_slist	*more;
	int			 i;

	for (i = 0; i < 2; i++)
		for (h = i == 0 ? ours : w->post->headers; *h != NULL; h++) {
			more = curl_slist_append(w->headers, *h);
			if (more == NULL)
				return (false);
			w->headers = more;
		}
	return (true);
}

static void
post_limits(CURL *e)
{
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, POST_SECONDS * 1000L);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
	    POST_CONNECT_SECONDS * 1000L);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	/* A proxy's address would be judged instead of the receiver's. */
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	/* A resolver that does not answer must not hold the whole loop. */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(e, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
}

static void
post_request(struct post_wire *w)
{
	CURL *e = w->easy;

	curl_easy_setopt(e, CURLOPT_URL, w->post->url);
	if (w->post->taken == NULL) {
		curl_easy_setopt(e, CURLOPT_POST, 1L);
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)w->post->length);
		curl_easy_setopt(e, CURLOPT_POSTFIELDS, w->post->body);
	}
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, w->headers);
	curl_easy_setopt(e, CURLOPT_PRIVATE, w);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, post_socket);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, w);
	curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, post_reused);
	curl_easy_setopt(e, CURLOPT_PREREQDATA, w);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, post_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, w);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, post_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, w);
}

static void
post_end(struct post_wire *w)
{
	if (w->easy != NULL)
		curl_easy_cleanup(w->easy);
	curl_slist_free_all(w->headers);
	w->post->wire = NULL;
	free(w);
}

bool
post_open(bool any)
{
	guard_any = any;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (multi = curl_multi_init()) == NULL)
		return (false);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS);
	return (true);
}

void
post_close(void)
{
	curl_multi_cleanup(multi);
	multi = NULL;
	curl_global_cleanup();
}

bool
post_start(struct post *p)
{
	struct post_wire *w = calloc(1, sizeof(*w));

	p->wire = w;
	p->error = "out of memory";
	if (w == NULL)
		return (false);
	w->post = p;
	w->tls = strncasecmp(p->url, "https:", 6) == 0;
	if ((w->easy = curl_easy_init()) == NULL || !post_headers(w))
		goto fail;
	post_limits(w->easy);
	post_request(w);
	if (curl_multi_add_handle(multi, w->easy) != CURLM_OK)
		goto fail;
	p->error = NULL;
	active++;
	return (true);
fail:
	post_end(w);
	return (false);
}

void
post_wait(int fd, int other, int ms)
{
	struct curl_waitfd extra[2];
	const int	   fds[2] = { fd, other };
	unsigned int	   i, n = 0;
	int		   running = 0;

	for (i = 0; i < 2; i++)
		if (fds[i] >= 0)
			extra[n++] = (struct curl_waitfd){ .fd = fds[i],
				.events = CURL_WAIT_POLLIN };
	curl_multi_perform(multi, &running);
	if (running < active)
		return;
	curl_multi_poll(multi, extra, n, ms, NULL);
	curl_multi_perform(multi, &running);
}

/* A body over its limit is cut, not failed: the answer was complete enough
 * to be judged by its status. */
static bool
post_cut(const struct post_wire *w, CURLcode code)
{
	return (code == CURLE_WRITE_ERROR && w->body_bytes > POST_BODY &&
	    w->header_bytes <= POST_HEADERS);
}

static void
post_result(struct post_wire *w, CURLcode code)
{
	struct post *p = w->post;
	long	     status = 0;
	curl_off_t   took = 0, after = 0;

	curl_easy_getinfo(w->easy, CURLINFO_TOTAL_TIME_T, &took);
	p->milliseconds = (long)(took / 1000);
	p->refused = w->guard != GUARD_OK;
	if (p->refused)
		p->error = guard_reason(w->guard);
	else if (w->header_bytes > POST_HEADERS)
		p->error = "the answer's headers are too large";
	else if (code != CURLE_OK && !post_cut(w, code))
		p->error = curl_easy_strerror(code);
	if (p->error != NULL)
		return;
	curl_easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(w->easy, CURLINFO_RETRY_AFTER, &after);
	p->status = (int)status;
	p->retry_after = after > 0 && after < 86400 ? (long)after : 0;
}

struct post *
post_done(void)
{
	struct post_wire *w = NULL;
	struct post	 *p;
	CURLMsg		 *m;
	int		  left;

	do
		if ((m = curl_multi_info_read(multi, &left)) == NULL)
			return (NULL);
	while (m->msg != CURLMSG_DONE);
	curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &w);
	p = w->post;
	post_result(w, m->data.result);
	curl_multi_remove_handle(multi, w->easy);
	post_end(w);
	active--;
	return (p);
}
