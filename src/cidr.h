/* Address ranges in CIDR notation (RFC 4632, RFC 4291), and who is meant by
 * X-Forwarded-For. */
#ifndef KOV_CIDR_H
#define KOV_CIDR_H

#include <stdbool.h>
#include <stddef.h>

struct sockaddr;
struct text;

#define CIDR_TEXT 46 /* an address as text, with its NUL */

/* A list is addresses or ranges ("10.0.0.0/8, 2001:db8::/32, 192.0.2.1")
 * parted by commas or blanks. An IPv4-mapped IPv6 address is the IPv4
 * address inside, on either side. */
bool cidr_list_valid(const char *list);

/* False for what is no IPv4 or IPv6 address. Ranges that are not valid
 * hold nobody. */
bool cidr_list_has(const char *list, const struct sockaddr *);

/* The client by X-Forwarded-For's value (not NUL-terminated), which a
 * trusted proxy sent: the rightmost address that is not in trusted, or the
 * leftmost where all are. False, and out untouched: the value names nobody
 * that can be believed. */
bool cidr_client(const char *trusted, const char *value, size_t,
    char out[CIDR_TEXT]);

/* The text of a socket's peer; "" for what has no address. */
void cidr_text(const struct sockaddr *, char out[CIDR_TEXT]);

/* What counts as one client: the bytes of an IPv4 address, or of an IPv6
 * address its /64, which one household has. Returns how many; 0: the text is
 * no address. */
#define CIDR_BUCKET 8
size_t cidr_bucket(const char *text, unsigned char out[CIDR_BUCKET]);

/* Adds those ranges of an allowance ("CIDR" for all, "CODE=CIDR" for one
 * organisation) that hold for the organisation of that code. */
void cidr_allowed(struct text *, const char *allowance, const char *code);
bool cidr_allowance_valid(const char *allowance);

#endif
