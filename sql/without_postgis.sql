-- From here on it cannot.
DO $path$
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$path$;
