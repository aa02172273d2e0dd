#!/bin/sh
# server.sh start|stop|where NAME [LISTEN_PORT]
# server.sh alone NAME DATABASE
#
# A private PostgreSQL server with a data directory, socket and log of its own
# under the run directory; the system's clusters are never touched.  start
# makes it anew, prints nothing, and leaves it running; with LISTEN_PORT it
# listens on 127.0.0.1 there, otherwise on its socket only.  where prints the
# directory, which is the PGHOST of its socket.  alone stops it, runs the
# statements of standard input, one a line, as its only process and without any
# library, and starts it again.  The server runs as the caller
# or, when that is root, as user postgres.  Settings: one a line on standard
# input of start.
set -eu

action=$1
name=$2
port=${3:-}
bindir=$(${PG_CONFIG:-pg_config} --bindir)

# One run directory for each working tree and user, outside of it: the user
# who runs the server may not be able to enter the tree.
run=${FIREIOT_RUN_DIR:-/var/tmp/fireiot-$(id -u)-$(pwd | cksum | cut -d' ' -f1)}
dir=$run/$name

as_server_user()
{
	if [ "$(id -u)" = 0 ]; then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

make_directory()
{
	mkdir -p "$run"
	chmod 711 "$run"
	if [ ! -O "$run" ] || [ -L "$run" ]; then
		echo "server.sh: $run belongs to somebody else" >&2
		exit 1
	fi
	rm -rf "$dir"
	mkdir -m 711 "$dir"
	[ "$(id -u)" != 0 ] || chown postgres "$dir"
}

write_settings()
{
	{
		echo "unix_socket_directories = '$dir'"
		echo "listen_addresses = '${port:+127.0.0.1}'"
		echo "port = ${port:-5432}"
		echo "fsync = off"
		echo "log_min_messages = warning"
		cat
	} >"$dir.settings"
	as_server_user sh -c 'cat >>"$0"' "$dir/data/postgresql.conf" <"$dir.settings"
	rm "$dir.settings"
}

stop_server()
{
	[ -f "$dir/data/postmaster.pid" ] || return 0
	as_server_user "$bindir/pg_ctl" -D "$dir/data" -m fast -s -w stop || true
}

case $action in
	start)
		stop_server
		make_directory
		as_server_user "$bindir/initdb" -D "$dir/data" -U postgres --auth=trust \
			--encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
		write_settings
		as_server_user "$bindir/pg_ctl" -D "$dir/data" -l "$dir/log" -s -w start || {
			cat "$dir/log" >&2
			exit 1
		}
		;;
	stop) stop_server ;;
	alone)
		stop_server
		as_server_user "$bindir/postgres" --single -D "$dir/data" -c shared_preload_libraries= "$3" \
			>/dev/null 2>&1
		as_server_user "$bindir/pg_ctl" -D "$dir/data" -l "$dir/log" -s -w start
		;;
	where) echo "$dir" ;;
	*) echo "usage: server.sh start|stop|alone|where NAME [LISTEN_PORT|DATABASE]" >&2; exit 2 ;;
esac
