/* A form as a stranger sends it, whole and in pieces: the same is heard, names
 * are made safe, and a file is of one type however it came. */
#include "fuzz.h"

#include "media.h"
#include "multipart.h"

static const char *const extensions[] = { ".jpg", ".jpeg", NULL };

struct heard {
	struct text  said;
	struct media media;
	bool	     in_file;
};

static void
judge_name(const char *sent)
{
	struct text name = { 0 }, header = { 0 };
	size_t	    i;

	disposition_clean(&name, sent, extensions);
	CLAIM(text_points(name.data, name.length) > 0);
	CLAIM(strpbrk(name.data, "/\\\r\n\"") == NULL && name.data[0] != '.');
	CLAIM(name.length > 4);
	disposition_write(&header, name.data);
	for (i = 0; i < header.length; i++)
		CLAIM(header.data[i] >= ' ' && header.data[i] <= '~');
	text_release(&name);
	text_release(&header);
}

static bool
heard_begin(void *owner, const struct multipart_part *part)
{
	struct heard *h = owner;

	CLAIM(part->disposition.has_name);
	text_addf(&h->said, "[%s", part->disposition.name);
	h->in_file = part->disposition.has_file;
	if (h->in_file)
		judge_name(part->disposition.file);
	h->media = (struct media){ 0 };
	return (true);
}

static bool
heard_data(void *owner, const char *bytes, size_t n)
{
	struct heard *h = owner;

	CLAIM(n > 0);
	text_add(&h->said, bytes, n);
	if (h->in_file)
		media_add(&h->media, bytes, n);
	return (true);
}

static bool
heard_end(void *owner)
{
	struct heard *h = owner;
	bool	      taken = h->in_file && media_end(&h->media);

	CLAIM(!taken || h->media.type != NULL);
	text_addf(&h->said, "]%s", taken ? h->media.type->name : "-");
	return (true);
}

static const struct multipart_reader reader = { heard_begin, heard_data,
	heard_end };

static enum multipart_end
read_in(const char *body, size_t n, size_t step, struct heard *h)
{
	struct multipart m;
	size_t		 at, piece;

	CLAIM(multipart_begin(&m, "multipart/form-data; boundary=b", &reader,
	    h));
	for (at = 0; at < n; at += piece) {
		piece = n - at < step ? n - at : step;
		multipart_feed(&m, body + at, piece);
	}
	multipart_finish(&m);
	CLAIM(m.state != MULTIPART_MORE);
	CLAIM((m.state == MULTIPART_BAD) == (m.why != NULL));
	return (m.state);
}

/* The first byte says how large the pieces are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct heard	   whole = { 0 }, pieces = { 0 };
	struct multipart   m;
	enum multipart_end end;
	char		  *body, *type;

	if (n == 0)
		return (0);
	body = fuzz_copy(data + 1, n - 1);
	end = read_in(body, n - 1, n, &whole);
	CLAIM(read_in(body, n - 1, (size_t)*data % 80 + 1, &pieces) == end);
	CLAIM(whole.said.length == pieces.said.length);
	CLAIM(whole.said.length == 0 ||
	    memcmp(whole.said.data, pieces.said.data, whole.said.length) == 0);
	type = fuzz_text(data, n);
	multipart_begin(&m, type, &reader, NULL);
	free(type);
	text_release(&whole.said);
	text_release(&pieces.said);
	free(body);
	return (0);
}
