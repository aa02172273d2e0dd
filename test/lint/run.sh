#!/bin/sh
# run.sh
#
# Every check over the tree in the current directory, then the checks' own
# tests.  `ok NAME` or `not ok NAME` with the findings behind it; the last line
# is `N passed, N failed`.
set -u

lint=$(dirname "$0")
out=$(mktemp)
trap 'rm -f "$out"' EXIT

check()
{
	name=$1
	shift
	if findings=$("$@" 2>&1); then
		echo "ok $name"
	else
		echo "not ok $name"
	fi
	[ -z "$findings" ] || echo "$findings"
}

{
	check format sh "$lint/format.sh" check
	check floors perl "$lint/floors.pl"
	check floor0-gcc sh "$lint/floor0_compile.sh" gcc
	check floor0-clang sh "$lint/floor0_compile.sh" clang
	check floor0-objects perl "$lint/floor0_objects.pl"
	check version perl "$lint/version.pl"
	check ereport perl "$lint/ereport.pl"
	check sql perl "$lint/sql.pl"
	check sizes perl "$lint/sizes.pl"
	check headers perl "$lint/headers.pl"
	check text perl "$lint/text.pl"
	check scripts sh "$lint/scripts.sh"
	sh "$lint/selftest.sh" || echo "not ok selftest"
} | tee "$out"

passed=$(grep -c '^ok ' "$out")
failed=$(grep -c '^not ok ' "$out")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
