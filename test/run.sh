#!/bin/sh
# run.sh [-p] TARGET...
#
# Runs make targets one after the other; with -p all at a time.  Each prints
# `N passed, N failed` as its last line; the last line here is their sum.  A
# target that ends without such a line counts as one failure.
set -u

parallel=
[ "${1:-}" != -p ] || { parallel=yes && shift; }
passed=0
failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Output and exit status into $dir/TARGET and .status
run_target()
{
	start=$(date +%s)
	${MAKE:-make} --no-print-directory "$1" >"$dir/$1" 2>&1
	echo $? >"$dir/$1.status"
	echo "-- $1: $(($(date +%s) - start)) s" >"$dir/$1.time"
}

tell()
{
	echo "== $1"
	cat "$dir/$1" "$dir/$1.time"
	# make may add a word of its own behind a failed target's last line
	counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$dir/$1" | tail -n 1)
	if [ -z "$counts" ]; then
		failed=$((failed + 1))
		return
	fi
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
	if [ "$(cat "$dir/$1.status")" -ne 0 ] && [ "${counts#* }" -eq 0 ]; then
		failed=$((failed + 1))
	fi
}

if [ -n "$parallel" ]; then
	for target; do
		run_target "$target" &
	done
	wait
fi
for target; do
	[ -n "$parallel" ] || run_target "$target"
	tell "$target"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
