-- Layers for maps.  docs/gis.md says what their clients want.
--
-- A role of maps has privileges on schema fireiot_map only.  Its own conditions
-- must not see a row that is not published: each layer therefore stands on
-- shared_*, a barrier that leaves out what is classified, and gets the rest row
-- by row, by subqueries into which no condition is moved (OFFSET 0).  So a
-- condition on geom does not use the index, but is tried before the subqueries;
-- the tile functions (76_tiles.sql) take no conditions and use it.

CREATE OR REPLACE VIEW fireiot.classified_unit AS
SELECT p.unit_id FROM fireiot.unit_profile AS p WHERE p.classified;
COMMENT ON VIEW fireiot.classified_unit IS 'Classified places 涉密场所: no map shows them, nor what is theirs';

CREATE OR REPLACE VIEW fireiot.classified_building AS
SELECT b.id AS building_id FROM fireiot.building AS b WHERE b.unit_id IN (SELECT u.unit_id FROM fireiot.classified_unit AS u);
COMMENT ON VIEW fireiot.classified_building IS 'Buildings of classified units';

CREATE OR REPLACE VIEW fireiot.classified_area AS
SELECT a.id AS area_id FROM fireiot.area AS a WHERE a.building_id IN (SELECT b.building_id FROM fireiot.classified_building AS b);
COMMENT ON VIEW fireiot.classified_area IS 'Areas of their buildings';

CREATE OR REPLACE VIEW fireiot.classified_device AS
SELECT d.device FROM fireiot.device AS d
WHERE EXISTS (SELECT FROM fireiot.classified_unit)
	AND (d.unit_id IN (SELECT u.unit_id FROM fireiot.classified_unit AS u)
		OR d.building_id IN (SELECT b.building_id FROM fireiot.classified_building AS b)
		OR d.area_id IN (SELECT a.area_id FROM fireiot.classified_area AS a));
COMMENT ON VIEW fireiot.classified_device IS 'Devices of classified units, and those in their buildings and areas';

-- Each by an index: there are few of them among many parts.
-- pg_upgrade makes views before the operator classes of our types: no DISTINCT,
-- GROUP BY, UNION or comparison of rows with them in views.
CREATE OR REPLACE VIEW fireiot.classified_part AS
SELECT p.device, p.part FROM fireiot.part AS p WHERE p.building_id IN (SELECT b.building_id FROM fireiot.classified_building AS b)
UNION ALL
SELECT p.device, p.part FROM fireiot.part AS p WHERE p.area_id IN (SELECT a.area_id FROM fireiot.classified_area AS a);
COMMENT ON VIEW fireiot.classified_part IS 'Parts in classified buildings and areas, whatever their device';

CREATE OR REPLACE VIEW fireiot.classified_resource AS
SELECT r.id FROM fireiot.resource AS r
WHERE EXISTS (SELECT FROM fireiot.classified_unit)
	AND (r.unit_id IN (SELECT u.unit_id FROM fireiot.classified_unit AS u)
		OR r.building_id IN (SELECT b.building_id FROM fireiot.classified_building AS b)
		OR r.area_id IN (SELECT a.area_id FROM fireiot.classified_area AS a)
		OR r.device IN (SELECT d.device FROM fireiot.classified_device AS d));
COMMENT ON VIEW fireiot.classified_resource IS 'Resources of classified units, and those in their buildings and areas or with a device of theirs';

-- What may be published, and over it the barriers.  Inside of functions that
-- take no conditions mapped_* does.
CREATE OR REPLACE VIEW fireiot.mapped_unit AS
SELECT u.id, u.name, u.organization_id, u.operator_id, u.division_code, u.address, u.phone, u.geom
FROM fireiot.unit AS u
WHERE (u.id IN (SELECT c.unit_id FROM fireiot.classified_unit AS c)) IS NOT TRUE;
COMMENT ON VIEW fireiot.mapped_unit IS 'Units that maps may show';
CREATE OR REPLACE VIEW fireiot.shared_unit WITH (security_barrier) AS TABLE fireiot.mapped_unit;
COMMENT ON VIEW fireiot.shared_unit IS 'fireiot.mapped_unit behind a barrier: no condition sees what is not in it';

CREATE OR REPLACE VIEW fireiot.mapped_building AS
SELECT b.id, b.unit_id, b.name, b.address, b.floors_above, b.floors_below, b.height_m, b.area_m2, b.geom, b.outline
FROM fireiot.building AS b
WHERE (b.unit_id IN (SELECT c.unit_id FROM fireiot.classified_unit AS c)) IS NOT TRUE;
COMMENT ON VIEW fireiot.mapped_building IS 'Buildings that maps may show';
CREATE OR REPLACE VIEW fireiot.shared_building WITH (security_barrier) AS TABLE fireiot.mapped_building;
COMMENT ON VIEW fireiot.shared_building IS 'fireiot.mapped_building behind a barrier: no condition sees what is not in it';

CREATE OR REPLACE VIEW fireiot.mapped_device AS
SELECT d.map_id, d.device, d.unit_id, d.building_id, d.area_id, d.name, d.manufacturer, d.model, d.admission, d.enabled,
	coalesce(d.unit_id, b.unit_id) AS of_unit, coalesce(d.geom, a.geom, b.geom, u.geom)::@postgis@.geometry(Point, 4326) AS geom,
	CASE WHEN d.geom IS NOT NULL THEN 'device' WHEN a.geom IS NOT NULL THEN 'area' WHEN b.geom IS NOT NULL THEN 'building'
		WHEN u.geom IS NOT NULL THEN 'unit' END AS placed_by
FROM fireiot.device AS d
LEFT JOIN fireiot.area AS a ON a.id = d.area_id
LEFT JOIN fireiot.building AS b ON b.id = coalesce(a.building_id, d.building_id)
LEFT JOIN fireiot.unit AS u ON u.id = coalesce(d.unit_id, b.unit_id)
WHERE (d.device IN (SELECT c.device FROM fireiot.classified_device AS c)) IS NOT TRUE;
COMMENT ON VIEW fireiot.mapped_device IS 'Devices that maps may show; of one without a place of its own that of its area, building or unit';
CREATE OR REPLACE VIEW fireiot.shared_device WITH (security_barrier) AS TABLE fireiot.mapped_device;
COMMENT ON VIEW fireiot.shared_device IS 'fireiot.mapped_device behind a barrier: no condition sees what is not in it';

CREATE OR REPLACE VIEW fireiot.mapped_part AS
SELECT p.map_id, p.device, p.part, p.building_id, p.area_id, p.name, p.location, p.floor, p.model, p.enabled, p.geom
FROM fireiot.part AS p
WHERE (p.device IN (SELECT c.device FROM fireiot.classified_device AS c)) IS NOT TRUE
	AND (p.building_id IN (SELECT c.building_id FROM fireiot.classified_building AS c)) IS NOT TRUE
	AND (p.area_id IN (SELECT c.area_id FROM fireiot.classified_area AS c)) IS NOT TRUE;
COMMENT ON VIEW fireiot.mapped_part IS 'Parts that maps may show';
CREATE OR REPLACE VIEW fireiot.shared_part WITH (security_barrier) AS TABLE fireiot.mapped_part;
COMMENT ON VIEW fireiot.shared_part IS 'fireiot.mapped_part behind a barrier: no condition sees what is not in it';

CREATE OR REPLACE VIEW fireiot.mapped_alarm AS
SELECT n.id, n.opened_at, n.device, n.part, n.subject, n.class, n.kind, n.unit_id, n.window_id, n.repeats, n.last_at, n.restored_at,
	n.verdict, n.geom,
	CASE WHEN n.released_at IS NOT NULL THEN 'released' WHEN n.recorded_at IS NOT NULL THEN 'recorded'
		WHEN n.reported_back_at IS NOT NULL THEN 'reported_back' WHEN n.handling_at IS NOT NULL THEN 'handling'
		WHEN n.dispatched_at IS NOT NULL THEN 'dispatched' WHEN n.verified_at IS NOT NULL THEN 'verified'
		WHEN n.answered_at IS NOT NULL THEN 'answered' WHEN n.called_at IS NOT NULL THEN 'called'
		WHEN n.acknowledged_at IS NOT NULL THEN 'acknowledged' WHEN n.noticed_at IS NOT NULL THEN 'noticed' ELSE 'opened' END AS stage
FROM fireiot.alarm_now AS n
WHERE (n.unit_id IN (SELECT c.unit_id FROM fireiot.classified_unit AS c)) IS NOT TRUE
	AND (n.device IN (SELECT c.device FROM fireiot.classified_device AS c)) IS NOT TRUE
	AND ((n.device IN (SELECT c.device FROM fireiot.classified_part AS c)) IS NOT TRUE
		OR NOT EXISTS (SELECT FROM fireiot.classified_part AS c WHERE c.device = n.device AND c.part = n.part));
COMMENT ON VIEW fireiot.mapped_alarm IS 'Open cases that maps may show';
CREATE OR REPLACE VIEW fireiot.shared_alarm WITH (security_barrier) AS TABLE fireiot.mapped_alarm;
COMMENT ON VIEW fireiot.shared_alarm IS 'fireiot.mapped_alarm behind a barrier: no condition sees what is not in it';

CREATE OR REPLACE VIEW fireiot.mapped_resource AS
SELECT r.id, r.kind, r.name, r.code, r.unit_id, r.organization_id, r.division_code, r.address, r.status, r.status_note, r.phone, r.staff,
	r.gb28181_id, r.camera_range_m, r.camera_azimuth, r.camera_angle, r.external_id, r.source, r.geom
FROM fireiot.resource AS r
WHERE (r.unit_id IN (SELECT c.unit_id FROM fireiot.classified_unit AS c)) IS NOT TRUE
	AND (r.building_id IN (SELECT c.building_id FROM fireiot.classified_building AS c)) IS NOT TRUE
	AND (r.area_id IN (SELECT c.area_id FROM fireiot.classified_area AS c)) IS NOT TRUE
	AND (r.device IN (SELECT c.device FROM fireiot.classified_device AS c)) IS NOT TRUE;
COMMENT ON VIEW fireiot.mapped_resource IS 'Resources that maps may show';
CREATE OR REPLACE VIEW fireiot.shared_resource WITH (security_barrier) AS TABLE fireiot.mapped_resource;
COMMENT ON VIEW fireiot.shared_resource IS 'fireiot.mapped_resource behind a barrier: no condition sees what is not in it';

-- The layers.  An id is one integer: of a bigint its lower 31 bits.  Only where
-- clients know the type are columns text, integer, double precision, boolean or
-- timestamptz.  New columns come last.

CREATE OR REPLACE VIEW fireiot_map.unit AS
SELECT (u.id & 2147483647)::integer AS id, u.geom, u.id AS unit_id, u.name, u.division_code, u.address, u.phone,
	coalesce(d.devices, 0) AS devices, coalesce(d.devices_online, 0) AS devices_online,
	coalesce(n.open_alarms, 0) AS open_alarms, coalesce(n.open_fires, 0) AS open_fires, n.worst_class
FROM fireiot.shared_unit AS u
LEFT JOIN (
	SELECT s.of_unit AS unit_id, count(*)::integer AS devices, (count(*) FILTER (WHERE w.online))::integer AS devices_online
	FROM fireiot.shared_device AS s
	LEFT JOIN fireiot.device_now AS w ON w.device = s.device
	WHERE s.admission = 'admitted' AND s.enabled
	GROUP BY s.of_unit
) AS d ON d.unit_id = u.id
LEFT JOIN (
	SELECT s.unit_id, count(*)::integer AS open_alarms, (count(*) FILTER (WHERE s.class = 'fire'))::integer AS open_fires,
		(array_agg(s.class ORDER BY array_position('{fire,event,fault,link}', s.class)))[1] AS worst_class
	FROM fireiot.shared_alarm AS s
	GROUP BY s.unit_id
) AS n ON n.unit_id = u.id
WHERE u.geom IS NOT NULL;

CREATE OR REPLACE VIEW fireiot_map.building AS
SELECT (b.id & 2147483647)::integer AS id, b.geom, b.id AS building_id, b.unit_id, u.name AS unit_name, b.name, b.address,
	b.floors_above::integer AS floors_above, b.floors_below::integer AS floors_below,
	b.height_m::double precision AS height_m, b.area_m2::double precision AS area_m2
FROM fireiot.shared_building AS b
LEFT JOIN fireiot.shared_unit AS u ON u.id = b.unit_id
WHERE b.geom IS NOT NULL;

CREATE OR REPLACE VIEW fireiot_map.building_outline AS
SELECT (b.id & 2147483647)::integer AS id, b.outline AS geom, b.id AS building_id, b.unit_id, u.name AS unit_name, b.name,
	b.floors_above::integer AS floors_above, b.floors_below::integer AS floors_below, b.height_m::double precision AS height_m
FROM fireiot.shared_building AS b
LEFT JOIN fireiot.shared_unit AS u ON u.id = b.unit_id
WHERE b.outline IS NOT NULL;

CREATE OR REPLACE VIEW fireiot_map.device AS
SELECT d.map_id AS id, d.geom, d.device::text AS device, d.name, d.manufacturer, d.model, d.of_unit AS unit_id, u.name AS unit_name,
	d.placed_by, coalesce(w.online, false) AS online, w.last_seen, d.admission, d.enabled, s.state, a.open_alarms, a.worst_class
FROM fireiot.shared_device AS d
LEFT JOIN fireiot.shared_unit AS u ON u.id = d.of_unit
LEFT JOIN LATERAL (
	SELECT n.online, n.last_seen FROM fireiot.device_now AS n WHERE n.device = d.device OFFSET 0
) AS w ON true
LEFT JOIN LATERAL (
	SELECT n.state::text AS state FROM fireiot.part_now AS n
	WHERE n.device = d.device AND n.part = '0.0' AND n.kind = 21 AND n.quantity = -1 OFFSET 0
) AS s ON true
LEFT JOIN LATERAL (
	SELECT count(*)::integer AS open_alarms, (array_agg(n.class ORDER BY array_position('{fire,event,fault,link}', n.class)))[1] AS worst_class
	FROM fireiot.shared_alarm AS n WHERE n.device = d.device OFFSET 0
) AS a ON true
WHERE d.geom IS NOT NULL;

CREATE OR REPLACE VIEW fireiot_map.part AS
SELECT p.map_id AS id, p.geom, p.device::text AS device, p.part::text AS part, p.name, p.location, p.floor, p.model, p.enabled,
	p.building_id, p.area_id, s.state::text AS state, fireiot.alarm_class(s.state) AS state_class, s.since,
	a.open_alarms, a.worst_class
FROM fireiot.shared_part AS p
LEFT JOIN LATERAL (
	SELECT n.state, n.since FROM fireiot.part_now AS n
	WHERE n.device = p.device AND n.part = p.part AND n.quantity = -1
	ORDER BY n.kind = 2 DESC, n.since DESC LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
	SELECT count(*)::integer AS open_alarms, (array_agg(n.class ORDER BY array_position('{fire,event,fault,link}', n.class)))[1] AS worst_class
	FROM fireiot.shared_alarm AS n WHERE n.device = p.device AND n.part = p.part OFFSET 0
) AS a ON true
WHERE p.geom IS NOT NULL;

CREATE OR REPLACE VIEW fireiot_map.open_alarm AS
SELECT (n.id & 2147483647)::integer AS id, n.geom, n.id AS alarm_id, n.class, n.kind, k.name_zh AS kind_zh, k.name_en AS kind_en,
	n.stage, n.verdict, n.opened_at, extract(epoch FROM now() - n.opened_at)::integer AS age_s, n.last_at, n.repeats, n.restored_at,
	n.unit_id, u.name AS unit_name, n.device::text AS device, n.part::text AS part, p.name AS part_name, p.location, p.floor,
	d.next_metric, d.next_due_at, extract(epoch FROM d.next_due_at - now())::integer AS due_in_s, d.overdue, w.data_of
FROM fireiot.shared_alarm AS n
LEFT JOIN fireiot.alarm_kind AS k ON k.kind = n.kind
LEFT JOIN fireiot.shared_unit AS u ON u.id = n.unit_id
LEFT JOIN LATERAL (
	SELECT r.name, r.location, r.floor FROM fireiot.part AS r WHERE r.device = n.device AND r.part = n.part OFFSET 0
) AS p ON true
LEFT JOIN LATERAL (
	SELECT (array_agg(c.metric ORDER BY c.due_at, c.metric) FILTER (WHERE c.state = 'open'))[1] AS next_metric,
		min(c.due_at) FILTER (WHERE c.state = 'open') AS next_due_at,
		(count(*) FILTER (WHERE c.state = 'breached' AND c.stopped_at IS NULL))::integer AS overdue
	FROM fireiot.deadline AS c WHERE c.alarm_id = n.id OFFSET 0
) AS d ON true
LEFT JOIN LATERAL (
	SELECT CASE m.kind WHEN 'test' THEN 'test' ELSE 'maintenance' END AS data_of
	FROM fireiot.maintenance_window AS m WHERE m.id = n.window_id OFFSET 0
) AS w ON true
WHERE n.geom IS NOT NULL;

-- Called with the privileges of who reads the layer, works with those of its
-- owner; says nothing of what is classified.
CREATE OR REPLACE FUNCTION fireiot.shared_usability(
	id integer, OUT usable boolean, OUT reason text, OUT value double precision, OUT value_unit text, OUT on_duty integer)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
BEGIN ATOMIC
	SELECT u.usable, u.reason, u.value::double precision, q.unit, u.on_duty
	FROM fireiot.resource AS r
	CROSS JOIN LATERAL fireiot.resource_usability(r) AS u
	LEFT JOIN fireiot.quantity AS q ON q.code = r.quantity
	WHERE r.id = shared_usability.id AND NOT u.classified;
END;
COMMENT ON FUNCTION fireiot.shared_usability(integer) IS
'For layer resource: whether a resource can be used now, and why not; null of what belongs to a classified unit';

CREATE OR REPLACE VIEW fireiot_map.resource AS
SELECT r.id, r.geom, r.kind, r.name, r.code, (s.state).usable AS usable, (s.state).reason AS reason,
	(s.state).value AS value, (s.state).value_unit AS value_unit, (s.state).on_duty AS on_duty, r.status, r.status_note, r.unit_id, u.name AS unit_name, r.address, r.phone, r.staff, r.gb28181_id,
	r.camera_range_m::double precision AS camera_range_m, r.camera_azimuth::double precision AS camera_azimuth,
	r.camera_angle::double precision AS camera_angle, r.external_id, r.source
FROM fireiot.shared_resource AS r
LEFT JOIN fireiot.shared_unit AS u ON u.id = r.unit_id
LEFT JOIN LATERAL (SELECT fireiot.shared_usability(r.id) AS state OFFSET 0) AS s ON true
WHERE r.geom IS NOT NULL AND r.status <> 'removed';

-- A comment of one JSON object: Martin takes it over into its TileJSON.
COMMENT ON VIEW fireiot_map.unit IS
'{"description": "Units 联网单位, with their devices and open alarms", "minzoom": 0, "maxzoom": 22}';
COMMENT ON VIEW fireiot_map.building IS
'{"description": "Buildings 建筑物, a point of each", "minzoom": 0, "maxzoom": 22}';
COMMENT ON VIEW fireiot_map.building_outline IS
'{"description": "Outlines of buildings 建筑轮廓", "minzoom": 12, "maxzoom": 22}';
COMMENT ON VIEW fireiot_map.device IS
'{"description": "User information transmission devices 用户信息传输装置, with what they said last", "minzoom": 0, "maxzoom": 22}';
COMMENT ON VIEW fireiot_map.part IS
'{"description": "Parts 部件 that have a place of their own, with their states", "minzoom": 12, "maxzoom": 22}';
COMMENT ON VIEW fireiot_map.open_alarm IS
'{"description": "Open alarms 未关闭的预警, with their age, class and next deadline", "minzoom": 0, "maxzoom": 22}';
COMMENT ON VIEW fireiot_map.resource IS
'{"description": "Hydrants, water, stations, vehicles and cameras 消防资源, and whether each can be used now", "minzoom": 0, "maxzoom": 22}';

COMMENT ON COLUMN fireiot_map.unit.devices IS 'Devices that are admitted and in use';
COMMENT ON COLUMN fireiot_map.unit.devices_online IS 'Those of them that are online';
COMMENT ON COLUMN fireiot_map.unit.worst_class IS 'Of its open alarms: fire, event, fault, link, in this order';
COMMENT ON COLUMN fireiot_map.device.placed_by IS 'What its place is known by: device, area, building or unit';
COMMENT ON COLUMN fireiot_map.device.state IS 'What the device said of itself last';
COMMENT ON COLUMN fireiot_map.device.worst_class IS 'Of its open alarms and those of its parts: fire, event, fault, link, in this order';
COMMENT ON COLUMN fireiot_map.part.state IS 'What the device said of it last';
COMMENT ON COLUMN fireiot_map.part.state_class IS 'fire, fault or another, null: normal';
COMMENT ON COLUMN fireiot_map.part.since IS 'Since when it is so';
COMMENT ON COLUMN fireiot_map.open_alarm.alarm_id IS 'The case: id of fireiot.alarm';
COMMENT ON COLUMN fireiot_map.open_alarm.class IS 'fire 火灾预警, event 事件预警, fault 故障, link 通信中断';
COMMENT ON COLUMN fireiot_map.open_alarm.stage IS 'The step that it has come to: opened, noticed, acknowledged, called, answered, verified, dispatched, handling, reported_back, recorded, released';
COMMENT ON COLUMN fireiot_map.open_alarm.age_s IS 'Seconds since it was opened';
COMMENT ON COLUMN fireiot_map.open_alarm.restored_at IS 'When what signalled it was normal again; null: it is not';
COMMENT ON COLUMN fireiot_map.open_alarm.next_metric IS 'What is due next';
COMMENT ON COLUMN fireiot_map.open_alarm.due_in_s IS 'Seconds until it is due';
COMMENT ON COLUMN fireiot_map.open_alarm.overdue IS 'Deadlines that have passed and are still not met';
COMMENT ON COLUMN fireiot_map.open_alarm.data_of IS 'test or maintenance: opened in such a window; null: neither';
COMMENT ON COLUMN fireiot_map.resource.usable IS 'Can it be used now?';
COMMENT ON COLUMN fireiot_map.resource.reason IS 'Why not: its status, no_value, device_offline, stale, value_low, value_high or off_duty';
COMMENT ON COLUMN fireiot_map.resource.value IS 'What is measured at it, a pressure or a level';
COMMENT ON COLUMN fireiot_map.resource.on_duty IS 'Of stations and vehicles: how many people are there now';

-- The same in the coordinates of fireiot.map_coordinate_system, for maps that
-- lie on tiles of AMap, Tencent or Baidu.  GCJ-02 and BD-09 have no SRID, and
-- get none: what asks for one does not find these.
DO $shifted$
DECLARE
	layer text;
BEGIN
	FOREACH layer IN ARRAY '{unit,building,building_outline,device,part,open_alarm,resource}'::text[]
	LOOP
		EXECUTE (
			SELECT format('CREATE OR REPLACE VIEW fireiot_map.%I AS SELECT v.id, '
				'fireiot.from_wgs84(v.geom, coalesce(current_setting(''fireiot.map_coordinate_system'', true), ''wgs84''))::@postgis@.geometry(%s) AS geom, %s FROM fireiot_map.%I AS v',
				layer || '_shifted', CASE layer WHEN 'building_outline' THEN 'MultiPolygon' ELSE 'Point' END,
				string_agg(format('v.%I', a.attname), ', ' ORDER BY a.attnum), layer)
			FROM pg_attribute AS a
			WHERE a.attrelid = format('fireiot_map.%I', layer)::regclass AND a.attnum > 0 AND a.attname NOT IN ('id', 'geom'));
		EXECUTE format('COMMENT ON VIEW fireiot_map.%I IS %L', layer || '_shifted',
			jsonb_build_object('description', format('Layer %s in the coordinates of fireiot.map_coordinate_system, without an SRID', layer)));
	END LOOP;
END
$shifted$;

-- GeoServer looks here for the keys of views.
CREATE OR REPLACE VIEW fireiot_map.gt_pk_metadata AS
SELECT n.nspname::varchar AS table_schema, c.relname::varchar AS table_name, 'id'::varchar AS pk_column, 1 AS pk_column_idx,
	'assigned'::varchar AS pk_policy, NULL::varchar AS pk_sequence
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'id'
WHERE n.nspname = 'fireiot_map' AND c.relkind = 'v';
COMMENT ON VIEW fireiot_map.gt_pk_metadata IS
'{"description": "Primary key metadata table of GeoServer: the key of each layer"}';

-- Of the views and functions of schema fireiot_map only; what they read is read
-- by the rights of their owner.
CREATE OR REPLACE FUNCTION fireiot.grant_map(role name)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.grant_all_of(ARRAY['USAGE ON SCHEMA fireiot_map', 'EXECUTE ON FUNCTION fireiot.shared_usability(integer)']
		|| ARRAY(SELECT format('SELECT ON %s', c.oid::regclass) FROM pg_class AS c
			WHERE c.relnamespace = 'fireiot_map'::regnamespace AND c.relkind = 'v' ORDER BY c.relname)
		|| ARRAY(SELECT format('EXECUTE ON FUNCTION %s', p.oid::regprocedure) FROM pg_proc AS p
			WHERE p.pronamespace = 'fireiot_map'::regnamespace ORDER BY p.proname), role);
END
$$;
COMMENT ON FUNCTION fireiot.grant_map(name) IS
'Lets a role read the layers of schema fireiot_map, and nothing else';
