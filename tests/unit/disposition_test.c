/* What a file is called, and what it may be called. */
#include "unit.h"

#include "disposition.h"

static const struct {
	const char *value;
	bool	    legal;
	const char *file;
} values[] = {
	{ "attachment", true, "" },
	{ "attachment; filename=a.txt", true, "a.txt" },
	{ "attachment; filename=\"a b.txt\"", true, "a b.txt" },
	{ "ATTACHMENT ; FileName = \"a\"", false, NULL },
	{ "attachment; filename=\"a.txt\"; filename*=UTF-8''%C3%A9.txt", true,
	    "é.txt" },
	{ "attachment; filename*=utf-8'nl'%C3%A9.txt; filename=b.txt", true,
	    "é.txt" },
	{ "attachment; filename*=iso-8859-1''%E9.txt", false, NULL },
	{ "attachment; filename*=UTF-8''%00.txt", false, NULL },
	{ "attachment; filename*=UTF-8''%FF.txt", false, NULL },
	{ "attachment; filename*=é", false, NULL },
	{ "attachment; filename=\"\xff.txt\"", true, "" },
	{ "attachment; filename=\"C:\\fakepath\\a.txt\"", true,
	    "C:\\fakepath\\a.txt" },
	{ "attachment; filename=\"a", false, NULL },
	{ "attachment; filename=", false, NULL },
	{ "attachment; filename", false, NULL },
	{ "attachment; ;", false, NULL },
	{ "attachment filename=a", false, NULL },
	{ "attachment; size=3; filename=a", true, "a" },
	{ "attachment;", true, "" },
	{ "a-type-with-a-very-long-name; filename=a", false, NULL },
	{ "", false, NULL },
};

static void
a_header_is_read_or_refused(void **state)
{
	struct disposition d;
	size_t		   i;

	(void)state;
	for (i = 0; i < COUNT(values); i++) {
		bool legal = disposition_read(&d, values[i].value,
		    strlen(values[i].value));
		if (legal != values[i].legal ||
		    (legal && strcmp(d.file, values[i].file) != 0))
			fail_msg("%s: %d, %s", values[i].value, legal, d.file);
	}
}

static const char *const jpeg[] = { ".jpg", ".jpeg", NULL };

static const struct {
	const char *sent, *safe;
} names[] = {
	{ "a.jpg", "a.jpg" },
	{ "a.JPEG", "a.JPEG" },
	{ "a.exe", "a.exe.jpg" },
	{ "a.html", "a.html.jpg" },
	{ "", "attachment.jpg" },
	{ ".", "attachment.jpg" },
	{ "..", "attachment.jpg" },
	{ ".jpg", "jpg.jpg" },
	{ "../../etc/passwd", "passwd.jpg" },
	{ "C:\\fakepath\\a.jpg", "a.jpg" },
	{ "a/", "attachment.jpg" },
	{ "a.jpg. . ", "a.jpg" },
	{ "a\r\nb\x01.jpg", "ab.jpg" },
	{ "a:b|c?.jpg", "a_b_c_.jpg" },
	{ "caf\xc3\xa9 \xe2\x82\xac.jpg", "caf\xc3\xa9 \xe2\x82\xac.jpg" },
	/* U+202E would show "agpj.exe" as "aexe.jpg" */
	{ "a\xe2\x80\xaegpj.exe", "agpj.exe.jpg" },
	{ "\xff", "attachment.jpg" },
};

static void
a_name_is_made_safe(void **state)
{
	struct text t = { 0 };
	size_t	    i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		text_clear(&t);
		disposition_clean(&t, names[i].sent, jpeg);
		assert_string_equal(t.data, names[i].safe);
	}
	text_release(&t);
}

static void
a_name_has_a_bounded_length(void **state)
{
	struct text t = { 0 };
	char	    name[DISPOSITION_FILE];
	size_t	    i;

	(void)state;
	for (i = 0; i + 2 < sizeof(name); i += 2)
		memcpy(name + i, "\xc3\xa9", 2);
	name[i] = '\0';
	disposition_clean(&t, name, jpeg);
	assert_int_equal(text_points(t.data, t.length), 119);
	text_release(&t);
}

static void
a_name_is_written_both_ways(void **state)
{
	struct text t = { 0 };

	(void)state;
	disposition_write(&t, "caf\xc3\xa9 \"%\".jpg");
	assert_string_equal(t.data,
	    "attachment; filename=\"caf_ ___.jpg\"; "
	    "filename*=UTF-8''caf%C3%A9%20%22%25%22.jpg");
	text_release(&t);
}

TESTS(TEST(a_header_is_read_or_refused), TEST(a_name_is_made_safe),
    TEST(a_name_has_a_bounded_length), TEST(a_name_is_written_both_ways))
