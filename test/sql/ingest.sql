-- fireiot.ingest(): what becomes of frames that come by SQL.
\set SHOW_CONTEXT never
\getenv srcdir PG_ABS_SRCDIR
\set ingest_database :srcdir '/sql/ingest_database.psql'
\set ECHO none
\i :ingest_database
\set ECHO all

-- one frame: its row, its observation, its part
\x on
SELECT * FROM ingest(pg_temp.fire(7, 131082, 'fire'), received_at => '2026-09-19 14:30:06+08');
SELECT id > 0 AS id, received_at, device, sent_at, tx IS NOT NULL AS tx, skew_ms, seq, peer_port, verdict, command, type, outgoing, peer, profile,
	bytes = pg_temp.fire(7, 131082, 'fire') AS same_bytes FROM frame;
SELECT o.id > 0 AS id, o.received_at, o.device, o.frame_id = f.id AS of_the_frame, part, observed_at, o.tx = f.tx AS same_tx,
	state, kind, quantity, raw_value, operator, value, text FROM observation AS o, frame AS f;
SELECT n.device, n.part, kind, quantity, state, raw_value, value, operator, text, observed_at, n.received_at, since, frame_id = f.id AS of_the_frame
FROM part_now AS n, frame AS f;
\x off
-- who only came by SQL is not there now
SELECT count(*) FROM device_now;

-- the same again is known, in one call and in another; nothing is written
\set ECHO none
\i :ingest_database
\set ECHO all
SELECT pg_temp.take(pg_temp.fire(7, 131082, 'fire'));
SELECT pg_temp.take(pg_temp.fire(7, 131082, 'fire'));
SELECT pg_temp.take(pg_temp.fire(8, 131082, 'fire') || pg_temp.fire(8, 131082, 'fire') || pg_temp.fire(7, 131082, 'fire'));
-- another sequence number, other data, another time, another device: not the same
INSERT INTO device (device) VALUES ('0000000a0b0d');
SELECT pg_temp.take(pg_temp.fire(9, 131082, 'fire') || pg_temp.fire(9, 131082, 'fire,fault') || pg_temp.fire(9, 131082, 'fire', '0000000a0b0d')
	|| encode_frame(2, 2, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 40, "comp_addr": 131082, "bits": ["fire"], "desc": "一层大厅", "time": "2026-09-19T14:30:04"}]',
		src => '0000000a0b0c', dst => '000000005b38', seq => 9, sent_at => '2026-09-19 14:30:06+08'));
SELECT device, seq, sent_at, count(*) FROM frame GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- a stream: noise, a good frame, a wrong checksum, an unknown command, half a frame
\set ECHO none
\i :ingest_database
\set ECHO all
SELECT pg_temp.take('\x544400'::bytea || pg_temp.fire(10, 1, 'fire') || '\x40'::bytea || set_byte(pg_temp.fire(11, 1, 'fault'), 40, 99)
	|| '\x404001000101051e0e13091a0c0b0a000000385b00000000000007252323'::bytea || pg_temp.fire(12, 1, 'fault') || substr(pg_temp.fire(13, 1, 'fire'), 1, 50));
SELECT seq, verdict FROM frame ORDER BY id;
SELECT received_at = at AS at_that_time, device, peer, sqlstate, reason, length(bytes) FROM quarantine, yesterday ORDER BY reason;
SELECT pg_temp.take('');
SELECT pg_temp.take('\x00');
SELECT ingest(NULL);

-- of one device only, or nothing of it
SELECT pg_temp.take(pg_temp.fire(20, 1, 'fire'), '0000000a0b0c');
SELECT pg_temp.take(pg_temp.fire(21, 1, 'fire') || pg_temp.fire(21, 1, 'fire', '0000000a0b0d'), '0000000a0b0c');
SELECT count(*) FROM frame WHERE seq = 21;

-- when it was received: far from the frame's time, no real time, no partition
\set ECHO none
\i :ingest_database
\set ECHO all
SELECT stored FROM ingest(pg_temp.fire(30, 1, 'fire'), received_at => '2026-09-20 14:30:05.25+08');
SELECT stored FROM ingest(encode_frame(2, src => '0000000a0b0c', seq => 31, sent_at => '2000-01-01 00:00+08'), received_at => '2026-09-19 12:00+08');
SELECT stored FROM ingest(encode_frame(2, src => '0000000a0b0c', seq => 32, sent_at => '2099-12-31 00:00+08'), received_at => '2026-09-19 12:00+08');
SELECT stored FROM ingest(encode_frame(2, src => '0000000a0b0c', seq => 33, sent_at => NULL), received_at => '2026-09-19 12:00+08');
SELECT seq, received_at, sent_at, skew_ms, type, tableoid::regclass FROM frame ORDER BY seq;
SELECT ingest(pg_temp.fire(34, 1, 'fire'), received_at => '2026-08-01 00:00+08');
SELECT ingest(pg_temp.fire(34, 1, 'fire'), received_at => 'infinity');
BEGIN;
SELECT make_partitions('0') > 0 AS made;
SELECT stored FROM ingest(pg_temp.fire(35, 1, 'fire'));
SELECT received_at = now() AS by_default_now FROM frame WHERE seq = 35;
-- other writers may have to wait for this transaction, so it is not left open for long
SHOW idle_in_transaction_session_timeout;
ROLLBACK;
SHOW idle_in_transaction_session_timeout;

-- what is rolled back was never there, and is no repetition
\set ECHO none
\i :ingest_database
\set ECHO all
BEGIN;
SELECT pg_temp.take(pg_temp.fire(40, 1, 'fire'));
SAVEPOINT s;
SELECT pg_temp.take(pg_temp.fire(41, 1, 'fault'));
ROLLBACK TO s;
SELECT pg_temp.take(pg_temp.fire(41, 1, 'fault'));
SELECT pg_temp.take(pg_temp.fire(40, 1, 'fire'));
ROLLBACK;
SELECT (SELECT count(*) FROM frame) AS frames, (SELECT count(*) FROM observation) AS observations,
	(SELECT count(*) FROM part_now) AS parts, (SELECT count(*) FROM quarantine) AS quarantined;
SELECT pg_temp.take(pg_temp.fire(40, 1, 'fire'));

-- data that do not fit their type: stored with what there was of them
\set ECHO none
\i :ingest_database
\set ECHO all
SELECT pg_temp.take(string_agg(encode_frame(2, app => app, src => '0000000a0b0c', seq => 50 + n::integer, sent_at => '2026-09-19 14:30:05+08'), ''::bytea ORDER BY n))
FROM unnest(ARRAY['\x15', '\x1500', '\x150101', '\x01020101000102032c2e0d13091a010102',
	'\x15010102030405060708', '\xc80102', '\x15010102030405060708'::bytea]) WITH ORDINALITY AS u (app, n);
SELECT f.seq, f.type, v.key, v.confirmed, count(o.id) AS observations
FROM frame AS f JOIN frame_verdict AS v ON v.code = f.verdict LEFT JOIN observation AS o ON o.frame_id = f.id
GROUP BY 1, 2, 3, 4 ORDER BY 1;
-- every fault of the codec has its verdict
SELECT key FROM frame_verdict WHERE code > 20 EXCEPT SELECT v.key FROM frame AS f JOIN frame_verdict AS v ON v.code = f.verdict;

-- commands that carry no data for tables: heart-beat, confirmation, denial, a maker's own
SELECT pg_temp.take(encode_frame(2, src => '0000000a0b0c', seq => 60) || encode_frame(3, src => '0000000a0b0c', seq => 61)
	|| encode_frame(6, src => '0000000a0b0c', seq => 62) || encode_frame(200, app => '\x150101', src => '0000000a0b0c', seq => 63));
SELECT seq, command, type, verdict FROM frame WHERE seq >= 60 ORDER BY seq;
SELECT count(*) FROM observation AS o JOIN frame AS f ON f.id = o.frame_id WHERE f.seq >= 60;

-- who may: registered and admitted, whatever networks and certificates say
\set ECHO none
\i :ingest_database
\set ECHO all
INSERT INTO device (device, admission, enabled, networks, certificate_name) VALUES ('0000000000c1', 'admitted', true, '{10.0.0.0/8}', 'c1'),
	('0000000000c2', 'pending', true, NULL, NULL), ('0000000000c3', 'rejected', true, NULL, NULL), ('0000000000c4', 'admitted', false, NULL, NULL);
SELECT d, pg_temp.take(pg_temp.fire(1, 1, 'fire', d)) FROM unnest(ARRAY['0000000000c1', '0000000000c2', '0000000000c3', '0000000000c4', '0000000000c5']::device_addr[]) AS d;
SELECT device, reason FROM quarantine ORDER BY device;
SELECT device, verdict FROM frame;
SELECT count(*) FROM device WHERE device = '0000000000c5';
-- once it may, it is stored
SELECT admit_device('0000000000c2');
SELECT pg_temp.take(pg_temp.fire(1, 1, 'fire', '0000000000c2'));
-- rows of quarantine are bounded, a refusal is counted all the same
SELECT pg_temp.take(string_agg(pg_temp.fire(s, 1, 'fire', '0000000000c5'), ''::bytea)) FROM generate_series(1, 70) AS s;

-- a frame that a table does not take goes to quarantine, and it alone
\set ECHO none
\i :ingest_database
\set ECHO all
ALTER TABLE observation_20260919 ADD CONSTRAINT no_supervisory CHECK (NOT has(state, 'supervisory'));
SELECT i.* FROM (SELECT string_agg(pg_temp.fire(s, s, CASE WHEN s IN (3, 17) THEN 'supervisory' ELSE 'fire' END), ''::bytea ORDER BY s) AS bytes
	FROM generate_series(1, 20) AS s) AS b, ingest(bytes, received_at => '2026-09-19 14:30:06+08') AS i;
SELECT (SELECT count(*) FROM frame) AS frames, (SELECT count(*) FROM observation) AS observations, (SELECT count(*) FROM part_now) AS parts;
SELECT device, sqlstate, reason, bytes = pg_temp.fire(3, 3, 'supervisory') AS third FROM quarantine ORDER BY bytes;
ALTER TABLE observation_20260919 DROP CONSTRAINT no_supervisory;

-- more than a batch holds
\set ECHO none
\i :ingest_database
\set ECHO all
SELECT pg_temp.take(string_agg(pg_temp.fire(s, s % 10, CASE WHEN s > 9990 THEN 'fault' ELSE 'fire' END), ''::bytea ORDER BY s)) FROM generate_series(1, 10000) AS s;
SELECT count(*), count(DISTINCT seq), count(DISTINCT id) FROM frame;
SELECT state, count(*) FROM part_now GROUP BY state;

-- part_now: a row for what a part is, another for each value; changes only
\set ECHO none
\i :ingest_database
\set ECHO all
CREATE TEMP VIEW now_and_when AS
SELECT n.part, n.kind, n.quantity, n.state, n.value, n.text, n.since - at AS since, f.seq
FROM yesterday, part_now AS n JOIN frame AS f ON f.id = n.frame_id;
SELECT pg_temp.take(pg_temp.fire(1, 1, 'normal') || pg_temp.fire(2, 1, 'normal') || pg_temp.fire(3, 2, 'fire')
	|| pg_temp.frame(4, 1, '[{"sys_type": 1, "sys_addr": 1, "bits": ["normal"], "time": null}]')
	|| pg_temp.frame(5, 21, '[{"bits": ["normal"], "time": "2026-09-19T14:30:03"}]')
	|| pg_temp.frame(6, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "raw": -105, "time": null},
		{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 2, "raw": 105, "time": null},
		{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 200, "raw": 7, "time": null}]')
	-- no states: operations, versions, texts, times
	|| pg_temp.frame(7, 4, '[{"sys_type": 1, "sys_addr": 1, "bits": ["reset"], "operator": 1, "time": null}]')
	|| pg_temp.frame(8, 5, '[{"sys_type": 1, "sys_addr": 1, "ver_main": 1, "ver_minor": 2}]')
	|| pg_temp.frame(9, 24, '[{"bits": ["duty_reply"], "operator": 1, "time": null}]'));
SELECT * FROM now_and_when ORDER BY part, kind, quantity;
-- seen later: what is as it was stays as it is
SELECT stored FROM ingest(pg_temp.fire(11, 1, 'normal') || pg_temp.fire(12, 2, 'fire,fault')
	|| pg_temp.frame(13, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "raw": -105, "time": null},
		{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 2, "raw": 106, "time": null}]'),
	received_at => (SELECT at + interval '10 minutes' FROM yesterday));
SELECT * FROM now_and_when WHERE since > '0' ORDER BY part, kind, quantity;

-- dialects: of the registry, or of the call for devices that are not in it
\set ECHO none
\i :ingest_database
\set ECHO all
INSERT INTO device (device, profile) VALUES ('0a1b2c3d4e5f', 'dahua-1.03'), ('000000000135', 'jk-gh2013g');
SELECT pg_temp.take(encode_frame(2, 2, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 40, "comp_addr": 1, "status": 512, "time": "2026-09-19T14:30:04"}]',
	src => '0a1b2c3d4e5f', seq => 1, sent_at => '2026-09-19 14:30:05+08', profile => 'dahua-1.03'), profile => p)
FROM unnest(ARRAY[NULL, 'dahua-1.03', 'jd-f53']) AS p;
SELECT pg_temp.take(encode_frame(2, 135, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 40, "comp_addr": 1, "bits": ["normal"], "time": null}]',
	src => '000000000135', seq => 1, sent_at => NULL, profile => 'jk-gh2013g') || encode_frame(2, 136, '[{"bits": ["normal"], "time": null}]',
	src => '000000000135', seq => 2, sent_at => NULL, profile => 'jk-gh2013g'));
SELECT device, sent_at, profile, type, verdict FROM frame ORDER BY id;
SELECT device, part, kind, state, observed_at FROM observation ORDER BY id;
-- a maker's own type is kept by what its state is
SELECT device, part, kind, state FROM part_now ORDER BY device, kind;
SELECT pg_temp.take('\x00', profile => 'unknown');
-- frames as hexadecimal text
SELECT pg_temp.take(convert_to(encode(pg_temp.fire(9, 1, 'fire'), 'hex'), 'UTF8'), profile => 'ascii-hex');

-- observation says what decode_frame says, for each frame of the vectors,
-- without profile and with that of its dialect
\set ECHO none
\i :ingest_database
\set ECHO all
\set vectors `cat "$PG_ABS_SRCDIR/data/vectors.jsonl"`
CREATE TEMP TABLE vector AS
SELECT DISTINCT ON (profile, bytes) v ->> 'name' AS name, profile, decode(v ->> 'hex', 'hex') AS bytes, (explain_frame(decode(v ->> 'hex', 'hex'), profile) ->> 'src')::device_addr AS src
FROM string_to_table(:'vectors', E'\n') AS line, CAST(line AS jsonb) AS v, unnest(ARRAY[NULL, v ->> 'dialect']) AS profile
WHERE v ->> 'kind' = 'frame' AND NOT explain_frame(decode(v ->> 'hex', 'hex'), profile) ? 'error';
CREATE TEMP TABLE result (name text, profile text, difference text);
CREATE TEMP TABLE seen (kind smallint);
DO $$
DECLARE
	v record;
	got text;
	found text[];
	kinds smallint[];
BEGIN
	FOR v IN SELECT * FROM pg_temp.vector ORDER BY name, profile
	LOOP
		-- each alone in the tables: rolled back when it was looked at
		BEGIN
			DELETE FROM fireiot.device;
			INSERT INTO fireiot.device (device, profile) VALUES (v.src, v.profile);
			got := pg_temp.take(v.bytes, profile => v.profile);
			found := ARRAY(SELECT format('%s instead of %s', o.row, d.row)
				FROM (SELECT row_number() OVER (ORDER BY d.object_no) AS n, ROW(d.src, d.part, d.observed_at, d.state, d.type, d.quantity, d.raw_value, d.operator,
						d.value, nullif(coalesce(d.version, d.text), ''))::text AS row
					  FROM fireiot.decode_frame(v.bytes, v.profile) AS d WHERE d.object_no IS NOT NULL) AS d
				FULL JOIN (SELECT row_number() OVER (ORDER BY o.id) AS n, ROW(o.device, o.part, o.observed_at, o.state, o.kind, o.quantity, o.raw_value, o.operator,
						o.value, o.text)::text AS row
					  FROM fireiot.observation AS o) AS o USING (n)
				WHERE o.row IS DISTINCT FROM d.row
				UNION ALL
				SELECT format('frame: %s instead of %s', f.row, d.row)
				FROM (SELECT ROW(f.device, f.sent_at, f.seq, f.command, f.type, f.profile, r.key)::text AS row
					  FROM fireiot.frame AS f LEFT JOIN fireiot.frame_verdict AS r ON r.code = f.verdict) AS f,
					(SELECT DISTINCT ROW(d.src, d.sent_at, d.seq, d.command, coalesce(d.type, get_byte(nullif(d.payload, ''), 0)), v.profile, coalesce(d.app_error, 'accepted'))::text AS row
					 FROM fireiot.decode_frame(v.bytes, v.profile) AS d) AS d
				WHERE f.row IS DISTINCT FROM d.row);
			kinds := ARRAY(SELECT kind FROM fireiot.observation);
			RAISE SQLSTATE 'SEEN1';
		EXCEPTION WHEN SQLSTATE 'SEEN1' THEN
			INSERT INTO result SELECT v.name, v.profile, got WHERE got NOT LIKE 'frames 1, stored 1,%';
			INSERT INTO result SELECT v.name, v.profile, unnest(found);
			INSERT INTO seen SELECT unnest(kinds);
		END;
	END LOOP;
END
$$;
SELECT * FROM result ORDER BY 1, 2, 3;
SELECT count(*) > 90 AS many, count(DISTINCT profile) AS profiles FROM vector;
-- no type of the standard is missing
SELECT code FROM data_unit_type WHERE kind = 'defined' EXCEPT SELECT kind FROM seen;

-- admission by setting: a server's, so a reload and a session that has it
\set set_admission :srcdir '/sql/set_admission.psql'
\set ECHO none
\i :ingest_database
\set ECHO all
DELETE FROM device;
\set setting pending
\set ECHO none
\i :set_admission
\set ECHO all
SET search_path = fireiot, public;
SET timezone = 'Asia/Shanghai';
SELECT stored, refused FROM ingest(encode_frame(2, 21, '[{"bits": ["normal"], "time": null}]', src => '0000000000d1', seq => 1), received_at => '2026-09-19 14:30:06+08');
SELECT stored, refused FROM ingest(encode_frame(2, app => '\x150101', src => '0000000000d1', seq => 2), received_at => '2026-09-19 14:30:06+08');
SELECT device, admission, note LIKE 'spoke first at %' AS note FROM device;
SELECT seq, verdict FROM frame ORDER BY seq;
-- what it says is known already: it is an alarm centre
SELECT device, kind, state FROM part_now;
SELECT reject_device('0000000000d1');
SELECT stored, refused FROM ingest(encode_frame(2, src => '0000000000d1', seq => 3), received_at => '2026-09-19 14:30:06+08');
\set setting open
\set ECHO none
\i :set_admission
\set ECHO all
SET search_path = fireiot, public;
SET timezone = 'Asia/Shanghai';
SELECT stored, refused FROM ingest(encode_frame(2, src => '0000000000d2', seq => 1, sent_at => NULL), received_at => '2026-09-19 14:30:06+08');
-- who is not registered speaks the dialect that the caller says
SELECT stored FROM ingest(encode_frame(2, 21, '[{"bits": ["normal"], "time": "2026-09-19T14:30:04"}]', src => '0a1b2c3d4e5f', seq => 1,
	sent_at => '2026-09-19 14:30:05+08', profile => 'dahua-1.03'), '0a1b2c3d4e5f', '2026-09-19 14:30:06+08', 'dahua-1.03');
SELECT device, sent_at, profile, verdict FROM frame WHERE device IN ('0000000000d2', '0a1b2c3d4e5f') ORDER BY device;
-- rejected stays rejected
SELECT stored, refused FROM ingest(encode_frame(2, src => '0000000000d1', seq => 4), received_at => '2026-09-19 14:30:06+08');
SELECT device FROM device;

-- what is so now, made again: over days, with repeats and returns in between
\set ECHO none
\i :ingest_database
\set ECHO all
DELETE FROM device;
SELECT make_partitions('5 days', '2026-09-16 12:00+08') > 0 AS made;
CREATE TEMP TABLE said AS
SELECT n, '2026-09-15 12:00+08'::timestamptz + n * interval '1 hour' AS at, device_addr((n % 2)::bigint) AS src, 1 + n / 2 % 3 AS part,
	CASE WHEN n / 2 % 3 = 0 THEN 'normal' WHEN n / 2 % 3 = 1 AND n < 60 THEN 'fire' WHEN n / 30 % 2 = 0 THEN 'normal' ELSE 'fault' END AS bits, n / 40 AS raw
FROM generate_series(0, 119) AS n;
SELECT sum(i.stored) AS stored FROM (SELECT * FROM said ORDER BY n OFFSET 0) AS s,
	LATERAL ingest(encode_frame(2, 2, jsonb_build_array(jsonb_build_object('sys_type', 1, 'sys_addr', 1, 'comp_type', 40, 'comp_addr', part,
		'bits', ARRAY[bits], 'desc', 'at ' || n, 'time', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS'))), src => src, seq => n, sent_at => at)
	|| encode_frame(2, 3, jsonb_build_array(jsonb_build_object('sys_type', 1, 'sys_addr', 1, 'comp_type', 40, 'comp_addr', part,
		'analog_type', 3, 'raw', raw, 'time', NULL)), src => src, seq => 1000 + n, sent_at => at)
	|| encode_frame(2, 21, jsonb_build_array(jsonb_build_object('bits', ARRAY[bits], 'time', NULL)), src => src, seq => 2000 + n, sent_at => at),
	received_at => at) AS i;
SELECT device, part, kind, quantity, state, value, text, since, received_at = since AS same FROM part_now ORDER BY device, part, kind;
CREATE TEMP TABLE was AS TABLE part_now;
-- all parts are right; the devices were not there
SELECT rebuild_now();
SELECT device, first_seen, last_seen, online, skew_ms, frames, transport, peer FROM device_now ORDER BY device;
SELECT rebuild_now();
TRUNCATE part_now;
SELECT rebuild_now();
SELECT * FROM (TABLE was EXCEPT TABLE part_now) AS lost UNION ALL SELECT * FROM (TABLE part_now EXCEPT TABLE was) AS strange;
-- what is not as the records say is put right, what they say nothing of stays
UPDATE part_now SET state = 'device{fire}', since = now() WHERE kind = 21 AND device = '000000000001';
UPDATE part_now SET text = 'x', frame_id = 1 WHERE part = '1.1/40.2' AND kind = 2;
DELETE FROM part_now WHERE kind = 3 AND device = '000000000000';
UPDATE device_now SET first_seen = now(), last_seen = NULL, frames = 1000, online = true;
INSERT INTO part_now (device, part, kind, state, received_at, since, frame_id) VALUES ('000000000077', '1.1', 1, 'system{fire}', now(), now(), 1);
SELECT rebuild_now();
SELECT device, part, kind FROM (TABLE part_now EXCEPT TABLE was) AS strange;
SELECT count(*) FROM (TABLE was EXCEPT TABLE part_now) AS lost;
SELECT device, first_seen, last_seen, frames, online FROM device_now ORDER BY device;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT rebuild_now();
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT ingest('');
ROLLBACK;
-- twice in a transaction
BEGIN;
SELECT rebuild_now(), rebuild_now();
COMMIT;

-- privileges: nobody but those who are given it; then tables need none
CREATE ROLE fireiot_test_bridge;
SET ROLE fireiot_test_bridge;
SELECT ingest('\x00');
SELECT rebuild_now();
SELECT wake_listeners();
RESET ROLE;
GRANT EXECUTE ON FUNCTION ingest TO fireiot_test_bridge;
SET ROLE fireiot_test_bridge;
SELECT stored FROM ingest(encode_frame(2, src => '0000000000d3', seq => 1), received_at => '2026-09-19 14:30:06+08');
SELECT count(*) FROM frame;
RESET ROLE;
REVOKE ALL ON FUNCTION ingest FROM fireiot_test_bridge;
DROP ROLE fireiot_test_bridge;
SELECT wake_listeners();
SELECT registry_changed();

\set setting registered
\set ECHO none
\i :set_admission
\set ECHO all
