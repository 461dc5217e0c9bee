#!/bin/sh
# Swagger UI, the part of the reference page that npm brings, in
# .build/swagger-ui: asked for once and then no more. Where it cannot be had
# Kov runs all the same, and /docs says what is missing.
set -eu
. "$KOV_HOME/deploy/say.sh"

from=$KOV_HOME/conf/docs
out=$KOV_HOME/.build/swagger-ui

now=$(cat "$from/package-lock.json" "$0" | sha256sum)
unchanged() {
	[ "$now" = "$(cat "$out/mark" 2>/dev/null)" ]
}

# The page lets in nothing but files of ours: the images that the style
# carries as data: URIs are taken out.
take() {
	at=$1/node_modules/swagger-ui-dist
	mkdir "$1/out"
	sed -E 's/url\("data:([^"\\]|\\.)*"\)/none/g; s/url\(data:[^)]*\)/none/g
	    s/^\/\*# sourceMappingURL.*//' "$at/swagger-ui.css" \
	    >"$1/out/swagger-ui.css"
	grep -v '^//# sourceMappingURL' "$at/swagger-ui-bundle.js" \
	    >"$1/out/swagger-ui.js"
	cp "$at/LICENSE" "$at/NOTICE" "$1/out/"
	echo "$now" >"$1/out/mark"
	rm -rf "$out"
	mv "$1/out" "$out"
}

bring() {
	cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" "$1/" &&
	    cd "$1" && npm ci --ignore-scripts --no-audit --no-fund \
	    --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 20000
}

[ "${KOV_DOCS-}" != 0 ] && ! unchanged || exit 0
mkdir -p "$KOV_HOME/.build"
exec 7>"$KOV_HOME/.build/page.lock"
flock 7
! unchanged || exit 0
work=$(mktemp -d "$KOV_HOME/.build/page.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
: >"$work/log"
if ! { sh "$KOV_HOME/deploy/setup.sh" page &&
    (bring "$work") >"$work/log" 2>&1 7>&-; }; then
	grep "^npm" "$work/log" | head -n 3 >&2
	say 'npm could not bring Swagger UI: /docs will say so (KOV_DOCS=0 goes without)' >&2
	exit 0
fi
take "$work"
