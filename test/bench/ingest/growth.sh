# growth.sh
#
# The same stream into tables that hold much already and into empty ones.

grown=$(scaled 20000000 100000)

# The partitions of that name, full or bench, are the ones that are filled.
switch_to()
{
	sql -v name="$1" -f "$parts/switch.sql"
}

# fill_table NAME TIMES: by COPY from COPY, so that the rows are frozen; the
# indexes come behind the rows.
fill_table()
{
	sql -v times="$2" -f "$parts/grow_$1.sql" |
		sql -c 'BEGIN' -c "TRUNCATE fireiot.$1_full" \
			-c "COPY fireiot.$1_full FROM STDIN BINARY FREEZE" -c 'COMMIT' &&
		sql -v records="$1" -f "$parts/grow_index.sql" &&
		[ "$(sql -c "SELECT $2 * count(*) FROM bench.$1")" = \
			"$(sql -c "SELECT count(*) FROM fireiot.$1_full")" ]
}

# Both tables at the same time.
fill()
{
	give_up
	sql -f "$parts/grow.sql"
	times=$(calc "int(($grown - 1) / $(sql -c 'SELECT count(*) FROM bench.observation')) + 1")
	fill_pids=
	for table in frame observation; do
		fill_table $table "$times" &
		fill_pids="$fill_pids $!"
	done
	for pid in $fill_pids; do
		wait "$pid" || die "the tables could not be filled"
	done
}

stream_into()
{
	switch_to "$1"
	[ "$1" = full ] || empty_records
	sql -c CHECKPOINT
	# shellcheck disable=SC2086
	devices into $relays --frames "$(calc "$frames / 2")"
	sample "into_$1" "$(reported into frames_per_s)"
}

bench_growth()
{
	say "growth: a server without a log for what is filled at once"
	start_server 'wal_level = minimal' 'max_wal_senders = 0'
	warm_up
	say "filling tables with $grown observations"
	fill
	for round in $(seq $rounds); do
		say "stream into full and empty tables, round $round of $rounds"
		stream_into full
		stream_into bench
	done
	figure growth "$(calc "$(median into_full) / $(median into_bench)")" ratio
}
