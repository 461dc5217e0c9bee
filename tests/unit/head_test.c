/* Header blocks and what RFC 9112 and RFC 9110 make of them: a row each. */
#include "unit.h"

#include "../../src/head.h"

#define GET "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n"
#define H "Host: h\r\n"

static const struct {
	const char  *block;
	enum problem problem;
} blocks[] = {
	{ GET H, PROBLEM_NONE },
	{ "GET  / HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET / HTTP/1.1 \r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ " GET / HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET\t/\tHTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "G(T / HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET / http/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET / HTTP/1.x\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET / HTTP/1.10\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET / HTTP/1.2\r\n" H, PROBLEM_NONE },
	{ "GET / HTTP/2.0\r\n" H, PROBLEM_VERSION_NOT_SUPPORTED },
	{ "PRI * HTTP/2.0\r\n", PROBLEM_VERSION_NOT_SUPPORTED },
	{ "GET / HTTP/0.9\r\n" H, PROBLEM_VERSION_NOT_SUPPORTED },
	{ "get / HTTP/1.1\r\n" H, PROBLEM_NOT_IMPLEMENTED },
	{ "TRACE / HTTP/1.1\r\n" H, PROBLEM_NOT_IMPLEMENTED },
	{ "CONNECT h:80 HTTP/1.1\r\n" H, PROBLEM_NOT_IMPLEMENTED },
	{ "GET a HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET * HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "OPTIONS * HTTP/1.1\r\n" H, PROBLEM_NONE },
	{ "GET /# HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /\x80 HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /\x01 HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /%4 HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /?% HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /%zz HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET /%4a?%4A HTTP/1.1\r\n" H, PROBLEM_NONE },
	{ "GET http://a/b HTTP/1.1\r\n" H, PROBLEM_NONE },
	{ "GET https://a:443?b HTTP/1.1\r\n" H, PROBLEM_NONE },
	{ "GET http:///b HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET http://u@a/b HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ "GET ftp://a/b HTTP/1.1\r\n" H, PROBLEM_MALFORMED_REQUEST },
	{ GET, PROBLEM_MALFORMED_REQUEST },
	{ "GET / HTTP/1.0\r\n", PROBLEM_NONE },
	{ GET H H, PROBLEM_MALFORMED_REQUEST },
	{ GET "Host:\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET "Host: a b\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET "Host: a/b\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET "Host: :80\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET "Host: [::1]:80\r\n", PROBLEM_NONE },
	{ GET "Hostile: a\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET "Hostile: a\r\n" H, PROBLEM_NONE },
	{ GET H "X : a\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H " X: a\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X: a\r\n b\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H ": a\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X\xc3\xa9: a\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X:\r\n", PROBLEM_NONE },
	{ GET H "X: \t \r\n", PROBLEM_NONE },
	{ GET H "X: a\tb\r\n", PROBLEM_NONE },
	{ GET H "X: \xc3\xa9\xff\r\n", PROBLEM_NONE },
	{ GET H "X: a\rb\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X: a\nY: b\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X: \x7f\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "X: \x1b\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "Authorization: \xc3\xa9\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "Authorization: a\r\nauthorization: b\r\n",
	    PROBLEM_MALFORMED_REQUEST },
	{ GET H "Authorization:\r\n", PROBLEM_NONE },
	{ GET H "User-Agent: \xc3\xa9\r\n", PROBLEM_NONE },
	{ GET H "Accept: a\r\nAccept: b\r\n", PROBLEM_NONE },
	{ POST H "Idempotency-Key:\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H, PROBLEM_NONE },
	{ POST H "Content-Length: 5\r\n", PROBLEM_NONE },
	{ POST H "Content-Length: 5\r\nContent-Length: 5\r\n",
	    PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length: 5, 5\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length: +5\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length: -5\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length: 0x5\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length: 5 5\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length:\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Content-Length: 99999999999999999999999\r\n", PROBLEM_NONE },
	{ GET H "Content-Length: 0\r\n", PROBLEM_NONE },
	{ GET H "Content-Length: 1\r\n", PROBLEM_MALFORMED_REQUEST },
	{ GET H "Transfer-Encoding: chunked\r\n", PROBLEM_MALFORMED_REQUEST },
	{ POST H "Transfer-Encoding: chunked\r\n", PROBLEM_LENGTH_REQUIRED },
	{ POST H "Transfer-Encoding: Chunked\r\n", PROBLEM_LENGTH_REQUIRED },
	{ POST H "Transfer-Encoding: gzip\r\n", PROBLEM_NOT_IMPLEMENTED },
	{ POST H "Transfer-Encoding: x, chunked\r\n", PROBLEM_NOT_IMPLEMENTED },
	{ POST H "Transfer-Encoding: chunked\r\n"
		 "Transfer-Encoding: chunked\r\n",
	    PROBLEM_MALFORMED_REQUEST },
	{ POST H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
	    PROBLEM_MALFORMED_REQUEST },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n",
	    PROBLEM_MALFORMED_REQUEST },
	{ POST H "Expect: 100-Continue\r\n", PROBLEM_NONE },
	{ POST H "Expect: 200-maybe\r\n", PROBLEM_EXPECTATION_FAILED },
	{ "POST / HTTP/1.0\r\nExpect: 200-maybe\r\n", PROBLEM_NONE },
};

/* A block in memory of its own size, so that ASan sees who reads on. */
static char *
copy(const char *block, size_t length)
{
	char *out = test_malloc(length);

	memcpy(out, block, length);
	return (out);
}

static enum problem
judge(struct head *h, char **block, const char *text, size_t length)
{
	*block = copy(text, length);
	return (head_judge(h, *block, *block + length));
}

static void
each_block_is_judged_as_its_row_says(void **state)
{
	struct head  h;
	enum problem problem;
	char	    *block;
	size_t	     i;

	(void)state;
	for (i = 0; i < COUNT(blocks); i++) {
		problem = judge(&h, &block, blocks[i].block,
		    strlen(blocks[i].block));
		if (problem != blocks[i].problem)
			fail_msg("%d, %s: %s", (int)problem, h.detail,
			    blocks[i].block);
		assert_true((problem == PROBLEM_NONE) == (*h.detail == '\0'));
		test_free(block);
	}
}

static void
a_nul_is_refused_wherever_it_stands(void **state)
{
	static const char text[] = "GET /a HTTP/1.1\r\nHost: h\r\nX: y\r\n";
	struct head	  h;
	char		 *block;
	size_t		  i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++) {
		block = copy(text, sizeof(text) - 1);
		block[i] = '\0';
		if (head_judge(&h, block, block + sizeof(text) - 1) ==
		    PROBLEM_NONE)
			fail_msg("at %zu", i);
		test_free(block);
	}
}

static const struct {
	const char *block, *written; /* the latter without its empty line */
} writings[] = {
	{ GET "host: a\r\n", GET "host: a\r\n" },
	{ "GET / HTTP/1.0\r\n", GET "host: -\r\n" },
	{ "GET / HTTP/1.9\r\n" H, GET "host: h\r\n" },
	{ "GET http://a/b?c HTTP/1.1\r\n" H,
	    "GET /b?c HTTP/1.1\r\nhost: a\r\n" },
	{ "GET HTTP://a?c HTTP/1.1\r\n" H, "GET /?c HTTP/1.1\r\nhost: a\r\n" },
	{ "GET http://a HTTP/1.1\r\n" H, GET "host: a\r\n" },
	{ GET H "X-Unknown: b\r\nCookie: c\r\n", GET "host: h\r\n" },
	{ GET H "ACCEPT:a\r\n", GET "host: h\r\naccept: a\r\n" },
	{ GET H "Accept: a\r\nOrigin: o\r\nAccept:\r\naccept:b\r\n",
	    GET "host: h\r\naccept: a, b\r\norigin: o\r\n" },
	{ GET H "User-Agent: \t a\tb\xc3\xa9 \t\r\n",
	    GET "host: h\r\nuser-agent: a b??\r\n" },
	{ GET H "X-Forwarded-For: 1\r\nX-Forwarded-For: 2, 3\r\n",
	    GET "host: h\r\nx-forwarded-for: 1, 2, 3\r\n" },
	{ POST H, POST "host: h\r\ncontent-length: 0\r\n" },
	{ POST H "Content-Length: 0007\r\n",
	    POST "host: h\r\ncontent-length: 7\r\n" },
	{ GET H "Content-Length: 0\r\n", GET "host: h\r\n" },
	{ GET H "Connection: close\r\nExpect: 100-continue\r\n",
	    GET "host: h\r\n" },
};

static void
kore_is_shown_only_what_the_program_reads(void **state)
{
	char	    out[1024], expected[1024], *block;
	struct head h;
	size_t	    i, n;

	(void)state;
	for (i = 0; i < COUNT(writings); i++) {
		n = strlen(writings[i].block);
		assert_int_equal(judge(&h, &block, writings[i].block, n),
		    PROBLEM_NONE);
		out[head_write(&h, out)] = '\0';
		snprintf(expected, sizeof(expected), "%s\r\n",
		    writings[i].written);
		assert_string_equal(out, expected);
		assert_true(strlen(out) <= n + HEAD_ROOM);
		test_free(block);
	}
}

static void
the_block_written_anew_has_room(void **state)
{
	char	    text[4096], out[sizeof(text) + HEAD_ROOM], *block;
	struct head h;
	size_t	    i, n;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), "POST / HTTP/1.0\r\n");
	for (i = 0; i < HEAD_KEEP; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "accept:a\r\n");
	assert_int_equal(judge(&h, &block, text, n), PROBLEM_NONE);
	assert_true(head_write(&h, out) <= n + HEAD_ROOM);
	test_free(block);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "accept:a\r\n");
	assert_int_equal(judge(&h, &block, text, n), PROBLEM_HEADERS_TOO_LARGE);
	test_free(block);
}

static void
a_target_may_have_as_many_bytes_as_kore_takes(void **state)
{
	char	    text[2100], *block;
	struct head h;
	int	    over, n;

	(void)state;
	for (over = 0; over < 2; over++) {
		n = snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\n" H,
		    HEAD_TARGET - 1 + over, 0);
		assert_int_equal(judge(&h, &block, text, (size_t)n),
		    over ? PROBLEM_URI_TOO_LONG : PROBLEM_NONE);
		test_free(block);
	}
}

static const struct {
	const char *target, *path; /* NULL: refused */
} paths[] = {
	{ "/", "/" },
	{ "/a/b", "/a/b" },
	{ "/a/b/", "/a/b/" },
	{ "/a?b/../c", "/a" },
	{ "/%61%2eb", "/a.b" },
	{ "/a%20b+c", "/a b+c" },
	{ "/%c3%a9", "/\xc3\xa9" },
	{ "/%252e", "/%2e" },
	{ "/.", "/" },
	{ "/..", "/" },
	{ "/../..", "/" },
	{ "/./a", "/a" },
	{ "/a/.", "/a/" },
	{ "/a/..", "/" },
	{ "/a/../b", "/b" },
	{ "/a/b/../c", "/a/c" },
	{ "/a/b/../../../c", "/c" },
	{ "/a/./b/.//c", "/a/b//c" },
	{ "/a//../b", "/a/b" },
	{ "/...", "/..." },
	{ "/.a/..b", "/.a/..b" },
	{ "/a/%2e%2E/b", "/b" },
	{ "/a%2fb", NULL },
	{ "/a%2Fb", NULL },
	{ "/a%00", NULL },
	{ "http://h", "/" },
	{ "http://h/a", "/a" },
	{ "http://h?a", "/" },
};

static void
a_path_is_decoded_once_and_has_no_dots(void **state)
{
	char	    text[256], out[HEAD_TARGET + 2], *block;
	struct head h;
	size_t	    i;
	int	    n;
	bool	    ok;

	(void)state;
	for (i = 0; i < COUNT(paths); i++) {
		n = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" H,
		    paths[i].target);
		assert_int_equal(judge(&h, &block, text, (size_t)n),
		    PROBLEM_NONE);
		ok = head_path(&h, out);
		if (ok != (paths[i].path != NULL) ||
		    (ok && strcmp(out, paths[i].path) != 0))
			fail_msg("%s: %s", paths[i].target,
			    ok ? out : "refused");
		test_free(block);
	}
}

static const struct {
	const char *line;
	bool	    close;
} connections[] = {
	{ "", false },
	{ "Connection: close\r\n", true },
	{ "Connection: keep-alive , Close\t, x\r\n", true },
	{ "Connection: closed\r\n", false },
	{ "Connection: ,,\r\nConnection: close\r\n", true },
	{ "Connection: keep-alive\r\n", false },
};

static void
close_is_found_in_the_list_of_connection(void **state)
{
	char	    text[256], *block;
	struct head h;
	size_t	    i;
	int	    n;

	(void)state;
	for (i = 0; i < COUNT(connections); i++) {
		n = snprintf(text, sizeof(text), GET H "%s",
		    connections[i].line);
		assert_int_equal(judge(&h, &block, text, (size_t)n),
		    PROBLEM_NONE);
		if (h.close != connections[i].close)
			fail_msg("%s", connections[i].line);
		test_free(block);
	}
}

/* Whatever is judged legal is written as a block that is judged the same. */
static void
rubbish_is_refused_or_means_one_thing(void **state)
{
	static const char alphabet[] = "\r\n\t :/?%#,\0\x7f\x80"
				       "aZ0*-HTPGE";
	static const char seed[] = "POST /a%20b?c HTTP/1.1\r\nHost: h:1\r\n"
				   "Content-Length: 7\r\nAccept: a, b\r\n";
	char		  text[sizeof(seed)], out[512], *block, *again;
	struct head	  h, g;
	size_t		  n;
	int		  turn, change;

	(void)state;
	srandom(1);
	for (turn = 0; turn < 200000; turn++) {
		memcpy(text, seed, sizeof(seed));
		for (change = (int)(random() % 3); change >= 0; change--)
			text[random() % (long)(sizeof(seed) - 3)] =
			    alphabet[random() % (long)(sizeof(alphabet) - 1)];
		if (judge(&h, &block, text, sizeof(seed) - 1) == PROBLEM_NONE) {
			n = head_write(&h, out);
			assert_int_equal(judge(&g, &again, out, n - 2),
			    PROBLEM_NONE);
			assert_int_equal(g.method, h.method);
			assert_true(g.length == h.length ||
			    (g.length <= 0 && h.length <= 0));
			test_free(again);
		}
		test_free(block);
	}
}

TESTS(TEST(each_block_is_judged_as_its_row_says),
    TEST(a_nul_is_refused_wherever_it_stands),
    TEST(kore_is_shown_only_what_the_program_reads),
    TEST(the_block_written_anew_has_room),
    TEST(a_target_may_have_as_many_bytes_as_kore_takes),
    TEST(a_path_is_decoded_once_and_has_no_dots),
    TEST(close_is_found_in_the_list_of_connection),
    TEST(rubbish_is_refused_or_means_one_thing))
