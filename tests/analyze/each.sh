#!/bin/sh
# Runs a judge over every C file of src, two at once, one TAP line for each;
# what a file was judged as stays until it, a header or the judge changes.
#   each.sh NAME CONFIGURATION COMMAND...: {} in COMMAND stands for the file
set -u
cd "$(dirname "$0")/../.." || exit 1

name=$1 configuration=$2
shift 2
kept=$PWD/.build/$name
mkdir -p "$kept"
find "$kept" -type f -mtime +7 -delete

flags="-std=c11 -D_GNU_SOURCE $(cat /usr/share/kore/features)"
flags="$flags -isystem /usr/include -iquote src -iquote src/jobs -iquote src/tools"
shared=$(cat src/*.h src/jobs/*.h src/tools/*.h "$configuration" "$0" |
    sha256sum)
export kept flags shared

find src -name '*.c' | sort | xargs -P 2 -I {} sh -c '
	file=$1
	shift
	sum=$( (echo "$shared $*"; cat "$file") | sha256sum | cut -c 1-40)
	if [ -e "$kept/$sum" ]; then
		echo "ok - $file"
		exit
	fi
	if said=$("$@" $flags 2>&1); then
		: >"$kept/$sum"
		echo "ok - $file"
	else
		printf "not ok - %s\n%s\n" "$file" \
		    "$(echo "$said" | head -n 40 | sed "s/^/# /")"
	fi' sh {} "$@" | awk '
	/^(not )?ok - / { n++; sub(/ok - /, "ok " n " - ") }
	{ print }
	/^not/ { bad = 1 }
	END { print "1.." n + 0; exit bad }'
