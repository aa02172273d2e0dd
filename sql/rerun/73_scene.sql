-- The scene of an alarm: all that a screen or a notice says of it, as one jsonb.
--
-- They run by the rights of who calls: of an alarm in a classified unit those
-- learn who may read fireiot.alarm and the registry, and nobody else.

CREATE OR REPLACE FUNCTION fireiot.alarm_of(alarm_id bigint)
RETURNS fireiot.alarm
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	opening fireiot.alarm;
BEGIN
	SELECT a.* INTO opening FROM fireiot.alarm AS a WHERE a.id = alarm_of.alarm_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'alarm % does not exist', alarm_of.alarm_id
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT id, unit_id, class, received_at FROM fireiot.alarm ORDER BY received_at DESC; lists them.';
	END IF;
	RETURN opening;
END
$$;
COMMENT ON FUNCTION fireiot.alarm_of(bigint) IS
'The opening of an alarm; an error when there is no such alarm';

CREATE OR REPLACE FUNCTION fireiot.nearest_to_alarm(
	alarm_id bigint, kinds text[] DEFAULT NULL, k integer DEFAULT 5, max_metres double precision DEFAULT 5000,
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
	place @postgis@.geometry := (SELECT n.geom FROM fireiot.alarm_now AS n WHERE n.id = nearest_to_alarm.alarm_id);
	opening fireiot.alarm;
BEGIN
	IF place IS NULL THEN
		opening := fireiot.alarm_of(nearest_to_alarm.alarm_id);
		place := (fireiot.place_of(opening.device, opening.part, opening.unit_id)).geom;
	END IF;
	RETURN QUERY SELECT * FROM fireiot.nearest_resources(place::@postgis@.geography, nearest_to_alarm.kinds, nearest_to_alarm.k,
		nearest_to_alarm.max_metres, usable_only, by_road);
END
$$;
COMMENT ON FUNCTION fireiot.nearest_to_alarm(bigint, text[], integer, double precision, boolean, boolean) IS
'fireiot.nearest_resources around an alarm; no rows when its place is not known';

CREATE OR REPLACE FUNCTION fireiot.lon_lat(place @postgis@.geometry, coordinate_system text)
RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	delivered @postgis@.geometry := fireiot.from_wgs84(place, coordinate_system);
BEGIN
	RETURN jsonb_build_object('lon', round(@postgis@.st_x(delivered)::numeric, 7), 'lat', round(@postgis@.st_y(delivered)::numeric, 7));
END
$$;
COMMENT ON FUNCTION fireiot.lon_lat(@postgis@.geometry, text) IS
'Longitude and latitude of a point, in a coordinate system';

-- The pixel is where the part was drawn, else where its place is in the plan.
CREATE OR REPLACE FUNCTION fireiot.scene_place(opening fireiot.alarm, coordinate_system text)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT jsonb_strip_nulls(coalesce(fireiot.lon_lat(w.geom, scene_place.coordinate_system), '{}') || jsonb_build_object(
			'placed_by', w.placed_by, 'coordinate_system', CASE WHEN w.geom IS NOT NULL THEN scene_place.coordinate_system END,
			'address', coalesce(b.address, u.address), 'division_code', u.division_code,
			'building', CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('id', b.id, 'name', b.name, 'address', b.address,
				'floors_above', b.floors_above, 'floors_below', b.floors_below, 'height_m', b.height_m) END,
			'floor', coalesce(a.floor, p.floor), 'area', CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END,
			'location', coalesce(p.location, p.name, d.name),
			'plan', CASE WHEN a.plan_key IS NOT NULL THEN jsonb_build_object('key', a.plan_key, 'width', a.plan_width, 'height', a.plan_height,
				'x', coalesce(p.plan_x, round(x.x::numeric, 1)), 'y', coalesce(p.plan_y, round(x.y::numeric, 1))) END))
		FROM (SELECT) AS one
		LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) opening.device AND p.part OPERATOR(fireiot.=) opening.part
		LEFT JOIN fireiot.device AS d ON d.device OPERATOR(fireiot.=) opening.device
		LEFT JOIN fireiot.building AS b ON b.id = coalesce(p.building_id, d.building_id)
		LEFT JOIN fireiot.area AS a ON a.id = CASE WHEN p.area_id IS NOT NULL THEN p.area_id
			WHEN p.building_id IS NULL OR p.building_id = d.building_id THEN d.area_id END
		LEFT JOIN fireiot.unit AS u ON u.id = opening.unit_id
		CROSS JOIN LATERAL fireiot.place_of(opening.device, opening.part, opening.unit_id) AS w
		LEFT JOIN LATERAL fireiot.world_to_plan(a.plan_affine, w.geom) AS x ON w.placed_by = 'part');
END
$$;
COMMENT ON FUNCTION fireiot.scene_place(fireiot.alarm, text) IS
'Part of fireiot.alarm_scene: where it is, on the map, in the building and in the plan';

CREATE OR REPLACE FUNCTION fireiot.scene_resources(place @postgis@.geography, kinds text[], k integer, coordinate_system text)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_strip_nulls(fireiot.lon_lat(n.geom, scene_resources.coordinate_system) || jsonb_build_object(
			'id', n.resource_id, 'kind', n.kind, 'name', n.name, 'address', n.address, 'metres', round(n.metres::numeric, 1),
			'bearing', round(n.bearing::numeric), 'along', n.along, 'road_metres', round(n.road_metres::numeric),
			'value', n.value, 'on_duty', n.on_duty, 'phone', n.phone, 'gb28181_id', r.gb28181_id))
			ORDER BY o.place, coalesce(n.road_metres, n.metres), n.resource_id), '[]')
		FROM unnest(kinds) WITH ORDINALITY AS o (kind, place)
		CROSS JOIN LATERAL fireiot.nearest_resources(scene_resources.place, ARRAY[o.kind], k, by_road := CASE WHEN o.kind = 'camera' THEN false END) AS n
		JOIN fireiot.resource AS r ON r.id = n.resource_id);
END
$$;
COMMENT ON FUNCTION fireiot.scene_resources(@postgis@.geography, text[], integer, text) IS
'Part of fireiot.alarm_scene: of each kind the k nearest that can be used';

-- Boxes around what each sees are in the index; in the box, distance and
-- direction decide.
CREATE OR REPLACE FUNCTION fireiot.cameras_on(place @postgis@.geometry,
	OUT resource_id integer, OUT name text, OUT gb28181_id text, OUT metres double precision, OUT bearing double precision, OUT usable boolean,
	OUT reason text, OUT geom @postgis@.geometry(Point, 4326))
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, fireiot, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.id, r.name, r.gb28181_id, m.metres, m.bearing, u.usable, u.reason, r.geom
	FROM fireiot.resource AS r
	CROSS JOIN LATERAL (SELECT @postgis@.st_distance(r.geom::@postgis@.geography, cameras_on.place::@postgis@.geography) AS metres,
		coalesce(degrees(@postgis@.st_azimuth(r.geom::@postgis@.geography, cameras_on.place::@postgis@.geography)), 0) AS bearing OFFSET 0) AS m
	CROSS JOIN LATERAL fireiot.resource_usability(r) AS u
	WHERE r.kind = 'camera' AND r.camera_range_m IS NOT NULL AND fireiot.camera_reach(r.geom, r.camera_range_m) OPERATOR(@postgis@.&&) cameras_on.place
		AND r.status <> 'removed' AND NOT u.classified AND m.metres <= r.camera_range_m
		AND coalesce(m.metres = 0 OR abs(mod((m.bearing - r.camera_azimuth::double precision + 540)::numeric, 360) - 180) <= r.camera_angle / 2, true)
	ORDER BY u.usable DESC, m.metres, r.id;
END
$$;
COMMENT ON FUNCTION fireiot.cameras_on(@postgis@.geometry) IS
'Cameras that have a place in their range and angle: those in service first, the nearest first; bearing: from the camera. Never those of classified units';

CREATE OR REPLACE FUNCTION fireiot.scene_cameras(place @postgis@.geometry, k integer, coordinate_system text)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object(
		'covering', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(fireiot.lon_lat(c.geom, scene_cameras.coordinate_system) || jsonb_build_object('id', c.resource_id,
				'name', c.name, 'gb28181_id', c.gb28181_id, 'metres', round(c.metres::numeric, 1), 'usable', c.usable, 'reason', c.reason)) ORDER BY c.place), '[]')
			FROM (SELECT * FROM fireiot.cameras_on(scene_cameras.place) WITH ORDINALITY AS v (resource_id, name, gb28181_id, metres, bearing, usable, reason, geom, place)
				ORDER BY v.place LIMIT k) AS c),
		'nearest', fireiot.scene_resources(scene_cameras.place::@postgis@.geography, '{camera}', k, scene_cameras.coordinate_system));
END
$$;
COMMENT ON FUNCTION fireiot.scene_cameras(@postgis@.geometry, integer, text) IS
'Part of fireiot.alarm_scene: cameras that see the place, and those that are near';

CREATE OR REPLACE FUNCTION fireiot.scene_contacts(opening fireiot.alarm)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('role', c.role, 'place', c.place, 'name', c.name, 'channels', c.channels)
			ORDER BY array_position('{control_room,safety_manager,responsible_person,field_staff}', c.role), c.role, c.place), '[]')
		FROM (SELECT) AS one
		LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) opening.device AND p.part OPERATOR(fireiot.=) opening.part
		LEFT JOIN fireiot.device AS d ON d.device OPERATOR(fireiot.=) opening.device
		CROSS JOIN LATERAL fireiot.contacts_of(opening.unit_id, NULL, now(), coalesce(p.building_id, d.building_id), coalesce(p.area_id, d.area_id)) AS c);
END
$$;
COMMENT ON FUNCTION fireiot.scene_contacts(fireiot.alarm) IS
'Part of fireiot.alarm_scene: whom to call, in order';

CREATE OR REPLACE FUNCTION fireiot.scene_alarm(opening fireiot.alarm)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT jsonb_strip_nulls(jsonb_build_object('id', opening.id, 'class', coalesce(n.class, opening.class), 'kind', coalesce(n.kind, opening.kind),
			'kind_zh', k.name_zh, 'kind_en', k.name_en, 'origin', opening.origin, 'subject', nullif(opening.subject, ''),
			'opened_at', opening.received_at, 'occurred_at', opening.occurred_at, 'open', n.id IS NOT NULL,
			'device', opening.device::text, 'part', opening.part::text, 'state', opening.state::text,
			'quantity', opening.quantity, 'value', opening.value, 'limit', opening.limit_value, 'repeats', n.repeats, 'last_at', n.last_at,
			'restored_at', n.restored_at, 'acknowledged_at', n.acknowledged_at, 'acknowledged_by', n.acknowledged_by,
			'verdict', n.verdict, 'dispatched_at', n.dispatched_at, 'window_id', opening.window_id, 'detail', opening.detail))
		FROM (SELECT) AS one
		LEFT JOIN fireiot.alarm_now AS n ON n.id = opening.id
		LEFT JOIN fireiot.alarm_kind AS k ON k.kind = coalesce(n.kind, opening.kind));
END
$$;
COMMENT ON FUNCTION fireiot.scene_alarm(fireiot.alarm) IS
'Part of fireiot.alarm_scene: the alarm itself';

CREATE OR REPLACE FUNCTION fireiot.scene_deadlines(alarm_id bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pack', w.pack, 'rule', w.rule, 'clause', w.clause, 'name_zh', w.name_zh, 'name_en', w.name_en,
			'metric', w.metric, 'modality', w.modality, 'time_limit', w.time_limit, 'state', w.state, 'started_at', w.started_at, 'due_at', w.due_at,
			'stopped_at', w.stopped_at, 'seconds_left', CASE WHEN w.stopped_at IS NULL THEN extract(epoch FROM w.margin)::bigint END,
			'targets', w.targets)) ORDER BY w.stopped_at IS NOT NULL, w.due_at, w.pack, w.rule), '[]')
		FROM fireiot.why(scene_deadlines.alarm_id) AS w);
END
$$;
COMMENT ON FUNCTION fireiot.scene_deadlines(bigint) IS
'Part of fireiot.alarm_scene: its clocks, what runs first';

CREATE OR REPLACE FUNCTION fireiot.alarm_scene(alarm_id bigint, kinds text[] DEFAULT NULL, k integer DEFAULT 3, coordinate_system text DEFAULT 'wgs84')
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
SET jit = off
AS $$
DECLARE
	opening fireiot.alarm := fireiot.alarm_of(alarm_scene.alarm_id);
	place @postgis@.geometry := (fireiot.place_of(opening.device, opening.part, opening.unit_id)).geom;
	wanted text[] := coalesce(alarm_scene.kinds, '{hydrant_outdoor,hydrant_indoor,water_source,tank,micro_station,fire_station,vehicle}');
BEGIN
	IF opening.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN jsonb_build_object(
		'alarm', fireiot.scene_alarm(opening),
		'place', fireiot.scene_place(opening, alarm_scene.coordinate_system),
		'unit', (SELECT jsonb_strip_nulls(jsonb_build_object('id', u.id, 'name', u.name, 'address', u.address, 'phone', u.phone,
				'control_room', p.control_room))
			FROM fireiot.unit AS u LEFT JOIN fireiot.unit_profile AS p ON p.unit_id = u.id WHERE u.id = opening.unit_id),
		'contacts', fireiot.scene_contacts(opening),
		'resources', fireiot.scene_resources(place::@postgis@.geography, wanted, alarm_scene.k, alarm_scene.coordinate_system),
		'cameras', fireiot.scene_cameras(place, alarm_scene.k, alarm_scene.coordinate_system),
		'deadlines', fireiot.scene_deadlines(opening.id));
END
$$;
COMMENT ON FUNCTION fireiot.alarm_scene(bigint, text[], integer, text) IS
'The scene of an alarm for screens and notices: alarm, place, unit, contacts in order, of each kind the k nearest resources that can be used, cameras that see the place and that are near, deadlines; coordinates in the system that is asked for';
