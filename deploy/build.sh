#!/bin/sh
# Builds what the sources say; where nothing changed it says nothing. Two at
# once in one clone wait for each other.
set -eu
. "$KOV_HOME/deploy/say.sh"

mkdir -p "$KOV_HOME/.build"
exec 7>"$KOV_HOME/.build/lock"
flock 7
out=$KOV_HOME/.build/make.out
make -s -j"$(nproc)" -C "$KOV_HOME/src" "$@" >"$out" 2>&1 7>&- || {
	cat "$out" >&2
	exit 1
}
