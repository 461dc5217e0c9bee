/* One operation of the contract: its names, who may ask it, its lane. */
#include <ctype.h>
#include <string.h>

#include "caller.h"
#include "contract_parts.h"
#include "format.h"

#define BODY_DEFAULT 262144 /* bytes: 256 KiB */
#define BODY_MOST 16777216  /* bytes: 16 MiB */
#define FUNCTION_MOST 63    /* bytes of a name in PostgreSQL */

static operation_fn operation_known, operation_named, operation_allowed,
    operation_laned, operation_plural, operation_extended, operation_answered,
    operation_guarded;

/* What an operation is made of, in this order. */
static operation_fn *const steps[] = {
	operation_known,
	operation_named,
	operation_allowed,
	operation_laned,
	operation_plural,
	operation_extended,
	operation_answered,
	contract_parameters,
	contract_body,
	contract_facts,
	contract_open,
	operation_guarded,
};

static const char *const operation_members[] = { "operationId", "summary",
	"description", "tags", "externalDocs", "security", "parameters",
	"requestBody", "responses", "deprecated", "x-sunset", "x-kov-lane",
	"x-kov-native", "x-kov-body", "x-kov-each", "x-kov-plural",
	"x-kov-secret", "x-kov-ticket", "x-kov-facts", "x-kov-upload",
	"x-kov-download", NULL };

static const char *const lanes[LANE_NAMES] = {
	[LANE_READ] = "read",
	[LANE_LIST] = "list",
	[LANE_INTAKE] = "intake",
	[LANE_CHANGE] = "change",
	[LANE_BATCH] = "batch",
	[LANE_REPORT] = "report",
	[LANE_FILE] = "file",
	[LANE_NATIVE] = "native",
};

const char *
contract_lane(enum lane_name lane)
{
	return (lanes[lane]);
}

static bool
operation_listed(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return (true);
	return (false);
}

/* Extensions of others pass; a misspelt one of ours does not. */
static bool
operation_known(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	const char *key;
	json_t	   *value;

	(void)path;
	(void)operation;
	json_object_foreach(place.value, key, value)
		if (!operation_listed(operation_members, key) &&
		    (strncmp(key, "x-", 2) != 0 ||
			strncmp(key, "x-kov-", 6) == 0))
			return (contract_refuse(load, place.at,
			    "%s is not known of an operation", key));
	return (true);
}

static bool
operation_is_camel(const char *name)
{
	if (!islower((unsigned char)*name))
		return (false);
	while (isalnum((unsigned char)*name))
		name++;
	return (*name == '\0');
}

/* createComplaint is answered by create_complaint. */
static const char *
operation_function(struct contract *contract, const char *id)
{
	struct text name = { 0 };
	const char *kept;
	char	    lower;

	for (; *id != '\0'; id++) {
		if (isupper((unsigned char)*id))
			text_adds(&name, "_");
		lower = (char)tolower((unsigned char)*id);
		text_add(&name, &lower, 1);
	}
	kept = contract_keep_text(contract, name.data, name.length);
	text_release(&name);
	return (kept);
}

static bool
operation_named(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	const char *id, *first;

	(void)path;
	id = json_string_value(json_object_get(place.value, "operationId"));
	if (id == NULL || !operation_is_camel(id))
		return (contract_refuse(load, place.at,
		    "an operationId in camelCase was expected"));
	first = json_string_value(json_object_get(load->names, id));
	if (first != NULL)
		return (contract_refuse(load, place.at,
		    "the operationId %s is already that of #%s", id, first));
	json_object_set_new(load->names, id, json_string(place.at));
	operation->id = id;
	operation->function = operation_function(load->contract, id);
	if (strlen(operation->function) > FUNCTION_MOST)
		return (contract_refuse(load, place.at,
		    "an operationId that makes a function's name of at most "
		    "%d bytes was expected",
		    FUNCTION_MOST));
	return (true);
}

/* One way to be known, {scheme: [scope]}: with a scope, the same in all, for
 * credentials that have scopes, and none for others. */
static bool
operation_way(struct load *load, json_t *way, struct operation *operation)
{
	const char *scheme = json_object_iter_key(json_object_iter(way));
	json_t	   *schemes = contract_at(load->contract->document,
		"/components/securitySchemes");
	json_t	   *scopes = json_object_get(way, scheme);
	const char *scope = json_string_value(json_array_get(scopes, 0));
	unsigned    kinds = scheme != NULL ? caller_scheme(scheme) : 0;

	if (json_object_size(way) != 1 || !json_is_array(scopes) ||
	    json_object_get(schemes, scheme) == NULL || kinds == 0 ||
	    (operation->kinds & kinds) != 0)
		return (false);
	operation->kinds |= kinds;
	if (!caller_scoped(kinds))
		return (json_array_size(scopes) == 0);
	if (json_array_size(scopes) != 1 || scope == NULL ||
	    (operation->scope != NULL && strcmp(operation->scope, scope) != 0))
		return (false);
	operation->scope = scope;
	return (true);
}

/* security: [] is everybody's; else each element is one way to be known. */
static bool
operation_allowed(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	json_t *security = json_object_get(place.value, "security"), *way;
	size_t	i;
	bool	ok = json_is_array(security);

	(void)path;
	json_array_foreach(security, i, way)
		ok = ok && operation_way(load, way, operation);
	return (ok ||
	    contract_refuse(load, place.at,
		"security: [] or ways to be known, each one scheme with its "
		"one scope, was expected"));
}

static bool
operation_laned(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	json_t *lane = json_object_get(place.value, "x-kov-lane");
	json_t *native = json_object_get(place.value, "x-kov-native");
	int	i;

	(void)path;
	if (native != NULL && (lane != NULL || !json_is_true(native)))
		return (contract_refuse(load, place.at,
		    "x-kov-native: true, without x-kov-lane, was expected"));
	operation->lane = native != NULL    ? LANE_NATIVE :
	    operation->method == METHOD_GET ? LANE_READ :
					      LANE_CHANGE;
	if (lane == NULL)
		return (true);
	for (i = LANE_READ; i < LANE_FILE; i++)
		if (json_is_string(lane) &&
		    strcmp(json_string_value(lane), lanes[i]) == 0)
			break;
	operation->lane = (enum lane_name)i;
	/* An Idempotency-Key is kept, which takes a lane that writes. */
	if (i < LANE_FILE &&
	    (operation->method == METHOD_GET || i == LANE_INTAKE ||
		i == LANE_CHANGE || i == LANE_BATCH))
		return (true);
	return (contract_refuse(load, place.at,
	    "x-kov-lane: intake, change, batch or, of a get, read, list or "
	    "report was expected"));
}

/* The value of a member that is a boolean, false where there is none. */
static bool
operation_flag(struct load *load, struct place place, const char *key,
    bool *flag)
{
	json_t *value = json_object_get(place.value, key);

	*flag = json_is_true(value);
	if (value == NULL || json_is_boolean(value))
		return (true);
	return (contract_refuse(load, place.at, "%s: true was expected", key));
}

/* x-kov-plural: create_complaints answers many askers of createComplaint at
 * once, so no operation may be createComplaints. */
static bool
operation_plural(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	struct text name = { 0 };
	bool	    plural, ok;

	(void)path;
	if (!operation_flag(load, place, "x-kov-plural", &plural))
		return (false);
	if (!plural)
		return (true);
	text_addf(&name, "%ss", operation->id);
	ok = !name.failed && json_object_get(load->names, name.data) == NULL &&
	    strlen(operation->function) < FUNCTION_MOST &&
	    (operation->lane == LANE_INTAKE || operation->lane == LANE_READ);
	if (ok) {
		json_object_set_new(load->names, name.data,
		    json_string(place.at));
		operation->plural = operation_function(load->contract,
		    name.data);
	} else
		contract_refuse(load, place.at,
		    "x-kov-plural: the lane intake or read, and no operation "
		    "%ss, were expected",
		    operation->id);
	text_release(&name);
	return (ok);
}

static bool
operation_extended(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	json_t	   *body = json_object_get(place.value, "x-kov-body");
	json_t	   *sunset = json_object_get(place.value, "x-sunset");
	json_int_t  most = body != NULL ? json_integer_value(body) :
					  BODY_DEFAULT;
	const char *date = json_string_value(sunset);
	char	    utc[FORMAT_UTC];

	(void)path;
	if (most < 1 || most > BODY_MOST)
		return (contract_refuse(load, place.at,
		    "x-kov-body: 1 to %d bytes was expected", BODY_MOST));
	if (sunset != NULL &&
	    (date == NULL || !format_utc(date, strlen(date), utc)))
		return (contract_refuse(load, place.at,
		    "x-sunset: a date-time (RFC 3339) was expected"));
	operation->body_max = (size_t)most;
	operation->sunset = date;
	return (operation_flag(load, place, "x-kov-secret",
		    &operation->secret) &&
	    operation_flag(load, place, "x-kov-ticket", &operation->ticket) &&
	    operation_flag(load, place, "x-kov-download",
		&operation->download) &&
	    operation_flag(load, place, "deprecated", &operation->deprecated));
}

static bool
operation_answered(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	json_t	   *responses = json_object_get(place.value, "responses");
	json_t	   *response;
	const char *status;
	bool	    good = false;

	(void)path;
	(void)operation;
	json_object_foreach(responses, status, response) {
		if (strspn(status, "0123456789") != 3 || strlen(status) != 3)
			return (contract_refuse(load, place.at,
			    "responses by status code were expected, not %s",
			    status));
		good = good || *status == '2' || *status == '3';
	}
	if (good)
		return (true);
	return (contract_refuse(load, place.at,
	    "a response of success was expected"));
}

/* Nobody's change is lost: what replaces or removes says what it saw. */
static bool
operation_guarded(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	(void)path;
	if ((operation->method & (METHOD_PATCH | METHOD_PUT | METHOD_DELETE)) ==
		0 ||
	    operation->if_match)
		return (true);
	return (contract_refuse(load, place.at,
	    "the header parameter If-Match, required, was expected"));
}

bool
contract_operation(struct load *load, struct place path, struct place place,
    struct operation *operation)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!steps[i](load, path, place, operation))
			return (false);
	return (true);
}
