/* The contract's files become one document: kov.yaml gives the frame, the
 * nouns' files beside it add paths, components and tags. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract_parts.h"
#include "yaml.h"

#define MERGE_FRAME "kov.yaml"

static bool merge_paths(struct load *, const char *, json_t *);
static bool merge_components(struct load *, const char *, json_t *);
static bool merge_tags(struct load *, const char *, json_t *);

/* What a noun's file may say. */
static const struct merge {
	const char *member;
	bool (*merge)(struct load *, const char *file, json_t *from);
} merges[] = {
	{ "paths", merge_paths },
	{ "components", merge_components },
	{ "tags", merge_tags },
};

#define MERGES (sizeof(merges) / sizeof(merges[0]))

/* The object that stands there, made if there is none. */
static json_t *
merge_object(json_t *parent, const char *key)
{
	json_t *object = json_object_get(parent, key);

	if (object == NULL) {
		object = json_object();
		json_object_set_new(parent, key, object);
	}
	return (object);
}

/* Adds from's members; none may be there already. at is the pointer. */
static bool
merge_members(struct load *load, const char *file, const char *at, json_t *into,
    json_t *from)
{
	struct text pointer = { 0 };
	const char *key;
	json_t	   *value, *first;

	json_object_foreach(from, key, value) {
		text_clear(&pointer);
		text_adds(&pointer, at);
		contract_escape(&pointer, key);
		if (pointer.failed)
			abort();
		first = json_object_get(load->origins, pointer.data);
		if (first != NULL) {
			text_addf(load->error,
			    "%s: #%s: it is already defined in %s", file,
			    pointer.data, json_string_value(first));
			break;
		}
		json_object_set_new(load->origins, pointer.data,
		    json_string(file));
		json_object_set(into, key, value);
	}
	text_release(&pointer);
	return (load->error->length == 0);
}

static bool
merge_expect(struct load *load, const char *file, const char *what,
    bool expected)
{
	if (!expected && load->error->length == 0)
		text_addf(load->error, "%s: %s was expected", file, what);
	return (expected);
}

static bool
merge_paths(struct load *load, const char *file, json_t *from)
{
	json_t *into = merge_object(load->contract->document, "paths");

	return (merge_expect(load, file, "an object of paths",
		    json_is_object(from)) &&
	    merge_members(load, file, "/paths", into, from));
}

static bool
merge_components(struct load *load, const char *file, json_t *from)
{
	json_t	   *into = merge_object(load->contract->document, "components");
	struct text at = { 0 };
	const char *kind;
	json_t	   *value;
	bool	    merged = merge_expect(load, file, "an object of components",
		   json_is_object(from));

	json_object_foreach(from, kind, value) {
		text_clear(&at);
		text_adds(&at, "/components");
		contract_escape(&at, kind);
		merged = merged && !at.failed &&
		    merge_expect(load, file, "an object of components by kind",
			json_is_object(value)) &&
		    merge_members(load, file, at.data, merge_object(into, kind),
			value);
	}
	text_release(&at);
	return (merged);
}

/* The tag of that name, or NULL. */
static const json_t *
merge_tag(const json_t *tags, const char *name)
{
	const char *other;
	json_t	   *tag;
	size_t	    i;

	json_array_foreach(tags, i, tag) {
		other = json_string_value(json_object_get(tag, "name"));
		if (other != NULL && strcmp(other, name) == 0)
			return (tag);
	}
	return (NULL);
}

/* A tag may be said in several files, in the same words. */
static bool
merge_tags(struct load *load, const char *file, json_t *from)
{
	json_t	     *into = json_object_get(load->contract->document, "tags");
	json_t	     *tag;
	const json_t *there;
	const char   *name;
	size_t	      i;

	if (into == NULL) {
		into = json_array();
		json_object_set_new(load->contract->document, "tags", into);
	}
	json_array_foreach(from, i, tag) {
		name = json_string_value(json_object_get(tag, "name"));
		if (!merge_expect(load, file, "a tag with a name",
			name != NULL))
			return (false);
		if ((there = merge_tag(into, name)) == NULL)
			json_array_append(into, tag);
		else if (!json_equal(there, tag)) {
			text_addf(load->error,
			    "%s: the tag %s is already "
			    "defined, in other words",
			    file, name);
			return (false);
		}
	}
	return (merge_expect(load, file, "an array of tags",
	    json_is_array(from)));
}

static bool
merge_member(struct load *load, const char *file, const char *member,
    json_t *value)
{
	size_t i;

	for (i = 0; i < MERGES; i++)
		if (strcmp(merges[i].member, member) == 0)
			return (merges[i].merge(load, file, value));
	if (strcmp(file, MERGE_FRAME) == 0) {
		json_object_set(load->contract->document, member, value);
		return (true);
	}
	text_addf(load->error, "%s: only %s may say %s", file, MERGE_FRAME,
	    member);
	return (false);
}

static bool
merge_file(struct load *load, const char *file)
{
	struct text path = { 0 };
	const char *member;
	json_t	   *content, *value;
	bool	    merged;

	text_addf(&path, "%s/%s", load->directory, file);
	content = path.failed ? NULL : yaml_load(path.data, load->error);
	text_release(&path);
	if (content == NULL)
		return (false);
	merged = merge_expect(load, file, "an object", json_is_object(content));
	json_object_foreach(content, member, value)
		merged = merged && merge_member(load, file, member, value);
	json_decref(content);
	return (merged);
}

/* Files of nouns, without editors' hidden ones. */
static int
merge_is_noun(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return (entry->d_name[0] != '.' && length > 5 &&
	    strcmp(entry->d_name + length - 5, ".yaml") == 0 &&
	    strcmp(entry->d_name, MERGE_FRAME) != 0);
}

/* In the order of bytes, whatever the locale. */
static int
merge_order(const struct dirent **a, const struct dirent **b)
{
	return (strcmp((*a)->d_name, (*b)->d_name));
}

bool
contract_merge(struct load *load)
{
	struct dirent **entries;
	int		count, i;
	bool		merged;

	load->contract->document = json_object();
	merged = merge_file(load, MERGE_FRAME);
	if (!merged)
		return (false);
	count = scandir(load->directory, &entries, merge_is_noun, merge_order);
	if (count < 0) {
		text_addf(load->error, "%s: %s", load->directory,
		    strerror(errno));
		return (false);
	}
	for (i = 0; i < count; i++) {
		merged = merged && merge_file(load, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return (merged);
}
