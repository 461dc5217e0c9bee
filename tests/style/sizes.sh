#!/bin/sh
# Functions over 60 lines, files over 500, headers over 60; and whether the
# median function has at most 15 lines and nine of ten at most 40. (A
# migration is one step, however long: once released it is never touched.)
. tests/style/tree.sh

# the interfaces that everybody reads, and that are tables themselves
header_limit() {
	case $1 in
	src/conf.h | src/contract.h | src/kov.h | src/problem.h | src/schema.h | \
	    src/lane.h | src/limit.h) echo 100 ;;
	*) echo 60 ;;
	esac
}

tree . -- \( -name '*.c' -o -name '*.sh' -o -name '*.mjs' -o -name '*.py' \
    -o -name '*.sql' \) |
    grep -v '^\./sql/migrations/' | while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 500 ] || echo "$file has $lines lines, 500 is the most"
done

tree src tests -- -name '*.h' | while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le "$(header_limit "$file")" ] ||
	    echo "$file has $lines lines, $(header_limit "$file") is the most"
done

# In KNF a function's body lies between a line { and a line }.
functions() {
	awk '/^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "", name) }
	    /^\{$/ { start = FNR }
	    /^\}$/ && start { print FNR - start - 1, FILENAME, name
		start = 0 }' "$@"
}

# shellcheck disable=SC2046 # plain names
set -- $(tree src -- -name '*.c')
[ $# -gt 0 ] || exit 0
functions "$@" | sort -n | awk '
	{ size[NR] = $1 }
	$1 > 60 { print $2 ": " $3 " has " $1 " lines, 60 is the most" }
	END {
		middle = size[int((NR + 1) / 2)]
		ninth = size[int(NR * 9 / 10)]
		if (middle > 15)
			print "the median function has " middle " lines, not 15"
		if (ninth > 40)
			print "one in ten functions is over " ninth " lines"
	}'
