-- Dialects are rows; the default decodes the plain standard.
SELECT * FROM fireiot.profiles() ORDER BY name;

-- dahua-1.03: keep-alive by command 7, time in BCD, addresses in reading order
SELECT p AS profile, e ->> 'error' AS error, e ->> 'time' AS time, e ->> 'src' AS src, e -> 'warnings' AS warnings
FROM (VALUES (NULL), ('dahua-1.03')) AS v (p),
	LATERAL fireiot.explain_frame('\x4040010001031530142408260c0b0a000000ffffffffffff000007d22323', p) AS e;

-- its registration: command 0, type 0, 110 bytes that stay raw
SELECT e -> 'type' AS type, e -> 'app_valid' AS valid, length(e #>> '{objects,0,opaque_hex}') AS digits
FROM fireiot.encode_frame(0, app => '\x0001' || decode(repeat('5a', 110), 'hex'), profile => 'dahua-1.03') AS f,
	fireiot.explain_frame(f, 'dahua-1.03') AS e;

-- its extra component bits; bit 0 is turned round
SELECT p AS profile, e #> '{objects,0,bits}' AS bits, e -> 'warnings' AS warnings
FROM (VALUES (NULL), ('dahua-binary-time')) AS v (p),
	fireiot.encode_frame(2, app => '\x0201'::bytea || '\x01012a010000000106'::bytea || decode(repeat('00', 31), 'hex') || '\x051e0e13091a'::bytea) AS f,
	LATERAL fireiot.explain_frame(f, p) AS e;

-- in a row the state is the standard's, so that no alarm is missed
SELECT p AS profile, d.state, fireiot.alarm_class(d.state) AS class
FROM (VALUES (NULL), ('dahua-binary-time')) AS v (p),
	fireiot.encode_frame(2, app => '\x0201'::bytea || '\x01012a010000000106'::bytea || decode(repeat('00', 31), 'hex') || '\x051e0e13091a'::bytea) AS f,
	LATERAL fireiot.decode_frame(f, p) AS d;

-- jd-f53: frame and component addresses high byte first
SELECT p AS profile, e ->> 'src' AS src, e #> '{objects,0,comp_addr}' AS comp_addr
FROM (VALUES (NULL), ('jd-f53')) AS v (p),
	fireiot.encode_frame(2, 7, '[{"sys_type": 1, "sys_addr": 1, "comp_type": 40, "comp_addr": 65538, "desc": ""}]',
		src => '123456789012', sent_at => '2026-09-19 14:30:05+08', profile => 'jd-f53') AS f,
	LATERAL fireiot.explain_frame(f, p) AS e;

-- jk-gh2013g: recovery by type 135, laid out like type 2
SELECT p AS profile, e -> 'objects' AS objects, e -> 'payload_hex' IS NOT NULL AS raw
FROM (VALUES (NULL), ('jk-gh2013g')) AS v (p),
	fireiot.explain_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000300002870101012a010000000000bbd6b8b4000000000000000000000000000000000000000000000000000000051e0e13091a692323', p) AS e;

-- nb-iot: signal and battery in place of the time, which comes from the head
SELECT p AS profile, e #> '{objects,0,time}' AS time, e #> '{objects,0,opaque_hex}' AS opaque, e -> 'warnings' AS warnings
FROM (VALUES (NULL), ('nb-iot')) AS v (p),
	fireiot.encode_frame(2, app => '\x030101011f010000000397ff1a64ffffffff', sent_at => '2026-09-19 14:30:05+08') AS f,
	LATERAL fireiot.explain_frame(f, p) AS e;

-- and the document is built again to the same bytes
SELECT fireiot.encode_frame(2, 3, e -> 'objects', sent_at => '2026-09-19 14:30:05+08', profile => 'nb-iot') = f AS same
FROM fireiot.encode_frame(2, app => '\x030101011f010000000397ff1a64ffffffff', sent_at => '2026-09-19 14:30:05+08') AS f,
	fireiot.explain_frame(f, 'nb-iot') AS e;

-- one-byte handshake, and type 21 without its time tag
SELECT p AS profile, e -> 'app_valid' AS valid, e ->> 'app_error' AS fault, e ->> 'app_hex' AS app
FROM (VALUES (NULL), ('handshake-1-byte')) AS v (p),
	fireiot.explain_frame('\x404001001000051e0e13091a000000000000c0a800016d38010002169f2323', p) AS e;
SELECT p AS profile, e -> 'app_valid' AS valid, e -> 'objects' AS objects
FROM (VALUES (NULL), ('type21-without-time')) AS v (p),
	fireiot.explain_frame('\x404001000120051e0e13091a0c0b0a000000385b00000000030002150101592323', p) AS e;

-- eiel 205, fubei type 3, fscn8001, fire-monitor: known sizes, raw inside
SELECT p AS profile, e -> 'app_valid' AS valid, e #> '{objects,0}' AS object
FROM (VALUES ('eiel', '\xcd01' || decode('0d01022801' || '0000' || '051e0e13091a', 'hex')),
	('fubei-2024', '\x0301' || decode('0101' || '0102000300046400' || '051e0e13091a', 'hex')),
	('fscn8001', '\xbe0100'),
	('fire-monitor', '\x3c01' || decode('0102' || repeat('41', 32), 'hex'))) AS v (p, app),
	LATERAL fireiot.explain_frame(fireiot.encode_frame(2, app => app), p) AS e;

-- texts in UTF-8 where they are no GB 18030; the frame as hexadecimal text
SELECT p AS profile, e #>> '{objects,0,desc}' AS text, e -> 'warnings' AS warnings
FROM (VALUES (NULL), ('utf8-text')) AS v (p),
	fireiot.encode_frame(2, app => '\x1a01'::bytea || '\x09'::bytea || convert_to('控制室', 'UTF8')) AS f,
	LATERAL fireiot.explain_frame(f, p) AS e;
-- under it a last character that is cut is dropped; GB 18030 is still read
SELECT e #>> '{objects,0,desc}' AS text, e -> 'warnings' AS warnings
FROM (VALUES (1, '\xe68ea7e588'::bytea), (2, '\x41e6c2'), (3, '\xe6e6')) AS v (n, b),
	LATERAL fireiot.explain_frame(fireiot.encode_frame(2, app => '\x1a01'::bytea || set_byte('\x00'::bytea, 0, length(b)) || b), 'utf8-text') AS e
ORDER BY n;
SELECT p AS profile, e -> 'error' AS error, e -> 'type' AS type
FROM (VALUES (NULL), ('ascii-hex')) AS v (p),
	fireiot.explain_frame(convert_to('40 40 01 00 01 01 05 1E 0E 13 09 1A 0C 0B 0A 00 00 00 38 5B 00 00 00 00 04 00 02 19 01 01 00 3F 23 23', 'UTF8'), p) AS e;

SELECT kind, len FROM fireiot.cut_stream(convert_to('00 4040 0100 0101 051E0E13091A 0C0B0A000000 385B00000000 0400 02 19010100 3F 2323', 'UTF8'), profile => 'ascii-hex');
SELECT type, version FROM fireiot.decode_frame(convert_to('4040 0100 0101 051E0E13091A 0C0B0A000000 385B00000000 0400 02 19010100 3F 2323', 'UTF8'), 'ascii-hex');

-- a profile changes nothing of a plain frame that it does not speak of
SELECT name FROM fireiot.profiles()
WHERE fireiot.explain_frame('\x404001000101051e0e13091a0c0b0a000000385b000000000c0002010101010300051e0e13091a9a2323', name)
	<> fireiot.explain_frame('\x404001000101051e0e13091a0c0b0a000000385b000000000c0002010101010300051e0e13091a9a2323')
ORDER BY name;

\set VERBOSITY default
SELECT fireiot.explain_frame('\x', 'dahua');
