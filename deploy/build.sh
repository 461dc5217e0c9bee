#!/bin/sh
# Builds what the sources say; where nothing changed it says nothing. Two at
# once in one clone wait for each other.
set -eu
. "$KOV_HOME/deploy/say.sh"

mkdir -p "$KOV_HOME/.build"
exec 7>"$KOV_HOME/.build/lock"
flock 7
exec make -s -j"$(nproc)" -C "$KOV_HOME/src" "$@" 7>&-
