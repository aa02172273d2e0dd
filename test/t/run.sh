#!/bin/sh
# run.sh TEST.pl...
#
# TAP tests by prove, FIREIOT_JOBS at a time, as the user of test/env/server.sh,
# in a directory of their own: that user may not be able to enter the working
# tree.  Failures are shown with what the test's log says of them.  Last line:
# assertions, `N passed, N failed`.
#
# From make: BINDIR, PG_REGRESS, PERL5LIB, PROVE, PG_CONFIG; FIREIOT_SIM, the
# simulator of devices; FIREIOT_CLOCK, a clock for servers; FIREIOT_ATTACK,
# functions in C that do damage; FIREIOT_NEXT, a version to upgrade to;
# FIREIOT_SOAK, how many times as long some tests go on.
#
# The tests mostly wait, for servers that start and clocks that must pass: three
# at a time take not much more than a third of the time.
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

# The server's user, where that is not the caller.
if [ "$(id -u)" = 0 ]; then
	user='runuser -u postgres --'
else
	user=
fi

# A command with a small disk for each test that may be filled, NAME in directory
# FIREIOT_SMALL_DISK, in a namespace of mounts that ends with it.  Not set where
# that is not allowed; what needs one is then skipped.
with_small_disks()
{
	space='unshare --mount'
	[ -n "$user" ] || space="$space --map-current-user --keep-caps"
	if ! $space true 2>/dev/null; then
		"$@"
		return
	fi
	# shellcheck disable=SC2016
	FIREIOT_SMALL_DISK=$dir/small $space sh -c '
		for disk in "$FIREIOT_SMALL_DISK"/*; do
			mount -t tmpfs -o size=48m,mode=1777 tmpfs "$disk" 2>/dev/null || unset FIREIOT_SMALL_DISK
		done
		exec "$@"' sh "$@"
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
	mkdir -p "$dir/t" "$dir/docs" "$dir/said/t" "$TESTLOGDIR"
	for test in $(grep -l '\bsmall_disk()' test/t/*.pl); do
		mkdir -p "$dir/small/$(basename "$test" .pl)"
	done
	cp test/t/*.pl test/t/*.pm "$dir/t"
	cp test/verify_proof.sh "$dir/t"
	export FIREIOT_VERIFY_PROOF="$dir/t/verify_proof.sh"
	cp docs/ledger.md docs/ledger-attacks.md docs/conformity.md docs/gis*.md "$dir/docs"
	mkdir -p "$dir/test/data"
	cp -r test/sql test/expected test/t "$dir/test"
	cp -r test/qgis "$dir/test"
	cp -r docs/qgis "$dir/docs"
	cp -r tools "$dir"
	cp test/data/requirements.txt "$dir/test/data"
	if [ -n "${FIREIOT_SIM:-}" ]; then
		cp "$FIREIOT_SIM" "$dir/fireiot-sim"
		export FIREIOT_SIM="$dir/fireiot-sim"
	fi
	if [ -n "${FIREIOT_CLOCK:-}" ]; then
		cp "$FIREIOT_CLOCK" "$dir/clock.so"
		export FIREIOT_CLOCK="$dir/clock.so"
	fi
	if [ -n "${FIREIOT_ATTACK:-}" ]; then
		cp "$FIREIOT_ATTACK" "$dir/attack.so"
		export FIREIOT_ATTACK="$dir/attack.so"
	fi
	if [ -n "${FIREIOT_NEXT:-}" ]; then
		mkdir "$dir/next"
		cp "$FIREIOT_NEXT"/fireiot* test/env/tree.sh "$dir/next"
		export FIREIOT_NEXT="$dir/next"
	fi
	[ -z "$user" ] || chown -R postgres "$dir"
}

count()
{
	cat "$dir"/said/t/*.pl | grep -cE "$1" || :
}

# What a test said that failed, and the end of the log of one that died.
show_failure()
{
	log=$TESTLOGDIR/regress_log_$(basename "$1" .pl)
	echo "-- $1"
	grep -v '^ok [0-9]' "$dir/said/$1" || :
	! grep -q 'done_testing() was not seen\|No tests run' "$log" || tail -n 25 "$log" | cut -c1-300
}

show_failures()
{
	for test; do
		! grep -q "^$test .*(Wstat: " "$dir/out" || show_failure "$test"
	done
	sed -n '/^Test Summary Report/,$p' "$dir/out"
}

# Pictures that tests made of the map.
keep_pictures()
{
	for picture in "$dir"/*.png; do
		[ -f "$picture" ] || continue
		mkdir -p build/map
		cp "$picture" build/map
	done
}

make_directory
for test; do
	shift
	set -- "$@" "t/${test##*/}"
done
# shellcheck disable=SC2086
(cd "$dir" && PERL_TEST_HARNESS_DUMP_TAP="$dir/said" with_small_disks $user "$PROVE" --jobs "${FIREIOT_JOBS:-3}" \
	--merge --timer --nocolor -I"$dir/t" "$@") >"$dir/out" 2>&1 || :
keep_pictures
passed=$(count '^ok [0-9]')
failed=$(count '^not ok [0-9]')
# a test that ended badly, or ran another number of assertions than it said
grep -q '^Result: PASS$' "$dir/out" || [ "$failed" -gt 0 ] || failed=1
sed -n 's/^\[[0-9:]*\] \(t\/[^ ]*\).*  *\([0-9]*\) ms .*/\1: \2 ms/p' "$dir/out"
sed -n 's/^# \(.*: confirmed [0-9]*, missing .*\)/\1/p; s/^ok [0-9]* # skip /skipped: /p' "$dir"/said/t/*.pl
[ "$failed" -eq 0 ] || show_failures "$@"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
