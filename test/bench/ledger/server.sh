# server.sh
#
# The private server.

# A server that nothing but the figures keeps busy.
start_server()
{
	say "starting a server"
	$server start "$name" <<-EOF
	shared_preload_libraries = 'fireiot'
	fireiot.listen = off
	autovacuum = off
	shared_buffers = 1GB
	max_wal_size = 8GB
	checkpoint_timeout = 30min
	synchronous_commit = off
	EOF
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=bench
	export PGOPTIONS='-c client_min_messages=warning'
	sql -d postgres -c 'CREATE DATABASE bench TEMPLATE template0'
	sql -c 'CREATE EXTENSION fireiot CASCADE'
}
