/* Content-Disposition, read (RFC 6266, 7578, 8187) and written; and what a
 * file may be called. Words only. */
#ifndef KOV_DISPOSITION_H
#define KOV_DISPOSITION_H

#include "text.h"

#define DISPOSITION_NAME 65   /* of a form's field, with its NUL */
#define DISPOSITION_FILE 1025 /* bytes of a file name as it came, and NUL */

struct disposition {
	char type[16]; /* "form-data", "attachment": lower case */
	char name[DISPOSITION_NAME];
	char file[DISPOSITION_FILE]; /* as the sender called it: UTF-8, else
	    "" */
	bool has_name, has_file;
};

/* The value of the header; false: it breaks the syntax, or is longer than
 * what there is room for. filename* wins over filename. */
bool disposition_read(struct disposition *, const char *, size_t);

/* Adds a name that is safe on every system: the last part of a path, without
 * control and direction characters, not hidden, at most 120 characters, and
 * ending as the type does (extension is ".jpg"). Empty becomes "attachment". */
void disposition_clean(struct text *, const char *name,
    const char *const extensions[]);

/* Adds "attachment", with the name in both its spellings. */
void disposition_write(struct text *, const char *name);

#endif
