/* From a row of a CSV file to a JSON object, as a map says. */
#include "import_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../sign.h"
#include "import_rule.h"

#define ZONES "/usr/share/zoneinfo/"

/* What one row is mapped with. */
struct mapping {
	struct rowmap	    *map;
	const struct csvrow *row;
	struct text	    *reason;
};

typedef json_t *(*rule_maker)(struct mapping *, json_t *rule, json_t *value);

static json_t *rule_make(struct mapping *, const char *, json_t *);

/* The text of a column; the map's check made sure that there is one. */
static const char *
mapping_text(const struct mapping *m, const char *column, size_t *n)
{
	json_int_t at = json_integer_value(json_object_get(m->map->columns,
	    column));

	*n = m->row->lengths[at];
	return (m->row->fields[at]);
}

static json_t *
mapping_refuse(struct mapping *m, const char *column, const char *text,
    const char *why)
{
	text_addf(m->reason, "%s is \"%s\": %s", column, text, why);
	return (NULL);
}

/* A date in the map's time zone (or with an offset of its own, %z) as
 * RFC 3339 UTC. */
static json_t *
rule_date(struct mapping *m, const char *column, const char *text,
    const char *format)
{
	struct tm   tm = { .tm_isdst = -1 }, utc;
	const char *end = strptime(text, format, &tm);
	int	    day = tm.tm_mday;
	long	    offset = tm.tm_gmtoff;
	time_t	    at;
	char	    out[32];

	if (end == NULL || *end != '\0') {
		text_addf(m->reason, "%s is \"%s\": it should look like %s",
		    column, text, format);
		return (NULL);
	}
	at = strstr(format, "%z") != NULL ? timegm(&tm) - offset : mktime(&tm);
	if (tm.tm_mday != day || gmtime_r(&at, &utc) == NULL ||
	    strftime(out, sizeof(out), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return (mapping_refuse(m, column, text,
		    "there is no such day"));
	return (json_string(out));
}

static json_t *
rule_column(struct mapping *m, json_t *rule, json_t *value)
{
	const char *column = json_string_value(value), *text;
	json_t	   *values = json_object_get(rule, "values");
	json_t	   *date = json_object_get(rule, "date");
	json_t	   *found;
	size_t	    n;

	text = mapping_text(m, column, &n);
	if (date != NULL && n > 0)
		return (rule_date(m, column, text, json_string_value(date)));
	if (values == NULL)
		return (json_stringn(text, n));
	found = json_object_get(values, text);
	if (found == NULL)
		found = json_object_get(rule, "otherwise");
	if (found == NULL && n > 0)
		return (mapping_refuse(m, column, text,
		    "the map has no value for it"));
	return (found != NULL ? json_deep_copy(found) : json_null());
}

static json_t *
rule_join(struct mapping *m, json_t *rule, json_t *value)
{
	json_t	   *column, *with = json_object_get(rule, "with");
	struct text t = { 0 };
	const char *text;
	json_t	   *joined;
	size_t	    i, n;

	json_array_foreach(value, i, column) {
		text = mapping_text(m, json_string_value(column), &n);
		if (n == 0)
			continue;
		if (t.length > 0)
			text_adds(&t,
			    with != NULL ? json_string_value(with) : " ");
		text_add(&t, text, n);
	}
	joined = json_stringn(t.length > 0 ? t.data : "", t.length);
	text_release(&t);
	return (joined);
}

/* The latest of the columns that hold a date; RFC 3339 in UTC sorts. */
static json_t *
rule_latest(struct mapping *m, json_t *rule, json_t *value)
{
	const char *format = json_string_value(json_object_get(rule, "date"));
	json_t	   *column, *one, *best = json_string("");
	const char *name, *text;
	size_t	    i, n;

	json_array_foreach(value, i, column) {
		name = json_string_value(column);
		text = mapping_text(m, name, &n);
		if (n == 0)
			continue;
		if ((one = rule_date(m, name, text, format)) == NULL) {
			json_decref(best);
			return (NULL);
		}
		if (best == NULL ||
		    strcmp(json_string_value(one), json_string_value(best)) >
			0) {
			json_decref(best);
			best = json_incref(one);
		}
		json_decref(one);
	}
	return (best);
}

static json_t *
rule_constant(struct mapping *m, json_t *rule, json_t *value)
{
	(void)m;
	(void)rule;
	return (json_deep_copy(value));
}

static json_t *
rule_digest(struct mapping *m, json_t *rule, json_t *value)
{
	(void)rule;
	return (json_sprintf("%s%s", json_string_value(value),
	    m->map->reference));
}

static bool
choice_is(const char *text, json_t *wanted)
{
	json_t *one;
	size_t	i;

	if (json_is_string(wanted))
		return (strcmp(text, json_string_value(wanted)) == 0);
	json_array_foreach(wanted, i, one)
		if (strcmp(text, json_string_value(one)) == 0)
			return (true);
	return (false);
}

static bool
choice_matches(const struct mapping *m, json_t *choice)
{
	json_t	   *wanted;
	const char *column;
	size_t	    n;

	json_object_foreach(json_object_get(choice, "if"), column, wanted)
		if (!choice_is(mapping_text(m, column, &n), wanted))
			return (false);
	return (true);
}

static json_t *
rule_choose(struct mapping *m, json_t *rule, json_t *value)
{
	json_t *choice;
	size_t	i;

	(void)rule;
	json_array_foreach(value, i, choice)
		if (choice_matches(m, choice))
			return (rule_make(m, "then",
			    json_object_get(choice, "then")));
	return (json_null());
}

static json_t *
rule_members(struct mapping *m, json_t *rule, json_t *value)
{
	json_t	   *object = json_object(), *made, *one;
	const char *name;

	(void)rule;
	json_object_foreach(value, name, one) {
		if ((made = rule_make(m, name, one)) == NULL) {
			json_decref(object);
			return (NULL);
		}
		if (!json_is_null(made))
			json_object_set(object, name, made);
		json_decref(made);
	}
	if (json_object_size(object) > 0)
		return (object);
	json_decref(object);
	return (json_null());
}

static const rule_maker makers[RULES] = {
	[RULE_COLUMN] = rule_column,
	[RULE_JOIN] = rule_join,
	[RULE_LATEST] = rule_latest,
	[RULE_CONSTANT] = rule_constant,
	[RULE_DIGEST] = rule_digest,
	[RULE_CHOOSE] = rule_choose,
	[RULE_MEMBERS] = rule_members,
};

/* New; null: left out; NULL: refused. */
static json_t *
rule_make(struct mapping *m, const char *name, json_t *rule)
{
	enum rule kind;
	json_t	 *value = rule_value(rule, &kind), *made;

	made = value == NULL ? NULL : makers[kind](m, rule, value);
	if (made == NULL) {
		if (m->reason->length == 0)
			text_addf(m->reason, "%s is not UTF-8", name);
		return (NULL);
	}
	if (json_is_string(made) && json_string_length(made) == 0) {
		json_decref(made);
		made = json_null();
	}
	if (!json_is_null(made) ||
	    !json_is_true(json_object_get(rule, "required")))
		return (made);
	text_addf(m->reason, "%s is required and empty", name);
	json_decref(made);
	return (NULL);
}

/* glibc takes a zone it does not know for UTC and says nothing. */
static bool
rowmap_zone(json_t *map, struct text *error)
{
	const char *zone = json_string_value(json_object_get(map, "timezone"));
	struct text path = { 0 };
	bool	    ok;

	if (zone == NULL)
		zone = "UTC";
	text_addf(&path, ZONES "%s", zone);
	ok = !path.failed && strstr(zone, "..") == NULL &&
	    (strcmp(zone, "UTC") == 0 || access(path.data, R_OK) == 0);
	text_release(&path);
	if (!ok) {
		text_addf(error,
		    "the map's timezone: this machine (tzdata) "
		    "knows no \"%s\"",
		    zone);
		return (false);
	}
	setenv("TZ", zone, 1);
	tzset();
	return (true);
}

bool
rowmap_open(struct rowmap *map, json_t *from, const struct csvrow *header,
    struct text *error)
{
	json_t	   *members = json_object_get(from, "members"), *rule;
	const char *name;
	size_t	    i;

	*map = (struct rowmap){ .members = members };
	if (!json_is_object(members) || json_object_size(members) == 0) {
		text_adds(error, "the map should have members");
		return (false);
	}
	map->columns = json_object();
	map->seen = json_object();
	map->width = header->n;
	for (i = 0; i < header->n; i++)
		if (json_object_set_new(map->columns, header->fields[i],
			json_integer((json_int_t)i)) != 0) {
			text_addf(error, "column %zu's name is not UTF-8",
			    i + 1);
			return (false);
		}
	json_object_foreach(members, name, rule)
		if (!rule_check(map->columns, name, rule, error))
			return (false);
	return (rowmap_zone(from, error));
}

/* Names the row by its own bytes; equal rows are numbered as they come. */
static bool
rowmap_reference(struct rowmap *map, const struct csvrow *row)
{
	struct text t = { 0 };
	uint8_t	    digest[SIGN_BYTES];
	json_int_t  before;
	size_t	    i;
	bool	    ok;

	for (i = 0; i < row->n; i++) {
		text_addf(&t, "%zu:", row->lengths[i]);
		text_add(&t, row->fields[i], row->lengths[i]);
	}
	ok = !t.failed && sign_sha256(t.data, t.length, digest);
	text_release(&t);
	if (!ok)
		return (false);
	sign_hex(digest, 12, map->reference);
	before = json_integer_value(json_object_get(map->seen, map->reference));
	json_object_set_new(map->seen, map->reference,
	    json_integer(before + 1));
	if (before > 0)
		snprintf(map->reference + 24, sizeof(map->reference) - 24,
		    "-%lld", (long long)before + 1);
	return (true);
}

json_t *
rowmap_item(struct rowmap *map, const struct csvrow *row, struct text *reason)
{
	struct mapping m = { .map = map, .row = row, .reason = reason };

	if (row->n != map->width) {
		text_addf(reason, "it has %zu fields, the header %zu", row->n,
		    map->width);
		return (NULL);
	}
	if (!rowmap_reference(map, row)) {
		text_adds(reason, "out of memory");
		return (NULL);
	}
	return (rule_members(&m, NULL, map->members));
}

void
rowmap_close(struct rowmap *map)
{
	json_decref(map->columns);
	json_decref(map->seen);
	*map = (struct rowmap){ 0 };
}
