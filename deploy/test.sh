#!/bin/sh
# kov test: runs the suites and counts what they say. A suite prints TAP and
# leaves it in .build/test/NAME.log; no test printed is a failure too.
#   kov test [-v] [SUITE ...]
set -eu
. "$KOV_HOME/deploy/say.sh"
cd "$KOV_HOME"

# Each is tests/NAME/run; the quick ones first.
suites='unit torture style lint sql fuzz jobs front lane http journey'
suites="$suites operator fault hostile tidy analyze bench"

verbose=''
while [ $# -gt 0 ]; do
	case $1 in
	-v) verbose=1 ;;
	-*) die "kov test knows -v and names of suites, not $1" ;;
	*) break ;;
	esac
	shift
done

# shellcheck disable=SC2086 # names
[ $# -gt 0 ] || set -- $suites
for suite in "$@"; do
	case " $suites " in
	*" $suite "*) ;;
	*) die "no suite is called $suite; they are: $suites" ;;
	esac
done

logs=$KOV_HOME/.build/test
mkdir -p "$logs"
exec 8>"$logs/lock"
flock -n 8 || die "the tests run already in this directory: wait for them"

sh deploy/setup.sh test
sh deploy/build.sh || die 'the program does not compile: see above'
sh deploy/node.sh tests

# A node's parent test follows its children's plan (a deeper 1..N): it is
# their sum, and not counted. Prints passed, failed, skipped.
count() {
	awk '
	/^ *1\.\.[0-9]+/ { match($0, /^ */); plan = RLENGTH; next }
	/^ *(not )?ok [0-9]+/ {
		match($0, /^ */)
		if (plan > RLENGTH) { plan = 0; next }
		plan = 0
		if (/# *([Ss][Kk][Ii][Pp]|TODO)/) skipped++
		else if (/^ *not /) failed++
		else passed++
	}
	END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

# The failed tests and what they said, up to the next test.
failures() {
	awk '/^ *(not )?ok [0-9]+/ { show = /^ *not ok/ && !/# *TODO/ }
	    show' "$1" | head -n 200
}

# Sets status, took and log. A suite that hangs is ended: that is 124.
run_suite() {
	command="timeout --kill-after=30 1800 ./tests/$1/run"
	log=$logs/$1.log
	began=$(date +%s)
	status=0
	if [ -n "$verbose" ]; then
		{ $command 2>&1 || echo "exit $?" >"$log.status"; } \
		    8>&- | tee "$log"
		[ ! -e "$log.status" ] || status=1
		rm -f "$log.status"
	else
		$command >"$log" 2>&1 8>&- || status=$?
	fi
	took=$(($(date +%s) - began))
}

# Nothing of the caller's settings reaches a suite, least of all a database.
for setting in $(env | sed -n 's/^\(KOV_[A-Z_]*\)=.*/\1/p'); do
	unset "$setting"
done

passed=0 failed=0 skipped=0 broken=''
# shellcheck disable=SC2046 # three numbers
add() {
	set -- $(count "$log")
	what="$1 passed, $2 failed, $3 skipped"
	if [ $(($1 + $2 + $3)) -eq 0 ] ||
	    { [ "$status" -ne 0 ] && [ "$2" -eq 0 ]; }; then
		set -- "$1" $(($2 + 1)) "$3"
		what="$what, but it ended with $status: see $log"
		broken=1
	fi
	passed=$((passed + $1)) failed=$((failed + $2))
	skipped=$((skipped + $3))
}

for suite in "$@"; do
	run_suite "$suite"
	add
	printf '%-9s %4d s  %s\n' "$suite" "$took" "$what"
	failures "$log"
	if [ -n "$broken" ]; then
		tail -n 30 "$log"
		broken=''
	fi
	grep -iE '^ *ok [0-9]+.*# *skip' "$log" | sed 's/^ */  skipped: /' |
	    head -n 20
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
