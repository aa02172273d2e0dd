-- Vector tiles of the layers.  For each layer NAME_tile(z, x, y, ...) for
-- pg_tileserv, whose further arguments are parameters of its URLs, and
-- NAME_tile_q(z, x, y, query) for Martin, which hands over all parameters as
-- JSON and wants an ETag.
--
-- They read by the rights of their owner and take values only, no conditions:
-- so they may use the indexes and leave out afterwards what is classified.
--
-- A tile of up to 1000 of them has each by itself, with its id.  One that would
-- have more has a feature for each of 64 by 64 cells, with how many there are;
-- of resources, of which there may be millions, one out of each of 20 by 20:
-- what a tile costs is then bounded.
--
-- PL/pgSQL keeps its plans: to plan one of these takes longer than to run it.

-- Shifted tiles lie on shifted maps: x and y are of the map, in its system.
CREATE OR REPLACE FUNCTION fireiot.tile_system(coordinate_system text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(coordinate_system, current_setting('fireiot.map_coordinate_system', true), 'wgs84');
END;
COMMENT ON FUNCTION fireiot.tile_system(text) IS
'The system that is asked for, else that of fireiot.map_coordinate_system';

-- Spherical Mercator by numbers: of GCJ-02 and BD-09 there is no SRID to
-- transform from.  The last latitude of a map is 85.051 degrees.  Not STRICT
-- and one expression, so that it is inlined.
CREATE OR REPLACE FUNCTION fireiot.on_map(place @postgis@.geometry, coordinate_system text)
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_makepoint(@postgis@.st_x(fireiot.from_wgs84(place, coordinate_system)) * 111319.49079327358,
		ln(tan(radians(45 + least(greatest(@postgis@.st_y(fireiot.from_wgs84(place, coordinate_system)), -85.06), 85.06) / 2))) * 6378137);
END;
COMMENT ON FUNCTION fireiot.on_map(@postgis@.geometry, text) IS
'A point in WGS84 in the metres of a web map whose coordinates are of the system; without an SRID';

CREATE OR REPLACE FUNCTION fireiot.tile_latitude(y double precision, z integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT degrees(atan(sinh(pi() * (1 - 2 * y / 2 ^ z))));
END;
COMMENT ON FUNCTION fireiot.tile_latitude(double precision, integer) IS
'Latitude of the upper edge of the row y of tiles';

-- A 64th more on each side, as the tile has it.  No shift is as far as 0.0135
-- degrees; between the corners of a tile it bends by less than the margin.
CREATE OR REPLACE FUNCTION fireiot.tile_reach(z integer, x integer, y integer, coordinate_system text)
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN coordinate_system IN ('wgs84', 'cgcs2000') THEN box.outline
		ELSE @postgis@.st_expand(@postgis@.st_envelope(@postgis@.st_collect(box.outline, fireiot.to_wgs84(@postgis@.st_setsrid(box.outline, 0), coordinate_system))),
			0.0135 / greatest(1, (1 << least(z, 20)) / 256)) END
	FROM (SELECT @postgis@.st_makeenvelope(greatest((x - 1.0 / 64) * 360 / 2 ^ z - 180, -180), fireiot.tile_latitude(y + 65.0 / 64, z),
		least((x + 65.0 / 64) * 360 / 2 ^ z - 180, 180), fireiot.tile_latitude(y - 1.0 / 64, z), 4326) AS outline OFFSET 0) AS box;
END;
COMMENT ON FUNCTION fireiot.tile_reach(integer, integer, integer, text) IS
'A box in WGS84 around all that is on a tile, whose numbers are of a map in the system';

-- What the cells of a box are reckoned by: looking at it once for each of a
-- hundred thousand places would cost more than they do.
CREATE OR REPLACE FUNCTION fireiot.tile_grid(box @postgis@.geometry)
RETURNS double precision[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT ARRAY[@postgis@.st_xmin(box), @postgis@.st_ymin(box),
		(@postgis@.st_xmax(box) - @postgis@.st_xmin(box)) / 64, (@postgis@.st_ymax(box) - @postgis@.st_ymin(box)) / 64];
END;
COMMENT ON FUNCTION fireiot.tile_grid(@postgis@.geometry) IS
'West and south of a box in 64 by 64 cells, width and height of one';

-- In a form that queries take in, like the next.
CREATE OR REPLACE FUNCTION fireiot.grid_cell(place @postgis@.geometry, grid double precision[])
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT floor((@postgis@.st_y(place) - grid[2]) / grid[4])::integer * 64 + floor((@postgis@.st_x(place) - grid[1]) / grid[3])::integer;
END;
COMMENT ON FUNCTION fireiot.grid_cell(@postgis@.geometry, double precision[]) IS
'The number of the cell that a point of the box is in, row by row from the south';

CREATE OR REPLACE FUNCTION fireiot.grid_centre(cell integer, grid double precision[])
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_setsrid(@postgis@.st_makepoint(grid[1] + (cell % 64 + 0.5) * grid[3], grid[2] + (cell / 64 + 0.5) * grid[4]), 4326);
END;
COMMENT ON FUNCTION fireiot.grid_centre(integer, double precision[]) IS
'The middle of a cell';

-- Where a tile would hold too many, one feature stands for all of a cell.
CREATE OR REPLACE FUNCTION fireiot.tile_of_cells(
	layer text, grid double precision[], system text, bounds @postgis@.geometry, cells integer[], counts integer[], fires integer[])
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT @postgis@.st_asmvt(t, layer, 4096, 'geom')
		FROM (
			SELECT @postgis@.st_asmvtgeom(fireiot.on_map(fireiot.grid_centre(c.cell, grid), system), bounds, 4096, 64) AS geom, c.count, c.fires
			FROM unnest(cells, counts, fires) AS c (cell, count, fires)
		) AS t);
END
$$;
COMMENT ON FUNCTION fireiot.tile_of_cells(text, double precision[], text, @postgis@.geometry, integer[], integer[], integer[]) IS
'A tile with a feature for each of these cells, with how many there are, and how many fires among them';

-- For layers of millions: what is in a cell is looked for by the index.
CREATE OR REPLACE FUNCTION fireiot.cells_of(box @postgis@.geometry, n integer)
RETURNS SETOF @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 1024
BEGIN ATOMIC
	SELECT @postgis@.st_makeenvelope(e.west + x.n * e.width, e.south + y.n * e.height, e.west + (x.n + 0.999999) * e.width, e.south + (y.n + 0.999999) * e.height, @postgis@.st_srid(box))
	FROM (SELECT @postgis@.st_xmin(box) AS west, @postgis@.st_ymin(box) AS south, (@postgis@.st_xmax(box) - @postgis@.st_xmin(box)) / cells_of.n AS width,
			(@postgis@.st_ymax(box) - @postgis@.st_ymin(box)) / cells_of.n AS height OFFSET 0) AS e,
		generate_series(0, cells_of.n - 1) AS x (n), generate_series(0, cells_of.n - 1) AS y (n);
END;
COMMENT ON FUNCTION fireiot.cells_of(@postgis@.geometry, integer) IS
'A box in n by n cells';

CREATE OR REPLACE FUNCTION fireiot_map.unit_tile(z integer, x integer, y integer, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	system CONSTANT text := fireiot.tile_system(coordinate_system);
	bounds CONSTANT @postgis@.geometry := @postgis@.st_tileenvelope(z, x, y);
	reach CONSTANT @postgis@.geometry := fireiot.tile_reach(z, x, y, system);
	grid CONSTANT double precision[] := fireiot.tile_grid(reach);
BEGIN
	RETURN (
		WITH here AS MATERIALIZED (
			SELECT u.* FROM fireiot.mapped_unit AS u WHERE u.geom OPERATOR(@postgis@.&&) reach
		)
		SELECT coalesce(CASE WHEN (SELECT count(*) <= 1000 FROM here) THEN (
			SELECT @postgis@.st_asmvt(t, 'unit', 4096, 'geom', 'id')
			FROM (
				SELECT (u.id & 2147483647)::integer AS id, @postgis@.st_asmvtgeom(fireiot.on_map(u.geom, system), bounds, 4096, 64) AS geom,
					u.id AS unit_id, u.name, n.open_alarms, n.worst_class
				FROM here AS u
				LEFT JOIN (
					SELECT a.unit_id, count(*)::integer AS open_alarms,
						(array_agg(a.class ORDER BY array_position('{fire,event,fault,link}', a.class)))[1] AS worst_class
					FROM fireiot.mapped_alarm AS a GROUP BY a.unit_id
				) AS n ON n.unit_id = u.id
			) AS t
		) ELSE (
			SELECT fireiot.tile_of_cells('unit', grid, system, bounds, array_agg(c.cell), array_agg(c.count), NULL)
			FROM (SELECT fireiot.grid_cell(u.geom, grid) AS cell, count(*)::integer AS count FROM here AS u GROUP BY 1) AS c
		) END, ''));
END
$$;
COMMENT ON FUNCTION fireiot_map.unit_tile(integer, integer, integer, text) IS
'{"description": "Units 联网单位 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.unit_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.unit_tile(z, x, y, query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.unit_tile_q(integer, integer, integer, json) IS
'{"description": "Units 联网单位 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.building_tile(z integer, x integer, y integer, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	system CONSTANT text := fireiot.tile_system(coordinate_system);
	bounds CONSTANT @postgis@.geometry := @postgis@.st_tileenvelope(z, x, y);
	reach CONSTANT @postgis@.geometry := fireiot.tile_reach(z, x, y, system);
	grid CONSTANT double precision[] := fireiot.tile_grid(reach);
BEGIN
	RETURN (
		WITH here AS MATERIALIZED (
			SELECT h.* FROM fireiot.mapped_building AS h WHERE h.geom OPERATOR(@postgis@.&&) reach
		)
		SELECT coalesce(CASE WHEN (SELECT count(*) <= 1000 FROM here) THEN (
			SELECT @postgis@.st_asmvt(t, 'building', 4096, 'geom', 'id')
			FROM (
				SELECT (h.id & 2147483647)::integer AS id, @postgis@.st_asmvtgeom(fireiot.on_map(h.geom, system), bounds, 4096, 64) AS geom,
					h.id AS building_id, h.unit_id, h.name, h.floors_above::integer AS floors_above
				FROM here AS h
			) AS t
		) ELSE (
			SELECT fireiot.tile_of_cells('building', grid, system, bounds, array_agg(c.cell), array_agg(c.count), NULL)
			FROM (SELECT fireiot.grid_cell(h.geom, grid) AS cell, count(*)::integer AS count FROM here AS h GROUP BY 1) AS c
		) END, ''));
END
$$;
COMMENT ON FUNCTION fireiot_map.building_tile(integer, integer, integer, text) IS
'{"description": "Buildings 建筑物 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.building_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.building_tile(z, x, y, query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.building_tile_q(integer, integer, integer, json) IS
'{"description": "Buildings 建筑物 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.device_tile(z integer, x integer, y integer, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	system CONSTANT text := fireiot.tile_system(coordinate_system);
	bounds CONSTANT @postgis@.geometry := @postgis@.st_tileenvelope(z, x, y);
	reach CONSTANT @postgis@.geometry := fireiot.tile_reach(z, x, y, system);
	grid CONSTANT double precision[] := fireiot.tile_grid(reach);
BEGIN
	RETURN (
		WITH here AS MATERIALIZED (
			SELECT d.* FROM fireiot.mapped_device AS d WHERE d.geom OPERATOR(@postgis@.&&) reach
		)
		SELECT coalesce(CASE WHEN (SELECT count(*) <= 1000 FROM here) THEN (
			SELECT @postgis@.st_asmvt(t, 'device', 4096, 'geom', 'id')
			FROM (
				SELECT d.map_id AS id, @postgis@.st_asmvtgeom(fireiot.on_map(d.geom, system), bounds, 4096, 64) AS geom,
					d.device::text AS device, d.name, d.of_unit AS unit_id, coalesce(w.online, false) AS online
				FROM here AS d
				LEFT JOIN fireiot.device_now AS w ON w.device = d.device
			) AS t
		) ELSE (
			SELECT fireiot.tile_of_cells('device', grid, system, bounds, array_agg(c.cell), array_agg(c.count), NULL)
			FROM (SELECT fireiot.grid_cell(d.geom, grid) AS cell, count(*)::integer AS count FROM here AS d GROUP BY 1) AS c
		) END, ''));
END
$$;
COMMENT ON FUNCTION fireiot_map.device_tile(integer, integer, integer, text) IS
'{"description": "User information transmission devices 用户信息传输装置 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.device_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.device_tile(z, x, y, query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.device_tile_q(integer, integer, integer, json) IS
'{"description": "User information transmission devices 用户信息传输装置 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.part_tile(z integer, x integer, y integer, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	system CONSTANT text := fireiot.tile_system(coordinate_system);
	bounds CONSTANT @postgis@.geometry := @postgis@.st_tileenvelope(z, x, y);
	reach CONSTANT @postgis@.geometry := fireiot.tile_reach(z, x, y, system);
	grid CONSTANT double precision[] := fireiot.tile_grid(reach);
BEGIN
	RETURN (
		WITH here AS MATERIALIZED (
			SELECT p.* FROM fireiot.mapped_part AS p WHERE p.geom OPERATOR(@postgis@.&&) reach
		)
		SELECT coalesce(CASE WHEN (SELECT count(*) <= 1000 FROM here) THEN (
			SELECT @postgis@.st_asmvt(t, 'part', 4096, 'geom', 'id')
			FROM (
				SELECT p.map_id AS id, @postgis@.st_asmvtgeom(fireiot.on_map(p.geom, system), bounds, 4096, 64) AS geom,
					p.device::text AS device, p.part::text AS part, p.name, p.floor,
					w.state::text AS state, fireiot.alarm_class(w.state) AS state_class
				FROM here AS p
				LEFT JOIN LATERAL (
					SELECT n.state FROM fireiot.part_now AS n
					WHERE n.device = p.device AND n.part = p.part AND n.quantity = -1
					ORDER BY n.kind = 2 DESC, n.since DESC LIMIT 1
				) AS w ON true
			) AS t
		) ELSE (
			SELECT fireiot.tile_of_cells('part', grid, system, bounds, array_agg(c.cell), array_agg(c.count), NULL)
			FROM (SELECT fireiot.grid_cell(p.geom, grid) AS cell, count(*)::integer AS count FROM here AS p GROUP BY 1) AS c
		) END, ''));
END
$$;
COMMENT ON FUNCTION fireiot_map.part_tile(integer, integer, integer, text) IS
'{"description": "Parts 部件 with their states as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.part_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.part_tile(z, x, y, query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.part_tile_q(integer, integer, integer, json) IS
'{"description": "Parts 部件 with their states as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.open_alarm_tile(z integer, x integer, y integer, class text DEFAULT NULL, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	system CONSTANT text := fireiot.tile_system(coordinate_system);
	bounds CONSTANT @postgis@.geometry := @postgis@.st_tileenvelope(z, x, y);
	reach CONSTANT @postgis@.geometry := fireiot.tile_reach(z, x, y, system);
	grid CONSTANT double precision[] := fireiot.tile_grid(reach);
BEGIN
	RETURN (
		WITH here AS MATERIALIZED (
			SELECT n.* FROM fireiot.mapped_alarm AS n WHERE n.geom OPERATOR(@postgis@.&&) reach AND (open_alarm_tile.class IS NULL OR n.class = ANY (string_to_array(open_alarm_tile.class, ',')))
		)
		SELECT coalesce(CASE WHEN (SELECT count(*) <= 1000 FROM here) THEN (
			SELECT @postgis@.st_asmvt(t, 'open_alarm', 4096, 'geom', 'id')
			FROM (
				SELECT (n.id & 2147483647)::integer AS id, @postgis@.st_asmvtgeom(fireiot.on_map(n.geom, system), bounds, 4096, 64) AS geom,
					n.id AS alarm_id, n.class, n.kind, n.stage, n.repeats, n.unit_id,
					extract(epoch FROM now() - n.opened_at)::integer AS age_s, n.restored_at IS NOT NULL AS restored,
					extract(epoch FROM d.next_due_at - now())::integer AS due_in_s, coalesce(d.overdue, 0) AS overdue
				FROM here AS n
				LEFT JOIN LATERAL (
					SELECT min(c.due_at) FILTER (WHERE c.state = 'open') AS next_due_at,
						(count(*) FILTER (WHERE c.state = 'breached' AND c.stopped_at IS NULL))::integer AS overdue
					FROM fireiot.deadline AS c WHERE c.alarm_id = n.id OFFSET 0
				) AS d ON true
			) AS t
		) ELSE (
			SELECT fireiot.tile_of_cells('open_alarm', grid, system, bounds, array_agg(c.cell), array_agg(c.count), array_agg(c.fires))
			FROM (SELECT fireiot.grid_cell(n.geom, grid) AS cell, count(*)::integer AS count, (count(*) FILTER (WHERE n.class = 'fire'))::integer AS fires FROM here AS n GROUP BY 1) AS c
		) END, ''));
END
$$;
COMMENT ON FUNCTION fireiot_map.open_alarm_tile(integer, integer, integer, text, text) IS
'{"description": "Open alarms 未关闭的预警 as tiles", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.open_alarm_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.open_alarm_tile(z, x, y, query ->> 'class', query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.open_alarm_tile_q(integer, integer, integer, json) IS
'{"description": "Open alarms 未关闭的预警 as tiles", "minzoom": 0, "maxzoom": 22}';

-- A look into a cell is one into the index, whatever the planner thinks of LIMIT.
CREATE OR REPLACE FUNCTION fireiot_map.resource_tile(z integer, x integer, y integer, kind text DEFAULT NULL, coordinate_system text DEFAULT NULL)
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	system CONSTANT text := fireiot.tile_system(coordinate_system);
	bounds CONSTANT @postgis@.geometry := @postgis@.st_tileenvelope(z, x, y);
	kinds CONSTANT text[] := string_to_array(resource_tile.kind, ',');
	reach CONSTANT @postgis@.geometry := fireiot.tile_reach(z, x, y, system);
BEGIN
	IF (SELECT count(*) <= 1000
		FROM (SELECT FROM fireiot.resource AS r CROSS JOIN LATERAL fireiot.resource_usability(r) AS u
			WHERE r.geom OPERATOR(@postgis@.&&) reach AND r.status <> 'removed' AND NOT u.classified AND (kinds IS NULL OR r.kind = ANY (kinds))
			LIMIT 1001) AS few) THEN
		RETURN (
			SELECT coalesce(@postgis@.st_asmvt(t, 'resource', 4096, 'geom', 'id'), '')
			FROM (
				SELECT r.id, @postgis@.st_asmvtgeom(fireiot.on_map(r.geom, system), bounds, 4096, 64) AS geom, r.kind, r.name, r.code, u.usable, u.reason
				FROM fireiot.resource AS r
				CROSS JOIN LATERAL fireiot.resource_usability(r) AS u
				WHERE r.geom OPERATOR(@postgis@.&&) reach AND r.status <> 'removed' AND NOT u.classified AND (kinds IS NULL OR r.kind = ANY (kinds))
			) AS t);
	END IF;
	RETURN (
		SELECT coalesce(@postgis@.st_asmvt(t, 'resource', 4096, 'geom', 'id'), '')
		FROM (
			SELECT n.id, @postgis@.st_asmvtgeom(fireiot.on_map(n.geom, system), bounds, 4096, 64) AS geom, n.kind, n.name, n.code, n.usable, n.reason,
				true AS thinned
			FROM fireiot.cells_of(reach, 20) AS cell
			CROSS JOIN LATERAL (
				SELECT r.id, r.geom, r.kind, r.name, r.code, u.usable, u.reason
				FROM fireiot.resource AS r
				CROSS JOIN LATERAL fireiot.resource_usability(r) AS u
				WHERE r.geom OPERATOR(@postgis@.&&) cell AND r.status <> 'removed' AND NOT u.classified AND (kinds IS NULL OR r.kind = ANY (kinds))
				LIMIT 1
			) AS n
		) AS t);
END
$$;
COMMENT ON FUNCTION fireiot_map.resource_tile(integer, integer, integer, text, text) IS
'{"description": "Hydrants, water, stations, vehicles and cameras 消防资源 as tiles, and whether each can be used now", "minzoom": 0, "maxzoom": 22}';

CREATE OR REPLACE FUNCTION fireiot_map.resource_tile_q(z integer, x integer, y integer, query json DEFAULT NULL, OUT mvt bytea, OUT etag text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tile, md5(t.tile)
	FROM (SELECT fireiot_map.resource_tile(z, x, y, query ->> 'kind', query ->> 'coordinate_system') AS tile OFFSET 0) AS t;
END;
COMMENT ON FUNCTION fireiot_map.resource_tile_q(integer, integer, integer, json) IS
'{"description": "Hydrants, water, stations, vehicles and cameras 消防资源 as tiles, and whether each can be used now", "minzoom": 0, "maxzoom": 22}';
