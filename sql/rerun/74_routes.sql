-- Ways along roads, by pgRouting, where it is installed and roads are loaded.

CREATE OR REPLACE FUNCTION fireiot.has_roads(needed boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM fireiot.road) AND EXISTS (SELECT FROM pg_extension WHERE extname = 'pgrouting') THEN
		RETURN true;
	ELSIF needed THEN
		RAISE EXCEPTION 'there are no roads to go by'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'It needs rows in fireiot.road and extension pgrouting.',
				HINT = 'CREATE EXTENSION pgrouting; and load fireiot.road, or leave by_road out.';
	END IF;
	RETURN false;
END
$$;
COMMENT ON FUNCTION fireiot.has_roads(boolean) IS
'Is there a network of roads, and pgRouting to use it? When needed, it is an error that there is none';

-- Where the nearest road is left to get to a place.  In Mercator, where an
-- angle is what it is, so the nearest point of a line is that, and parts of a
-- line are as long as they are.
CREATE OR REPLACE FUNCTION fireiot.nearest_road(place @postgis@.geometry, OUT road_id bigint, OUT fraction double precision, OUT off_road_m double precision)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	line @postgis@.geometry;
BEGIN
	SELECT r.id, r.geom INTO road_id, line FROM fireiot.road AS r ORDER BY r.geom::@postgis@.geography OPERATOR(@postgis@.<->) place::@postgis@.geography LIMIT 1;
	fraction := least(greatest(@postgis@.st_linelocatepoint(@postgis@.st_transform(line, 3857), @postgis@.st_transform(place, 3857)), 1e-9), 1 - 1e-9);
	off_road_m := @postgis@.st_distance(place::@postgis@.geography,
		@postgis@.st_transform(@postgis@.st_lineinterpolatepoint(@postgis@.st_transform(line, 3857), fraction), 4326)::@postgis@.geography);
END
$$;
COMMENT ON FUNCTION fireiot.nearest_road(@postgis@.geometry) IS
'The road that is nearest to a point, how far along it that is, and how far off the point is';

-- pgRouting takes its tables as text; its versions name what they return
-- differently.  Edges around all places, half as far again, and two kilometres.
CREATE OR REPLACE FUNCTION fireiot.road_metres(place @postgis@.geometry, places @postgis@.geometry[])
RETURNS double precision[]
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	box @postgis@.geometry := @postgis@.st_envelope(@postgis@.st_collect(places || place));
	points text;
	costs double precision[];
BEGIN
	box := @postgis@.st_expand(box, 0.5 * (@postgis@.st_xmax(box) - @postgis@.st_xmin(box)) + 0.02 / cos(radians(@postgis@.st_y(place))), 0.5 * (@postgis@.st_ymax(box) - @postgis@.st_ymin(box)) + 0.02);
	SELECT string_agg(format('(%s, %s::bigint, %s::double precision, %s::double precision)', t.n, s.road_id, s.fraction, s.off_road_m), ', ')
	INTO points
	FROM unnest(place || places) WITH ORDINALITY AS t (geom, n) CROSS JOIN LATERAL fireiot.nearest_road(t.geom) AS s;
	-- its functions name each other without a schema
	PERFORM set_config('search_path', format('%s, %s', current_setting('search_path'), e.extnamespace::regnamespace), true)
	FROM pg_extension AS e WHERE e.extname = 'pgrouting';
	EXECUTE format('WITH point (pid, edge_id, fraction, off_road_m) AS (VALUES %s)
		SELECT array_agg(c.agg_cost + p.off_road_m + q.off_road_m ORDER BY p.pid)
		FROM point AS p JOIN point AS q ON q.pid = 1
		LEFT JOIN pgr_withpointscost($1, $2, -1, $3) AS c (start, finish, agg_cost) ON c.finish = -p.pid
		WHERE p.pid > 1', points)
	INTO costs
	USING format('SELECT id, source, target, cost_m AS cost, reverse_cost_m AS reverse_cost FROM fireiot.road WHERE geom OPERATOR(@postgis@.&&) %L::@postgis@.geometry', box),
		format('SELECT pid, edge_id, fraction FROM (VALUES %s) AS point (pid, edge_id, fraction, off_road_m)', points),
		ARRAY(SELECT (-n)::bigint FROM generate_series(2, cardinality(places) + 1) AS n);
	RETURN costs;
END
$$;
COMMENT ON FUNCTION fireiot.road_metres(@postgis@.geometry, @postgis@.geometry[]) IS
'From a place to others along roads: to the nearest road, along the network, and from it; null: no way is found';

-- A way is never shorter than the straight line: when the k-th way is not
-- longer than the last line that was looked at, none beyond can be nearer.
CREATE OR REPLACE FUNCTION fireiot.find_nearest_by_road(
	place @postgis@.geography, kinds text[], k integer, max_metres double precision, usable_only boolean)
RETURNS fireiot.near_resource[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	found fireiot.near_resource[];
	wanted integer := k + 5;
	costs double precision[];
	farthest double precision;
BEGIN
	LOOP
		found := ARRAY(SELECT f FROM unnest(fireiot.find_nearest(place, kinds, wanted, max_metres, usable_only)) AS f WHERE f.metres <= max_metres);
		EXIT WHEN coalesce(cardinality(found), 0) = 0;
		farthest := found[cardinality(found)].metres;
		costs := fireiot.road_metres(@postgis@.st_centroid(place)::@postgis@.geometry,
			ARRAY(SELECT r.geom FROM unnest(found) WITH ORDINALITY AS f JOIN fireiot.resource AS r ON r.id = f.resource_id ORDER BY f.ordinality));
		SELECT array_agg((f.resource_id, f.degrees, f.metres, f.usable, f.reason, f.value, f.on_duty, costs[f.ordinality])::fireiot.near_resource
			ORDER BY costs[f.ordinality], f.metres, f.resource_id)
		INTO found FROM unnest(found) WITH ORDINALITY AS f;
		EXIT WHEN cardinality(found) < wanted OR found[k].road_metres <= farthest;
		wanted := wanted * 2;
	END LOOP;
	RETURN found[:k];
END
$$;
COMMENT ON FUNCTION fireiot.find_nearest_by_road(@postgis@.geography, text[], integer, double precision, boolean) IS
'Part of fireiot.nearest_resources: the k nearest by the way along roads, in order; those without a way last';
