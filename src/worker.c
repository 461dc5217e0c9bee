/* What one worker holds: its lanes, and the digests of all keys. */
#include "worker.h"

#include <kore/kore.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "conf.h"
#include "counts.h"
#include "issuer.h"
#include "log.h"
#include "tell.h"

#define TICK_MS 25	   /* lanes look at their clocks */
#define CREDENTIALS_MS 500 /* keys are asked for anew */
#define WATCHES 512	   /* links of all lanes */

/* Statements that are no operation's; they stand first in their lane, and
 * door.act last of them. */
enum { ONCE = 0, WANT = 1, CREDENTIALS = 0, READY = 1, FACTS = 0 };

/* What the loop needs to know of a lane's connection. */
struct watch {
	struct kore_event event; /* first: Kore casts */
	struct lane_link *link;
	int		  fd; /* -1: not watched */
};

/* clang-format off */
static const struct {
	enum setting links;
	bool	     writes, gathers;
	unsigned     room;
	uint64_t     patience, deadline; /* ms */
} plans[LANE_NATIVE] = {
	[LANE_READ] = { SETTING_READ_LINKS, false, true, 4096, 4000, 500 },
	[LANE_LIST] = { SETTING_LIST_LINKS, false, false, 512, 4000, 5000 },
	[LANE_INTAKE] = { SETTING_INTAKE_LINKS, true, true, 4096, 4000, 1000 },
	[LANE_CHANGE] = { SETTING_CHANGE_LINKS, true, false, 1024, 4000, 3000 },
	[LANE_BATCH] = { SETTING_BATCH_LINKS, true, false, 64, 30000, 30000 },
	[LANE_REPORT] = { SETTING_REPORT_LINKS, false, false, 128, 10000, 10000 },
	[LANE_FILE] = { SETTING_FILE_LINKS, true, false, 512, 30000, 10000 },
};
/* clang-format on */

static struct {
	const struct contract *contract;
	const char	      *url;
	struct lane	      *lanes[LANE_NATIVE];
	struct lane_statement *statements[LANE_NATIVE];
	int		      *index; /* operation's number to statement */
	struct watch	       watches[WATCHES];
	size_t		       watched;
	bool		       pushing; /* a push is due this turn */
	uint64_t	       credentials_due;
	bool		       credentials_asked;
} self;

const struct contract *
worker_contract(void)
{
	return (self.contract);
}

/* ---- the loop ---- */

static void
worker_push(void *unused, uint64_t now)
{
	enum lane_name lane;

	(void)unused;
	(void)now;
	self.pushing = false;
	for (lane = 0; lane < LANE_NATIVE; lane++)
		lane_push(self.lanes[lane]);
}

/* Once this turn's requests are all in: a timer of 0 ms is due at once. */
static void
worker_push_soon(void)
{
	if (self.pushing)
		return;
	self.pushing = true;
	kore_timer_add(worker_push, 0, NULL, KORE_TIMER_ONESHOT);
}

static void
worker_event(void *arg, int error)
{
	struct watch *w = arg;

	(void)error; /* libpq finds out by reading */
	lane_ready(w->link);
	worker_push_soon();
}

static void
worker_watch(struct lane_link *link, int fd, int want_write)
{
	struct watch *w = self.watches;

	while (w < self.watches + self.watched && w->link != link)
		w++;
	if (w == self.watches + self.watched) {
		if (self.watched == WATCHES)
			fatal("more than %d links", WATCHES);
		*w = (struct watch){
			.event.handle = worker_event, .link = link, .fd = -1
		};
		self.watched++;
	}
	if (fd < 0 && w->fd >= 0)
		kore_platform_disable_read(w->fd);
	w->fd = fd;
	if (fd < 0)
		return;
	if (want_write)
		kore_platform_event_level_all(fd, w);
	else
		kore_platform_event_level_read(fd, w);
}

/* ---- credentials ---- */

static void
worker_credentials(void *unused, enum lane_end end, const PGresult *result,
    int row)
{
	(void)unused;
	self.credentials_asked = false;
	if (end != LANE_OK)
		return;
	if (!auth_take(PQgetvalue(result, row, 2),
		(size_t)PQgetlength(result, row, 2), kore_time_ms()))
		log_say(LOG_LEVEL_ERROR, "auth.credentials_not_understood", "");
}

static void
worker_ask_credentials(uint64_t now)
{
	char input[64];

	if (self.credentials_asked || now < self.credentials_due)
		return;
	self.credentials_due = now + CREDENTIALS_MS;
	snprintf(input, sizeof(input), "{\"since\":%" PRId64 "}",
	    auth_change());
	self.credentials_asked = lane_ask(self.lanes[LANE_READ], CREDENTIALS, 0,
				     "", "{}", input, worker_credentials,
				     NULL) != NULL;
}

static void
worker_wanted(void *unused, enum lane_end end, const PGresult *result, int row)
{
	(void)unused;
	(void)end;
	(void)result;
	(void)row;
}

/* kov-jobs fetches the keys of an issuer that has new ones. */
static void
worker_want_jwks(uint64_t now)
{
	int64_t	    organisation;
	const char *id = issuer_wanting(now, &organisation);
	char	    input[64];

	if (id == NULL)
		return;
	snprintf(input, sizeof(input), "{\"issuer\":\"%.36s\"}", id);
	lane_ask(self.lanes[LANE_CHANGE], WANT, organisation, "", "{}", input,
	    worker_wanted, NULL);
}

static void
worker_tick(void *unused, uint64_t now)
{
	enum lane_name lane;

	(void)unused;
	auth_tick(now);
	worker_ask_credentials(now);
	tell_tick();
	worker_want_jwks(now);
	for (lane = 0; lane < LANE_NATIVE; lane++)
		lane_tick(self.lanes[lane], now);
}

/* ---- our own statements ---- */

#define ROW                                                \
	"null::text, null::text, null::text, null::jsonb " \
	"where $1::bigint is not null and $2::jsonb is not null"

#define ACT(reads)                                                            \
	{                                                                     \
		"door_act", "select * from door.act($1, $2, $3)", reads, NULL \
	}

static const struct lane_statement read_own[] = {
	[CREDENTIALS] = { "door_credentials",
	    "select 200, 'application/json',"
	    " door.credentials(($3::jsonb->>'since')::bigint), " ROW,
	    1 },
	[READY] = { "door_ready",
	    "select 200, 'text/plain', door.ready(), " ROW
	    " and $3::jsonb is not null",
	    1 },
	ACT(1),
};
static const struct lane_statement list_own[] = { ACT(1) };
static const struct lane_statement report_own[] = {
	[FACTS] = { "door_facts",
	    "select 200, 'application/json', door.facts(), " ROW
	    " and $3::jsonb is not null",
	    1 },
	ACT(1),
};
static const struct lane_statement write_own[] = {
	[ONCE] = { "door_once", "select * from door.once($1, $2, $3)", 0,
	    NULL },
	[WANT] = { "door_want_jwks", "select * from door.want_jwks($1, $2, $3)",
	    0, NULL },
	ACT(0),
};
static const struct lane_statement file_own[] = {
	[WORKER_PUT] = { "door_put_part",
	    "select * from door.put_part($1, $2, $3)", 0, NULL },
	[WORKER_GET] = { "door_get_part",
	    "select * from door.get_part($1, $2, $3)", 1, NULL },
	[WORKER_DROP] = { "door_drop_file",
	    "select * from door.drop_file($1, $2, $3)", 0, NULL },
};

#define OWN(list)                                        \
	{                                                \
		(list), sizeof(list) / sizeof((list)[0]) \
	}
static const struct {
	const struct lane_statement *list;
	int			     count;
} owns[LANE_NATIVE] = {
	[LANE_READ] = OWN(read_own),
	[LANE_LIST] = OWN(list_own),
	[LANE_INTAKE] = OWN(write_own),
	[LANE_CHANGE] = OWN(write_own),
	[LANE_BATCH] = OWN(write_own),
	[LANE_REPORT] = OWN(report_own),
	[LANE_FILE] = OWN(file_own),
};

/* ---- asking ---- */

struct lane_ask *
worker_ask(const struct operation *o, enum worker_way way, int64_t organisation,
    const char *subject, const char *caller, const char *input,
    lane_answer_fn *answer, void *owner)
{
	struct lane_ask *ask;
	int		 index[] = {
			     [WORKER_STRAIGHT] = self.index[o->number],
			     [WORKER_ONCE] = ONCE,
			     [WORKER_ACT] = owns[o->lane].count - 1,
	};

	ask = lane_ask(self.lanes[o->lane], index[way], organisation, subject,
	    caller, input, answer, owner);
	worker_push_soon();
	return (ask);
}

struct lane_ask *
worker_ask_ready(lane_answer_fn *answer, void *owner)
{
	worker_push_soon();
	return (lane_ask(self.lanes[LANE_READ], READY, 0, "", "{}", "{}",
	    answer, owner));
}

struct lane_ask *
worker_ask_facts(lane_answer_fn *answer)
{
	return (lane_ask(self.lanes[LANE_REPORT], FACTS, 0, "", "{}", "{}",
	    answer, NULL));
}

struct lane_ask *
worker_ask_file(enum worker_file what, int64_t organisation, const char *input,
    lane_answer_fn *answer, void *owner)
{
	if (self.lanes[LANE_FILE] == NULL)
		return (NULL); /* we stop */
	worker_push_soon();
	return (lane_ask(self.lanes[LANE_FILE], (int)what, organisation, "",
	    "{}", input, answer, owner));
}

/* ---- the lanes ---- */

static struct lane_statement
worker_statement(enum lane_name lane, const char *function)
{
	struct text t = { 0 };

	text_addf(&t, "select * from api.%s($1, $2, $3)", function);
	return ((struct lane_statement){
	    function, text_steal(&t), !plans[lane].writes, NULL });
}

/* The statements of one lane, its own first; ends with a NULL name. */
static bool
worker_statements(enum lane_name lane)
{
	const struct contract *c = self.contract;
	int		       n = owns[lane].count;
	struct lane_statement *s = calloc(c->count * 2 + (size_t)n + 1,
	    sizeof(*s));
	size_t		       i;

	if ((self.statements[lane] = s) == NULL)
		return (false);
	memcpy(s, owns[lane].list, (size_t)n * sizeof(*s));
	for (i = 0; i < c->count; i++) {
		if (c->operations[i].lane != lane)
			continue;
		self.index[i] = n;
		s[n++] = worker_statement(lane, c->operations[i].function);
		if (c->operations[i].plural == NULL)
			continue;
		s[n - 1].plural = &s[n];
		s[n] = worker_statement(lane, c->operations[i].plural);
		n++;
	}
	return (true);
}

static bool
worker_lane(enum lane_name lane, uint64_t now)
{
	struct lane_plan plan = {
		.name = contract_lane(lane),
		.url = self.url,
		.watch = worker_watch,
		.gather = (unsigned)conf_number(plans[lane].links),
		.solo = 1,
		.most = plans[lane].gathers ? LANE_MOST : 1,
		.room = plans[lane].room,
		.patience = plans[lane].patience,
		.deadline = plans[lane].deadline,
		.notify = plans[lane].writes && lane != LANE_FILE,
		.tally = counts_lane(lane),
	};

	if (!worker_statements(lane))
		return (false);
	plan.statements = self.statements[lane];
	self.lanes[lane] = lane_new(&plan, now);
	return (self.lanes[lane] != NULL);
}

bool
worker_start(const struct contract *contract, const char *url)
{
	uint64_t       now = kore_time_ms();
	enum lane_name lane;

	self.contract = contract;
	self.url = url;
	self.index = calloc(contract->count, sizeof(*self.index));
	if (self.index == NULL)
		return (false);
	for (lane = 0; lane < LANE_NATIVE; lane++)
		if (!worker_lane(lane, now))
			return (false);
	worker_tick(NULL, now);
	kore_timer_add(worker_tick, TICK_MS, NULL, 0);
	return (true);
}

void
worker_stop(void)
{
	enum lane_name lane;

	for (lane = 0; lane < LANE_NATIVE; lane++) {
		lane_free(self.lanes[lane]);
		self.lanes[lane] = NULL;
	}
}
