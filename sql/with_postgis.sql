-- From here on PostGIS, in whatever schema it is, can be named.
DO $postgis$
BEGIN
	PERFORM pg_catalog.set_config('search_path',
		pg_catalog.format('pg_catalog, fireiot, %s, pg_temp', e.extnamespace::pg_catalog.regnamespace), true)
	FROM pg_catalog.pg_extension AS e
	WHERE e.extname OPERATOR(pg_catalog.=) 'postgis';
END
$postgis$;
