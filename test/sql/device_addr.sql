-- device_addr: text, bytes, numbers, comparison.  What it has in common with
-- the other types is tested in type_properties.
\set VERBOSITY terse
SET search_path = public, fireiot;

-- Text: 12 hexadecimal digits, high byte first; lower case on output.
SELECT i, t::device_addr AS device
FROM (VALUES (1, '000000000000'), (2, 'ffffffffffff'), (3, '0A1B2c3d4E5F'),
			 (4, '  0a1b2c3d4e5f '), (5, E'\t0a1b2c3d4e5f\n')) v (i, t)
ORDER BY i;
SELECT NULL::device_addr IS NULL AS is_null;

-- Not an address.
SELECT ''::device_addr;
SELECT '   '::device_addr;
SELECT '0a1b2c3d4e5'::device_addr;
SELECT '0a1b2c3d4e5f0'::device_addr;
SELECT '0a1b2c3d4e5g'::device_addr;
SELECT '0a1b2c 3d4e5f'::device_addr;
SELECT '0a1b2c3d4e5f x'::device_addr;
SELECT '0a:1b:2c:3d:4e:5f'::device_addr;
SELECT '0x0a1b2c3d4e'::device_addr;
SELECT '\x0a1b2c3d4e5f'::device_addr;
SELECT '-a1b2c3d4e5f'::device_addr;
SELECT '消防消防'::device_addr;
\set VERBOSITY default
SELECT 'device 1'::device_addr;
\echo :LAST_ERROR_SQLSTATE
-- The hint holds.
SELECT '0a1b2c3d4e5f'::device_addr;

-- The six bytes stand on the wire low byte first.
SELECT wire_hex('0a1b2c3d4e5f'::device_addr),
	   to_bytes('0a1b2c3d4e5f'::device_addr),
	   device_addr('\x5f4e3d2c1b0a'::bytea);
SELECT device_addr('\x5f4e3d2c1b'::bytea);
\echo :LAST_ERROR_SQLSTATE
SELECT device_addr('\x5f4e3d2c1b0a00'::bytea);
SELECT device_addr(''::bytea);
SELECT fireiot.device_addr('\x5f4e3d2c1b0a'::bytea);

-- Numbers.
SELECT n, device_addr(n) AS device, device_number(device_addr(n))
FROM (VALUES (0::bigint), (1), (258), (11111822610015),
			 (281474976710655)) v (n)
ORDER BY n;
SELECT device_addr(-1);
\echo :LAST_ERROR_SQLSTATE
SELECT device_addr(281474976710656);
SELECT device_addr(-9223372036854775808);
SELECT fireiot.device_addr(258);
\set VERBOSITY terse
-- A literal is the text, not a number.
SELECT device_addr('000000000258');

-- Never a cast, so that no planner takes an address for a number.
SELECT count(*) AS casts FROM pg_cast
WHERE 'device_addr'::regtype IN (castsource, casttarget);

-- Comparison: unsigned, by the high byte first.
SELECT a, b, a < b AS lt, a <= b AS le, a = b AS eq, a >= b AS ge, a > b AS gt,
	   a <> b AS ne, device_addr_cmp(a, b) AS cmp
FROM (VALUES ('000000000001'::device_addr, '000000000002'::device_addr),
			 ('000000000002', '000000000001'),
			 ('00ffffffffff', '010000000000'),
			 ('7fffffffffff', '800000000000'),
			 ('ffffffffffff', '000000000000'),
			 ('ffffffffffff', 'FFFFFFFFFFFF')) v (a, b)
ORDER BY a, b;

-- Sorting, with NULLs, both ways.
SELECT array_agg(d ORDER BY d) AS up, array_agg(d ORDER BY d DESC) AS down
FROM unnest('{ff0000000000,0000000000ff,NULL,800000000000,7fffffffffff,000000000000}'
			::device_addr[]) d;

-- Grouping, DISTINCT, a key.
SELECT d, count(*)
FROM unnest('{0a0000000000,0b0000000000,0A0000000000}'::device_addr[]) d
GROUP BY d ORDER BY d;
CREATE TEMP TABLE device_key (d device_addr PRIMARY KEY);
INSERT INTO device_key VALUES ('0a1b2c3d4e5f'), ('0a1b2c3d4e60');
INSERT INTO device_key VALUES ('0A1B2C3D4E5F') ON CONFLICT DO NOTHING;
SELECT d FROM device_key ORDER BY d;

-- Binary form: eight bytes, high byte first.
SELECT device_addr_send('0a1b2c3d4e5f');
