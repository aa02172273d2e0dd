-- The code tables hold what the standard holds.
SELECT 'command' AS code_table, kind, count(*) FROM fireiot.command_code GROUP BY kind
UNION ALL SELECT 'data_unit_type', kind, count(*) FROM fireiot.data_unit_type GROUP BY kind
UNION ALL SELECT 'system_type', kind, count(*) FROM fireiot.system_type GROUP BY kind
UNION ALL SELECT 'component_type', kind, count(*) FROM fireiot.component_type GROUP BY kind
UNION ALL SELECT 'quantity', kind, count(*) FROM fireiot.quantity GROUP BY kind
ORDER BY 1, 2;

-- Table 6 with its ranges
SELECT code, name_zh, name_en, unit, resolution, min_value, max_value
FROM fireiot.quantity WHERE kind = 'defined' ORDER BY code;

-- requests and what answers them
SELECT r.code, r.commands, r.max_objects, r.answered_by, a.name_en
FROM fireiot.data_unit_type AS r JOIN fireiot.data_unit_type AS a ON a.code = r.answered_by
ORDER BY r.code;

-- bits of a component's status
SELECT bit, key, name_zh, name_en, class
FROM fireiot.status_bit WHERE state_kind = 2 ORDER BY bit;

-- the C tables and the SQL tables say the same of every bit
SELECT b.state_kind, b.bit, b.key, b.class, s.shown, s.shown_class
FROM fireiot.status_bit AS b,
	LATERAL (SELECT fireiot.alarm_state(CASE b.state_kind WHEN 1 THEN 'system' WHEN 2 THEN 'component'
			WHEN 4 THEN 'operation' WHEN 21 THEN 'device' ELSE 'device_operation' END, 1 << b.bit) AS st) AS st,
	LATERAL (SELECT (fireiot.state_keys(st.st))[1] AS shown, fireiot.alarm_class(st.st) AS shown_class) AS s
WHERE s.shown IS DISTINCT FROM coalesce(b.key, 'bit' || b.bit) OR s.shown_class IS DISTINCT FROM b.class;

-- and of every name of a system or component type
SELECT c.code FROM fireiot.system_type AS c
WHERE fireiot.system_type_name(fireiot.part_addr(c.code, 0), 'zh') <> c.name_zh
	OR fireiot.system_type_name(fireiot.part_addr(c.code, 0), 'en') <> c.name_en;
SELECT c.code FROM fireiot.component_type AS c
WHERE fireiot.component_type_name(fireiot.part_addr(1, 1, c.code, 1), 'zh') <> c.name_zh
	OR fireiot.component_type_name(fireiot.part_addr(1, 1, c.code, 1), 'en') <> c.name_en;

-- a site's own codes: above 127, and nothing of the standard's
\set VERBOSITY terse
BEGIN;
INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (201, '消防水炮', 'water cannon');
SELECT code, kind, name_en, builtin FROM fireiot.system_type WHERE code > 127;
SAVEPOINT good;
INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (1, 'x', 'x');
ROLLBACK TO good;
INSERT INTO fireiot.system_type (code, kind, name_zh, name_en) VALUES (128, 'defined', 'x', 'x');
ROLLBACK TO good;
INSERT INTO fireiot.system_type (code, kind, name_zh, name_en, builtin) VALUES (200, 'reserved', 'x', 'x', true);
ROLLBACK TO good;
UPDATE fireiot.system_type SET kind = 'user', builtin = false WHERE code = 1;
ROLLBACK TO good;
INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (256, 'x', 'x');
ROLLBACK;
