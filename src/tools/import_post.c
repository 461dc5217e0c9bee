/* The batches of an import, posted until they are answered (libcurl's owner
 * in kov-tool). */
#include "import_post.h"

#include <curl/curl.h>
#include <jansson.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_LEAST 100000 /* microseconds between attempts, doubled */
#define PAUSE_MOST 5000000

static CURL	  *easy;
static struct text address;
static struct text authorization;

static size_t
post_body(char *bytes, size_t size, size_t n, void *into)
{
	text_add(into, bytes, size * n);
	return (size * n);
}

/* A proxy of the environment is not for one's own machine. */
static bool
post_local(const char *url)
{
	return (strncmp(url, "http://127.", 11) == 0 ||
	    strncmp(url, "http://[::1]", 12) == 0 ||
	    strncmp(url, "http://localhost", 16) == 0);
}

bool
import_post_open(const char *url, const char *key, struct text *error)
{
	text_addf(&address, "%s/v1/complaint-batches", url);
	text_addf(&authorization, "Authorization: Bearer %s", key);
	if (address.failed || authorization.failed ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (easy = curl_easy_init()) == NULL) {
		text_adds(error, "libcurl cannot start");
		return (false);
	}
	curl_easy_setopt(easy, CURLOPT_URL, address.data);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, 120L);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, post_body);
	if (post_local(url))
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	return (true);
}

void
import_post_close(void)
{
	if (easy != NULL)
		curl_easy_cleanup(easy);
	easy = NULL;
	text_release(&address);
	text_release(&authorization);
}

static struct curl_slist *
post_headers(const char *idempotency)
{
	struct text	   line = { 0 };
	struct curl_slist *all = NULL, *more;
	const char	  *lines[] = { authorization.data, NULL,
		       "Content-Type: application/json", "Expect:" };
	size_t		   i;

	text_addf(&line, "Idempotency-Key: \"%s\"", idempotency);
	lines[1] = line.data;
	for (i = 0; !line.failed && i < 4; i++) {
		if ((more = curl_slist_append(all, lines[i])) == NULL) {
			curl_slist_free_all(all);
			all = NULL;
			break;
		}
		all = more;
	}
	text_release(&line);
	return (all);
}

/* Status of the answer, or 0: none came and error says why. */
static long
post_once(struct text *answer, struct text *error, long *after)
{
	curl_off_t retry = 0;
	long	   status = 0;
	CURLcode   code;

	text_clear(answer);
	text_clear(error);
	code = curl_easy_perform(easy);
	if (code != CURLE_OK) {
		text_addf(error, "%s: %s", address.data,
		    curl_easy_strerror(code));
		return (0);
	}
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry);
	*after = retry > 0 && retry < 60 ? (long)retry : 0;
	return (status);
}

/* What a problem says, for people. */
static void
post_problem(long status, const struct text *answer, struct text *error)
{
	json_auto_t *problem = NULL;
	const char  *title, *detail;

	if (answer->data != NULL)
		problem = json_loadb(answer->data, answer->length, 0, NULL);
	title = json_string_value(json_object_get(problem, "title"));
	detail = json_string_value(json_object_get(problem, "detail"));
	text_addf(error, "%s answered %ld %s%s%s", address.data, status,
	    title != NULL ? title : "", detail != NULL ? ": " : "",
	    detail != NULL ? detail : "");
}

/* Whether the same request may succeed later (a 409 is a sender of the same
 * key that is not answered yet: ourselves, before a crash). */
static bool
post_again(long status)
{
	return (status == 0 || status == 409 || status == 429 ||
	    (status >= 502 && status <= 504));
}

static long
post_patiently(struct text *answer, struct text *error)
{
	time_t	   end = time(NULL) + IMPORT_PATIENCE;
	long	   status, after = 0;
	useconds_t pause = PAUSE_LEAST;

	while (post_again(status = post_once(answer, error, &after)) &&
	    time(NULL) < end) {
		usleep(after > 0 ? (useconds_t)after * 1000000 : pause);
		pause = pause * 2 < PAUSE_MOST ? pause * 2 : PAUSE_MOST;
		after = 0;
	}
	return (status);
}

bool
import_post(const char *idempotency, const struct text *body,
    struct text *answer, struct text *error)
{
	struct curl_slist *headers = post_headers(idempotency);
	long		   status;

	if (headers == NULL) {
		text_adds(error, "out of memory");
		return (false);
	}
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body->length);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
	status = post_patiently(answer, error);
	curl_slist_free_all(headers);
	if (status >= 200 && status <= 299 && !answer->failed)
		return (true);
	if (status != 0)
		post_problem(status, answer, error);
	return (false);
}
