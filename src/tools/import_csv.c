/* A CSV file row by row, in any dialect RFC 4180 allows (libcsv's owner). */
#include "import_csv.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* RFC 4180, 2.4: spaces belong to the field. */
static int
csvfile_no_space(unsigned char c)
{
	(void)c;
	return (0);
}

static void
csvfile_field(void *bytes, size_t n, void *file)
{
	struct csvfile *f = file;
	size_t	       *ends;

	if (f->in.n == f->in.room) {
		f->in.room = f->in.room * 2 + 16;
		ends = reallocarray(f->in.ends, f->in.room, sizeof(*ends));
		if (ends == NULL) {
			f->in.failed = true;
			return;
		}
		f->in.ends = ends;
	}
	text_add(&f->in.text, bytes, n);
	text_add(&f->in.text, "", 1);
	f->in.ends[f->in.n++] = f->in.text.length;
}

static void
csvfile_end(int terminator, void *file)
{
	struct csvfile *f = file;

	(void)terminator;
	f->in.whole = true;
}

/* The delimiter the first line has most of, outside quotes. */
static char
csvfile_sniff(const char *bytes, size_t size)
{
	static const char candidates[] = ",;\t|";
	size_t		  counts[sizeof(candidates)] = { 0 }, i, best = 0;
	const char	 *at;
	bool		  quoted = false;

	for (i = 0; i < size; i++) {
		if (bytes[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (bytes[i] == '\n' || bytes[i] == '\r')
			break;
		else if (bytes[i] != '\0' &&
		    (at = strchr(candidates, bytes[i])) != NULL)
			counts[at - candidates]++;
	}
	for (i = 1; i < sizeof(candidates) - 1; i++)
		if (counts[i] > counts[best])
			best = i;
	return (candidates[best]);
}

static bool
csvfile_map(struct csvfile *f, const char *path, struct text *error)
{
	struct stat st;
	int	    fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0) {
		text_addf(error, "cannot read %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return (false);
	}
	f->size = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	if (f->size > 0)
		f->bytes = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (f->size > 0 && f->bytes != MAP_FAILED)
		return (true);
	f->bytes = NULL;
	text_addf(error, "%s should be a file that is not empty", path);
	return (false);
}

static bool
csvfile_mark(struct csvfile *f, const char *path, struct text *error)
{
	if (f->size >= 3 && memcmp(f->bytes, "\xef\xbb\xbf", 3) == 0)
		f->at = 3;
	if (f->size < 2 ||
	    (memcmp(f->bytes, "\xff\xfe", 2) != 0 &&
		memcmp(f->bytes, "\xfe\xff", 2) != 0))
		return (true);
	text_addf(error, "%s is UTF-16: save it as UTF-8 first", path);
	return (false);
}

bool
csvfile_open(struct csvfile *f, const char *path, char delimiter,
    struct text *error)
{
	*f = (struct csvfile){ 0 };
	if (!csvfile_map(f, path, error) || !csvfile_mark(f, path, error))
		return (false);
	f->in.parser = calloc(1, sizeof(*f->in.parser));
	if (f->in.parser == NULL || csv_init(f->in.parser, 0) != 0) {
		text_adds(error, "out of memory");
		return (false);
	}
	if (delimiter == '\0')
		delimiter = csvfile_sniff(f->bytes + f->at, f->size - f->at);
	csv_set_delim(f->in.parser, (unsigned char)delimiter);
	csv_set_space_func(f->in.parser, csvfile_no_space);
	return (true);
}

/* One line with its end, LF, CRLF or CR: at most one row ends in it. */
static size_t
csvfile_line(const struct csvfile *f)
{
	const char *from = f->bytes + f->at, *c = from;
	const char *end = f->bytes + f->size;

	while (c < end && *c != '\n' && *c != '\r')
		c++;
	if (c < end && *c++ == '\r' && c < end && *c == '\n')
		c++;
	return ((size_t)(c - from));
}

static bool
csvfile_row(struct csvfile *f, struct text *error)
{
	size_t i, begin = 0;
	void  *fields, *lengths;

	fields = reallocarray(f->row.fields, f->in.room, sizeof(char *));
	if (fields != NULL)
		f->row.fields = fields;
	lengths = reallocarray(f->row.lengths, f->in.room, sizeof(size_t));
	if (lengths != NULL)
		f->row.lengths = lengths;
	if (fields == NULL || lengths == NULL || f->in.failed ||
	    f->in.text.failed) {
		text_adds(error, "out of memory");
		return (false);
	}
	f->row.n = f->in.n;
	for (i = 0; i < f->in.n; i++) {
		f->row.fields[i] = f->in.text.data + begin;
		f->row.lengths[i] = f->in.ends[i] - begin - 1;
		begin = f->in.ends[i];
	}
	return (true);
}

/* Feeds the parser one more line, or tells it that there is none. */
static bool
csvfile_feed(struct csvfile *f, struct text *error)
{
	size_t n = csvfile_line(f);

	if (n == 0) {
		f->in.finished = true;
		/* Strict at the end only: inside, a stray quote is a letter. */
		csv_set_opts(f->in.parser, CSV_STRICT | CSV_STRICT_FINI);
		if (csv_fini(f->in.parser, csvfile_field, csvfile_end, f) == 0)
			return (true);
		text_addf(error, "line %zu: a quote is opened and never closed",
		    f->row.line);
		return (false);
	}
	if (csv_parse(f->in.parser, f->bytes + f->at, n, csvfile_field,
		csvfile_end, f) != n) {
		text_addf(error, "line %zu: %s", f->line + 1,
		    csv_strerror(csv_error(f->in.parser)));
		return (false);
	}
	f->at += n;
	f->line++;
	return (true);
}

bool
csvfile_next(struct csvfile *f, struct text *error)
{
	bool blank = true;

	text_clear(&f->in.text);
	f->in.n = 0;
	f->in.whole = false;
	while (!f->in.whole && !f->in.finished) {
		if (blank)
			f->row.line = f->line + 1;
		blank = blank && f->at < f->size &&
		    strchr("\r\n", f->bytes[f->at]) != NULL;
		if (!csvfile_feed(f, error))
			return (false);
	}
	return (f->in.n > 0 && csvfile_row(f, error));
}

void
csvfile_close(struct csvfile *f)
{
	if (f->bytes != NULL)
		munmap(f->bytes, f->size);
	if (f->in.parser != NULL)
		csv_free(f->in.parser);
	free(f->in.parser);
	text_release(&f->in.text);
	free(f->in.ends);
	free(f->row.fields);
	free(f->row.lengths);
	*f = (struct csvfile){ 0 };
}
