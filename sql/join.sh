#!/bin/sh
# join.sh FILE... - the files as one script, the name of each before it.
#
# PostGIS may be in any schema, and strangers may make functions there that
# would fit better than its own: files that name it write @postgis@ before
# each of its functions, operators and types, which is replaced by the schema
# when the script runs.  (From PostgreSQL 16 on that would be
# @extschema:postgis@.)
set -eu

with_postgis()
{
	cat <<-'SQL'
	DO $with_postgis$
	DECLARE
		postgis pg_catalog.text := (
			SELECT pg_catalog.quote_ident(n.nspname)
			FROM pg_catalog.pg_extension AS e
			JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
			WHERE e.extname OPERATOR(pg_catalog.=) 'postgis');
	BEGIN
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, fireiot, pg_temp', true);
		EXECUTE pg_catalog.replace($with_postgis_file$
	SQL
	cat "$1"
	cat <<-'SQL'
	$with_postgis_file$, '@postgis@', postgis);
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	END
	$with_postgis$;
	SQL
}

for file; do
	echo "-- $file"
	if grep -q '@postgis@' "$file"; then
		with_postgis "$file"
	else
		cat "$file"
	fi
done
