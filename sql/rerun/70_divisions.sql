-- Divisions: which one a code meant on a day, and more of them.

CREATE OR REPLACE FUNCTION fireiot.srid_of(coordinate_system text)
RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE coordinate_system WHEN 'wgs84' THEN 4326 WHEN 'cgcs2000' THEN 4490 ELSE 0 END;
END;
COMMENT ON FUNCTION fireiot.srid_of(text) IS
'The SRID of geometries in a coordinate system: 4326, 4490, or 0 for gcj02 and bd09, which have none';

CREATE OR REPLACE FUNCTION fireiot.geometry_of(geojson jsonb, coordinate_system text)
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_setsrid(@postgis@.st_geomfromgeojson(geojson), fireiot.srid_of(coordinate_system));
END;
COMMENT ON FUNCTION fireiot.geometry_of(jsonb, text) IS
'A geometry of GeoJSON, as columns named delivered take it: with the SRID of its coordinate system';

CREATE OR REPLACE FUNCTION fireiot.division_on(code text, day date DEFAULT NULL)
RETURNS SETOF fireiot.division
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT d.*
	FROM fireiot.division AS d,
		LATERAL (SELECT coalesce(division_on.day, (now() AT TIME ZONE fireiot.setting('time_zone'))::date) AS day) AS t
	WHERE d.code = division_on.code AND t.day >= d.valid_from AND (t.day < d.valid_to OR d.valid_to IS NULL)
	ORDER BY d.builtin, d.valid_from DESC
	LIMIT 1;
END;
COMMENT ON FUNCTION fireiot.division_on(text, date) IS
'The division that a code of GB/T 2260 meant on a day, today by default; no row if none';

CREATE OR REPLACE FUNCTION fireiot.check_divisions(list jsonb, source text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	wrong jsonb;
BEGIN
	IF list IS NULL OR source IS NULL OR jsonb_typeof(list) <> 'array' THEN
		RAISE EXCEPTION 'a list of divisions is an array, and has a source'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Write it for example as [{"code": "330106", "name": "西湖区", "valid_from": "1949-10-01"}].';
	END IF;
	SELECT d.value INTO wrong
	FROM jsonb_array_elements(list) AS d
	WHERE NOT coalesce(d.value ->> 'code' ~ '^[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?$' AND d.value ->> 'name' <> '', false)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'division % has no code of six, nine or twelve digits or no name', wrong
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Keys are code, name, valid_from, valid_to, successors and outline.';
	END IF;
	SELECT d.value -> 'code' INTO wrong
	FROM jsonb_array_elements(list) AS d
	WHERE jsonb_typeof(d.value -> 'outline') <> 'null' AND coalesce(d.value #>> '{outline,type}' NOT IN ('Polygon', 'MultiPolygon'), true)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the outline of division % is no area', wrong
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'An outline is a Polygon or a MultiPolygon of GeoJSON.';
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.check_divisions(jsonb, text) IS
'Refuses what fireiot.load_divisions cannot load';

CREATE OR REPLACE FUNCTION fireiot.load_divisions(list jsonb, source text, coordinate_system text DEFAULT 'wgs84')
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	twice record;
	loaded bigint;
BEGIN
	PERFORM fireiot.check_divisions(list, load_divisions.source);
	INSERT INTO fireiot.division AS d (code, valid_from, valid_to, name, successors, delivered, coordinate_system, source)
	SELECT r.code, coalesce(r.valid_from, '-infinity'), r.valid_to, r.name, r.successors,
		fireiot.geometry_of(r.outline, load_divisions.coordinate_system), load_divisions.coordinate_system, load_divisions.source
	FROM jsonb_to_recordset(list) AS r (code text, valid_from date, valid_to date, name text, successors text[], outline jsonb)
	ON CONFLICT ON CONSTRAINT division_pkey DO UPDATE
	SET valid_to = EXCLUDED.valid_to, name = EXCLUDED.name, successors = EXCLUDED.successors, source = EXCLUDED.source,
		delivered = coalesce(EXCLUDED.delivered, d.delivered),
		coordinate_system = CASE WHEN EXCLUDED.delivered IS NULL THEN d.coordinate_system ELSE EXCLUDED.coordinate_system END;
	GET DIAGNOSTICS loaded = ROW_COUNT;

	SELECT a.code, b.valid_from AS day INTO twice
	FROM fireiot.division AS a
	JOIN fireiot.division AS b ON b.code = a.code AND b.valid_from > a.valid_from AND (b.valid_from < a.valid_to OR a.valid_to IS NULL)
	WHERE NOT a.builtin AND NOT b.builtin
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'division % would mean two things on %', twice.code, twice.day
			USING ERRCODE = 'exclusion_violation',
				HINT = 'Give the earlier one its valid_to: the day on which it is not in force any more.';
	END IF;
	RETURN loaded;
END
$$;
COMMENT ON FUNCTION fireiot.load_divisions(jsonb, text, text) IS
'Divisions from an array of objects with code, name, valid_from, valid_to, successors and outline (GeoJSON, in coordinate_system), and where they are from; how many. What was loaded with the same code and first day is replaced; without an outline it keeps its own';
