# Whom what needs no privileges runs as, and a state directory that user can
# enter; sourced, after say.sh. Root only looks after it: PostgreSQL refuses
# to run as root, and a server that speaks to strangers should.
# shellcheck shell=sh

# The owner of the cluster where there is one, else kov; without being root
# whoever we are.
user_choose() {
	if [ "$(id -u)" != 0 ]; then
		KOV_USER=$(id -un)
		return
	fi
	KOV_USER=kov
	if [ -d "$KOV_STATE/postgres" ]; then
		owner=$(stat -L -c %U "$KOV_STATE/postgres")
		[ "$owner" = root ] || KOV_USER=$owner
	fi
	id -u "$KOV_USER" >/dev/null 2>&1 ||
	    useradd --system --user-group --no-create-home \
		--home-dir /nonexistent --shell /usr/sbin/nologin "$KOV_USER" ||
	    id -u "$KOV_USER" >/dev/null 2>&1 ||
	    die "cannot make the system user $KOV_USER: make it by useradd"
}

# as_kov COMMAND...: a death signal set before stays set.
as_kov() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid "$KOV_USER" --regid "$(id -g "$KOV_USER")" \
		    --clear-groups --pdeathsig keep -- "$@"
	else
		"$@"
	fi
}

# become_kov SIGNAL COMMAND...: replaces this shell; the command gets the
# signal should its parent die without a word.
become_kov() {
	signal=$1
	shift
	if [ "$(id -u)" = 0 ]; then
		exec setpriv --reuid "$KOV_USER" \
		    --regid "$(id -g "$KOV_USER")" --clear-groups \
		    --pdeathsig "$signal" -- "$@"
	fi
	exec setpriv --pdeathsig "$signal" -- "$@"
}

user_reaches() {
	as_kov sh -c 'cd -- "$1"' sh "$1" 2>/dev/null
}

# A directory below one that others cannot enter (/root) becomes a link to
# one they can.
state_move() {
	real=/var/lib/kov/$(printf %s "$KOV_STATE" | sha256sum | cut -c 1-16)
	mkdir -p /var/lib/kov
	if [ -d "$real" ]; then
		rmdir "$KOV_STATE" ||
		    die "both $KOV_STATE and $real hold a state: remove one"
	else
		mv -- "$KOV_STATE" "$real"
	fi
	ln -s "$real" "$KOV_STATE"
	user_reaches "$KOV_STATE/." || user_reaches "$real" ||
	    die "user $KOV_USER cannot enter $real: make /var/lib enterable"
	say "$KOV_STATE lives in $real, where user $KOV_USER can enter" >&2
}

# Sets KOV_USER, makes $KOV_STATE, and KOV_STATE_REAL, its path without
# links, which that user can enter.
state_prepare() {
	user_choose
	[ -e "$KOV_STATE" ] || [ ! -L "$KOV_STATE" ] || rm "$KOV_STATE"
	mkdir -p "$KOV_STATE" ||
	    die "cannot make $KOV_STATE: set KOV_STATE to a directory of yours"
	KOV_STATE_REAL=$(readlink -f "$KOV_STATE")
	if ! user_reaches "$KOV_STATE_REAL"; then
		[ "$(id -u)" = 0 ] ||
		    die "$KOV_STATE belongs to $(stat -L -c %U "$KOV_STATE"): use sudo, or set KOV_STATE"
		state_move
		KOV_STATE_REAL=$(readlink -f "$KOV_STATE")
	fi
}
