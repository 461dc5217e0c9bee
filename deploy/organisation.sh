#!/bin/sh
# kov organisation: makes organisations, and says how people reach them.
#   kov organisation create NAME [--country --sector --locale --timezone
#                   --profile]: prints the new organisation's code
#   kov organisation contact CODE [--emergency-number N]
#                   [--channel phone=+31201234567 ...]: what forms show; what
#                   is given replaces what was there
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

usage='kov organisation create NAME [--country NL] [--sector S]
    [--locale nl-NL] [--timezone Europe/Amsterdam] [--profile light]
kov organisation contact CODE [--emergency-number 112]
    [--channel phone=+31201234567] [--channel web=https://...]'

create() {
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
	said=$(database_psql kov_jobs -At -v name="$name" \
	    -v country="$country" -v sector="$sector" -v locale="$locale" \
	    -v timezone="$timezone" -v profile="$profile" 2>&1 <<-'END'
	select job.create_organisation(:'name',
	  coalesce(nullif(:'country', ''), 'NL'), nullif(:'sector', ''),
	  coalesce(nullif(:'locale', ''), 'nl-NL'),
	  coalesce(nullif(:'timezone', ''), 'Europe/Amsterdam'),
	  coalesce(nullif(:'profile', ''), 'light')) as number \gset
	select code from job.find_organisation(:'number') limit 1;
	END
	) || die "no organisation was made: $(echo "$said" | explain_psql)"
	echo "$said"
}

contact() {
	code='' emergency='' channels=''
	while [ $# -gt 0 ]; do
		case $1 in
		--emergency-number | --channel)
			need_value "$1" $#
			[ "$1" = --channel ] || emergency=$2
			[ "$1" != --channel ] || channels="$channels$2
"
			shift
			;;
		-*) die "$usage" ;;
		*)
			[ -z "$code" ] || die "$usage"
			code=$1
			;;
		esac
		shift
	done
	[ -n "$code" ] || die "$usage"
	said=$(database_psql kov_jobs -At -v code="$code" \
	    -v emergency="$emergency" -v channels="$channels" 2>&1 <<-'END'
	select job.set_contact((select organisation_id
	  from job.find_organisation(:'code') limit 1),
	  nullif(:'emergency', ''), nullif(:'channels', ''));
	END
	) || die "nothing was changed: $(echo "$said" | explain_psql)"
}

what=${1-}
[ $# -eq 0 ] || shift
case $what in
create | contact) ;;
*) die "$usage" ;;
esac
[ $# -gt 0 ] || die "$usage"
trap database_close EXIT
trap 'exit 130' INT TERM
database_open
"$what" "$@"
