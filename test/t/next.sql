-- What a version has that the one before has not.
CREATE FUNCTION fireiot.next_version()
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN 'next';
COMMENT ON FUNCTION fireiot.next_version() IS 'Only in the version that tests upgrade to';
