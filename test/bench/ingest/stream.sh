# stream.sh
#
# Backlogs from relays into empty tables; COPY of the same rows; the same kinds
# of rows by INSERT, a frame a transaction.

# Frames and rows of the listener, whose pid is given.
stream()
{
	empty_records
	cpu=$(cpu_seconds "$1")
	unserved=$(unserved_seconds "$1")
	batches=$(counted batches)
	changes=$(counted part_changes)
	# shellcheck disable=SC2086
	devices stream $relays --frames "$frames"
	cpu=$(calc "$(cpu_seconds "$1") - $cpu")
	unserved=$(calc "$(unserved_seconds "$1") - $unserved")
	sample frames_per_s "$(reported stream frames_per_s)"
	sample cpu_us_per_frame "$(calc "$cpu * 1e6 / $frames")"
	sample unserved "$(calc "$unserved / $(reported stream seconds)")"
	sample changes_per_frame "$(calc "($(counted part_changes) - $changes) / $frames")"
	sample rows_per_batch "$(calc "$(rows_in fireiot) / ($(counted batches) - $batches)")"
}

# Rows of frame and observation in a schema.
rows_in()
{
	sql -c "SELECT (SELECT count(*) FROM $1.frame) + (SELECT count(*) FROM $1.observation)"
}

# Seconds that psql takes to copy a file into the copy of a table.
copy_in()
{
	sql -c '\timing on' -c "\\copy peer.$1 FROM '$work/$1.binary' BINARY" |
		awk '/^Time: / { print $2 / 1000 }'
}

# The rows that the stream left, one table after the other.
copy()
{
	for table in frame observation; do
		sql -c "\\copy (SELECT * FROM fireiot.$table) TO '$work/$table.binary' BINARY"
	done
	empty_peers
	seconds=$(calc "$(copy_in frame) + $(copy_in observation)")
	[ "$(rows_in peer)" = "$(rows_in fireiot)" ] || die "COPY lost rows"
	sample copy_per_s "$(calc "$frames / $seconds")"
	rm "$work"/*.binary
}

# write_scripts OPEN NEXT CLOSE: a script for each type of the mix, made from a
# row that the stream left.
write_scripts()
{
	scripts=
	for part in $(echo "$mix" | tr , ' '); do
		type=${part%:*}
		sql -v type="$type" -v open="$1" -v next="$2" -v close="$3" \
			-f "$parts/insert.sql" >"$work/insert_$type.sql"
		scripts="$scripts -f $work/insert_$type.sql@${part#*:}"
	done
}

# Transactions a second of the scripts.
insert_rows()
{
	empty_peers
	# shellcheck disable=SC2086
	pgbench -n -M prepared -c 32 -j 2 -T "$(scaled 8 2)" $scripts \
		>"$work/pgbench" 2>&1 || die "pgbench failed: $(head -n 3 "$work/pgbench")"
	sample "$1" "$(awk '/^tps/ { print $3 }' "$work/pgbench")"
}

row_at_a_time()
{
	write_scripts 'BEGIN;' ';' 'COMMIT;'
	insert_rows rows_per_s
	write_scripts 'WITH frame AS (' ')' ''
	insert_rows statements_per_s
}

# Nearly every state opens or ends an alarm, without end.
alarming()
{
	alarms=1000
	devices alarming $relays --frames "$(calc "int($frames / 10)")"
	alarms=1
	sample alarming_per_s "$(reported alarming frames_per_s)"
}

bench_stream()
{
	warm_up
	pid=$(listener_pids)
	before=$(private_bytes "$pid")
	for round in $(seq $rounds); do
		say "stream, COPY and INSERT, round $round of $rounds"
		stream "$pid"
		copy
		row_at_a_time
	done
	say "stream of alarms"
	for round in $(seq $rounds); do
		alarming
	done
	figure frames_per_s "$(median frames_per_s)" 1/s
	figure copy_binary_frames_per_s "$(median copy_per_s)" 1/s
	figure vs_copy "$(calc "$(median frames_per_s) / $(median copy_per_s)")" ratio
	figure row_at_a_time_frames_per_s "$(median rows_per_s)" 1/s
	figure vs_row_at_a_time "$(calc "$(median frames_per_s) / $(median rows_per_s)")" ratio
	figure statement_at_a_time_frames_per_s "$(median statements_per_s)" 1/s
	figure vs_statement_at_a_time "$(calc "$(median frames_per_s) / $(median statements_per_s)")" ratio
	figure alarming_frames_per_s "$(median alarming_per_s)" 1/s
	figure cpu_us_per_frame "$(median cpu_us_per_frame)" us
	figure unserved_share "$(median unserved)" ratio
	figure rows_per_batch "$(median rows_per_batch)" rows
	figure part_now_changes_per_frame "$(median changes_per_frame)" rows
	figure rss_growth_mb "$(calc "($(private_bytes "$pid") - $before) / 1048576")" MB
}
