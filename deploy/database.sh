# psql on the database of KOV_DATABASE_URL; sourced, after say.sh. A password
# in it goes into a file only we can read, never into argv or an environment.
# shellcheck shell=sh

# URL or "key=value key=value" on standard input, lines of pg_service.conf
# on standard output.
database_service() {
	LC_ALL=C awk '
	function decode(s,   out, at) {
		while ((at = index(s, "%")) > 0) {
			out = out substr(s, 1, at - 1) \
			    sprintf("%c", hex(substr(s, at + 1, 2)))
			s = substr(s, at + 3)
		}
		return out s
	}
	function hex(s) {
		s = tolower(s)
		return (index("0123456789abcdef", substr(s, 1, 1)) - 1) * 16 \
		    + index("0123456789abcdef", substr(s, 2, 1)) - 1
	}
	function say(key, value) {
		if (value != "")
			print key "=" decode(value)
	}
	# A host may be [an IPv6 address]; each has its own port.
	function hosts(list,   n, i, each, host, port, sep) {
		n = split(list, each, ",")
		for (i = 1; i <= n; i++) {
			if (match(each[i], /:[0-9]*$/)) {
				port = port sep substr(each[i], RSTART + 1)
				each[i] = substr(each[i], 1, RSTART - 1)
			} else
				port = port sep
			gsub(/^\[|\]$/, "", each[i])
			host = host sep each[i]
			sep = ","
		}
		say("host", host)
		if (port ~ /[0-9]/)
			say("port", port)
	}
	BEGIN { print "[kov]" }
	!/^postgres(ql)?:\/\// {
		n = split($0, pair, /[ \t]+/)
		for (i = 1; i <= n; i++)
			print pair[i]
		next
	}
	{
		sub(/^postgres(ql)?:\/\//, "")
		if ((at = index($0, "?")) > 0) {
			n = split(substr($0, at + 1), pair, "&")
			$0 = substr($0, 1, at - 1)
			for (i = 1; i <= n; i++) {
				at = index(pair[i], "=")
				say(substr(pair[i], 1, at - 1),
				    substr(pair[i], at + 1))
			}
		}
		if ((at = index($0, "/")) > 0) {
			say("dbname", substr($0, at + 1))
			$0 = substr($0, 1, at - 1)
		}
		if ((at = index($0, "@")) > 0) {
			user = substr($0, 1, at - 1)
			$0 = substr($0, at + 1)
			if ((at = index(user, ":")) > 0) {
				say("password", substr(user, at + 1))
				user = substr(user, 1, at - 1)
			}
			say("user", user)
		}
		hosts($0)
	}'
}

# Call before the first database_psql; then database_close, also from traps.
database_open() {
	: "${KOV_DATABASE_URL:=$(sh "$KOV_HOME/deploy/cluster.sh" url)}"
	mkdir -p "$KOV_STATE" &&
	    database_file=$(mktemp "$KOV_STATE/.service.XXXXXX") ||
	    die "cannot write in $KOV_STATE: set KOV_STATE to a directory of yours"
	printf '%s\n' "$KOV_DATABASE_URL" | database_service >"$database_file"
	database_program=psql
	for each in /usr/lib/postgresql/*/bin/psql; do
		[ ! -x "$each" ] || database_program=$each
	done
}

database_close() {
	[ -z "${database_file-}" ] || rm -f "$database_file"
	database_file=
}

# database_psql ROLE ARGUMENT...: as db.c has it, a URL without a user logs
# in as the role, one with a user as that user, who then takes the role;
# postgres is the role of whoever may make roles, which such a user must.
database_psql() {
	database_role=$1
	shift
	database_options=
	if grep -q '^user=' "$database_file" && [ "$database_role" != postgres ]
	then
		database_options="-c role=$database_role"
	fi
	env -u KOV_DATABASE_URL PGSERVICEFILE="$database_file" PGSERVICE=kov \
	    PGUSER="$database_role" PGOPTIONS="$database_options" \
	    PGAPPNAME=kov PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}" \
	    "$database_program" -X -q -v ON_ERROR_STOP=1 "$@"
}
