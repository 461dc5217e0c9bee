# The demo organisation: made once, in a private cluster only; sourced by
# run.sh.
# shellcheck shell=sh disable=SC2154

demo_make() {
	[ ! -s "$KOV_STATE/demo.key" ] || return 0
	code=$(echo "select code from kov.organisation where name = 'demo'
	    order by organisation_id limit 1;" | KOV_DATABASE_URL=$url \
	    sh "$KOV_HOME/deploy/psql.sh" -At)
	if [ -z "$code" ]; then
		code=$(KOV_DATABASE_URL=$url sh \
		    "$KOV_HOME/deploy/organisation.sh" create demo)
		# What a newcomer tries things with listens on this machine.
		echo "update kov.organisation
		    set webhook_allow = '127.0.0.0/8,::1/128'
		    where code = :'code';" | KOV_DATABASE_URL=$url \
		    sh "$KOV_HOME/deploy/psql.sh" -v code="$code"
	fi
	(
		umask 077
		KOV_DATABASE_URL=$url sh "$KOV_HOME/deploy/key.sh" create \
		    --organisation "$code" --label demo --scopes all \
		    >"$KOV_STATE/demo.key.new"
	)
	mv "$KOV_STATE/demo.key.new" "$KOV_STATE/demo.key"
}

# The header goes through a pipe: a key does not belong in argv.
demo_show() {
	cat <<-END
	The demo organisation's key is in $state_shown/demo.key. Try it:
	  sed 's/^/Authorization: Bearer /' '$state_shown/demo.key' | curl -H @- --json '{"text": "My parcel is three weeks late"}' $KOV_PUBLIC_URL/v1/complaints
	END
}
