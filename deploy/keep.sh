#!/bin/sh
# Keeps one program alive: starts it, starts it again with back-off when it
# dies, and ends with it on TERM. Nothing is left behind, however this ends.
#   keep.sh NAME SIGNAL COMMAND...
# SIGNAL is what the program gets should this script die without a word.
# A program that dies within seconds of its first start never worked: that
# ends this script with its status, and the caller says so.
set -u

name=$1 signal=$2
shift 2
ending='' first=1 pause=0 child=

trap 'ending=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
trap '' INT HUP

# wait(1) also returns when a trap ran: only a child that is gone counts.
finish() {
	wait "$child"
	status=$?
	while kill -0 "$child" 2>/dev/null; do
		wait "$child"
		status=$?
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
	setpriv --pdeathsig "$signal" "$@" &
	child=$!
	[ -z "$ending" ] || kill -TERM "$child" 2>/dev/null
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
