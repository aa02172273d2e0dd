# pieces.sh
#
# A verification in two sessions at once against one: of a table of its own, and
# of partitions.

# pieces DATABASE NAME: how many times as fast, alternating.
pieces()
{
	ranges=$(sql -d "$1" -A -c "SELECT coalesce(from_block::text, 'NULL') || ',' || coalesce(to_block::text, 'NULL')
		FROM fireiot.ledger_pieces(2)")
	for round in $(seq 0 "$chain_rounds"); do
		start=$(date +%s%N)
		sql -d "$1" -o /dev/null -c 'SELECT * FROM fireiot.verify_ledger()'
		middle=$(date +%s%N)
		for range in $ranges; do
			sql -d "$1" -o /dev/null -c "SELECT * FROM fireiot.verify_ledger($range)" &
		done
		wait
		end=$(date +%s%N)
		say "$2: whole $(((middle - start) / 1000000)) ms, two pieces at once $(((end - middle) / 1000000)) ms"
		[ "$round" -eq 0 ] || sample "$2" "$(awk "BEGIN { print ($middle - $start) / ($end - $middle) }")"
	done
	figure "$2" "$(median "$2")" ratio
}

# As fill() has it, in ten partitions of as many rows.
fill_parts()
{
	sql -d postgres -c 'CREATE DATABASE parts TEMPLATE template0'
	sql -d parts -o /dev/null <<-EOF
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE sealed (id bigint NOT NULL, tx xid8, at timestamptz, device bigint, value float8, kind integer, what text)
		PARTITION BY RANGE (id);
	SELECT format('CREATE TABLE sealed_%s PARTITION OF sealed FOR VALUES FROM (%s) TO (%s) USING fireiot_ledger',
		n, n * $1 / 10 + 1, (n + 1) * $1 / 10 + 1) FROM generate_series(0, 9) AS n \\gexec
	SELECT format('CREATE INDEX ON sealed_%s USING brin (at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32)', n)
	FROM generate_series(0, 9) AS n \\gexec
	SELECT fireiot.make_ledger('sealed');
	EOF
	fill parts "$1"
}

bench_pieces()
{
	pieces large verify_two_pieces
	fill_parts "$(scaled 5000000 20000)"
	pieces parts verify_two_pieces_of_partitions
}
