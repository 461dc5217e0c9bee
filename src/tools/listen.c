/*
 * kov listen: a receiver for trying webhooks: verifies their signatures
 * (Standard Webhooks 1.0.0) and prints one line for each.
 */
#include "tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../sign.h"
#include "../text.h"

#define CLIENTS 256
#define REQUEST_MOST 131072 /* bytes of one request */
#define SECRETS 16
#define SECRET_MOST 64 /* bytes: Standard Webhooks' 24 to 64 */
#define AGE_MOST 300   /* seconds a timestamp may be off */

struct secret {
	uint8_t bytes[SECRET_MOST];
	size_t	length;
};

struct client {
	int	    fd;
	struct text in;
};

/* One request, pointing into a client's bytes. */
struct hook {
	const char *id, *timestamp, *signature; /* NULL: not sent */
	const char *body;
	size_t	    body_length, whole;
};

struct settings {
	long	      port, fail; /* fail: how many to answer with 500 */
	bool	      json;
	struct secret secrets[SECRETS];
	size_t	      n;
};

static struct settings	     settings;
static struct client	     clients[CLIENTS];
static struct pollfd	     polls[CLIENTS + 1];
static size_t		     count; /* of clients */
static unsigned long	     seen, good;
static volatile sig_atomic_t stop;

static void
listen_stop(int signo)
{
	stop = signo;
}

/* "whsec_…", or the base64 alone. */
static bool
secret_add(const char *text)
{
	struct secret *s = &settings.secrets[settings.n];

	if (settings.n == SECRETS)
		return (false);
	if (strncmp(text, "whsec_", 6) == 0)
		text += 6;
	if (!sign_unbase64(text, s->bytes, sizeof(s->bytes), &s->length))
		return (false);
	settings.n++;
	return (true);
}

static bool
secret_file(const char *path)
{
	char  line[256];
	FILE *f = fopen(path, "re");
	bool  ok = f != NULL;

	while (ok && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, " \t\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			ok = secret_add(line);
	}
	if (f != NULL)
		fclose(f);
	if (!ok)
		fprintf(stderr,
		    "kov listen: %s should hold whsec_… secrets, "
		    "one a line, at most %d\n",
		    path, SECRETS);
	return (ok);
}

/* Headers of a block that ends at end, each NUL-terminated in place. */
static void
hook_headers(struct hook *h, char *line, const char *end)
{
	struct {
		const char  *name;
		const char **value;
	} wanted[] = { { "webhook-id:", &h->id },
		{ "webhook-timestamp:", &h->timestamp },
		{ "webhook-signature:", &h->signature } };
	char  *next;
	size_t i, n;

	for (; line < end; line = next + 2) {
		next = memmem(line, (size_t)(end - line), "\r\n", 2);
		if (next == NULL)
			return;
		*next = '\0';
		for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			n = strlen(wanted[i].name);
			if (strncasecmp(line, wanted[i].name, n) == 0)
				*wanted[i].value = line + n +
				    strspn(line + n, " \t");
		}
	}
}

/* 1: whole, 0: more is to come, -1: nothing we can read. */
static int
hook_parse(struct hook *h, const struct client *c)
{
	char	   *end;
	const char *number;
	size_t	    length;

	if (c->in.data == NULL ||
	    (end = strstr(c->in.data, "\r\n\r\n")) == NULL)
		return (c->in.length < REQUEST_MOST ? 0 : -1);
	number = strcasestr(c->in.data, "\r\ncontent-length:");
	if (strncmp(c->in.data, "POST ", 5) != 0 || number == NULL ||
	    number > end)
		return (-1);
	length = strtoul(number + 17, NULL, 10);
	if (length > REQUEST_MOST)
		return (-1);
	h->body = end + 4;
	h->body_length = length;
	h->whole = (size_t)(h->body - c->in.data) + length;
	if (c->in.length < h->whole)
		return (0);
	hook_headers(h, strstr(c->in.data, "\r\n") + 2, end + 2);
	return (1);
}

/* Whether one of the space-separated signatures is the one expected. */
static bool
hook_signed(const struct hook *h, const char *expected)
{
	const char *s = h->signature;
	size_t	    n;

	for (;; s += n) {
		s += strspn(s, " ");
		n = strcspn(s, " ");
		if (n == 0)
			return (false);
		if (n == strlen(expected) && sign_equal(s, expected, n))
			return (true);
	}
}

static bool
hook_verify(const struct hook *h)
{
	char	  expected[SIGN_WEBHOOK];
	long long at, now = (long long)time(NULL);
	size_t	  i;

	if (h->id == NULL || h->timestamp == NULL || h->signature == NULL)
		return (false);
	at = strtoll(h->timestamp, NULL, 10);
	if (at < now - AGE_MOST || at > now + AGE_MOST)
		return (false);
	for (i = 0; i < settings.n; i++)
		if (sign_webhook(settings.secrets[i].bytes,
			settings.secrets[i].length, h->id, at, h->body,
			h->body_length, expected) &&
		    hook_signed(h, expected))
			return (true);
	return (false);
}

/* As it is where that is a plain word, else as a JSON string: what a
 * stranger sent must not move the cursor or end the line. */
static void
hook_word(struct text *t, const char *word)
{
	const char *c = word;

	while (*c > ' ' && *c < 0x7f && *c != '"')
		c++;
	if (*c == '\0' && c > word)
		text_adds(t, word);
	else
		text_add_json(t, word, strlen(word));
}

static void
hook_line(struct text *t, bool verified, const char *type, const char *id,
    const char *data)
{
	if (settings.json) {
		text_addf(t,
		    "{\"verified\":%s,\"type\":", verified ? "true" : "false");
		text_add_json(t, type, strlen(type));
		text_adds(t, ",\"id\":");
		text_add_json(t, id, strlen(id));
		text_addf(t, ",\"data\":%s}", data);
		return;
	}
	text_addf(t, "verified %s  ", verified ? "yes" : "no ");
	hook_word(t, type);
	text_adds(t, "  ");
	hook_word(t, id);
	text_addf(t, "  %s", data);
}

static void
hook_print(const struct hook *h, bool verified)
{
	json_auto_t *body = json_loadb(h->body, h->body_length,
	    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	const char  *type = json_string_value(json_object_get(body, "type"));
	struct text  t = { 0 };
	char	    *data;

	data = json_dumps(json_object_get(body, "data"),
	    JSON_COMPACT | JSON_ENCODE_ANY);
	hook_line(&t, verified, type != NULL ? type : "",
	    h->id != NULL ? h->id : "", data != NULL ? data : "null");
	puts(t.failed ? "out of memory" : t.data);
	text_release(&t);
	free(data);
}

static void
client_close(size_t i)
{
	close(clients[i].fd);
	text_release(&clients[i].in);
	clients[i] = clients[--count];
	clients[count] = (struct client){ 0 };
}

static bool
client_answer(const struct client *c, const char *status)
{
	char line[128];
	int  n;

	n = snprintf(line, sizeof(line),
	    "HTTP/1.1 %s\r\ncontent-length: 0\r\n\r\n", status);
	return (send(c->fd, line, (size_t)n, MSG_NOSIGNAL) == n);
}

/* What is answered tells Kov what became of it: 500 is tried again, so a
 * signature that does not verify is answered 401, which also is. */
static bool
client_hook(struct client *c, const struct hook *h)
{
	bool verified = hook_verify(h);

	seen++;
	good += verified;
	hook_print(h, verified);
	if (settings.fail > 0) {
		settings.fail--;
		return (client_answer(c, "500 Internal Server Error"));
	}
	if (!verified && settings.n > 0)
		return (client_answer(c, "401 Unauthorized"));
	return (client_answer(c, "204 No Content"));
}

/* False: the client is to be closed. */
static bool
client_requests(struct client *c)
{
	struct hook h = { 0 };
	struct text rest = { 0 };
	int	    state;

	while ((state = hook_parse(&h, c)) == 1) {
		if (!client_hook(c, &h))
			return (false);
		text_add(&rest, c->in.data + h.whole, c->in.length - h.whole);
		text_release(&c->in);
		c->in = rest;
		rest = (struct text){ 0 };
		h = (struct hook){ 0 };
	}
	if (state < 0)
		client_answer(c, "400 Bad Request\r\nconnection: close");
	return (state == 0);
}

static bool
client_read(struct client *c)
{
	char	bytes[16384];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n <= 0)
		return (false);
	text_add(&c->in, bytes, (size_t)n);
	return (!c->in.failed && client_requests(c));
}

static void
client_accept(int server)
{
	int fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		clients[count++] = (struct client){ .fd = fd };
}

static int
listen_open(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)settings.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t	   n = sizeof(in);
	int		   fd, on = 1;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return (-1);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&in, n) != 0 ||
	    listen(fd, 128) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &n) != 0) {
		close(fd);
		return (-1);
	}
	fprintf(stderr, "kov listen: waiting at http://127.0.0.1:%d/%s\n",
	    ntohs(in.sin_port),
	    settings.n > 0 ? "" : " (no --secret: nothing can be verified)");
	return (fd);
}

static void
listen_turn(int server)
{
	size_t i, n = count;

	polls[0] = (struct pollfd){ .fd = n < CLIENTS ? server : -1,
		.events = POLLIN };
	for (i = 0; i < n; i++)
		polls[i + 1] = (struct pollfd){ .fd = clients[i].fd,
			.events = POLLIN };
	if (poll(polls, n + 1, 500) < 0)
		return;
	while (i-- > 0)
		if (polls[i + 1].revents != 0 && !client_read(&clients[i]))
			client_close(i);
	if (polls[0].revents != 0)
		client_accept(server);
}

static bool
option_number(const char *text, long most, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	return (errno == 0 && end != text && *end == '\0' && *out >= 0 &&
	    *out <= most);
}

static bool
listen_option(int option)
{
	switch (option) {
	case 'p':
		return (option_number(optarg, 65535, &settings.port));
	case 'n':
		return (option_number(optarg, 1000000000, &settings.fail));
	case 's':
		return (secret_add(optarg));
	case 'f':
		return (secret_file(optarg));
	case 'j':
		return (settings.json = true);
	default:
		return (false);
	}
}

static bool
listen_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "fail", required_argument, NULL, 'n' },
		{ "secret", required_argument, NULL, 's' },
		{ "secret-file", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	settings = (struct settings){ .port = 9000 };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!listen_option(option))
			return (false);
	if (optind + 1 == argc)
		return (option_number(argv[optind], 65535, &settings.port));
	return (optind == argc);
}

int
tool_listen(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = listen_stop };
	int		 server;

	if (!listen_options(argc, argv)) {
		fputs("usage: kov listen [[--port] N] [--secret whsec_… | "
		      "--secret-file F] [--fail N] [--json]\n",
		    stderr);
		return (2);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if ((server = listen_open()) < 0) {
		fprintf(stderr, "kov listen: cannot listen on port %ld: %s\n",
		    settings.port, strerror(errno));
		return (1);
	}
	while (stop == 0)
		listen_turn(server);
	while (count > 0)
		client_close(count - 1);
	close(server);
	fprintf(stderr, "kov listen: %lu webhooks, %lu verified\n", seen, good);
	return (0);
}
