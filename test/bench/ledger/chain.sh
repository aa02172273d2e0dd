# chain.sh
#
# Sealing, verification and proofs, of rows of seven columns and some 120 bytes
# of canonical form; beside them what openssl takes for the same bytes.

chain_rounds=3

# A database with an empty chain of a digest, and a table to seal.
chain_database()
{
	sql -d postgres -o /dev/null -c "ALTER SYSTEM SET fireiot.ledger_algorithm = '$1'" -c 'SELECT pg_reload_conf()'
	sql -d postgres -c "CREATE DATABASE $2 TEMPLATE template0"
	sql -d "$2" -o /dev/null <<-'EOF'
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE sealed (id bigint NOT NULL, tx xid8, at timestamptz, device bigint, value float8, kind integer, what text) USING fireiot_ledger;
	CREATE INDEX ON sealed USING brin (at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize);
	SELECT fireiot.make_ledger('sealed');
	SELECT fireiot.seal();
	EOF
}

# Statement that adds rows FIRST .. LAST.
adding()
{
	echo "INSERT INTO sealed SELECT i, NULL, '2026-01-01'::timestamptz + i * interval '1 ms', i % 20000, i / 3.0, i % 7,
		'observation of some length, ' || i FROM generate_series($1, $2) AS i;"
}

# milliseconds DATABASE STATEMENT
milliseconds()
{
	sql -d "$1" -c '\timing on' -c "$2" | awk '/^Time: / { print $2 }'
}

# Microseconds that openssl takes for a digest of that many bytes.
openssl_us()
{
	openssl speed -elapsed -seconds "$(scaled 3 1)" -bytes "$2" -evp "$1" 2>/dev/null |
		awk -v bytes="$2" -v name="$1" 'tolower($1) == name { print bytes / ($2 * 1000) * 1e6 }'
}

# For a row: of its form, and of a node of the tree, which is two digests and a
# byte.
openssl_row_us()
{
	awk "BEGIN { print $(openssl_us "$1" "$2") + $(openssl_us "$1" 65) }"
}

bench_seal()
{
	count=$(scaled 1000000 20000)
	for digest in sha256 sm3; do
		chain_database "$digest" "$digest"
		for round in $(seq 0 "$chain_rounds"); do
			sql -d "$digest" -c "$(adding $((round * count + 1)) $(((round + 1) * count)))"
			ms=$(milliseconds "$digest" 'SELECT fireiot.seal()')
			say "sealing $count rows with $digest: $ms ms"
			# the first round warms up
			[ "$round" -eq 0 ] || sample "seal_$digest" "$(awk "BEGIN { print $ms * 1000 / $count }")"
		done
		bytes=$(sql -d "$digest" -c "SELECT round(avg(length(fireiot.canonical_row(r, gen_random_uuid(), 1))))
			FROM (SELECT id, at, device, value, kind, what FROM sealed LIMIT 1000) AS r")
		figure "seal_us_per_row_$digest" "$(median "seal_$digest")" us
		figure "openssl_us_per_row_$digest" "$(openssl_row_us "$digest" "$bytes")" us
		sql -d postgres -c "ALTER DATABASE $digest ALLOW_CONNECTIONS false"
	done
	figure canonical_bytes "$bytes" bytes
}

# fill DATABASE COUNT: in blocks of 5000 rows, as of a second each.
fill()
{
	say "filling $2 rows in blocks of 5000"
	for first in $(seq 1 5000 "$2"); do
		adding "$first" $((first + 4999))
		echo 'SELECT fireiot.seal();'
	done | sql -d "$1" -o /dev/null
	sql -d "$1" -c 'VACUUM ANALYZE' -c 'CHECKPOINT'
}

# verify DATABASE COUNT: rows a second.
verify()
{
	for round in $(seq 0 "$chain_rounds"); do
		ms=$(milliseconds "$1" 'SELECT * FROM fireiot.verify_ledger()')
		say "verifying $2 rows: $ms ms"
		[ "$round" -eq 0 ] || sample "verify_$1" "$(awk "BEGIN { print $2 * 1000 / $ms }")"
	done
}

bench_verify()
{
	small=$(scaled 1000000 20000)
	large=$(scaled 20000000 100000)
	chain_database sha256 small
	fill small "$small"
	verify small "$small"
	chain_database sha256 large
	fill large "$large"
	verify large "$large"
	figure verify_rows_per_s "$(median verify_small)" 1/s
	figure verify_growth "$(awk "BEGIN { print $(median verify_small) / $(median verify_large) }")" ratio
	figure verify_growth_rows "$large" rows
}

# In one session, warmed up: what it looks up of catalogs is no part of it.
bench_prove()
{
	awk -v count="$large" 'BEGIN {
		srand(1)
		print "SELECT fireiot.prove(\047sealed\047, 1);"
		print "\\timing on"
		for (i = 0; i < 21; i++)
			printf "SELECT length(fireiot.prove(\047sealed\047, %d)::text);\n", 1 + int(rand() * count)
	}' | sql -d large | awk '/^Time: / { print $2 }' >"$work/prove_ms.sample"
	figure prove_ms "$(median prove_ms)" ms
}
