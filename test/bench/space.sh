#!/bin/sh
# space.sh
#
# Figures of places: docs/benchmarks.md says what each means.  Prints a line a
# figure, name, value and unit with tabs between, and writes the same to
# build/bench/space.tsv.  What it is at goes to standard error.  Its server is
# private and removed with all that was made.
#
# BENCH_SCALE (1): fraction of all sizes, for a quick look whether it works.
set -eu

parts=$(dirname "$0")/space
scale=${BENCH_SCALE:-1}
server="sh test/env/server.sh"
name=bench-space
bench=space
tsv=build/bench/space.tsv
work=build/bench/space.work

. test/bench/figures.sh
. "$parts/server.sh"
. "$parts/transform.sh"
. "$parts/nearest.sh"
. "$parts/tiles.sh"

clean_up()
{
	trap '' INT TERM
	$server stop "$name"
	rm -rf "$work" "$($server where "$name")"
}

trap clean_up EXIT
trap 'exit 130' INT TERM

rm -rf "$work" "$tsv"
mkdir -p "$work"
: >"$work/figures"

start_server
bench_transform
bench_nearest
bench_tiles
bench_growth

mv "$work/figures" "$tsv"
