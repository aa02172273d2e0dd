#!/bin/sh
# run.sh asan|memcheck TEST...
#
# The SQL suites TEST... and the vectors on a private server whose fireiot runs
# under the tool, in an installation of its own.  Before them faults made on
# purpose, each of which the tool must report; behind them a look at what it
# reported, which must be nothing.  Last line: `N passed, N failed`.
#
# From make: CC, PG_REGRESS, BINDIR, VECTORS, PG_CONFIG.
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
		shared_preload_libraries = 'fireiot_redzone'
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
	# with all its processes ended, every report is written
	sh test/env/server.sh stop "$server"
	check 'nothing reported' nothing_reported
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

out=$(mktemp)
faults=$(mktemp)
trap stop_server EXIT
trap 'exit 130' INT TERM
main "$@"
