# How the parts of kov speak and find their things; sourced by each.
# shellcheck shell=sh

: "${KOV_HOME:?is set by kov: run ./kov instead}" "${KOV_STATE:?}"

say() {
	printf 'kov: %s\n' "$*"
}

# One sentence that says what to do, and the end.
die() {
	printf 'kov: %s\n' "$*" >&2
	exit 1
}

# $1 is the option's name, $2 how many arguments are left.
need_value() {
	[ "$2" -gt 1 ] || die "$1 needs a value"
}

# psql's first complaint, without its dress.
explain_psql() {
	sed -n 's/^psql:[^ ]* *ERROR:  //p; s/^ERROR:  //p; s/^psql: error: //p' |
	    head -n 1
}

# Where to reach what listens on an address.
dial() {
	case $1 in
	0.0.0.0) echo 127.0.0.1 ;;
	::) echo '[::1]' ;;
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
}
