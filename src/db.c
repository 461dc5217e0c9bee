/* How Kov reaches PostgreSQL: whom it logs in as, and with which options. */
#include "db.h"

#include <sys/socket.h>

#include <netdb.h>
#include <string.h>

#include "conf.h"
#include "log.h"

#define DB_LIBPQ_PORT "5432"

/* ---- reading the URL ---- */

static const char *
db_option(const PQconninfoOption *options, const char *key)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, key) == 0)
			return (options->val == NULL ? "" : options->val);
	return ("");
}

static PQconninfoOption *
db_parse(const char *url, struct text *error)
{
	char		 *message = NULL;
	PQconninfoOption *options = PQconninfoParse(url, &message);

	if (options == NULL) {
		text_adds(error, "KOV_DATABASE_URL is not understood: ");
		text_add(error, message == NULL ? "" : message,
		    message == NULL ? 0 : strcspn(message, "\n"));
	}
	PQfreemem(message);
	return (options);
}

/* ---- parameters ---- */

static void
db_put(struct db_parameters *p, size_t *n, const char *key, const char *value)
{
	p->keys[*n] = key;
	p->values[(*n)++] = value;
}

/* Of what is named twice libpq takes the last: defaults stand before the
 * URL, what must hold behind it. */
static void
db_fill(struct db_parameters *p, const char *url, const char *user,
    const char *program)
{
	size_t n = 0;

	db_put(p, &n, "connect_timeout", "10");
	db_put(p, &n, "keepalives_idle", "15");
	db_put(p, &n, "keepalives_interval", "5");
	db_put(p, &n, "keepalives_count", "3");
	db_put(p, &n, "dbname", url);
	if (user != NULL)
		db_put(p, &n, "user", user);
	db_put(p, &n, "application_name", program);
	db_put(p, &n, "client_encoding", "UTF8");
	db_put(p, &n, "gssencmode", "disable"); /* it reads directories */
	db_put(p, &n, "options", p->options.data);
	db_put(p, &n, NULL, NULL);
}

bool
db_parameters(struct db_parameters *p, const char *url, const char *role,
    const char *program, const char *settings, struct text *error)
{
	PQconninfoOption *options = db_parse(url, error);
	bool		  has_user;

	*p = (struct db_parameters){ 0 };
	if (options == NULL)
		return (false);
	has_user = db_option(options, "user")[0] != '\0';
	text_adds(&p->options, db_option(options, "options"));
	if (has_user)
		text_addf(&p->options, " -c role=%s", role);
	text_addf(&p->options, " -c kov.webhook_http=%ld %s",
	    conf_number(SETTING_WEBHOOK_HTTP),
	    settings == NULL ? "" : settings);
	PQconninfoFree(options);
	if (p->options.failed) {
		text_adds(error, "out of memory");
		return (false);
	}
	db_fill(p, url, has_user ? NULL : role, program);
	return (true);
}

void
db_parameters_release(struct db_parameters *p)
{
	text_release(&p->options);
}

/* ---- names to addresses ---- */

/* The lists of a URL with several hosts, as libpq wants them: parallel. */
struct db_hosts {
	struct text host, hostaddr, port;
};

static void
db_add_host(struct db_hosts *h, const char *host, size_t n, const char *addr,
    const char *port, size_t port_length)
{
	const char *comma = h->host.length > 0 || h->port.length > 0 ? "," : "";

	text_adds(&h->host, comma);
	text_add(&h->host, host, n);
	text_adds(&h->hostaddr, comma);
	text_adds(&h->hostaddr, addr);
	text_adds(&h->port, comma);
	text_add(&h->port, port, port_length);
}

/* All addresses of one name, as hosts of that name (TLS checks it). */
static bool
db_look_up(struct db_hosts *h, const char *host, size_t n, const char *port,
    size_t port_length, struct text *error)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found, *a;
	char		 name[NI_MAXHOST], number[NI_MAXHOST];
	int		 fault;

	if (n >= sizeof(name)) {
		text_adds(error, "KOV_DATABASE_URL has too long a host name");
		return (false);
	}
	memcpy(name, host, n);
	name[n] = '\0';
	if ((fault = getaddrinfo(name, NULL, &hints, &found)) != 0) {
		text_addf(error, "KOV_DATABASE_URL: host %s: %s", name,
		    gai_strerror(fault));
		return (false);
	}
	for (a = found; a != NULL; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, number,
			sizeof(number), NULL, 0, NI_NUMERICHOST) == 0)
			db_add_host(h, host, n, number, port, port_length);
	freeaddrinfo(found);
	return (true);
}

/* One port may stand for all hosts; otherwise there is one for each. */
static bool
db_look_up_all(struct db_hosts *h, const char *host, const char *port,
    struct text *error)
{
	bool   one_port = strchr(port, ',') == NULL;
	size_t n, m;

	for (;; host += n + 1) {
		n = strcspn(host, ",");
		m = strcspn(port, ",");
		if (n == 0 || host[0] == '/' || host[0] == '@')
			db_add_host(h, host, n, "", port, m);
		else if (!db_look_up(h, host, n, port, m, error))
			return (false);
		if (host[n] == '\0')
			return (true);
		if (!one_port && port[m] == ',')
			port += m + 1;
	}
}

static bool
db_has_hosts(const struct db_hosts *h)
{
	return (h->host.data != NULL && h->hostaddr.data != NULL &&
	    h->port.data != NULL && !h->host.failed && !h->hostaddr.failed &&
	    !h->port.failed);
}

static void
db_add_option(struct text *t, const char *key, const char *value)
{
	text_addf(t, "%s%s='", t->length > 0 ? " " : "", key);
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			text_adds(t, "\\");
		text_add(t, value, 1);
	}
	text_adds(t, "'");
}

static void
db_write(struct text *t, const PQconninfoOption *options,
    const struct db_hosts *h)
{
	db_add_option(t, "host", h->host.data);
	db_add_option(t, "hostaddr", h->hostaddr.data);
	db_add_option(t, "port", h->port.data);
	for (; options->keyword != NULL; options++)
		if (options->val != NULL &&
		    strcmp(options->keyword, "host") != 0 &&
		    strcmp(options->keyword, "port") != 0)
			db_add_option(t, options->keyword, options->val);
}

bool
db_resolve(struct text *resolved, const char *url, struct text *error)
{
	PQconninfoOption *options = db_parse(url, error);
	struct db_hosts	  h = { 0 };
	const char	 *host, *port;
	bool		  ok = true;

	if (options == NULL)
		return (false);
	host = db_option(options, "host");
	port = db_option(options, "port");
	if (host[0] == '\0' || db_option(options, "hostaddr")[0] != '\0') {
		text_adds(resolved, url);
	} else {
		ok = db_look_up_all(&h, host,
		    port[0] == '\0' ? DB_LIBPQ_PORT : port, error);
		if (ok && !db_has_hosts(&h)) {
			text_adds(error, "KOV_DATABASE_URL: no address");
			ok = false;
		}
		if (ok)
			db_write(resolved, options, &h);
	}
	text_release(&h.host);
	text_release(&h.hostaddr);
	text_release(&h.port);
	PQconninfoFree(options);
	return (ok && !resolved->failed);
}

/* ---- blocking connections ---- */

PGconn *
db_connect(const char *role, const char *program, struct text *error)
{
	struct db_parameters p;
	PGconn		    *db;
	const char	    *message;

	if (!db_parameters(&p, conf_text(SETTING_DATABASE_URL), role, program,
		NULL, error))
		return (NULL);
	db = PQconnectdbParams(p.keys, p.values, 1);
	db_parameters_release(&p);
	if (PQstatus(db) == CONNECTION_OK)
		return (db);
	message = PQerrorMessage(db);
	text_adds(error, "PostgreSQL cannot be reached: ");
	text_add(error, message, strcspn(message, "\n"));
	PQfinish(db);
	return (NULL);
}

/* Classes 22 and 23 quote the data they are about. */
static const char *
db_message(const PGresult *r, const char *state)
{
	const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (message == NULL || strncmp(state, "22", 2) == 0 ||
	    strncmp(state, "23", 2) == 0)
		return ("");
	return (message);
}

PGresult *
db_ask(PGconn *db, const char *sql, int n, const char *const *values)
{
	PGresult      *r;
	const char    *state;
	ExecStatusType status;

	r = PQexecParams(db, sql, n, NULL, values, NULL, NULL, 0);
	status = PQresultStatus(r); /* of NULL: an error */
	if (status != PGRES_FATAL_ERROR && status != PGRES_BAD_RESPONSE)
		return (r);
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (state == NULL)
		state = "08006"; /* connection_failure: nobody answered */
	log_say(LOG_LEVEL_WARNING, "db.failed", "s:s, s:s, s:s", "sqlstate",
	    state, "sql", sql, "message", db_message(r, state));
	PQclear(r);
	return (NULL);
}
