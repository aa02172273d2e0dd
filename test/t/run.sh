#!/bin/sh
# run.sh TEST.pl...
#
# TAP tests by prove, as the user of test/env/server.sh, in a directory of
# their own: that user may not be able to enter the working tree.  Failures are
# shown with what the test's log says of them.  Last line: assertions,
# `N passed, N failed`.
#
# From make: BINDIR, PG_REGRESS, PERL5LIB, PROVE, PG_CONFIG.
set -eu
umask 022

dir=$(sh test/env/server.sh where tap)
PATH=$BINDIR:$PATH
TESTDIR=$dir
TESTDATADIR=$dir/tmp_check
TESTLOGDIR=$dir/tmp_check/log
PG_REGRESS=$(readlink -f "$PG_REGRESS")
PERL5LIB=$(readlink -f "$PERL5LIB")
export PATH TESTDIR TESTDATADIR TESTLOGDIR PG_REGRESS PERL5LIB
# the server's user has no terminal and no home
unset PGOPTIONS PGCLIENTENCODING LC_ALL || :
export HOME="$dir"

as_server_user()
{
	if [ "$(id -u)" = 0 ]; then
		(cd "$dir" && runuser -u postgres -- "$@")
	else
		(cd "$dir" && "$@")
	fi
}

make_directory()
{
	mkdir -p "${dir%/*}"
	chmod 711 "${dir%/*}"
	if [ ! -O "${dir%/*}" ] || [ -L "${dir%/*}" ]; then
		echo "run.sh: ${dir%/*} belongs to somebody else" >&2
		exit 1
	fi
	rm -rf "$dir"
	mkdir -p "$dir/t"
	cp test/t/*.pl test/t/*.pm "$dir/t"
	[ "$(id -u)" != 0 ] || chown -R postgres "$dir"
	as_server_user mkdir -p "$TESTLOGDIR"
}

count()
{
	grep -cE "$1" "$dir/out" || :
}

# What was said, and the end of the log of each test that died.
show_failures()
{
	grep -v '^ok [0-9]' "$dir/out"
	for test; do
		grep -q 'done_testing() was not seen' \
			"$TESTLOGDIR/regress_log_$(basename "$test" .pl)" || continue
		echo "-- $test"
		tail -n 25 "$TESTLOGDIR/regress_log_$(basename "$test" .pl)" | cut -c1-300
	done
}

make_directory
for test; do
	shift
	set -- "$@" "t/${test##*/}"
done
as_server_user "$PROVE" --verbose --timer --nocolor -I"$dir/t" "$@" \
	>"$dir/out" 2>&1 || :
passed=$(count '^ok [0-9]')
failed=$(count '^not ok [0-9]')
# a test that ended badly, or ran another number of assertions than it said
grep -q '^Result: PASS$' "$dir/out" || [ "$failed" -gt 0 ] || failed=1
awk '/^\[.*\.pl / { test = $2 } /^ok +[0-9]+ ms/ { print test ": " $2 " ms" }' "$dir/out"
[ "$failed" -eq 0 ] || show_failures "$@"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
