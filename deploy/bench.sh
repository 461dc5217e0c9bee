#!/bin/sh
# kov bench [search | worklist] [--json]: how fast Kov is on this machine,
# beside pgbench on the same SQL functions and a Fastify + postgres.js peer;
# search, worklist: how fast it finds among a million complaints. Some minutes;
# nothing else should run meanwhile.
set -eu
. "$KOV_HOME/deploy/say.sh"

program=bench
case ${1-} in
search | worklist)
	program=$1
	shift
	;;
esac
for argument in "$@"; do
	case $argument in
	--json | --smoke) ;;
	*) die "kov bench knows search, worklist and --json, not $argument" ;;
	esac
done

sh "$KOV_HOME/deploy/setup.sh" test
sh "$KOV_HOME/deploy/build.sh"
sh "$KOV_HOME/deploy/node.sh" tests
sh "$KOV_HOME/deploy/node.sh" tests/bench/peer

make -s -C "$KOV_HOME/src" bare
mkdir -p "$KOV_HOME/.build/bench"
load=$KOV_HOME/.build/bench/load
gcc -std=c11 -D_GNU_SOURCE -O2 -o "$load" \
    "$KOV_HOME/tests/bench/load.c"

unset KOV_STATE KOV_DATABASE_URL KOV_PUBLIC_URL
exec node "$KOV_HOME/tests/bench/$program.mjs" "$@"
