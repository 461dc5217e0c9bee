/* A CSV file row by row, in any dialect RFC 4180 allows (libcsv's owner). */
#ifndef KOV_TOOLS_IMPORT_CSV_H
#define KOV_TOOLS_IMPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "../text.h"

/* The present row; valid until the next one is asked for. */
struct csvrow {
	size_t	     line;   /* of the file where it begins, from 1 */
	size_t	     n;	     /* fields */
	const char **fields; /* NUL-terminated */
	size_t	    *lengths;
};

struct csvfile {
	char	     *bytes; /* the whole file, mapped */
	size_t	      size, at, line;
	struct csvrow row;
	struct {
		struct csv_parser *parser;
		struct text	   text;
		size_t		  *ends; /* of each field within text */
		size_t		   n, room;
		bool		   whole, failed, finished;
	} in;
};

/* delimiter: 0 finds out which of , ; | and tab the first line has most of.
 * False: error is one sentence. */
bool csvfile_open(struct csvfile *, const char *path, char delimiter,
    struct text *error);

/* False at the end, or where error was added to. */
bool csvfile_next(struct csvfile *, struct text *error);
void csvfile_close(struct csvfile *);

#endif
