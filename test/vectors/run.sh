#!/bin/sh
# run.sh FILE.jsonl
#
# Test vectors of the form of docs/protocol.md ("Vectors") through
# explain_frame and explain_stream on the server of PGHOST.  Prints each
# difference and `N passed, N failed`; the exit status follows.
set -eu

file=$1
[ -r "$file" ] || { echo "vectors: cannot read $file" >&2; exit 2; }
out=$(mktemp)
trap 'rm -f "$out"' EXIT
psql -X -q -t -A -v ON_ERROR_STOP=1 -v file="$file" \
	-f test/vectors/compare.sql >"$out" <"$file"
cat "$out"
tail -n 1 "$out" | grep -q ' passed, 0 failed$'
