#!/bin/sh
# Which file may include which library: a grep pattern, then the owners.
. tests/style/tree.sh

while read -r header owners; do
	[ -n "$header" ] || continue
	tree src -- -name '*.[ch]' | xargs grep -l "^#include <$header" |
	    while read -r file; do
		echo "$file" | grep -Eq "^src/($owners)\$" ||
		    echo "$file includes <$header>; its owners are $owners"
	done
done <<'END'
kore/ (front|call|main|native|stream|gate|answer|worker|tell)[a-z_]*\.[ch]
libpq (db|lane|call|answer|auth_load|worker|tell|check|store)[a-z_]*\.[ch]|jobs/.*|tools/.*
openssl/ sign[a-z_]*\.c
curl/ jobs/post[a-z_]*\.[ch]|tools/import[a-z_]*\.c
yaml.h yaml[a-z_]*\.c
pcre2 (schema|format|regex|pattern)[a-z_]*\.[ch]
turbojpeg.h jobs/clean_jpeg.c
png.h jobs/clean_png.c
csv.h tools/import[a-z_]*\.c
cjose/ jwt[a-z_]*\.c
END
