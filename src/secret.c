/* The master secret: what shown-once secrets derive from. */
#include "secret.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECRET_LINE 128

static const char placeholder[] = "{{secret:";
static uint8_t	  master[SIGN_BYTES];

static bool
secret_line(const char *line)
{
	const char *colon = strchr(line, ':');

	return (colon != NULL && sign_unhex(colon + 1, master, sizeof(master)));
}

/* The last line that says anything counts. */
static bool
secret_read(FILE *f)
{
	char line[SECRET_LINE];
	bool ok = false;

	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0')
			ok = secret_line(line);
	}
	return (ok);
}

bool
secret_load(const char *file, struct text *error)
{
	struct stat st;
	FILE	   *f;
	bool	    ok;

	if (stat(file, &st) != 0 || (f = fopen(file, "re")) == NULL) {
		text_addf(error,
		    "cannot read KOV_SECRET_FILE %s: %s; make it with kov "
		    "run, or copy it from another host",
		    file, strerror(errno));
		return (false);
	}
	ok = secret_read(f);
	fclose(f);
	if (!ok)
		text_addf(error,
		    "KOV_SECRET_FILE %s: its last line should be a version, "
		    "a colon and 64 hexadecimal digits",
		    file);
	else if ((st.st_mode & 077) != 0)
		text_addf(error,
		    "KOV_SECRET_FILE %s can be read by others: run chmod 600 "
		    "on it",
		    file);
	return (ok && (st.st_mode & 077) == 0);
}

bool
secret_derive(const char *nonce, uint8_t out[SIGN_BYTES])
{
	return (sign_derive(master, sizeof(master), nonce, out));
}

/* The nonce behind a placeholder's opening, or false: it is none of ours. */
static bool
secret_nonce(const char *at, const char *end, char nonce[SIGN_HEX])
{
	if (end - at < SIGN_HEX + 1 || memcmp(at + SIGN_HEX - 1, "}}", 2) != 0)
		return (false);
	memcpy(nonce, at, SIGN_HEX - 1);
	nonce[SIGN_HEX - 1] = '\0';
	return (true);
}

void
secret_reveal(struct text *t, const char *from, size_t n)
{
	const size_t opening = sizeof(placeholder) - 1;
	const char  *end = from + n, *at;
	char	     nonce[SIGN_HEX], whsec[SIGN_WHSEC];
	uint8_t	     secret[SIGN_BYTES];

	while ((at = memmem(from, (size_t)(end - from), placeholder,
		    opening)) != NULL) {
		text_add(t, from, (size_t)(at - from));
		from = at + opening;
		if (!secret_nonce(from, end, nonce) ||
		    !secret_derive(nonce, secret)) {
			text_adds(t, placeholder);
			continue;
		}
		sign_whsec(secret, whsec);
		text_adds(t, whsec);
		from += SIGN_HEX + 1;
	}
	text_add(t, from, (size_t)(end - from));
}
