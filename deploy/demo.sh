# The demo organisation: made once, in a private cluster only; sourced by
# run.sh.
# shellcheck shell=sh disable=SC2154

demo_sql() {
	echo "$1" | KOV_DATABASE_URL=$url KOV_PSQL_ROLE=kov_jobs \
	    sh "$KOV_HOME/deploy/psql.sh" -At
}

demo_make() {
	[ ! -s "$KOV_STATE/demo.key" ] || return 0
	code=$(demo_sql "select code from job.find_organisation('demo') limit 1;")
	if [ -z "$code" ]; then
		code=$(KOV_DATABASE_URL=$url sh \
		    "$KOV_HOME/deploy/organisation.sh" create demo)
		# What a newcomer tries things with listens on this machine.
		demo_sql "select job.allow_webhooks(organisation_id,
		    '127.0.0.0/8,::1/128') from (select
		    * from job.find_organisation('$code') limit 1) o;" >/dev/null
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
	  sed 's/^/Authorization: Bearer /' '$state_shown/demo.key' | curl -sS -H @- --json '{"text": "My parcel is three weeks late"}' $KOV_PUBLIC_URL/v1/complaints
	END
}
