# An instance of Kov for tests; sourced. Wants $home; sets KOV_STATE and
# KOV_TEST_*.
# shellcheck shell=sh disable=SC2154

# Two ports that are free now.
free_ports() {
	node -e 'const s = [0, 0].map(() => require("net").createServer()
	    .listen(0, "127.0.0.1"));
	setTimeout(() => { console.log(s.map((x) => x.address().port)
	    .join(" ")); s.forEach((x) => x.close()); }, 20);'
}

instance_start() {
	KOV_STATE=$(mktemp -d "${TMPDIR:-/tmp}/kov-test.XXXXXX")
	chmod 755 "$KOV_STATE"
	read -r KOV_PORT KOV_PRIVATE_PORT <<PORTS
$(free_ports)
PORTS
	KOV_TEST_URL=http://127.0.0.1:$KOV_PORT
	KOV_TEST_PRIVATE_URL=http://127.0.0.1:$KOV_PRIVATE_PORT
	KOV_TEST_KEY_FILE=$KOV_STATE/demo.key
	KOV_WEBHOOK_ALLOW=${KOV_WEBHOOK_ALLOW-127.0.0.0/8}
	KOV_WEBHOOK_HTTP=1
	KOV_TRUSTED_PROXIES=${KOV_TRUSTED_PROXIES-127.0.0.0/8}
	KOV_CORS_ORIGINS=https://shop.example
	KOV_PROOF_BITS=10
	unset KOV_DATABASE_URL KOV_PUBLIC_URL
	[ -z "${KOV_TEST_PUBLIC_URL-}" ] ||
	    export "KOV_PUBLIC_URL=$KOV_TEST_PUBLIC_URL"
	export KOV_STATE KOV_PORT KOV_PRIVATE_PORT KOV_TEST_URL \
	    KOV_TEST_PRIVATE_URL KOV_TEST_KEY_FILE KOV_WEBHOOK_ALLOW \
	    KOV_WEBHOOK_HTTP KOV_CORS_ORIGINS KOV_PROOF_BITS KOV_TRUSTED_PROXIES
	"$home/kov" run >"$KOV_STATE/run.out" 2>&1 &
	instance=$!
	turns=0
	until grep -q '^kov is ready at ' "$KOV_STATE/run.out"; do
		turns=$((turns + 1))
		kill -0 "$instance" 2>/dev/null && [ "$turns" -lt 600 ] || {
			echo "# kov run did not get ready:"
			sed 's/^/# /' "$KOV_STATE/run.out"
			return 1
		}
		sleep 0.1
	done
}

# Stops it as a person would; fails unless it says that all went well.
instance_end() {
	[ -n "${instance-}" ] || return 0
	kill -TERM "$instance"
	wait "$instance"
	ended=$?
	instance=
	[ "$ended" -eq 0 ] || echo "# kov run ended with $ended"
	return "$ended"
}

# What no run may leave in its logs; removes the state when all is well.
instance_judge() {
	found=$(grep -hE 'AddressSanitizer|runtime error:|"event":"keep.restart"|"status":500|SIGSEGV|SIGABRT|signal 11|"level":"error"' \
	    "$KOV_STATE"/log/*.log | head -n 20)
	if [ -n "$found" ]; then
		echo "not ok 9999 - the logs hold no crash and no error"
		echo "$found" | sed 's/^/# /'
		echo "# the logs are in $KOV_STATE/log"
		return 1
	fi
	echo "ok 9999 - the logs hold no crash and no error"
	rm -rf "$KOV_STATE"
}
