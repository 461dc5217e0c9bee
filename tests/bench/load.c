/* The bench's load: one thread, many connections, one number a line of JSON.
 *
 *   load HOST PORT CONNECTIONS SECONDS RATE KEY-FILE OPERATION IDS-FILE
 *
 * OPERATION: create; read or message, of any complaint in IDS-FILE; transition,
 * each connection of its own complaint there, which is in progress: a question
 * to the customer and his answer, by turns.
 * RATE 0: closed loop, each connection asks again when it is answered. Else
 * open loop: requests fall due at that rate whether or not one is free, and
 * their time counts from when they were due, so that stalls are not hidden. */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX 4096
#define REPLY_MAX 65536
#define BUCKETS 2048 /* 64 for each power of two of microseconds */

struct client {
	int	 fd;
	bool	 busy;
	size_t	 turn; /* counts its requests */
	uint64_t due;  /* microseconds; what its answer is timed from */
	size_t	 want; /* bytes of the answer, once its head is there */
	size_t	 have;
	char	 reply[REPLY_MAX];
};

static const char *const words[] = { "invoice", "late", "parcel", "three",
	"weeks", "nobody", "called", "back", "broken", "again", "engineer",
	"waited", "morning", "refund", "promised", "letter", "twice", "wrong",
	"address", "heating", "cold", "winter", "contract", "ended", "still",
	"charged", "account", "phone", "queue", "hour", "café", "straße" };
#define WORDS (sizeof(words) / sizeof(words[0]))

static char		  key[256];
static char		 *ids; /* lines of 36 + '\n' */
static size_t		  id_count;
static const char	 *host;
static char		  tomorrow[32];
static struct client	 *clients;
static struct sockaddr_in address;
static uint64_t		  counts[BUCKETS], done, failed, slowest;
static uint64_t		  seed = 88172645463325252u;

static void
fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
}

static uint64_t
chance(uint64_t most)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed % most);
}

static size_t
bucket(uint64_t us)
{
	unsigned power = us < 64 ? 0 : 58 - (unsigned)__builtin_clzll(us);
	size_t	 at = power * 64 + (size_t)(us >> power);

	return (at < BUCKETS ? at : BUCKETS - 1);
}

/* The least number of microseconds that share of all took at most. */
static uint64_t
percentile(double share)
{
	uint64_t below = 0, wanted = (uint64_t)(share * (double)done);
	size_t	 i, power;

	for (i = 0; i < BUCKETS; i++)
		if ((below += counts[i]) > wanted)
			break;
	power = i / 64;
	return ((uint64_t)(i - power * 64) << power);
}

/* A text of some words. */
static const char *
talk(void)
{
	static char text[1024];
	size_t	    n = 0, count = 6 + chance(30);

	while (count-- > 0)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
		    n > 0 ? " " : "", words[chance(WORDS)]);
	return (text);
}

static size_t
request_post(char *out, const char *path, const char *body)
{
	return ((size_t)snprintf(out, REQUEST_MAX,
	    "POST /v1/complaints%s HTTP/1.1\r\nHost: %s\r\n"
	    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    path, host, key, strlen(body), body));
}

static size_t
request_create(char *out, const struct client *c)
{
	char body[1100];

	(void)c;
	snprintf(body, sizeof(body), "{\"text\":\"%s\"}", talk());
	return (request_post(out, "", body));
}

static size_t
request_read(char *out, const struct client *c)
{
	(void)c;
	return ((size_t)snprintf(out, REQUEST_MAX,
	    "GET /v1/complaints/%.36s HTTP/1.1\r\nHost: %s\r\n"
	    "Authorization: Bearer %s\r\n\r\n",
	    ids + chance(id_count) * 37, host, key));
}

static size_t
request_said(char *out, size_t id)
{
	char path[64], body[1100];

	snprintf(path, sizeof(path), "/%.36s/messages", ids + id * 37);
	snprintf(body, sizeof(body),
	    "{\"author\":\"customer\",\"text\":\"%s\"}", talk());
	return (request_post(out, path, body));
}

static size_t
request_message(char *out, const struct client *c)
{
	(void)c;
	return (request_said(out, chance(id_count)));
}

static size_t
request_transition(char *out, const struct client *c)
{
	size_t id = (size_t)(c - clients) % id_count;
	char   path[64], body[256];

	if (c->turn % 2 == 1)
		return (request_said(out, id));
	snprintf(path, sizeof(path), "/%.36s/messages", ids + id * 37);
	snprintf(body, sizeof(body),
	    "{\"kind\":\"question\",\"remindAt\":\"%s\","
	    "\"text\":\"Which of the two doors is it?\"}",
	    tomorrow);
	return (request_post(out, path, body));
}

static const struct operation {
	const char *name;
	size_t (*write)(char *, const struct client *);
} operations[] = {
	{ "create", request_create },
	{ "read", request_read },
	{ "message", request_message },
	{ "transition", request_transition },
};
static const struct operation *operation;

static void
client_open(struct client *c, int poll)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int		   on = 1;

	if ((c->fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail("cannot connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		fail("epoll_ctl");
}

static void
client_send(struct client *c, uint64_t due)
{
	char   request[REQUEST_MAX];
	size_t n = operation->write(request, c);

	c->turn++;
	c->due = due;
	c->busy = true;
	c->have = c->want = 0;
	if (send(c->fd, request, n, MSG_NOSIGNAL) != (ssize_t)n)
		fail("cannot send");
}

/* How long the whole answer is, once its head is there; 0: not yet. */
static size_t
reply_length(struct client *c)
{
	char *end, *length;

	c->reply[c->have] = '\0';
	if ((end = strstr(c->reply, "\r\n\r\n")) == NULL)
		return (0);
	length = strcasestr(c->reply, "\ncontent-length:");
	return ((size_t)(end + 4 - c->reply) +
	    (length == NULL || length > end ? 0 :
					      strtoul(length + 16, NULL, 10)));
}

static void
client_count(const struct client *c)
{
	uint64_t took = now() - c->due;

	if (strncmp(c->reply, "HTTP/1.1 2", 10) != 0) {
		if (failed++ == 0)
			fprintf(stderr, "load: %.300s\n", c->reply);
		return;
	}
	counts[bucket(took)]++;
	done++;
	if (took > slowest)
		slowest = took;
}

/* True when its answer is complete. */
static bool
client_read(struct client *c)
{
	ssize_t n = recv(c->fd, c->reply + c->have, REPLY_MAX - 1 - c->have, 0);

	if (n <= 0) {
		errno = n == 0 ? ECONNRESET : errno;
		fail("the server closed a connection");
	}
	c->have += (size_t)n;
	if (c->want == 0)
		c->want = reply_length(c);
	if (c->want == 0 || c->have < c->want)
		return (false);
	c->busy = false;
	client_count(c);
	return (true);
}

/* Gives what has fallen due to those that are free. Returns how long to wait
 * for the next one, at most a tenth of a second. */
static uint64_t
send_due(size_t n, uint64_t began, uint64_t rate, uint64_t *sent)
{
	static size_t next;
	size_t	      tried;
	uint64_t      due, moment;

	for (tried = 0; tried < n; tried++) {
		due = began + *sent * 1000000 / rate;
		moment = now();
		if (due > moment)
			return (due - moment < 100000 ? due - moment : 100000);
		next = (next + 1) % n;
		if (!clients[next].busy) {
			client_send(&clients[next], due);
			(*sent)++;
			tried = 0;
		}
	}
	return (100000);
}

static void
run(size_t n, int poll, uint64_t us, uint64_t rate)
{
	struct epoll_event events[256];
	struct timespec	   most = { 0 };
	uint64_t	   began = now(), sent = 0, wait = 100000;
	size_t		   i;
	int		   k, got;

	for (i = 0; rate == 0 && i < n; i++)
		client_send(&clients[i], began);
	while (now() < began + us) {
		if (rate > 0)
			wait = send_due(n, began, rate, &sent);
		most.tv_nsec = (long)wait * 1000;
		got = epoll_pwait2(poll, events, 256, &most, NULL);
		for (k = 0; k < got; k++)
			if (client_read(events[k].data.ptr) && rate == 0)
				client_send(events[k].data.ptr, now());
	}
}

static void
take_key(const char *file)
{
	FILE *f = fopen(file, "r");

	if (f == NULL || fgets(key, sizeof(key), f) == NULL)
		fail(file);
	key[strcspn(key, "\n")] = '\0';
	fclose(f);
}

static void
take_ids(const char *file)
{
	FILE *f = fopen(file, "r");
	long  size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 37 ||
	    fseek(f, 0, SEEK_SET) != 0 ||
	    (ids = malloc((size_t)size)) == NULL ||
	    fread(ids, 1, (size_t)size, f) != (size_t)size)
		fail(file);
	id_count = (size_t)size / 37;
	fclose(f);
}

static void
take_operation(const char *name)
{
	time_t when = time(NULL) + 86400;
	size_t i;

	strftime(tomorrow, sizeof(tomorrow), "%Y-%m-%dT%H:%M:%SZ",
	    gmtime(&when));
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(operations[i].name, name) == 0)
			operation = &operations[i];
	if (operation == NULL) {
		fprintf(stderr, "load: there is no operation %s\n", name);
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	size_t n, i;
	double seconds;
	int    poll = epoll_create1(0);

	if (argc != 9 || (n = strtoul(argv[3], NULL, 10)) == 0 ||
	    (clients = calloc(n, sizeof(*clients))) == NULL) {
		fprintf(stderr,
		    "usage: load HOST PORT CONNECTIONS SECONDS "
		    "RATE KEY-FILE OPERATION IDS-FILE\n");
		return (2);
	}
	host = argv[1];
	address.sin_family = AF_INET;
	address.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		fail("HOST is not an IPv4 address");
	seconds = strtod(argv[4], NULL);
	seed ^= now();
	take_key(argv[6]);
	take_operation(argv[7]);
	if (operation->write != request_create) /* there may be none yet */
		take_ids(argv[8]);
	for (i = 0; i < n; i++)
		client_open(&clients[i], poll);
	run(n, poll, (uint64_t)(seconds * 1e6), strtoul(argv[5], NULL, 10));
	printf("{\"done\":%ju,\"failed\":%ju,\"perSecond\":%.0f,"
	       "\"p50\":%ju,\"p99\":%ju,\"max\":%ju}\n",
	    (uintmax_t)done, (uintmax_t)failed, (double)done / seconds,
	    (uintmax_t)percentile(0.5), (uintmax_t)percentile(0.99),
	    (uintmax_t)slowest);
	return (failed > 0);
}
