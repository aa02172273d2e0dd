-- Where things are: what the registry computes of what was delivered, parts in
-- plans, alarms that follow the registry.
SET extra_float_digits = 0;
SET search_path = fireiot, public;
\set VERBOSITY default
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
BEGIN;

-- One true system, what was delivered beside it.
INSERT INTO unit (id, name, delivered, coordinate_system) VALUES
	(901, '第一医院', 'POINT(116.410244 39.916404)', 'gcj02'),
	(902, '大学路小学', 'SRID=4326;POINT(116.404 39.915)', DEFAULT),
	(903, '无位置', NULL, DEFAULT)
RETURNING id, coordinate_system, ST_AsEWKT(delivered) AS delivered, ST_AsEWKT(geom, 5) AS geom;
INSERT INTO building (id, unit_id, name, delivered) VALUES
	(901, 901, '门诊楼', 'SRID=4326;POLYGON((116.40 39.90, 116.41 39.90, 116.41 39.91, 116.40 39.91, 116.40 39.90))'),
	(902, 901, '急诊楼', 'SRID=4326;POINT(116.42 39.92)'),
	(903, 901, '未测', NULL)
RETURNING id, ST_AsEWKT(outline, 3) AS outline, ST_AsEWKT(geom, 3) AS geom;
UPDATE unit SET delivered = 'SRID=4326;POINT(116.405 39.905)', coordinate_system = 'wgs84' WHERE id = 901 RETURNING ST_AsEWKT(geom) AS moved;

-- refused: a shifted geometry that says 4326, systems that are none, what is set by hand
INSERT INTO unit (name, delivered, coordinate_system) VALUES ('x', 'SRID=4326;POINT(116.41 39.91)', 'gcj02');
\set VERBOSITY terse
INSERT INTO unit (name, coordinate_system) VALUES ('x', 'gps');
\set VERBOSITY default
INSERT INTO unit (name, delivered) VALUES ('x', 'POINT(39.91 116.41)');
INSERT INTO unit (name, geom) VALUES ('x', 'SRID=4326;POINT(116.41 39.91)');

-- A plan: 1000 pixels for 0.01 degrees, and the parts in it.
INSERT INTO area (id, building_id, name, floor, plan_key, plan_width, plan_height, plan_controls) VALUES
	(901, 901, '三层', '3', 'plans/3.png', 1000, 1000, '{{0,0,116.40,39.91},{1000,0,116.41,39.91},{0,1000,116.40,39.90}}'),
	(902, 901, '四层', '4', NULL, NULL, NULL, NULL)
RETURNING id, (SELECT array_agg(round(n::numeric, 8)) FROM unnest(plan_affine) AS n) AS plan_affine;
INSERT INTO device (device, unit_id, building_id) VALUES ('0000000a0b0c', 901, 901);
INSERT INTO part (device, part, name, area_id, plan_x, plan_y, delivered) VALUES
	('0000000a0b0c', '1.1/40.1', 'in the plan', 901, 500, 250, NULL),
	('0000000a0b0c', '1.1/40.2', 'measured', 901, 500, 250, 'SRID=4326;POINT(116.4021 39.9021)'),
	('0000000a0b0c', '1.1/40.3', 'no plan yet', 902, 100, 100, NULL),
	('0000000a0b0c', '1.1/40.4', 'nowhere', 901, NULL, NULL, NULL);
SELECT part, name, ST_AsEWKT(geom, 6) AS geom FROM part ORDER BY part;
SELECT * FROM registry_problem WHERE object = 'part';
SELECT x::numeric(8, 3), y::numeric(8, 3) FROM world_to_plan((SELECT plan_affine FROM area WHERE id = 901), ST_SetSRID('POINT(116.405 39.9075)'::geometry, 4326));

-- parts follow their plan, and their pixel
UPDATE area SET plan_controls = '{{0,0,116.40,39.91},{100,0,116.41,39.91},{0,100,116.40,39.90}}' WHERE id = 902;
UPDATE area SET plan_controls = '{{0,0,116.50,39.91},{1000,0,116.51,39.91},{0,1000,116.50,39.90}}' WHERE id = 901;
UPDATE part SET geom = NULL WHERE name = 'measured';
SELECT part, name, ST_AsEWKT(geom, 6) AS geom FROM part ORDER BY part;
\set VERBOSITY terse
INSERT INTO part (device, part, plan_x) VALUES ('0000000a0b0c', '1.1/40.5', 1);
\set VERBOSITY default
SELECT plan_affine('{{0,0,116.40,39.91}}', 'wgs84');
SELECT plan_affine('{{0,0,116.40,39.91},{1,1,116.41,39.92},{2,2,116.42,39.93}}', 'wgs84');
SELECT plan_affine('{{0,0,39.91,116.40},{1,1,39.92,116.41}}', 'wgs84');
SELECT plan_affine('{1,2,3,4}', 'wgs84');
SELECT plan_affine(NULL, 'wgs84') IS NULL AND plan_affine('{}', NULL) IS NULL AS strict;
SELECT plan_affine('{}', 'wgs84');

-- By what a place is known, the nearest first.
INSERT INTO device (device, unit_id, building_id, area_id, delivered) VALUES
	('000000000001', 902, NULL, NULL, 'SRID=4326;POINT(116.3 39.9)'), ('000000000002', 901, 902, NULL, NULL),
	('000000000003', 902, NULL, NULL, NULL), ('000000000004', 903, NULL, NULL, NULL);
INSERT INTO part (device, part, building_id) VALUES ('000000000003', '1.1/40.1', 902);
SELECT w.*, p.placed_by, ST_AsText(p.geom, 4) AS place
FROM (VALUES ('0000000a0b0c'::device_addr, '1.1/40.1'::part_addr, 901::bigint), ('0000000a0b0c', '1.1/40.4', 901), ('0000000a0b0c', '1.1/40.9', 901),
	('000000000001', '0.0', 902), ('000000000002', '0.0', 901), ('000000000003', '1.1/40.1', 902), ('000000000003', '0.0', NULL),
	('000000000004', '0.0', 903), ('00000000000f', '0.0', NULL), ('00000000000f', '0.0', 902)) AS w (device, part, unit_id),
	place_of(w.device, w.part, w.unit_id) AS p;

-- An alarm opens where its part is, and follows when told to.
SELECT make_partitions() >= 0 AS ready;
SELECT report_event('fire.telephone', unit_id => 902, subject => '1', actor => '王') > 0 AS unit_known,
	report_event('fire.telephone', unit_id => 903, subject => '2', actor => '王') > 0 AS place_unknown;
SELECT subject, ST_AsText(geom, 4) AS place FROM alarm_now WHERE unit_id > 900 ORDER BY subject;
UPDATE unit SET delivered = 'SRID=4326;POINT(116.33 39.93)' WHERE id = 903;
SELECT place_alarms() > 0 AS moved, place_alarms() AS again;
SELECT subject, ST_AsText(geom, 4) AS place FROM alarm_now WHERE unit_id > 900 ORDER BY subject;
UPDATE alarm_now SET geom = NULL WHERE unit_id > 900;
SELECT rebuild_alarms() >= 2 AS rebuilt;
SELECT subject, ST_AsText(geom, 4) AS place FROM alarm_now WHERE unit_id > 900 ORDER BY subject;

-- Resources and shifts.
INSERT INTO resource (id, kind, name, delivered, coordinate_system) VALUES (901, 'hydrant_outdoor', '文三路 12 号', 'POINT(120.15 30.28)', 'gcj02')
RETURNING id, status, ST_AsText(geom, 4) AS geom;
\set VERBOSITY terse
INSERT INTO resource (kind, name) VALUES ('hydrant', 'x');
INSERT INTO resource (kind, name, device) VALUES ('tank', 'x', '000000000001');
INSERT INTO resource (kind, name, gb28181_id) VALUES ('camera', 'x', '123');
INSERT INTO duty_shift (resource_id, weekdays) VALUES (901, '{0}');
INSERT INTO duty_shift (id, resource_id) VALUES (901, 999);
INSERT INTO resource (id, kind, name, unit_id, device, part, quantity) VALUES (902, 'tank', 'nowhere', 998, '00000000000e', '1.1/1.1', 4);
SELECT * FROM registry_problem WHERE object IN ('resource', 'duty_shift') ORDER BY 1, 2, 3;

SELECT is_classified(901), is_classified(NULL);
INSERT INTO unit_profile (unit_id, classified) VALUES (901, true), (902, false);
SELECT is_classified(901), is_classified(902), is_classified(903);
ROLLBACK;
