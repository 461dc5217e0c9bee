#!/bin/sh
# kov organisation create NAME [--country --sector --locale --timezone
# --profile]: makes an organisation and prints its code.
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

usage='kov organisation create NAME [--country NL] [--sector S]
    [--locale nl-NL] [--timezone Europe/Amsterdam] [--profile light]'
[ "${1-}" = create ] && [ $# -ge 2 ] || die "$usage"
shift
name='' country='' sector='' locale='' timezone='' profile=''
while [ $# -gt 0 ]; do
	case $1 in
	--country | --sector | --locale | --timezone | --profile)
		need_value "$1" $#
		case $1 in
		--country) country=$2 ;;
		--sector) sector=$2 ;;
		--locale) locale=$2 ;;
		--timezone) timezone=$2 ;;
		--profile) profile=$2 ;;
		esac
		shift
		;;
	-*) die "$usage" ;;
	*)
		[ -z "$name" ] || die "$usage"
		name=$1
		;;
	esac
	shift
done
[ -n "$name" ] || die "$usage"

trap database_close EXIT
trap 'exit 130' INT TERM
database_open
said=$(database_psql kov_jobs -At -v name="$name" -v country="$country" \
    -v sector="$sector" -v locale="$locale" -v timezone="$timezone" \
    -v profile="$profile" 2>&1 <<'END'
select job.create_organisation(:'name',
  coalesce(nullif(:'country', ''), 'NL'), nullif(:'sector', ''),
  coalesce(nullif(:'locale', ''), 'nl-NL'),
  coalesce(nullif(:'timezone', ''), 'Europe/Amsterdam'),
  coalesce(nullif(:'profile', ''), 'light')) as number \gset
select code from job.find_organisation(:'number') limit 1;
END
) || die "no organisation was made: $(echo "$said" | explain_psql)"
echo "$said"
