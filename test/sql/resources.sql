-- Resources: which can be used and why the others cannot; who is on duty by
-- civil time; which belong to a classified unit.
SET search_path = public, fireiot;
SET timezone = 'UTC';
\set VERBOSITY terse

-- A value is good while its device is heard, and inside the limits.
INSERT INTO unit (id, name) VALUES (71001, 'open'), (71002, 'secret');
INSERT INTO unit_profile (unit_id, classified) VALUES (71001, false), (71002, true);
INSERT INTO building (id, unit_id, name) VALUES (71001, 71001, 'open'), (71002, 71002, 'secret');
INSERT INTO area (id, building_id, name) VALUES (71001, 71001, 'open'), (71002, 71002, 'secret');
INSERT INTO device (device, unit_id) VALUES ('000071000001', NULL), ('000071000002', 71002);
INSERT INTO device_now (device, last_seen, online) VALUES
	('000071000001', '2026-03-02 00:00+08', true), ('000071000002', '2026-03-02 00:00+08', false);
INSERT INTO part_now (device, part, kind, quantity, value, received_at, since, frame_id)
SELECT '000071000001'::device_addr, part_addr('1.1/90.' || n), 3, 5, value, '2026-03-01 08:00+08'::timestamptz, '2026-03-01 08:00+08'::timestamptz, 1
FROM (VALUES (1, 250), (2, 99.9), (3, 100), (4, 600), (5, 600.1), (6, NULL)) AS v (n, value)
UNION ALL SELECT '000071000002', '1.1/90.1', 3, 5, 250, '2026-03-01 08:00+08'::timestamptz, '2026-03-01 08:00+08'::timestamptz, 1;
INSERT INTO resource (id, kind, name, delivered, status, device, part, quantity, value_min, value_max, fresh_for)
SELECT 71000 + n, 'hydrant_outdoor', what, ST_SetSRID(ST_MakePoint(120 + n * 0.001, 30), 4326), status, device::device_addr, part::part_addr,
	CASE WHEN device IS NOT NULL THEN quantity END, value_min, value_max, fresh_for::interval
FROM (VALUES
	(1, 'nothing measured', 'in_service', NULL, NULL, 5, NULL, NULL, '1 day'),
	(2, 'good', 'in_service', '000071000001', '1.1/90.1', 5, 100, 600, '1 day'),
	(3, 'low', 'in_service', '000071000001', '1.1/90.2', 5, 100, 600, '1 day'),
	(4, 'at the lower limit', 'in_service', '000071000001', '1.1/90.3', 5, 100, 600, '1 day'),
	(5, 'at the upper limit', 'in_service', '000071000001', '1.1/90.4', 5, 100, 600, '1 day'),
	(6, 'high', 'in_service', '000071000001', '1.1/90.5', 5, 100, 600, '1 day'),
	(7, 'no limits', 'in_service', '000071000001', '1.1/90.2', 5, NULL, NULL, '1 day'),
	(8, 'a value without a figure', 'in_service', '000071000001', '1.1/90.6', 5, 100, 600, '1 day'),
	(9, 'another quantity', 'in_service', '000071000001', '1.1/90.1', 10, 100, 600, '1 day'),
	(10, 'another part', 'in_service', '000071000001', '1.1/90.77', 5, 100, 600, '1 day'),
	(11, 'a device never heard', 'in_service', '000071000003', '1.1/90.1', 5, 100, 600, '1 day'),
	(12, 'silent, connected', 'in_service', '000071000001', '1.1/90.1', 5, 100, 600, '1 hour'),
	(13, 'silent, gone', 'in_service', '000071000002', '1.1/90.1', 5, 100, 600, '1 hour'),
	(14, 'fresh, gone', 'in_service', '000071000002', '1.1/90.1', 5, 100, 600, '12 hours'),
	(15, 'out of service', 'out_of_service', '000071000001', '1.1/90.2', 5, 100, 600, '1 day'),
	(16, 'maintenance', 'maintenance', NULL, NULL, 5, NULL, NULL, '1 day'),
	(17, 'planned', 'planned', NULL, NULL, 5, NULL, NULL, '1 day'),
	(18, 'removed', 'removed', NULL, NULL, 5, NULL, NULL, '1 day')
) AS v (n, what, status, device, part, quantity, value_min, value_max, fresh_for);
SELECT r.name, u.usable, u.reason, u.value, u.heard_at
FROM resource AS r, resource_usability(r, '2026-03-02 06:00+08') AS u WHERE r.id BETWEEN 71001 AND 71018 ORDER BY r.id;

-- Shifts: by day and by night, on weekdays, for a time, with nobody.
INSERT INTO resource (id, kind, name, staff, delivered)
SELECT 71100 + n, kind, name, 8, 'SRID=4326;POINT(120 31)'
FROM (VALUES (1, 'micro_station', 'no shifts'), (2, 'micro_station', 'day'), (3, 'fire_station', 'night'), (4, 'fire_station', 'day and night'),
	(5, 'micro_station', 'Friday night'), (6, 'vehicle', 'until March'), (7, 'micro_station', 'nobody'), (8, 'micro_station', 'from eight to eight'),
	(9, 'hydrant_outdoor', 'a hydrant with a shift')) AS v (n, kind, name);
INSERT INTO duty_shift (resource_id, weekdays, from_time, to_time, valid_from, valid_to, staff) VALUES
	(71102, NULL, '08:00', '20:00', NULL, NULL, 3), (71103, NULL, '20:00', '08:00', NULL, NULL, 4),
	(71104, NULL, '08:00', '20:00', NULL, NULL, 3), (71104, NULL, '20:00', '08:00', NULL, NULL, 2), (71104, NULL, '19:00', '21:00', NULL, NULL, 1),
	(71105, '{5}', '22:00', '06:00', NULL, NULL, 2), (71106, NULL, '00:00', '24:00', '2026-01-01', '2026-03-01', 2),
	(71107, NULL, '00:00', '24:00', NULL, NULL, 0), (71108, '{1,2,3,4,5,6,7}', '08:00', '08:00', NULL, NULL, 5), (71109, NULL, '00:00', '00:01', NULL, NULL, 1);
SELECT r.name, string_agg(coalesce(u.on_duty::text, '-') || coalesce(' ' || u.reason, ''), ' | ' ORDER BY t.at) AS on_duty
FROM resource AS r,
	unnest('{2026-02-27 21:59:59+08,2026-02-27 22:00+08,2026-02-28 05:59:59+08,2026-02-28 06:00+08,2026-02-28 23:59:59+08,2026-03-02 08:00+08,2026-03-02 19:30+08,2026-03-02 20:00+08}'::timestamptz[]) AS t (at),
	resource_usability(r, t.at) AS u
WHERE r.id BETWEEN 71101 AND 71109 GROUP BY r.id, r.name ORDER BY r.id;
-- the zone is that of the setting, not that of the session
SET timezone = 'America/New_York';
SELECT u.on_duty FROM resource AS r, resource_usability(r, '2026-03-02 08:00+08') AS u WHERE r.id = 71102;
SET timezone = 'UTC';

-- Classified: by its own unit, by its building, its area, its device.
INSERT INTO resource (id, kind, name, unit_id, building_id, area_id, device, part, quantity, delivered)
SELECT 71200 + n, 'tank', name, unit, building, area, device::device_addr, CASE WHEN device IS NOT NULL THEN part_addr('1.1/90.1') END,
	CASE WHEN device IS NOT NULL THEN 5 END, 'SRID=4326;POINT(120 32)'
FROM (VALUES (1, 'public', NULL::bigint, NULL::bigint, NULL::bigint, NULL), (2, 'of a unit', 71001, 71001, 71001, '000071000001'), (3, 'unit', 71002, NULL, NULL, NULL),
	(4, 'building', NULL, 71002, NULL, NULL), (5, 'area', NULL, NULL, 71002, NULL), (6, 'device', NULL, NULL, NULL, '000071000002'),
	(7, 'unit not known', 71099, NULL, NULL, NULL), (8, 'building before all', 71001, 71002, 71001, NULL)) AS v (n, name, unit, building, area, device);
SELECT name, classified FROM resource_state WHERE id BETWEEN 71201 AND 71208 ORDER BY id;

-- The view says the same as the function.
SELECT count(*), count(*) FILTER (WHERE (s.usable, s.reason, s.value, s.on_duty, s.classified) IS NOT DISTINCT FROM (u.usable, u.reason, u.value, u.on_duty, u.classified)) AS same
FROM resource_state AS s JOIN resource AS r USING (id) CROSS JOIN LATERAL resource_usability(r) AS u WHERE id BETWEEN 71001 AND 71208;
SELECT value_unit, value_min, value_since FROM resource_state WHERE id = 71002;

-- Who may: readers, and nobody else.
CREATE ROLE regress_reader;
CREATE ROLE regress_stranger;
SELECT grant_reader('regress_reader');
SET ROLE regress_reader;
SELECT count(*) > 0 AS can FROM resource_state WHERE usable AND classified IS NOT NULL;
SELECT count(*) AS can FROM nearest_resources('POINT(120 31)', '{micro_station}', 1, 10, false);
SELECT jsonb_typeof(alarm_scene(NULL)) AS can;
RESET ROLE;
SET ROLE regress_stranger;
SELECT count(*) FROM resource_state;
SELECT count(*) FROM nearest_resources('POINT(120 31)');
SELECT count(*) FROM resource AS r, resource_usability(r) AS u;
RESET ROLE;
SELECT has_table_privilege('regress_reader', 'fireiot.road', 'SELECT') AS roads;
DROP OWNED BY regress_reader, regress_stranger;
DROP ROLE regress_reader, regress_stranger;
DELETE FROM duty_shift WHERE resource_id BETWEEN 71000 AND 71999;
DELETE FROM resource WHERE id BETWEEN 71000 AND 71999;
DELETE FROM part_now WHERE device IN ('000071000001', '000071000002');
DELETE FROM device_now WHERE device IN ('000071000001', '000071000002');
DELETE FROM device WHERE device IN ('000071000001', '000071000002');
DELETE FROM area WHERE id IN (71001, 71002);
DELETE FROM building WHERE id IN (71001, 71002);
DELETE FROM unit_profile WHERE unit_id IN (71001, 71002);
DELETE FROM unit WHERE id IN (71001, 71002);
