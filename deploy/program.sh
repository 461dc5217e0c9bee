# What kov run starts: its settings, its ports, and the program as it is
# installed in the state directory; sourced by run.sh.
# shellcheck shell=sh disable=SC2034,SC2154

# Every KOV_* setting, defaults applied, exported but for the database.
program_settings() {
	settings=$(KOV_STATE=$KOV_STATE "$KOV_HOME/.build/kov-tool" \
	    settings --shell) || exit 1
	unexported=${KOV_DATABASE_URL-}
	eval "$(printf '%s\n' "$settings" | sed 's/^KOV_/export KOV_/')"
	KOV_DATABASE_URL=$unexported
	private_address=$(dial "$KOV_PRIVATE_LISTEN"):$KOV_PRIVATE_PORT
	program_as=
	[ "$(id -u)" != 0 ] || program_as="--reuid $KOV_USER \
--regid $(id -g "$KOV_USER") --clear-groups"
}

# Nobody may answer there yet. An address that is not ours Kore refuses.
port_free() {
	connected=$(curl -s -o /dev/null -w '%{time_connect}' --max-time 1 \
	    --noproxy '*' "http://$(dial "$1"):$2/") || true
	[ "$connected" = 0.000000 ] ||
	    die "something listens on $1:$2 already: stop it, or set $3"
}

program_ports() {
	[ "$KOV_PORT" != "$KOV_PRIVATE_PORT" ] ||
	    die "KOV_PORT and KOV_PRIVATE_PORT are both $KOV_PORT: set one to another"
	port_free "$KOV_LISTEN" "$KOV_PORT" KOV_PORT
	port_free "$KOV_PRIVATE_LISTEN" "$KOV_PRIVATE_PORT" KOV_PRIVATE_PORT
}

# A copy that the unprivileged user can read, and that a later build does
# not pull away from under a running server.
program_install() {
	program=$KOV_STATE/program
	rm -rf "$program"
	mkdir -p "$program" "$KOV_STATE/log"
	cp "$KOV_HOME/.build/kov.so" "$KOV_HOME/.build/kov-jobs" \
	    "$KOV_HOME/.build/kov-tool" "$program/"
	cp -R "$KOV_HOME/conf" "$program/conf"
	program_page
	chmod -R u=rwX,go=rX "$program"
	case $KOV_CONTRACT in
	"$KOV_HOME"/*) KOV_CONTRACT=$program/${KOV_CONTRACT#"$KOV_HOME"/} ;;
	esac
	program_secret
	program_conf
	cd "$program" || exit 1
}

# The reference page; what npm could not bring it does without.
program_page() {
	mkdir "$program/docs"
	cp "$KOV_HOME"/conf/docs/*.html "$KOV_HOME"/conf/docs/*.css \
	    "$KOV_HOME"/conf/docs/*.js "$KOV_HOME"/conf/docs/*.svg \
	    "$program/docs/"
	[ ! -d "$KOV_HOME/.build/swagger-ui" ] ||
	    cp "$KOV_HOME"/.build/swagger-ui/swagger-ui.* "$program/docs/"
}

# The master secret, made once: "version:64 hex digits".
program_secret() {
	if [ ! -e "$KOV_SECRET_FILE" ]; then
		(
			umask 077
			printf '1:%s\n' "$(od -An -vtx1 -N32 /dev/urandom |
			    tr -d ' \n')" >"$KOV_SECRET_FILE.new"
			[ "$(id -u)" != 0 ] ||
			    chown "$KOV_USER:" "$KOV_SECRET_FILE.new"
			mv "$KOV_SECRET_FILE.new" "$KOV_SECRET_FILE"
		) 2>/dev/null || die "cannot write $KOV_SECRET_FILE: set KOV_SECRET_FILE to where you may"
	fi
	as_kov test -r "$KOV_SECRET_FILE" ||
	    die "user $KOV_USER cannot read $KOV_SECRET_FILE: chown it to $KOV_USER"
}

# Kore's configuration: each @KOV_…@ is that setting.
program_conf() {
	printf '%s\n' "$settings" | awk -v program="$program" '
	    FILENAME == "-" {
		at = index($0, "=")
		value[substr($0, 1, at - 1)] = substr($0, at + 2,
		    length($0) - at - 2)
		next
	    }
	    {
		gsub(/@PROGRAM@/, program)
		for (name in value)
			gsub("@" name "@", value[name])
		print
	    }' - "$program/conf/kov.conf" >"$KOV_STATE/kov.conf"
	! grep -n '^[^#]*@[A-Z_]*@' "$KOV_STATE/kov.conf" ||
	    die "conf/kov.conf names a setting that there is not (above)"
	chmod 644 "$KOV_STATE/kov.conf"
	mkdir -p "$KOV_STATE/run"
	[ "$(id -u)" != 0 ] || chown "$KOV_USER:" "$KOV_STATE/run"
}

reaches_database() {
	echo 'select;' | KOV_DATABASE_URL=$url PGCONNECT_TIMEOUT=5 \
	    sh "$KOV_HOME/deploy/psql.sh" >/dev/null 2>&1
}

# The number of the last migration that the program knows.
schema_wanted() {
	set -- "${KOV_SQL:-$KOV_HOME/sql}"/migrations/[0-9]*-*.sql
	shift $(($# - 1))
	expr "$(basename "$1")" : '0*\([0-9]*\)-'
}

# An external database that is away is no reason not to start; one that is
# there must be up to date, or let us bring it up to date. Functions of
# another release will do for a while, a schema that lacks tables will not.
migrate_at_start() {
	[ -n "$private" ] || reaches_database || return 0
	why=$(KOV_DATABASE_URL=$url sh "$KOV_HOME/deploy/migrate.sh" --quiet \
	    2>&1) && return
	[ -z "$private" ] && echo "select door.ready() = 'ok'
	    and door.schema_version() >= $(schema_wanted);" |
	    KOV_DATABASE_URL=$url KOV_PSQL_ROLE=kov_service \
		sh "$KOV_HOME/deploy/psql.sh" -At 2>/dev/null |
	    grep -qx t || die "${why#kov: }"
	say "going on with the schema as it is: ${why#kov: }" >&2
}
