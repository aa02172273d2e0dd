#!/bin/sh
# selftest.sh
#
# Every check finds nothing in a good little tree, and finds what is spoilt in
# it.  Prints a line for each of both.
set -u

lint=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

say()
{
	if [ "$1" = 0 ]; then
		echo "ok selftest: $2"
	else
		echo "not ok selftest: $2"
		sed 's/^/# /' "$tmp/out"
		failed=1
	fi
}

# The tree in which all is well.
make_tree()
{
	rm -rf "$tmp/tree"
	cp -R "$lint/sample" "$tmp/tree"
	mkdir -p "$tmp/tree/src/clockwork"
}

# in_tree CHECK ARGUMENT...: runs a check over the tree.
in_tree()
{
	program=$lint/$1
	shift
	case $program in
		*.pl) set -- perl "$program" "$@" ;;
		*) set -- sh "$program" "$@" ;;
	esac
	(cd "$tmp/tree" && "$@") >"$tmp/out" 2>&1
}

# good CHECK ARGUMENT...
good()
{
	make_tree
	in_tree "$@" && ! grep -qv "^#" "$tmp/out"
	say $? "$* is content"
}

# bad 'WHAT IS FOUND' FILE CHECK ARGUMENT...: standard input is added to the
# file, whose finding is wanted.
bad()
{
	found=$1
	file=$2
	shift 2
	make_tree
	mkdir -p "$(dirname "$tmp/tree/$file")"
	cat >>"$tmp/tree/$file"
	! in_tree "$@" && grep -q "^$file:[0-9]*:.*$found" "$tmp/out"
	say $? "$1 finds \"$found\""
}

for cases in "$lint"/cases/*.sh; do
	# shellcheck disable=SC1090
	. "$cases"
done
exit "$failed"
