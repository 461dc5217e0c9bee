/* page.c: what /docs shows, with all its parts and without. */
#include "unit.h"

#include <unistd.h>

#include "page.h"

static const char *const ours[] = { "index.html", "missing.html", "docs.css",
	"docs.js", "copy.svg", "kov.svg", NULL };
static const char *const brought[] = { "swagger-ui.css", "swagger-ui.js",
	NULL };

static char directory[] = "/tmp/kov-page.XXXXXX";

static void
write_files(const char *const *names)
{
	char  path[128];
	FILE *file;

	for (; *names != NULL; names++) {
		snprintf(path, sizeof(path), "%s/%s", directory, *names);
		assert_non_null(file = fopen(path, "w"));
		fprintf(file, "this is %s\n", *names);
		fclose(file);
	}
}

static void
remove_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	unlink(path);
}

static int
make_directory(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/kov-page.XXXXXX");
	return (mkdtemp(directory) == NULL ? -1 : 0);
}

static int
remove_directory(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; ours[i] != NULL; i++)
		remove_file(ours[i]);
	for (i = 0; brought[i] != NULL; i++)
		remove_file(brought[i]);
	return (rmdir(directory));
}

static void
load(void)
{
	struct text error = { 0 };

	assert_true(page_load(directory, &error));
	assert_null(error.data);
}

static void
test_a_whole_page_is_shown(void **state)
{
	const struct page *page;

	(void)state;
	write_files(ours);
	write_files(brought);
	load();
	assert_non_null(page = page_at("/docs"));
	assert_string_equal(page->bytes.data, "this is index.html\n");
	assert_string_equal(page->media, "text/html; charset=utf-8");
	assert_int_equal(strlen(page->etag), SIGN_BYTES);
	assert_non_null(page_at("/docs/swagger-ui.js"));
	assert_null(page_at("/docs/index.html"));
	assert_null(page_at("/docs/"));
	assert_null(page_at("/"));
}

static void
test_without_its_parts_it_says_how_to_get_them(void **state)
{
	(void)state;
	write_files(ours);
	write_files(brought);
	remove_file("swagger-ui.js");
	load();
	assert_string_equal(page_at("/docs")->bytes.data,
	    "this is missing.html\n");
	assert_null(page_at("/docs/swagger-ui.js"));
	assert_non_null(page_at("/docs/swagger-ui.css"));
}

static void
test_without_a_file_of_ours_it_is_refused_by_name(void **state)
{
	struct text error = { 0 };

	(void)state;
	write_files(ours);
	remove_file("docs.js");
	assert_false(page_load(directory, &error));
	assert_non_null(error.data);
	assert_non_null(strstr(error.data, "/docs.js cannot be read"));
	text_release(&error);
}

#define IN_DIRECTORY(function)                                    \
	cmocka_unit_test_setup_teardown(function, make_directory, \
	    remove_directory)

TESTS(IN_DIRECTORY(test_a_whole_page_is_shown),
    IN_DIRECTORY(test_without_its_parts_it_says_how_to_get_them),
    IN_DIRECTORY(test_without_a_file_of_ours_it_is_refused_by_name))
