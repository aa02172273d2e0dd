#!/bin/sh
# demo.sh start|stop
#
# A private server that shows what fireiot does, left running; run twice it
# begins anew.  The server listens on 127.0.0.1 at the first free port from
# FIREIOT_DEMO_PORT (26870) on, the listener for devices at the first one that
# is free five above it.
set -eu

server="sh test/env/server.sh"
free_port="sh test/env/free_port.sh"
sim=build/sim/fireiot-sim
export LC_ALL=C.UTF-8

# fsync is off in servers for tests; here a confirmation means what it says.
settings()
{
	cat <<END
shared_preload_libraries = 'fireiot'
fireiot.database = 'city'
fireiot.port = $device_port
fireiot.admission = pending
fsync = on
END
}

start_server()
{
	PGPORT=$($free_port "${FIREIOT_DEMO_PORT:-26870}")
	device_port=$($free_port $((${FIREIOT_DEMO_PORT:-26870} + 5)))
	settings | $server start demo "$PGPORT"
	PGHOST=$($server where demo)
	export PGHOST PGPORT PGUSER=postgres PGDATABASE=city
	psql -X -q -d postgres -c 'CREATE DATABASE city'
}

run_sql()
{
	name=$1
	shift
	psql -X -q -f "test/demo/$name.sql" "$@"
}

# Frames on standard input go through the socket; how many had which answer.
send()
{
	"$sim" send --port "$device_port" --hex-file - >"$answers" || [ $? = 1 ]
	awk -F '\t' '$1 != "-" { n[$2]++; all++ }
		END { printf "%d frames:", all; for (a in n) printf " %d %s", n[a], a; print ""; exit !all }' "$answers"
}

play_captured()
{
	printf '\nCaptured frames, through the socket: '
	run_sql captured <test/data/vectors.jsonl | send
	printf 'The same once more, as a device does that was not answered: '
	run_sql captured <test/data/vectors.jsonl | send
}

play_day()
{
	printf 'An ordinary day of the rest of the city: '
	run_sql day -v seq=0 | send
	run_sql approve
	printf 'They speak again: '
	run_sql day -v seq=100 | tail -n 2 | send
}

play_drill()
{
	printf '\nA fire in 安澜国际大厦, told in eleven seconds ...\n'
	run_sql commands
	"$sim" drill --port "$device_port" --device 0000000a1001 --speed 60 \
		--clock-offset -150 >"$answers" &
	drill=$!
	run_sql desk
	run_sql burning
	wait "$drill"
	printf 'The drill: '
	tail -n 1 "$answers"
	run_sql case
}

say_how_to_go_on()
{
	cat <<END

The server and the listener go on.  To look around:
  psql -h 127.0.0.1 -p $PGPORT -U postgres city
To have a device report a fire:
  psql -h 127.0.0.1 -p $PGPORT -U postgres city -Atc "SELECT encode(encode_frame(2, 21, '[{\"bits\": [\"normal\", \"fire\"], \"time\": null}]', src => '0000000a1009', seq => 1), 'hex')" | $sim send --port $device_port --hex-file -
The fire again, in real time:
  $sim drill --port $device_port --device 0000000a1001
To end it:
  make demo-stop
END
}

start()
{
	$server stop demo
	answers=$(mktemp)
	trap 'rm -f "$answers"' EXIT
	start_server
	run_sql city
	run_sql listening
	play_captured
	play_day
	play_drill
	run_sql report
	say_how_to_go_on
}

case ${1:-} in
	start) start ;;
	stop) $server stop demo ;;
	*) echo "usage: demo.sh start|stop" >&2; exit 2 ;;
esac
