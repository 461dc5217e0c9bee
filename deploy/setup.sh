#!/bin/sh
# Installs by apt what is missing, and says so in one line; where nothing is
# missing it says nothing and does not even call apt.
#   setup.sh [--missing] run|page|test: --missing only names them
set -eu
. "$KOV_HOME/deploy/say.sh"

# package, and :command where any other way of having it will do as well
run_set='ca-certificates:update-ca-certificates curl gcc:gcc kore
libcjose-dev libcsv-dev libcurl4-openssl-dev libc6-dev libjansson-dev libpcre2-dev libpng-dev
libpq-dev libssl-dev libturbojpeg0-dev libyaml-dev make:make
pkg-config:pkg-config postgresql-15 util-linux:setpriv'
page_set='ca-certificates:update-ca-certificates nodejs:node npm:npm'
test_set='chromium:chromium clang:clang clang-format:clang-format
clang-tidy:clang-tidy libc6-dbg libclang-rt-14-dev libcmocka-dev
libtap-parser-sourcehandler-pgtap-perl nginx-light:nginx openssl:openssl perl:perl
postgresql-15-pgtap prometheus:prometheus python3:python3 shellcheck:shellcheck'
# A mail server for the gateway's tests, unless there is one: Debian allows
# one only, and would remove it for ours.
[ -e /usr/sbin/sendmail ] || test_set="$test_set exim4-daemon-light:exim4"

# -dev packages have no command; dpkg knows.
missing() {
	have=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' \
	    2>/dev/null || true)"
	for entry in "$@"; do
		package=${entry%%:*}
		case $have in
		*" installed:$package "*) continue ;;
		esac
		[ "$package" = "$entry" ] ||
		    ! command -v "${entry#*:}" >/dev/null || continue
		printf '%s ' "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "please run as root: apt-get install $absent"
	fi
}

# Debian would start a cluster of its own on port 5432, which nobody asked
# for: not while we install it. What was there before stays as it is.
without_cluster() {
	directory=/etc/postgresql-common/createcluster.d
	as_root mkdir -p "$directory"
	echo 'create_main_cluster = false' |
	    as_root tee "$directory/kov.conf" >/dev/null
	status=0
	"$@" || status=$?
	as_root rm -f "$directory/kov.conf"
	return "$status"
}

# Nor for an nginx on port 80, a Prometheus on 9090 or an Exim: Debian's rule
# of installing is to start what was installed, unless this file says no.
without_services() {
	policy=/usr/sbin/policy-rc.d
	if [ -e "$policy" ]; then
		"$@"
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
	status=0
	"$@" || status=$?
	as_root rm -f "$policy"
	return "$status"
}

install() {
	as_root apt-get -qq -o DPkg::Lock::Timeout=300 update &&
	    without_services without_cluster as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y -o DPkg::Lock::Timeout=300 \
		--no-install-recommends install "$@"
}

only_name=
if [ "${1-}" = --missing ]; then
	only_name=1
	shift
fi
case ${1-} in
run) wanted=$run_set ;;
page) wanted=$page_set ;;
test) wanted="$run_set $page_set $test_set" ;;
*) die 'setup.sh run|page|test' ;;
esac
# shellcheck disable=SC2086 # lists of words
absent=$(missing $wanted)
if [ -z "$absent" ] || [ -n "$only_name" ]; then
	printf %s "${absent% }"
	exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "installing ${absent% }" >&2
# shellcheck disable=SC2086
install $absent >"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	die "apt could not install ${absent% }; what it said is above"
}
