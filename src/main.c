/* Kore's hooks: start, drain, stop. */
#include <kore/kore.h>
#include <kore/hooks.h>
#include <kore/http.h>
#include <kore/seccomp.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "conf.h"
#include "contract.h"
#include "counts.h"
#include "front.h"
#include "log.h"
#include "secret.h"
#include "worker.h"

/* What libpq, jansson and we call beyond Kore's own list. */
KORE_SECCOMP_FILTER("kov",
    KORE_SYSCALL_ALLOW(newfstatat),
    KORE_SYSCALL_ALLOW(shutdown),
    KORE_SYSCALL_ALLOW(prctl),
    KORE_SYSCALL_ALLOW(getppid),
    KORE_SYSCALL_ALLOW(uname),
    KORE_SYSCALL_ALLOW(sendmmsg),
    KORE_SYSCALL_ALLOW(getdents64),
    KORE_SYSCALL_ALLOW(getrandom),
    KORE_SYSCALL_ALLOW(clock_nanosleep),
    KORE_SYSCALL_ALLOW(poll),
    KORE_SYSCALL_ALLOW(madvise))

static struct contract *contract;

/* A bad start ends here, with one sentence: a worker that dies is started
 * again at once, for ever. */
static void
main_refuse(const struct text *error)
{
	fprintf(stderr, "kov: %s\n", error->data != NULL ? error->data :
	    "out of memory");
	exit(1);
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
	contract = contract_load(conf_text(SETTING_CONTRACT), &error);
	if (contract == NULL || !counts_open() ||
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
	if (!worker_start(contract))
		fatal("out of memory for the lanes");
}

/* Kore's own lines go to standard output, which -f leaves block-buffered. */
__attribute__((constructor)) static void
main_lines(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
