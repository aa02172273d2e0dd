#!/bin/sh
# run.sh asan|memcheck TEST...
#
# The SQL suites TEST..., the vectors and a listener with many devices, some of
# them hostile, on a private server whose fireiot runs under the tool, in an
# installation of its own.  Before them faults made on
# purpose, each of which the tool must report; behind them a look at what it
# reported, which must be nothing.  Last line: `N passed, N failed`.
#
# From make: CC, PG_REGRESS, BINDIR, VECTORS, PG_CONFIG, SIM, FRAMES.
set -eu
umask 022

tool=$1
shift
build=build/sanitize
server=sanitize-$tool
dir=$(sh test/env/server.sh where "$server")
passed=0
failed=0
seen=0

# check DESCRIPTION COMMAND...: one check, passed when the command is true.
check()
{
	description=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok - $description"
	else
		failed=$((failed + 1))
		echo "not ok - $description"
	fi
}

# tally COMMAND...: what a suite counts, and its output without that line.
tally()
{
	"$@" >"$out" 2>&1 || true
	counts=$(tail -n 1 "$out" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
	[ -n "$counts" ] && sed -i '$d' "$out" || counts='0 1'
	cat "$out"
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
}

# How a server proper is started.  Both libraries are preloaded: they look into
# the environment as they start, and the server overwrites it with its titles.
# Reports go to the server's log.
prefix_asan()
{
	common=print_stacktrace=1:halt_on_error=1:abort_on_error=1
	echo "env LD_PRELOAD='$($CC -print-file-name=libasan.so) $($CC -print-file-name=libubsan.so) $bindir/first.so'" \
		"ASAN_OPTIONS=$common:detect_leaks=0:detect_stack_use_after_return=1:strict_string_checks=1:quarantine_size_mb=64" \
		"UBSAN_OPTIONS=$common"
}

prefix_memcheck()
{
	echo "valgrind --quiet --tool=memcheck --leak-check=no --num-callers=30" \
		"--error-limit=no" \
		"--suppressions='$bindir/postgresql.supp'"
}

# Between pg_ctl and the server; what initdb starts runs as always.
wrap_postgres()
{
	mv "$bindir/postgres" "$bindir/postgres.real"
	cat >"$bindir/postgres" <<-END
		#!/bin/sh
		[ "\$1" != -D ] || exec $("prefix_$tool") '$bindir/postgres.real' "\$@"
		exec '$bindir/postgres.real' "\$@"
	END
	chmod 755 "$bindir/postgres"
}

make_tree()
{
	PG_CONFIG=$(sh test/env/tree.sh "$dir-tree")
	export PG_CONFIG
	bindir=${PG_CONFIG%/*}
	cp test/sanitize/postgresql.supp "$build/first.so" "$bindir"
	cp "$build/$tool/fireiot.so" "$build/$tool/fireiot_fault.so" \
		"$build/fireiot_redzone.so" "$($PG_CONFIG --pkglibdir)"
	cp fireiot.control fireiot--*.sql "$($PG_CONFIG --sharedir)/extension"
	wrap_postgres
}

start_server()
{
	sh test/env/server.sh start "$server" <<-END
		shared_preload_libraries = 'fireiot_redzone,fireiot'
		jit = off
		autovacuum = off
	END
	PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=contrib_regression
	export PGHOST PGPORT PGUSER PGDATABASE
}

stop_server()
{
	sh test/env/server.sh stop "$server"
	rm -rf "$dir-tree" "$out"
}

sql()
{
	psql -X -q -t -A -v ON_ERROR_STOP=1 -d postgres -c "$1" 2>&1
}

# After a report of the sanitizers the server starts anew.
wait_for_server()
{
	tries=0
	until sql 'SELECT 1' >/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}

# Lines of reports in what the server has logged since the last look.
reported()
{
	tail -n "+$((seen + 1))" "$dir/log" | grep -aE '^==[0-9]+==|: runtime error: '
}

look()
{
	seen=$(wc -l <"$dir/log")
}

# The fault is reported, and as what it is.
reported_as()
{
	look
	sql "SELECT fireiot_fault('$1', '\x010203')" >/dev/null || true
	wait_for_server && reported | grep -qE "$2"
}

nothing_reported_for_no_fault()
{
	[ "$(sql "SELECT fireiot_fault('none', '\x010203')")" = 0 ] && ! reported
}

loads_this_library()
{
	sql "LOAD 'fireiot'; SELECT pg_read_file('/proc/self/maps')" |
		grep -qF "$($PG_CONFIG --pkglibdir)/fireiot.so"
}

faults_asan()
{
	cat <<-END
		malloc heap-buffer-overflow
		free heap-use-after-free
		palloc use-after-poison
		argument use-after-poison
		array stack-buffer-overflow|out of bounds
		shift shift exponent
		overflow signed integer overflow
	END
}

faults_memcheck()
{
	cat <<-END
		malloc Invalid read of size 1
		free Invalid read of size 1
		palloc Invalid write of size 1
		argument Invalid read of size 1
		undefined depends on uninitialised value
	END
}

check_tool()
{
	sql "CREATE FUNCTION fireiot_fault(text, bytea) RETURNS integer
		AS 'fireiot_fault' LANGUAGE C STRICT"
	check 'a server that loads the library under test' loads_this_library
	check 'no report without a fault' nothing_reported_for_no_fault
	"faults_$tool" >"$faults"
	while read -r fault pattern <&3; do
		check "fault \"$fault\" is reported" reported_as "$fault" "$pattern"
	done 3<"$faults"
}

# wait_for SQL: until it answers t in database stream, half a minute at most.
wait_for()
{
	tries=0
	until [ "$(psql -X -q -t -A -d stream -c "$1" 2>&1)" = t ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}

# The suites before want settings as they come, and may have left others.
set_listener()
{
	for setting in RESET\ ALL "SET fireiot.database = 'stream'" \
		'SET fireiot.admission = open' "SET fireiot.port = $port" \
		'SET fireiot.udp = on' "SET fireiot.frame_timeout = '1s'"; do
		sql "ALTER SYSTEM $setting" >/dev/null || return 1
	done
	sql 'SELECT pg_reload_conf()' >/dev/null
}

start_listener()
{
	set_listener &&
		sql 'CREATE DATABASE stream' &&
		psql -X -q -d stream -v ON_ERROR_STOP=1 \
			-c 'SET client_min_messages = warning' \
			-c 'CREATE EXTENSION fireiot CASCADE' \
			-c 'SELECT fireiot.setup_role()' >/dev/null &&
		wait_for "SELECT EXISTS (SELECT FROM fireiot.listener WHERE port = $port)"
}

# run_devices OPTION...: every frame is confirmed in the end.
run_devices()
{
	$SIM run --port "$port" --frames "$FRAMES" --devices 20 --window 4 \
		--parts 8 --seed 7 --timeout 30 "$@" >"$out" 2>&1 &&
		grep -q "^confirmed	$FRAMES	" "$out" || {
		cat "$out"
		false
	}
}

send_noise()
{
	perl -MIO::Socket::INET -e '
		srand 7;
		for my $n (1 .. 50) {
			my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1",
				PeerPort => $ARGV[0]) or exit 1;
			print $s join "", map { rand() < 0.3 ? "@@" : chr int rand 256 } 1 .. 4000;
			shutdown $s, 1;
			1 while sysread $s, my $answer, 4096;
		}' "$port"
}

commands_answered()
{
	psql -X -q -d stream -c "SELECT fireiot.send_command(d.device, t)
		FROM fireiot.device_live AS d, (VALUES (81), (85), (90)) AS v (t)" >/dev/null
	wait_for "SELECT count(*) > 0 FROM fireiot.command WHERE state IN ('answered', 'confirmed')"
}

check_listener()
{
	check 'a listener' start_listener
	check 'frames confirmed' run_devices
	check 'frames confirmed after faults' run_devices --reconnect \
		--faults cut:0.2,garbage:0.05,checksum:0.05,resend:0.1,length:0.02,half:0.02,disconnect:0.01,endmark:0.05
	check 'datagrams confirmed' run_devices --udp --seed 8
	check 'noise' send_noise
	$SIM run --port "$port" --idle --devices 5 --seconds 20 >/dev/null 2>&1 &
	devices=$!
	check 'commands answered' commands_answered
	kill "$devices" 2>/dev/null || true
	check 'frames confirmed behind it' run_devices --seed 9
}

nothing_reported()
{
	! reported >/dev/null || {
		tail -n "+$((seen + 1))" "$dir/log"
		false
	}
}

main()
{
	make_tree
	start_server
	check_tool
	look
	rm -rf "$build/$tool/regress"
	mkdir -p "$build/$tool/regress"
	tally sh test/regress.sh "$PG_REGRESS" --bindir="$BINDIR" --inputdir=test \
		--outputdir="$build/$tool/regress" --dbname=contrib_regression \
		--load-extension=postgis --load-extension=fireiot "$@"
	tally sh test/vectors/run.sh "$VECTORS"
	check_listener
	# with all its processes ended, every report is written
	sh test/env/server.sh stop "$server"
	check 'nothing reported' nothing_reported
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

port=$(sh test/env/free_port.sh 26920)
out=$(mktemp)
faults=$(mktemp)
trap stop_server EXIT
trap 'exit 130' INT TERM
main "$@"
