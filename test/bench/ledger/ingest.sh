# ingest.sh
#
# What sealing costs the stream of frames, and how long a row waits for
# its block: beside a listener (ingest/beside.sh).

ingest_rounds=6

# seal_every TIME: once it is so, and what there was is sealed.
seal_every()
{
	sql -o /dev/null -c "ALTER SYSTEM SET fireiot.seal_interval = '$1'" -c 'SELECT pg_reload_conf()'
	wait_for 10 is_interval "$1"
	sql -o /dev/null -c 'SELECT fireiot.seal()'
}

is_interval()
{
	[ "$(sql -c 'SHOW fireiot.seal_interval')" = "$1" ]
}

# streamed NAME INTERVAL: frames a second of relays, into empty tables.
streamed()
{
	empty_records
	seal_every "$2"
	blocks=$(sql -c 'SELECT count(*) FROM fireiot.ledger_block')
	keeper=$(sql -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'")
	cpu=$(cpu_seconds "$keeper")
	# shellcheck disable=SC2086
	devices "$1" $relays --frames "$frames"
	sample "$1_cpu" "$(calc "($(cpu_seconds "$keeper") - $cpu) * 1e6 / $frames")"
	blocks=$(($(sql -c 'SELECT count(*) FROM fireiot.ledger_block') - blocks))
	say "$(reported "$1" frames_per_s) frames a second, $blocks blocks"
	sample "$1" "$(reported "$1" frames_per_s)"
}

sealed()
{
	streamed sealed 1s
}

unsealed()
{
	streamed unsealed 1h
}

bench_cost()
{
	warm_up
	pairs "$ingest_rounds" cost sealed unsealed
	figure sealed_frames_per_s "$(median sealed)" 1/s
	figure unsealed_frames_per_s "$(median unsealed)" 1/s
	figure sealed_cpu_us_per_frame "$(median sealed_cpu)" us
	figure ingest_cost "$(median cost)" ratio
}

all_sealed()
{
	[ "$(sql -c "SELECT count(*) FROM fireiot.frame
		WHERE NOT pg_visible_in_snapshot(tx, (SELECT snapshot FROM fireiot.ledger_block ORDER BY n DESC LIMIT 1))")" = 0 ]
}

# Of the frames that are stored: from reception to the block that has them.
lag()
{
	sql -c "WITH block AS (SELECT f.tx, (SELECT min(b.sealed_at) FROM fireiot.ledger_block AS b WHERE pg_visible_in_snapshot(f.tx, b.snapshot)) AS sealed_at
			FROM (SELECT DISTINCT tx FROM fireiot.frame) AS f)
		SELECT 1000 * percentile_cont($1) WITHIN GROUP (ORDER BY extract(epoch FROM sealed_at - received_at))
		FROM fireiot.frame JOIN block USING (tx)"
}

bench_lag()
{
	empty_records
	seal_every 1s
	for round in $(seq "$ingest_rounds"); do
		say "5000 frames a second, round $round of $ingest_rounds"
		empty_records
		# shellcheck disable=SC2086
		devices lag $waiters --rate 5000 --seconds "$(scaled 20 3)"
		wait_for 30 all_sealed
		sample lag_p50 "$(lag 0.5)"
		sample lag_p99 "$(lag 0.99)"
	done
	figure seal_lag_p50_ms "$(median lag_p50)" ms
	figure seal_lag_p99_ms "$(median lag_p99)" ms
}
