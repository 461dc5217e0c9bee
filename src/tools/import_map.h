/* From a row of a CSV file to a JSON object, as a map says. */
#ifndef KOV_TOOLS_IMPORT_MAP_H
#define KOV_TOOLS_IMPORT_MAP_H

#include <jansson.h>
#include <stdbool.h>

#include "import_csv.h"

struct rowmap {
	json_t *members;       /* borrowed: the map's rules */
	json_t *columns;       /* name to position */
	json_t *seen;	       /* digest of a row to how often it came */
	size_t	width;	       /* columns of the header */
	char	reference[48]; /* of the present row */
};

/*
 * map is borrowed: { delimiter, timezone, members: { NAME: RULE } }. A rule
 * has one of
 *   column: NAME      its text; then values: { TEXT: VALUE } and otherwise:
 *                     VALUE, or date: FORMAT (strptime(3)) in timezone
 *   join: [NAME…]     those that are not empty, with: TEXT between them
 *   latest: [NAME…]   of columns with dates, date: FORMAT
 *   constant: VALUE
 *   digest: PREFIX    a name for the row that stays the same when the file
 *                     is sorted or grows; equal rows are numbered
 *   choose: [{ if: { NAME: TEXT or [TEXT…] }, then: RULE }…]  first match
 *   members: { NAME: RULE }
 * and may have required: true. What comes out empty or null is left out.
 * False: error is one sentence.
 */
bool rowmap_open(struct rowmap *, json_t *map, const struct csvrow *header,
    struct text *error);

/* A new object, or NULL: reason says why the row cannot be mapped. */
json_t *rowmap_item(struct rowmap *, const struct csvrow *,
    struct text *reason);
void	rowmap_close(struct rowmap *);

#endif
