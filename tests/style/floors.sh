#!/bin/sh
# The house has floors (design.md): a file includes its own floor and those
# below. A file's noun is its name up to the first _.
. tests/style/tree.sh

floors='
4 main front call stream native
3 db lane auth jwt limit reply
1 contract yaml schema format regex route problem conf sign id log text
1 ijson head number
'
# kov.h shows the structs of the door; jobs and tools stand beside the door
# and see everything but the door.
floor_of() {
	case $1 in
	src/jobs/* | src/tools/*) echo 3 ;;
	*/kov.h | kov.h) echo 4 ;;
	*)
		noun=$(basename "$1")
		noun=${noun%.[ch]}
		echo "$floors" | awk -v noun="${noun%%_*}" '
		    { for (i = 2; i <= NF; i++) if ($i == noun) print $1 }'
		;;
	esac
}

tree src -- -name '*.[ch]' | while read -r file; do
	mine=$(floor_of "$file")
	[ -n "$mine" ] || {
		echo "$file is on no floor: add its noun to floors.sh"
		continue
	}
	sed -n 's/^#include "\(.*\)".*/\1/p' "$file" | while read -r name; do
		case $file:$name in
		src/jobs/*:*) [ ! -e "src/jobs/$name" ] || continue ;;
		src/tools/*:*) [ ! -e "src/tools/$name" ] || continue ;;
		esac
		theirs=$(floor_of "src/${name#../}")
		[ "${theirs:-9}" -le "$mine" ] ||
		    echo "$file includes $name, which lies above it"
	done
done
