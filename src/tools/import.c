/*
 * kov import: posts the rows of a CSV file as complaints, in batches, as a map
 * says.
 *
 * It can be run again at any moment: a batch carries an Idempotency-Key made
 * of its bytes and place, and a row a reference made of its own bytes (the
 * map's "digest"), so nothing comes in twice.
 */
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf.h"
#include "../sign.h"
#include "../text.h"
#include "../yaml.h"
#include "import_csv.h"
#include "import_map.h"
#include "import_post.h"

#define BATCH_ROWS 200
#define BATCH_BYTES 3500000 /* of the 4 MiB a batch may have */
#define CODE_LENGTH 6	    /* of an organisation's public code */
#define PROGRESS 1000	    /* rows between lines where it is no terminal */

enum { IMPORT_DONE, IMPORT_REFUSED, IMPORT_UNUSABLE }; /* exit codes */

struct batch {
	struct text body; /* {"items":[… without its end */
	size_t	    n, lines[BATCH_ROWS];
};

struct import {
	const char    *organisation, *key_file, *map_file, *file, *url;
	struct text    error; /* why nothing more can be done */
	json_t	      *map;
	struct csvfile csv;
	struct rowmap  rows;
	struct batch   batch;
	char	       digest[SIGN_HEX]; /* of the file */
	char	       key[200];
	struct text    answer;
	size_t	       read, in, known, refused;
	size_t	       told; /* rows when progress was last shown */
};

/* ---- what became of the rows ---- */

/* Progress shares its line with itself only. */
static void
import_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static void
import_progress(struct import *im)
{
	bool terminal = isatty(STDERR_FILENO);

	if (!terminal && im->read - im->told < PROGRESS)
		return;
	im->told = im->read;
	fprintf(stderr, "%s%zu rows read, %zu in, %zu refused%s",
	    terminal ? "\r" : "", im->read, im->in, im->refused,
	    terminal ? "" : "\n");
}

static void
import_refuse(struct import *im, size_t line, const char *reason)
{
	im->refused++;
	import_clear();
	fprintf(stderr, "line %zu: %s\n", line, reason);
}

/* All that was wrong with a row, in one line. */
static void
result_refused(struct import *im, size_t line, json_t *result)
{
	json_t	   *fault;
	struct text reason = { 0 };
	const char *where, *what;
	size_t	    i;

	json_array_foreach(json_object_get(result, "errors"), i, fault) {
		where = json_string_value(json_object_get(fault, "pointer"));
		what = json_string_value(json_object_get(fault, "detail"));
		text_addf(&reason, "%s%s %s", i > 0 ? "; " : "",
		    where != NULL ? where : "", what != NULL ? what : "");
	}
	what = json_string_value(json_object_get(result, "detail"));
	if (reason.length == 0)
		text_adds(&reason, what != NULL ? what : "refused");
	import_refuse(im, line, reason.failed ? "refused" : reason.data);
	text_release(&reason);
}

static void
result_take(struct import *im, size_t line, json_t *result)
{
	json_int_t status = json_integer_value(json_object_get(result,
	    "status"));

	if (status == 200)
		im->known++;
	if (status >= 200 && status <= 299)
		im->in++;
	else
		result_refused(im, line, result);
}

static bool
import_results(struct import *im)
{
	json_auto_t *answer = json_loadb(im->answer.data != NULL ?
		im->answer.data :
		"",
	    im->answer.length, 0, NULL);
	json_t *results = json_object_get(answer, "items");
	size_t	i;

	if (json_array_size(results) != im->batch.n) {
		text_addf(&im->error, "%s answered %zu results for %zu rows",
		    im->url, json_array_size(results), im->batch.n);
		return (false);
	}
	for (i = 0; i < im->batch.n; i++)
		result_take(im, im->batch.lines[i], json_array_get(results, i));
	return (true);
}

/* ---- rows to batches ---- */

/* Names the batch by its bytes and its place in the file. */
static bool
import_name(struct import *im, char name[SIGN_HEX])
{
	struct text t = { 0 };
	uint8_t	    digest[SIGN_BYTES];
	bool	    ok;

	text_addf(&t, "%s %zu ", im->digest, im->batch.lines[0]);
	text_add(&t, im->batch.body.data, im->batch.body.length);
	ok = !t.failed && sign_sha256(t.data, t.length, digest);
	text_release(&t);
	if (ok)
		sign_hex(digest, sizeof(digest), name);
	return (ok);
}

static bool
import_flush(struct import *im)
{
	char name[SIGN_HEX];

	if (im->batch.n == 0)
		return (true);
	text_adds(&im->batch.body, "]}");
	if (im->batch.body.failed || !import_name(im, name) ||
	    !import_post(name, &im->batch.body, &im->answer, &im->error) ||
	    !import_results(im))
		return (false);
	text_clear(&im->batch.body);
	im->batch.n = 0;
	import_progress(im);
	return (true);
}

static bool
import_add(struct import *im, const char *item)
{
	size_t length = strlen(item);

	if (im->batch.body.length + length > BATCH_BYTES && !import_flush(im))
		return (false);
	text_adds(&im->batch.body, im->batch.n == 0 ? "{\"items\":[" : ",");
	text_add(&im->batch.body, item, length);
	im->batch.lines[im->batch.n++] = im->csv.row.line;
	return (im->batch.n < BATCH_ROWS || import_flush(im));
}

static bool
import_row(struct import *im)
{
	struct text reason = { 0 };
	json_t	   *item = rowmap_item(&im->rows, &im->csv.row, &reason);
	char	   *text;
	bool	    ok = true;

	im->read++;
	text = item != NULL ? json_dumps(item, JSON_COMPACT) : NULL;
	if (text != NULL)
		ok = import_add(im, text);
	else
		import_refuse(im, im->csv.row.line,
		    reason.length > 0 ? reason.data : "nothing to import");
	free(text);
	json_decref(item);
	text_release(&reason);
	return (ok);
}

static bool
import_rows(struct import *im)
{
	while (csvfile_next(&im->csv, &im->error))
		if (!import_row(im))
			return (false);
	return (im->error.length == 0 && import_flush(im));
}

/* ---- beginning and end ---- */

/* Where --organisation is a code, the key must carry it (auth.h). */
static bool
import_is_of(const char *key, const char *organisation)
{
	static const char prefix[] = "kov_live_";
	size_t		  n = sizeof(prefix) - 1;

	if (organisation == NULL || strlen(organisation) != CODE_LENGTH ||
	    strlen(key) < n + CODE_LENGTH)
		return (true);
	return (strncmp(key + n, organisation, CODE_LENGTH) == 0);
}

static bool
import_credentials(struct import *im)
{
	char *line = im->key;
	FILE *f = fopen(im->key_file, "re");

	if (f != NULL) {
		if (fgets(line, sizeof(im->key), f) == NULL)
			line[0] = '\0';
		fclose(f);
	}
	line[strcspn(line, " \t\r\n")] = '\0';
	if (line[0] == '\0') {
		text_addf(&im->error,
		    "%s should be a file that holds an API "
		    "key",
		    im->key_file);
		return (false);
	}
	if (import_is_of(line, im->organisation))
		return (true);
	text_addf(&im->error, "the key in %s is not of organisation %s",
	    im->key_file, im->organisation);
	return (false);
}

static bool
import_file(struct import *im)
{
	const char *delimiter;
	uint8_t	    digest[SIGN_BYTES];

	if ((im->map = yaml_load(im->map_file, &im->error)) == NULL)
		return (false);
	delimiter = json_string_value(json_object_get(im->map, "delimiter"));
	if (!csvfile_open(&im->csv, im->file,
		delimiter != NULL ? delimiter[0] : '\0', &im->error))
		return (false);
	if (!sign_sha256(im->csv.bytes, im->csv.size, digest))
		return (false);
	sign_hex(digest, sizeof(digest), im->digest);
	if (!csvfile_next(&im->csv, &im->error)) {
		if (im->error.length == 0)
			text_addf(&im->error, "%s has no header", im->file);
		return (false);
	}
	return (rowmap_open(&im->rows, im->map, &im->csv.row, &im->error));
}

static bool
import_options(struct import *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "organisation", required_argument, NULL, 'o' },
		{ "key-file", required_argument, NULL, 'k' },
		{ "map", required_argument, NULL, 'm' },
		{ "url", required_argument, NULL, 'u' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option == 'o')
			im->organisation = optarg;
		else if (option == 'k')
			im->key_file = optarg;
		else if (option == 'm')
			im->map_file = optarg;
		else if (option == 'u')
			im->url = optarg;
		else
			return (false);
	if (optind + 1 != argc || im->key_file == NULL || im->map_file == NULL)
		return (false);
	im->file = argv[optind];
	return (true);
}

static void
import_release(struct import *im)
{
	import_post_close();
	csvfile_close(&im->csv);
	rowmap_close(&im->rows);
	json_decref(im->map);
	text_release(&im->batch.body);
	text_release(&im->answer);
	text_release(&im->error);
}

static int
import_run(struct import *im)
{
	bool done = conf_load(&im->error);

	if (done && im->url == NULL)
		im->url = conf_text(SETTING_PUBLIC_URL);
	done = done && import_credentials(im) && import_file(im) &&
	    import_post_open(im->url, im->key, &im->error) && import_rows(im);
	import_clear();
	if (!done)
		fprintf(stderr, "kov import: %s\n",
		    im->error.length > 0 ? im->error.data : "out of memory");
	printf("%s: %zu rows, %zu in (%zu of them were already), "
	       "%zu refused%s\n",
	    im->file, im->read, im->in, im->known, im->refused,
	    done ? "" : ", not finished");
	if (!done)
		return (IMPORT_UNUSABLE);
	return (im->refused > 0 ? IMPORT_REFUSED : IMPORT_DONE);
}

int
tool_import(int argc, char **argv)
{
	struct import im = { 0 };
	int	      code;

	if (!import_options(&im, argc, argv)) {
		fputs("usage: kov import --organisation NAME --key-file F "
		      "--map M.yaml [--url URL] FILE.csv\n",
		    stderr);
		return (IMPORT_UNUSABLE);
	}
	code = import_run(&im);
	import_release(&im);
	return (code);
}
