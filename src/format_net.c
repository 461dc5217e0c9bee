/* Names and addresses of the network: URI, e-mail, host name, IP. */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "format_impl.h"

#define HOSTNAME_MAX 253 /* RFC 1035, 3.1, without the root's dot */
#define LABEL_MAX 63
#define LOCAL_MAX 64	   /* RFC 5321, 4.5.3.1.1 */
#define PATH_MAX_EMAIL 254 /* RFC 5321, 4.5.3.1.3, less "<" and ">" */

/* RFC 3986: sub-delims, and what pchar adds to them and to unreserved. */
#define URI_SUBDELIMS "!$&'()*+,;="
#define URI_UNRESERVED "-._~"

static bool
format_address(int family, const char *s, size_t n)
{
	unsigned char address[sizeof(struct in6_addr)];
	char	      copy[INET6_ADDRSTRLEN];

	if (n >= sizeof(copy) || memchr(s, '\0', n) != NULL)
		return (false);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return (inet_pton(family, copy, address) == 1);
}

/* RFC 2673, 3.2: dotted quad, without leading zeros. */
bool
format_ipv4(const char *s, size_t n)
{
	return (format_address(AF_INET, s, n));
}

/* RFC 4291, 2.2, without a zone. */
bool
format_ipv6(const char *s, size_t n)
{
	return (format_address(AF_INET6, s, n));
}

/*
 * A label of letters, digits and inner hyphens (RFC 1123, 2.1). Hyphens in
 * the third and fourth place are left to "xn--" (RFC 5891, 4.2.3.1); what an
 * A-label decodes to is not looked at.
 */
static bool
format_label(const char *s, size_t n)
{
	size_t i;

	if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
		return (false);
	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-')
			return (false);
	return (n < 4 || s[2] != '-' || s[3] != '-' ||
	    ((s[0] == 'x' || s[0] == 'X') && (s[1] == 'n' || s[1] == 'N') &&
		n > 4));
}

bool
format_hostname(const char *s, size_t n)
{
	size_t label;

	if (n == 0 || n > HOSTNAME_MAX)
		return (false);
	for (;;) {
		for (label = 0; label < n && s[label] != '.'; label++)
			;
		if (!format_label(s, label))
			return (false);
		if (label == n)
			return (true);
		s += label + 1;
		n -= label + 1;
	}
}

/* RFC 5322, 3.2.3: atext. */
static bool
format_atext(char c)
{
	return (isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL));
}

/* RFC 5321, 4.1.2: Dot-string. */
static bool
format_dot_string(struct cursor *c)
{
	const char *from;

	do {
		from = c->at;
		while (c->at < c->end && format_atext(*c->at))
			c->at++;
		if (c->at == from)
			return (false);
	} while (format_skip(c, '.'));
	return (true);
}

/* RFC 5321, 4.1.2: Quoted-string. */
static bool
format_quoted(struct cursor *c)
{
	if (!format_skip(c, '"'))
		return (false);
	for (; c->at < c->end && *c->at != '"'; c->at++) {
		if (*c->at == '\\' && ++c->at == c->end)
			return (false);
		if (*c->at < ' ' || *c->at > '~')
			return (false);
	}
	return (format_skip(c, '"'));
}

/* RFC 5321, 4.1.3: the IPv4 and IPv6 address literals. */
static bool
format_literal(const char *s, size_t n)
{
	if (n < 2 || s[0] != '[' || s[n - 1] != ']')
		return (false);
	s++;
	n -= 2;
	if (n > 5 && strncasecmp(s, "IPv6:", 5) == 0)
		return (format_ipv6(s + 5, n - 5));
	return (format_ipv4(s, n));
}

/* RFC 5321, 4.1.2: Mailbox. */
bool
format_email(const char *s, size_t n)
{
	struct cursor c = { s, s + n };
	size_t	      domain;

	if (n > PATH_MAX_EMAIL || n == 0 ||
	    !(*s == '"' ? format_quoted(&c) : format_dot_string(&c)) ||
	    c.at - s > LOCAL_MAX || !format_skip(&c, '@'))
		return (false);
	domain = (size_t)(c.end - c.at);
	return (format_hostname(c.at, domain) || format_literal(c.at, domain));
}

/* Steps over unreserved, sub-delims, %XX and `more`; false: a bad escape. */
static bool
format_uri_run(struct cursor *c, const char *more)
{
	for (; c->at < c->end; c->at++) {
		if (*c->at == '%') {
			if (c->end - c->at < 3 ||
			    !isxdigit((unsigned char)c->at[1]) ||
			    !isxdigit((unsigned char)c->at[2]))
				return (false);
			c->at += 2;
		} else if (!isalnum((unsigned char)*c->at) &&
		    (*c->at == '\0' ||
			(strchr(URI_UNRESERVED URI_SUBDELIMS, *c->at) == NULL &&
			    strchr(more, *c->at) == NULL)))
			break;
	}
	return (true);
}

/* RFC 3986, 3.1. */
static bool
format_uri_scheme(struct cursor *c)
{
	if (c->at == c->end || !isalpha((unsigned char)*c->at))
		return (false);
	while (c->at < c->end &&
	    (isalnum((unsigned char)*c->at) ||
		(*c->at != '\0' && strchr("+-.", *c->at) != NULL)))
		c->at++;
	return (format_skip(c, ':'));
}

/* RFC 3986, 3.2.2: "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ). */
static bool
format_uri_future(const char *s, size_t n)
{
	struct cursor c = { s, s + n };
	const char   *from;

	if (!format_skip(&c, 'v') && !format_skip(&c, 'V'))
		return (false);
	for (from = c.at; c.at < c.end && isxdigit((unsigned char)*c.at);)
		c.at++;
	if (c.at == from || !format_skip(&c, '.') || c.at == c.end ||
	    memchr(c.at, '%', (size_t)(c.end - c.at)) != NULL)
		return (false);
	return (format_uri_run(&c, ":") && c.at == c.end);
}

static bool
format_uri_host(struct cursor *c)
{
	const char *close;
	size_t	    length;

	if (!format_skip(c, '['))
		return (format_uri_run(c, ""));
	close = memchr(c->at, ']', (size_t)(c->end - c->at));
	if (close == NULL)
		return (false);
	length = (size_t)(close - c->at);
	if (!format_ipv6(c->at, length) && !format_uri_future(c->at, length))
		return (false);
	c->at = close + 1;
	return (true);
}

/* RFC 3986, 3.2: [ userinfo "@" ] host [ ":" port ]. */
static bool
format_uri_authority(struct cursor *c)
{
	struct cursor user = *c;

	if (!format_uri_run(&user, ":"))
		return (false);
	if (format_skip(&user, '@'))
		*c = user;
	if (!format_uri_host(c))
		return (false);
	if (format_skip(c, ':'))
		while (c->at < c->end && isdigit((unsigned char)*c->at))
			c->at++;
	return (c->at == c->end || strchr("/?#", *c->at) != NULL);
}

/* RFC 3986, 3: URI, with its scheme. */
bool
format_uri(const char *s, size_t n)
{
	struct cursor c = { s, s + n };

	if (!format_uri_scheme(&c))
		return (false);
	if (c.end - c.at >= 2 && c.at[0] == '/' && c.at[1] == '/') {
		c.at += 2;
		if (!format_uri_authority(&c))
			return (false);
	}
	if (!format_uri_run(&c, ":@/"))
		return (false);
	if (format_skip(&c, '?') && !format_uri_run(&c, ":@/?"))
		return (false);
	if (format_skip(&c, '#') && !format_uri_run(&c, ":@/?"))
		return (false);
	return (c.at == c.end);
}
