#!/bin/sh
# alarms.sh
#
# Figures of alarms and deadlines: docs/benchmarks.md says what each means.  Prints a line a
# figure, name, value and unit with tabs between, and writes the same to
# build/bench/alarms.tsv.  What it is at goes to standard error.  Its server is
# private and removed with all that was made.
#
# BENCH_SCALE (1): fraction of all sizes, for a quick look whether it works.
set -eu

parts=$(dirname "$0")/alarms
scale=${BENCH_SCALE:-1}
server="sh test/env/server.sh"
name=bench-alarms
bench=alarms
simulator=build/sim/fireiot-sim
report=build/bench/alarms.report
tsv=build/bench/alarms.tsv
work=build/bench/alarms.work

. test/bench/figures.sh
. test/bench/ingest/beside.sh
. "$parts/ingest.sh"

clean_up()
{
	trap '' INT TERM
	$server stop "$name"
	rm -rf "$work" "$($server where "$name")"
}

run()
{
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

start_server()
{
	port=$(sh test/env/free_port.sh 26900)
	printf '%s\n' "shared_preload_libraries = 'fireiot'" "fireiot.database = 'postgres'" \
		"fireiot.port = $port" 'fireiot.admission = open' \
		'fsync = on' 'track_commit_timestamp = on' 'shared_buffers = 512MB' 'max_wal_size = 4GB' \
		'synchronous_commit = on' | $server start "$name"
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PGOPTIONS='-c search_path=public,fireiot -c client_min_messages=warning'
	run -c 'CREATE EXTENSION fireiot CASCADE' -c 'SELECT fireiot.setup_role()' \
		-c 'SELECT fireiot.make_partitions()' >/dev/null 2>&1
	until [ "$(run -c "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'fireiot keeper')
			+ (SELECT count(*) FROM fireiot.listener WHERE number > 0 AND state = 'listening')")" = 2 ]; do
		sleep 0.1
	done
}

# devices OPTION...: frames, each of which must be confirmed.
devices()
{
	rm -f "$report"
	timeout --foreground 120 "$simulator" run --port "$port" --report "$report" "$@" ||
		{ say 'not every frame was confirmed'; exit 1; }
}

reported()
{
	awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$report"
}

# From the reception of a frame to the commit behind which its alarm is seen.
latency()
{
	run -c "SELECT round((1000 * percentile_cont($1) WITHIN GROUP (
			ORDER BY extract(epoch FROM pg_xact_commit_timestamp(xmin) - received_at)))::numeric, 2)
		FROM fireiot.alarm WHERE id > 1000000000"
}

open_latency()
{
	say 'alarms among five thousand frames a second'
	devices --devices 2000 --rate 5000 --seconds "$(scaled 20 1)" --alarms 10
	figure opened_meanwhile "$(run -c "SELECT count(*) FROM fireiot.alarm WHERE id > 1000000000")" alarms
	figure open_latency_p50_ms "$(latency 0.5)" ms
	figure open_latency_p99_ms "$(latency 0.99)" ms
	figure open_confirm_p99_ms "$(reported confirm_p99_ms)" ms
}

# All parts catch fire at once, each behind a device of its own.
storm()
{
	say "a storm of $(scaled 10000 1) fires"
	devices --devices "$(scaled 10000 1)" --connections 200 --window 50 --frames "$(scaled 10000 1)" \
		--first-device 0b0000000001 --parts 1 --mix 2:1 --change 100 --fire
	figure storm_alarms "$(run -c "SELECT count(*) FROM fireiot.alarm WHERE device >= '0b0000000001' AND class = 'fire'")" alarms
	figure storm_seconds "$(run -c "SELECT round(extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - min(received_at)), 3)
		FROM fireiot.alarm WHERE device >= '0b0000000001'")" s
	figure storm_confirm_p50_ms "$(reported confirm_p50_ms)" ms
	figure storm_confirm_p99_ms "$(reported confirm_p99_ms)" ms
}

# Cases of silence that are open: wait until there are so many.
wait_for_silent()
{
	tries=600
	until [ "$(run -c "SELECT count(*) FROM fireiot.alarm_now WHERE origin = 'silence' AND restored_at IS NULL")" = "$1" ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || die "not $1 devices are silent after two minutes"
		sleep 0.2
	done
}

# All devices of the storm are silent at once, and speak again.
silence()
{
	say "$(scaled 10000 1) devices are silent"
	run -c "INSERT INTO fireiot.device (device, model) SELECT device, 'storm' FROM fireiot.device_live WHERE device >= '0b0000000001'" \
		-c "INSERT INTO fireiot.supervision (model, silent_after) VALUES ('storm', '1 s')"
	wait_for_silent "$(scaled 10000 1)"
	figure silence_seconds "$(run -c "SELECT round(extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - min(received_at)), 3)
		FROM fireiot.alarm WHERE origin = 'silence'")" s
	run -c "UPDATE fireiot.supervision SET silent_after = '1 day' WHERE model = 'storm'"
	# until the keeper has read that
	sleep 5
	devices --devices "$(scaled 10000 1)" --connections 200 --window 50 --frames "$(scaled 10000 1)" \
		--first-device 0b0000000001 --parts 1 --mix 2:1
	wait_for_silent 0
	figure return_seconds "$(run -c "SELECT round(extract(epoch FROM max(pg_xact_commit_timestamp(s.xmin)) - min(s.at)), 3)
		FROM fireiot.alarm_step AS s JOIN fireiot.alarm AS a ON a.id = s.alarm_id WHERE a.origin = 'silence' AND s.step = 'restored'")" s
}

# Processor time of the keeper, in ticks of 10 ms.
keeper_ticks()
{
	awk '{ print $14 + $15 }' "/proc/$keeper/stat"
}

trap clean_up EXIT
trap 'exit 130' INT TERM

rm -rf "$work" "$tsv"
mkdir -p "$work"
: >"$work/figures"
start_server
keeper=$(run -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'")

say "opening $(scaled 10000 1) alarms, with and without their clocks"
run -v alarms="$(scaled 10000 1)" -f "$parts/arm.sql" >build/bench/alarms.arm
figure arm_us_per_alarm "$(sed -n 1p build/bench/alarms.arm)" us
rm build/bench/alarms.arm
say "opening $(scaled 100000 1) alarms, $(scaled 1000000 1) deadlines"
run -v alarms="$(scaled 100000 1)" -v deadlines="$(scaled 1000000 1)" -f "$parts/fill.sql"

say 'the board'
figure board_ms "$(run -f "$parts/board.sql" | tail -1)" ms

say 'the keeper waits'
run -c 'VACUUM ANALYZE fireiot.deadline' -c CHECKPOINT
before=$(keeper_ticks)
sleep 20
after=$(keeper_ticks)
figure keeper_idle_cpu_percent "$(awk "BEGIN { printf \"%.2f\", ($after - $before) / 20 }")" %
figure deadlines_open "$(run -c "SELECT count(*) FROM fireiot.deadline WHERE state = 'open'")" deadlines

say 'the keeper works'
run -F " " -v breaches="$(scaled 2000 1)" -f "$parts/breach.sql" | while read -r figure value; do
	figure "$figure" "$value" ms
done

# beside all these, whose ids were given by hand
run -c "SELECT setval('fireiot.alarm_id', 900000000)" >/dev/null
say 'one alarm after the other'
run -v alarms="$(scaled 1000 50)" -f "$parts/one.sql" | while read -r figure value; do
	figure "$figure" "$value" ms
done

run -c "SELECT setval('fireiot.alarm_id', 1000000000)" >/dev/null
open_latency
storm
silence
rm -f "$report"
$server stop "$name"
with_listener bench_ingest_ratio

mv "$work/figures" "$tsv"
