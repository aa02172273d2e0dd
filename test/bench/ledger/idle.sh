# idle.sh
#
# What sealing takes when nothing has come: once a second, for ever.

# A month of partitions, each with rows.
idle_database()
{
	sql -d postgres -c 'CREATE DATABASE idle TEMPLATE template0'
	sql -d idle -o /dev/null <<-'EOF'
	CREATE EXTENSION fireiot CASCADE;
	SELECT fireiot.make_partitions('28 days', now());
	INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes)
	SELECT now() + i % 29 * interval '1 day', '00000000002a', i, 0, 2, false, '\x00' FROM generate_series(1, 29000) AS i;
	INSERT INTO fireiot.observation (received_at, device, frame_id, kind)
	SELECT now() + i % 29 * interval '1 day', '00000000002a', i, 2 FROM generate_series(1, 29000) AS i;
	EOF
}

bench_idle()
{
	seals=$(scaled 500 50)
	idle_database
	say "sealing $seals times when nothing has come"
	# what was there before is known when another transaction has ended
	{
		for i in 1 2 3; do
			echo 'CREATE TABLE other (); DROP TABLE other; SELECT fireiot.seal();'
		done
		printf '%s\n' '\timing on'
		for i in $(seq "$seals"); do
			echo 'SELECT fireiot.seal();'
		done
	} | sql -d idle | awk '/^Time: / { print $2 }' >"$work/idle_seal_ms.sample"
	figure idle_seal_ms "$(median idle_seal_ms)" ms
	figure idle_partitions "$(sql -d idle -c "SELECT count(*) FROM fireiot.ledger_relation WHERE pg_relation_size(relation) > 0")" count
}
