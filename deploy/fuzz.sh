#!/bin/sh
# kov fuzz: strangers' input made by clang's libFuzzer, ten minutes for each
# target of tests/fuzz. What it found goes to .build/fuzz/found; --keep adds
# to the corpus in the tree what reaches code that nothing there reached.
#   fuzz.sh [--minutes N] [--keep] [TARGET ...]
set -eu
. "$KOV_HOME/deploy/say.sh"
cd "$KOV_HOME"

minutes=10 keep=
while [ $# -gt 0 ]; do
	case $1 in
	--minutes)
		minutes=${2-}
		shift
		;;
	--keep) keep=1 ;;
	-*) die "kov fuzz knows --minutes, --keep and names of targets, not $1" ;;
	*) break ;;
	esac
	shift
done
case $minutes in
'' | *[!0-9]* | 0*) die "--minutes: a whole number was expected, not '$minutes'" ;;
esac
all=$(cd tests/fuzz && echo ./*.c | sed 's/\.c//g; s/\.\///g')
for target in "$@"; do
	[ -e "tests/fuzz/$target.c" ] ||
	    die "no target is called $target; they are: $all"
done
# shellcheck disable=SC2086 # names
[ $# -gt 0 ] || set -- $all

sh deploy/setup.sh test
sh deploy/build.sh || die 'the program does not compile: see above'
status=0
FUZZ_SECONDS=$((minutes * 60)) tests/fuzz/run "$@" || status=$?

if [ -n "$keep" ]; then
	for target in "$@"; do
		[ "$target" = cursor ] || KOV_CONTRACT=conf/api \
		    ".build/fuzz/$target" -merge=1 "tests/fuzz/corpus/$target" \
		    ".build/fuzz/corpus/$target" >/dev/null 2>&1
	done
fi
exit "$status"
