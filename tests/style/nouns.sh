#!/bin/sh
# A noun is three files of one name: what, how, proof (design.md).
. tests/style/tree.sh

tree conf/api -- -name '*.yaml' | while read -r file; do
	noun=$(basename "$file" .yaml)
	case $noun in
	kov) continue ;; # what all nouns share
	esac
	for other in "sql/api/$noun.sql" "tests/http/$noun.test.mjs"; do
		[ -e "$other" ] || echo "$file has no $other"
	done
done
tree sql/api -- -name '*.sql' | while read -r file; do
	noun=$(basename "$file" .sql)
	[ -e "conf/api/$noun.yaml" ] || echo "$file has no conf/api/$noun.yaml"
done
