-- Deliveries in files: taken in as they are, checked, accepted row by row.

-- What may be wrong with a row.  What may not pass cannot be stored.
CREATE OR REPLACE FUNCTION fireiot.import_problems(OUT problem text, OUT may_pass boolean, OUT hint text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 13
BEGIN ATOMIC
	SELECT p.* FROM (VALUES
		('no_name', false, 'Say with keys which property is the name: {"name": "..."}.'),
		('unknown_kind', false, 'Say which kind it is when the batch begins, or with keys which property says so.'),
		('no_place', true, 'It would be in no map and in no list of what is near.'),
		('not_degrees', false, 'Have it delivered in degrees, or with its projection, so that ogr2ogr can transform it.'),
		('swapped_axes', false, 'Check the batch again with swapped := true.'),
		('out_of_country', true, 'Look at the coordinates: a digit is missing or too many, or they are zero.'),
		('outside_mainland', true, 'At sea, abroad, or in Hong Kong, Macao or Taiwan, where no system is shifted.'),
		('duplicate_in_batch', true, 'details say which row is there already.'),
		('duplicate', true, 'details say what is there already.'),
		('known', true, 'The same external_id came from this source before.'),
		('unknown_division', true, 'Its code means nothing today: see fireiot.division_on and its successors.'),
		('outside_division', true, 'The place or the code of its division is wrong; details say how many metres it is off.'),
		('wrong_system', true, 'Check the batch again with the coordinate_system that details say would fit.')) AS p;
END;
COMMENT ON FUNCTION fireiot.import_problems() IS
'What fireiot.check_import may find, whether rows with it can be accepted all the same, and what to do';

-- Names of properties in the deliveries of surveyors, water works and map
-- services, in lower case.
CREATE OR REPLACE FUNCTION fireiot.import_names(field text)
RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT n.names FROM (VALUES
		('name', '{name,名称,消火栓名称,单位名称,水源名称,mc}'::text[]),
		('kind', '{kind,类型,类别,种类,lx}'),
		('code', '{code,编号,编码,消火栓编号,bh}'),
		('address', '{address,地址,详细地址,位置,dz}'),
		('phone', '{phone,电话,联系电话}'),
		('division_code', '{division_code,adcode,行政区划代码,区划代码,xzqdm}'),
		('external_id', '{external_id,id,gid,objectid,fid,序号}'),
		('longitude', '{longitude,lon,lng,long,x,经度,东经,jd}'),
		('latitude', '{latitude,lat,y,纬度,北纬,wd}')) AS n (field, names)
	WHERE n.field = import_names.field;
END;
COMMENT ON FUNCTION fireiot.import_names(text) IS
'Names of properties that are taken for a column: of name, kind, code, address, phone, division_code, external_id, longitude and latitude';

CREATE OR REPLACE FUNCTION fireiot.import_keys(batch fireiot.import_batch, field text)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN batch.keys ? field THEN ARRAY[batch.keys ->> field]
		ELSE ARRAY(
			SELECT k.key
			FROM (
				SELECT DISTINCT p.key FROM fireiot.import_staging AS s, jsonb_object_keys(s.feature -> 'properties') AS p (key)
				WHERE s.batch_id = batch.id AND jsonb_typeof(s.feature -> 'properties') = 'object') AS k
			WHERE lower(k.key) = ANY (fireiot.import_names(field))
			ORDER BY array_position(fireiot.import_names(field), lower(k.key)), k.key) END;
END;
COMMENT ON FUNCTION fireiot.import_keys(fireiot.import_batch, text) IS
'The properties of the rows of a batch that are taken for a column, the first with a value counts: by its keys, else by fireiot.import_names';

CREATE OR REPLACE FUNCTION fireiot.resource_kind(word text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT k.kind FROM (VALUES
		('hydrant_outdoor', '{hydrant_outdoor,消火栓,室外消火栓,市政消火栓,地上式消火栓,地下式消火栓,hydrant,fire_hydrant}'::text[]),
		('hydrant_indoor', '{hydrant_indoor,室内消火栓}'),
		('water_source', '{water_source,水源,天然水源,取水点,消防取水口}'),
		('tank', '{tank,消防水池,消防水箱}'),
		('micro_station', '{micro_station,微型消防站}'),
		('fire_station', '{fire_station,消防站,消防救援站}'),
		('vehicle', '{vehicle,消防车}'),
		('camera', '{camera,摄像机,摄像头,视频监控}'),
		('other', '{other,其他}')) AS k (kind, words)
	WHERE lower(btrim(word)) = ANY (k.words);
END;
COMMENT ON FUNCTION fireiot.resource_kind(text) IS
'The kind of a resource by a word of a delivery: its key or a usual name; null if not known';

CREATE OR REPLACE FUNCTION fireiot.degrees_of(word text)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN word ~ '^ *[-+]?[0-9]{1,9}([.][0-9]*)? *[°度]? *$' THEN substring(word FROM '[-+]?[0-9.]+')::double precision
		ELSE (SELECT m[1]::double precision + m[2]::double precision / 60 + coalesce(nullif(m[3], '')::double precision, 0) / 3600
			FROM regexp_match(word, '^ *(?:东经|北纬|[EN])? *([0-9]{1,3}) *[°度] *([0-9]{1,2}) *[′''’分] *(?:([0-9]{1,2}(?:[.][0-9]*)?) *[″"”秒])? *[EN]? *$') AS m) END;
END;
COMMENT ON FUNCTION fireiot.degrees_of(text) IS
'Degrees from a number or from degrees, minutes and seconds as text: 120°12''36"; null if it is neither';

-- A geometry that cannot be read is none: its row is refused, not the file.
CREATE OR REPLACE FUNCTION fireiot.import_geometry(feature jsonb, longitude text, latitude text, coordinate_system text, swapped boolean)
RETURNS @postgis@.geometry
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	found @postgis@.geometry;
BEGIN
	IF coalesce(jsonb_typeof(feature -> 'geometry'), 'null') = 'null' THEN
		found := @postgis@.st_setsrid(@postgis@.st_makepoint(fireiot.degrees_of(longitude), fireiot.degrees_of(latitude)), fireiot.srid_of(coordinate_system));
	-- to PostGIS null is 0
	ELSIF NOT jsonb_path_exists(feature, '$.geometry.coordinates.** ? (@.type() != "number" && @.type() != "array")') THEN
		found := fireiot.geometry_of(feature -> 'geometry', coordinate_system);
	END IF;
	RETURN CASE WHEN @postgis@.st_isempty(found) THEN NULL WHEN swapped THEN @postgis@.st_flipcoordinates(found) ELSE found END;
EXCEPTION WHEN OTHERS THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.import_geometry(jsonb, text, text, text, boolean) IS
'The geometry of a GeoJSON Feature, else of its longitude and latitude, with the SRID of its coordinate system; null if there is none or none that can be read';

-- The box is around the country and its seas; what is in it may be elsewhere.
CREATE OR REPLACE FUNCTION fireiot.place_problem(delivered @postgis@.geometry)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN delivered IS NULL THEN 'no_place'
		WHEN NOT (@postgis@.st_xmin(delivered) >= -180 AND @postgis@.st_xmax(delivered) <= 180 AND @postgis@.st_ymin(delivered) >= -180 AND @postgis@.st_ymax(delivered) <= 180) THEN 'not_degrees'
		WHEN @postgis@.st_xmin(delivered) >= 3 AND @postgis@.st_xmax(delivered) <= 54 AND @postgis@.st_ymin(delivered) >= 73 AND @postgis@.st_ymax(delivered) <= 136 THEN 'swapped_axes'
		WHEN NOT (@postgis@.st_ymin(delivered) >= -90 AND @postgis@.st_ymax(delivered) <= 90) THEN 'not_degrees'
		WHEN NOT (@postgis@.st_xmin(delivered) >= 73 AND @postgis@.st_xmax(delivered) <= 136 AND @postgis@.st_ymin(delivered) >= 3 AND @postgis@.st_ymax(delivered) <= 54) THEN 'out_of_country' END;
END;
COMMENT ON FUNCTION fireiot.place_problem(@postgis@.geometry) IS
'Why a delivered geometry cannot be a place in China by its numbers alone, of fireiot.import_problems; null: it can';

CREATE OR REPLACE FUNCTION fireiot.as_system(delivered @postgis@.geometry, coordinate_system text)
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT fireiot.point_of(@postgis@.st_setsrid(delivered, fireiot.srid_of(coordinate_system)), coordinate_system);
END;
COMMENT ON FUNCTION fireiot.as_system(@postgis@.geometry, text) IS
'A point of a delivered geometry in WGS84 if its numbers are in this system, whatever was said of it';

-- Degrees that hold all within so many metres; a little more.
CREATE OR REPLACE FUNCTION fireiot.box_around(place @postgis@.geometry, metres double precision)
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_expand(place, metres / (111000 * greatest(cos(radians(@postgis@.st_y(place))), 0.01)), metres / 110500);
END;
COMMENT ON FUNCTION fireiot.box_around(@postgis@.geometry, double precision) IS
'A box in degrees that holds what is within so many metres of a place, for indexes; then measure';

CREATE OR REPLACE FUNCTION fireiot.begin_import(
	target text, source text, coordinate_system text DEFAULT 'wgs84', kind text DEFAULT NULL,
	division_code text DEFAULT NULL, keys jsonb DEFAULT '{}')
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	batch integer;
BEGIN
	IF begin_import.kind IS NOT NULL AND fireiot.resource_kind(begin_import.kind) IS NULL THEN
		RAISE EXCEPTION '"%" is no kind of resources', begin_import.kind
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Kinds are hydrant_outdoor, hydrant_indoor, water_source, tank, micro_station, fire_station, vehicle, camera and other.';
	END IF;
	INSERT INTO fireiot.import_batch (target, source, coordinate_system, kind, division_code, keys)
	VALUES (begin_import.target, begin_import.source, begin_import.coordinate_system,
		fireiot.resource_kind(begin_import.kind), begin_import.division_code, begin_import.keys)
	RETURNING id INTO batch;
	RETURN batch;
END
$$;
COMMENT ON FUNCTION fireiot.begin_import(text, text, text, text, text, jsonb) IS
'A new batch for fireiot.import_staging; its id. target: resource or unit; source: where it is from; what is said of system, kind and division counts for rows that do not say so themselves';

CREATE OR REPLACE FUNCTION fireiot.import_values(properties jsonb, keys jsonb,
	OUT name text, OUT code text, OUT address text, OUT phone text, OUT external_id text, OUT division_code text, OUT kind text,
	OUT longitude text, OUT latitude text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT max(v.value) FILTER (WHERE v.field = 'name'), max(v.value) FILTER (WHERE v.field = 'code'),
		max(v.value) FILTER (WHERE v.field = 'address'), max(v.value) FILTER (WHERE v.field = 'phone'),
		max(v.value) FILTER (WHERE v.field = 'external_id'), max(v.value) FILTER (WHERE v.field = 'division_code'),
		max(v.value) FILTER (WHERE v.field = 'kind'), max(v.value) FILTER (WHERE v.field = 'longitude'),
		max(v.value) FILTER (WHERE v.field = 'latitude')
	FROM (
		SELECT f.key AS field, (
			SELECT btrim(properties ->> k.key) FROM jsonb_array_elements_text(f.value) AS k (key)
			WHERE jsonb_typeof(properties) = 'object' AND btrim(properties ->> k.key) <> '' LIMIT 1) AS value
		FROM jsonb_each(keys) AS f) AS v;
END;
COMMENT ON FUNCTION fireiot.import_values(jsonb, jsonb) IS
'For fireiot.check_import: what properties say, by the keys of fireiot.import_keys for each column';

-- Only the owner may.
CREATE OR REPLACE FUNCTION fireiot.analyze_import()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	ANALYZE fireiot.import_staging;
END
$$;
COMMENT ON FUNCTION fireiot.analyze_import() IS
'For fireiot.check_import: statistics of the rows, without which its plans do not fit them';

-- What the rows say, and whether their numbers can be places.
CREATE OR REPLACE FUNCTION fireiot.read_import(batch fireiot.import_batch)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	keys jsonb := (SELECT jsonb_object_agg(f.field, fireiot.import_keys(batch, f.field))
		FROM unnest('{name,code,address,phone,external_id,division_code,kind,longitude,latitude}'::text[]) AS f (field));
BEGIN
	UPDATE fireiot.import_staging AS s
	SET state = 'checked', target_id = NULL, decided_at = NULL, decided_by = NULL, details = '{}', problems = '{}', geom = NULL,
		(name, code, address, phone, external_id, division_code, kind, delivered) = (
			SELECT coalesce(f.name, f.code), f.code, f.address, f.phone, coalesce(f.external_id, s.feature ->> 'id'),
				coalesce(f.division_code, batch.division_code),
				CASE WHEN batch.target = 'resource' THEN CASE WHEN f.kind IS NULL THEN batch.kind ELSE fireiot.resource_kind(f.kind) END END,
				fireiot.import_geometry(s.feature, f.longitude, f.latitude, batch.coordinate_system, batch.swapped)
			FROM fireiot.import_values(s.feature -> 'properties', keys) AS f)
	WHERE s.batch_id = batch.id AND s.state <> 'accepted';

	UPDATE fireiot.import_staging AS s
	SET problems = array_remove(ARRAY[
			CASE WHEN s.name IS NULL THEN 'no_name' END,
			CASE WHEN s.kind IS NULL AND batch.target = 'resource' THEN 'unknown_kind' END,
			fireiot.place_problem(s.delivered)], NULL),
		geom = CASE WHEN fireiot.place_problem(s.delivered) IS NULL THEN fireiot.point_of(s.delivered, batch.coordinate_system) END
	WHERE s.batch_id = batch.id AND s.state = 'checked';
	-- the rows are new: what follows is planned by what they hold
	PERFORM fireiot.analyze_import();
END
$$;
COMMENT ON FUNCTION fireiot.read_import(fireiot.import_batch) IS
'For fireiot.check_import: what the rows say, and which of them cannot be places by their numbers';

CREATE OR REPLACE FUNCTION fireiot.note_import(batch_id integer, problem text, rows integer[], details jsonb[] DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	UPDATE fireiot.import_staging AS s
	SET problems = s.problems || note_import.problem,
		details = s.details || CASE WHEN n.detail IS NULL THEN '{}' ELSE jsonb_build_object(note_import.problem, n.detail) END
	FROM ROWS FROM (unnest(note_import.rows), unnest(note_import.details)) AS n (row, detail)
	WHERE s.batch_id = note_import.batch_id AND s.row = n.row AND s.state = 'checked'
		AND note_import.problem <> ALL (s.problems);
END
$$;
COMMENT ON FUNCTION fireiot.note_import(integer, text, integer[], jsonb[]) IS
'For fireiot.check_import: these rows have this problem';

-- Units are the same by name: two of them may well be in one building.
CREATE OR REPLACE FUNCTION fireiot.note_duplicates(batch fireiot.import_batch, near_m double precision)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	PERFORM fireiot.note_import(batch.id, 'duplicate_in_batch', array_agg(d.row), array_agg(jsonb_build_object('row', d.first)))
	FROM (
		SELECT s.row, least(
			(SELECT min(t.row) FROM fireiot.import_staging AS t
				WHERE batch.target = 'resource' AND t.batch_id = batch.id AND t.row < s.row AND t.kind = s.kind
					AND t.geom OPERATOR(@postgis@.&&) fireiot.box_around(s.geom, near_m) AND @postgis@.st_distance(t.geom::@postgis@.geography, s.geom::@postgis@.geography) <= near_m),
			CASE WHEN batch.target = 'unit' THEN min(s.row) OVER (PARTITION BY s.name) END,
			CASE WHEN s.external_id IS NOT NULL THEN min(s.row) OVER (PARTITION BY s.external_id) END) AS first
		FROM fireiot.import_staging AS s WHERE s.batch_id = batch.id) AS d
	WHERE d.first < d.row HAVING count(*) > 0;

	PERFORM fireiot.note_import(batch.id, 'duplicate', array_agg(s.row), array_agg(jsonb_build_object('id', d.id, 'name', d.name, 'metres', d.metres)))
	FROM fireiot.import_staging AS s, LATERAL (
		SELECT r.id::bigint AS id, r.name, round(@postgis@.st_distance(r.geom::@postgis@.geography, s.geom::@postgis@.geography)::numeric, 1) AS metres
		FROM fireiot.resource AS r
		WHERE batch.target = 'resource' AND r.kind = s.kind AND r.status <> 'removed'
			AND r.geom OPERATOR(@postgis@.&&) fireiot.box_around(s.geom, near_m) AND @postgis@.st_distance(r.geom::@postgis@.geography, s.geom::@postgis@.geography) <= near_m
		UNION ALL
		SELECT u.id, u.name, round(@postgis@.st_distance(u.geom::@postgis@.geography, s.geom::@postgis@.geography)::numeric, 1)
		FROM fireiot.unit AS u WHERE batch.target = 'unit' AND u.name = s.name
		ORDER BY metres, id LIMIT 1) AS d
	WHERE s.batch_id = batch.id AND s.state = 'checked' HAVING count(*) > 0;

	PERFORM fireiot.note_import(batch.id, 'known', array_agg(s.row), array_agg(jsonb_build_object('id', r.id)))
	FROM fireiot.import_staging AS s JOIN fireiot.resource AS r ON r.external_id = s.external_id AND r.source = batch.source
	WHERE batch.target = 'resource' AND s.batch_id = batch.id AND s.state = 'checked' HAVING count(*) > 0;
END
$$;
COMMENT ON FUNCTION fireiot.note_duplicates(fireiot.import_batch, double precision) IS
'For fireiot.check_import: rows that repeat another one, or what is there already';

-- The finest division of a code whose outline is known.
CREATE OR REPLACE FUNCTION fireiot.division_with_outline(code text)
RETURNS @postgis@.geometry
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT d.outline
	FROM (VALUES (1, code), (2, left(code, 9)), (3, left(code, 6)), (4, left(code, 4) || '00'), (5, left(code, 2) || '0000')) AS c (n, code),
		LATERAL fireiot.division_on(c.code) AS d
	WHERE d.outline IS NOT NULL
	ORDER BY c.n LIMIT 1;
END;
COMMENT ON FUNCTION fireiot.division_with_outline(text) IS
'The outline of the division of a code today, or of the one around it if that has none';

-- How far a row is from where it should be, and in which other system of
-- coordinates it would be there.
CREATE OR REPLACE FUNCTION fireiot.import_offsets(batch fireiot.import_batch,
	OUT "row" integer, OUT evidence text, OUT metres double precision, OUT other text, OUT other_metres double precision)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH outline AS MATERIALIZED (
		SELECT c.code, fireiot.division_with_outline(c.code) AS outline
		FROM (SELECT DISTINCT s.division_code AS code FROM fireiot.import_staging AS s WHERE s.batch_id = batch.id) AS c
	), target AS (
		SELECT s.row, 'division' AS evidence, o.outline AS place
		FROM fireiot.import_staging AS s JOIN outline AS o ON o.code = s.division_code AND o.outline IS NOT NULL
		WHERE s.batch_id = batch.id
		UNION ALL
		SELECT s.row, 'known', r.geom
		FROM fireiot.import_staging AS s JOIN fireiot.resource AS r ON r.code = s.code AND r.kind = s.kind AND r.geom IS NOT NULL
		WHERE s.batch_id = batch.id AND batch.target = 'resource'
		UNION ALL
		SELECT s.row, 'known', u.geom
		FROM fireiot.import_staging AS s JOIN fireiot.unit AS u ON u.name = s.name AND u.geom IS NOT NULL
		WHERE s.batch_id = batch.id AND batch.target = 'unit'
	)
	SELECT t.row, t.evidence, CASE WHEN @postgis@.st_intersects(t.place, s.geom) THEN 0 ELSE @postgis@.st_distance(t.place::@postgis@.geography, s.geom::@postgis@.geography) END,
		o.system, CASE WHEN @postgis@.st_intersects(t.place, e.geom) THEN 0 ELSE @postgis@.st_distance(t.place::@postgis@.geography, e.geom::@postgis@.geography) END
	FROM target AS t
	JOIN fireiot.import_staging AS s ON s.batch_id = batch.id AND s.row = t.row
	CROSS JOIN (VALUES ('wgs84'), ('gcj02'), ('bd09')) AS o (system)
	CROSS JOIN LATERAL (SELECT fireiot.as_system(s.delivered, o.system) AS geom OFFSET 0) AS e
	WHERE s.state = 'checked' AND s.geom IS NOT NULL AND o.system <> CASE batch.coordinate_system WHEN 'cgcs2000' THEN 'wgs84' ELSE batch.coordinate_system END;
END
$$;
COMMENT ON FUNCTION fireiot.import_offsets(fireiot.import_batch) IS
'For fireiot.check_import: how many metres rows are off the outline of their division, or off what is known under their code or name, as they are taken and in each other system';

-- One row off may be a mistake of its own; three that all would fit in the
-- same other system, with few that would not fit any more, are none.
CREATE OR REPLACE FUNCTION fireiot.suspected_system(batch fireiot.import_batch, tolerance_m double precision)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH counted AS (
		SELECT o.other, o.evidence,
			count(*) FILTER (WHERE o.metres > tolerance_m AND o.metres < 3000) AS off,
			count(*) FILTER (WHERE o.metres > tolerance_m AND o.other_metres <= tolerance_m AND o.metres > 3 * o.other_metres) AS fit,
			count(*) FILTER (WHERE o.metres <= tolerance_m AND o.other_metres > tolerance_m) AS worse,
			avg(o.other_metres) AS mean
		FROM fireiot.import_offsets(batch) AS o
		GROUP BY 1, 2
	)
	SELECT c.other FROM counted AS c
	WHERE c.fit >= 3 AND c.fit * 5 >= c.off * 4 AND c.worse * 4 <= c.fit
	ORDER BY c.evidence DESC, c.fit - c.worse DESC, c.mean
	LIMIT 1;
END;
COMMENT ON FUNCTION fireiot.suspected_system(fireiot.import_batch, double precision) IS
'For fireiot.check_import: the system in which the rows of a batch seem to be, if it is not the one that was said; else null';

CREATE OR REPLACE FUNCTION fireiot.note_divisions(batch fireiot.import_batch, suspected text, tolerance_m double precision)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	PERFORM fireiot.note_import(batch.id, 'outside_mainland', array_agg(s.row))
	FROM fireiot.import_staging AS s
	WHERE s.batch_id = batch.id AND s.state = 'checked' AND @postgis@.st_equals(@postgis@.st_setsrid(fireiot.from_wgs84(s.geom, 'gcj02'), 4326), s.geom) HAVING count(*) > 0;

	PERFORM fireiot.note_import(batch.id, 'unknown_division', array_agg(s.row), array_agg(jsonb_build_object('code', s.division_code)))
	FROM fireiot.import_staging AS s
	WHERE s.batch_id = batch.id AND s.state = 'checked' AND s.division_code IS NOT NULL
		AND EXISTS (SELECT FROM fireiot.division AS d WHERE left(d.code, 4) = left(s.division_code, 4) AND right(d.code, 2) <> '00')
		AND NOT EXISTS (SELECT FROM fireiot.division_on(left(s.division_code, 6))) HAVING count(*) > 0;

	PERFORM fireiot.note_import(batch.id, CASE WHEN o.fits IS NULL THEN 'outside_division' ELSE 'wrong_system' END, array_agg(o.row),
		array_agg(jsonb_strip_nulls(jsonb_build_object('metres', o.metres, 'would_fit', o.fits))))
	FROM (
		SELECT f.row, round(min(f.metres)) AS metres,
			(array_agg(f.other ORDER BY f.other = suspected DESC NULLS LAST, f.other_metres) FILTER (WHERE f.other_metres <= tolerance_m))[1] AS fits
		FROM fireiot.import_offsets(batch) AS f WHERE f.evidence = 'division' AND f.metres > tolerance_m
		GROUP BY f.row) AS o
	GROUP BY o.fits IS NULL;

	PERFORM fireiot.note_import(batch.id, 'wrong_system', array_agg(s.row), array_agg(jsonb_build_object('would_fit', suspected)))
	FROM fireiot.import_staging AS s
	WHERE suspected IS NOT NULL AND s.batch_id = batch.id AND s.geom IS NOT NULL HAVING count(*) > 0;
END
$$;
COMMENT ON FUNCTION fireiot.note_divisions(fireiot.import_batch, text, double precision) IS
'For fireiot.check_import: rows that are not where they say, and in which system they would be';

CREATE OR REPLACE FUNCTION fireiot.import_summary(batch_id integer, OUT problem text, OUT rows bigint, OUT first_row integer, OUT may_pass boolean, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	SELECT s.problem, count(*), min(s.row), coalesce(p.may_pass, true), p.hint
	FROM (
		SELECT i.row, unnest(CASE WHEN i.problems = '{}' THEN '{NULL}' ELSE i.problems END) AS problem
		FROM fireiot.import_staging AS i WHERE i.batch_id = import_summary.batch_id) AS s
	LEFT JOIN fireiot.import_problems() AS p ON p.problem = s.problem
	GROUP BY s.problem, p.may_pass, p.hint
	ORDER BY s.problem IS NOT NULL, count(*) DESC, s.problem;
END;
COMMENT ON FUNCTION fireiot.import_summary(integer) IS
'How many rows of a batch have which problem, the first of them, and what to do; problem null: rows without any';

CREATE OR REPLACE FUNCTION fireiot.batch_for_import(batch_id integer)
RETURNS fireiot.import_batch
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	batch fireiot.import_batch;
BEGIN
	SELECT b.* INTO batch FROM fireiot.import_batch AS b WHERE b.id = batch_id FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no import batch %', batch_id
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'fireiot.begin_import makes one.';
	END IF;
	RETURN batch;
END
$$;
COMMENT ON FUNCTION fireiot.batch_for_import(integer) IS
'A batch, locked, or an error';

CREATE OR REPLACE FUNCTION fireiot.check_import(
	batch_id integer, near_m double precision DEFAULT 5, coordinate_system text DEFAULT NULL, swapped boolean DEFAULT NULL,
	tolerance_m double precision DEFAULT 100,
	OUT problem text, OUT rows bigint, OUT first_row integer, OUT may_pass boolean, OUT hint text)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 5
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	batch fireiot.import_batch := fireiot.batch_for_import(batch_id);
BEGIN
	UPDATE fireiot.import_batch AS b
	SET coordinate_system = coalesce(check_import.coordinate_system, b.coordinate_system),
		swapped = coalesce(check_import.swapped, b.swapped), checked_at = now()
	WHERE b.id = batch.id RETURNING b.* INTO batch;
	PERFORM fireiot.read_import(batch);
	PERFORM fireiot.note_duplicates(batch, near_m);
	batch.suspected := fireiot.suspected_system(batch, tolerance_m);
	PERFORM fireiot.note_divisions(batch, batch.suspected, tolerance_m);
	UPDATE fireiot.import_batch AS b SET suspected = batch.suspected WHERE b.id = batch.id;
	RETURN QUERY SELECT * FROM fireiot.import_summary(batch.id);
END
$$;
COMMENT ON FUNCTION fireiot.check_import(integer, double precision, text, boolean, double precision) IS
'Reads and checks the rows of a batch that are not accepted, and says what is wrong with how many. near_m: nearer ones of a kind are the same; coordinate_system, swapped: take them as that from now on; tolerance_m: how far off the outline of its division a row may be';

-- The ids are drawn first: so each row knows what it became.
CREATE OR REPLACE FUNCTION fireiot.store_import(batch fireiot.import_batch)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	stored bigint;
BEGIN
	UPDATE fireiot.import_staging AS s SET target_id = nextval(pg_get_serial_sequence('fireiot.' || batch.target, 'id'))
	WHERE s.batch_id = batch.id AND s.state = 'accepted' AND s.target_id IS NULL;
	IF batch.target = 'unit' THEN
		INSERT INTO fireiot.unit (id, name, division_code, address, phone, delivered, coordinate_system, note)
		SELECT s.target_id, s.name, s.division_code, s.address, s.phone, s.delivered, batch.coordinate_system, batch.source
		FROM fireiot.import_staging AS s
		WHERE s.batch_id = batch.id AND s.state = 'accepted' AND s.decided_at IS NULL ORDER BY s.row;
	ELSE
		INSERT INTO fireiot.resource (id, kind, name, code, division_code, address, phone, delivered, coordinate_system, external_id, source, detail)
		SELECT s.target_id, s.kind, s.name, s.code, s.division_code, s.address, s.phone, s.delivered, batch.coordinate_system,
			s.external_id, batch.source, s.feature -> 'properties'
		FROM fireiot.import_staging AS s
		WHERE s.batch_id = batch.id AND s.state = 'accepted' AND s.decided_at IS NULL ORDER BY s.row;
	END IF;
	GET DIAGNOSTICS stored = ROW_COUNT;
	UPDATE fireiot.import_staging AS s SET decided_at = now(), decided_by = session_user
	WHERE s.batch_id = batch.id AND s.state IN ('accepted', 'refused') AND s.decided_at IS NULL;
	RETURN stored;
END
$$;
COMMENT ON FUNCTION fireiot.store_import(fireiot.import_batch) IS
'For fireiot.accept_import: what rows that were accepted become; how many';

CREATE OR REPLACE FUNCTION fireiot.accept_import(batch_id integer, despite text[] DEFAULT '{}', OUT accepted bigint, OUT refused bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	batch fireiot.import_batch := fireiot.batch_for_import(batch_id);
	wrong text := (
		SELECT string_agg(d.problem, ', ' ORDER BY d.n) FROM unnest(despite) WITH ORDINALITY AS d (problem, n)
		WHERE NOT EXISTS (SELECT FROM fireiot.import_problems() AS p WHERE p.problem = d.problem AND p.may_pass));
BEGIN
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'rows cannot be accepted despite %', wrong
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'fireiot.import_problems() says which problems may pass.';
	ELSIF EXISTS (SELECT FROM fireiot.import_staging AS s WHERE s.batch_id = batch.id AND s.state = 'staged') THEN
		RAISE EXCEPTION 'import batch % has rows that were not checked', batch.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('SELECT * FROM fireiot.check_import(%s);', batch.id);
	END IF;
	UPDATE fireiot.import_staging AS s
	SET state = CASE WHEN s.problems <@ despite THEN 'accepted' ELSE 'refused' END, decided_at = NULL, decided_by = NULL
	WHERE s.batch_id = batch.id AND s.state IN ('checked', 'refused');
	accepted := fireiot.store_import(batch);
	refused := (SELECT count(*) FROM fireiot.import_staging AS s WHERE s.batch_id = batch.id AND s.state = 'refused');
END
$$;
COMMENT ON FUNCTION fireiot.accept_import(integer, text[]) IS
'Rows of a checked batch without problems, or with none but those of despite, become resources or units; the others are refused, and may be accepted later. How many of them each';
