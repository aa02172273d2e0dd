#!/bin/sh
# check_test.sh PROGRAM
#
# check.sh against a database with the two tables that it looks at, on the
# server of the environment: does it see what is missing and what is double?
# The last line is `N passed, N failed`.
set -u

program=$1
here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

sql()
{
	psql -X -q -At -d sim_check "$@"
}

# check WHAT STATUS LINE RECORD...
check()
{
	what=$1
	want="$3 [$2]"
	shift 3
	said=$(sh "$here/check.sh" "dbname=sim_check" "$@" 2>&1)
	said="$said [$?]"
	if [ "$said" = "$want" ]; then
		passed=$((passed + 1))
		echo "ok - $what"
	else
		failed=$((failed + 1))
		echo "not ok - $what"
		echo "# got $said, want $want"
	fi
}

# The centre is the simulator's own; what it confirmed is put in by hand.
record()
{
	"$program" run --port "$port" --record "$dir/$1" --report "$dir/report" \
		--devices 5 --frames 100 --first-device "$2" || echo "not ok - run"
}

store()
{
	sed -n 's/^sent.*\t//p' "$dir/$1" | sql -c "COPY fireiot.frame (bytes) FROM STDIN"
}

"$program" echo --port 0 --seconds 60 >"$dir/echo" &
echo_pid=$!
until port=$(sed -n 's/^listening on .*://p' "$dir/echo") && [ -n "$port" ]; do
	kill -0 $echo_pid || exit 1
done
record one a1
record two b1
kill $echo_pid
wait $echo_pid

psql -X -q -c "CREATE DATABASE sim_check TEMPLATE template0"
sql -c "CREATE SCHEMA fireiot" \
	-c "CREATE TABLE fireiot.frame (id bigint, bytes bytea)" \
	-c "CREATE TABLE fireiot.quarantine (bytes bytea)"

check "nothing is there" 1 "confirmed 100, missing 100, double 0" "$dir/one"
store one
check "all is there" 0 "confirmed 100, missing 0, double 0" "$dir/one"
check "of one record, not of the other" 1 "confirmed 200, missing 100, double 0" \
	"$dir/one" "$dir/two"
store two
check "of both records" 0 "confirmed 200, missing 0, double 0" "$dir/one" "$dir/two"
check "a record given twice" 0 "confirmed 100, missing 0, double 0" "$dir/one" "$dir/one"
sql -c "WITH gone AS (DELETE FROM fireiot.frame
			WHERE ctid = '(0,1)' RETURNING bytes)
		INSERT INTO fireiot.quarantine SELECT bytes FROM gone"
check "one is in quarantine" 0 "confirmed 100, missing 0, double 0" "$dir/one"
sql -c "UPDATE fireiot.frame SET bytes = set_byte(bytes, 27, 255)
	WHERE ctid = '(0,2)'"
check "one byte differs" 1 "confirmed 100, missing 1, double 0" "$dir/one"
sql -c "INSERT INTO fireiot.frame SELECT * FROM fireiot.frame
	WHERE ctid IN ('(0,3)', '(0,4)')"
check "two are double" 1 "confirmed 100, missing 1, double 2" "$dir/one"
check "no record" 2 "check.sh: $dir/none cannot be read" "$dir/none"
printf 'sent\tx\n' >"$dir/bad"
sh "$here/check.sh" "dbname=sim_check" "$dir/bad" >/dev/null 2>&1
[ $? -eq 2 ] && passed=$((passed + 1)) || failed=$((failed + 1))

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
