/* YAML 1.2's JSON subset read into jansson's values (libyaml's owner). */
#ifndef KOV_YAML_H
#define KOV_YAML_H

#include <jansson.h>

#include "text.h"

/* A new value, or NULL: error is "file:line: what was expected". Plain
 * scalars are typed by the core schema (true, false, null, numbers),
 * quoted ones are strings; anchors, aliases, tags, several documents and
 * duplicate keys are errors. Key order is kept. */
json_t *yaml_load(const char *file, struct text *error);

#endif
