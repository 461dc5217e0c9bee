#!/bin/sh
# Brings the database up to date: roles, the migrations it has not had, and
# the functions as they are in sql/. One transaction, one at a time; where
# nothing changed it does nothing. A server may run meanwhile.
#   migrate.sh [--quiet]
set -eu
: "${KOV_HOME:=$(dirname "$(dirname "$(readlink -f "$0")")")}"
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

sql=${KOV_SQL:-$KOV_HOME/sql}
quiet=
case "$# ${1-}" in
'0 ') ;;
'1 --quiet') quiet=1 ;;
*) die "kov migrate knows --quiet, not $*" ;;
esac

checksum() {
	sha256sum "$1" | cut -c 1-64
}

# Of all that sql/ holds, names included.
digest() {
	( cd "$sql" && find . -name '*.sql' -type f | LC_ALL=C sort |
	    xargs sha256sum | sha256sum | cut -c 1-64 )
}

include() {
	printf "\\\\i '%s'\n" "$(printf %s "$1" | sed "s/'/''/g")"
}

number() {
	expr "$(basename "$1")" : '0*\([0-9]*\)-'
}

# One migration: skipped, applied, or found to be another than was applied.
migration() {
	name=$(basename "$1")
	number=$(number "$1")
	sum=$(checksum "$1")
	cat <<-END
	select not exists (select from kov.migration where number = $number)
	  as missing, exists (select from kov.migration where number = $number
	  and checksum <> '$sum') as changed \\gset
	\\if :changed
	do \$\$ begin raise exception 'migration $name was changed since it was applied: put it back as it was, and add a new migration instead'; end \$\$;
	\\elif :missing
	END
	include "$1"
	cat <<-END
	set local role kov_owner;
	insert into kov.migration (number, name, checksum)
	values ($number, '$name', '$sum');
	\\endif
	END
}

# In the order of floors: what is in kov is called by the others.
functions() {
	# files call one another in both directions
	echo 'set local check_function_bodies = off;'
	for schema in kov door api job bi; do
		for file in "$sql/$schema"/*.sql; do
			[ ! -f "$file" ] || include "$file"
		done
	done
}

script() {
	most=0
	for file in "$sql"/migrations/[0-9]*-*.sql; do
		most=$(number "$file")
	done
	cat <<-END
	set client_min_messages = warning;
	begin;
	set local lock_timeout = '120s';
	\\o /dev/null
	select pg_advisory_xact_lock(5449063);
	\\o
	set local lock_timeout = '10s';
	set local search_path = pg_catalog, pg_temp;
	select to_regclass('kov.migration') is null as first \\gset
	\\if :first
	END
	include "$sql/roles.sql"
	cat <<-END
	set local role kov_owner;
	create table kov.migration (
	  number int not null,
	  name text not null,
	  checksum text not null,
	  applied_at timestamptz not null default clock_timestamp(),
	  constraint migration_pkey primary key (number)
	);
	comment on table kov.migration is 'What was applied to this database; made by kov migrate';
	comment on column kov.migration.number is 'Of the migration; 0: all of sql/, whose functions are re-applied when it changes';
	comment on column kov.migration.name is 'File name';
	comment on column kov.migration.checksum is 'SHA-256 of the file: a migration never changes once applied';
	comment on column kov.migration.applied_at is 'When';
	reset role;
	\\set anew true
	\\else
	set local role kov_owner;
	select not exists (select from kov.migration
	    where number = 0 and checksum = '$(digest)')
	  or not exists (select from kov.incarnation i, kov.here() h
	    where (i.system_id, i.database_id) = (h.system_id, h.database_id)
	    and i.number = (select max(number) from kov.incarnation))
	  as anew, coalesce(max(number), 0) > $most as newer,
	  coalesce(max(number), 0) as newest from kov.migration \\gset
	\\if :newer
	select set_config('kov.newest', :'newest', true) \\g /dev/null
	do \$\$ begin raise exception 'the database has had migration %, of a newer Kov than this, which has $most: run that one', current_setting('kov.newest'); end \$\$;
	\\endif
	reset role;
	\\endif
	\\if :anew
	END
	include "$sql/roles.sql"
	echo 'set local role kov_owner;'
	for file in "$sql"/migrations/[0-9]*-*.sql; do
		migration "$file"
	done
	functions
	cat <<-END
	set local role kov_owner;
	select kov.protect_tables(), kov.make_partitions(), kov.incarnate() \\g /dev/null
	insert into kov.migration (number, name, checksum)
	values (0, 'sql', '$(digest)')
	on conflict (number) do update
	set checksum = excluded.checksum, applied_at = clock_timestamp();
	do \$\$ declare gone text;
	begin
	  select string_agg(p.oid::regprocedure::text, ', ') into gone
	  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
	  where n.nspname in ('kov', 'api', 'door', 'job')
	  and p.xmin::text <> pg_current_xact_id()::xid::text;
	  if gone is not null then
	    raise warning 'no file of sql/ makes % any more: drop it in a migration once no server calls it', gone;
	  end if;
	end \$\$;
	reset role;
	END
	include "$sql/roles.sql"
	cat <<-END
	\\else
	set local role kov_owner;
	select kov.make_partitions() \\g /dev/null
	\\endif
	commit;
	\\echo :anew
	END
}

# psql's first error as one sentence: which file and line, what, what to do.
explain() {
	said=$(sed -n 's/^psql:\([^ ]*\): ERROR:  /\1: /p; s/^psql: error: //p
	    s/^ERROR:  //p' "$errors" | head -n 1)
	case $said in
	*'lock timeout'*)
		say_what='others kept a table locked; run kov migrate again' ;;
	*'migration '*': '*) say_what= ;;
	*'onnection to server'* | *'ould not '*)
		say_what='is KOV_DATABASE_URL right, and the database up?' ;;
	*'ermission denied'* | *'must be superuser'* | *'must have admin'*)
		say_what='let KOV_DATABASE_URL name a superuser for kov migrate' ;;
	*) say_what='mend that file and run kov migrate again' ;;
	esac
	die "nothing was migrated: ${said:-$(head -n 1 "$errors")}${say_what:+; $say_what}"
}

finish() {
	rm -f "${errors-}"
	database_close
}

trap finish EXIT
trap 'exit 130' INT TERM
database_open
errors=$(mktemp "$KOV_STATE/.migrate.XXXXXX")
done=$(script | database_psql postgres -A -t 2>"$errors") || explain
sed -n 's/.*WARNING:  /kov: /p' "$errors" >&2
if [ -z "$quiet" ]; then
	case $done in
	t | true) say 'the database is up to date' ;;
	*) say 'the database was up to date' ;;
	esac
fi
