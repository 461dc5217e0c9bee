/* Who asks: the kinds of credentials there are. */
#include "caller.h"

#include <string.h>

static const struct caller_row kinds[CALLER_KINDS] = {
	[CALLER_LIVE_KEY] = { "live_key", "apiKey", "an API key", "kov_live_",
	    true },
	[CALLER_TEST_KEY] = { "test_key", "apiKey", "an API key", "kov_test_",
	    true },
	[CALLER_PUBLISHABLE_KEY] = { "publishable_key", "publishableKey",
	    "a publishable key", "kov_pub_", false },
	[CALLER_CUSTOMER_SESSION] = { "customer_session", "customerSession",
	    "a customer's session", "kov_ses_", false },
	[CALLER_TRACKING_TOKEN] = { "tracking_token", "trackingToken",
	    "a tracking token", "kov_trk_", false },
	[CALLER_ACCESS_TOKEN] = { "access_token", "accessToken",
	    "an access token", "", true },
};

const struct caller_row *
caller_row(enum caller_kind kind)
{
	return (&kinds[kind]);
}

unsigned
caller_scheme(const char *scheme)
{
	unsigned found = 0;
	int	 k;

	for (k = 0; k < CALLER_KINDS; k++)
		if (strcmp(kinds[k].scheme, scheme) == 0)
			found |= 1U << k;
	return (found);
}

bool
caller_scoped(unsigned wanted)
{
	int k;

	for (k = 0; k < CALLER_KINDS; k++)
		if ((wanted & 1U << k) && kinds[k].scoped)
			return (true);
	return (false);
}

bool
caller_may(const struct caller *caller, const char *scope)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach(caller->scopes, i, one)
		if (strcmp(json_string_value(one), scope) == 0)
			return (true);
	return (false);
}

/* Live and test keys are called the same, and named once. */
void
caller_expected(struct text *t, unsigned wanted)
{
	const char *before = NULL;
	int	    k;

	for (k = 0; k < CALLER_KINDS; k++) {
		if ((wanted & 1U << k) == 0 ||
		    (before != NULL && strcmp(before, kinds[k].called) == 0))
			continue;
		text_addf(t, "%s%s", before != NULL ? " or " : "",
		    kinds[k].called);
		before = kinds[k].called;
	}
}
