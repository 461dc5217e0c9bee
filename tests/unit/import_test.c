/* CSV dialects and maps: a row each. */
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "../../src/tools/import_csv.h"
#include "../../src/tools/import_map.h"

/* Rows as LINE:FIELD|FIELD;… with an end like "!error" where there is one. */
static const struct dialect {
	const char *csv;
	char	    delimiter;
	const char *expected;
} dialects[] = {
	{ "a,b\n1,2\n", 0, "1:a|b;2:1|2;" },
	{ "a,b\r\n1,2\r\n", 0, "1:a|b;2:1|2;" },
	{ "a,b\r1,2\r", 0, "1:a|b;2:1|2;" },
	{ "a,b\n1,2", 0, "1:a|b;2:1|2;" },
	{ "\xef\xbb\xbf"
	  "a,b\n1,2\n",
	    0, "1:a|b;2:1|2;" },
	{ "a;b\n1,5;2\n", 0, "1:a|b;2:1,5|2;" },
	{ "a\tb\n1\t2\n", 0, "1:a|b;2:1|2;" },
	{ "\"a,b\";c\n1;2\n", 0, "1:a,b|c;2:1|2;" },
	{ "a;b,c\n", ',', "1:a;b|c;" },
	{ "a,b\n\"x\ny\",2\n3,4\n", 0, "1:a|b;2:x\ny|2;4:3|4;" },
	{ "a,b\r\n\"x\r\ny\",2\r\n3,4\r\n", 0, "1:a|b;2:x\r\ny|2;4:3|4;" },
	{ "a,b\n\"say \"\"hi\"\"\",2\n", 0, "1:a|b;2:say \"hi\"|2;" },
	{ "a,b\n,\n", 0, "1:a|b;2:|;" },
	{ "a,b\n\"\",\"\"\n", 0, "1:a|b;2:|;" },
	{ "a,b\n x , y \n", 0, "1:a|b;2: x | y ;" },
	{ "a,b\n\n\n1,2\n\n", 0, "1:a|b;4:1|2;" },
	{ "a\n1\n2,3\n", 0, "1:a;2:1;3:2|3;" },
	{ "a,b\n1,\"2\n3,4\n", 0, "1:a|b;!" },
	{ "", 0, "!" },
	{ "\xff\xfe"
	  "a\n",
	    0, "!" },
};

static const char map_header[] = "Id,Day,Kind,Note,More\n";

/* A map's members, one row, and the item or the reason. */
static const struct mapped {
	const char *members, *row, *expected;
} mapped[] = {
	{ "{\"x\": {\"column\": \"Id\"}}", "7,,,,", "{\"x\":\"7\"}" },
	{ "{\"x\": {\"column\": \"Id\"}, \"y\": {\"constant\": 1}}", ",,,,",
	    "{\"y\":1}" },
	{ "{\"x\": {\"column\": \"Id\", \"required\": true}}", ",,,,",
	    "x is required and empty" },
	{ "{\"x\": {\"column\": \"Id\"}}", "7,,,",
	    "it has 4 fields, the "
	    "header 5" },
	{ "{\"x\": {\"column\": \"Note\"}}", ",,,\xff,", "x is not UTF-8" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%m/%d/%Y\"}}",
	    ",7/29/2013,,,", "{\"x\":\"2013-07-29T04:00:00Z\"}" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%m/%d/%Y\"}}",
	    ",1/29/2013,,,", "{\"x\":\"2013-01-29T05:00:00Z\"}" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%m/%d/%Y\"}}",
	    ",2/30/2013,,,", "Day is \"2/30/2013\": there is no such day" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%m/%d/%Y\"}}",
	    ",2013-07-29,,,",
	    "Day is \"2013-07-29\": it should look like "
	    "%m/%d/%Y" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%m/%d/%Y\"}}",
	    ",7/29/2013 10:00,,,",
	    "Day is \"7/29/2013 10:00\": it should "
	    "look like %m/%d/%Y" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%Y-%m-%dT%H:%M%z\"}}",
	    ",2013-07-29T10:00+0200,,,", "{\"x\":\"2013-07-29T08:00:00Z\"}" },
	{ "{\"x\": {\"column\": \"Day\", \"date\": \"%m/%d/%Y\"}}", ",,,,",
	    "nothing to import" },
	{ "{\"x\": {\"latest\": [\"Id\", \"Day\"], \"date\": \"%m/%d/%Y\"}}",
	    "2/1/2013,1/31/2013,,,", "{\"x\":\"2013-02-01T05:00:00Z\"}" },
	{ "{\"x\": {\"column\": \"Kind\", \"values\": {\"A\": \"b\", \"N\": "
	  "null, \"T\": true}}}",
	    ",,A,,", "{\"x\":\"b\"}" },
	{ "{\"x\": {\"column\": \"Kind\", \"values\": {\"T\": true}}}", ",,T,,",
	    "{\"x\":true}" },
	{ "{\"x\": {\"column\": \"Kind\", \"values\": {\"A\": \"b\"}}}",
	    ",,Z,,", "Kind is \"Z\": the map has no value for it" },
	{ "{\"x\": {\"column\": \"Kind\", \"values\": {\"A\": \"b\"}, "
	  "\"otherwise\": \"c\"}}",
	    ",,Z,,", "{\"x\":\"c\"}" },
	{ "{\"x\": {\"join\": [\"Note\", \"More\"], \"with\": \": \"}}",
	    ",,,n,m", "{\"x\":\"n: m\"}" },
	{ "{\"x\": {\"join\": [\"Note\", \"More\"], \"with\": \": \"}}",
	    ",,,,m", "{\"x\":\"m\"}" },
	{ "{\"x\": {\"members\": {\"y\": {\"column\": \"Id\"}, \"z\": "
	  "{\"column\": \"Note\"}}}}",
	    "7,,,,", "{\"x\":{\"y\":\"7\"}}" },
	{ "{\"x\": {\"choose\": [{\"if\": {\"Kind\": [\"A\", \"B\"], "
	  "\"Id\": \"7\"}, \"then\": {\"constant\": 1}}, {\"then\": "
	  "{\"column\": \"Note\"}}]}}",
	    "7,,B,n,", "{\"x\":1}" },
	{ "{\"x\": {\"choose\": [{\"if\": {\"Kind\": [\"A\", \"B\"], "
	  "\"Id\": \"7\"}, \"then\": {\"constant\": 1}}, {\"then\": "
	  "{\"column\": \"Note\"}}]}}",
	    "8,,B,n,", "{\"x\":\"n\"}" },
	/* maps that cannot be followed */
	{ "{}", "", "!" },
	{ "{\"x\": {\"column\": \"Nowhere\"}}", "", "!" },
	{ "{\"x\": {\"column\": 1}}", "", "!" },
	{ "{\"x\": {}}", "", "!" },
	{ "{\"x\": {\"column\": \"Id\", \"constant\": 1}}", "", "!" },
	{ "{\"x\": {\"column\": \"Id\", \"with\": \"-\"}}", "", "!" },
	{ "{\"x\": {\"column\": \"Id\", \"requird\": true}}", "", "!" },
	{ "{\"x\": {\"column\": \"Id\", \"date\": 1}}", "", "!" },
	{ "{\"x\": {\"join\": [\"Nowhere\"]}}", "", "!" },
	{ "{\"x\": {\"latest\": [\"Id\"]}}", "", "!" },
	{ "{\"x\": {\"choose\": [{\"if\": {\"Nowhere\": \"1\"}, \"then\": "
	  "{\"constant\": 1}}]}}",
	    "", "!" },
	{ "{\"x\": {\"choose\": [{\"if\": {\"Id\": 1}, \"then\": "
	  "{\"constant\": 1}}]}}",
	    "", "!" },
	{ "{\"x\": {\"choose\": [{\"iff\": {\"Id\": \"1\"}, \"then\": "
	  "{\"constant\": 1}}]}}",
	    "", "!" },
	{ "{\"x\": {\"choose\": [{\"if\": {\"Id\": \"1\"}}]}}", "", "!" },
	{ "{\"x\": {\"members\": {\"y\": {\"column\": \"Nowhere\"}}}}", "",
	    "!" },
};

/* A file that is nowhere: its name, good until the descriptor is closed. */
static int
file_of(const char *a, const char *b, char path[32])
{
	int fd = memfd_create("csv", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, a, strlen(a)), strlen(a));
	assert_int_equal(write(fd, b, strlen(b)), strlen(b));
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return (fd);
}

static void
add_row(struct text *t, const struct csvrow *row)
{
	size_t i;

	text_addf(t, "%zu:", row->line);
	for (i = 0; i < row->n; i++) {
		text_adds(t, i > 0 ? "|" : "");
		text_add(t, row->fields[i], row->lengths[i]);
	}
	text_adds(t, ";");
}

static void
any_dialect_is_read(void **state)
{
	const struct dialect *d;
	struct csvfile	      file;
	struct text	      got = { 0 }, error = { 0 };
	char		      path[32];
	int		      fd;

	(void)state;
	for (d = dialects; d < dialects + COUNT(dialects); d++) {
		text_clear(&got);
		text_clear(&error);
		fd = file_of(d->csv, "", path);
		if (csvfile_open(&file, path, d->delimiter, &error))
			while (csvfile_next(&file, &error))
				add_row(&got, &file.row);
		text_adds(&got, error.length > 0 ? "!" : "");
		csvfile_close(&file);
		close(fd);
		assert_false(got.failed);
		if (strcmp(got.data, d->expected) != 0)
			fail_msg("\"%s\": %s (%s)", d->csv, got.data,
			    error.length > 0 ? error.data : "no error");
	}
	text_release(&got);
	text_release(&error);
}

/* What comes of a row: the item, the reason, or "!" for a bad map. */
static void
map_row(struct text *got, json_t *members, struct csvfile *file)
{
	json_t *map = json_pack("{s:s,s:O}", "timezone", "America/New_York",
		   "members", members),
	       *item = NULL;
	struct text   error = { 0 };
	struct rowmap rows = { 0 };
	char	     *text;

	assert_true(csvfile_next(file, &error));
	if (!rowmap_open(&rows, map, &file->row, &error)) {
		assert_true(error.length > 0);
		text_adds(got, "!");
	} else {
		assert_true(csvfile_next(file, &error));
		item = rowmap_item(&rows, &file->row, &error);
		text = item == NULL || json_is_null(item) ?
		    NULL :
		    json_dumps(item, JSON_COMPACT);
		text_adds(got,
		    text != NULL	 ? text :
			error.length > 0 ? error.data :
					   "nothing to import");
		free(text);
	}
	json_decref(item);
	json_decref(map);
	rowmap_close(&rows);
	text_release(&error);
}

static void
a_map_says_what_a_row_becomes(void **state)
{
	const struct mapped *m;
	struct csvfile	     file;
	struct text	     got = { 0 }, error = { 0 };
	json_t		    *members;
	char		     path[32];
	int		     fd;

	(void)state;
	for (m = mapped; m < mapped + COUNT(mapped); m++) {
		text_clear(&got);
		members = json_loads(m->members, 0, NULL);
		assert_non_null(members);
		fd = file_of(map_header, m->row, path);
		assert_true(csvfile_open(&file, path, ',', &error));
		map_row(&got, members, &file);
		csvfile_close(&file);
		close(fd);
		json_decref(members);
		assert_false(got.failed);
		if (strcmp(got.data, m->expected) != 0)
			fail_msg("%s of \"%s\": %s", m->members, m->row,
			    got.data);
	}
	text_release(&got);
	text_release(&error);
}

static void
digest_of(struct text *got, const char *row, const char *next)
{
	struct csvfile file;
	struct rowmap  rows;
	struct text    error = { 0 };
	char	       path[32];
	json_t	      *map, *item;
	int	       fd = file_of(row, next, path);

	map = json_pack("{s:{s:{s:s}}}", "members", "x", "digest", "p-");
	assert_true(csvfile_open(&file, path, ',', &error));
	assert_true(csvfile_next(&file, &error));
	assert_true(rowmap_open(&rows, map, &file.row, &error));
	while (csvfile_next(&file, &error)) {
		item = rowmap_item(&rows, &file.row, &error);
		text_addf(got, "%s ",
		    json_string_value(json_object_get(item, "x")));
		json_decref(item);
	}
	rowmap_close(&rows);
	csvfile_close(&file);
	json_decref(map);
	close(fd);
}

/* The same row has the same name wherever it stands; twins are numbered. */
static void
a_digest_names_a_row_by_its_bytes(void **state)
{
	struct text a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	digest_of(&a, "a,b\n", "1,2\n1,2\n12,\n");
	digest_of(&b, "a,b\r\n", "1,2\r\n\"1\",2\r\n12,");
	digest_of(&c, "a,b\n", "12,\n1,2\n");
	assert_string_equal(a.data, b.data);
	assert_false(c.failed);
	assert_memory_equal(a.data, c.data + 27, 26);
	assert_memory_equal(a.data, a.data + 27, 26);
	assert_memory_equal(a.data + 27 + 26, "-2 ", 3);
	assert_memory_not_equal(a.data, a.data + 56, 26);
	text_release(&a);
	text_release(&b);
	text_release(&c);
}

TESTS(TEST(any_dialect_is_read), TEST(a_map_says_what_a_row_becomes),
    TEST(a_digest_names_a_row_by_its_bytes))
