#!/bin/sh
# Keeps one program alive: starts it, starts it again with back-off when it
# dies, and ends with it on TERM. Nothing is left behind, however this ends.
#   keep.sh NAME SIGNAL GRACE AS COMMAND...
# SIGNAL asks the program to end, also should this script die without a
# word; GRACE seconds later it is killed. AS is setpriv(1)'s options for whom
# it runs as (a change of user clears the death signal: one call does both).
# A program that dies within seconds of its first start never worked: that
# ends this script with its status, and the caller says so.
set -u

name=$1 signal=$2 grace=$3 as=$4
shift 4
ending='' first=1 pause=0 child=

trap 'ending=1; [ -z "$child" ] || kill -s "$signal" "$child" 2>/dev/null' TERM
trap '' INT HUP

is_gone() {
	! grep -q '^State:[[:space:]]*[^ZX]' "/proc/$child/status" 2>/dev/null
}

# wait(1) also returns when a trap ran: only a child that is gone counts.
finish() {
	wait "$child"
	status=$?
	turns=0
	until is_gone; do
		if [ -z "$ending" ]; then
			wait "$child"
			status=$?
			continue
		fi
		turns=$((turns + 1))
		[ "$turns" -ne $((grace * 20)) ] || kill -KILL "$child"
		sleep 0.05
	done
	child=
}

rest() {
	sleep "$1" &
	child=$!
	finish
}

while [ -z "$ending" ]; do
	began=$(date +%s)
	# shellcheck disable=SC2086 # options; sh ignores INT for what it backgrounds
	setpriv $as --pdeathsig "$signal" \
	    env --default-signal=INT,QUIT,HUP "$@" &
	child=$!
	[ -z "$ending" ] || kill -s "$signal" "$child" 2>/dev/null
	finish
	[ -z "$ending" ] || break
	lived=$(($(date +%s) - began))
	[ -z "$first" ] || [ "$lived" -ge 5 ] || exit "$status"
	first=
	[ "$lived" -lt 30 ] || pause=0
	printf '{"level":"warning","program":"keep","event":"%s","name":"%s",%s}\n' \
	    keep.restart "$name" "\"status\":$status,\"pause\":$pause" >&2
	rest "$pause"
	pause=$((pause < 8 ? pause * 2 + 1 : 15))
done
exit 0
