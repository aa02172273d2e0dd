# copy.sh
#
# COPY of a million rows into a ledger table, into a heap whose rows are the
# same to the byte, and into one without tx.

copy_rounds=9

# copy_once NAME METHOD TX: milliseconds of COPY into a table just made.
copy_once()
{
	sql <<-EOF
	CREATE TABLE copied_${round}_$1 (id bigint NOT NULL, $3 at timestamptz, device bigint, kind smallint, bytes text) USING $2;
	CHECKPOINT;
	SELECT clock_timestamp() AS began \gset
	COPY copied_${round}_$1 (id, at, device, kind, bytes) FROM '$rows_file';
	SELECT extract(epoch FROM clock_timestamp() - :'began'::timestamptz) * 1000;
	EOF
}

copy_ledger()
{
	ledger=$(copy_once ledger fireiot_ledger 'tx xid8,')
}

copy_heap()
{
	heap=$(copy_once heap heap "tx xid8 DEFAULT '1000',")
	bare=$(copy_once bare heap '')
	sql -c "DROP TABLE copied_${round}_heap, copied_${round}_bare"
}

# In turns, so that what slows the machine slows all.
bench_copy()
{
	count=$(scaled 1000000 10000)
	rows_file=$PGHOST/rows
	say "COPY of $count rows, $copy_rounds rounds"
	sql -c "COPY (SELECT i, '2026-01-01'::timestamptz + i * interval '1 ms', i % 20000, 2, repeat(md5(i::text), 2)
		FROM generate_series(1, $count) AS i) TO '$rows_file'"
	for round in $(seq 0 "$copy_rounds"); do
		if [ $((round % 2)) -eq 0 ]; then
			copy_heap
			copy_ledger
		else
			copy_ledger
			copy_heap
		fi
		# the first round warms up
		[ "$round" -gt 0 ] || continue
		say "ledger $ledger ms, heap $heap ms, without tx $bare ms"
		sample copy_ledger "$ledger"
		sample copy_ratio "$(awk "BEGIN { print $ledger / $heap }")"
		sample copy_bare_ratio "$(awk "BEGIN { print $ledger / $bare }")"
	done
	figure copy_ms "$(median copy_ledger)" ms
	figure copy_vs_heap "$(median copy_ratio)" ratio
	figure copy_vs_heap_without_tx "$(median copy_bare_ratio)" ratio
}
