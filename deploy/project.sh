#!/bin/sh
# kov project rebuild PROJECTION [--organisation CODE]: makes what is derived
# from the event log anew, for one organisation or all; the same rows come
# out. Readers find less until it is done.
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

usage='kov project rebuild search|counts [--organisation CODE]'
[ "${1-}" = rebuild ] && [ $# -ge 2 ] || die "$usage"
projection=$2
case $projection in
search | counts) ;;
*) die "$usage" ;;
esac
shift 2
organisation=''
while [ $# -gt 0 ]; do
	case $1 in
	--organisation)
		need_value "$1" $#
		organisation=$2
		shift
		;;
	*) die "$usage" ;;
	esac
	shift
done

trap database_close EXIT
trap 'exit 130' INT TERM
database_open
said=$(database_psql kov_jobs -At -v projection="$projection" \
    -v organisation="$organisation" 2>&1 <<'END'
select set_config('kov.projection', :'projection', false),
  set_config('kov.wanted', :'organisation', false) \g /dev/null
do $$
declare
  wanted text := nullif(current_setting('kov.wanted'), '');
  projection text := current_setting('kov.projection');
  organisations bigint[] := case when wanted is null
    then array(select o from job.organisations() o)
    else array(select o.organisation_id from job.find_organisation(wanted) o
      limit 1) end;
  organisation bigint;
  moved bigint;
begin
  if cardinality(organisations) = 0 then
    raise exception 'there is no organisation %', wanted;
  end if;
  foreach organisation in array organisations loop
    perform job.rebuild_projection(organisation, projection);
    commit;
    loop
      moved := job.project(organisation, projection, 500);
      commit;
      -- -1: kov-jobs is at it as well.
      exit when moved = 0;
    end loop;
  end loop;
end $$;
END
) || die "nothing was made anew: $(echo "$said" | explain_psql)"
say "the projection $projection is made anew"
