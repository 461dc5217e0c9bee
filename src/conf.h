/* Settings: KOV_* variables of the environment, documented by one table. */
#ifndef KOV_CONF_H
#define KOV_CONF_H

#include <stdbool.h>
#include <stdio.h>

#include "text.h"

enum setting {
	SETTING_LISTEN,
	SETTING_PORT,
	SETTING_PRIVATE_LISTEN,
	SETTING_PRIVATE_PORT,
	SETTING_PUBLIC_URL,
	SETTING_STATE,
	SETTING_DATABASE_URL,
	SETTING_SECRET_FILE,
	SETTING_CONTRACT,
	SETTING_WORKERS,
	SETTING_LOG,
	SETTING_LOG_LEVEL,
	SETTING_LOG_REQUESTS,
	SETTING_DRAIN_SECONDS,
	SETTING_BODY_BUDGET,
	SETTING_READ_LINKS,
	SETTING_LIST_LINKS,
	SETTING_INTAKE_LINKS,
	SETTING_CHANGE_LINKS,
	SETTING_BATCH_LINKS,
	SETTING_REPORT_LINKS,
	SETTING_FILE_LINKS,
	SETTING_WEBHOOK_ALLOW,
	SETTING_WEBHOOK_HTTP,
	SETTING_TRUSTED_PROXIES,
	SETTING_CORS_ORIGINS,
	SETTING_SCAN,
	SETTING_PUBLIC_KEY,
	SETTING_PUBLIC_ADDRESS,
	SETTING_PUBLIC_DAY,
	SETTING_PUBLIC_ADDRESS_DAY,
	SETTING_PROOF_BITS,
	SETTING_LIMIT_KEY,
	SETTING_LIMIT_CUSTOMER,
	SETTING_LIMIT_PARTNER,
	SETTING_LIMIT_ORGANISATION,
	SETTING_LIMIT_FAILURES,
	SETTING_LIMIT_STRANGERS,
	SETTING_DOCS,
	SETTINGS
};

/* Reads and judges the environment; false: error is one sentence that names
 * the variable, what was expected and what to do. */
bool conf_load(struct text *error);

const char *conf_text(enum setting);   /* never NULL; borrowed for ever */
long	    conf_number(enum setting); /* of those that are numbers */

/* PostgreSQL connections that all workers together hold, and those kept for
 * kov-jobs, migrations and people. */
#define CONF_OTHERS 16
#define CONF_LANE_EXTRA 3 /* a lane's: failed, waiting for locks, aid */
long conf_connections(void);

/* One line a setting: name, value in force, meaning. Secrets are masked. */
void conf_print(FILE *);

/* NAME='value' lines for sh(1), quoted, defaults applied. */
void conf_print_shell(FILE *);

#endif
