/*
 * Torture: at each allocation that src/ asks for, a child is forked in which
 * it fails; the child goes on to the end of its test, which may then fail as
 * it likes, or abort(), but may not crash, run for ever or hurt memory (ASan,
 * UBSan).
 * The parent's allocation succeeds, so one run fails every one in turn. The
 * same place (a stack of callers) is failed TORTURE_TIMES times, 0: always.
 */
#include <execinfo.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "torture.h"

#define FRAMES 24
#define PLACES 65536 /* a power of two */
#define SECONDS 30   /* of a child, then it runs for ever */
#define SANITIZER 99 /* exit status of what ASan or UBSan ended (run) */

/* The linker's: where the code of src/ lies (src/Makefile renames it). */
extern const char __start_src_text[], __stop_src_text[];

static struct {
	uint64_t stack;
	unsigned times;
} places[PLACES];
static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))
static struct sigaction sanitizers[SIGNALS]; /* before cmocka took them */

static unsigned long failed, ended, died;
static long	     most = 1;
static bool	     child;

static void
torture_report(void)
{
	if (!child)
		fprintf(stderr,
		    "# torture: %lu allocations failed, %lu ended the program, "
		    "%lu hurt it\n",
		    failed, ended, died);
}

static void
torture_start(void)
{
	const char *times = getenv("TORTURE_TIMES");

	if (times != NULL)
		most = strtol(times, NULL, 10);
	atexit(torture_report);
}

static bool
in_src(const void *address)
{
	return ((const char *)address >= __start_src_text &&
	    (const char *)address < __stop_src_text);
}

/* Whether it is src/ that asks, itself or through a library; and the hash of
 * all who call. */
static bool
asked_by_src(const void *asker, void *const *frames, int count, uint64_t *hash)
{
	bool src = asker != NULL && in_src(asker);
	int  i;

	*hash = 14695981039346656037u;
	for (i = 0; i < count; i++) {
		*hash = (*hash ^ (uint64_t)(uintptr_t)frames[i]) *
		    1099511628211u;
		if (asker == NULL && in_src(frames[i]))
			src = true;
	}
	return (src);
}

/* Whether this place was failed often enough. */
static bool
known(uint64_t hash)
{
	size_t at = hash & (PLACES - 1);

	while (places[at].times > 0 && places[at].stack != hash)
		at = (at + 1) & (PLACES - 1);
	places[at].stack = hash;
	return (places[at].times++ >= (unsigned long)most && most > 0);
}

static void
become_child(void)
{
	size_t i;

	child = true;
	for (i = 0; i < SIGNALS; i++) /* cmocka would carry on */
		sigaction(signals[i], &sanitizers[i], NULL);
	if (freopen("/dev/null", "w", stdout) == NULL)
		_exit(0);
	alarm(SECONDS);
}

static void
judge_child(int status, void *const *frames, int count)
{
	failed++;
	if (WIFEXITED(status) && WEXITSTATUS(status) != SANITIZER)
		return;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
		ended++; /* abort(): what src/ does where it can say no more */
		return;
	}
	died++;
	if (WIFSIGNALED(status))
		fprintf(stderr, "# died of signal %d", WTERMSIG(status));
	else
		fputs("# hurt memory", stderr);
	fputs(" when this allocation failed:\n", stderr);
	backtrace_symbols_fd(frames + 2, count - 2, STDERR_FILENO);
}

/* True: this allocation fails, in the child that was made for it. Asker is
 * the code that asks, NULL where a library does. */
static bool
fails(const void *asker)
{
	void	*frames[FRAMES];
	uint64_t hash;
	pid_t	 pid;
	int	 count, status;

	if (child)
		return (false);
	count = backtrace(frames, FRAMES);
	if (!asked_by_src(asker, frames, count, &hash) || known(hash))
		return (false);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		become_child();
		return (true);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid)
		judge_child(status, frames, count);
	return (false);
}

static int
end_of_test(void **state)
{
	(void)state;
	if (child)
		_exit(0);
	return (0);
}

int
torture_run(const char *name, const struct CMUnitTest *tests, size_t count,
    CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	struct CMUnitTest *all = calloc(count, sizeof(*all));
	size_t		   i;
	int		   result;

	if (all == NULL)
		return (1);
	for (i = 0; i < count; i++) {
		all[i] = tests[i];
		if (all[i].teardown_func == NULL)
			all[i].teardown_func = end_of_test;
	}
	result = _cmocka_run_group_tests(name, all, count, set_up, tear_down);
	free(all);
	return (result);
}

/* ---- what src/ calls instead (src/Makefile) ---- */

#define ASKER __builtin_return_address(0)

void *
torture_malloc(size_t n)
{
	return (fails(ASKER) ? NULL : malloc(n));
}

void *
torture_calloc(size_t n, size_t size)
{
	return (fails(ASKER) ? NULL : calloc(n, size));
}

void *
torture_realloc(void *p, size_t n)
{
	return (fails(ASKER) ? NULL : realloc(p, n));
}

char *
torture_strdup(const char *s)
{
	return (fails(ASKER) ? NULL : strdup(s));
}

char *
torture_strndup(const char *s, size_t n)
{
	return (fails(ASKER) ? NULL : strndup(s, n));
}

int
torture_vasprintf(char **out, const char *format, va_list arguments)
{
	return (fails(ASKER) ? -1 : vasprintf(out, format, arguments));
}

/* A child tidies up nothing that its parent still needs. */
int
unlink(const char *path)
{
	return (child ? 0 : (int)syscall(SYS_unlink, path));
}

int
rmdir(const char *path)
{
	return (child ? 0 : (int)syscall(SYS_rmdir, path));
}

static void *
jansson_malloc(size_t n)
{
	return (fails(NULL) ? NULL : malloc(n));
}

__attribute__((constructor)) static void
torture_load(void)
{
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		sigaction(signals[i], NULL, &sanitizers[i]);
	torture_start();
	json_set_alloc_funcs(jansson_malloc, free);
}
