# Lists the tree's own files; sourced by the rules.
# shellcheck shell=sh

# tree DIRECTORY... -- FIND-TESTS...: files that exist, built things left out
tree() {
	places=
	while [ "$1" != -- ]; do
		[ ! -e "$1" ] || places="$places $1"
		shift
	done
	shift
	[ -n "$places" ] || return 0
	# shellcheck disable=SC2086 # a list of plain names
	find $places \( -name .git -o -name .build -o -name node_modules \
	    -o -path ./var \) -prune -o -type f "$@" -print
}

c_files() {
	tree src tests -- -name '*.[ch]'
}
