-- The nearest help: true metres, and only what can be used.

-- One arm a kind, each with the index of its kind; those that are not asked
-- for cost nothing but their start.
CREATE OR REPLACE FUNCTION fireiot.resources_around(place @postgis@.geometry, kinds text[], around @postgis@.geometry, OUT id integer, OUT degrees double precision)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place AS degrees FROM fireiot.resource AS r
	WHERE r.kind = 'hydrant_outdoor' AND 'hydrant_outdoor' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'hydrant_indoor' AND 'hydrant_indoor' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'water_source' AND 'water_source' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'tank' AND 'tank' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'micro_station' AND 'micro_station' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'fire_station' AND 'fire_station' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'vehicle' AND 'vehicle' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'camera' AND 'camera' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	UNION ALL
	(SELECT r.id, r.geom OPERATOR(@postgis@.<->) place FROM fireiot.resource AS r
	WHERE r.kind = 'other' AND 'other' = ANY (kinds) AND r.geom OPERATOR(@postgis@.&&) around ORDER BY r.geom OPERATOR(@postgis@.<->) place)
	ORDER BY 2;
END;
COMMENT ON FUNCTION fireiot.resources_around(@postgis@.geometry, text[], @postgis@.geometry) IS
'Part of fireiot.nearest_resources: resources of kinds in a box, in the order of the index';

-- A degree of latitude has at least 110574 metres, one of longitude at least
-- 111319 times the cosine.  Null where it reaches a pole or the other side of
-- the map, where degrees say nothing.
CREATE OR REPLACE FUNCTION fireiot.degrees_within(place @postgis@.geometry, metres double precision, OUT east double precision, OUT north double precision)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	lat double precision := greatest(abs(@postgis@.st_ymax(place)), abs(@postgis@.st_ymin(place)));
BEGIN
	north := metres / 110574;
	IF lat + north < 89 THEN
		east := metres / (111319 * cos(radians(lat + north)));
	END IF;
	IF east IS NULL OR @postgis@.st_xmin(place) - east <= -180 OR @postgis@.st_xmax(place) + east >= 180 THEN
		north := NULL;
		east := NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.degrees_within(@postgis@.geometry, double precision) IS
'Degrees of longitude and latitude that nothing within so many metres of a place is farther away; null where that cannot be said';

CREATE OR REPLACE FUNCTION fireiot.check_nearest(kinds text[], k integer, max_metres double precision)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT text[] := '{hydrant_outdoor,hydrant_indoor,water_source,tank,micro_station,fire_station,vehicle,camera,other}';
BEGIN
	IF NOT coalesce(kinds <@ known, true) THEN
		RAISE EXCEPTION 'there is no kind of resources "%"', (SELECT kind FROM unnest(kinds) AS kind WHERE coalesce(kind <> ALL (known), true) LIMIT 1)
			USING ERRCODE = 'invalid_parameter_value',
				HINT = format('Kinds are %s.', array_to_string(known, ', '));
	ELSIF coalesce(k NOT BETWEEN 1 AND 1000, true) THEN
		RAISE EXCEPTION 'k is %', coalesce(k::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'It is how many resources are wanted, 1 to 1000.';
	ELSIF coalesce(max_metres NOT BETWEEN 0 AND 21e6, true) THEN
		RAISE EXCEPTION 'max_metres is %', coalesce(max_metres::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'It is how far a resource may be, from 0 to 21000000 metres, which is around the world.';
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.check_nearest(text[], integer, double precision) IS
'Part of fireiot.nearest_resources: refuses arguments that cannot be meant';

-- The index goes by degrees, which at 30 degrees of latitude are 96 km to the
-- east and 111 km to the north.  So the nearest are known when what was looked
-- at last is farther in degrees than anything can be that is nearer in metres
-- than the k-th; half as many again are nearly always enough.  The plan is
-- kept, and made so that it walks along the index whatever is thought of the
-- numbers.
CREATE OR REPLACE FUNCTION fireiot.find_nearest(
	place @postgis@.geography, kinds text[], k integer, max_metres double precision, usable_only boolean)
RETURNS fireiot.near_resource[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_material = off
SET enable_memoize = off
SET jit = off
AS $$
DECLARE
	found fireiot.near_resource[];
	farthest double precision;
	wanted integer := k + k / 2 + 2;
	flat @postgis@.geometry := place::@postgis@.geometry;
	reach record := fireiot.degrees_within(flat, max_metres);
	around @postgis@.geometry := coalesce(@postgis@.st_expand(flat, reach.east, reach.north), @postgis@.st_makeenvelope(-180, -90, 180, 90, 4326));
BEGIN
	LOOP
		IF kinds IS NULL THEN
			SELECT array_agg((c.id, c.degrees, c.metres, c.usable, c.reason, c.value, c.on_duty, NULL)::fireiot.near_resource ORDER BY c.metres, c.id), max(c.degrees)
			INTO found, farthest
			FROM (SELECT r.id, r.geom OPERATOR(@postgis@.<->) flat AS degrees, @postgis@.st_distance(r.geom::@postgis@.geography, place) AS metres, u.usable, u.reason, u.value, u.on_duty
				FROM fireiot.resource AS r
				CROSS JOIN LATERAL fireiot.usability(r.id, r.kind, r.status, r.device, r.part, r.quantity, r.value_min, r.value_max, r.fresh_for,
					r.staff, r.unit_id, r.building_id, r.area_id, now()) AS u
				WHERE r.geom OPERATOR(@postgis@.&&) around AND r.status <> 'removed' AND NOT u.classified AND (u.usable OR NOT usable_only)
				ORDER BY r.geom OPERATOR(@postgis@.<->) flat LIMIT wanted) AS c;
		ELSE
			SELECT array_agg((c.id, c.degrees, c.metres, c.usable, c.reason, c.value, c.on_duty, NULL)::fireiot.near_resource ORDER BY c.metres, c.id), max(c.degrees)
			INTO found, farthest
			FROM (SELECT r.id, a.degrees AS degrees, @postgis@.st_distance(r.geom::@postgis@.geography, place) AS metres, u.usable, u.reason, u.value, u.on_duty
				FROM fireiot.resources_around(flat, kinds, around) AS a
				JOIN fireiot.resource AS r ON r.id = a.id
				CROSS JOIN LATERAL fireiot.usability(r.id, r.kind, r.status, r.device, r.part, r.quantity, r.value_min, r.value_max, r.fresh_for,
					r.staff, r.unit_id, r.building_id, r.area_id, now()) AS u
				WHERE r.status <> 'removed' AND NOT u.classified AND (u.usable OR NOT usable_only)
				ORDER BY a.degrees LIMIT wanted) AS c;
		END IF;
		EXIT WHEN coalesce(cardinality(found), 0) < wanted;
		reach := fireiot.degrees_within(flat, least(found[k].metres, max_metres));
		EXIT WHEN farthest > greatest(reach.east, reach.north);
		wanted := wanted * 2;
	END LOOP;
	RETURN found[:k];
END
$$;
COMMENT ON FUNCTION fireiot.find_nearest(@postgis@.geography, text[], integer, double precision, boolean) IS
'Part of fireiot.nearest_resources: the k nearest by the straight line, in order; among the last may be some beyond max_metres';

CREATE OR REPLACE FUNCTION fireiot.nearest_resources(
	place @postgis@.geography, kinds text[] DEFAULT NULL, k integer DEFAULT 5, max_metres double precision DEFAULT 5000,
	usable_only boolean DEFAULT true, by_road boolean DEFAULT NULL,
	OUT resource_id integer, OUT kind text, OUT name text, OUT address text, OUT metres double precision, OUT bearing double precision,
	OUT usable boolean, OUT reason text, OUT value numeric, OUT on_duty integer, OUT phone text, OUT geom @postgis@.geometry(Point, 4326), OUT along text,
	OUT road_metres double precision)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	found fireiot.near_resource[];
BEGIN
	PERFORM fireiot.check_nearest(nearest_resources.kinds, nearest_resources.k, nearest_resources.max_metres);
	IF place IS NULL OR @postgis@.st_isempty(place::@postgis@.geometry) THEN
		RETURN;
	END IF;
	IF coalesce(by_road, true) AND fireiot.has_roads(coalesce(by_road, false)) THEN
		found := fireiot.find_nearest_by_road(place, nearest_resources.kinds, nearest_resources.k, nearest_resources.max_metres, usable_only);
	ELSE
		found := fireiot.find_nearest(place, nearest_resources.kinds, nearest_resources.k, nearest_resources.max_metres, usable_only);
	END IF;
	RETURN QUERY
	SELECT r.id, r.kind, r.name, r.address, f.metres,
		CASE WHEN f.metres > 0 THEN degrees(@postgis@.st_azimuth(@postgis@.st_centroid(place), r.geom::@postgis@.geography)) END,
		f.usable, f.reason, f.value, f.on_duty, r.phone, r.geom,
		CASE WHEN f.road_metres IS NULL THEN 'straight' ELSE 'road' END, f.road_metres
	FROM unnest(found) WITH ORDINALITY AS f
	JOIN fireiot.resource AS r ON r.id = f.resource_id
	WHERE f.metres <= nearest_resources.max_metres
	ORDER BY f.ordinality;
END
$$;
COMMENT ON FUNCTION fireiot.nearest_resources(@postgis@.geography, text[], integer, double precision, boolean, boolean) IS
'The k nearest resources of kinds, null: of all, that can be used, in true metres; with usable_only := false the others too, with the reason. By roads where a network is loaded: along says which. Never those of classified units';
