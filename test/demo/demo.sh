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

# The city and the surroundings of the fire, as QGIS draws them at this moment.
draw_map()
{
	mkdir -p build/demo
	rm -f build/demo/*.png
	[ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || return 0
	cat >"$work/service.conf" <<END
[fireiot]
host=$PGHOST
port=$PGPORT
user=$PGUSER
dbname=$PGDATABASE
END
	run_sql heard
	draw fire 120.2079 30.2084 120.2115 30.2112
	draw city
}

draw()
{
	picture=$1
	shift
	PGSERVICEFILE=$work/service.conf XDG_RUNTIME_DIR=$work QGIS_CUSTOM_CONFIG_PATH=$work \
		/usr/bin/python3 test/qgis/project.py docs/qgis/fireiot.qgs "build/demo/$picture.png" "$@" \
		>"$work/$picture.log" 2>&1 || cat "$work/$picture.log" >&2
}

say_where_maps_are()
{
	if [ -f build/demo/fire.png ]; then
		printf '\nMaps of it, drawn by QGIS while it burned: build/demo/fire.png, build/demo/city.png\n'
	else
		printf '\nNo map was drawn: python3-qgis is not installed\n'
	fi
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
	draw_map
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
	work=$(mktemp -d)
	answers=$work/answers
	trap 'rm -rf "$work"' EXIT
	start_server
	run_sql city
	run_sql places
	run_sql listening
	play_captured
	play_day
	play_drill
	run_sql report
	run_sql scene
	say_where_maps_are
	say_how_to_go_on
}

case ${1:-} in
	start) start ;;
	stop) $server stop demo ;;
	*) echo "usage: demo.sh start|stop" >&2; exit 2 ;;
esac
