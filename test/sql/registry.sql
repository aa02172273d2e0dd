-- The registry: what it holds, what does not fit, who may store.
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
SET search_path = fireiot, public;

INSERT INTO organization (name, kind) VALUES ('运营服务机构', 'operator'), ('维保公司', 'maintenance') RETURNING id, kind;
INSERT INTO unit (name, operator_id, maintenance_id) VALUES ('第一医院', 1, 2) RETURNING id;
INSERT INTO building (unit_id, name, floors_above) VALUES (1, '门诊楼', 12) RETURNING id;
INSERT INTO area (building_id, name, floor) VALUES (1, '三层东', '3') RETURNING id;
INSERT INTO device (device, unit_id, building_id, name, profile, networks) VALUES
	('0000000a0b0c', 1, 1, '消控室', 'leader-6920', '{10.1.0.0/16, 2001:db8::/32}');
INSERT INTO part (device, part, name, location, area_id) VALUES ('0000000a0b0c', '1.1/40.131082', '烟感 3-17', '三层东走廊', 1);
TABLE registry_problem;

-- what a row may not say
\set VERBOSITY terse
INSERT INTO organization (name, kind) VALUES ('x', 'customer');
INSERT INTO device (device, admission) VALUES ('000000000001', 'maybe');
INSERT INTO device (device, networks) VALUES ('000000000001', '{}');
INSERT INTO device (device, networks) VALUES ('000000000001', '{10.0.0.0/8, NULL}');
INSERT INTO device (device, networks) VALUES ('000000000001', '{10.0.0.1/8}');
INSERT INTO device (device, certificate_name) VALUES ('000000000001', '');
INSERT INTO device (device) VALUES ('0000000A0B0C');
INSERT INTO part (device, part) VALUES ('0000000a0b0c', '1.1/40.131082');
INSERT INTO part (device) VALUES ('0000000a0b0c');

\set VERBOSITY default
-- what refers to nothing, one line each
BEGIN;
INSERT INTO unit (name, organization_id, operator_id, maintenance_id) VALUES ('x', 71, 72, 73);
INSERT INTO building (name, unit_id) VALUES ('no unit', 74), ('without', NULL);
INSERT INTO area (name, building_id) VALUES ('no building', 75), ('without', NULL);
INSERT INTO device (device, unit_id, building_id, area_id, profile) VALUES
	('000000000001', 76, 77, 78, NULL), ('000000000002', NULL, NULL, NULL, NULL), ('000000000003', 1, NULL, NULL, 'leader');
INSERT INTO device (device, admission) VALUES ('000000000004', 'pending'), ('000000000005', 'rejected');
INSERT INTO part (device, part, building_id, area_id) VALUES ('000000000006', '1.1', 79, 80);
SELECT object, CASE WHEN key NOT LIKE '0%' THEN 'id' ELSE key END AS key, problem FROM registry_problem ORDER BY object, key, problem;
ROLLBACK;

-- changed_at follows changes, created_at does not, and nobody sets it
UPDATE device SET note = 'x', changed_at = '2000-01-01';
UPDATE part SET note = 'x';
UPDATE organization SET note = 'x';
UPDATE unit SET note = 'x';
UPDATE building SET note = 'x';
UPDATE area SET note = 'x';
SELECT 'device' AS changed FROM device WHERE changed_at > created_at
UNION ALL SELECT 'part' FROM part WHERE changed_at > created_at
UNION ALL SELECT 'organization' FROM organization WHERE changed_at > created_at
UNION ALL SELECT 'unit' FROM unit WHERE changed_at > created_at
UNION ALL SELECT 'building' FROM building WHERE changed_at > created_at
UNION ALL SELECT 'area' FROM area WHERE changed_at > created_at;

-- admission
INSERT INTO device (device, admission, note) VALUES ('000000000001', 'pending', 'from 192.0.2.7'), ('000000000002', 'pending', NULL);
INSERT INTO device_now (device, first_seen, last_seen, frames, peer) VALUES
	('000000000001', '2026-11-20 08:00+08', '2026-11-20 08:05+08', 3, '192.0.2.7');
SELECT device, first_seen, last_seen, frames, peer, note FROM pending_device ORDER BY device;
SELECT admit_device('000000000001', 1), admit_device('000000000002');
SELECT device, unit_id, admission, admitted_at > created_at AS just_now, admitted_by = session_user AS by_me, note
FROM device WHERE device < '000000000003' ORDER BY device;
SELECT reject_device('000000000001', '不属于本单位'), reject_device('000000000002');
SELECT admit_device('000000000001');
SELECT device, unit_id, admission, admitted_at IS NULL AS no_time, admitted_by IS NULL AS by_nobody, note
FROM device WHERE device < '000000000003' ORDER BY device;
TABLE pending_device;
SELECT admit_device('000000000009');
SELECT reject_device('000000000009');
SELECT admit_device('000000000001', 99);
SELECT admit_device(NULL);

-- the last state of parts, with all names; codes of the site's own
INSERT INTO component_type (code, name_zh, name_en) VALUES (201, '消防水炮', 'water cannon');
INSERT INTO part_now (device, part, kind, quantity, state, raw_value, value, operator, text, observed_at, received_at, since, frame_id) VALUES
	('0000000a0b0c', '1.1/40.131082', 2, DEFAULT, 'component{fire,feedback}', NULL, NULL, NULL, '一层大厅', '2026-11-20 08:00+08', '2026-11-20 08:00:01+08', '2026-11-20 08:00:01+08', 17),
	('0000000a0b0c', '1.1/40.131082', 3, 3, NULL, 235, 23.5, NULL, NULL, NULL, '2026-11-20 08:00:02+08', '2026-11-20 08:00:02+08', 18),
	('0000000a0b0c', '0.0', 21, DEFAULT, 'device{normal,fire}', NULL, NULL, NULL, NULL, NULL, '2026-11-20 08:00:03+08', '2026-11-20 08:00:03+08', 19),
	('0000000a0b0c', '0.0', 1, DEFAULT, 'system{fault}', NULL, NULL, NULL, NULL, NULL, '2026-11-20 08:00:04+08', '2026-11-20 08:00:04+08', 20),
	('00000000ffff', '200.1/201.1', 4, DEFAULT, 'operation{reset}', NULL, NULL, 7, NULL, NULL, '2026-11-20 08:00:05+08', '2026-11-20 08:00:05+08', 21);
SELECT device_name, unit_name, part, part_name, location, building_id, kind, kind_en, system_zh, component_zh
FROM part_state ORDER BY frame_id;
SELECT part, state, state_zh, state_en, class, quantity, quantity_zh, value, unit, operator, text, since FROM part_state ORDER BY frame_id;

-- one row for a state, one for each quantity
INSERT INTO part_now (device, part, kind, received_at, since, frame_id) VALUES ('0000000a0b0c', '0.0', 21, now(), now(), 22);

DELETE FROM component_type WHERE code = 201;
TRUNCATE organization, unit, building, area, device, part, device_now, part_now RESTART IDENTITY;
