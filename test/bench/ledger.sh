#!/bin/sh
# ledger.sh
#
# Figures of tables whose rows are never changed: docs/benchmarks.md says what
# each means.  Prints a line a figure, name, value and unit with tabs between,
# and writes the same to build/bench/ledger.tsv.  What it is at goes to standard
# error.  Its server is private and removed with all that was made.
#
# BENCH_SCALE (1): fraction of all sizes, for a quick look whether it works.
set -eu

parts=$(dirname "$0")/ledger
scale=${BENCH_SCALE:-1}
server="sh test/env/server.sh"
name=bench-ledger
bench=ledger
tsv=build/bench/ledger.tsv
simulator=build/sim/fireiot-sim
work=build/bench/ledger.work

. test/bench/figures.sh
. test/bench/ingest/beside.sh
. "$parts/server.sh"
. "$parts/copy.sh"
. "$parts/chain.sh"
. "$parts/pieces.sh"
. "$parts/idle.sh"
. "$parts/ingest.sh"

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
bench_copy
bench_seal
bench_verify
bench_pieces
bench_prove
bench_idle
$server stop "$name"
with_listener bench_cost bench_lag

mv "$work/figures" "$tsv"
