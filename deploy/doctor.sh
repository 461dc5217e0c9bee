#!/bin/sh
# kov doctor: the settings in force (secrets masked), and what is amiss with
# this machine; each line of the second part says what to do.
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

[ $# -eq 0 ] || die 'kov doctor takes no arguments'
amiss=0

# judge NAME WHAT-IS [WHAT-TO-DO]: amiss where something is to be done.
judge() {
	if [ -z "${3-}" ]; then
		printf 'ok     %-12s %s\n' "$1" "$2"
	else
		printf 'amiss  %-12s %s: %s\n' "$1" "$2" "$3"
		amiss=1
	fi
}

check_packages() {
	absent=$(sh "$KOV_HOME/deploy/setup.sh" --missing run)
	judge packages "${absent:-all there}" \
	    "${absent:+run kov run, which installs them}"
}

check_program() {
	if [ -x "$KOV_HOME/.build/kov-tool" ]; then
		judge program built
	else
		judge program 'not built' 'run kov run, which builds it'
	fi
}

# Kore's workers hold up to 16,000 connections each.
check_files() {
	most=$(prlimit --nofile -o HARD --noheadings)
	case $most in
	unlimited) judge files 'no limit of open files' ;;
	*)
		judge files "$most open files" "$([ "$most" -ge 16384 ] ||
		    echo 'raise the hard limit to 16384 (limits.conf)')"
		;;
	esac
}

running() {
	[ -e "$KOV_STATE/run.pid" ] && ! flock -n "$KOV_STATE/run.pid" true
}

check_port() {
	status=0
	curl -s -o /dev/null --max-time 1 --noproxy '*' "http://$(dial "$2"):$3/" ||
	    status=$?
	if running; then
		judge "port $3" "$([ "$status" -eq 7 ] && echo silent ||
		    echo answers)" "$([ "$status" -ne 7 ] ||
		    echo "look at $KOV_STATE/log/kov.log")"
	else
		judge "port $3" "$([ "$status" -eq 7 ] && echo free ||
		    echo taken)" "$([ "$status" -eq 7 ] ||
		    echo "stop what listens there, or set $1")"
	fi
}

check_secret() {
	if [ ! -e "$KOV_SECRET_FILE" ]; then
		judge secret 'not made yet: the first kov run does'
		return
	fi
	mode=$(stat -L -c %a "$KOV_SECRET_FILE")
	judge secret "mode $mode" "$([ "$mode" = 600 ] || [ "$mode" = 400 ] ||
	    echo "chmod 600 $KOV_SECRET_FILE")"
}

check_disk() {
	free=$(df -Pk "$KOV_STATE" 2>/dev/null | awk 'NR == 2 { print $4 }')
	[ -n "$free" ] || return 0
	judge disk "$((free / 1024)) MiB free" "$([ "$free" -ge 1048576 ] ||
	    echo 'make room: less than 1 GiB is left')"
}

# One row: ready, max_connections, seconds the clocks are apart.
check_database() {
	if [ -z "$KOV_DATABASE_URL" ] && ! running; then
		judge database 'the private cluster is not running: kov run starts it'
		return
	fi
	database_open
	row=$(echo "select door.ready(), current_setting('max_connections'),
	    extract(epoch from clock_timestamp())::bigint - $(date +%s);" |
	    PGCONNECT_TIMEOUT=5 database_psql kov_service -At 2>&1) || {
		judge database "$(echo "$row" | explain_psql)" \
		    'is KOV_DATABASE_URL right, the database up, and kov migrate done?'
		return
	}
	reached=1
	ready=${row%%|*}
	judge database "reached, and $ready" "$([ "$ready" = ok ] ||
	    echo 'run kov migrate')"
	most=${row#*|}
	most=${most%%|*}
	needed=$("$tool" settings --connections)
	judge connections "$needed of $most" "$([ "$needed" -le "$most" ] ||
	    echo 'raise max_connections, or lower KOV_WORKERS')"
	apart=${row##*|}
	judge clock "$apart s from the database's" "$([ "${apart#-}" -le 2 ] ||
	    echo 'let both keep time (NTP)')"
}

# What /metrics shows too: a line each, name|what is|what to do.
check_facts() {
	[ -n "$reached" ] || return 0
	echo "with f as (select door.facts()::jsonb as f),
	  silent as (
	    select string_agg(format('%s for %s s', s.key,
	      round(extract(epoch from clock_timestamp()) - s.value::numeric)),
	      ', ' order by s.key) as names
	    from f, jsonb_each_text(f->'kov_job_heartbeat_timestamp_seconds') s
	    where extract(epoch from clock_timestamp()) - s.value::numeric > 60)
	select 'jobs', case
	    when f->>'kov_job_heartbeat_timestamp_seconds' is null
	      then 'never seen'
	    when names is null then 'all alive' else 'silent: ' || names end,
	  case when names is not null
	      or f->>'kov_job_heartbeat_timestamp_seconds' is null
	    then 'is kov run up, and what does log/jobs.log end with?' end
	from f, silent
	union all
	select 'events', format('%s wait for their place, the oldest for %s s',
	    f->>'kov_events_unsequenced', round(age)),
	  case when age > 30 then 'the sequencer is behind: log/jobs.log' end
	from f, lateral (select
	  (f->>'kov_events_unsequenced_age_seconds')::numeric as age) a
	union all
	select 'webhooks', format('%s due, the first for %s s',
	    f->>'kov_deliveries_due', round(age)),
	  case when age > 300 then 'the courier is behind: log/jobs.log' end
	from f, lateral (select
	  (f->>'kov_deliveries_due_age_seconds')::numeric as age) a
	union all
	select 'partitions', format('%s ahead, at least', least),
	  case when least < 2 then 'the clock does not make them: log/jobs.log' end
	from f, lateral (select min(p.value::int) as least
	  from jsonb_each_text(f->'kov_table_partitions_ahead') p) a;" |
	    database_psql kov_service -At >"$facts" 2>/dev/null || return 0
	while IFS='|' read -r name is todo; do
		judge "$name" "$is" "$todo"
	done <"$facts"
}

tool=$KOV_HOME/.build/kov-tool
[ -x "$tool" ] || {
	sh "$KOV_HOME/deploy/setup.sh" run
	sh "$KOV_HOME/deploy/build.sh" >&2
}
"$tool" settings
echo
external=${KOV_DATABASE_URL-}
eval "$("$tool" settings --shell)"
KOV_DATABASE_URL=$external

reached='' facts=$(mktemp)
trap 'database_close; rm -f "$facts"' EXIT
trap 'exit 130' INT TERM
check_packages
check_program
check_files
check_port KOV_PORT "$KOV_LISTEN" "$KOV_PORT"
check_port KOV_PRIVATE_PORT "$KOV_PRIVATE_LISTEN" "$KOV_PRIVATE_PORT"
check_secret
check_disk
check_database
check_facts
exit "$amiss"
