#!/bin/sh
# kov issuer: whose access tokens are taken, and for which organisation.
#   kov issuer add --organisation O --issuer URL --audience WORD
#                  --algorithm RS256|PS256|ES256 --jwks-url URL --scopes a,b
#   kov issuer list --organisation O
#   kov issuer remove --organisation O ISSUER-ID
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

ask() {
	database_psql kov_jobs -At "$@" 2>&1
}

find_organisation() {
	[ -n "$organisation" ] || die "kov issuer $what needs --organisation"
	found=$(echo "select organisation_id
	    from job.find_organisation(:'organisation') limit 2;" |
	    ask -v organisation="$organisation") ||
	    die "cannot ask the database: $(echo "$found" | explain_psql)"
	case $found in
	'') die "there is no organisation $organisation: kov organisation create makes one" ;;
	*'
'*) die "several organisations are called $organisation: give a code" ;;
	esac
}

options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--*) need_value "$1" $# ;;
		esac
		case $1 in
		--organisation) organisation=$2 ;;
		--issuer) issuer=$2 ;;
		--audience) audience=$2 ;;
		--algorithm) algorithm=$2 ;;
		--jwks-url) jwks_url=$2 ;;
		--scopes) scopes=$2 ;;
		--*) die "kov issuer $what does not know $1" ;;
		*)
			[ -z "$id" ] || die "kov issuer $what does not know $1"
			id=$1
			shift
			continue
			;;
		esac
		shift 2
	done
}

add() {
	[ -n "$issuer" ] && [ -n "$audience" ] && [ -n "$algorithm" ] &&
	    [ -n "$jwks_url" ] && [ -n "$scopes" ] && [ -z "$id" ] ||
	    die 'kov issuer add needs --issuer, --audience, --algorithm, --jwks-url and --scopes a,b'
	said=$(ask -v organisation="$found" -v issuer="$issuer" \
	    -v audience="$audience" -v algorithm="$algorithm" \
	    -v jwks_url="$jwks_url" -v scopes="$scopes" <<-'END'
	select job.add_issuer(:organisation, :'issuer', :'audience',
	  :'algorithm', :'jwks_url', string_to_array(:'scopes', ','));
	END
	) || die "no issuer was added: $(echo "$said" | explain_psql)"
	printf '%s\n' "$said"
}

# One a line: its id, what its tokens say, and how its keys were fetched.
list() {
	[ -z "$id" ] || die "kov issuer list does not know $id"
	said=$(echo "select id, issuer, audience, algorithm,
	    array_to_string(scopes, ','),
	    coalesce('keys of ' || to_char(fetched_at at time zone 'UTC',
	      'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'no keys yet'),
	    coalesce('failed: ' || failure, 'fine')
	    from job.list_issuers(:organisation);" |
	    ask -v organisation="$found" -F ' ') ||
	    die "cannot ask the database: $(echo "$said" | explain_psql)"
	[ -z "$said" ] || printf '%s\n' "$said"
}

remove() {
	[ -n "$id" ] || die 'kov issuer remove needs the id that kov issuer list shows'
	said=$(echo "select job.remove_issuer(:organisation, :'id');" |
	    ask -v organisation="$found" -v id="$id") ||
	    die "nothing was removed: $(echo "$said" | explain_psql)"
	[ "$said" = t ] || die "the organisation has no issuer $id"
}

what=${1-}
[ $# -eq 0 ] || shift
organisation='' issuer='' audience='' algorithm='' jwks_url='' scopes='' id=''
case $what in
add | list | remove) options "$@" ;;
*) die 'kov issuer add, list or remove --organisation O' ;;
esac
trap database_close EXIT
trap 'exit 130' INT TERM
database_open
find_organisation
"$what"
