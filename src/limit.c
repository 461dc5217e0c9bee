/* Who may ask how often: the table of policies. */
#include "limit.h"

#include <sys/mman.h>

#include <stdatomic.h>
#include <string.h>

#include "caller.h"
#include "cidr.h"
#include "conf.h"
#include "limit_table.h"
#include "sign.h"
#include "siphash.h"

#define TICK (1000000 / LIMIT_TICKS) /* microseconds */
#define CREDENTIAL_BITS 15	     /* 491,520 buckets, 4 MiB */
#define ADDRESS_BITS 16		     /* 983,040 buckets, 8 MiB */
#define DAY_BITS 17		     /* 1,966,080 buckets, 16 MiB */
#define SUBJECT 160		     /* bytes of what a bucket is of, at most */

#define KIND(k) (1U << CALLER_##k)
#define SERVERS (KIND(LIVE_KEY) | KIND(TEST_KEY) | KIND(ACCESS_TOKEN))
#define CUSTOMERS (KIND(CUSTOMER_SESSION) | KIND(TRACKING_TOKEN))

struct policy {
	const char  *name;    /* in RateLimit and RateLimit-Policy */
	enum setting quota;   /* requests a window; 0: no limit */
	unsigned     window;  /* seconds */
	unsigned     by;      /* enum limit_by */
	unsigned     kinds;   /* whose; 0: it is asked for by name only */
	unsigned     methods; /* enum method; 0: all */
	const char  *own;     /* member of a key's row that overrides quota */
	bool	     lenient; /* is told, and refuses nobody */
};

/* clang-format off */
static const struct policy policies[LIMITS] = {
	[LIMIT_DEFAULT] = { "default", SETTING_LIMIT_KEY, 60,
	    LIMIT_CREDENTIAL, SERVERS, 0, "limit", false },
	[LIMIT_CUSTOMER] = { "customer", SETTING_LIMIT_CUSTOMER, 60,
	    LIMIT_CREDENTIAL, CUSTOMERS, 0, NULL, false },
	[LIMIT_OF_PARTNER] = { "partner", SETTING_LIMIT_PARTNER, 60,
	    LIMIT_ORGANISATION | LIMIT_PARTNER, SERVERS, 0, NULL, false },
	[LIMIT_OF_ORGANISATION] = { "organisation",
	    SETTING_LIMIT_ORGANISATION, 60, LIMIT_ORGANISATION,
	    SERVERS | CUSTOMERS, 0, NULL, false },
	[LIMIT_PUBLIC] = { "public", SETTING_PUBLIC_KEY, 60,
	    LIMIT_CREDENTIAL, KIND(PUBLISHABLE_KEY), 0, NULL, false },
	[LIMIT_PUBLIC_ADDRESS] = { "public-address", SETTING_PUBLIC_ADDRESS,
	    60, LIMIT_CREDENTIAL | LIMIT_ADDRESS, KIND(PUBLISHABLE_KEY), 0,
	    NULL, false },
	[LIMIT_PUBLIC_DAY] = { "public-day", SETTING_PUBLIC_DAY, 86400,
	    LIMIT_CREDENTIAL, KIND(PUBLISHABLE_KEY), METHOD_POST, NULL,
	    true },
	[LIMIT_PUBLIC_ADDRESS_DAY] = { "public-address-day",
	    SETTING_PUBLIC_ADDRESS_DAY, 86400,
	    LIMIT_CREDENTIAL | LIMIT_ADDRESS, KIND(PUBLISHABLE_KEY),
	    METHOD_POST, NULL, true },
	[LIMIT_FAILURES] = { "failures", SETTING_LIMIT_FAILURES, 60,
	    LIMIT_ADDRESS, 0, 0, NULL, false },
	[LIMIT_STRANGERS] = { "strangers", SETTING_LIMIT_STRANGERS, 60,
	    LIMIT_ADDRESS, 0, 0, NULL, false },
};
/* clang-format on */

static struct shared {
	_Atomic uint64_t refused[LIMITS];
} * shared;
static struct limit_table *credentials, *addresses, *days;
static uint8_t		   secret[SIPHASH_KEY];
static unsigned		   self = 1;

bool
limit_open(void)
{
	void *p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	shared = p == MAP_FAILED ? NULL : p;
	credentials = limit_table_new(CREDENTIAL_BITS);
	addresses = limit_table_new(ADDRESS_BITS);
	days = limit_table_new(DAY_BITS);
	return (shared != NULL && credentials != NULL && addresses != NULL &&
	    days != NULL && sign_random(secret, sizeof(secret)));
}

void
limit_begin(unsigned worker)
{
	self = worker;
}

const char *
limit_name(enum limit_name name)
{
	return (policies[name].name);
}

uint64_t
limit_refused(enum limit_name name)
{
	return (shared->refused[name]);
}

uint64_t
limit_crowded(void)
{
	return (limit_table_crowded(credentials) +
	    limit_table_crowded(addresses) + limit_table_crowded(days));
}

static size_t
add(char *subject, size_t n, const void *data, size_t length)
{
	if (length > SUBJECT - n)
		length = SUBJECT - n;
	memcpy(subject + n, data, length);
	return (n + length);
}

/* What a policy's bucket is of, as bytes. */
static size_t
subject_of(enum limit_name name, const struct limit_who *who, char out[SUBJECT])
{
	unsigned by = policies[name].by;
	uint8_t	 address[CIDR_BUCKET];
	uint8_t	 which = (uint8_t)name;
	size_t	 n = add(out, 0, &which, sizeof(which));

	if (by & (LIMIT_ORGANISATION | LIMIT_CREDENTIAL))
		n = add(out, n, &who->caller->organisation,
		    sizeof(who->caller->organisation));
	if (by & LIMIT_CREDENTIAL)
		n = add(out, n, who->caller->credential,
		    strlen(who->caller->credential));
	if (by & LIMIT_PARTNER)
		n = add(out, n, who->caller->partner,
		    strlen(who->caller->partner));
	if (by & LIMIT_ADDRESS)
		n = add(out, n, address, cidr_bucket(who->address, address));
	return (n);
}

static bool
applies(const struct policy *p, const struct limit_who *who)
{
	return ((p->kinds & 1U << who->caller->kind) != 0 &&
	    (p->methods == 0 || p->methods & who->method) &&
	    ((p->by & LIMIT_PARTNER) == 0 || who->caller->partner != NULL));
}

/* The setting's, or the caller's own; 0: no limit. */
static uint64_t
quota_of(const struct policy *p, const struct limit_who *who)
{
	const json_t *own = NULL;

	if (p->own != NULL && who->caller != NULL && who->caller->row != NULL)
		own = json_object_get(who->caller->row, p->own);
	return ((uint64_t)(json_is_integer(own) ? json_integer_value(own) :
						  conf_number(p->quota)));
}

/*
 * A flood of addresses can reach others only through a table that it fills.
 * Where a window is a minute, a bucket counts for moments, and none is ever
 * full; buckets of a day are apart, and keys, of whom we know how many there
 * are, are too.
 */
static struct limit_table *
table_of(const struct policy *p)
{
	if ((p->by & LIMIT_ADDRESS) == 0)
		return (credentials);
	return (p->window > 60 ? days : addresses);
}

static unsigned
seconds(uint64_t ticks)
{
	return ((unsigned)((ticks + LIMIT_TICKS - 1) / LIMIT_TICKS));
}

/* Counts a request, or none: a step of nothing moves no bucket. */
static struct limit_end
ask(enum limit_name name, const struct limit_who *who, bool counts)
{
	const struct policy *p = &policies[name];
	struct limit_end     end = { .quota = quota_of(p, who),
		    .window = p->window };
	struct limit_rate    rate = { 0 };
	uint64_t step = 1, debt, hash, all = (uint64_t)p->window * LIMIT_TICKS;
	char	 subject[SUBJECT];

	if (end.quota == 0) {
		end.passed = true;
		return (end);
	}
	if (end.quota < all)
		step = all / end.quota;
	rate.step = counts ? step : 0;
	rate.window = step * end.quota;
	hash = siphash(secret, subject, subject_of(name, who, subject));
	end.applies = true;
	end.passed = limit_table_take(table_of(p), hash, self, &rate,
	    who->now / TICK, &debt);
	end.left = (rate.window - debt) / step;
	end.passed = end.passed && (counts || end.left > 0);
	end.reset = seconds(debt);
	if (!end.passed)
		end.wait = seconds(debt + step - rate.window);
	return (end);
}

struct limit_end
limit_look(enum limit_name name, const struct limit_who *who)
{
	return (ask(name, who, false));
}

struct limit_end
limit_take(enum limit_name name, const struct limit_who *who)
{
	struct limit_end end = ask(name, who, true);

	if (!end.passed)
		shared->refused[name]++;
	return (end);
}

enum limit_name
limit_take_all(const struct limit_who *who, struct limit_end ends[LIMITS])
{
	enum limit_name name;

	for (name = 0; name < LIMITS; name++) {
		if (!applies(&policies[name], who))
			continue;
		ends[name] = limit_take(name, who);
		if (!ends[name].passed && !policies[name].lenient)
			return (name);
	}
	return (LIMITS);
}
