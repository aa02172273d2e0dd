#!/bin/sh
# demo.sh start|stop
#
# A private server that shows what fireiot does, left running; run twice it
# begins anew.  The server listens on 127.0.0.1 at the first free port from
# FIREIOT_DEMO_PORT (26870) on.
set -eu

server="sh test/env/server.sh"

port_is_free()
{
	! perl -MIO::Socket::INET -e \
		'exit !IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift)' "$1"
}

find_port()
{
	port=${FIREIOT_DEMO_PORT:-26870}
	until port_is_free "$port"; do
		port=$((port + 1))
	done
}

start()
{
	$server stop demo
	find_port
	$server start demo "$port" </dev/null
	PGHOST=$($server where demo)
	export PGHOST PGPORT="$port" PGUSER=postgres PGDATABASE=postgres
	psql -X -q -c 'CREATE DATABASE city'
	PGDATABASE=city psql -X -q -v ON_ERROR_STOP=1 -f test/demo/frames.sql \
		<test/data/vectors.jsonl
	cat <<EOF

The server goes on.  To look around:
  psql -h 127.0.0.1 -p $port -U postgres city
To end it:
  make demo-stop
EOF
}

case ${1:-} in
	start) start ;;
	stop) $server stop demo ;;
	*) echo "usage: demo.sh start|stop" >&2; exit 2 ;;
esac
