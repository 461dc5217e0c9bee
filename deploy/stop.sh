#!/bin/sh
# kov stop: ends what runs on this state directory, and waits until it has.
set -eu
. "$KOV_HOME/deploy/say.sh"

[ $# -eq 0 ] || die 'kov stop takes no arguments: KOV_STATE says what to stop'
file=$KOV_STATE/run.pid
if [ ! -e "$file" ] || flock -n "$file" true; then
	say "nothing runs on $KOV_STATE"
	exit 0
fi
pid=$(cat "$file")
[ -n "$pid" ] || die "kov run is just starting or ending; try again"
kill -TERM "$pid" 2>/dev/null ||
    die "may not stop process $pid: use the user that started it, or sudo"
flock -w 180 "$file" true ||
    die "process $pid has not ended after 3 minutes: look at $KOV_STATE/log"
say 'stopped'
