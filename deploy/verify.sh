#!/bin/sh
# kov verify [ORGANISATION]: reads the event log again and says whether its
# hash chain holds, of one organisation (code, number or name) or of all. A
# line each; ends with 1 where one is broken.
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

[ $# -le 1 ] || die 'kov verify [ORGANISATION]'

trap database_close EXIT
trap 'exit 130' INT TERM
database_open
said=$(database_psql kov_jobs -At -F ' ' -v which="${1-}" 2>&1 <<'END'
set statement_timeout = 0;
select case when v.broken_at is null
  then format('ok      %s  %s events', o.code, v.checked)
  else format('broken  %s  at event %s: %s; the %s before it are as they were',
    o.code, v.broken_at, v.reason, v.checked) end
from job.organisations() n
cross join lateral job.find_organisation(n::text) o
cross join lateral job.verify_chain(o.organisation_id) v
where o.organisation_id = n and (:'which' = '' or exists (
  select from job.find_organisation(:'which') w
  where w.organisation_id = n))
order by n;
END
) || die "the event log was not read: $(echo "$said" | explain_psql)"
[ -n "$said" ] || die "there is no organisation ${1-}: kov organisation create makes one"
printf '%s\n' "$said"
! printf '%s\n' "$said" | grep -q '^broken'
