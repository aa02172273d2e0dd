#!/bin/sh
# run.sh SECONDS TARGET...: run fuzz targets one after the other, SECONDS in
# total.  The corpus kept in the tree is only read; new inputs go to
# build/fuzz/new, findings to build/fuzz/findings.  The last line counts the
# targets.
set -u

seconds=$1
shift
each=$((seconds / $#))
[ "$each" -gt 0 ] || each=1
passed=0
failed=0

# What libFuzzer says at the end of a good run.
summary() {
	sed -n 's/^Done \(.*\)$/\1/p' "$1"
}

for target in "$@"; do
	log=build/fuzz/$target.log
	mkdir -p "build/fuzz/new/$target" build/fuzz/findings
	if "build/fuzz/${target}_fuzzer" -max_total_time="$each" -timeout=20 \
		-max_len=4096 -rss_limit_mb=2048 -dict=test/fuzz/frame.dict \
		-artifact_prefix="build/fuzz/findings/$target-" \
		"build/fuzz/new/$target" "test/fuzz/corpus/$target" \
		>"$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok - $target: $(summary "$log")"
	else
		failed=$((failed + 1))
		echo "not ok - $target:"
		tail -n 40 "$log"
		echo "reproducer: $(sed -n 's/.*Test unit written to //p' "$log")"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
