#!/bin/sh
# catalog.sh [list]
#
# Checks what CREATE EXTENSION makes, on the server of the environment
# (with_server.sh), then that a spoilt database is found out.  The last line is
# `N passed, N failed`.  With "list", prints the functions that PUBLIC may
# execute: what public_functions.txt should hold, if all of them should be.
set -u

lint=$(dirname "$0")
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# psql in a database with the extension, made on first use.
in_database()
{
	database=$1
	shift
	psql -X -q -d "$database" -c '' 2>/dev/null || {
		psql -X -q -c "CREATE DATABASE $database TEMPLATE template0" &&
			psql -X -q -d "$database" -c "SET client_min_messages = warning" \
				-c "CREATE EXTENSION fireiot CASCADE"
	} || exit 1
	psql -X -q -d "$database" "$@"
}

# finds NAME TEXT: did the check of that name find it in the spoilt database?
finds()
{
	if sed -n "/^not ok $1\$/,/^\(not \)\{0,1\}ok /p" "$out" | grep -qF "$2"; then
		echo "ok selftest: $1 finds \"$2\""
	else
		echo "not ok selftest: $1 does not find \"$2\""
	fi
}

check_spoilt()
{
	in_database spoilt -f "$lint/catalog_spoil.sql" &&
		in_database spoilt -f "$lint/catalog.sql" >"$out" || {
		echo "not ok selftest: the spoilt database could not be read"
		return
	}
	finds comments 'spoilt_open() has no comment'
	finds comments 'spoilt_table has no comment'
	finds public-functions 'spoilt_open() may be executed by PUBLIC'
	finds public-functions 'device_addr_in(cstring) is listed, but'
	finds search-path 'spoilt_open() does not SET'
	finds search-path 'spoilt_path() does not SET'
	finds volatility 'spoilt_promise() is immutable, but'
	finds volatility 'spoilt_writer() is volatile and parallel safe'
	finds volatility 'are one C function'
	finds volatility 'promises other things than its relative'
	finds volatility 'device_addr_lt(fireiot.device_addr,fireiot.device_addr) serves an index'
	finds volatility 'device_addr_in(cstring) reads or writes a type'
	finds column-types 'spoilt_table.b holds regproc'
	finds column-types 'spoilt_table.c holds regprocedure'
	finds enums 'spoilt_table.a holds the enum'
	finds casts 'fireiot.device_addr becomes bigint'
}

case ${1-} in
	list)
		in_database lint -At -c "SELECT p.oid::regprocedure FROM pg_proc AS p
			JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass
				AND d.objid = p.oid AND d.deptype = 'e'
			JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'fireiot'
			WHERE has_function_privilege('public', p.oid, 'EXECUTE')
			ORDER BY p.oid::regprocedure::text COLLATE \"C\""
		exit
		;;
esac

{
	in_database lint -f "$lint/catalog.sql" || echo "not ok catalog.sql"
	check_spoilt
} | tee "$out.all"
passed=$(grep -c '^ok ' "$out.all")
failed=$(grep -c '^not ok ' "$out.all")
rm -f "$out.all"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
