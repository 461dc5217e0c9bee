#!/bin/sh
# README says `FILE`: "NAME" of the test that proves something; those that
# are not there.

grep -o '`tests/[^`]*`: "[^"]*"' README.md | tr -d '`' |
    while IFS= read -r proof; do
	file=${proof%%: *}
	name=${proof#*: \"}
	name=${name%\"}
	sed "s/\\\\//g; s/''/'/g" "$file" 2>/dev/null |
	    grep -qF -- "$name" || echo "$file has no test named: $name"
done
grep -q '`tests/[^`]*`: "' README.md || echo 'README names no proof'
