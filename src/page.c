/* The reference page at /docs: files, read once at start. */
#include "page.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_WHOLE, PAGE_LESS }; /* the page, and what it is without parts */

static const struct {
	const char *path, *file, *media;
	bool	    brought; /* by npm: deploy/page.sh */
} rows[] = {
	[PAGE_WHOLE] = { "/docs", "index.html", "text/html; charset=utf-8",
	    false },
	[PAGE_LESS] = { NULL, "missing.html", "text/html; charset=utf-8",
	    false },
	{ "/docs/docs.css", "docs.css", "text/css; charset=utf-8", false },
	{ "/docs/docs.js", "docs.js", "text/javascript; charset=utf-8", false },
	{ "/docs/copy.svg", "copy.svg", "image/svg+xml", false },
	{ "/docs/kov.svg", "kov.svg", "image/svg+xml", false },
	{ "/docs/swagger-ui.css", "swagger-ui.css", "text/css; charset=utf-8",
	    true },
	{ "/docs/swagger-ui.js", "swagger-ui.js",
	    "text/javascript; charset=utf-8", true },
};
#define PAGES (sizeof(rows) / sizeof(rows[0]))

static struct page pages[PAGES];
static bool	   whole;

/* False: it cannot be read. */
static bool
page_read(struct text *t, const char *directory, const char *name)
{
	struct text path = { 0 };
	char	    piece[65536];
	size_t	    n;
	FILE	   *file = NULL;
	bool	    ok;

	text_addf(&path, "%s/%s", directory, name);
	if (!path.failed)
		file = fopen(path.data, "re");
	text_release(&path);
	if (file == NULL)
		return (false);
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		text_add(t, piece, n);
	ok = !ferror(file) && !t->failed && t->length > 0;
	fclose(file);
	return (ok);
}

/* Strong, and another as soon as a byte is. */
static bool
page_etag(struct page *page)
{
	uint8_t digest[SIGN_BYTES];

	if (!sign_sha256(page->bytes.data, page->bytes.length, digest))
		return (false);
	sign_hex(digest, sizeof(digest) / 2, page->etag);
	return (true);
}

bool
page_load(const char *directory, struct text *error)
{
	struct page *page;
	size_t	     i;

	whole = true;
	for (i = 0; i < PAGES; i++) {
		page = &pages[i];
		page->media = rows[i].media;
		text_clear(&page->bytes);
		if (page_read(&page->bytes, directory, rows[i].file) &&
		    page_etag(page))
			continue;
		text_release(&page->bytes);
		whole = false;
		if (rows[i].brought)
			continue;
		text_addf(error,
		    "%s/%s cannot be read: the program is not "
		    "installed whole",
		    directory, rows[i].file);
		return (false);
	}
	return (true);
}

const struct page *
page_at(const char *path)
{
	size_t i;

	for (i = 0; i < PAGES; i++)
		if (rows[i].path != NULL && strcmp(rows[i].path, path) == 0)
			break;
	if (i == PAGE_WHOLE && !whole)
		i = PAGE_LESS;
	return (i == PAGES || pages[i].bytes.length == 0 ? NULL : &pages[i]);
}
