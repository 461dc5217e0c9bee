/* What a publishable key may send: a row each. */
#include "unit.h"

#include "mask.h"

static const char mask[] =
    "{\"text\": true, \"attributes\": true, "
    "\"customer\": {\"name\": true, \"address\": {\"city\": true}}}";

static const struct {
	const char *value, *left;
	const char *faults; /* the pointers, with a blank before each */
} rows[] = {
	{ "{\"text\": \"x\"}", "{\"text\": \"x\"}", "" },
	{ "{}", "{}", "" },
	{ "{\"text\": \"x\", \"source\": 1}", "{\"text\": \"x\"}",
	    " #/source" },
	{ "{\"attributes\": {\"a\": \"b\"}}",
	    "{\"attributes\": {\"a\": \"b\"}}", "" },
	{ "{\"customer\": {\"name\": \"N\", \"id\": 1}}",
	    "{\"customer\": {\"name\": \"N\"}}", " #/customer/id" },
	{ "{\"customer\": {\"address\": {\"city\": 1, \"a/b\": 2}}, \"z\": 1}",
	    "{\"customer\": {\"address\": {\"city\": 1}}}",
	    " #/customer/address/a~1b #/z" },
	{ "{\"customer\": 5}", "{\"customer\": 5}", "" },
	{ "[1]", "[1]", "" },
	{ "7", "7", "" },
};

static void
what_is_not_marked_is_told_and_taken_out(void **state)
{
	json_t	     *known = json_loads(mask, 0, NULL), *value, *left, *one;
	struct faults faults;
	char	      told[256];
	size_t	      i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		value = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);
		left = json_loads(rows[i].left, JSON_DECODE_ANY, NULL);
		faults = (struct faults){ 0 };
		told[0] = '\0';
		mask_take(known, value, &faults);
		json_array_foreach(faults.list, n, one)
			snprintf(told + strlen(told),
			    sizeof(told) - strlen(told), " %s",
			    json_string_value(json_object_get(one, "pointer")));
		assert_string_equal(told, rows[i].faults);
		assert_true(json_equal(value, left));
		json_decref(value);
		json_decref(left);
		faults_release(&faults);
	}
	json_decref(known);
}

TESTS(TEST(what_is_not_marked_is_told_and_taken_out))
