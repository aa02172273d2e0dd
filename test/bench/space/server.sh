# server.sh
#
# The private server, and the city in it.

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
	max_wal_size = 8GB
	EOF
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=bench
	export PGOPTIONS='-c client_min_messages=warning'
	sql -d postgres -c 'CREATE DATABASE bench TEMPLATE template0'
	sql -c 'CREATE EXTENSION fireiot CASCADE'
}

# The city, unless another figure has made it before.
need_city()
{
	resources=$(scaled 1000000 5000)
	[ -z "$(sql -c "SELECT to_regclass('public.city_sensor')")" ] || return 0
	say "making a city of $resources resources"
	sql -c 'SELECT FROM fireiot.make_partitions()' >/dev/null
	sql -v resources="$resources" -v parts="$(scaled 200000 1000)" -v alarms="$(scaled 50000 400)" -f "$parts/city.sql"
	sql -c VACUUM
}
