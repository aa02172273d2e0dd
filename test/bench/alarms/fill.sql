-- Open cases, each with the clocks of its packs, and more clocks of the same
-- kind until there are as many as asked for.
INSERT INTO fireiot.unit (id, name, division_code) SELECT i, 'unit ' || i, '330100' FROM generate_series(1, 1000) AS i;
INSERT INTO fireiot.unit_profile (unit_id, control_room) SELECT i, true FROM generate_series(1, 1000) AS i;
INSERT INTO fireiot.contact (unit_id, role, name, channels)
SELECT i, role, role, '{call:1}' FROM generate_series(1, 1000) AS i, unnest('{control_room,safety_manager,responsible_person}'::text[]) AS role;
INSERT INTO fireiot.building (id, unit_id, name) SELECT i, i, 'building ' || i FROM generate_series(1, 1000) AS i;
INSERT INTO fireiot.device (device, unit_id, building_id) SELECT fireiot.device_addr(i), i, i FROM generate_series(1, 1000) AS i;
INSERT INTO fireiot.alarm_now (id, opened_at, device, part, subject, class, kind, unit_id, packs, last_at, origin, opened_as)
SELECT nextval('fireiot.alarm_id'), now(), fireiot.device_addr(1 + i % 1000), '1.1/40.1', i::text, c.class, 'component.fault', 1 + i % 1000,
	'jdz-2022-8/1,zj-db33-2023/1,operator-default/1', now(), 'report', c.class
FROM generate_series(1, :alarms) AS i, LATERAL (SELECT (ARRAY['fault', 'fault', 'fault', 'event'])[1 + i % 4] AS class) AS c;
INSERT INTO fireiot.alarm (id, received_at, device, part, subject, unit_id, class, kind, origin, packs)
SELECT n.id, n.opened_at, n.device, n.part, n.subject, n.unit_id, n.class, n.kind, n.origin, n.packs FROM fireiot.alarm_now AS n;
INSERT INTO fireiot.deadline (alarm_id, pack, version, rule, run, unit_id, class, metric, modality, started_at, due_at)
SELECT d.alarm_id, d.pack, d.version, d.rule, 100 + i, d.unit_id, d.class, d.metric, d.modality, d.started_at, d.due_at + i * interval '1 day'
FROM (SELECT * FROM fireiot.deadline WHERE rule LIKE 'JD-%' OR rule = 'ZJ-067 judge') AS d, generate_series(1, 20) AS i
LIMIT greatest(:deadlines - (SELECT count(*) FROM fireiot.deadline), 0);
ANALYZE;
