# server.sh
#
# The private server: started, asked and removed; its listeners.

export PGOPTIONS='-c client_min_messages=warning'

# Settings that all servers of these figures have; the caller adds some.
settings()
{
	cat <<-EOF
	fsync = on
	synchronous_commit = on
	shared_buffers = 2GB
	maintenance_work_mem = 1GB
	max_wal_size = 8GB
	checkpoint_timeout = 30min
	max_parallel_workers_per_gather = 0
	synchronize_seqscans = off
	shared_preload_libraries = 'fireiot'
	fireiot.database = 'bench'
	fireiot.allow_decommission = on
	fireiot.port = $port
	fireiot.admission = open
	fireiot.sync_clock_above = 0
	EOF
	for line; do
		echo "$line"
	done
}

# The first port from this one on that nobody listens on.
free_port()
{
	perl -MIO::Socket::INET -e '
		my $port = shift;
		$port++ until IO::Socket::INET->new(LocalAddr => "127.0.0.1",
			LocalPort => $port, Listen => 1);
		print $port' "$1"
}

wait_for()
{
	tries=$((5 * $1))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || die "waited in vain: $*"
		sleep 0.2
	done
}

listeners_ready()
{
	[ "$(sql -c "SELECT count(*) FILTER (WHERE state = 'listening') = count(*)
		FROM fireiot.listener WHERE number > 0")" = t ]
}

# start_server [SETTING]...: anew, empty, with listeners that listen.
start_server()
{
	remove_server
	port=$(free_port 26900)
	settings "$@" | $server start "$name"
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=bench
	sql -d postgres -c 'CREATE DATABASE bench'
	sql -o /dev/null -c 'CREATE EXTENSION fireiot CASCADE' -c 'SELECT fireiot.setup_role()'
	wait_for 60 listeners_ready
	sql -o /dev/null -f "$parts/tables.sql"
}

remove_server()
{
	$server stop "$name"
	rm -rf "$($server where "$name")"
}

listener_pids()
{
	sql -c "SELECT pid FROM fireiot.listener WHERE number > 0"
}

# CPU time of processes, in seconds.
cpu_seconds()
{
	for pid; do
		cat "/proc/$pid/stat"
	done | awk -v hz="$(getconf CLK_TCK)" \
		'{ sub(/.*\) /, ""); sum += $12 + $13 } END { print sum / hz }'
}

# Seconds that a process was ready to run and had no processor.
unserved_seconds()
{
	awk '{ print $2 / 1e9 }' "/proc/$1/schedstat"
}

# Memory that processes share with nobody, in bytes.
private_bytes()
{
	for pid; do
		cat "/proc/$pid/status"
	done | awk '/^RssAnon:/ { sum += $2 * 1024 } END { printf "%.0f\n", sum }'
}

# What the listeners have counted, all together.
counted()
{
	sql -c "SELECT sum($1) FROM fireiot.ingest_stat"
}

# Records go with a whole installation only: this one is given up.
give_up()
{
	sql -o /dev/null -c "SELECT fireiot.decommission('bench') WHERE NOT EXISTS (SELECT FROM fireiot.decommission)" \
		-c "SELECT fireiot.seal() WHERE NOT EXISTS (
			SELECT FROM fireiot.ledger_block_part WHERE table_id = md5('fireiot.decommission')::uuid)"
}

empty_records()
{
	give_up
	sql -o /dev/null -c "SELECT bench.make_partition('frame'), bench.make_partition('observation')" -c 'CHECKPOINT'
}

empty_peers()
{
	give_up
	sql -o /dev/null -c "SELECT bench.make_peer('frame'), bench.make_peer('observation')" -c 'CHECKPOINT'
}
