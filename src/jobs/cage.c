/* A child that may compute and nothing else. */
#include "cage.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../log.h"
#include "jobs.h"

#define PATIENCE_MS 60000 /* by the clock, on a machine that is busy */
#define DESCRIPTOR 3	  /* the pipe, and nothing else */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "cage.c: the name of this architecture is missing"
#endif

/* Memory, the pipe, and the end. */
static const int allowed[] = { SYS_write, SYS_brk, SYS_mmap, SYS_munmap,
	SYS_mremap, SYS_mprotect, SYS_madvise, SYS_futex, SYS_getrandom,
	SYS_clock_gettime, SYS_rt_sigreturn, SYS_exit, SYS_exit_group };
#define ALLOWED (sizeof(allowed) / sizeof(*allowed))

static const struct {
	int    resource;
	rlim_t most;
} limits[] = { { RLIMIT_AS, CAGE_MEMORY }, { RLIMIT_CPU, CAGE_SECONDS },
	{ RLIMIT_CORE, 0 }, { RLIMIT_FSIZE, 0 }, { RLIMIT_NOFILE, 0 },
	{ RLIMIT_NPROC, 0 } };

/* ---- the child ---- */

static bool
cage_filter(void)
{
	struct sock_filter code[2 * ALLOWED + 5] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
	};
	struct sock_filter *next = code + 4;
	struct sock_fprog   program = { .filter = code };
	size_t		    i;

	for (i = 0; i < ALLOWED; i++) {
		*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
			BPF_K,
		    (uint32_t)allowed[i], 0, 1);
		*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		    SECCOMP_RET_ALLOW);
	}
	*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_KILL_PROCESS);
	program.len = (unsigned short)(next - code);
	return (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static bool
cage_close(int fd)
{
	struct rlimit r;
	size_t	      i;

	if (dup2(fd, DESCRIPTOR) < 0 || close_range(0, DESCRIPTOR - 1, 0) ||
	    close_range(DESCRIPTOR + 1, ~0U, 0))
		return (false);
	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		r.rlim_cur = r.rlim_max = limits[i].most;
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &r) != 0)
			return (false);
	}
	return (cage_filter());
}

static bool
cage_say(const char *bytes, size_t n)
{
	ssize_t done;

	for (; n > 0; bytes += done, n -= (size_t)done)
		if ((done = write(DESCRIPTOR, bytes, n)) < 0)
			return (false);
	return (true);
}

/* The result's first byte says whether there is one. */
static void
cage_child(cage_work *work, const uint8_t *in, size_t n, int fd)
{
	struct text out = { 0 };
	bool	    ok;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !cage_close(fd))
		_exit(2);
	ok = work(in, n, &out) && !out.failed;
	if (!cage_say(ok ? "+" : "-", 1) ||
	    (ok && !cage_say(out.data, out.length)))
		_exit(3);
	_exit(0);
}

/* ---- the parent ---- */

/* Until its end; false: too much, or too late. */
static bool
cage_listen(int fd, struct text *said)
{
	static char   piece[65536];
	uint64_t      end = jobs_ms() + PATIENCE_MS, now;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t	      n;

	while ((now = jobs_ms()) < end) {
		if (poll(&p, 1, (int)(end - now)) < 0 && errno != EINTR)
			return (false);
		if (p.revents == 0)
			continue;
		if ((n = read(fd, piece, sizeof(piece))) == 0)
			return (!said->failed);
		if (n > 0)
			text_add(said, piece, (size_t)n);
		if (said->length > CAGE_MOST)
			return (false);
	}
	return (false);
}

static enum cage_end
cage_judge(const struct text *said, bool whole, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return (CAGE_FAILED);
	if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0 ||
	    said->length == 0)
		return (CAGE_DIED);
	return (said->data[0] == '+' ? CAGE_OK : CAGE_REFUSED);
}

enum cage_end
cage_run(cage_work *work, const uint8_t *in, size_t n, struct text *out)
{
	struct text   said = { 0 };
	enum cage_end end;
	int	      pipes[2], status = 0;
	bool	      whole;
	pid_t	      child;

	if (pipe(pipes) != 0)
		return (CAGE_FAILED);
	if ((child = fork()) == 0)
		cage_child(work, in, n, pipes[1]);
	close(pipes[1]);
	whole = child > 0 && cage_listen(pipes[0], &said);
	close(pipes[0]);
	if (child > 0) {
		if (!whole)
			kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	end = child > 0 ? cage_judge(&said, whole, status) : CAGE_FAILED;
	if (end == CAGE_OK)
		text_add(out, said.data + 1, said.length - 1);
	if (end == CAGE_DIED || end == CAGE_FAILED)
		log_say(LOG_LEVEL_WARNING, "cage.ended", "s:i, s:i", "signal",
		    WIFSIGNALED(status) ? WTERMSIG(status) : 0, "exit",
		    WIFEXITED(status) ? WEXITSTATUS(status) : 0);
	text_release(&said);
	return (end);
}
