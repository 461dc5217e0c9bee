/* Tickets: credentials that nobody keeps. */
#include "ticket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

#define TICKET_UUID 16	/* bytes */
#define TICKET_MAC 16	/* bytes of the HMAC that are kept */
#define DIGITS_UUID 22	/* base 62 of 16 bytes */
#define TICKET_NUMBER 4 /* bytes */
#define DIGITS_NUMBER 6 /* and of 4 */

/* What follows the prefix and the code, in order. */
struct claims {
	uint8_t subject[TICKET_UUID];
	uint8_t generation[TICKET_NUMBER], expires[TICKET_NUMBER];
};

static const char opening[] = "{\"token\":\"{{ticket:";

static void
number_write(uint32_t value, uint8_t out[TICKET_NUMBER])
{
	int i;

	for (i = TICKET_NUMBER - 1; i >= 0; i--, value >>= 8)
		out[i] = (uint8_t)value;
}

static uint32_t
number_read(const uint8_t in[TICKET_NUMBER])
{
	uint32_t value = 0;
	int	 i;

	for (i = 0; i < TICKET_NUMBER; i++)
		value = value << 8 | in[i];
	return (value);
}

/* A UUID's text from its bytes. */
static void
uuid_write(const uint8_t bytes[TICKET_UUID], char out[ID_UUID])
{
	char	    hex[2 * TICKET_UUID + 1];
	const char *at = hex;
	int	    i;

	sign_hex(bytes, TICKET_UUID, hex);
	for (i = 0; i < ID_UUID - 1; i++)
		out[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : *at++;
	out[ID_UUID - 1] = '\0';
}

static bool
uuid_read(const char *text, uint8_t bytes[TICKET_UUID])
{
	char  hex[2 * TICKET_UUID + 1];
	char *at = hex;

	if (!id_is_uuid(text))
		return (false);
	for (; *text != '\0'; text++)
		if (*text != '-')
			*at++ = *text;
	*at = '\0';
	return (sign_unhex(hex, bytes, TICKET_UUID));
}

/* Over all that stands before it, prefix and code too. */
static bool
ticket_mac(const char *text, size_t n, uint8_t mac[SIGN_BYTES])
{
	char *copy = strndup(text, n);
	bool  ok = copy != NULL && secret_derive(copy, mac);

	free(copy);
	return (ok);
}

bool
ticket_write(struct text *out, const struct ticket *ticket)
{
	struct text   t = { 0 };
	struct claims claims;
	uint8_t	      mac[SIGN_BYTES];
	char	      check[TOKEN_CHECK + 1];
	bool	      ok;

	if (!uuid_read(ticket->subject, claims.subject))
		return (false);
	number_write(ticket->generation, claims.generation);
	number_write(ticket->expires, claims.expires);
	text_adds(&t, caller_row(ticket->kind)->prefix);
	text_adds(&t, ticket->code);
	token_digits(&t, claims.subject, TICKET_UUID, DIGITS_UUID);
	token_digits(&t, claims.generation, TICKET_NUMBER, DIGITS_NUMBER);
	token_digits(&t, claims.expires, TICKET_NUMBER, DIGITS_NUMBER);
	ok = !t.failed && ticket_mac(t.data, t.length, mac);
	if (ok) {
		token_digits(&t, mac, TICKET_MAC, DIGITS_UUID);
		token_check(t.data, t.length, check);
		text_adds(&t, check);
		text_add(out, t.data, t.length);
	}
	ok = ok && !t.failed && !out->failed;
	text_release(&t);
	return (ok);
}

/* The claims and the MAC behind prefix and code. */
static bool
ticket_claims(const char *at, struct claims *claims, uint8_t mac[TICKET_MAC])
{
	bool ok;

	ok = token_bytes(at, DIGITS_UUID, claims->subject, TICKET_UUID);
	at += DIGITS_UUID;
	ok = ok &&
	    token_bytes(at, DIGITS_NUMBER, claims->generation, TICKET_NUMBER);
	at += DIGITS_NUMBER;
	ok = ok &&
	    token_bytes(at, DIGITS_NUMBER, claims->expires, TICKET_NUMBER);
	at += DIGITS_NUMBER;
	return (ok && token_bytes(at, DIGITS_UUID, mac, TICKET_MAC));
}

bool
ticket_read(struct ticket *ticket, const char *text, size_t n)
{
	const char   *prefix = caller_row(ticket->kind)->prefix;
	const size_t  head = strlen(prefix) + TOKEN_CODE;
	const size_t  signed_n = head + DIGITS_UUID + 2 * DIGITS_NUMBER;
	struct claims claims;
	uint8_t	      mac[TICKET_MAC], right[SIGN_BYTES];

	if (n != signed_n + DIGITS_UUID + TOKEN_CHECK ||
	    memcmp(text, prefix, strlen(prefix)) != 0 ||
	    !token_whole(text, n) ||
	    !ticket_claims(text + head, &claims, mac) ||
	    !ticket_mac(text, signed_n, right) ||
	    !sign_equal(mac, right, TICKET_MAC))
		return (false);
	memcpy(ticket->code, text + head - TOKEN_CODE, TOKEN_CODE);
	ticket->code[TOKEN_CODE] = '\0';
	uuid_write(claims.subject, ticket->subject);
	ticket->generation = number_read(claims.generation);
	ticket->expires = number_read(claims.expires);
	return (true);
}

static bool
ticket_kind(struct ticket *ticket, const char *name)
{
	int k;

	for (k = 0; k < CALLER_KINDS; k++)
		if (strcmp(caller_row((enum caller_kind)k)->name, name) == 0) {
			ticket->kind = (enum caller_kind)k;
			return (true);
		}
	return (false);
}

/* Of KIND:CODE:SUBJECT:GENERATION:EXPIRES; cuts it up. */
static bool
ticket_said(struct ticket *ticket, char *said)
{
	const char *kind = strsep(&said, ":"), *code = strsep(&said, ":");
	const char *subject = strsep(&said, ":");
	const char *generation = strsep(&said, ":");

	if (said == NULL || strlen(code) != TOKEN_CODE || !id_is_uuid(subject))
		return (false);
	snprintf(ticket->code, sizeof(ticket->code), "%s", code);
	snprintf(ticket->subject, sizeof(ticket->subject), "%s", subject);
	ticket->generation = (uint32_t)strtoul(generation, NULL, 10);
	ticket->expires = (uint32_t)strtoul(said, NULL, 10);
	return (ticket_kind(ticket, kind));
}

/* Adds the ticket of a placeholder's inside; false: it is none. */
static bool
ticket_fill(struct text *t, const char *inside, size_t n)
{
	struct ticket ticket;
	char	      said[160];

	if (n >= sizeof(said))
		return (false);
	memcpy(said, inside, n);
	said[n] = '\0';
	return (ticket_said(&ticket, said) && ticket_write(t, &ticket));
}

void
ticket_reveal(struct text *t, const char *from, size_t n)
{
	const size_t length = sizeof(opening) - 1;
	const size_t kept = sizeof("{\"token\":\"") - 1;
	const char  *end = from + n, *at, *stop;

	while ((at = memmem(from, (size_t)(end - from), opening, length)) !=
		NULL &&
	    (stop = memmem(at, (size_t)(end - at), "}}", 2)) != NULL) {
		text_add(t, from, (size_t)(at - from) + kept);
		from = at + kept;
		at += length;
		if (ticket_fill(t, at, (size_t)(stop - at)))
			from = stop + 2;
	}
	text_add(t, from, (size_t)(end - from));
}
