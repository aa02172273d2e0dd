# server.sh
#
# The private server.

# A server that nothing but the figures keeps busy; one process a query.
start_server()
{
	say "starting a server"
	$server start "$name" <<-EOF
	shared_preload_libraries = 'fireiot'
	fireiot.listen = off
	autovacuum = off
	jit = off
	max_parallel_workers_per_gather = 0
	shared_buffers = 512MB
	EOF
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=bench
	export PGOPTIONS='-c client_min_messages=warning'
	sql -d postgres -c 'CREATE DATABASE bench TEMPLATE template0'
	sql -c 'CREATE EXTENSION fireiot CASCADE'
}
