/* The reference page at /docs: files, read once at start. */
#ifndef KOV_PAGE_H
#define KOV_PAGE_H

#include <stdbool.h>

#include "sign.h"
#include "text.h"

struct page {
	const char *media;
	struct text bytes;	    /* there for as long as we live */
	char	    etag[SIGN_HEX]; /* without its quotes */
};

/* Reads what it finds in directory; false: error names a file that must be
 * there. Swagger UI's own files may be missing: /docs then says how to get
 * them. */
bool page_load(const char *directory, struct text *error);

/* What is shown at a path: /docs or /docs/FILE; NULL: nothing is. */
const struct page *page_at(const char *path);

#endif
