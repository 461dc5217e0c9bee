/*
 * Address ranges in CIDR notation, who is meant by X-Forwarded-For, and whom
 * an allowance holds for.
 */
#include "cidr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "text.h"

#define PORT_MAX 6 /* ":65535" */

struct address {
	unsigned char bytes[16];
	size_t	      length; /* 4 or 16 */
};

struct range {
	struct address base;
	unsigned       bits;
};

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

/* ::ffff:192.0.2.1 is 192.0.2.1: a socket that listens on [::] would
 * otherwise never match an IPv4 range. */
static void
address_unmap(struct address *a)
{
	if (a->length != 16 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->bytes, a->bytes + sizeof(mapped), 4);
	a->length = 4;
}

static bool
address_parse(struct address *a, const char *text, size_t length)
{
	char copy[CIDR_TEXT];

	if (length == 0 || length >= sizeof(copy))
		return (false);
	memcpy(copy, text, length);
	copy[length] = '\0';
	a->length = memchr(copy, ':', length) != NULL ? 16 : 4;
	if (inet_pton(a->length == 16 ? AF_INET6 : AF_INET, copy, a->bytes) !=
	    1)
		return (false);
	address_unmap(a);
	return (true);
}

static bool
address_take(struct address *a, const struct sockaddr *sa)
{
	struct sockaddr_in  v4;
	struct sockaddr_in6 v6;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		memcpy(a->bytes, &v4.sin_addr, a->length = 4);
		return (true);
	}
	if (sa->sa_family != AF_INET6)
		return (false);
	memcpy(&v6, sa, sizeof(v6));
	memcpy(a->bytes, &v6.sin6_addr, a->length = 16);
	address_unmap(a);
	return (true);
}

static void
address_text(const struct address *a, char out[CIDR_TEXT])
{
	if (inet_ntop(a->length == 4 ? AF_INET : AF_INET6, a->bytes, out,
		CIDR_TEXT) == NULL)
		out[0] = '\0';
}

static bool
bits_parse(unsigned *bits, const char *from, const char *end)
{
	*bits = 0;
	if (from == end || end - from > 3)
		return (false);
	for (; from < end; from++) {
		if (*from < '0' || *from > '9')
			return (false);
		*bits = *bits * 10 + (unsigned)(*from - '0');
	}
	return (true);
}

static bool
range_parse(struct range *r, const char *from, size_t length)
{
	const char *slash = memchr(from, '/', length), *end = from + length;
	unsigned    most;
	bool	    wide;

	if (!address_parse(&r->base, from,
		slash == NULL ? length : (size_t)(slash - from)))
		return (false);
	most = (unsigned)r->base.length * 8;
	r->bits = most;
	if (slash == NULL)
		return (true);
	if (!bits_parse(&r->bits, slash + 1, end))
		return (false);
	/* "::ffff:10.0.0.0/104" counts its bits from the IPv6 end */
	wide = memchr(from, ':', length) != NULL && most == 32;
	if (wide && r->bits < 96)
		return (false);
	r->bits -= wide ? 96 : 0;
	return (r->bits <= most);
}

static bool
range_has(const struct range *r, const struct address *a)
{
	size_t	 whole = r->bits / 8;
	unsigned mask = 0xff00U >> (r->bits % 8) & 0xffU;

	if (a->length != r->base.length ||
	    memcmp(a->bytes, r->base.bytes, whole) != 0)
		return (false);
	return (mask == 0 ||
	    ((a->bytes[whole] ^ r->base.bytes[whole]) & mask) == 0);
}

/* The next entry of a list; NULL at its end. */
static const char *
list_next(const char **list, size_t *length)
{
	const char *entry = *list + strspn(*list, ", \t");

	*length = strcspn(entry, ", \t");
	*list = entry + *length;
	return (*length > 0 ? entry : NULL);
}

static bool
list_has(const char *list, const struct address *a)
{
	struct range range;
	const char  *entry;
	size_t	     length;

	while ((entry = list_next(&list, &length)) != NULL)
		if (range_parse(&range, entry, length) && range_has(&range, a))
			return (true);
	return (false);
}

/* One hop of X-Forwarded-For: an address, maybe with a port behind it,
 * IPv6 then in brackets (as RFC 7239, 6 has it). */
static bool
hop_parse(struct address *a, const char *from, const char *end)
{
	const char *colon, *close;

	while (from < end && (*from == ' ' || *from == '\t'))
		from++;
	while (end > from && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (from < end && *from == '[') {
		close = memchr(from, ']', (size_t)(end - from));
		if (close == NULL || (close + 1 < end && close[1] != ':'))
			return (false);
		return (address_parse(a, from + 1,
			    (size_t)(close - from) - 1) &&
		    a->length == 16);
	}
	colon = memchr(from, ':', (size_t)(end - from));
	if (colon != NULL && end - colon <= PORT_MAX &&
	    memchr(colon + 1, ':', (size_t)(end - colon) - 1) == NULL)
		end = colon;
	return (address_parse(a, from, (size_t)(end - from)));
}

bool
cidr_list_valid(const char *list)
{
	struct range range;
	const char  *entry;
	size_t	     length;

	while ((entry = list_next(&list, &length)) != NULL)
		if (!range_parse(&range, entry, length))
			return (false);
	return (true);
}

bool
cidr_list_has(const char *list, const struct sockaddr *sa)
{
	struct address a;

	return (*list != '\0' && address_take(&a, sa) && list_has(list, &a));
}

bool
cidr_client(const char *trusted, const char *value, size_t length,
    char out[CIDR_TEXT])
{
	const char    *end = value + length, *from;
	struct address a;
	bool	       found = false;

	for (;; end = from - 1) {
		for (from = end; from > value && from[-1] != ',';)
			from--;
		/* what stands left of rubbish was not written by a proxy */
		if (!hop_parse(&a, from, end))
			return (found);
		address_text(&a, out);
		found = true;
		if (from == value || !list_has(trusted, &a))
			return (true);
	}
}

void
cidr_text(const struct sockaddr *sa, char out[CIDR_TEXT])
{
	struct address a;

	out[0] = '\0';
	if (address_take(&a, sa))
		address_text(&a, out);
}

size_t
cidr_bucket(const char *text, unsigned char out[CIDR_BUCKET])
{
	struct address a;

	if (!address_parse(&a, text, strlen(text)))
		return (0);
	if (a.length > CIDR_BUCKET)
		a.length = CIDR_BUCKET;
	memcpy(out, a.bytes, a.length);
	return (a.length);
}

/* One item of a setting: whose it is (n bytes; 0: everybody's), and its CIDR
 * up to end. */
struct item {
	const char *name, *cidr, *end;
	size_t	    n;
};

static bool
item_next(struct item *i, const char **at)
{
	const char *equals;

	*at += strspn(*at, ", ");
	i->name = i->cidr = *at;
	*at += strcspn(*at, ", ");
	i->end = *at;
	equals = memchr(i->name, '=', (size_t)(i->end - i->name));
	if (equals != NULL)
		i->cidr = equals + 1;
	i->n = (size_t)(i->cidr - i->name);
	return (i->end > i->name);
}

void
cidr_allowed(struct text *out, const char *setting, const char *code)
{
	struct item i;

	while (item_next(&i, &setting)) {
		if (i.n > 0 &&
		    (strlen(code) != i.n - 1 ||
			strncmp(i.name, code, i.n - 1) != 0))
			continue;
		text_adds(out, out->length > 0 ? "," : "");
		text_add(out, i.cidr, (size_t)(i.end - i.cidr));
	}
}

bool
cidr_allowance_valid(const char *setting)
{
	struct item i;
	struct text cidr = { 0 };
	bool	    ok = true;

	while (ok && item_next(&i, &setting)) {
		text_clear(&cidr);
		text_add(&cidr, i.cidr, (size_t)(i.end - i.cidr));
		ok = i.n != 1 && cidr.length > 0 && cidr_list_valid(cidr.data);
	}
	text_release(&cidr);
	return (ok);
}
