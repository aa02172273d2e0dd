# confirm.sh
#
# How long a device waits at a load that leaves the listener time, beside a
# client that commits single rows.

offered=5000

# The time that 99 % of the transactions in pgbench's logs did not exceed.
p99_of_log()
{
	cat "$work"/commit.log* | awk '{ print $3 }' | sort -n |
		awk '{ v[NR] = $1 } END { print v[int(NR * 0.99 + 0.5)] / 1000 }'
}

# Frames of the listener, whose pid is given.
confirmations()
{
	empty_records
	unserved=$(unserved_seconds "$1")
	# shellcheck disable=SC2086
	devices confirmed $waiters --rate $offered --seconds "$(scaled 15 2)"
	unserved=$(calc "$(unserved_seconds "$1") - $unserved")
	sample confirm_unserved "$(calc "$unserved / $(reported confirmed seconds)")"
	for value in p50 p99 max; do
		sample confirm_$value "$(reported confirmed confirm_${value}_ms)"
	done
}

commits()
{
	empty_peers
	pgbench -n -M prepared -c 1 -T "$(scaled 8 2)" -f "$work/commit.sql" \
		--log --log-prefix="$work/commit.log" >"$work/pgbench" 2>&1 ||
		die "pgbench failed: $(head -n 3 "$work/pgbench")"
	sample commit_p99 "$(p99_of_log)"
	rm "$work"/commit.log*
}

bench_confirm()
{
	pid=$(listener_pids)
	sql -v type=2 -f "$parts/insert_frame.sql" >"$work/commit.sql"
	for round in $(seq $rounds); do
		say "confirmations and commits, round $round of $rounds"
		confirmations "$pid"
		commits
	done
	figure confirm_p50_ms "$(median confirm_p50)" ms
	figure confirm_p99_ms "$(median confirm_p99)" ms
	figure confirm_max_ms "$(greatest confirm_max)" ms
	figure confirm_unserved_share "$(median confirm_unserved)" ratio
	figure commit_p99_ms "$(median commit_p99)" ms
	figure confirm_p99_vs_commit_p99 \
		"$(calc "$(median confirm_p99) / $(median commit_p99)")" ratio
}
