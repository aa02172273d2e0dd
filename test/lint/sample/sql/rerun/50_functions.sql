-- A function; "IF NOT EXISTS" and @extowner@ are only words here.
CREATE OR REPLACE FUNCTION fireiot.good(n integer DEFAULT 1)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	RETURN n;	-- ; and 'quotes'
END
$$;
COMMENT ON FUNCTION fireiot.good(integer) IS 'It''s good; really';
REVOKE ALL ON FUNCTION fireiot.good(integer) FROM PUBLIC;
