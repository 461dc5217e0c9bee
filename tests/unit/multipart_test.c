/* Forms, read in every way that they can be cut in pieces. */
#include "unit.h"

#include "multipart.h"
#include "text.h"

#define TYPE "multipart/form-data; boundary=b"
#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_OF(name)                                                     \
	"Content-Disposition: form-data; name=\"file\"; filename=\"" name \
	"\"\r\n"

/* What a reader heard, as a line: name[:file][;media]=data| … */
static bool
heard_begin(void *owner, const struct multipart_part *part)
{
	struct text *t = owner;

	text_adds(t, part->disposition.name);
	if (part->disposition.has_file)
		text_addf(t, ":%s", part->disposition.file);
	if (part->media[0] != '\0')
		text_addf(t, ";%s", part->media);
	text_adds(t, "=");
	return (strcmp(part->disposition.name, "stop") != 0);
}

static bool
heard_data(void *owner, const char *bytes, size_t n)
{
	assert_true(n > 0);
	text_add(owner, bytes, n);
	return (true);
}

static bool
heard_end(void *owner)
{
	text_adds(owner, "|");
	return (true);
}

static const struct multipart_reader reader = { heard_begin, heard_data,
	heard_end };

static const struct {
	const char	  *rule, *body, *heard;
	enum multipart_end end;
} bodies[] = {
	{ "a field", "--b\r\n" FIELD("a") "x\r\n--b--\r\n", "a=x|",
	    MULTIPART_DONE },
	{ "a field and a file",
	    "--b\r\n" FIELD("a") "x\r\n--b\r\n" FILE_OF(
		"p.jpg") "Content-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--b--",
	    "a=x|file:p.jpg;image/jpeg=\xff\xd8|", MULTIPART_DONE },
	{ "an empty part", "--b\r\n" FIELD("a") "\r\n--b--", "a=|",
	    MULTIPART_DONE },
	{ "an empty part without a CRLF of its own (RFC 2046)",
	    "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", "a=|",
	    MULTIPART_DONE },
	{ "what looks like a boundary is data",
	    "--b\r\n" FIELD("a") "\r\n--\r\n-b\r--b\n--b\r\n--a\r\n--b--",
	    "a=\r\n--\r\n-b\r--b\n--b\r\n--a|", MULTIPART_DONE },
	{ "CRs before a boundary are data",
	    "--b\r\n" FIELD("a") "\r\r\r\r\n--b--", "a=\r\r\r|",
	    MULTIPART_DONE },
	{ "preamble, padding and epilogue are nothing",
	    "hello\r\n--b \t\r\n" FIELD("a") "x\r\n--b--\r\nmore", "a=x|",
	    MULTIPART_DONE },
	{ "a name that browsers escaped",
	    "--b\r\n" FILE_OF("a%22b%0D%0A.txt") "\r\nx\r\n--b--",
	    "file:a\"b\r\n.txt=x|", MULTIPART_DONE },
	{ "a name that others escaped",
	    "--b\r\n" FILE_OF("a\\\"b\\\\c.txt") "\r\nx\r\n--b--",
	    "file:a\"b\\c.txt=x|", MULTIPART_DONE },
	{ "the header's case does not matter",
	    "--b\r\ncontent-DISPOSITION: Form-Data; NAME=a\r\n\r\nx\r\n--b--",
	    "a=x|", MULTIPART_DONE },
	{ "binary is as it is",
	    "--b\r\nContent-Transfer-Encoding: binary\r\n" FIELD(
		"a") "x\r\n--b--",
	    "a=x|", MULTIPART_DONE },
	{ "a reader that stops", "--b\r\n" FIELD("stop") "x\r\n--b--",
	    "stop=", MULTIPART_STOP },
	{ "cut in its data", "--b\r\n" FIELD("a") "x", "a=x", MULTIPART_BAD },
	{ "cut in its last boundary", "--b\r\n" FIELD("a") "x\r\n--b-", "a=x|",
	    MULTIPART_BAD },
	{ "nothing", "", "", MULTIPART_BAD },
	{ "no boundary at all", "a=x&b=y", "", MULTIPART_BAD },
	{ "a boundary that goes on", "--bc\r\n" FIELD("a") "x\r\n--b--", "",
	    MULTIPART_BAD },
	{ "a part without a name",
	    "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "",
	    MULTIPART_BAD },
	{ "a part that is no form-data",
	    "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--",
	    "", MULTIPART_BAD },
	{ "a part without a header", "--b\r\n\r\nx\r\n--b--", "",
	    MULTIPART_BAD },
	{ "two dispositions",
	    "--b\r\nContent-Disposition: form-data; name=a\r\n" FIELD(
		"b") "x\r\n--b--",
	    "", MULTIPART_BAD },
	{ "base64",
	    "--b\r\nContent-Transfer-Encoding: base64\r\n" FIELD(
		"a") "x\r\n--b--",
	    "", MULTIPART_BAD },
	{ "a folded line",
	    "--b\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n"
	    "x\r\n--b--",
	    "", MULTIPART_BAD },
	{ "a line that is no header",
	    "--b\r\nhello\r\n" FIELD("a") "x\r\n--b--", "", MULTIPART_BAD },
	{ "a name that is not UTF-8", "--b\r\n" FIELD("\xff") "x\r\n--b--", "",
	    MULTIPART_BAD },
};

static enum multipart_end
read_in(const char *body, const size_t *cuts, size_t n, struct text *heard)
{
	struct multipart m;
	size_t		 i, from = 0;

	assert_true(multipart_begin(&m, TYPE, &reader, heard));
	for (i = 0; i < n; from = cuts[i], i++)
		multipart_feed(&m, body + from, cuts[i] - from);
	multipart_finish(&m);
	assert_true((m.state == MULTIPART_BAD) == (m.why != NULL));
	return (m.state);
}

static void
expect(size_t row, const size_t *cuts, size_t n)
{
	struct text	   heard = { 0 };
	enum multipart_end end = read_in(bodies[row].body, cuts, n, &heard);

	if (end != bodies[row].end ||
	    strcmp(heard.data != NULL ? heard.data : "", bodies[row].heard) !=
		0)
		fail_msg("%s, cut at %zu: %d, %s", bodies[row].rule, cuts[0],
		    end, heard.data != NULL ? heard.data : "");
	text_release(&heard);
}

static void
a_body_reads_the_same_however_it_is_cut(void **state)
{
	size_t row, first, second, length;

	(void)state;
	for (row = 0; row < COUNT(bodies); row++) {
		length = strlen(bodies[row].body);
		for (first = 0; first <= length; first++)
			for (second = first; second <= length; second++)
				expect(row, (size_t[]){ first, second, length },
				    3);
	}
}

static void
a_body_reads_the_same_byte_by_byte(void **state)
{
	size_t row, i, cuts[1024];

	(void)state;
	for (i = 0; i < COUNT(cuts); i++)
		cuts[i] = i + 1;
	for (row = 0; row < COUNT(bodies); row++)
		if (bodies[row].body[0] != '\0')
			expect(row, cuts, strlen(bodies[row].body));
}

static const struct {
	const char *type;
	bool	    legal;
} types[] = {
	{ TYPE, true },
	{ "multipart/form-data; boundary=\"a b\"", true },
	{ "multipart/form-data; charset=utf-8; Boundary=b; x=y", true },
	{ "multipart/form-data;boundary="
	  "0123456789012345678901234567890123456789012345678901234567890123456789",
	    true },
	{ "multipart/form-data", false },
	{ "multipart/form-data; boundary=", false },
	{ "multipart/form-data; boundary=\"\"", false },
	{ "multipart/form-data; boundary=\"b", false },
	{ "multipart/form-data; boundary=\"b \"", false },
	{ "multipart/form-data; boundary=b; boundary=c", false },
	{ "multipart/form-data; boundary=b\xc3\xa9", false },
	{ "multipart/form-data; boundary="
	  "01234567890123456789012345678901234567890123456789012345678901234567890",
	    false },
};

static void
a_boundary_is_legal_or_refused(void **state)
{
	struct multipart m;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(types); i++)
		if (multipart_begin(&m, types[i].type, &reader, NULL) !=
		    types[i].legal)
			fail_msg("%s", types[i].type);
}

static void
a_part_has_a_header_of_a_bounded_length(void **state)
{
	struct multipart m;
	struct text	 heard = { 0 };
	char		 line[MULTIPART_HEAD + 2];

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_true(multipart_begin(&m, TYPE, &reader, &heard));
	multipart_feed(&m, "--b\r\n", 5);
	assert_int_equal(multipart_feed(&m, line, sizeof(line)), MULTIPART_BAD);
	assert_int_equal(multipart_feed(&m, "--b--", 5), MULTIPART_BAD);
	text_release(&heard);
}

static void
a_body_has_a_bounded_number_of_parts(void **state)
{
	static const char part[] = "--b\r\n" FIELD("a") "\r\n";
	struct multipart  m;
	struct text	  heard = { 0 };
	int		  i;

	(void)state;
	assert_true(multipart_begin(&m, TYPE, &reader, &heard));
	for (i = 0; i < MULTIPART_PARTS; i++)
		assert_int_equal(multipart_feed(&m, part, sizeof(part) - 1),
		    MULTIPART_MORE);
	assert_int_equal(multipart_feed(&m, part, sizeof(part) - 1),
	    MULTIPART_BAD);
	text_release(&heard);
}

TESTS(TEST(a_body_reads_the_same_however_it_is_cut),
    TEST(a_body_reads_the_same_byte_by_byte),
    TEST(a_boundary_is_legal_or_refused),
    TEST(a_part_has_a_header_of_a_bounded_length),
    TEST(a_body_has_a_bounded_number_of_parts))
