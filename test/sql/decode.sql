-- decode_frame: typed rows for analysts.
SET timezone = 'Asia/Shanghai';
\x on
SELECT * FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000300002020101012a03010200020031bac5c2a533b2e3d7dfc0c8d1ccb8d0000000000000000000000000000000051e0e13091a302323');
SELECT * FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b000000001700020601010112baa3cde5bbf0d4d6b1a8beafbfd8d6c6c6f76c2323');
SELECT * FROM fireiot.decode_frame('\x404001000101233a091a090c385b01000000790300000000000003ab2323');
SELECT * FROM fireiot.decode_frame('\x40');
\x off
SELECT * FROM fireiot.decode_frame(NULL);

-- one row an object; values are exact
SELECT object_no, part, quantity, raw_value, value, unit, observed_at
FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000220002030201011f010000000397ff051e0e13091a01011f020000000356f5051e0e13091a412323');

-- a text that is none: its bytes
SELECT text, payload, warnings FROM fireiot.decode_frame(fireiot.encode_frame(2, app => '\x1a0103ff80ff'));

-- no layout: the payload; no objects: one row that says why
SELECT error, app_error, warnings, type, object_count, payload FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000050002c801616263142323');
SELECT app_error, type, object_count FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b000000000200020200242323');
SELECT app_error, type, object_count, object_no, part FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000310002020101012a01000000020000000000000000000000000000000000000000000000000000000000000000051e0e13091a00ea2323');
SELECT error, command, payload FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000030080010203a72323');

-- requests: a part without component type, a number of records, minutes
SELECT type, part, number, observed_at FROM (VALUES ('404001000101051e0e13091a385b000000000c0b0a0000000800043e01010103010200712323'), ('404001000101051e0e13091a385b000000000c0b0a0000000b00044001010166051e0e13091a3d2323'), ('404001000101051e0e13091a385b000000000c0b0a00000009000454010a051e0e13091af12323'), ('404001000101203a091a090c385b010000007903000000000300015b010a0f2323')) AS v (hex), LATERAL fireiot.decode_frame(decode(hex, 'hex'));
SELECT error, command, src FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000000007252323');

-- a time that is no real date is null; the zone is the setting's
SELECT sent_at, warnings FROM fireiot.decode_frame('\x404001000101000000010d140c0b0a000000385b0000000004000219010100fa2323');
SET timezone = 'UTC';
SELECT sent_at FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000040002190101003f2323');
SET fireiot.time_zone = 'America/New_York';
SELECT sent_at FROM fireiot.decode_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000040002190101003f2323');
RESET fireiot.time_zone;

-- the rows say what the document says, for every vector type
SELECT type, count(*), count(*) FILTER (WHERE coalesce(error, app_error) IS NOT NULL) AS faults
FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (21), (24), (25), (26), (28), (61), (62), (63), (64), (65), (66), (67), (68), (81), (84), (85), (86), (88), (89), (90), (91)) AS t (t),
	LATERAL (SELECT object_bytes, commands[1] AS command FROM fireiot.data_unit_type WHERE code = t) AS u,
	LATERAL fireiot.decode_frame(fireiot.encode_frame(command, app => decode(lpad(to_hex(t), 2, '0') || '01', 'hex')
		|| decode(repeat('00', CASE WHEN object_bytes LIKE '%L' THEN left(object_bytes, 1)::int ELSE object_bytes::int END), 'hex'))) AS d
GROUP BY type ORDER BY type;

\set VERBOSITY default
SET fireiot.time_zone = 'Asia/Atlantis';
SET fireiot.time_zone = 'UTC+8';
SET fireiot.time_zone = 'Etc/XYZ8';
SET fireiot.time_zone = 'Etc/GMT-8';
