-- part_addr: text, constructors, what it says, comparison.  What it has in
-- common with the other types is tested in type_properties.
\set VERBOSITY terse
SET search_path = public, fireiot;

-- Text: a component, or the facility system itself.
SELECT i, t::part_addr AS part
FROM (VALUES (1, '1.1/40.131082'), (2, '1.1'), (3, '0.0'), (4, '0.0/0.0'),
			 (5, '255.255/255.4294967295'), (6, ' 12.3/91.7  '),
			 (7, E'\t12.3\n'), (8, '001.01/040.0000131082')) v (i, t)
ORDER BY i;

-- Not an address.
SELECT ''::part_addr;
SELECT '1'::part_addr;
SELECT '1.'::part_addr;
SELECT '.1'::part_addr;
SELECT '1.1/'::part_addr;
SELECT '1.1/40'::part_addr;
SELECT '1.1/40.'::part_addr;
SELECT '1.1/.7'::part_addr;
SELECT '1.1/40.7/'::part_addr;
SELECT '1.1.1'::part_addr;
SELECT '1,1/40.7'::part_addr;
SELECT '1 .1'::part_addr;
SELECT '1.1 /40.7'::part_addr;
SELECT '1.1/40. 7'::part_addr;
SELECT '-1.1'::part_addr;
SELECT '+1.1'::part_addr;
SELECT '1.1/40.0x7'::part_addr;
SELECT '1.1/40.7 x'::part_addr;
SELECT '系统1'::part_addr;
\set VERBOSITY default
SELECT '1/1'::part_addr;
\echo :LAST_ERROR_SQLSTATE
-- The hint holds.
SELECT '1.1/40.131082'::part_addr, '1.1'::part_addr;

-- Out of range.
SELECT '256.0'::part_addr;
\echo :LAST_ERROR_SQLSTATE
SELECT '0.256'::part_addr;
SELECT '0.0/256.0'::part_addr;
SELECT '0.0/0.4294967296'::part_addr;
\set VERBOSITY terse
SELECT '0.0/0.99999999999999999999999999999999'::part_addr;
SELECT '18446744073709551617.0'::part_addr;
SELECT '256.256/256.4294967296'::part_addr;

-- Constructors.
SELECT part_addr(1, 1, 40, 131082), part_addr(1, 1),
	   part_addr(0, 0, 0, 0), part_addr(0, 0),
	   part_addr(255, 255, 255, 4294967295), part_addr(255, 255);
SELECT part_addr(1, 1, 40, NULL) IS NULL AS is_null;
\set VERBOSITY default
SELECT part_addr(300, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT part_addr(1, -1);
SELECT part_addr(1, 1, 256, 0);
SELECT part_addr(1, 1, 40, 4294967296);
\set VERBOSITY terse
SELECT part_addr(-1, 0);
SELECT part_addr(0, 256);
SELECT part_addr(1, 1, -40, 0);
SELECT part_addr(1, 1, 40, -1);
SELECT part_addr(1, 1, 40, -9223372036854775808);
SELECT part_addr(2147483647, 1, 40, 9223372036854775807);

-- What it says; null where a system has nothing to say.
SELECT p, is_component(p) AS comp, system_of(p) AS system,
	   system_type(p) AS st, system_address(p) AS sa,
	   component_type(p) AS ct, component_address(p) AS ca,
	   loop_number(p) AS loop, point_number(p) AS point
FROM unnest('{1.1,1.1/40.131082,0.0,0.0/0.0,255.254/253.4294967295,12.3/91.65535,12.3/91.65536}'
			::part_addr[]) p
ORDER BY p;

-- Names of the codes.
SELECT p, system_type_name(p), system_type_name(p, 'en'),
	   component_type_name(p), component_type_name(p, 'en')
FROM unnest('{1.1,1.1/40.131082,12.0/91.1,2.0/2.0,128.0/200.5}'::part_addr[]) p
ORDER BY p;
SELECT system_type_name('1.1', NULL) IS NULL AS is_null;
\set VERBOSITY default
SELECT system_type_name('1.1', 'fr');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT component_type_name('1.1', 'ZH');
SELECT component_type_name('1.1/40.7', '');

-- Never a cast.
SELECT count(*) AS casts FROM pg_cast
WHERE 'part_addr'::regtype IN (castsource, casttarget);

-- Comparison: as numbers and unsigned; a system before its components, after
-- those of the system before it.
SELECT a, b, a < b AS lt, a <= b AS le, a = b AS eq, a >= b AS ge, a > b AS gt,
	   a <> b AS ne, part_addr_cmp(a, b) AS cmp
FROM (VALUES ('1.2'::part_addr, '1.10'::part_addr),
			 ('1.1', '1.1/0.0'),
			 ('1.1/255.4294967295', '1.2'),
			 ('1.1/40.9', '1.1/40.10'),
			 ('1.1/41.0', '1.1/40.4294967295'),
			 ('127.0', '128.0'),
			 ('128.0', '128.0')) v (a, b)
ORDER BY a, b;
SELECT p
FROM unnest('{200.1,1.10,1.2,1.2/1.1,1.2/0.0,1.2/1.4294967295,1.2/128.0,0.0/255.0,NULL,1.2}'
			::part_addr[]) p
ORDER BY p;

-- Grouping by system.
SELECT system_of(p), count(*)
FROM unnest('{1.1,1.1/40.1,1.1/40.2,1.2/40.1}'::part_addr[]) p
GROUP BY system_of(p) ORDER BY system_of(p);

-- Binary form: eight bytes in the order of the text, the third 1 for a
-- component.
SELECT part_addr_send('1.2/40.131082'), part_addr_send('1.2');
