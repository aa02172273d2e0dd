-- Not by psql, only by CREATE EXTENSION.
\echo Use "CREATE EXTENSION fireiot CASCADE" to load this file. \quit

SET LOCAL search_path = pg_catalog, pg_temp;

-- Names of codes are Chinese; device texts may hold any character.
DO $guard$
BEGIN
	IF pg_catalog.current_setting('server_encoding') <> 'UTF8' THEN
		RAISE EXCEPTION 'fireiot cannot be created in a database with encoding %',
			pg_catalog.current_setting('server_encoding')
			USING ERRCODE = 'feature_not_supported',
				DETAIL = 'Texts of devices are GB 18030, which only UTF8 can hold in full.',
				HINT = 'CREATE DATABASE name ENCODING ''UTF8'' LOCALE ''C'' TEMPLATE template0, or another locale of UTF8, and create the extension there.';
	END IF;
END
$guard$;
