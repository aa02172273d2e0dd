#!/bin/sh
# check.sh CONNINFO RECORD...
#
# Compares what the records of fireiot-sim say was confirmed with what the
# database of the connection string holds.  Prints one line
#
#     confirmed N, missing M, double D
#
# and exits with 1 when M or D is not 0, with 2 when it could not compare.
set -eu

if [ $# -lt 2 ]; then
	echo "usage: check.sh CONNINFO RECORD..." >&2
	exit 2
fi
conninfo=$1
shift

# Each line with the number of its record in front.
numbered()
{
	awk 'FNR == 1 { n++ } { print n "\t" $0 }' "$@"
}

for record; do
	[ -r "$record" ] || {
		echo "check.sh: $record cannot be read" >&2
		exit 2
	}
done
said=$(numbered "$@" | psql -X -d "$conninfo" -f "$(dirname "$0")/check.sql") || exit 2
echo "$said"
case $said in
	"confirmed "*", missing 0, double 0") ;;
	"confirmed "*", missing "*", double "*) exit 1 ;;
	*) exit 2 ;;
esac
