/*
 * Whether a file holds something harmful. Two ways to ask:
 *   clamd:/run/clamav/clamd.ctl or clamd:HOST:PORT: its INSTREAM (clamd(8));
 *   command:/PATH: the file on its standard input; it ends with 0 for clean
 *   and with 1 for harmful, as clamdscan does.
 */
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../conf.h"
#include "../log.h"
#include "jobs.h"

#define PATIENCE_S 60
#define PIECE 65536 /* bytes of a chunk of INSTREAM */
#define ANSWER 1024

static enum scan_end
scan_away(const char *why)
{
	log_say(LOG_LEVEL_WARNING, "scan.away", "s:s, s:s", "scanner",
	    conf_text(SETTING_SCAN), "why", why);
	return (SCAN_AWAY);
}

/* ---- clamd ---- */

static bool
clamd_dial_at(int fd, const struct sockaddr *address, socklen_t n)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };

	return (fd >= 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    connect(fd, address, n) == 0);
}

static int
clamd_dial_path(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int		   fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (clamd_dial_at(fd, (struct sockaddr *)&address, sizeof(address)))
		return (fd);
	if (fd >= 0)
		close(fd);
	return (-1);
}

static int
clamd_dial_host(const char *where)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found, *a;
	const char     *colon = strrchr(where, ':');
	char		host[256];
	int		fd = -1;

	snprintf(host, sizeof(host), "%.*s", (int)(colon - where), where);
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return (-1);
	for (a = found; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && !clamd_dial_at(fd, a->ai_addr, a->ai_addrlen)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	return (fd);
}

static bool
clamd_send(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;
	ssize_t	    done;

	for (; n > 0; at += done, n -= (size_t)done)
		if ((done = send(fd, at, n, MSG_NOSIGNAL)) <= 0)
			return (false);
	return (true);
}

/* Chunks with their length before them; one of no length ends it. */
static bool
clamd_stream(int fd, const char *bytes, size_t n)
{
	size_t	 piece;
	uint32_t length;

	if (!clamd_send(fd, "zINSTREAM", sizeof("zINSTREAM")))
		return (false);
	for (;; bytes += piece, n -= piece) {
		piece = n < PIECE ? n : PIECE;
		length = htonl((uint32_t)piece);
		if (!clamd_send(fd, &length, sizeof(length)) ||
		    !clamd_send(fd, bytes, piece))
			return (false);
		if (piece == 0)
			return (true);
	}
}

static enum scan_end
clamd_answer(int fd)
{
	char	answer[ANSWER] = "";
	size_t	n = 0;
	ssize_t got;

	while (n < sizeof(answer) - 1 &&
	    (got = recv(fd, answer + n, sizeof(answer) - 1 - n, 0)) > 0)
		n += (size_t)got;
	if (n == sizeof(answer) - 1)
		return (scan_away("an answer that does not end"));
	if (strcmp(answer, "stream: OK") == 0)
		return (SCAN_CLEAN);
	n = strlen(answer);
	if (n > 6 && strcmp(answer + n - 6, " FOUND") == 0) {
		log_say(LOG_LEVEL_WARNING, "scan.found", "s:s", "said", answer);
		return (SCAN_INFECTED);
	}
	return (scan_away(n > 0 ? answer : "no answer"));
}

static enum scan_end
scan_clamd(const char *where, const void *bytes, size_t n)
{
	enum scan_end end;
	int	      fd;

	fd = *where == '/' ? clamd_dial_path(where) : clamd_dial_host(where);
	if (fd < 0)
		return (scan_away(strerror(errno)));
	/* Where it stops reading it has said why. */
	clamd_stream(fd, bytes, n);
	end = clamd_answer(fd);
	close(fd);
	return (end);
}

/* ---- a command ---- */

static void
command_child(const char *path, int in, int out)
{
	static char	   search[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	static char *const environment[] = { search, NULL };
	char		  *name = strdup(path);
	char *const	   arguments[] = { name, NULL };
	sigset_t	   none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
	    close_range(3, ~0U, 0) != 0)
		_exit(126);
	execve(path, arguments, environment);
	_exit(127);
}

/* Writes the file to it, and waits until it lets go of its output. */
static bool
command_feed(int in, int out, const char *bytes, size_t n)
{
	uint64_t      end = jobs_ms() + PATIENCE_S * 1000, now;
	struct pollfd p[] = { { out, POLLIN, 0 }, { in, POLLOUT, 0 } };
	char	      ignored[ANSWER];
	ssize_t	      done;

	while ((now = jobs_ms()) < end) {
		poll(p, p[1].fd < 0 ? 1 : 2, (int)(end - now));
		if (p[0].revents != 0 &&
		    read(out, ignored, sizeof(ignored)) <= 0)
			return (true);
		if (p[1].fd < 0 || p[1].revents == 0)
			continue;
		done = write(in, bytes, n < PIECE ? n : PIECE);
		bytes += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
		if (done <= 0 || n == 0) {
			close(in);
			p[1].fd = -1;
		}
	}
	return (false);
}

static enum scan_end
command_judge(int status)
{
	char why[64];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (SCAN_CLEAN);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		return (SCAN_INFECTED);
	snprintf(why, sizeof(why), "it ended with %s %d",
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return (scan_away(why));
}

static enum scan_end
scan_command(const char *path, const void *bytes, size_t n)
{
	int   in[2], out[2], status = 0;
	pid_t child;

	if (pipe2(in, O_CLOEXEC) != 0)
		return (scan_away(strerror(errno)));
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return (scan_away(strerror(errno)));
	}
	if ((child = fork()) == 0)
		command_child(path, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	if (child > 0 && !command_feed(in[1], out[0], bytes, n))
		kill(child, SIGKILL);
	close(out[0]);
	if (child < 0)
		return (scan_away(strerror(errno)));
	waitpid(child, &status, 0);
	return (command_judge(status));
}

static const struct {
	const char *prefix;
	enum scan_end (*ask)(const char *where, const void *, size_t);
} scanners[] = {
	{ "clamd:", scan_clamd },
	{ "command:", scan_command },
};

enum scan_end
scan_bytes(const void *bytes, size_t n)
{
	const char *setting = conf_text(SETTING_SCAN);
	size_t	    i, length;

	for (i = 0; i < sizeof(scanners) / sizeof(*scanners); i++) {
		length = strlen(scanners[i].prefix);
		if (strncmp(setting, scanners[i].prefix, length) == 0)
			return (scanners[i].ask(setting + length, bytes, n));
	}
	return (SCAN_NONE);
}
