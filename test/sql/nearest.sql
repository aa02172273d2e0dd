-- The nearest resources: in true metres, what can be used, what cannot and why,
-- none of classified units; around an alarm; its scene.
SET search_path = public, fireiot;
SET timezone = 'UTC';
\set VERBOSITY default
SET client_min_messages = warning;
SELECT make_partitions() IS NOT NULL AS made;
RESET client_min_messages;

-- One degree of longitude is 96 km here, one of latitude 111 km: the nearer by
-- degrees is the farther.
INSERT INTO unit (id, name, address, phone, delivered) VALUES (72001, '东方商厦', '中山路 1 号', '057187654321', 'SRID=4326;POINT(120.1 30.1)'), (72002, 'secret', NULL, NULL, NULL);
INSERT INTO unit_profile (unit_id, control_room, classified) VALUES (72001, true, false), (72002, false, true);
INSERT INTO resource (id, kind, name, delivered, unit_id, status, status_note, phone, staff)
SELECT 72000 + n, kind, name, ST_SetSRID(ST_MakePoint(120.1 + east, 30.1 + north), 4326), unit, status, note, phone, staff
FROM (VALUES
	(1, 'hydrant_outdoor', 'north', 0, 0.0019, NULL::bigint, 'in_service', NULL, NULL, NULL::integer),
	(2, 'hydrant_outdoor', 'east', 0.002, 0, NULL, 'in_service', NULL, NULL, NULL),
	(3, 'hydrant_outdoor', 'broken', 0.0001, 0, NULL, 'out_of_service', 'valve, until May', NULL, NULL),
	(4, 'hydrant_indoor', 'secret', 0.0002, 0, 72002, 'in_service', NULL, NULL, NULL),
	(5, 'hydrant_outdoor', 'gone', 0.0001, 0.0001, NULL, 'removed', NULL, NULL, NULL),
	(6, 'micro_station', 'by day', 0.001, 0.001, 72001, 'in_service', NULL, '13800000006', 6),
	(7, 'micro_station', 'always', -0.003, 0.002, 72001, 'in_service', NULL, '13800000007', 4),
	(8, 'fire_station', 'far', 0.03, 0.04, NULL, 'in_service', NULL, '119', 30),
	(9, 'tank', 'here', 0, 0, 72001, 'in_service', NULL, NULL, NULL),
	(10, 'water_source', 'river', -0.01, -0.01, NULL, 'in_service', NULL, NULL, NULL),
	(11, 'hydrant_outdoor', 'nowhere', NULL, NULL, NULL, 'in_service', NULL, NULL, NULL)) AS v (n, kind, name, east, north, unit, status, note, phone, staff);
-- whose shift is over, whatever the time is
INSERT INTO duty_shift (resource_id, from_time, to_time, valid_to, staff) VALUES (72006, '08:00', '20:00', '2026-01-01', 6);
SELECT resource_id, kind, name, round(metres::numeric, 3) AS metres, round(bearing::numeric, 1) AS bearing, usable, reason, on_duty, phone, along, road_metres, ST_AsText(geom, 4)
FROM nearest_resources('POINT(120.1 30.1)', k := 10);
SELECT name, round(metres::numeric, 1) AS metres, usable, reason, on_duty FROM nearest_resources('POINT(120.1 30.1)', k := 20, usable_only := false);
SELECT name, along FROM nearest_resources('POINT(120.1 30.1)', '{hydrant_outdoor,water_source}', 2);
SELECT name, round(metres::numeric) AS metres FROM nearest_resources('POINT(120.1 30.1)', '{fire_station}', max_metres := 5500);
SELECT name FROM nearest_resources('POINT(120.1 30.1)', '{fire_station}');
SELECT name FROM nearest_resources('POINT(120.1 30.1)', '{other,vehicle,camera}');
-- up to so many metres, and not one more
SELECT count(*) FROM nearest_resources('POINT(120.1 30.1)', '{hydrant_outdoor}', max_metres := 192.7);
SELECT count(*) FROM nearest_resources('POINT(120.1 30.1)', '{hydrant_outdoor}', max_metres := 192.8);
SELECT count(*) FROM nearest_resources('POINT(120.1 30.1)', '{tank}', max_metres := 0);

-- The place: what is delivered in another system is converted first; an
-- outline is a place as well; nothing is near nowhere.
SELECT name, round(metres::numeric, 1) AS metres
FROM nearest_resources(to_wgs84(from_wgs84('SRID=4326;POINT(120.1 30.1)', 'gcj02'), 'gcj02')::geography, '{hydrant_outdoor}', 1);
SELECT name, round(metres::numeric, 1) AS metres, round(bearing::numeric) AS bearing
FROM nearest_resources('POLYGON((120.099 30.1,120.1 30.101,120.1 30.099,120.099 30.1))', '{hydrant_outdoor}', 1);
SELECT count(*) FROM nearest_resources(NULL);
SELECT count(*) FROM nearest_resources('POINT EMPTY');

-- Many in one place: as many as are wanted, by their ids, and what is behind them.
INSERT INTO resource (id, kind, name, delivered) SELECT 72100 + n, 'hydrant_indoor', 'floor ' || n, 'SRID=4326;POINT(120.2 30.2)' FROM generate_series(1, 60) AS n;
SELECT array_agg(resource_id) FROM nearest_resources('POINT(120.2001 30.2)', NULL, 7);
SELECT count(*), count(DISTINCT resource_id), max(metres) = min(metres) AS one_place FROM nearest_resources('POINT(120.2001 30.2)', NULL, 1000);

-- What cannot be meant.
\set SHOW_CONTEXT never
SELECT * FROM nearest_resources('POINT(120.1 30.1)', '{hydrant}');
\echo :SQLSTATE
SELECT * FROM nearest_resources('POINT(120.1 30.1)', '{tank,NULL}');
\echo :SQLSTATE
SELECT * FROM nearest_resources('POINT(120.1 30.1)', k := 0);
\echo :SQLSTATE
SELECT * FROM nearest_resources('POINT(120.1 30.1)', k := 1001);
\echo :SQLSTATE
SELECT * FROM nearest_resources('POINT(120.1 30.1)', max_metres := -1);
\echo :SQLSTATE
SELECT * FROM nearest_resources('POINT(120.1 30.1)', max_metres := 'NaN');
\echo :SQLSTATE
SELECT * FROM nearest_resources('POINT(120.1 30.1)', by_road := true);
\echo :SQLSTATE
SELECT * FROM nearest_to_alarm(987654321);
\echo :SQLSTATE
SELECT alarm_scene(987654321);
\echo :SQLSTATE

-- Around an alarm, which is where its part is; the scene says all of it.
INSERT INTO building (id, unit_id, name, address, floors_above, floors_below, delivered)
VALUES (72001, 72001, '主楼', '中山路 1 号', 20, 2, 'SRID=4326;POLYGON((120.0998 30.0998,120.1002 30.0998,120.1002 30.1002,120.0998 30.1002,120.0998 30.0998))');
INSERT INTO area (id, building_id, name, floor, plan_key, plan_width, plan_height, plan_controls)
VALUES (72001, 72001, '三层东', '3F', 'plan-72001-3', 1000, 800, '{{0,0,120.0998,30.1002},{1000,800,120.1002,30.0998}}');
INSERT INTO device (device, unit_id, building_id) VALUES ('000072000001', 72001, 72001);
INSERT INTO part (device, part, area_id, name, location, plan_x, plan_y) VALUES ('000072000001', '1.1/40.1', 72001, '感烟 1', '走廊', 500, 400);
INSERT INTO contact (unit_id, role, position, name, channels) VALUES (72001, 'safety_manager', 1, '王', '{call:13800000001}'),
	(72001, 'field_staff', 1, '李', '{app:li}'), (72001, 'control_room', 1, '消控室', '{call:057187654321}');
INSERT INTO resource (id, kind, name, delivered, gb28181_id, camera_range_m, camera_azimuth, camera_angle, status)
SELECT 72200 + n, 'camera', name, ST_SetSRID(ST_MakePoint(120.1 + east, 30.1 + north), 4326), '3301000000132000' || 1000 + n, range_m, azimuth, angle, status
FROM (VALUES (1, 'looks here', 0.0005, 0, 60, 270, 60, 'in_service'), (2, 'looks away', 0.0005, 0.0001, 60, 90, 60, 'in_service'), (3, 'sees less far', 0.0005, -0.0001, 40, 270, 60, 'in_service'),
	(4, 'around, far', -0.01, 0, 2000, NULL, NULL, 'in_service'), (5, 'broken', 0, 0.0002, 60, 180, 90, 'maintenance'), (6, 'north, across 0', 0, -0.0003, 60, 350, 40, 'in_service'),
	(7, 'at the edge of its angle', 0, -0.0002, 60, 30, 60.1, 'in_service'), (8, 'past the edge', 0, -0.0002, 60, 31, 60, 'in_service'), (9, 'range not known', 0, 0.0003, NULL, NULL, NULL, 'in_service')
	) AS v (n, name, east, north, range_m, azimuth, angle, status);
INSERT INTO alarm (id, device, part, unit_id, class, kind, origin, packs)
VALUES (72001, '000072000001', '1.1/40.1', 72001, 'fire', 'fire.detector', 'bit', 'zj-db33-2023/1,operator-default/1,+control_room'),
	(72002, NULL, NULL, 72002, 'fire', 'fire.detector', 'report', 'operator-default/1');
INSERT INTO alarm_now (id, opened_at, device, part, class, kind, unit_id, packs, last_at, origin, opened_as, geom)
SELECT a.id, a.received_at, a.device, a.part, a.class, a.kind, a.unit_id, a.packs, a.received_at, a.origin, a.class, (place_of(a.device, a.part, a.unit_id)).geom
FROM alarm AS a WHERE id = 72001;
SELECT resource_id, name, round(metres::numeric, 1) AS metres FROM nearest_to_alarm(72001, '{hydrant_outdoor,micro_station}');
SELECT resource_id, usable, reason FROM nearest_to_alarm(72001, '{micro_station}', usable_only := false);
SELECT name, round(metres::numeric, 1) AS metres, round(bearing::numeric) AS bearing, usable, reason FROM cameras_on('SRID=4326;POINT(120.1 30.1)');
SELECT jsonb_pretty(((s #- '{alarm,opened_at}') #- '{alarm,last_at}') - 'deadlines'::text) AS scene FROM alarm_scene(72001, k := 2) AS s;
SELECT d ->> 'rule' AS rule, d ->> 'metric' AS metric, d ->> 'state' AS state, d ->> 'time_limit' AS time_limit, d -> 'targets' AS targets,
	(d ->> 'seconds_left')::integer IS NOT NULL AS runs
FROM alarm_scene(72001) AS s, jsonb_array_elements(s -> 'deadlines') AS d WHERE d ->> 'state' = 'open' ORDER BY d ->> 'due_at', 1;
-- in the system of the map that it is drawn on
SELECT s -> 'place' ->> 'coordinate_system' AS system, s -> 'place' -> 'lon' AS lon, s -> 'place' -> 'lat' AS lat, s -> 'resources' -> 0 -> 'lon' AS lon_of_first
FROM unnest('{wgs84,gcj02,bd09}'::text[]) AS system, alarm_scene(72001, '{hydrant_outdoor}', 1, system) AS s;
-- Where is not known: all else is there.
SELECT s -> 'place' AS place, s -> 'resources' AS resources, s -> 'cameras' AS cameras, s -> 'unit' ->> 'name' AS unit FROM alarm_scene(72002) AS s;
SELECT count(*) FROM nearest_to_alarm(72002);
-- Closed, it has its place still.
DELETE FROM alarm_now WHERE id = 72001;
SELECT s -> 'alarm' ->> 'open' AS open, s -> 'place' ->> 'placed_by' AS placed_by FROM alarm_scene(72001) AS s;
SELECT resource_id FROM nearest_to_alarm(72001, '{tank}');
