/* The list of what is wrong with an input. */
#include "schema.h"

#include <stdarg.h>

/* A new fault; NULL: no memory. */
static json_t *
fault_new(bool parameter, const char *where, const char *code, json_t *detail)
{
	json_t *fault = json_object();

	if (fault == NULL || detail == NULL ||
	    json_object_set(fault, "detail", detail) != 0 ||
	    json_object_set_new(fault, parameter ? "parameter" : "pointer",
		json_string(where)) != 0 ||
	    json_object_set_new(fault, "code", json_string(code)) != 0) {
		json_decref(fault);
		return (NULL);
	}
	return (fault);
}

/* It counts even where there is no memory to say it: what was found wrong
 * must never pass. */
void
faults_add(struct faults *faults, bool parameter, const char *where,
    const char *code, const char *detail, ...)
{
	json_t *text;
	va_list arguments;

	if (faults->count == FAULTS_MAX) {
		faults->truncated = true;
		return;
	}
	faults->count++;
	if (faults->list == NULL && (faults->list = json_array()) == NULL)
		return;
	va_start(arguments, detail);
	text = json_vsprintf(detail, arguments);
	va_end(arguments);
	json_array_append_new(faults->list,
	    fault_new(parameter, where, code, text));
	json_decref(text);
}

void
faults_release(struct faults *faults)
{
	json_decref(faults->list);
	*faults = (struct faults){ 0 };
}
