-- Commands: what is asked for, and what of it is refused.  Nobody sends them
-- here.
\set SHOW_CONTEXT never
SET search_path = fireiot, public;
INSERT INTO device (device, profile) VALUES ('0000000a0b0c', NULL), ('000000000002', 'jd-f53');
INSERT INTO device (device, admission, enabled) VALUES
	('000000000003', 'rejected', true), ('000000000004', 'admitted', false), ('000000000005', 'pending', true);
INSERT INTO device_now (device) VALUES ('000000000006');

-- every type of the standard that goes down, as short as it may be said
SELECT send_command('0000000a0b0c', t) IS NOT NULL AS queued FROM unnest(ARRAY[81, 85, 86, 88, 89, 90]) AS t;
SELECT send_command('0000000a0b0c', t, '[{"sys_type": 1, "sys_addr": 2}]') IS NOT NULL AS queued FROM unnest(ARRAY[61, 65, 66, 68]) AS t;
SELECT send_command('0000000a0b0c', t, '[{"sys_type": 1, "sys_addr": 2, "comp_addr": 131082}]') IS NOT NULL AS queued
FROM unnest(ARRAY[62, 63, 67]) AS t;
SELECT send_command('0000000a0b0c', 64, '[{"sys_type": 1, "sys_addr": 2, "record_count": 5, "start_time": "2026-09-19T14:30:05"}]') IS NOT NULL AS queued;
SELECT send_command('0000000a0b0c', 84, '[{"record_count": 5, "start_time": "2026-09-19T14:30:05"}]') IS NOT NULL AS queued;
SELECT send_command('0000000a0b0c', 90, '[{"time": "2026-09-19T14:30:05"}]') IS NOT NULL AS queued;
SELECT sync_clock('0000000a0b0c') IS NOT NULL AS queued, duty_inspection('0000000a0b0c', 10) IS NOT NULL AS queued;
SELECT command, type, app, state, attempt, expires_at - requested_at AS valid_for, requested_by = session_user AS by_me
FROM command ORDER BY type, id;
-- none is left out
SELECT code FROM data_unit_type WHERE direction = 'down' AND kind = 'defined' EXCEPT SELECT type FROM command;
-- and each is what the codec reads
SELECT DISTINCT explain_frame(encode_frame(command, app => app)) ? 'error' AS error,
	explain_frame(encode_frame(command, app => app)) ? 'app_error' AS app_error
FROM command WHERE app IS NOT NULL;

-- the dialect of the device, how long, to whom
SELECT send_command('000000000002', 62, '[{"sys_type": 1, "sys_addr": 2, "comp_addr": 131082}]', '1 hour') > 0 AS queued;
SELECT send_command('000000000005', 81, command => 4) > 0 AS pending, send_command('000000000006', 81) > 0 AS seen;
SELECT device, command, type, app, expires_at - requested_at AS valid_for FROM command WHERE device < '000000000009' ORDER BY device;

-- refused
SELECT send_command('000000000009', 81);
SELECT send_command(NULL, 81);
SELECT send_command('000000000003', 81);
SELECT send_command('000000000004', 81);
SELECT send_command('0000000a0b0c', 2, '[]');
SELECT send_command('0000000a0b0c', 69);
SELECT send_command('0000000a0b0c', NULL);
SELECT send_command('0000000a0b0c', 91);
SELECT send_command('0000000a0b0c', 91, '[{"timeout_min": 256}]');
SELECT send_command('0000000a0b0c', 91, '[{"minutes": 5}]');
SELECT send_command('0000000a0b0c', 81, command => 1);
SELECT send_command('0000000a0b0c', 81, valid_for => '0');
SELECT send_command('0000000a0b0c', 81, valid_for => NULL);
SELECT duty_inspection('0000000a0b0c', NULL);

-- a type of the site's own: it says itself under which command
INSERT INTO data_unit_type (code, name_zh, name_en, direction, commands) VALUES (129, '自定义', 'own', 'down', '{4}');
SELECT send_command('0000000a0b0c', 129, '[{}]');
DELETE FROM data_unit_type WHERE code = 129;

-- cancelled is what is not sent yet
SELECT min(id) AS first, max(id) AS last FROM command \gset
SELECT cancel_command(:first);
SELECT state, done_at IS NOT NULL AS done FROM command WHERE id = :first;
UPDATE command SET state = 'sent', attempt = 1, sent_at = now() WHERE id = :last;
\set VERBOSITY terse
SELECT cancel_command(:last);
SELECT cancel_command(0);
SELECT cancel_command(NULL);
-- done is what has a time for it
UPDATE command SET state = 'answered' WHERE id = :last;
UPDATE command SET done_at = now() WHERE id = :last;
UPDATE command SET state = 'lost', done_at = now() WHERE id = :last;
UPDATE command SET state = 'answered', done_at = now() WHERE id = :last;
TRUNCATE device, device_now, command;
