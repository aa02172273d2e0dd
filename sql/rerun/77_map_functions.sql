-- What maps ask for with numbers: heat, trends, where help is too far away.
-- Like tiles they read by the rights of their owner, take values only, and
-- their names are bound when they are made.  What is classified is never
-- counted, so that no count is too small to be shown.

-- Cells of true metres: as many to a degree of longitude as fit at the middle
-- of their row.
CREATE OR REPLACE FUNCTION fireiot.map_cell(place @postgis@.geometry, cell_m double precision, OUT x bigint, OUT y bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT floor(@postgis@.st_x(place) * 111320 * cos(radians((r.y + 0.5) * cell_m / 111320)) / cell_m)::bigint, r.y::bigint
	FROM (SELECT floor(@postgis@.st_y(place) * 111320 / cell_m) AS y OFFSET 0) AS r;
END;
COMMENT ON FUNCTION fireiot.map_cell(@postgis@.geometry, double precision) IS
'The cell, of about cell_m by cell_m metres, that a place in WGS84 is in';

CREATE OR REPLACE FUNCTION fireiot.map_cell_outline(x bigint, y bigint, cell_m double precision)
RETURNS @postgis@.geometry(Polygon, 4326)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_makeenvelope(x * r.width, y * cell_m / 111320, (x + 1) * r.width, (y + 1) * cell_m / 111320, 4326)
	FROM (SELECT cell_m / 111320 / cos(radians((y + 0.5) * cell_m / 111320)) AS width OFFSET 0) AS r;
END;
COMMENT ON FUNCTION fireiot.map_cell_outline(bigint, bigint, double precision) IS
'The outline of a cell of fireiot.map_cell';

-- Alarms that maps may count, open and closed.
CREATE OR REPLACE VIEW fireiot.mapped_history AS
SELECT a.id, a.received_at, a.class, a.unit_id, a.device, a.part
FROM fireiot.alarm AS a
WHERE a.window_id IS NULL
	AND (a.unit_id IN (SELECT c.unit_id FROM fireiot.classified_unit AS c)) IS NOT TRUE
	AND (a.device IN (SELECT c.device FROM fireiot.classified_device AS c)) IS NOT TRUE
	AND ((a.device IN (SELECT c.device FROM fireiot.classified_part AS c)) IS NOT TRUE
		OR NOT EXISTS (SELECT FROM fireiot.classified_part AS c WHERE c.device = a.device AND c.part = a.part));
COMMENT ON VIEW fireiot.mapped_history IS
'Openings of cases that maps may count: not of classified places, not in windows of maintenance';

-- By the registry of today; a place is looked up once for all alarms of a part.
CREATE OR REPLACE FUNCTION fireiot_map.alarm_heat(
	from_at timestamptz DEFAULT NULL, to_at timestamptz DEFAULT NULL, class text DEFAULT NULL, cell_m double precision DEFAULT 500,
	OUT id integer, OUT geom @postgis@.geometry(Polygon, 4326), OUT alarms integer, OUT fires integer, OUT faults integer, OUT units integer)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
	SELECT row_number() OVER (ORDER BY h.y, h.x)::integer, fireiot.map_cell_outline(h.x, h.y, greatest(cell_m, 10)),
		h.alarms::integer, h.fires::integer, h.faults::integer, h.units::integer
	FROM (
		SELECT c.x, c.y, sum(a.alarms) AS alarms, coalesce(sum(a.alarms) FILTER (WHERE a.class = 'fire'), 0) AS fires,
			coalesce(sum(a.alarms) FILTER (WHERE a.class = 'fault'), 0) AS faults, count(DISTINCT a.unit_id) AS units
		FROM (
			SELECT o.class, o.unit_id, o.device, o.part, count(*) AS alarms
			FROM fireiot.mapped_history AS o
			WHERE o.received_at >= coalesce(alarm_heat.from_at, coalesce(alarm_heat.to_at, now()) - interval '30 days')
				AND o.received_at < coalesce(alarm_heat.to_at, now())
				AND (alarm_heat.class IS NULL OR o.class = ANY (string_to_array(alarm_heat.class, ',')))
			GROUP BY o.class, o.unit_id, o.device, o.part
		) AS a,
			LATERAL fireiot.place_of(a.device, a.part, a.unit_id) AS p,
			LATERAL fireiot.map_cell(p.geom, greatest(cell_m, 10)) AS c
		WHERE p.geom IS NOT NULL
		GROUP BY c.x, c.y
	) AS h
	ORDER BY 1
$$;
COMMENT ON FUNCTION fireiot_map.alarm_heat(timestamptz, timestamptz, text, double precision) IS
'{"description": "Alarms of a period by cells of some metres: by default of the last 30 days, 500 m"}';

CREATE OR REPLACE FUNCTION fireiot_map.alarm_trend(
	from_at timestamptz DEFAULT NULL, to_at timestamptz DEFAULT NULL, bucket text DEFAULT 'day', unit_id bigint DEFAULT NULL,
	OUT "time" timestamptz, OUT metric text, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
BEGIN ATOMIC
	WITH asked AS MATERIALIZED (
		SELECT coalesce(fireiot.setting('time_zone'), 'Asia/Shanghai') AS zone, coalesce(to_at, now()) AS till,
			coalesce(from_at, coalesce(to_at, now()) - interval '30 days') AS since
	), bucket_of AS (
		SELECT q.zone, t.at
		FROM asked AS q, LATERAL generate_series(date_trunc(bucket, q.since AT TIME ZONE q.zone),
			q.till AT TIME ZONE q.zone - interval '1 microsecond', ('1 ' || bucket)::interval) AS t (at)
	), counted AS (
		SELECT h.class, date_trunc(bucket, h.received_at AT TIME ZONE (SELECT q.zone FROM asked AS q)) AS at, count(*) AS alarms
		FROM fireiot.mapped_history AS h
		WHERE h.received_at >= (SELECT q.since FROM asked AS q) AND h.received_at < (SELECT q.till FROM asked AS q)
			AND (alarm_trend.unit_id IS NULL OR h.unit_id = alarm_trend.unit_id)
		GROUP BY 1, 2
	)
	SELECT b.at AT TIME ZONE b.zone, k.class, coalesce(c.alarms, 0)::double precision
	FROM bucket_of AS b
	CROSS JOIN unnest('{fire,event,fault,link}'::text[]) AS k (class)
	LEFT JOIN counted AS c ON c.at = b.at AND c.class = k.class
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION fireiot_map.alarm_trend(timestamptz, timestamptz, text, bigint) IS
'{"description": "Alarms by hour, day, week or month of civil time and by class, as time series: by default of the last 30 days by day"}';

CREATE OR REPLACE FUNCTION fireiot_map.alarm_heat_tile(
	z integer, x integer, y integer, days integer DEFAULT 30, class text DEFAULT NULL, cell_m double precision DEFAULT 500, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
BEGIN ATOMIC
	SELECT (
		SELECT coalesce(@postgis@.st_asmvt(t, 'alarm_heat', 4096, 'geom', 'id'), '')
		FROM (
			SELECT h.id, @postgis@.st_asmvtgeom(fireiot.on_map(@postgis@.st_centroid(h.geom), s.system), b.bounds, 4096, 64) AS geom, h.alarms, h.fires, h.faults, h.units
			FROM fireiot_map.alarm_heat(now() - make_interval(days => days), now(), alarm_heat_tile.class, cell_m) AS h
			WHERE h.geom OPERATOR(@postgis@.&&) b.reach
		) AS t
	)
	FROM (SELECT fireiot.tile_system(coordinate_system) AS system OFFSET 0) AS s,
		LATERAL (SELECT fireiot.tile_reach(z, x, y, s.system) AS reach, @postgis@.st_tileenvelope(z, x, y) AS bounds OFFSET 0) AS b;
END;
COMMENT ON FUNCTION fireiot_map.alarm_heat_tile(integer, integer, integer, integer, text, double precision, text) IS
'{"description": "Alarms of the last days by cells as tiles, a point of each cell", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.alarm_heat_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.alarm_heat_tile(z, x, y, coalesce((query ->> 'days')::integer, 30), query ->> 'class',
		coalesce((query ->> 'cell_m')::double precision, 500), query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.alarm_heat_tile_q(integer, integer, integer, json) IS
'{"description": "Alarms of the last days by cells as tiles, a point of each cell", "minzoom": 0, "maxzoom": 22}';

-- Daily and hourly trends as views, for clients that know only those.
CREATE OR REPLACE VIEW fireiot_map.alarm_by_day AS
SELECT t."time", t.metric, t.value FROM fireiot_map.alarm_trend(now() - interval '90 days', now(), 'day') AS t;
COMMENT ON VIEW fireiot_map.alarm_by_day IS
'{"description": "Alarms of the last 90 days by day of civil time and class: time, metric, value"}';
CREATE OR REPLACE VIEW fireiot_map.alarm_by_hour AS
SELECT t."time", t.metric, t.value FROM fireiot_map.alarm_trend(now() - interval '48 hours', now(), 'hour') AS t;
COMMENT ON VIEW fireiot_map.alarm_by_hour IS
'{"description": "Alarms of the last 48 hours by hour and class: time, metric, value"}';

-- Where help is too far away.  Boxes of degrees use the index, true metres decide.
CREATE OR REPLACE FUNCTION fireiot.has_help_within(place @postgis@.geometry, kinds text[], metres double precision)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM fireiot.resource AS r, LATERAL fireiot.resource_usability(r) AS u
		WHERE r.geom OPERATOR(@postgis@.&&) @postgis@.st_expand(place, metres / 111000 / cos(radians(@postgis@.st_y(place))), metres / 110000)
			AND r.kind = ANY (kinds) AND @postgis@.st_dwithin(r.geom::@postgis@.geography, place::@postgis@.geography, metres) AND u.usable AND NOT u.classified
		OFFSET 0);
END;
COMMENT ON FUNCTION fireiot.has_help_within(@postgis@.geometry, text[], double precision) IS
'Is there a resource of these kinds that can be used now, within so many metres of a place in WGS84? Those of classified places do not count';

CREATE OR REPLACE FUNCTION fireiot_map.uncovered_unit(
	kind text DEFAULT 'hydrant_outdoor', metres double precision DEFAULT 150,
	OUT id integer, OUT geom @postgis@.geometry(Point, 4326), OUT unit_id bigint, OUT name text, OUT address text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
BEGIN ATOMIC
	SELECT (u.id & 2147483647)::integer, u.geom, u.id, u.name, u.address
	FROM fireiot.mapped_unit AS u
	WHERE u.geom IS NOT NULL AND NOT fireiot.has_help_within(u.geom, string_to_array(uncovered_unit.kind, ','), metres)
	ORDER BY u.id;
END;
COMMENT ON FUNCTION fireiot_map.uncovered_unit(text, double precision) IS
'{"description": "Units without a usable resource of some kinds within so many metres: by default outdoor hydrants, 150 m"}';

CREATE OR REPLACE FUNCTION fireiot_map.coverage_gap(
	kind text DEFAULT 'hydrant_outdoor', metres double precision DEFAULT 150, cell_m double precision DEFAULT 100,
	west double precision DEFAULT NULL, south double precision DEFAULT NULL, east double precision DEFAULT NULL, north double precision DEFAULT NULL,
	OUT id integer, OUT geom @postgis@.geometry(Polygon, 4326), OUT cell_metres double precision)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
BEGIN ATOMIC
	WITH box AS MATERIALIZED (
		SELECT coalesce(west, @postgis@.st_xmin(e.box)) AS west, coalesce(south, @postgis@.st_ymin(e.box)) AS south,
			coalesce(east, @postgis@.st_xmax(e.box)) AS east, coalesce(north, @postgis@.st_ymax(e.box)) AS north
		FROM (SELECT @postgis@.st_extent(u.geom) AS box FROM fireiot.mapped_unit AS u WHERE u.geom IS NOT NULL) AS e
	), grid AS MATERIALIZED (
		SELECT b.*, greatest(coverage_gap.cell_m, 10,
			sqrt((b.east - b.west) * cos(radians((b.south + b.north) / 2)) * (b.north - b.south)) * 111320 / 200) AS cell
		FROM box AS b
	), covered AS (
		SELECT g.cell, x.n AS x, y.n AS y, fireiot.map_cell_outline(x.n, y.n, g.cell) AS outline
		FROM grid AS g,
			LATERAL generate_series(floor(g.south * 111320 / g.cell)::bigint, floor(g.north * 111320 / g.cell)::bigint) AS y (n),
			LATERAL (SELECT 111320 * cos(radians((y.n + 0.5) * g.cell / 111320)) / g.cell AS in_degree OFFSET 0) AS w,
			LATERAL generate_series(floor(g.west * w.in_degree)::bigint, floor(g.east * w.in_degree)::bigint) AS x (n)
	)
	SELECT row_number() OVER (ORDER BY c.y, c.x)::integer, c.outline, c.cell
	FROM covered AS c
	WHERE NOT fireiot.has_help_within(@postgis@.st_centroid(c.outline), string_to_array(coverage_gap.kind, ','), metres)
	ORDER BY 1;
END;
COMMENT ON FUNCTION fireiot_map.coverage_gap(text, double precision, double precision, double precision, double precision, double precision, double precision) IS
'{"description": "Cells whose middle is farther from every usable resource of some kinds than so many metres; of the box that is asked for, else of where units are. Of a large one cells are larger, so that there are about 40000"}';

CREATE OR REPLACE FUNCTION fireiot_map.nearest_help(
	lon double precision DEFAULT NULL, lat double precision DEFAULT NULL, kind text DEFAULT 'hydrant_outdoor', k integer DEFAULT 5,
	max_metres double precision DEFAULT 5000, coordinate_system text DEFAULT NULL,
	OUT id integer, OUT geom @postgis@.geometry(Point, 4326), OUT kind_of text, OUT name text, OUT metres double precision, OUT bearing double precision,
	OUT along text, OUT road_metres double precision, OUT on_duty integer, OUT phone text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
BEGIN ATOMIC
	SELECT r.resource_id, r.geom, r.kind, r.name, r.metres, r.bearing, r.along, r.road_metres, r.on_duty, r.phone
	FROM (SELECT fireiot.to_wgs84(@postgis@.st_makepoint(lon, lat), fireiot.tile_system(coordinate_system))::@postgis@.geography AS place OFFSET 0) AS p,
		LATERAL fireiot.nearest_resources(p.place, string_to_array(nearest_help.kind, ','), nearest_help.k, nearest_help.max_metres) AS r
	WHERE p.place IS NOT NULL;
END;
COMMENT ON FUNCTION fireiot_map.nearest_help(double precision, double precision, text, integer, double precision, text) IS
'{"description": "The nearest usable resources of some kinds, in true metres, from a place in the coordinates of the map"}';

-- pg_featureserv publishes what is in its schema, which another application may
-- own: so only when it is asked for.  Each argument has a default and each
-- result a name; bodies are text, so that they are in nobody's way at DROP
-- EXTENSION.
CREATE OR REPLACE FUNCTION fireiot.install_feature_functions(role name DEFAULT NULL)
RETURNS text[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $install$
DECLARE
	point CONSTANT text := format_type('@postgis@.geometry'::regtype, NULL);
	made record;
	names text[] := '{}';
BEGIN
	IF to_regnamespace('postgisftw') IS NULL THEN
		CREATE SCHEMA postgisftw;
	END IF;
	FOR made IN
		SELECT f.*
		FROM (VALUES
			('fireiot_open_alarms', 'class text DEFAULT ''fire''', 'id integer, geom geometry, class text, kind_zh text, unit_name text, part_name text, opened_at timestamptz, age_s integer, overdue integer',
				'SELECT n.id, n.geom, n.class, n.kind_zh, n.unit_name, n.part_name, n.opened_at, n.age_s, n.overdue FROM fireiot_map.open_alarm AS n WHERE n.class = ANY (string_to_array($1, '',''))',
				'Open alarms of these classes'),
			('fireiot_alarm_heat', 'days integer DEFAULT 30, class text DEFAULT ''fire'', cell_m double precision DEFAULT 500', 'id integer, geom geometry, alarms integer, fires integer, faults integer, units integer',
				'SELECT h.* FROM fireiot_map.alarm_heat(now() - make_interval(days => $1), now(), $2, $3) AS h',
				'Alarms of the last days by cells'),
			('fireiot_uncovered_units', 'kind text DEFAULT ''hydrant_outdoor'', metres double precision DEFAULT 150', 'id integer, geom geometry, unit_id bigint, name text, address text',
				'SELECT u.* FROM fireiot_map.uncovered_unit($1, $2) AS u',
				'Units without a usable resource near'),
			('fireiot_nearest_help', 'lon double precision DEFAULT 0, lat double precision DEFAULT 0, kind text DEFAULT ''hydrant_outdoor'', k integer DEFAULT 5, max_metres double precision DEFAULT 5000',
				'id integer, geom geometry, kind_of text, name text, metres double precision, bearing double precision, phone text',
				'SELECT h.id, h.geom, h.kind_of, h.name, h.metres, h.bearing, h.phone FROM fireiot_map.nearest_help($1, $2, $3, $4, $5) AS h',
				'The nearest usable resources')) AS f (name, arguments, result, body, says)
	LOOP
		EXECUTE format('CREATE OR REPLACE FUNCTION postgisftw.%I(%s) RETURNS TABLE (%s) LANGUAGE sql STABLE PARALLEL SAFE AS %L',
			made.name, made.arguments, regexp_replace(made.result, '\mgeom geometry', 'geom ' || point), made.body);
		EXECUTE format('COMMENT ON FUNCTION postgisftw.%I IS %L', made.name, made.says);
		names := names || made.name;
	END LOOP;
	IF role IS NOT NULL THEN
		PERFORM fireiot.grant_map(role);
		EXECUTE format('GRANT USAGE ON SCHEMA postgisftw TO %I', role);
	END IF;
	RETURN names;
END
$install$;
COMMENT ON FUNCTION fireiot.install_feature_functions(name) IS
'Makes the functions of pg_featureserv in its schema postgisftw, which is made if it is not there, and lets a role use them; returns their names';
