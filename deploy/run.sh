#!/bin/sh
# kov run: installs, builds, migrates and starts everything, says so when it
# is ready, keeps it alive, and stops it in order on TERM or Ctrl-C.
# shellcheck disable=SC2034,SC2154 # names made by eval and by sourced files
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/user.sh"
. "$KOV_HOME/deploy/program.sh"
. "$KOV_HOME/deploy/demo.sh"

[ $# -eq 0 ] || die 'kov run takes no arguments: settings are KOV_* variables'

sh "$KOV_HOME/deploy/setup.sh" run
sh "$KOV_HOME/deploy/page.sh" &
page=$!
sh "$KOV_HOME/deploy/build.sh" ||
    die 'the program does not compile: the reason is above'
wait "$page" || die 'the reference page cannot be made: the reason is above'
state_prepare
state_shown=$KOV_STATE
KOV_STATE=$KOV_STATE_REAL

# The lock is held for as long as this shell lives; nobody inherits it.
exec 9>>"$KOV_STATE/run.pid"
flock -n 9 || die "Kov runs on $KOV_STATE already: use kov stop, or another KOV_STATE"
echo "$$" >"$KOV_STATE/run.pid"

program_settings
program_ports
program_install

postgres_pid='' kov_pid='' jobs_pid='' ending='' ready=''

# start NAME SIGNAL GRACE AS COMMAND...: sets NAME_pid. A session of its own
# keeps Ctrl-C for us, who know the order of ending.
start() {
	(
		[ "${KOV_LOG-}" = - ] ||
		    exec >>"$KOV_STATE/log/$1.log" 2>&1
		exec 9>&- setpriv --pdeathsig TERM setsid \
		    sh "$KOV_HOME/deploy/keep.sh" "$@"
	) &
	eval "$1_pid=$!"
}

start_postgres() {
	start postgres INT 120 '' \
	    sh "$KOV_HOME/deploy/cluster.sh" start-foreground
}

# The URL may hold a password: only who connects has it in its environment,
# read from a file of its own, and no keeper does.
url_keep() {
	( umask 077 && printf '%s\n' "$url" >"$KOV_STATE/run/database-url" )
	[ "$(id -u)" != 0 ] || chown "$KOV_USER:" "$KOV_STATE/run/database-url"
}

# shellcheck disable=SC2016 # for the sh it starts
with_url='IFS= read -r KOV_DATABASE_URL <"$0"; export KOV_DATABASE_URL; exec "$@"'

# The program's own names: nothing in the clone is used once it runs.
start_kov() {
	start kov TERM $((KOV_DRAIN_SECONDS + 5)) "$program_as" \
	    sh -c "$with_url" "$KOV_STATE/run/database-url" \
	    kore -f -n -r -c "$KOV_STATE/kov.conf"
}

start_jobs() {
	start jobs TERM 30 "$program_as" \
	    sh -c "$with_url" "$KOV_STATE/run/database-url" \
	    "$KOV_STATE/program/kov-jobs"
}

# end NAME: asks it to end, waits until it has.
end() {
	eval "pid=\$$1_pid"
	[ -n "$pid" ] || return 0
	kill -TERM "$pid" 2>/dev/null || true
	while kill -0 "$pid" 2>/dev/null; do
		wait "$pid" 2>/dev/null || true
	done
	eval "$1_pid="
}

# In-flight requests are answered, then deliveries settle, then the database
# closes.
end_all() {
	end kov
	end jobs
	end postgres
	: >"$KOV_STATE/run.pid"
}

trap 'ending=1' INT TERM HUP
trap 'trap "" INT TERM HUP; end_all' EXIT

# Why a part ended: the sentence it ended with, or else its last line.
last_words() {
	[ "${KOV_LOG-}" != - ] || return 0
	log=$KOV_STATE/log/$1.log
	words=$(sed -n 's/^kov[a-z-]*: //p' "$log" | tail -n 1)
	[ -n "$words" ] || words=$(tail -n 1 "$log")
	printf '%s\n' "$words"
}

# pause SECONDS, or until a signal.
pause() {
	sleep "$1" 9>&- &
	wait $! || true
}

# Fails when a part that must live does not; asks it to live again once the
# whole was ready (its keeper was killed).
look_after() {
	for part in postgres kov jobs; do
		eval "pid=\$${part}_pid"
		[ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null || continue
		wait "$pid" 2>/dev/null || true
		[ -n "$ready" ] || die "$part does not start: $(last_words $part)"
		pause 1
		[ -n "$ending" ] || "start_$part"
	done
}

answers() {
	curl -fs -o /dev/null --max-time 2 --noproxy '*' \
	    "http://$private_address/$1"
}

await() {
	turns=0
	until answers "$1"; do
		look_after
		turns=$((turns + 1))
		[ -z "$ending" ] || exit 0
		[ "$turns" -lt "$2" ] || return 1
		pause 0.1
	done
}

# The URL leaves the environment: only those that connect get it.
url=${KOV_DATABASE_URL-}
unset KOV_DATABASE_URL
private=''
if [ -z "$url" ]; then
	private=1
	sh "$KOV_HOME/deploy/cluster.sh" init
	url=$(sh "$KOV_HOME/deploy/cluster.sh" url)
	start_postgres
	sh "$KOV_HOME/deploy/cluster.sh" ready 9>&- &
	waiter=$!
	while kill -0 "$waiter" 2>/dev/null; do
		look_after
		[ -z "$ending" ] || exit 0
		pause 0.1
	done
	wait "$waiter" || exit 1
fi
migrate_at_start
[ -z "$private" ] || demo_make

url_keep
start_kov
start_jobs
await livez 300 || die "kov does not answer: $(last_words kov)"
if [ -n "$private" ]; then
	await readyz 300 || die "kov does not get ready: $(last_words kov)"
elif ! await readyz 30; then
	ready=1
	say "the database is away: kov answers 503 until it is back (after a first start then run kov migrate)" >&2
	await readyz 1000000000
fi
ready=1
printf 'kov is ready at %s\n' "$KOV_PUBLIC_URL"
[ -z "$private" ] || demo_show

while [ -z "$ending" ]; do
	look_after
	pause 1
done
exit 0
