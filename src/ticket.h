/* Tickets: credentials that nobody keeps. A tracking token or a session says
 * itself whom it is about, and a MAC under the master secret that it is ours;
 * a database that was stolen opens nothing. Its generation must be the one
 * that the database holds of its subject: another one ended it. */
#ifndef KOV_TICKET_H
#define KOV_TICKET_H

#include "caller.h"
#include "token.h"

struct ticket {
	enum caller_kind kind;
	char		 code[TOKEN_CODE + 1]; /* the organisation's */
	char		 subject[ID_UUID];     /* the complaint or customer */
	uint32_t	 generation;
	uint32_t	 expires; /* seconds since 1970; 0: never */
};

/* Adds the ticket's text; false: a member has no form, or no memory. */
bool ticket_write(struct text *, const struct ticket *);

/* Whether the text is a ticket of ours of the kind given; fills the rest. */
bool ticket_read(struct ticket *, const char *, size_t);

/* Adds an answer's body with each {"token":"{{ticket:KIND:CODE:SUBJECT:
 * GENERATION:EXPIRES}}" in it replaced by that ticket. Only for answers that
 * hold no object of a user's making: none of his strings can look like it. */
void ticket_reveal(struct text *, const char *, size_t);

#endif
