#!/bin/sh
# with_server.sh NAME COMMAND...
#
# Runs the command with PGHOST, PGPORT and PGUSER of a private server that is
# started for it and stopped behind it; passes on its exit status.
# SERVER_SETTINGS: lines for its postgresql.conf.
set -eu

here=$(dirname "$0")
name=$1
shift
trap 'sh "$here/server.sh" stop "$name"' EXIT
trap 'exit 130' INT TERM
printf '%b\n' "${SERVER_SETTINGS:-}" | sh "$here/server.sh" start "$name"
PGHOST=$(sh "$here/server.sh" where "$name")
export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
"$@"
