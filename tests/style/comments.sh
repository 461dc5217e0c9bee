#!/bin/sh
# The share of the characters of src's programs that are comments.
. tests/style/tree.sh

# shellcheck disable=SC2046 # plain names
set -- $(tree src -- -name '*.c')
[ $# -gt 0 ] || exit 0
cat "$@" | tr -d ' \t' | awk '
	{
		line = $0
		while (line != "") {
			if (!inside && (at = index(line, "/*"))) {
				code += at - 1
				line = substr(line, at)
				inside = 1
			} else if (!inside) {
				code += length(line)
				line = ""
			} else if ((at = index(line, "*/"))) {
				comment += at + 1
				line = substr(line, at + 2)
				inside = 0
			} else {
				comment += length(line)
				line = ""
			}
		}
	}
	END {
		share = 100 * comment / (code + comment)
		if (share < 7 || share > 15)
			printf "comments are %.1f %% of src\n", share
	}'
