#!/bin/sh
# clocks.sh
#
# Figures of deadlines: docs/benchmarks.md says what each means.  Prints a line a
# figure, name, value and unit with tabs between, and writes the same to
# build/bench/clocks.tsv.  What it is at goes to standard error.  Its server is
# private and removed with all that was made.
#
# BENCH_SCALE (1): fraction of all sizes, for a quick look whether it works.
set -eu

parts=$(dirname "$0")/clocks
scale=${BENCH_SCALE:-1}
server="sh test/env/server.sh"
name=bench-clocks
tsv=build/bench/clocks.tsv

clean_up()
{
	trap '' INT TERM
	$server stop "$name"
	rm -rf "$($server where "$name")"
}

say()
{
	echo "# $*" >&2
}

size()
{
	awk "BEGIN { printf \"%d\", $1 * $scale }"
}

run()
{
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

figure()
{
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" | tee -a "$tsv"
}

start_server()
{
	printf '%s\n' "shared_preload_libraries = 'fireiot'" "fireiot.database = 'postgres'" \
		"fireiot.port = $(sh test/env/free_port.sh 26900)" 'shared_buffers = 512MB' 'max_wal_size = 4GB' \
		'synchronous_commit = on' | $server start "$name"
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	run -c 'CREATE EXTENSION fireiot CASCADE' -c 'SELECT fireiot.setup_role()' \
		-c 'SELECT fireiot.make_partitions()' >/dev/null 2>&1
	until [ "$(run -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'")" = 1 ]; do
		sleep 0.1
	done
}

# Processor time of the keeper, in ticks of 10 ms.
keeper_ticks()
{
	awk '{ print $14 + $15 }' "/proc/$keeper/stat"
}

trap clean_up EXIT
trap 'exit 130' INT TERM

mkdir -p build/bench
: >"$tsv"
start_server
keeper=$(run -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'")

say "opening $(size 10000) alarms, with and without their clocks"
run -v alarms="$(size 10000)" -f "$parts/arm.sql" >build/bench/clocks.arm
figure alarms.arm_us_per_alarm "$(sed -n 1p build/bench/clocks.arm)" us
rm build/bench/clocks.arm
say "opening $(size 100000) alarms, $(size 1000000) deadlines"
run -v alarms="$(size 100000)" -v deadlines="$(size 1000000)" -f "$parts/fill.sql"

say 'the board'
figure alarms.board_ms "$(run -f "$parts/board.sql" | tail -1)" ms

say 'the keeper waits'
run -c 'VACUUM ANALYZE fireiot.deadline' -c CHECKPOINT
before=$(keeper_ticks)
sleep 20
after=$(keeper_ticks)
figure alarms.keeper_idle_cpu_percent "$(awk "BEGIN { printf \"%.2f\", ($after - $before) / 20 }")" %
figure alarms.deadlines_open "$(run -c "SELECT count(*) FROM fireiot.deadline WHERE state = 'open'")" deadlines

say 'the keeper works'
run -F " " -v breaches="$(size 2000)" -f "$parts/breach.sql" | while read -r figure value; do
	figure "alarms.$figure" "$value" ms
done
