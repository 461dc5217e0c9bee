/* Schemas of one document: found by where they stand, compiled once. */
#include "schema.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "schema_compile.h"

/* Far more than a contract has; the stack has to hold them. */
#define SCHEMA_DEPTH 500  /* schemas inside one another, through $ref too */
#define SCHEMA_HEIGHT 100 /* …of them, for one and the same value */
#define HEIGHT_OPEN (-1)  /* being measured */

struct block { /* memory that lasts as long as the schemas do */
	struct block *next;
	max_align_t   data[];
};

struct schemas *
schemas_new(const json_t *document)
{
	struct schemas *schemas = calloc(1, sizeof(*schemas));

	if (schemas == NULL)
		return (NULL);
	schemas->document = document;
	if (getrandom(schemas->seed, sizeof(schemas->seed), 0) !=
	    (ssize_t)sizeof(schemas->seed)) {
		free(schemas);
		return (NULL);
	}
	return (schemas);
}

/* What lies in blocks goes with them; patterns are PCRE2's. */
static void
schema_release(const struct schema *schema)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		if (schema->rules[i].kind == RULE_PATTERN)
			pattern_free(schema->rules[i].of.pattern);
}

void
schemas_free(struct schemas *schemas)
{
	struct schema *schema;
	struct block  *block, *next;
	size_t	       i;

	if (schemas == NULL)
		return;
	for (i = 0; i < SCHEMA_BUCKETS; i++)
		for (schema = schemas->buckets[i]; schema != NULL;
		     schema = schema->next)
			schema_release(schema);
	for (block = schemas->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	text_release(&schemas->error);
	free(schemas);
}

void *
schemas_keep(struct schemas *schemas, size_t count, size_t size)
{
	struct block *block;

	/* a document that fits in memory has no counts that overflow this */
	block = calloc(1, sizeof(*block) + count * size);
	if (block == NULL)
		return (NULL);
	block->next = schemas->blocks;
	schemas->blocks = block;
	return (block->data);
}

bool
schema_refuse(struct schemas *schemas, const struct place *place,
    const char *what, ...)
{
	va_list arguments;
	char   *said;

	if (schemas->error.length > 0)
		return (false);
	va_start(arguments, what);
	if (vasprintf(&said, what, arguments) < 0)
		said = NULL;
	va_end(arguments);
	place_write(&schemas->error, place);
	text_addf(&schemas->error, ": %s", said != NULL ? said : "no memory");
	free(said);
	return (false);
}

static struct schema *
schema_begin(struct schemas *schemas, struct schema **bucket,
    const json_t *source, const struct place *place)
{
	struct schema *schema = schemas_keep(schemas, 1, sizeof(*schema));
	struct text    pointer = { 0 };

	place_write(&pointer, place);
	if (schema != NULL)
		schema->pointer = schemas_keep(schemas, pointer.length + 1, 1);
	if (pointer.failed || schema == NULL || schema->pointer == NULL) {
		text_release(&pointer);
		schema_refuse(schemas, place, "no memory");
		return (NULL);
	}
	memcpy(schema->pointer, pointer.data, pointer.length);
	text_release(&pointer);
	schema->source = source;
	schema->types = SCHEMA_ANY;
	schema->next = *bucket;
	*bucket = schema;
	return (schema);
}

const struct schema *
schema_of(struct schemas *schemas, const json_t *source,
    const struct place *place)
{
	struct schema **bucket, *schema;

	/* by address: a node is one schema, however it is come by */
	bucket = &schemas->buckets[(uintptr_t)source / 16 % SCHEMA_BUCKETS];
	for (schema = *bucket; schema != NULL; schema = schema->next)
		if (schema->source == source)
			return (schema);
	if (schemas->depth >= SCHEMA_DEPTH) {
		schema_refuse(schemas, place, "is nested too deep");
		return (NULL);
	}
	schema = schema_begin(schemas, bucket, source, place);
	schemas->depth++;
	if (schema != NULL && !schema_compile(schemas, schema, place))
		schema = NULL;
	schemas->depth--;
	return (schema);
}

/* One step of a JSON Pointer (RFC 6901, 4); token is changed. */
static const json_t *
pointer_step(const json_t *node, char *token)
{
	char *from, *to = token, *end;
	long  index;

	for (from = token; *from != '\0'; from++) {
		*to = *from;
		if (*from == '~') {
			if (from[1] != '0' && from[1] != '1')
				return (NULL);
			*to = *++from == '0' ? '~' : '/';
		}
		to++;
	}
	*to = '\0';
	if (json_is_object(node))
		return (json_object_get(node, token));
	if (*token < '0' || *token > '9' || (*token == '0' && token[1] != '\0'))
		return (NULL);
	index = strtol(token, &end, 10);
	return (*end == '\0' ? json_array_get(node, (size_t)index) : NULL);
}

/* Pointer is changed. NULL: there is nothing, or it is malformed. */
static const json_t *
pointer_find(const json_t *node, char *pointer)
{
	char *next;

	while (node != NULL && *pointer != '\0') {
		if (*pointer++ != '/')
			return (NULL);
		next = pointer + strcspn(pointer, "/");
		if (*next == '\0') {
			node = pointer_step(node, pointer);
			pointer = next;
		} else {
			*next = '\0';
			node = pointer_step(node, pointer);
			*next = '/';
			pointer = next;
		}
	}
	return (node);
}

const struct schema *
schema_referred(struct schemas *schemas, const char *reference,
    const struct place *place)
{
	struct place  there = { NULL, reference, 0 };
	size_t	      length = strlen(reference);
	char	     *pointer = strdup(reference);
	const json_t *node = NULL;

	if (pointer != NULL && *reference == '#' &&
	    text_unescape(pointer, &length, false)) {
		pointer[length] = '\0';
		node = pointer_find(schemas->document, pointer + 1);
	}
	free(pointer);
	if (node == NULL) {
		schema_refuse(schemas, place,
		    "\"%s\" is nowhere in this document", reference);
		return (NULL);
	}
	return (schema_of(schemas, node, &there));
}

static int schema_height(struct schemas *, struct schema *, int depth);

/* Of the schemas that judge the very same value; below 0: refused. */
static int
rule_height(struct schemas *schemas, const struct rule *rule, int depth)
{
	const struct schema *const *list = rule->of.many.list;
	size_t			    i, n = rule->of.many.count;
	int			    height, highest = 0;

	if (rule->kind > RULE_NOT)
		return (0);
	if (rule->kind == RULE_REF || rule->kind == RULE_NOT) {
		list = &rule->of.schema;
		n = 1;
	}
	for (i = 0; i < n; i++) {
		height = schema_height(schemas,
		    (struct schema *)(uintptr_t)list[i], depth + 1);
		if (height < 0)
			return (height);
		if (height > highest)
			highest = height;
	}
	return (highest);
}

static int
height_refuse(struct schemas *schemas, const struct schema *schema,
    const char *what)
{
	struct place place = { NULL, schema->pointer, 0 };

	schema_refuse(schemas, &place, "%s", what);
	return (-1);
}

/* Below 0: it refers to itself without stepping into a member or an item, so
 * that a check would never end, or it goes on for too long. */
static int
schema_height(struct schemas *schemas, struct schema *schema, int depth)
{
	size_t i;
	int    height, highest = 0;

	if (schema->height > 0)
		return (schema->height);
	if (schema->height == HEIGHT_OPEN)
		return (height_refuse(schemas, schema,
		    "refers to itself for the same value"));
	schema->height = HEIGHT_OPEN;
	for (i = 0; i < schema->count && depth < SCHEMA_HEIGHT; i++) {
		height = rule_height(schemas, &schema->rules[i], depth);
		if (height < 0)
			return (height);
		if (height > highest)
			highest = height;
	}
	schema->height = highest + 1;
	if (depth >= SCHEMA_HEIGHT || schema->height > SCHEMA_HEIGHT)
		return (height_refuse(schemas, schema, "is nested too deep"));
	return (schema->height);
}

static bool
schemas_end(struct schemas *schemas)
{
	struct schema *schema;
	size_t	       i;

	for (i = 0; i < SCHEMA_BUCKETS; i++)
		for (schema = schemas->buckets[i]; schema != NULL;
		     schema = schema->next)
			if (schema_height(schemas, schema, 0) < 0)
				return (false);
	return (true);
}

const struct schema *
schema_at(struct schemas *schemas, const char *pointer, struct text *error)
{
	const struct schema *schema = NULL;
	struct text	     fragment = { 0 };
	struct place	     place = { NULL, "#", 0 };

	text_adds(&fragment, "#");
	place_fragment(&fragment, pointer, strlen(pointer));
	if (!fragment.failed)
		place.name = fragment.data;
	if (schemas->error.length == 0 && !schemas->error.failed)
		schema = schema_referred(schemas, place.name, &place);
	text_release(&fragment);
	if (schema != NULL && schemas_end(schemas))
		return (schema);
	if (error != NULL)
		text_adds(error,
		    schemas->error.failed ? "no memory" : schemas->error.data);
	return (NULL);
}
