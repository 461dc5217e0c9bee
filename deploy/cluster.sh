#!/bin/sh
# The private PostgreSQL cluster in $KOV_STATE/postgres: only root and the
# user it runs as reach it, by a socket in a directory nobody else enters.
#   cluster.sh init              makes it where it is missing, writes its
#                                configuration
#   cluster.sh start-foreground  becomes the server; SIGINT stops it
#   cluster.sh ready             waits until it answers, 60 s at most, and
#                                makes the database where it is missing
#   cluster.sh url               what to set KOV_DATABASE_URL to
set -eu
: "${KOV_HOME:=$(dirname "$(dirname "$(readlink -f "$0")")")}"
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/user.sh"

roles='postgres kov_service kov_courier kov_jobs kov_bi'

# The newest PostgreSQL installed, or the one that made the data.
find_bin() {
	bin=
	if [ -f "$data/PG_VERSION" ]; then
		bin=/usr/lib/postgresql/$(cat "$data/PG_VERSION")/bin
		[ -x "$bin/postgres" ] ||
		    die "$data needs postgresql-$(cat "$data/PG_VERSION"): please install it"
		return
	fi
	for each in /usr/lib/postgresql/*/bin; do
		[ ! -x "$each/initdb" ] || bin=$each
	done
	[ -n "$bin" ] || die 'there is no PostgreSQL: please install postgresql-15'
}

# A socket's path has at most 107 bytes.
find_socket() {
	for each in "$KOV_STATE_REAL/socket" "/tmp/kov-$(printf %s \
	    "$KOV_STATE_REAL" | sha256sum | cut -c 1-16)"; do
		socket=$each
		[ ${#socket} -gt 90 ] || return 0
	done
}

make_socket() {
	mkdir -m 700 "$socket" 2>/dev/null || [ -d "$socket" ] ||
	    die "cannot make $socket: remove what is in its place"
	[ "$(id -u)" != 0 ] || [ -L "$socket" ] || chown "$KOV_USER": "$socket"
	[ "$(stat -c %U "$socket")" = "$KOV_USER" ] ||
	    die "$socket is someone else's: remove it"
	chmod 700 "$socket"
}

# An interrupted one leaves no half cluster: it gets its name at the end.
make_data() {
	new=$data.new
	rm -rf "$new"
	mkdir -m 700 "$new"
	[ "$(id -u)" != 0 ] || chown "$KOV_USER": "$new"
	( cd / && as_kov "$bin/initdb" -D "$new" -U postgres -A peer -E UTF8 \
	    --locale=C.UTF-8 --data-checksums >"$data.log" 2>&1 ) ||
	    die "initdb failed: see $data.log"
	echo "include_if_exists 'kov.conf'" >>"$new/postgresql.conf"
	mv "$new" "$data"
	rm -f "$data.log"
}

write_conf() {
	quoted=$(printf %s "$socket" | sed "s/'/''/g")
	cat <<-END
	# Written by deploy/cluster.sh at each start.
	listen_addresses = ''
	unix_socket_directories = '"$quoted"'
	unix_socket_permissions = 0700
	max_connections = 200
	shared_buffers = 256MB
	effective_cache_size = 1GB
	work_mem = 8MB
	random_page_cost = 1.1
	jit = off
	wal_compression = on
	max_wal_size = 2GB
	min_wal_size = 256MB
	checkpoint_timeout = 10min
	autovacuum_naptime = 10s
	idle_in_transaction_session_timeout = 60s
	timezone = 'UTC'
	log_timezone = 'UTC'
	log_checkpoints = off
	log_line_prefix = '%m [%p] %a '
	END
}

# Who may log in as what: peers only, and of those two.
write_ident() {
	for person in root "$KOV_USER"; do
		for role in $roles; do
			echo "kov \"$person\" $role"
		done
		[ "$KOV_USER" != root ] || break
	done
}

write_file() {
	cat >"$data/$1.new"
	chmod 600 "$data/$1.new"
	[ "$(id -u)" != 0 ] || chown "$KOV_USER": "$data/$1.new"
	mv "$data/$1.new" "$data/$1"
}

init() {
	[ -f "$data/PG_VERSION" ] || make_data
	make_socket
	write_conf | write_file kov.conf
	echo 'local all all peer map=kov' | write_file pg_hba.conf
	write_ident | write_file pg_ident.conf
}

# After a crash of the machine a lock file may name a process that is now
# another program, and PostgreSQL would not start. It does the judging itself
# while anything of the old server lives.
forget_dead() {
	for each in /proc/[0-9]*; do
		[ "$(readlink "$each/cwd")" != "$data" ] || return 0
	done
	rm -f "$data/postmaster.pid" "$socket/.s.PGSQL.5432.lock"
}

# Two that find it missing at once: the second one's failure is no harm.
make_database() {
	set -- "$bin/psql" -X -q -A -t -h "$socket" -U postgres -d postgres
	is_there="select count(*) from pg_database where datname = 'kov'"
	[ "$("$@" -c "$is_there")" = 1 ] || "$@" -c 'create database kov' ||
	    [ "$("$@" -c "$is_there")" = 1 ]
}

ready() {
	tries=0
	until "$bin/pg_isready" -q -h "$socket" -U postgres -d postgres; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] ||
		    die 'PostgreSQL does not start: see its lines above'
		sleep 0.1
	done
	make_database || die 'cannot make the database: see the lines above'
}

url() {
	printf 'postgresql:///kov?host=%s\n' "$(printf %s "$socket" |
	    sed 's/%/%25/g; s/ /%20/g; s/&/%26/g; s/?/%3F/g; s/#/%23/g')"
}

state_prepare
data=$KOV_STATE_REAL/postgres
find_bin
find_socket
case ${1-} in
init)
	exec 9>"$KOV_STATE_REAL/.cluster.lock"
	flock 9
	init
	;;
start-foreground)
	forget_dead
	cd "$data"
	become_kov INT "$bin/postgres" -D "$data"
	;;
ready) ready ;;
url) url ;;
*) die 'usage: cluster.sh init|start-foreground|ready|url' ;;
esac
