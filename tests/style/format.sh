#!/bin/sh
# Every C file that clang-format would write otherwise, with the first lines.
. tests/style/tree.sh
c_files | while read -r file; do
	clang-format --style=file "$file" | cmp -s - "$file" ||
	    printf '%s: %s lines differ from clang-format -i\n' "$file" \
		"$(clang-format --style=file "$file" | diff - "$file" |
		    grep -c '^>')"
done
