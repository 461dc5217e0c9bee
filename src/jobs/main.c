/*
 * kov-jobs: runs each job of the table as a child process, starts again what
 * dies, and stops them all.
 *
 * A job may be killed at any moment: what it does is either committed or
 * taken up again by the next one, so nothing here is careful but the exit.
 */
#include "jobs.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../conf.h"
#include "../log.h"
#include "../secret.h"
#include "../text.h"

#define PAUSE_LEAST 250	 /* ms before the first restart */
#define PAUSE_MOST 30000 /* ms: doubled at most to this */
#define STEADY 60000	 /* ms alive after which the pause starts anew */

static const struct job jobs[] = {
	{ "sequencer", sequencer_run },
	{ "courier", courier_run },
	{ "clock", clock_run },
	{ "projector", projector_run },
	{ "curator", curator_run },
	{ "keeper", keeper_run },
};

#define JOBS (sizeof(jobs) / sizeof(jobs[0]))

struct child {
	pid_t	 pid;	  /* 0: not running */
	uint64_t started; /* ms, monotonic */
	uint64_t due;	  /* when to start it again */
	uint64_t pause;
};

static struct child children[JOBS];
static uint64_t	    deadline; /* 0: not stopping; else when to kill */
static int	    signals = -1;
static bool	    stopping;

uint64_t
jobs_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000);
}

static sigset_t
jobs_mask(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	return (set);
}

void
jobs_listen(void)
{
	sigset_t set = jobs_mask();

	sigprocmask(SIG_SETMASK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
jobs_signals(void)
{
	return (signals);
}

bool
jobs_stopping(void)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) > 0)
		stopping = true;
	return (stopping);
}

void
jobs_sleep(int fd, int ms)
{
	struct pollfd p[2] = { { .fd = signals, .events = POLLIN },
		{ .fd = fd, .events = POLLIN } };

	if (!stopping)
		poll(p, fd < 0 ? 1 : 2, ms);
}

/* In the child. Its parent may have died between fork and prctl. */
static void
child_run(const struct job *job, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, job->name);
	close(signals);
	jobs_listen();
	job->run();
	_exit(0);
}

static void
child_start(size_t i)
{
	struct child *c = &children[i];
	pid_t	      parent = getpid();

	c->started = jobs_ms();
	if ((c->pid = fork()) == 0)
		child_run(&jobs[i], parent);
	if (c->pid > 0)
		return;
	c->pid = 0;
	c->due = c->started + PAUSE_MOST;
	log_say(LOG_LEVEL_ERROR, "job.fork", "s:s, s:s", "job", jobs[i].name,
	    "error", strerror(errno));
}

static void
child_ended(size_t i, int status)
{
	struct child *c = &children[i];
	uint64_t      now = jobs_ms();

	c->pid = 0;
	if (deadline != 0)
		return;
	if (c->pause == 0 || now - c->started > STEADY)
		c->pause = PAUSE_LEAST;
	c->due = now + c->pause;
	log_say(LOG_LEVEL_ERROR, "job.ended", "s:s, s:i, s:i, s:I", "job",
	    jobs[i].name, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	    "exit", WIFEXITED(status) ? WEXITSTATUS(status) : 0, "restartMs",
	    (json_int_t)c->pause);
	c->pause = c->pause * 2 < PAUSE_MOST ? c->pause * 2 : PAUSE_MOST;
}

static void
children_reap(void)
{
	size_t i;
	pid_t  pid;
	int    status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < JOBS; i++)
			if (children[i].pid == pid)
				child_ended(i, status);
}

static void
children_kill(int signo)
{
	size_t i;

	for (i = 0; i < JOBS; i++)
		if (children[i].pid > 0)
			kill(children[i].pid, signo);
}

/* The first signal drains; a second one, or the deadline, kills. */
static void
jobs_signal(void)
{
	struct signalfd_siginfo info;
	uint64_t		now = jobs_ms();
	bool			again = false;

	while (read(signals, &info, sizeof(info)) > 0) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		again = deadline != 0;
		if (deadline == 0) {
			deadline = now + JOBS_DRAIN_MS;
			log_say(LOG_LEVEL_INFO, "jobs.stopping", "");
			children_kill(SIGTERM);
		}
	}
	if (again || (deadline != 0 && now >= deadline))
		children_kill(SIGKILL);
}

/* Starts what is due; returns how long to sleep, or -1: all have ended. */
static int
children_turn(void)
{
	uint64_t now = jobs_ms(), next = now + PAUSE_MOST;
	size_t	 i, alive = 0;

	for (i = 0; i < JOBS; i++) {
		if (children[i].pid == 0 && deadline == 0 &&
		    now >= children[i].due)
			child_start(i);
		if (children[i].pid > 0)
			alive++;
		else if (children[i].due > now && children[i].due < next)
			next = children[i].due;
	}
	if (deadline != 0)
		return (alive == 0 ? -1 : 100);
	return ((int)(next - now));
}

static void
jobs_run(void)
{
	sigset_t      set = jobs_mask();
	struct pollfd p;
	int	      ms;

	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	p = (struct pollfd){ .fd = signals, .events = POLLIN };
	while ((ms = children_turn()) >= 0) {
		poll(&p, 1, ms);
		jobs_signal();
		children_reap();
	}
}

/* What cannot work ends here, before any job is begun. */
static bool
jobs_check(struct text *error)
{
	return (conf_load(error) &&
	    secret_load(conf_text(SETTING_SECRET_FILE), error));
}

int
main(void)
{
	struct text error = { 0 };

	if (!jobs_check(&error)) {
		log_say(LOG_LEVEL_ERROR, "jobs.refused", "s:s", "error",
		    error.data != NULL ? error.data : "out of memory");
		text_release(&error);
		return (2);
	}
	log_open("kov-jobs", (enum log_level)conf_number(SETTING_LOG_LEVEL));
	signal(SIGPIPE, SIG_IGN);
	log_say(LOG_LEVEL_INFO, "jobs.started", "s:i", "pid", (int)getpid());
	jobs_run();
	log_say(LOG_LEVEL_INFO, "jobs.stopped", "");
	return (0);
}
