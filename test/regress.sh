#!/bin/sh
# regress.sh PG_REGRESS OPTION... TEST...
#
# pg_regress against the server of PGHOST, its summary in our form.
set -u

diffs=build/regress/regression.diffs
for option; do
	case $option in
		--outputdir=*) diffs=${option#*=}/regression.diffs ;;
	esac
done
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$@" >"$out" 2>&1
status=$?
cat "$out"
if [ $status -ne 0 ] && [ -f "$diffs" ]; then
	cat "$diffs"
fi
# 15 writes "test name ... ok", 16 and later "ok 1 - name"
passed=$(grep -cE '^(test .*\.\.\. ok|ok [0-9])' "$out")
failed=$(grep -cE '^(test .*\.\.\. FAILED|not ok [0-9])' "$out")
[ $status -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
