/* Settings: KOV_* variables of the environment, documented by one table. */
#include "conf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cidr.h"
#include "origin.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_SECRET };

struct row {
	const char *name, *value; /* its default */
	enum kind   kind;
	long	    least, most; /* of a number */
	const char *meaning;
};

/* clang-format off */
static const struct row rows[SETTINGS] = {
	[SETTING_LISTEN] = { "KOV_LISTEN", "127.0.0.1", KIND_TEXT, 0, 0,
	    "address the API listens on" },
	[SETTING_PORT] = { "KOV_PORT", "8080", KIND_NUMBER, 1, 65535,
	    "port the API listens on" },
	[SETTING_PRIVATE_LISTEN] = { "KOV_PRIVATE_LISTEN", "127.0.0.1",
	    KIND_TEXT, 0, 0, "address of livez, readyz and metrics" },
	[SETTING_PRIVATE_PORT] = { "KOV_PRIVATE_PORT", "8081", KIND_NUMBER,
	    1, 65535, "port of livez, readyz and metrics" },
	[SETTING_PUBLIC_URL] = { "KOV_PUBLIC_URL", "", KIND_TEXT, 0, 0,
	    "how clients reach the API; unset: http://KOV_LISTEN:KOV_PORT" },
	[SETTING_STATE] = { "KOV_STATE", "var", KIND_TEXT, 0, 0,
	    "directory of everything that changes" },
	[SETTING_DATABASE_URL] = { "KOV_DATABASE_URL", "", KIND_SECRET, 0, 0,
	    "PostgreSQL; unset: a private cluster in KOV_STATE/postgres" },
	[SETTING_SECRET_FILE] = { "KOV_SECRET_FILE", "", KIND_TEXT, 0, 0,
	    "the master secret; unset: KOV_STATE/secret, made at first run" },
	[SETTING_CONTRACT] = { "KOV_CONTRACT", "conf/api", KIND_TEXT, 0, 0,
	    "directory of the OpenAPI contract" },
	[SETTING_WORKERS] = { "KOV_WORKERS", "", KIND_NUMBER, 1, 64,
	    "worker processes; unset: one a core" },
	[SETTING_LOG] = { "KOV_LOG", "", KIND_TEXT, 0, 0,
	    "-: log to standard output; unset: to KOV_STATE/log" },
	[SETTING_LOG_LEVEL] = { "KOV_LOG_LEVEL", "info", KIND_TEXT, 0, 0,
	    "debug, info, warning or error" },
	[SETTING_LOG_REQUESTS] = { "KOV_LOG_REQUESTS", "1", KIND_NUMBER, 0, 1,
	    "1: a line for each request; 0: only for answers of 500 up" },
	[SETTING_DRAIN_SECONDS] = { "KOV_DRAIN_SECONDS", "10", KIND_NUMBER,
	    1, 300, "how long a stop waits for requests in flight" },
	[SETTING_BODY_BUDGET] = { "KOV_BODY_BUDGET", "67108864", KIND_NUMBER,
	    4194304, 4294967296, "bytes of bodies a worker takes in at once" },
	[SETTING_READ_LINKS] = { "KOV_READ_LINKS", "1", KIND_NUMBER, 1, 64,
	    "connections a worker: reads by id" },
	[SETTING_LIST_LINKS] = { "KOV_LIST_LINKS", "1", KIND_NUMBER, 1, 64,
	    "connections a worker: lists" },
	[SETTING_INTAKE_LINKS] = { "KOV_INTAKE_LINKS", "1", KIND_NUMBER,
	    1, 64, "connections a worker: intake, gathered in segments" },
	[SETTING_CHANGE_LINKS] = { "KOV_CHANGE_LINKS", "4", KIND_NUMBER,
	    1, 64, "connections a worker: changes, one at a time each" },
	[SETTING_BATCH_LINKS] = { "KOV_BATCH_LINKS", "1", KIND_NUMBER, 1, 64,
	    "connections a worker: batches" },
	[SETTING_REPORT_LINKS] = { "KOV_REPORT_LINKS", "1", KIND_NUMBER,
	    1, 64, "connections a worker: metrics and exports" },
	[SETTING_FILE_LINKS] = { "KOV_FILE_LINKS", "1", KIND_NUMBER, 1, 64,
	    "connections a worker: bytes of attachments" },
	[SETTING_WEBHOOK_ALLOW] = { "KOV_WEBHOOK_ALLOW", "", KIND_TEXT, 0, 0,
	    "private CIDRs webhooks may reach: CIDR or CODE=CIDR, commas" },
	[SETTING_WEBHOOK_HTTP] = { "KOV_WEBHOOK_HTTP", "0", KIND_NUMBER, 0, 1,
	    "1: webhooks may use http and any port everywhere" },
	[SETTING_TRUSTED_PROXIES] = { "KOV_TRUSTED_PROXIES", "", KIND_TEXT,
	    0, 0, "CIDRs of proxies whose X-Forwarded-For counts, commas" },
	[SETTING_CORS_ORIGINS] = { "KOV_CORS_ORIGINS", "", KIND_TEXT, 0, 0,
	    "origins whose pages may read answers, beside those of "
	    "publishable keys; commas" },
	[SETTING_SCAN] = { "KOV_SCAN", "", KIND_TEXT, 0, 0,
	    "scanner of files: clamd:/SOCKET, clamd:HOST:PORT, command:/PATH" },
	[SETTING_PUBLIC_KEY] = { "KOV_PUBLIC_KEY", "6000", KIND_NUMBER,
	    0, 6000000, "requests a minute of a publishable key; 0: no limit" },
	[SETTING_PUBLIC_ADDRESS] = { "KOV_PUBLIC_ADDRESS", "120", KIND_NUMBER,
	    0, 6000000, "those a minute of one address; 0: no limit" },
	[SETTING_PUBLIC_DAY] = { "KOV_PUBLIC_DAY", "10000", KIND_NUMBER, 0,
	    6000000, "what it posts a day before it has to work; 0: no end" },
	[SETTING_PUBLIC_ADDRESS_DAY] = { "KOV_PUBLIC_ADDRESS_DAY", "50",
	    KIND_NUMBER, 0, 6000000, "the same of one address; 0: no end" },
	[SETTING_PROOF_BITS] = { "KOV_PROOF_BITS", "14", KIND_NUMBER, 1, 28,
	    "how hard that work is: each bit doubles it" },
	[SETTING_LIMIT_KEY] = { "KOV_LIMIT_KEY", "60000", KIND_NUMBER,
	    0, 6000000, "requests a minute of a key or access token; 0: no limit" },
	[SETTING_LIMIT_CUSTOMER] = { "KOV_LIMIT_CUSTOMER", "300",
	    KIND_NUMBER, 0, 6000000, "requests a minute of a customer's token; 0: no limit" },
	[SETTING_LIMIT_PARTNER] = { "KOV_LIMIT_PARTNER", "60000",
	    KIND_NUMBER, 0, 6000000, "a minute of all a partner's keys; 0: no limit" },
	[SETTING_LIMIT_ORGANISATION] = { "KOV_LIMIT_ORGANISATION", "0",
	    KIND_NUMBER, 0, 6000000, "a minute of all an organisation's; 0: no limit" },
	[SETTING_LIMIT_FAILURES] = { "KOV_LIMIT_FAILURES", "300",
	    KIND_NUMBER, 0, 6000000, "bad credentials a minute of an address; 0: no limit" },
	[SETTING_LIMIT_STRANGERS] = { "KOV_LIMIT_STRANGERS", "3000",
	    KIND_NUMBER, 0, 6000000, "a minute of an address without credentials; 0: no limit" },
	[SETTING_DOCS] = { "KOV_DOCS", "1", KIND_NUMBER, 0, 1,
	    "1: the reference page at /docs; 0: none, and npm is not asked" },
};
/* clang-format on */

static const char *values[SETTINGS];
static long	   numbers[SETTINGS];

/* Where to reach what listens on an address. */
static const char *
conf_dial(const char *listen)
{
	if (strcmp(listen, "0.0.0.0") == 0)
		return ("127.0.0.1");
	return (strcmp(listen, "::") == 0 ? "::1" : listen);
}

/* A default that depends on others or on the machine. */
static const char *
conf_derived(enum setting s)
{
	static struct text derived[SETTINGS];
	struct text	  *t = &derived[s];
	const char	  *listen = values[SETTING_LISTEN];

	text_clear(t);
	if (s == SETTING_WORKERS)
		text_addf(t, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	else if (s == SETTING_SECRET_FILE)
		text_addf(t, "%s/secret", values[SETTING_STATE]);
	else if (s == SETTING_PUBLIC_URL)
		text_addf(t,
		    strchr(listen, ':') != NULL ? "http://[%s]:%s" :
						  "http://%s:%s",
		    conf_dial(listen), values[SETTING_PORT]);
	return (t->data != NULL ? t->data : rows[s].value);
}

static bool
conf_number_load(enum setting s, struct text *error)
{
	const struct row *row = &rows[s];
	char		 *end;

	errno = 0;
	numbers[s] = strtol(values[s], &end, 10);
	if (errno == 0 && *end == '\0' && end != values[s] &&
	    numbers[s] >= row->least && numbers[s] <= row->most)
		return (true);
	text_addf(error,
	    "%s is \"%s\": set it to a whole number from %ld to "
	    "%ld (%s)",
	    row->name, values[s], row->least, row->most, row->meaning);
	return (false);
}

static bool
conf_url_ok(struct text *error)
{
	const char *url = values[SETTING_PUBLIC_URL];
	size_t	    n = strlen(url);

	if ((strncmp(url, "http://", 7) == 0 ||
		strncmp(url, "https://", 8) == 0) &&
	    url[n - 1] != '/' && strpbrk(url, "\"\\ \r\n<>") == NULL)
		return (true);
	text_addf(error,
	    "KOV_PUBLIC_URL is \"%s\": set it to http:// or "
	    "https://, a host, and no slash at the end",
	    url);
	return (false);
}

static bool
conf_level_ok(struct text *error)
{
	static const char *const levels[] = { "debug", "info", "warning",
		"error" };
	const char		*level = values[SETTING_LOG_LEVEL];
	long			 i;

	for (i = 0; i < 4; i++)
		if (strcmp(levels[i], level) == 0) {
			numbers[SETTING_LOG_LEVEL] = i;
			return (true);
		}
	text_addf(error,
	    "KOV_LOG_LEVEL is \"%s\": set it to debug, info, "
	    "warning or error",
	    level);
	return (false);
}

static bool
conf_proxies_ok(struct text *error)
{
	const char *list = values[SETTING_TRUSTED_PROXIES];

	if (cidr_list_valid(list))
		return (true);
	text_addf(error,
	    "KOV_TRUSTED_PROXIES is \"%s\": set it to CIDRs such "
	    "as 10.0.0.0/8, separated by commas",
	    list);
	return (false);
}

static bool
conf_allowance_ok(struct text *error)
{
	const char *allowance = values[SETTING_WEBHOOK_ALLOW];

	if (cidr_allowance_valid(allowance))
		return (true);
	text_addf(error,
	    "KOV_WEBHOOK_ALLOW is \"%s\": set it to CIDRs such as "
	    "10.0.0.0/8, or CODE=CIDR for one organisation, separated by "
	    "commas",
	    allowance);
	return (false);
}

/* Nobody shall think that files are scanned where they are not. */
static bool
conf_scan_ok(struct text *error)
{
	const char *scan = values[SETTING_SCAN];

	if (*scan == '\0' || strncmp(scan, "clamd:/", 7) == 0 ||
	    strncmp(scan, "command:/", 9) == 0 ||
	    (strncmp(scan, "clamd:", 6) == 0 &&
		strchr(scan + 6, ':') > scan + 6))
		return (true);
	text_addf(error,
	    "KOV_SCAN is \"%s\": set it to clamd:/PATH/OF/SOCKET, "
	    "clamd:HOST:PORT or command:/PATH/OF/PROGRAM",
	    scan);
	return (false);
}

static bool
conf_origins_ok(struct text *error)
{
	const char *list = values[SETTING_CORS_ORIGINS];

	if (origin_list_valid(list))
		return (true);
	text_addf(error,
	    "KOV_CORS_ORIGINS is \"%s\": set it to origins such as "
	    "https://shop.example, in lower case, without a path or the "
	    "scheme's own port, separated by commas",
	    list);
	return (false);
}

static bool
conf_listen_ok(enum setting s, struct text *error)
{
	struct in6_addr in6;
	struct in_addr	in;

	if (inet_pton(AF_INET, values[s], &in) == 1 ||
	    inet_pton(AF_INET6, values[s], &in6) == 1)
		return (true);
	text_addf(error,
	    "%s is \"%s\": set it to an address of this machine, such as "
	    "127.0.0.1, or 0.0.0.0 for all",
	    rows[s].name, values[s]);
	return (false);
}

bool
conf_load(struct text *error)
{
	enum setting s;
	const char  *value;

	for (s = 0; s < SETTINGS; s++) {
		value = getenv(rows[s].name);
		values[s] = value != NULL ? value : rows[s].value;
	}
	for (s = 0; s < SETTINGS; s++) {
		if (values[s][0] == '\0')
			values[s] = conf_derived(s);
		if (rows[s].kind == KIND_NUMBER && !conf_number_load(s, error))
			return (false);
	}
	return (conf_listen_ok(SETTING_LISTEN, error) &&
	    conf_listen_ok(SETTING_PRIVATE_LISTEN, error) &&
	    conf_url_ok(error) && conf_level_ok(error) &&
	    conf_proxies_ok(error) && conf_allowance_ok(error) &&
	    conf_origins_ok(error) && conf_scan_ok(error));
}

const char *
conf_text(enum setting s)
{
	return (values[s] != NULL ? values[s] : rows[s].value);
}

long
conf_number(enum setting s)
{
	return (numbers[s]);
}

/* Each lane's links, and the three that every lane has (lane_link.h). */
long
conf_connections(void)
{
	enum setting s;
	long	     n = 0;

	for (s = SETTING_READ_LINKS; s <= SETTING_FILE_LINKS; s++)
		n += numbers[s] + CONF_LANE_EXTRA;
	return (n * numbers[SETTING_WORKERS] + CONF_OTHERS);
}

void
conf_print(FILE *out)
{
	enum setting s;
	bool	     masked;

	for (s = 0; s < SETTINGS; s++) {
		masked = rows[s].kind == KIND_SECRET && values[s][0] != '\0';
		fprintf(out, "%-22s  %-24s  %s\n", rows[s].name,
		    masked ? "(set)" : values[s], rows[s].meaning);
	}
}

void
conf_print_shell(FILE *out)
{
	enum setting s;
	const char  *c;

	for (s = 0; s < SETTINGS; s++) {
		fprintf(out, "%s='", rows[s].name);
		for (c = values[s]; *c != '\0'; c++)
			if (*c == '\'')
				fputs("'\\''", out);
			else
				fputc(*c, out);
		fputs("'\n", out);
	}
}
