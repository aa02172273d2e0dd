#!/bin/sh
# corpus.sh TARGET...: minimise what is in the tree's corpus, the seeds made
# from the vectors and the inputs found by earlier runs into the tree's corpus.
# Kept are all inputs that reach an edge of the code no other reaches and, up
# to LIMIT files a target, the shortest of those that differ in how often they
# run through one.
set -eu

LIMIT=200
work=build/fuzz/merge

merge() {
	mkdir "$1"
	"build/fuzz/${target}_fuzzer" -set_cover_merge=1 -max_len=4096 \
		"-use_counters=$2" "$1" "build/fuzz/seeds/$target" \
		"test/fuzz/corpus/$target" "build/fuzz/new/$target" 2>>"$work/log"
}

for target in "$@"; do
	rm -rf "$work"
	mkdir -p "$work" "build/fuzz/new/$target" "test/fuzz/corpus/$target"
	merge "$work/edges" 0
	merge "$work/all" 1
	for file in $(ls -Sr "$work/all"); do
		[ "$(ls "$work/edges" | wc -l)" -lt "$LIMIT" ] || break
		cp "$work/all/$file" "$work/edges/"
	done
	rm -rf "test/fuzz/corpus/$target"
	mv "$work/edges" "test/fuzz/corpus/$target"
	echo "$target: $(ls "test/fuzz/corpus/$target" | wc -l) files"
done
