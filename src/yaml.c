/* YAML 1.2's JSON subset: libyaml's events become jansson's values. */
#include "yaml.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define YAML_DEPTH 64 /* sequences and mappings inside one another */

struct reader {
	yaml_parser_t parser;
	const char   *file;
	struct text  *error;
	unsigned      depth;
};

typedef json_t *(read_fn)(struct reader *, const yaml_event_t *);

static read_fn read_scalar, read_sequence, read_mapping, read_alias;

/* What begins with which event; the rest begins nothing. */
static read_fn *const readers[] = {
	[YAML_ALIAS_EVENT] = read_alias,
	[YAML_SCALAR_EVENT] = read_scalar,
	[YAML_SEQUENCE_START_EVENT] = read_sequence,
	[YAML_MAPPING_START_EVENT] = read_mapping,
};

/* Always NULL. The first fault is the one that is told. */
static json_t *
read_fault(struct reader *r, const yaml_event_t *event, const char *expected)
{
	if (r->error->length == 0)
		text_addf(r->error, "%s:%zu: %s", r->file,
		    event->start_mark.line + 1, expected);
	return (NULL);
}

/* The next event, the caller's to delete. */
static bool
read_event(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return (true);
	if (r->error->length == 0)
		text_addf(r->error, "%s:%zu: %s%s%s", r->file,
		    r->parser.problem_mark.line + 1,
		    r->parser.context != NULL ? r->parser.context : "",
		    r->parser.context != NULL ? ": " : "",
		    r->parser.problem != NULL ? r->parser.problem :
						"out of memory");
	return (false);
}

static json_t *
read_alias(struct reader *r, const yaml_event_t *event)
{
	return (read_fault(r, event,
	    "aliases are not read; write it out, or use $ref"));
}

static const char *
read_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return (s);
}

/* Whether the core schema takes a plain scalar for a number. */
static bool
looks_like_number(const char *s)
{
	s += *s == '+' || *s == '-';
	if (strcmp(s, ".inf") == 0 || strcmp(s, ".nan") == 0)
		return (true);
	if (*s == '0' && (s[1] == 'x' || s[1] == 'o'))
		return (s[2] != '\0');
	if (!isdigit((unsigned char)s[*s == '.']))
		return (false);
	s = read_digits(s);
	if (*s == '.')
		s = read_digits(s + 1);
	if (*s == 'e' || *s == 'E') {
		s += s[1] == '+' || s[1] == '-' ? 2 : 1;
		if (!isdigit((unsigned char)*s))
			return (false);
		s = read_digits(s);
	}
	return (*s == '\0');
}

/* Numbers are written as JSON has them: no 0x1f, 017, +1, .5 or .inf. */
static json_t *
read_number(struct reader *r, const yaml_event_t *event, const char *s)
{
	json_t *number;

	number = json_loads(s, JSON_DECODE_ANY, NULL);
	if (number == NULL)
		return (read_fault(r, event,
		    "a number as JSON writes it was expected; quote text"));
	return (number);
}

static json_t *
read_plain(struct reader *r, const yaml_event_t *event, const char *s)
{
	if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
		return (json_boolean(*s == 't'));
	if (strcmp(s, "null") == 0 || strcmp(s, "~") == 0 || *s == '\0')
		return (json_null());
	if (strcasecmp(s, "true") == 0 || strcasecmp(s, "false") == 0 ||
	    strcasecmp(s, "null") == 0)
		return (read_fault(r, event,
		    "true, false and null in lower case were expected; "
		    "quote text"));
	if (looks_like_number(s))
		return (read_number(r, event, s));
	return (json_string(s));
}

static json_t *
read_scalar(struct reader *r, const yaml_event_t *event)
{
	const char *s = (const char *)event->data.scalar.value;
	size_t	    length = event->data.scalar.length;
	json_t	   *value;

	if (event->data.scalar.tag != NULL || event->data.scalar.anchor != NULL)
		return (read_fault(r, event,
		    "tags and anchors are not read; quote text"));
	if (memchr(s, '\0', length) != NULL)
		return (read_fault(r, event, "text without NUL was expected"));
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return (read_plain(r, event, s));
	if ((value = json_stringn(s, length)) == NULL)
		return (read_fault(r, event, "text in UTF-8 was expected"));
	return (value);
}

/* The value that an event begins; takes the event. */
static json_t *
read_value(struct reader *r, yaml_event_t *event)
{
	json_t *value = NULL;

	if (r->depth >= YAML_DEPTH)
		read_fault(r, event, "less depth was expected");
	else if ((size_t)event->type < sizeof(readers) / sizeof(readers[0]) &&
	    readers[event->type] != NULL) {
		r->depth++;
		value = readers[event->type](r, event);
		r->depth--;
	} else
		read_fault(r, event, "a value was expected");
	yaml_event_delete(event);
	return (value);
}

static json_t *
read_sequence(struct reader *r, const yaml_event_t *begin)
{
	json_t	    *array = json_array();
	yaml_event_t event;

	if (begin->data.sequence_start.tag != NULL ||
	    begin->data.sequence_start.anchor != NULL)
		read_fault(r, begin, "tags and anchors are not read");
	while (r->error->length == 0 && read_event(r, &event)) {
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&event);
			return (array);
		}
		if (json_array_append_new(array, read_value(r, &event)) != 0)
			break;
	}
	json_decref(array);
	return (NULL);
}

/* A key is text, however it is written: 200 is "200". */
static char *
read_key(struct reader *r, const yaml_event_t *event, const json_t *object)
{
	const char *s = (const char *)event->data.scalar.value;
	char	   *key;

	if (event->type != YAML_SCALAR_EVENT ||
	    event->data.scalar.tag != NULL || event->data.scalar.anchor != NULL)
		read_fault(r, event, "a key that is plain text was expected");
	else if (strlen(s) != event->data.scalar.length)
		read_fault(r, event, "a key without NUL was expected");
	else if (strcmp(s, "<<") == 0)
		read_fault(r, event, "merge keys are not read; write it out");
	else if (json_object_get(object, s) != NULL && r->error->length == 0)
		text_addf(r->error, "%s:%zu: the key %s stands here twice",
		    r->file, event->start_mark.line + 1, s);
	else if ((key = strdup(s)) != NULL)
		return (key);
	return (NULL);
}

static bool
read_member(struct reader *r, yaml_event_t *event, json_t *object)
{
	char *key = read_key(r, event, object);
	bool  done;

	yaml_event_delete(event);
	done = key != NULL && read_event(r, event) &&
	    json_object_set_new(object, key, read_value(r, event)) == 0;
	free(key);
	return (done);
}

static json_t *
read_mapping(struct reader *r, const yaml_event_t *begin)
{
	json_t	    *object = json_object();
	yaml_event_t event;

	if (begin->data.mapping_start.tag != NULL ||
	    begin->data.mapping_start.anchor != NULL)
		read_fault(r, begin, "tags and anchors are not read");
	while (r->error->length == 0 && read_event(r, &event)) {
		if (event.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&event);
			return (object);
		}
		if (!read_member(r, &event, object))
			break;
	}
	json_decref(object);
	return (NULL);
}

/* Passes over one event, which must be of that type. */
static bool
read_past(struct reader *r, yaml_event_type_t type, const char *expected)
{
	yaml_event_t event;
	bool	     found;

	if (!read_event(r, &event))
		return (false);
	found = event.type == type;
	if (!found)
		read_fault(r, &event, expected);
	yaml_event_delete(&event);
	return (found);
}

static json_t *
read_document(struct reader *r)
{
	yaml_event_t event;
	json_t	    *value;

	if (!read_past(r, YAML_STREAM_START_EVENT, "YAML was expected") ||
	    !read_past(r, YAML_DOCUMENT_START_EVENT,
		"a document was expected") ||
	    !read_event(r, &event) || (value = read_value(r, &event)) == NULL)
		return (NULL);
	if (read_past(r, YAML_DOCUMENT_END_EVENT, "the end was expected") &&
	    read_past(r, YAML_STREAM_END_EVENT, "one document was expected"))
		return (value);
	json_decref(value);
	return (NULL);
}

json_t *
yaml_load(const char *file, struct text *error)
{
	struct reader r = { .file = file, .error = error };
	FILE	     *stream;
	json_t	     *value = NULL;

	text_clear(error);
	if ((stream = fopen(file, "re")) == NULL) {
		text_addf(error, "%s: %s", file, strerror(errno));
		return (NULL);
	}
	if (yaml_parser_initialize(&r.parser)) {
		yaml_parser_set_input_file(&r.parser, stream);
		yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
		value = read_document(&r);
		yaml_parser_delete(&r.parser);
	}
	if (value == NULL && error->length == 0)
		text_addf(error, "%s: out of memory", file);
	fclose(stream);
	return (value);
}
