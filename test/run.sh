#!/bin/sh
# run.sh TARGET...
#
# Runs make targets one after the other.  Each prints `N passed, N failed` as
# its last line; the last line here is their sum.  A target that ends without
# such a line counts as one failure.
set -u

passed=0
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

run_target()
{
	echo "== $1"
	${MAKE:-make} --no-print-directory "$1" >"$out" 2>&1
	status=$?
	cat "$out"
	# make may add a word of its own behind a failed target's last line
	counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$out" | tail -n 1)
	if [ -z "$counts" ]; then
		failed=$((failed + 1))
		return
	fi
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
	if [ $status -ne 0 ] && [ "${counts#* }" -eq 0 ]; then
		failed=$((failed + 1))
	fi
}

for target; do
	start=$(date +%s)
	run_target "$target"
	echo "-- $target: $(($(date +%s) - start)) s"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
