#!/bin/sh
# Installs the packages of a lockfile, where it changed since the last time.
#   node.sh DIRECTORY
set -eu
. "$KOV_HOME/deploy/say.sh"

directory=$KOV_HOME/$1
[ -e "$directory/package-lock.json" ] || exit 0
mark=$directory/node_modules/.kov-lock
now=$(cd "$directory" && cat package.json package-lock.json | sha256sum)
[ "$now" != "$(cat "$mark" 2>/dev/null)" ] || exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
(cd "$directory" && npm ci --ignore-scripts --no-audit --no-fund) \
    >"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	die "npm could not install the packages of $1; what it said is above"
}
echo "$now" >"$mark"
