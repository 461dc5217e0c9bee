#!/bin/sh
# kov key: makes and revokes API keys. A key is shown once, here; the
# database gets its digest only.
#   kov key create --organisation O [--test] --scopes a,b|all
#                  [--partner NAME|ID] [--expires TIME] [--label TEXT]
#                  [--limit N] [--act-as] [--relays-tokens]
#   kov key create --organisation O [--test] --public --origin URL
#                  [--origin URL] [--partner …] [--expires …] [--label …]
#   kov key limit KEY-ID|- N|none (requests a minute)
#   kov key revoke KEY-ID|- (- reads the key itself from standard input)
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

all=complaints:write,complaints:read,complaints:work,text:read,lead,privacy
all=$all,scores:write,scores:read,surveys:manage,customers:write
all=$all,customers:read,improvements:write,metrics:read,events:read
all=$all,webhooks:manage,outbox:send,settings:manage,audit:read

ask() {
	database_psql kov_jobs -At "$@" 2>&1
}

# The organisation's number and code, of its code, number or name.
find_organisation() {
	found=$(echo "select organisation_id, code
	    from job.find_organisation(:'organisation');" |
	    ask -v organisation="$organisation") ||
	    die "cannot ask the database: $(echo "$found" | explain_psql)"
	case $found in
	'') die "there is no organisation $organisation: kov organisation create makes one" ;;
	*'
'*)
		[ "${found%%
*}" != "${found%%|*}|$organisation" ] &&
		    die "several organisations are called $organisation: give a code"
		found=${found%%
*}
		;;
	esac
}

# The partner's id, of its id or name; a name nobody has is a new partner.
find_partner() {
	said=$(echo "select partner_id, made
	    from job.partner_of(:organisation, :'partner');" |
	    ask -v organisation="${found%%|*}" -v partner="$partner") ||
	    die "no key was made: $(echo "$said" | explain_psql)"
	[ "${said#*|}" = f ] ||
	    say "$partner is a new partner, ${said%%|*}" >&2
	partner=${said%%|*}
}

create_options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--public) kind=publishable_key && shift && continue ;;
		--test) test=1 && shift && continue ;;
		--act-as) act_as=true && shift && continue ;;
		--relays-tokens) relays=true && shift && continue ;;
		esac
		need_value "$1" $#
		case $1 in
		--organisation) organisation=$2 ;;
		--scopes) scopes=$2 ;;
		--origin) origins=$origins${origins:+,}$2 ;;
		--partner) partner=$2 ;;
		--expires) expires=$2 ;;
		--label) label=$2 ;;
		--limit) limit=$2 ;;
		*) die "kov key create does not know $1" ;;
		esac
		shift 2
	done
}

create_judge() {
	[ -n "$organisation" ] || die 'kov key create needs --organisation'
	if [ "$kind" = publishable_key ]; then
		[ -n "$origins" ] ||
		    die 'kov key create --public needs --origin https://…, the page that will show it'
		[ "$act_as" = false ] ||
		    die 'a publishable key acts for nobody: --act-as is for others'
		[ "$relays" = false ] ||
		    die 'a publishable key relays no tokens: whoever sends with it is the customer'
		[ -z "$scopes" ] ||
		    die 'a publishable key has no --scopes: it creates complaints and scores, and reads the form'
	else
		[ -n "$scopes" ] || die 'kov key create needs --scopes a,b'
		[ -z "$origins" ] || die '--origin is for --public keys'
	fi
	[ "$relays" = false ] || [ -n "$partner" ] ||
		die '--relays-tokens is for a --partner, whose customers get them'
	[ "$scopes" != all ] || scopes=$all
}

# A test key is one of the organisation's sandbox, made with the first.
enter_sandbox() {
	[ "$kind" != live_key ] || kind=test_key
	said=$(echo "select code from job.sandbox(:organisation) code;" |
	    ask -v organisation="${found%%|*}") ||
	    die "no key was made: $(echo "$said" | explain_psql)"
	organisation=$said
	find_organisation
}

create() {
	organisation='' scopes='' partner='' expires='' label='' origins=''
	kind=live_key test='' limit='' act_as=false relays=false
	create_options "$@"
	create_judge
	find_organisation
	[ -z "$test" ] || enter_sandbox
	[ -z "$partner" ] || find_partner
	made=$("$tool" key "${found#*|}" "$kind")
	said=$(ask -v organisation="${found%%|*}" -v digest="${made#* }" \
	    -v label="${label:-kov key}" -v scopes="$scopes" \
	    -v partner="$partner" -v expires="$expires" -v kind="$kind" \
	    -v origins="$origins" -v limit="$limit" \
	    -v act_as="$act_as" -v relays="$relays" <<-'END'
	begin;
	select job.create_key(:organisation, :'digest', :'label',
	  string_to_array(:'scopes', ','), nullif(:'partner', '')::uuid,
	  nullif(:'expires', '')::timestamptz, :'kind',
	  string_to_array(:'origins', ','));
	select job.limit_key(:'digest', nullif(:'limit', '')::int)
	where :'limit' <> '';
	select job.let_key_act(:'digest') where :act_as;
	select job.let_key_relay(:'digest') where :relays;
	commit;
	END
	) || die "no key was made: $(echo "$said" | explain_psql)"
	printf '%s\n' "${made%% *}"
}

limit() {
	[ $# -eq 2 ] || die 'kov key limit KEY-ID N, or none for the usual limit'
	which "$1"
	limit=$2
	[ "$limit" != none ] || limit=
	said=$(echo "select job.limit_key(:'id', nullif(:'limit', '')::int);" |
	    ask -v id="$id" -v limit="$limit") ||
	    die "nothing was changed: $(echo "$said" | explain_psql)"
	[ -n "$said" ] || die 'there is no such key: give its id, or the key itself on standard input'
}

# The key's id, or the digest of the key on standard input.
which() {
	id=$1
	[ "$id" != - ] || id=$(sha256)
}

revoke() {
	[ $# -eq 1 ] || die 'kov key revoke KEY-ID, or - with the key on standard input'
	which "$1"
	said=$(echo "select job.revoke_key(:'id');" | ask -v id="$id") ||
	    die "nothing was revoked: $(echo "$said" | explain_psql)"
	[ -n "$said" ] || die 'there is no such key: give its id, or the key itself on standard input'
}

# Of the key on standard input, without its line's end.
sha256() {
	read -r key
	printf %s "$key" | sha256sum | cut -c 1-64
}

tool=$KOV_HOME/.build/kov-tool
[ -x "$tool" ] || sh "$KOV_HOME/deploy/build.sh" >&2
trap database_close EXIT
trap 'exit 130' INT TERM
database_open
what=${1-}
[ $# -eq 0 ] || shift
case $what in
create) create "$@" ;;
limit) limit "$@" ;;
revoke) revoke "$@" ;;
*) die 'kov key create --organisation O --scopes a,b (or --public --origin URL), kov key limit KEY-ID N, or kov key revoke KEY-ID' ;;
esac
