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
	demo_key demo.test.key --test --scopes all
	demo_key demo.pub.key --public --origin "$(demo_origin)" \
	    --origin http://localhost:3000 --origin http://localhost:5173
	demo_key demo.key --scopes all
}

# Of our own pages, as browsers say it.
demo_origin() {
	printf '%s\n' "$KOV_PUBLIC_URL" | tr '[:upper:]' '[:lower:]' | sed -E \
	    's#^([a-z]+://[^/]*).*#\1#; s#^(http://.*):80$#\1#; s#^(https://.*):443$#\1#'
}

# demo_key FILE ARGUMENT...: the last of them says that all are there.
demo_key() {
	file=$KOV_STATE/$1
	shift
	(
		umask 077
		KOV_DATABASE_URL=$url sh "$KOV_HOME/deploy/key.sh" create \
		    --organisation "$code" --label demo "$@" >"$file.new"
	)
	mv "$file.new" "$file"
}

# The header goes through a pipe: a key does not belong in argv.
demo_show() {
	cat <<-END
	The demo organisation's key is in $state_shown/demo.key. Try it:
	  sed 's/^/Authorization: Bearer /' '$state_shown/demo.key' | curl -sS -H @- --json '{"text": "My parcel is three weeks late"}' $KOV_PUBLIC_URL/v1/complaints
	END
}
