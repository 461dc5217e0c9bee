/* Kore's hooks: start, drain, stop. */
#include <kore/kore.h>
#include <kore/hooks.h>
#include <kore/http.h>
#include <kore/seccomp.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "conf.h"
#include "contract.h"
#include "db.h"
#include "front.h"
#include "limit.h"
#include "log.h"
#include "page.h"
#include "secret.h"
#include "spent.h"
#include "tell.h"
#include "worker.h"

#ifdef __SANITIZE_ADDRESS__
void __lsan_do_leak_check(void);
#define MAIN_SANITIZER                                                   \
	KORE_SYSCALL_ALLOW(clone), KORE_SYSCALL_ALLOW(ptrace),           \
	    KORE_SYSCALL_ALLOW(wait4), KORE_SYSCALL_ALLOW(gettid),       \
	    KORE_SYSCALL_ALLOW(tgkill), KORE_SYSCALL_ALLOW(sched_yield), \
	    KORE_SYSCALL_ALLOW(getdents),
#else
#define MAIN_SANITIZER
#endif

/* What libpq, OpenSSL and front.c call beyond Kore's own list. */
KORE_SECCOMP_FILTER("kov", MAIN_SANITIZER KORE_SYSCALL_ALLOW(newfstatat),
    KORE_SYSCALL_ALLOW(mremap), /* realloc of more than 128 KiB */
    KORE_SYSCALL_ALLOW(shutdown), KORE_SYSCALL_ALLOW(prctl),
    KORE_SYSCALL_ALLOW(getppid), KORE_SYSCALL_ALLOW(gettid),
    KORE_SYSCALL_ALLOW(uname), KORE_SYSCALL_ALLOW(sendmmsg),
    KORE_SYSCALL_ALLOW(getdents64), KORE_SYSCALL_ALLOW(lseek))

static struct contract *contract;
static struct text	database; /* its URL, host names resolved */

/* A bad start ends here, with one sentence: a worker that dies is started
 * again at once, for ever. */
static void
main_refuse(const struct text *error)
{
	fprintf(stderr, "kov: %s\n",
	    error->data != NULL ? error->data : "out of memory");
	exit(1);
}

/* Its files lie where the program is installed (deploy/program.sh). */
static bool
main_page(struct text *error)
{
	return (conf_number(SETTING_DOCS) == 0 || page_load("docs", error));
}

void
kore_parent_configure(int argc, char **argv)
{
	struct text error = { 0 };
	bool	    away;

	(void)argc;
	(void)argv;
	signal(SIGHUP, SIG_IGN);
	if (!conf_load(&error) ||
	    !secret_load(conf_text(SETTING_SECRET_FILE), &error))
		main_refuse(&error);
	log_open("kov", (enum log_level)conf_number(SETTING_LOG_LEVEL));
	front_prepare();
	contract = contract_load(conf_text(SETTING_CONTRACT), &error);
	if (contract == NULL ||
	    !contract_publish(contract, conf_text(SETTING_PUBLIC_URL)) ||
	    !tell_open(contract) || !limit_open() || !spent_open() ||
	    !main_page(&error) ||
	    !db_resolve(&database, conf_text(SETTING_DATABASE_URL), &error) ||
	    !check_database(contract, &away, &error))
		main_refuse(&error);
	log_say(LOG_LEVEL_INFO, "start", "s:s, s:i, s:i, s:b", "url",
	    conf_text(SETTING_PUBLIC_URL), "workers",
	    (int)conf_number(SETTING_WORKERS), "operations",
	    (int)contract->count, "database", !away);
	text_release(&error);
}

void
kore_worker_configure(void)
{
	front_start();
	tell_start();
	limit_begin(worker->id);
	spent_begin(worker->id);
	if (!worker_start(contract, database.data))
		fatal("out of memory for the lanes");
}

#ifdef __SANITIZE_ADDRESS__
/* Here, and not at exit: Kore unloads the module before, and the sanitizers'
 * ends with it. */
static void
main_judge(void)
{
	__lsan_do_leak_check();
	_exit(0);
}

void
kore_parent_teardown(void)
{
	_exit(0);
}
#else
#define main_judge()
#endif

void
kore_worker_teardown(void)
{
	worker_stop();
	main_judge();
}

/* Kore's own lines go to standard output, which -f leaves block-buffered. */
__attribute__((constructor)) static void
main_lines(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
