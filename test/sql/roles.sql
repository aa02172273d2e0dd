-- What the listener, a reader and an operator may do, and what not.
\set SHOW_CONTEXT never
-- records are stored, and stay: in a database of their own
\connect postgres
CREATE DATABASE roles TEMPLATE contrib_regression;
\connect roles
SET client_min_messages = warning;
CREATE ROLE fireiot_test_reader;
CREATE ROLE fireiot_test_operator;
CREATE ROLE fireiot_test_super SUPERUSER;
SELECT fireiot.make_partitions('1 day', '2027-01-05 12:00+08');
INSERT INTO fireiot.device (device) VALUES ('000000000001');
SELECT fireiot.send_command('000000000001', 81) AS command \gset

SELECT fireiot.setup_role('fireiot_test_listener'), fireiot.setup_role('fireiot_test_listener');
SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = 'fireiot_test_listener';
SELECT fireiot.grant_reader('fireiot_test_reader'), fireiot.grant_operator('fireiot_test_operator');
-- by default the role of the setting, or fireiot_listener; never a superuser
BEGIN;
SELECT fireiot.setup_role();
SELECT has_table_privilege('fireiot_listener', 'fireiot.frame', 'INSERT');
ROLLBACK;
SELECT fireiot.setup_role('fireiot_test_super');
SELECT fireiot.grant_reader('fireiot_test_nobody');
SELECT fireiot.grant_operator('fireiot_test_nobody');

-- every relation, every privilege
CREATE FUNCTION privileges_of(role name, relation regclass) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(p || CASE WHEN has_table_privilege(role, relation, p) THEN '' ELSE ' (columns)' END, ', ' ORDER BY n)
	FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS u (p, n)
	WHERE has_table_privilege(role, relation, p)
		OR p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(role, relation, p) $$;
CREATE VIEW relations AS
SELECT oid::regclass AS relation FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace
	AND relname IN ('organization', 'unit', 'building', 'area', 'device', 'part', 'registry_problem', 'pending_device', 'part_state',
		'frame', 'observation', 'quarantine', 'command_step', 'frame_20270105', 'frame_verdict', 'record_table', 'device_now', 'part_now', 'command');
SELECT relation, privileges_of('fireiot_test_listener', relation) AS listener, privileges_of('fireiot_test_reader', relation) AS reader,
	privileges_of('fireiot_test_operator', relation) AS operator, privileges_of('public', relation) AS public
FROM relations ORDER BY relation::text;
SELECT p.proname, has_function_privilege('fireiot_test_listener', p.oid, 'EXECUTE') AS listener,
	has_function_privilege('fireiot_test_reader', p.oid, 'EXECUTE') AS reader,
	has_function_privilege('fireiot_test_operator', p.oid, 'EXECUTE') AS operator
FROM pg_proc AS p
WHERE pronamespace = 'fireiot'::regnamespace AND proname IN ('make_partitions', 'make_partition', 'missing_partitions', 'setting',
	'record_access_method', 'setup_role', 'grant_reader', 'grant_operator', 'grant_all_of', 'admit_device', 'reject_device', 'stamp_change',
	'send_command', 'cancel_command', 'duty_inspection', 'sync_clock', 'command_app')
ORDER BY proname;
-- a reader may execute what the views call
SELECT DISTINCT d.refobjid::regprocedure AS function
FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class JOIN pg_depend AS d ON d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
WHERE c.relnamespace = 'fireiot'::regnamespace AND NOT has_function_privilege('fireiot_test_reader', d.refobjid, 'EXECUTE');

\set VERBOSITY terse
-- the listener fills records, and takes nothing back
SET ROLE fireiot_test_listener;
SELECT fireiot.make_partitions('1 day', '2027-01-06 12:00+08');
SELECT c.relowner::regrole = 'fireiot_test_listener'::regrole AS is_mine FROM pg_class AS c WHERE oid = 'fireiot.frame_20270107'::regclass;
INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes) VALUES ('2027-01-05 12:00+08', '000000000001', 1, 0, 2, false, '\x');
INSERT INTO fireiot.observation (received_at, device, frame_id, kind) VALUES ('2027-01-05 12:00+08', '000000000001', 1, 21);
INSERT INTO fireiot.quarantine (received_at, reason, bytes) VALUES ('2027-01-05 12:00+08', 'bad_checksum', '\x');
INSERT INTO fireiot.command_step (received_at, device, command_id, attempt, step) VALUES ('2027-01-05 12:00+08', '000000000001', :command, 1, 'sent');
SELECT count(*) FROM fireiot.frame;
UPDATE fireiot.frame SET seq = 2;
DELETE FROM fireiot.frame;
TRUNCATE fireiot.frame;
INSERT INTO fireiot.frame_20270105 (id, received_at, device, seq, verdict, command, outgoing, bytes) VALUES (1, '2027-01-05 12:00+08', '000000000001', 1, 0, 2, false, '\x');
DROP TABLE fireiot.frame_20270107;
SELECT count(*) FROM fireiot.observation;
INSERT INTO fireiot.device_now (device, frames) VALUES ('000000000001', 1) ON CONFLICT (device) DO UPDATE SET frames = device_now.frames + 1;
INSERT INTO fireiot.part_now (device, part, kind, received_at, since, frame_id) VALUES ('000000000001', '0.0', 21, now(), now(), 1)
ON CONFLICT (device, part, kind, quantity) DO UPDATE SET received_at = EXCLUDED.received_at;
UPDATE fireiot.command SET state = 'sent', attempt = 1, sent_at = now() WHERE id = :command;
INSERT INTO fireiot.device (device, admission, note) VALUES ('000000000002', 'pending', 'seen from 192.0.2.7');
INSERT INTO fireiot.device (device, admission, networks) VALUES ('000000000003', 'pending', NULL);
UPDATE fireiot.device SET admission = 'admitted';
SELECT fireiot.admit_device('000000000002');
INSERT INTO fireiot.unit (name) VALUES ('x');
SELECT fireiot.send_command('000000000001', 81);
SELECT fireiot.setup_role('fireiot_test_listener');
RESET ROLE;

-- a reader reads everything, through the parents
SET ROLE fireiot_test_reader;
SELECT (SELECT count(*) FROM fireiot.frame) AS frames, (SELECT count(*) FROM fireiot.observation) AS observations,
	(SELECT count(*) FROM fireiot.quarantine) AS quarantined, (SELECT count(*) FROM fireiot.command_step) AS steps,
	(SELECT count(*) FROM fireiot.part_state) AS states, (SELECT count(*) FROM fireiot.pending_device) AS pending,
	(SELECT count(*) FROM fireiot.registry_problem) AS problems;
SELECT count(*) FROM fireiot.frame_20270105;
INSERT INTO fireiot.unit (name) VALUES ('x');
SELECT fireiot.admit_device('000000000002');
SELECT fireiot.send_command('000000000001', 81);
SELECT fireiot.make_partitions();
RESET ROLE;

-- an operator keeps the registry and sends commands, but writes no records
SET ROLE fireiot_test_operator;
INSERT INTO fireiot.unit (name) VALUES ('x') RETURNING id AS unit \gset
SELECT fireiot.admit_device('000000000002', :unit), fireiot.reject_device('000000000001', 'x');
UPDATE fireiot.device SET name = 'y', admission = 'admitted';
DELETE FROM fireiot.unit;
SELECT fireiot.send_command('000000000002', 81) > 0 AS sent, fireiot.sync_clock('000000000002') > 0 AS clock, fireiot.duty_inspection('000000000002', 5) > 0 AS duty;
SELECT count(fireiot.cancel_command(id)) FROM fireiot.command WHERE state = 'queued';
SELECT count(*) FROM fireiot.frame;
INSERT INTO fireiot.command (device, command, type, expires_at) VALUES ('000000000002', 4, 81, now());
UPDATE fireiot.command SET requested_by = 'somebody else';
INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes) VALUES ('2027-01-05 12:00+08', '000000000001', 1, 0, 2, false, '\x');
UPDATE fireiot.part_now SET text = 'x';
TRUNCATE fireiot.device;
SELECT fireiot.make_partitions();
SELECT fireiot.grant_operator('fireiot_test_reader');
RESET ROLE;

DROP VIEW relations;
DROP FUNCTION privileges_of;
DROP OWNED BY fireiot_test_listener, fireiot_test_reader, fireiot_test_operator;
DROP ROLE fireiot_test_listener, fireiot_test_reader, fireiot_test_operator, fireiot_test_super;
