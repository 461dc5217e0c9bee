/* What a unit test's program has more when it is tortured. */
#ifndef KOV_TORTURE_H
#define KOV_TORTURE_H

#include <stdarg.h>
#include <stddef.h>

/* cmocka's, for which the macros of cmocka.h stand: a child in which an
 * allocation failed ends with the test it failed in. */
int torture_run(const char *name, const struct CMUnitTest *, size_t count,
    CMFixtureFunction, CMFixtureFunction);

void *torture_malloc(size_t);
void *torture_calloc(size_t, size_t);
void *torture_realloc(void *, size_t);
char *torture_strdup(const char *);
char *torture_strndup(const char *, size_t);
int   torture_vasprintf(char **, const char *, va_list);

#endif
