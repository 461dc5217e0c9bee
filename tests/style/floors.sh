#!/bin/sh
# The house has floors: door, hands, words (src/Makefile lists the first two;
# what is on no list is words). A file includes its own floor and below; jobs
# and tools stand beside the door and see everything but the door.
. tests/style/tree.sh

listed() {
	sed -n "s/^$1 := //p" src/Makefile | tr ' ' '\n' | sed 's/%/.*/' |
	    paste -sd '|' -
}
door=$(listed DOOR)
hands=$(listed HANDS)

# kov.h shows the structs of the door.
floor_of() {
	case $1 in
	src/jobs/* | src/tools/*)
		echo 2
		return
		;;
	esac
	noun=$(basename "$1")
	noun=${noun%.[ch]}
	if echo "$noun" | grep -Eqx "kov|$door"; then
		echo 3
	elif echo "$noun" | grep -Eqx "$hands"; then
		echo 2
	else
		echo 1
	fi
}

tree src -- -name '*.[ch]' | while read -r file; do
	mine=$(floor_of "$file")
	sed -n 's/^#include "\(.*\)".*/\1/p' "$file" | while read -r name; do
		[ ! -e "${file%/*}/$name" ] || [ "${file%/*}" = src ] || continue
		[ "$(floor_of "src/${name#../}")" -le "$mine" ] ||
		    echo "$file includes $name, which lies above it"
	done
done
