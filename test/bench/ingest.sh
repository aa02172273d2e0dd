#!/bin/sh
# ingest.sh
#
# Figures of the way of a frame from the socket into the tables, and of its
# peers on the same machine: docs/benchmarks.md says what each means.  Prints a
# line a figure, name, value and unit with tabs between, and writes the same to
# build/bench/ingest.tsv.  What it is at goes to standard error.
#
# Starts private servers, one after the other, and removes them with all that
# was made, also when it is interrupted.  Nothing in it waits without a limit.
#
# BENCH_SCALE (1): fraction of all sizes, for a quick look whether it works.
set -eu

parts=$(dirname "$0")/ingest
scale=${BENCH_SCALE:-1}
simulator=build/sim/fireiot-sim
server="sh test/env/server.sh"
name=bench-ingest
bench=ingest
rounds=5
tsv=build/bench/ingest.tsv
work=build/bench/ingest.work
background=

. test/bench/figures.sh
. "$parts/server.sh"
. "$parts/devices.sh"
. "$parts/stream.sh"
. "$parts/stop_and_wait.sh"
. "$parts/confirm.sh"
. "$parts/idle.sh"
. "$parts/growth.sh"

clean_up()
{
	trap '' INT TERM
	for pid in $background; do
		kill "$pid" 2>/dev/null || :
	done
	remove_server
	rm -rf "$work"
}

trap clean_up EXIT
trap 'exit 130' INT TERM

rm -rf "$work" "$tsv"
mkdir -p "$work"
: >"$work/figures"

start_server
bench_stream
bench_stop_and_wait
bench_confirm
bench_idle
bench_growth

mv "$work/figures" "$tsv"
