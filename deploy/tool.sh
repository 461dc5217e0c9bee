#!/bin/sh
# Runs a part of kov-tool, with what it needs to be there.
#   tool.sh import|listen|contract ...
set -eu
. "$KOV_HOME/deploy/say.sh"

sh "$KOV_HOME/deploy/setup.sh" run
sh "$KOV_HOME/deploy/build.sh" >&2
exec "$KOV_HOME/.build/kov-tool" "$@"
