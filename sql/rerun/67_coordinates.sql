-- Coordinates between the systems in use in China.  PostGIS may be in any
-- schema; only in this file is it in the search path.
DO $postgis$
BEGIN
	PERFORM pg_catalog.set_config('search_path',
		pg_catalog.format('pg_catalog, %s, pg_temp', e.extnamespace::pg_catalog.regnamespace), true)
	FROM pg_catalog.pg_extension AS e
	WHERE e.extname OPERATOR(pg_catalog.=) 'postgis';
END
$postgis$;

CREATE OR REPLACE FUNCTION fireiot.to_wgs84(geometry geometry, source text)
RETURNS geometry
AS 'MODULE_PATHNAME', 'fireiot_to_wgs84'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION fireiot.to_wgs84(geometry, text) IS
'The geometry, whose coordinates are wgs84, cgcs2000, gcj02 or bd09, in WGS84 (SRID 4326). Outside the mainland coordinates are not shifted';

CREATE OR REPLACE FUNCTION fireiot.from_wgs84(geometry geometry, target text)
RETURNS geometry
AS 'MODULE_PATHNAME', 'fireiot_from_wgs84'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION fireiot.from_wgs84(geometry, text) IS
'The geometry with SRID 4326 in wgs84 (SRID 4326), cgcs2000 (SRID 4490), gcj02 or bd09 (SRID 0, since they have none). Outside the mainland coordinates are not shifted';

DO $path$
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$path$;
