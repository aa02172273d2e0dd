#!/bin/sh
# import.sh [option]... FILE [LAYER] - takes a delivery of hydrants, other
# resources or units into fireiot.import_staging, and checks it.
#
#   --target resource|unit   what the rows are (resource)
#   --kind KIND              of resources that do not say so: hydrant_outdoor ...
#   --system SYSTEM          wgs84, cgcs2000, gcj02 or bd09 (wgs84)
#   --source TEXT            where it is from (the name of the file)
#   --division CODE          of rows that do not say so
#   --keys JSON              which property is which column: {"name": "MC"};
#                            columns are name, kind, code, address, phone, division_code,
#                            external_id, longitude, latitude
#   --encoding NAME          of CSV and Shapefile, for example GB18030
#
# FILE is whatever ogr2ogr reads: CSV, GeoJSON, Shapefile, GeoPackage, KML ...
# Which database: PGHOST, PGPORT, PGDATABASE, PGUSER, PGSERVICE.  Every feature
# of the file becomes a row, or nothing does.  Then, in SQL:
#
#   SELECT * FROM fireiot.accept_import(BATCH);
set -eu

usage()
{
	sed -n 's/^# \{0,1\}//; 2,19p' "$0" >&2
	exit 2
}

target=resource kind='' system=wgs84 source='' division='' keys='{}' encoding=''
while [ $# -gt 0 ]; do
	case $1 in
		--target | --kind | --system | --source | --division | --keys | --encoding)
			[ $# -gt 1 ] || usage
			eval "${1#--}=\$2"
			shift 2
			;;
		-*) usage ;;
		*) break ;;
	esac
done
[ $# -ge 1 ] && [ $# -le 2 ] || usage
file=$1
layer=${2:-}
set --
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# GDAL takes text of CSV for UTF-8, whatever is said.
if [ -n "$encoding" ]; then
	case $file in
		*.csv | *.CSV)
			iconv -f "$encoding" -t UTF-8 "$file" >"$work/recoded.csv"
			[ -n "$source" ] || source=${file##*/}
			file=$work/recoded.csv
			;;
		*.shp | *.SHP) set -- -oo "ENCODING=$encoding" ;;
	esac
fi

# Degrees of WGS84 or CGCS2000 if the file says in which projection it is; else
# the numbers as they are.
ogr2ogr -f GeoJSONSeq "$work/features" "$@" -lco COORDINATE_PRECISION=9 "$file" ${layer:+"$layer"}
touch "$work/features"
there=$(ogrinfo -ro -so -al "$@" "$file" ${layer:+"$layer"} | awk '/^Feature Count:/ { n += $3 } END { print n + 0 }')
psql -X -q -v ON_ERROR_STOP=1 -v target="$target" -v kind="$kind" -v system="$system" \
	-v source="${source:-${file##*/}}" -v division="$division" -v keys="$keys" -v there="$there" \
	-f "$here/import.sql" <"$work/features"
