-- encode_frame: any frame from named arguments, refusing what cannot be.
SET timezone = 'Asia/Shanghai';

-- a confirm, a fire, a duty inspection, a clock order
SELECT fireiot.encode_frame(3, src => '000000005b38', dst => '0000000a0b0c', seq => 1, sent_at => '2026-09-19 14:30:05');
SELECT fireiot.encode_frame(2, 2, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 42, "comp_addr": 1, "bits": ["fire"], "desc": "一区", "time": "2026-09-19T14:30:05"}]',
	src => '0000000a0b0c', dst => '000000005b38', seq => 1, sent_at => '2026-09-19 14:30:05');
SELECT fireiot.encode_frame(1, 91, '[{"timeout_min": 10}]', sent_at => NULL);
SELECT fireiot.encode_frame(1, 90, '[{"time": "2026-09-19 14:30:05"}]', sent_at => NULL);
SELECT fireiot.encode_frame(2, 200, payload => '\x616263', sent_at => NULL);
SELECT fireiot.encode_frame(254, app => '\x01', sent_at => NULL);
SELECT fireiot.encode_frame(2, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "value": -10.5, "time": null}]', sent_at => NULL)
	= fireiot.encode_frame(2, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "raw": -105, "time": null}]', sent_at => NULL) AS same;

-- what explain_frame shows is built again to the same bytes, for each type
CREATE TEMP TABLE object (type int, command int, o jsonb);
INSERT INTO object VALUES
(1, 2, '{"sys_type": 1, "sys_addr": 1, "status": 3, "time": "2026-09-19T14:30:05"}'),
(2, 2, '{"sys_type": 1, "sys_addr": 1, "comp_type": 42, "comp_addr": 4294967295, "status": 2, "desc": "㐀层", "time": "2024-02-29T23:59:59"}'),
(3, 2, '{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 5, "value": "850.0", "time": "2000-01-01T00:00:00"}'),
(4, 5, '{"sys_type": 1, "sys_addr": 1, "bits": ["manual_alarm", "acknowledge"], "operator": 7, "time": "2099-12-31T23:59:59"}'),
(5, 2, '{"sys_type": 1, "sys_addr": 1, "ver_main": 1, "ver_minor": 2}'),
(6, 2, '{"sys_type": 1, "sys_addr": 1, "desc": "海湾火灾报警控制器"}'),
(7, 2, '{"sys_type": 1, "sys_addr": 1, "comp_type": 42, "comp_addr": 1, "desc": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'),
(8, 2, '{"sys_type": 1, "sys_addr": 1, "time": "2026-09-19T14:30:05"}'),
(21, 2, '{"bits": ["normal", "centre_link_fault"], "time": "2026-09-19T14:30:05"}'),
(24, 2, '{"op": 32, "operator": 1, "time": "2026-09-19T14:30:05"}'),
(25, 2, '{"ver_main": 1, "ver_minor": 0}'),
(26, 2, '{"desc": ""}'),
(28, 2, '{"time": "2026-09-19T14:30:05"}'),
(61, 4, '{"sys_type": 1, "sys_addr": 1}'),
(62, 4, '{"sys_type": 1, "sys_addr": 1, "comp_addr": 131331}'),
(63, 4, '{"sys_type": 1, "sys_addr": 1, "comp_addr": 131331}'),
(64, 4, '{"sys_type": 1, "sys_addr": 1, "record_count": 102, "start_time": "2026-09-19T14:30:05"}'),
(65, 4, '{"sys_type": 1, "sys_addr": 1}'),
(66, 4, '{"sys_type": 1, "sys_addr": 1}'),
(67, 4, '{"sys_type": 1, "sys_addr": 1, "comp_addr": 1}'),
(68, 4, '{"sys_type": 1, "sys_addr": 1}'),
(81, 4, '{"reserved": 0}'), (85, 4, '{}'), (86, 4, '{}'), (88, 4, '{}'), (89, 1, '{}'),
(84, 4, '{"record_count": 10, "start_time": "2026-09-19T14:30:05"}'),
(90, 1, '{"time": "2026-09-19T14:30:05"}'),
(91, 1, '{"timeout_min": 10}');
SELECT type, length(f) AS bytes, f = again AS same, e -> 'objects' -> 0 @> (o - 'bits') AS says_so, e -> 'warnings' AS warnings
FROM object,
	LATERAL fireiot.encode_frame(command, type, jsonb_build_array(o), seq => type, src => '123456789abc', sent_at => '2026-09-19 14:30:05') AS f,
	LATERAL fireiot.explain_frame(f) AS e,
	LATERAL fireiot.encode_frame((e -> 'cmd')::int, (e -> 'type')::int, e -> 'objects', seq => (e -> 'seq')::int,
		src => (e ->> 'src')::fireiot.device_addr, sent_at => (e ->> 'time')::timestamptz) AS again
ORDER BY type;

-- under every profile that reads time or addresses otherwise
SELECT p AS profile, encode(f, 'hex'), fireiot.explain_frame(f, p) ->> 'time' AS time, fireiot.explain_frame(f, p) ->> 'src' AS src
FROM unnest(ARRAY[NULL, 'dahua-1.03', 'jd-f53']) AS p,
	LATERAL fireiot.encode_frame(2, 28, '[{"time": "2026-09-19T14:30:05"}]', src => '123456789012', sent_at => '2026-09-19 14:30:05', profile => p) AS f;

-- refusals: object and value, limit, next step
\set VERBOSITY default
SELECT fireiot.encode_frame(NULL);
SELECT fireiot.encode_frame(7);
SELECT fireiot.encode_frame(256);
SELECT fireiot.encode_frame(2, seq => 65536);
SELECT fireiot.encode_frame(2, seq => -1);
SELECT fireiot.encode_frame(2, sent_at => '1999-12-31 23:59:59');
SELECT fireiot.encode_frame(2, sent_at => 'infinity');
SELECT fireiot.encode_frame(2, 1);
SELECT fireiot.encode_frame(2, objects => '[]');
SELECT fireiot.encode_frame(2, 1, '[]', payload => '\x00');
SELECT fireiot.encode_frame(2, 1, '[]', object_count => 3);
SELECT fireiot.encode_frame(2, 1, '{}');
SELECT fireiot.encode_frame(2, 1, '[]');
SELECT fireiot.encode_frame(2, 1, '[1]');
SELECT fireiot.encode_frame(2, 300, '[{}]');
SELECT fireiot.encode_frame(2, 200, '[{}]');
SELECT fireiot.encode_frame(4, 91, '[{"timeout_min": 10}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 1, "time": null}, {"status": 1, "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 256, "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 128, "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": "1", "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 1.5, "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"bits": ["smoke"], "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"bits": "fire", "time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"time": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 1}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 3, "bits": ["fire"], "time": null}]');
SELECT fireiot.encode_frame(2, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "raw": 1, "value": 1, "time": null}]');
SELECT fireiot.encode_frame(2, 7, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "desc": "new", "desc_hex": "6f6c64"}]');
SELECT fireiot.encode_frame(2, 26, '[{"desc": "abc", "len": 5}]', sent_at => NULL);
SELECT fireiot.encode_frame(2, 26, '[{"desc": "abc", "len": 2}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 1, "tiem": null}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 1, "time": "2026-02-29T00:00:00"}]');
SELECT fireiot.encode_frame(2, 21, '[{"status": 1, "time": "yesterday"}]');
SELECT fireiot.encode_frame(2, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "value": -10.55}]');
SELECT fireiot.encode_frame(2, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 3, "value": 99999}]');
SELECT fireiot.encode_frame(2, 3, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "analog_type": 13, "value": 1}]');
SELECT fireiot.encode_frame(2, 7, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 4294967296, "desc": ""}]');
SELECT fireiot.encode_frame(2, 7, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 31, "comp_addr": 1, "desc": "一二三四五六七八九十一二三四五六"}]');
SELECT fireiot.encode_frame(4, 84, '[{"record_count": 103, "start_time": null}]');
SELECT fireiot.encode_frame(1, 89, '[{"reserved": 1}]');
SELECT fireiot.encode_frame(254, app => decode(repeat('00', 1025), 'hex'));
SELECT fireiot.encode_frame(2, 6, (SELECT jsonb_agg(jsonb_build_object('sys_type', 1, 'sys_addr', 1, 'desc', repeat('x', 255))) FROM generate_series(1, 4)));
SELECT fireiot.encode_frame(2, 200, payload => decode(repeat('00', 1023), 'hex'));
