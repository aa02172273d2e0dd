#!/bin/sh
# selftest.sh
#
# The runner must see what is wrong: bad.jsonl holds two good vectors, ten
# bad ones and an empty line; a file without vectors has shown nothing.
set -u

passed=0
failed=0

expect()
{
	got=$(sh test/vectors/run.sh "$1" | tail -n 1)
	if [ "$got" = "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "selftest: $1 gave \"$got\", expected \"$2\""
	fi
}

expect test/vectors/bad.jsonl "2 passed, 10 failed"
expect /dev/null "0 passed, 1 failed"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
