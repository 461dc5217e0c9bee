/* What the contract in contract/whole/ answers: its operations, where a path
 * leads, how a query is typed. */
#include "unit.h"

#include "contract.h"

static struct contract *whole;

static const struct operation *
operation_of(const char *id)
{
	size_t i;

	for (i = 0; i < whole->count; i++)
		if (strcmp(whole->operations[i].id, id) == 0)
			return (&whole->operations[i]);
	fail_msg("no operation %s", id);
	return (NULL);
}

static const struct {
	const char    *id, *function, *route, *scope, *media, *each;
	enum method    method;
	enum lane_name lane;
	size_t	       body_max;
	bool	       body_required, if_match, if_none_match, secret;
} operations[] = {
	{ "readPage", "read_page", "/v1/page.json", NULL, NULL, NULL,
	    METHOD_GET, LANE_NATIVE, 262144, false, false, false, false },
	{ "listThings", "list_things", "/v1/things", "things:read", NULL, NULL,
	    METHOD_GET, LANE_LIST, 262144, false, false, false, false },
	{ "createThing", "create_thing", "/v1/things", "things:write",
	    "application/json", NULL, METHOD_POST, LANE_INTAKE, 1024, true,
	    false, false, true },
	{ "readThing", "read_thing", "/v1/things/{thingId}", "things:read",
	    NULL, NULL, METHOD_GET, LANE_READ, 262144, false, false, true,
	    false },
	{ "changeThing", "change_thing", "/v1/things/{thingId}", "things:write",
	    "application/merge-patch+json", NULL, METHOD_PATCH, LANE_CHANGE,
	    262144, true, true, false, false },
	{ "deleteThing", "delete_thing", "/v1/things/{thingId}", "things:write",
	    NULL, NULL, METHOD_DELETE, LANE_CHANGE, 262144, false, true, false,
	    false },
	{ "createThings", "create_things", "/v1/thing-batches", "things:write",
	    "application/json", "items", METHOD_POST, LANE_BATCH, 4194304,
	    false, false, false, false },
	{ "readPart", "read_part", "/v1/things/{thingId}/parts/{number}",
	    "things:read", NULL, NULL, METHOD_GET, LANE_REPORT, 262144, false,
	    false, false, false },
	{ "readLatestThing", "read_latest_thing", "/v1/things/latest",
	    "things:read", NULL, NULL, METHOD_GET, LANE_READ, 262144, false,
	    false, false, false },
	{ "checkThing2", "check_thing2", "/v1/things/{thingId}/checks",
	    "things:write", NULL, NULL, METHOD_POST, LANE_CHANGE, 262144, false,
	    false, false, false },
};

static void
assert_text(const char *expected, const char *is)
{
	if (expected == NULL || is == NULL)
		assert_ptr_equal(expected, is);
	else
		assert_string_equal(expected, is);
}

static void
an_operation_is_what_the_contract_says(void **state)
{
	const struct operation *o;
	size_t			i;

	(void)state;
	for (i = 0; i < COUNT(operations); i++) {
		o = operation_of(operations[i].id);
		assert_string_equal(o->function, operations[i].function);
		assert_string_equal(o->route, operations[i].route);
		assert_text(operations[i].scope, o->scope);
		assert_text(operations[i].media, o->media);
		assert_text(operations[i].each, o->each_member);
		assert_int_equal(o->method, operations[i].method);
		assert_int_equal(o->lane, operations[i].lane);
		assert_int_equal(o->body_max, operations[i].body_max);
		assert_int_equal(o->body_required, operations[i].body_required);
		assert_int_equal(o->if_match, operations[i].if_match);
		assert_int_equal(o->if_none_match, operations[i].if_none_match);
		assert_int_equal(o->secret, operations[i].secret);
		assert_int_equal(o->body != NULL, o->media != NULL);
		assert_int_equal(o->each != NULL, o->each_member != NULL);
		assert_ptr_equal(&whole->operations[o->number], o);
	}
	assert_int_equal(whole->count, COUNT(operations));
	assert_text("read_things", operation_of("readThing")->plural);
	assert_text(NULL, operation_of("readLatestThing")->plural);
	assert_true(operation_of("checkThing2")->deprecated);
	assert_false(operation_of("readThing")->deprecated);
	assert_text("2027-01-01T00:00:00Z",
	    operation_of("checkThing2")->sunset);
}

#define ALLOW_THINGS (METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_OPTIONS)
#define ALLOW_THING                                                \
	(METHOD_GET | METHOD_HEAD | METHOD_PATCH | METHOD_DELETE | \
	    METHOD_OPTIONS)
#define ALLOW_GET (METHOD_GET | METHOD_HEAD | METHOD_OPTIONS)

static const struct {
	enum method method;
	const char *path, *id; /* id NULL: there is no operation */
	unsigned    allow;
	const char *value[2];
} matches[] = {
	{ METHOD_GET, "/v1/things", "listThings", ALLOW_THINGS, { 0 } },
	{ METHOD_HEAD, "/v1/things", "listThings", ALLOW_THINGS, { 0 } },
	{ METHOD_POST, "/v1/things", "createThing", ALLOW_THINGS, { 0 } },
	{ METHOD_PUT, "/v1/things", NULL, ALLOW_THINGS, { 0 } },
	{ METHOD_OPTIONS, "/v1/things", NULL, ALLOW_THINGS, { 0 } },
	{ METHOD_GET, "/v1/things/", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1//things", NULL, 0, { 0 } },
	{ METHOD_GET, "//v1/things", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/", NULL, 0, { 0 } },
	{ METHOD_GET, "/", NULL, 0, { 0 } },
	{ METHOD_GET, "", NULL, 0, { 0 } },
	{ METHOD_GET, "v1/things", NULL, 0, { 0 } },
	{ METHOD_GET, "/things", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/thing", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/thingss", NULL, 0, { 0 } },
	{ METHOD_GET, "/V1/things", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/things/x", "readThing", ALLOW_THING, { "x" } },
	{ METHOD_GET, "/v1/things/{thingId}", "readThing", ALLOW_THING,
	    { "{thingId}" } },
	{ METHOD_PATCH, "/v1/things/x", "changeThing", ALLOW_THING, { "x" } },
	{ METHOD_DELETE, "/v1/things/a b", "deleteThing", ALLOW_THING,
	    { "a b" } },
	{ METHOD_POST, "/v1/things/x", NULL, ALLOW_THING, { 0 } },
	{ METHOD_GET, "/v1/things/x/", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/things/latest", "readLatestThing", ALLOW_GET,
	    { 0 } },
	{ METHOD_PATCH, "/v1/things/latest", NULL, ALLOW_GET, { 0 } },
	{ METHOD_GET, "/v1/things/latest2", "readThing", ALLOW_THING,
	    { "latest2" } },
	/* Where the word leads nowhere, the variable does. */
	{ METHOD_GET, "/v1/things/latest/parts/7", "readPart", ALLOW_GET,
	    { "latest", "7" } },
	{ METHOD_GET, "/v1/things/x/parts/7", "readPart", ALLOW_GET,
	    { "x", "7" } },
	{ METHOD_GET, "/v1/things/x/parts", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/things/x/parts/", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/things//parts/7", NULL, 0, { 0 } },
	{ METHOD_GET, "/v1/things/x/parts/7/more", NULL, 0, { 0 } },
	{ METHOD_POST, "/v1/things/x/checks", "checkThing2",
	    METHOD_POST | METHOD_OPTIONS, { "x" } },
	{ METHOD_HEAD, "/v1/things/x/checks", NULL,
	    METHOD_POST | METHOD_OPTIONS, { 0 } },
	{ METHOD_GET, "/v1/page.json", "readPage", ALLOW_GET, { 0 } },
};

static void
a_path_leads_to_its_operation(void **state)
{
	struct match match;
	const char  *value;
	size_t	     i, k;

	(void)state;
	for (i = 0; i < COUNT(matches); i++) {
		contract_match(whole, matches[i].method, matches[i].path,
		    &match);
		assert_int_equal(match.allow, matches[i].allow);
		assert_text(matches[i].id,
		    match.operation != NULL ? match.operation->id : NULL);
		for (k = 0; k < 2; k++) {
			if ((value = matches[i].value[k]) == NULL)
				continue;
			assert_int_equal(match.length[k], strlen(value));
			assert_memory_equal(match.value[k], value,
			    strlen(value));
		}
	}
}

/* json is the object, or where there are faults "parameter:code …". */
static const struct {
	const char *query, *json;
} queries[] = {
	{ NULL, "{\"limit\":50}" },
	{ "", "{\"limit\":50}" },
	{ "&&", "{\"limit\":50}" },
	{ "limit=7", "{\"limit\":7}" },
	{ "limit=200&open=true", "{\"limit\":200,\"open\":true}" },
	{ "open=false", "{\"open\":false,\"limit\":50}" },
	{ "limit=0", "limit:minimum" },
	{ "limit=201", "limit:maximum" },
	{ "limit=007", "limit:type" },
	{ "limit=+7", "limit:type" },
	{ "limit=7.0", "limit:type" },
	{ "limit=7e0", "limit:type" },
	{ "limit=", "limit:type" },
	{ "limit", "limit:type" },
	{ "limit= 7", "limit:type" },
	{ "limit=9223372036854775807", "limit:maximum" },
	{ "limit=99999999999999999999", "limit:maximum" },
	{ "limit=-99999999999999999999", "limit:minimum" },
	{ "limit=111111111111111111111111111111111", "limit:type" },
	{ "open=TRUE", "open:type" },
	{ "open=1", "open:type" },
	{ "ratio=0.25", "{\"ratio\":0.25,\"limit\":50}" },
	{ "ratio=1", "{\"ratio\":1,\"limit\":50}" },
	{ "ratio=2.5e-1", "{\"ratio\":0.25,\"limit\":50}" },
	{ "ratio=.5", "ratio:type" },
	{ "ratio=NaN", "ratio:type" },
	{ "ratio=1e999", "ratio:type" },
	{ "name=a+b%20c%2bd", "{\"name\":\"a b c+d\",\"limit\":50}" },
	{ "name=caf%C3%A9", "{\"name\":\"caf\xc3\xa9\",\"limit\":50}" },
	{ "name=a=b", "{\"name\":\"a=b\",\"limit\":50}" },
	{ "name=true", "{\"name\":\"true\",\"limit\":50}" },
	{ "name=", "{\"name\":\"\",\"limit\":50}" },
	{ "na%6De=x", "{\"name\":\"x\",\"limit\":50}" },
	{ "name=%zz", "name:encoding" },
	{ "name=%2", "name:encoding" },
	{ "name=%00", "name:encoding" },
	{ "name=%FF", "name:encoding" },
	{ "name=%ED%A0%80", "name:encoding" },
	{ "name=abcdefghijklmnopq", "name:maxLength" },
	{ "states=open", "{\"states\":[\"open\"],\"limit\":50}" },
	{ "states=open,closed",
	    "{\"states\":[\"open\",\"closed\"],\"limit\":50}" },
	{ "states=open%2Cclosed",
	    "{\"states\":[\"open\",\"closed\"],\"limit\":50}" },
	{ "states=open%2Clost", "states:enum" },
	{ "numbers=1%2C2,3", "{\"numbers\":[1,2,3],\"limit\":50}" },
	{ "words=a%2Cb,c", "{\"words\":[\"a,b\",\"c\"],\"limit\":50}" },
	{ "states=open,", "states:enum" },
	{ "states=", "states:enum" },
	{ "states=open,lost,shut", "states:enum states:enum" },
	{ "states=open,open", "states:uniqueItems" },
	{ "states=open&states=closed", "states:repeated" },
	{ "states=open,%FF", "states:encoding" },
	{ "numbers=1,2,x", "numbers:type" },
	{ "numbers=1,2,3", "{\"numbers\":[1,2,3],\"limit\":50}" },
	{ "numbers=1,2,3,4", "numbers:maxItems" },
	{ "since=2026-11-22T10:46:00%2B01:00",
	    "{\"since\":\"2026-11-22T09:46:00.000Z\",\"limit\":50}" },
	{ "since=yesterday", "since:format" },
	{ "colour=red", "colour:unknown" },
	{ "Limit=7", "Limit:unknown" },
	{ "=7", ":unknown" },
	{ "thingId=7", "thingId:unknown" },
	{ "limit=1&limit=1", "limit:repeated" },
	{ "limit=x&limit=1", "limit:type limit:repeated" },
	{ "%zz=1", "%zz:unknown" },
	{ "%FF=1", "…:unknown" },
	{ "limit=0&open=x&colour=red",
	    "limit:minimum open:type colour:unknown" },
};

/* The object's text, or the faults'. The caller's to free. */
static char *
outcome(const json_t *object, const struct faults *faults)
{
	struct text said = { 0 };
	json_t	   *fault;
	size_t	    i;

	if (faults->count == 0)
		return (json_dumps(object, JSON_COMPACT));
	json_array_foreach(faults->list, i, fault) {
		assert_true(*json_string_value(json_object_get(fault,
				"detail")) != '\0');
		text_addf(&said, "%s%s:%s", i > 0 ? " " : "",
		    json_string_value(json_object_get(fault, "parameter")),
		    json_string_value(json_object_get(fault, "code")));
	}
	return (text_steal(&said));
}

static void
a_query_is_typed_or_its_faults_named(void **state)
{
	const struct operation *operation = operation_of("listThings");
	struct faults		faults;
	json_t		       *object;
	char		       *said;
	size_t			i;

	(void)state;
	for (i = 0; i < COUNT(queries); i++) {
		faults = (struct faults){ 0 };
		object = contract_query(operation, queries[i].query, &faults);
		said = outcome(object, &faults);
		assert_non_null(said);
		if (strcmp(said, queries[i].json) != 0)
			fail_msg("%s: %s, not %s", queries[i].query, said,
			    queries[i].json);
		free(said);
		json_decref(object);
		faults_release(&faults);
	}
}

static void
what_is_required_is_missed(void **state)
{
	struct faults faults = { 0 };
	json_t	     *object;
	char	     *said;

	(void)state;
	object = contract_query(operation_of("readPart"), NULL, &faults);
	said = outcome(object, &faults);
	assert_non_null(said);
	assert_string_equal(said, "from:required");
	free(said);
	json_decref(object);
	faults_release(&faults);
}

static void
unknown_keys_are_told_what_is_known(void **state)
{
	struct faults faults = { 0 };
	json_t	     *object;

	(void)state;
	object = contract_query(operation_of("readPart"),
	    "from=2026-11-22&to=2026-11-23", &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(faults.list, 0), "detail")),
	    "is not known: known are from");
	json_decref(object);
	faults_release(&faults);
}

static const struct {
	const char *path, *json;
} paths[] = {
	{ "/v1/things/0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02/parts/7",
	    "{\"thingId\":\"0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02\","
	    "\"number\":7}" },
	{ "/v1/things/7/parts/7", "thingId:format" },
	{ "/v1/things/7/parts/x", "thingId:format number:type" },
	{ "/v1/things/\xff/parts/7", "thingId:encoding" },
	{ "/v1/things/0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02/parts/100",
	    "number:maximum" },
};

static void
path_variables_are_typed(void **state)
{
	struct match  match;
	struct faults faults;
	json_t	     *object;
	char	     *said;
	size_t	      i;

	(void)state;
	for (i = 0; i < COUNT(paths); i++) {
		faults = (struct faults){ 0 };
		contract_match(whole, METHOD_GET, paths[i].path, &match);
		object = contract_path(&match, &faults);
		said = outcome(object, &faults);
		assert_non_null(said);
		assert_string_equal(said, paths[i].json);
		free(said);
		json_decref(object);
		faults_release(&faults);
	}
}

/* With each, the body's schema judges all but the insides of the items. */
static void
each_item_is_judged_by_itself(void **state)
{
	static const struct {
		const char *body;
		size_t	    body_faults, item_faults;
	} rows[] = {
		{ "{\"items\":[{\"name\":\"a\"}]}", 0, 0 },
		{ "{\"items\":[{\"name\":1}]}", 0, 1 },
		{ "{\"items\":[1]}", 0, 1 },
		{ "{\"items\":[]}", 1, 0 },
		{ "{\"items\":[{},{},{}]}", 1, 0 },
		{ "{}", 1, 0 },
		{ "{\"items\":[{}],\"more\":1}", 1, 0 },
	};
	const struct operation *o = operation_of("createThings");
	struct faults		body, item;
	json_t		       *value;
	size_t			i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		body = item = (struct faults){ 0 };
		value = json_loads(rows[i].body, 0, NULL);
		schema_check(o->body, value, "#", &body);
		if (body.count == 0)
			schema_check(o->each,
			    json_array_get(json_object_get(value,
					       o->each_member),
				0),
			    "#/items/0", &item);
		assert_int_equal(body.count, rows[i].body_faults);
		assert_int_equal(item.count, rows[i].item_faults);
		json_decref(value);
		faults_release(&body);
		faults_release(&item);
	}
}

static void
the_text_is_the_document_merged(void **state)
{
	json_t *shown = json_loads(whole->json, 0, NULL);
	json_t *paths_shown = json_object_get(shown, "paths");

	(void)state;
	assert_non_null(shown);
	assert_non_null(json_object_get(paths_shown, "/things"));
	assert_non_null(json_object_get(paths_shown, "/page.json"));
	assert_null(json_object_get(shown, "x-kov-outer"));
	json_decref(shown);
}

static void
a_directory_that_is_not_there_is_named(void **state)
{
	struct text error = { 0 };

	(void)state;
	assert_null(contract_load("/nowhere", &error));
	assert_string_equal(error.data,
	    "/nowhere/kov.yaml: No such file or directory");
	text_release(&error);
}

static int
load_whole(void **state)
{
	struct text error = { 0 };

	(void)state;
	whole = contract_load("tests/unit/contract/whole", &error);
	if (whole == NULL)
		fprintf(stderr, "%s\n", error.data);
	text_release(&error);
	return (whole == NULL);
}

static int
free_whole(void **state)
{
	(void)state;
	contract_free(whole);
	return (0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_operation_is_what_the_contract_says),
		TEST(a_path_leads_to_its_operation),
		TEST(a_query_is_typed_or_its_faults_named),
		TEST(what_is_required_is_missed),
		TEST(unknown_keys_are_told_what_is_known),
		TEST(path_variables_are_typed),
		TEST(each_item_is_judged_by_itself),
		TEST(the_text_is_the_document_merged),
		TEST(a_directory_that_is_not_there_is_named),
	};

	return (cmocka_run_group_tests(tests, load_whole, free_whole));
}
