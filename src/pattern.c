/* Regular expressions in ECMA-262's spirit, on PCRE2, within limits. */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* What one match may cost: some milliseconds and 4 MiB at the very most. */
#define PATTERN_STEPS 100000
#define PATTERN_DEPTH 20000
#define PATTERN_HEAP 4096  /* KiB */
#define PATTERN_NESTED 100 /* parentheses */

#define PATTERN_OPTIONS                                                 \
	(PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | \
	    PCRE2_ALLOW_EMPTY_CLASS | PCRE2_ALT_BSUX |                  \
	    PCRE2_NEVER_BACKSLASH_C)

struct pattern {
	char		    *source;
	pcre2_code	    *code;
	pcre2_match_context *limits;
};

/* An ECMA-262 expression (22.2.1) being rewritten as PCRE2 has it. */
struct reader {
	const char  *at, *end;
	struct text *out;
	bool class;    /* inside [ ] */
	bool repeated; /* just after a quantifier */
};

/* Letters and digits that may follow a backslash in ECMA-262. */
static const char pattern_escapes[] = "dDwWsSbBfnrtvcxukpP0123456789";

/* ECMA-262's white space and line terminators, inside a class. */
#define PATTERN_SPACES "\\s\\u00a0\\ufeff\\u2028\\u2029\\p{Zs}"

/* General categories as ECMA-262 spells them out and PCRE2 does not. */
static const char *const pattern_categories[][2] = {
	{ "Cased_Letter", "L&" },
	{ "Close_Punctuation", "Pe" },
	{ "Connector_Punctuation", "Pc" },
	{ "Control", "Cc" },
	{ "Currency_Symbol", "Sc" },
	{ "Dash_Punctuation", "Pd" },
	{ "Decimal_Number", "Nd" },
	{ "Enclosing_Mark", "Me" },
	{ "Final_Punctuation", "Pf" },
	{ "Format", "Cf" },
	{ "Initial_Punctuation", "Pi" },
	{ "Letter", "L" },
	{ "Letter_Number", "Nl" },
	{ "Line_Separator", "Zl" },
	{ "Lowercase_Letter", "Ll" },
	{ "Mark", "M" },
	{ "Math_Symbol", "Sm" },
	{ "Modifier_Letter", "Lm" },
	{ "Modifier_Symbol", "Sk" },
	{ "Nonspacing_Mark", "Mn" },
	{ "Number", "N" },
	{ "Open_Punctuation", "Ps" },
	{ "Other", "C" },
	{ "Other_Letter", "Lo" },
	{ "Other_Number", "No" },
	{ "Other_Punctuation", "Po" },
	{ "Other_Symbol", "So" },
	{ "Paragraph_Separator", "Zp" },
	{ "Punctuation", "P" },
	{ "Separator", "Z" },
	{ "Space_Separator", "Zs" },
	{ "Spacing_Mark", "Mc" },
	{ "Symbol", "S" },
	{ "Titlecase_Letter", "Lt" },
	{ "Uppercase_Letter", "Lu" },
	{ "digit", "Nd" },
	{ "punct", "P" },
};

static bool
pattern_letter(char c)
{
	return ((c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

/* Writes n bytes as they are. */
static void
pattern_copy(struct reader *r, size_t n)
{
	text_add(r->out, r->at, n);
	r->at += n;
}

/* Past "{…}" or "<…>" of an escape, where it has one; a long category's
 * name is written as the short one. */
static void
pattern_braces(struct reader *r)
{
	const char *close;
	size_t	    i, n;

	if (r->at == r->end || (*r->at != '{' && *r->at != '<'))
		return;
	close = memchr(r->at, *r->at == '{' ? '}' : '>',
	    (size_t)(r->end - r->at));
	if (close == NULL)
		return;
	n = (size_t)(close - r->at) - 1;
	for (i = 0; i < sizeof(pattern_categories) / sizeof(char *[2]); i++)
		if (n == strlen(pattern_categories[i][0]) &&
		    memcmp(r->at + 1, pattern_categories[i][0], n) == 0) {
			text_addf(r->out, "{%s}", pattern_categories[i][1]);
			r->at = close + 1;
			return;
		}
	pattern_copy(r, n + 2);
}

/* NULL: fine so far; otherwise what is wrong. Reads what a backslash
 * begins. */
static const char *
pattern_escape(struct reader *r)
{
	char c;

	r->repeated = false;
	if (r->end - r->at < 2)
		return ("it ends with a backslash");
	c = r->at[1];
	if (pattern_letter(c) && strchr(pattern_escapes, c) == NULL)
		return ("it has an escape that ECMA-262 does not know");
	if (c == 's' || (c == 'S' && !r->class)) {
		text_adds(r->out,
		    r->class	 ? PATTERN_SPACES :
			c == 's' ? "[" PATTERN_SPACES "]" :
				   "[^" PATTERN_SPACES "]");
		r->at += 2;
		return (NULL);
	}
	pattern_copy(r, 2);
	if (c == 'p' || c == 'P' || c == 'u' || c == 'k')
		pattern_braces(r);
	return (NULL);
}

/* What follows "(?" is told apart here; PCRE2 has a dozen forms more. */
static const char *
pattern_group(struct reader *r)
{
	r->repeated = false;
	if (r->end - r->at > 1 && r->at[1] == '*')
		return ("it has nothing to repeat");
	if (r->end - r->at < 3 || r->at[1] != '?') {
		pattern_copy(r, 1);
		return (NULL);
	}
	if (strchr(":=!<", r->at[2]) == NULL)
		return ("it has a group that ECMA-262 does not know");
	pattern_copy(r, 3);
	return (NULL);
}

/* The bytes of a quantifier; 0: it is none. A "{" may stand for itself. */
static size_t
pattern_quantifier(const struct reader *r)
{
	const char *p = r->at;

	if (*p == '*' || *p == '+' || *p == '?')
		return (1);
	if (*p++ != '{' || p == r->end || *p < '0' || *p > '9')
		return (0);
	while (p < r->end && ((*p >= '0' && *p <= '9') || *p == ','))
		p++;
	return (p < r->end && *p == '}' ? (size_t)(p - r->at) + 1 : 0);
}

/* "a++" is possessive in PCRE2 and an error in ECMA-262; "a+?" is lazy. */
static const char *
pattern_repeat(struct reader *r, size_t n)
{
	if (r->repeated && *r->at != '?')
		return ("it repeats a repetition");
	r->repeated = !r->repeated;
	pattern_copy(r, n);
	return (NULL);
}

static const char *
pattern_in_class(struct reader *r)
{
	if (*r->at == '[' && r->end - r->at > 1 &&
	    (r->at[1] == ':' || r->at[1] == '.' || r->at[1] == '='))
		return ("it has a POSIX class, which ECMA-262 does not know");
	if (*r->at == ']')
		r->class = false;
	pattern_copy(r, 1);
	return (NULL);
}

static const char *
pattern_step(struct reader *r)
{
	size_t n;

	if (*r->at == '\\')
		return (pattern_escape(r));
	if (r->class)
		return (pattern_in_class(r));
	if (*r->at == '(')
		return (pattern_group(r));
	if ((n = pattern_quantifier(r)) > 0)
		return (pattern_repeat(r, n));
	r->class = *r->at == '[';
	r->repeated = false;
	pattern_copy(r, 1);
	return (NULL);
}

/* Writes what PCRE2 is to be given; NULL, or what ECMA-262 does not know.
 * PCRE2 judges the rest. */
static const char *
pattern_rewrite(const char *source, size_t length, struct text *out)
{
	struct reader r = { source, source + length, out, false, false };
	const char   *fault;

	text_add(out, "", 0);
	while (r.at < r.end)
		if ((fault = pattern_step(&r)) != NULL)
			return (fault);
	return (out->failed ? "there is no memory for it" : NULL);
}

static pcre2_compile_context *
pattern_context(void)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);

	if (context == NULL)
		return (NULL);
	/* ECMA's dot stops at \n and \r alike */
	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	pcre2_set_parens_nest_limit(context, PATTERN_NESTED);
	pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
	return (context);
}

static pcre2_code *
pattern_compile(const struct text *source, struct text *error)
{
	pcre2_compile_context *context;
	pcre2_code	      *code;
	PCRE2_UCHAR	       reason[256];
	PCRE2_SIZE	       at;
	int		       number;

	if ((context = pattern_context()) == NULL)
		return (NULL);
	code = pcre2_compile((PCRE2_SPTR)source->data, source->length,
	    PATTERN_OPTIONS, &number, &at, context);
	pcre2_compile_context_free(context);
	if (code == NULL && error != NULL) {
		pcre2_get_error_message(number, reason, sizeof(reason));
		text_adds(error, (const char *)reason);
	}
	return (code);
}

static pcre2_match_context *
pattern_limits(void)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);

	if (limits == NULL)
		return (NULL);
	pcre2_set_match_limit(limits, PATTERN_STEPS);
	pcre2_set_depth_limit(limits, PATTERN_DEPTH);
	pcre2_set_heap_limit(limits, PATTERN_HEAP);
	return (limits);
}

struct pattern *
pattern_new(const char *source, size_t length, struct text *error)
{
	struct pattern *pattern = NULL;
	struct text	rewritten = { 0 };
	const char     *foreign = NULL;

	if (length > PATTERN_LENGTH)
		foreign = "it is too long";
	else
		foreign = pattern_rewrite(source, length, &rewritten);
	if (foreign == NULL)
		pattern = calloc(1, sizeof(*pattern));
	else if (error != NULL)
		text_adds(error, foreign);
	if (pattern != NULL) {
		pattern->source = strndup(source, length);
		pattern->code = pattern_compile(&rewritten, error);
		pattern->limits = pattern_limits();
	}
	text_release(&rewritten);
	if (pattern == NULL || pattern->source == NULL ||
	    pattern->code == NULL || pattern->limits == NULL) {
		pattern_free(pattern);
		return (NULL);
	}
	return (pattern);
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	free(pattern->source);
	pcre2_code_free(pattern->code);
	pcre2_match_context_free(pattern->limits);
	free(pattern);
}

const char *
pattern_source(const struct pattern *pattern)
{
	return (pattern->source);
}

enum pattern_result
pattern_match(const struct pattern *pattern, const char *string, size_t length)
{
	pcre2_match_data *found;
	int		  result;

	/* one pair is enough: only whether it matches is asked */
	if ((found = pcre2_match_data_create(1, NULL)) == NULL)
		return (PATTERN_LIMIT);
	result = pcre2_match(pattern->code, (PCRE2_SPTR)string, length, 0, 0,
	    found, pattern->limits);
	pcre2_match_data_free(found);
	if (result >= 0)
		return (PATTERN_MATCH);
	return (result == PCRE2_ERROR_NOMATCH ? PATTERN_MISMATCH :
						PATTERN_LIMIT);
}
