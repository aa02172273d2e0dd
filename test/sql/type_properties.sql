-- What device_addr, part_addr and alarm_state have in common: round trips,
-- order, hash, joins, indexes; over some thousand pseudo-random values each.
\set VERBOSITY terse
SET search_path = public, fireiot;

-- Values from hashes of a row number, the same at every run.  Every type has
-- repeated values, neighbours and the ends of its range; a part of the rows
-- lies in order, as block ranges like it, the rest does not.
CREATE FUNCTION pg_temp.bits(seed text, n integer) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN ('x' || left(md5(seed), 16))::bit(64)::bigint & ((1::bigint << n) - 1);

CREATE TEMP TABLE device_addr_values AS
SELECT row_number() OVER () AS id, v
FROM (SELECT device_addr(CASE i % 3
						 WHEN 0 THEN pg_temp.bits('d' || i, 48)
						 WHEN 1 THEN (pg_temp.bits('d' || i, 2) << 46) + i / 2
						 ELSE pg_temp.bits('d' || i, 10) END) AS v, i
	  FROM generate_series(1, 6000) i
	  UNION ALL VALUES ('000000000000', 0), ('ffffffffffff', 0),
					   ('7fffffffffff', 0), ('800000000000', 0)
	  ORDER BY CASE WHEN i < 4000 THEN device_addr(i) END, v, i) s;

CREATE TEMP TABLE part_addr_values AS
SELECT row_number() OVER () AS id, v
FROM (SELECT CASE i % 4
			 WHEN 0 THEN part_addr((pg_temp.bits('s' || i, 8))::integer,
								   (pg_temp.bits('a' || i, 8))::integer)
			 WHEN 1 THEN part_addr(1, 1, i % 3, i)
			 ELSE part_addr((pg_temp.bits('s' || i, 8))::integer,
							(pg_temp.bits('a' || i, 2))::integer,
							(pg_temp.bits('t' || i, 8))::integer,
							pg_temp.bits('c' || i, 32)) END AS v, i
	  FROM generate_series(1, 6000) i
	  UNION ALL VALUES ('0.0', 0), ('0.0/0.0', 0), ('127.255', 0), ('128.0', 0),
					   ('255.255', 0), ('255.255/255.4294967295', 0)
	  ORDER BY 1, 2) s;

CREATE TEMP TABLE alarm_state_values AS
SELECT row_number() OVER () AS id, v
FROM (SELECT alarm_state(kind, (pg_temp.bits('b' || i, width) &
								CASE WHEN i % 2 = 0 THEN pg_temp.bits('m' || i, width)
								ELSE -1 END)::integer) AS v, i
	  FROM generate_series(1, 6000) i,
		   (VALUES (0, 'system', 16), (1, 'component', 16), (2, 'operation', 8),
				   (3, 'device', 8), (4, 'device_operation', 8)) k (n, kind, width)
	  WHERE i % 5 = n
	  UNION ALL VALUES ('system{}', 0), ('component{}', 0), ('operation{}', 0),
					   ('device{}', 0), ('device_operation{}', 0)
	  ORDER BY i % 7, 1, 2) s;

SELECT 'device_addr' AS type, count(*), count(DISTINCT v) FROM device_addr_values
UNION ALL SELECT 'part_addr', count(*), count(DISTINCT v) FROM part_addr_values
UNION ALL SELECT 'alarm_state', count(*), count(DISTINCT v) FROM alarm_state_values
ORDER BY type;

CREATE TEMP TABLE types (type text PRIMARY KEY);
INSERT INTO types VALUES ('device_addr'), ('part_addr'), ('alarm_state');

-- Run a query once for each type, TYPE standing for its name.  What it gives
-- are two numbers: cases looked at, and those in which the property does not
-- hold.
CREATE FUNCTION pg_temp.violations(query text)
RETURNS TABLE (type text, cases bigint, violations bigint) LANGUAGE plpgsql AS
$$
BEGIN
	FOR type IN SELECT t.type FROM types t ORDER BY t.type LOOP
		EXECUTE replace(query, 'TYPE', type) INTO cases, violations;
		RETURN NEXT;
	END LOOP;
END
$$;

-- Text: back to the same value, one text a value.
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE v::text::TYPE IS DISTINCT FROM v)
	FROM TYPE_values $$);
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(DISTINCT v) - count(DISTINCT v::text) FROM TYPE_values $$);
-- All alarm states that there are.
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE v::text::alarm_state <> v) AS violations,
	   count(*) FILTER (WHERE alarm_state(state_kind(v), state_bits(v)) <> v) AS by_bits,
	   count(*) FILTER (WHERE alarm_state(state_kind(v), state_keys(v)) <> v) AS by_keys
FROM (SELECT alarm_state(kind, b) AS v
	  FROM (VALUES ('system', 16), ('component', 16), ('operation', 8),
				   ('device', 8), ('device_operation', 8)) k (kind, width),
		   generate_series(0, (1 << width) - 1) b) s;
-- The other forms.
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE device_addr(device_number(v)) <> v) AS by_number,
	   count(*) FILTER (WHERE device_addr(to_bytes(v)) <> v) AS by_bytes,
	   count(*) FILTER (WHERE to_bytes(v) <> decode(wire_hex(v), 'hex')) AS by_hex
FROM device_addr_values;
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE v <> CASE WHEN is_component(v)
						THEN part_addr(system_type(v), system_address(v),
									   component_type(v), component_address(v))
						ELSE part_addr(system_type(v), system_address(v)) END) AS by_fields,
	   count(*) FILTER (WHERE system_of(v) > v OR is_component(system_of(v)) OR
						system_type(system_of(v)) <> system_type(v)) AS of_system,
	   count(*) FILTER (WHERE component_address(v) <>
						point_number(v)::bigint * 65536 + loop_number(v)) AS of_loop
FROM part_addr_values;

-- Binary: COPY to a file and back, by send and recv.
CREATE TEMP TABLE every_type AS
SELECT id, d.v AS d, p.v AS p, s.v AS s
FROM device_addr_values d JOIN part_addr_values p USING (id)
	 JOIN alarm_state_values s USING (id);
CREATE TEMP TABLE every_type_back (LIKE every_type);
\getenv build PG_ABS_BUILDDIR
\set out '\\copy every_type TO ''' :build '/results/every_type.bin'' (FORMAT binary)'
\set back '\\copy every_type_back FROM ''' :build '/results/every_type.bin'' (FORMAT binary)'
:out
:back
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE (a.d, a.p, a.s) IS DISTINCT FROM (b.d, b.p, b.s)) AS violations
FROM every_type a FULL JOIN every_type_back b USING (id);

-- recv takes no number that is not a value.
CREATE TEMP TABLE raw8 (n bigint);
CREATE TEMP TABLE raw4 (n integer);
CREATE TEMP TABLE device_back (v device_addr);
CREATE TEMP TABLE part_back (v part_addr);
CREATE TEMP TABLE state_back (v alarm_state);
\set file '''' :build '/results/raw.bin'' (FORMAT binary)'
\set raw8_out '\\copy raw8 TO ' :file
\set raw4_out '\\copy raw4 TO ' :file
\set device_back '\\copy device_back FROM ' :file
\set part_back '\\copy part_back FROM ' :file
\set state_back '\\copy state_back FROM ' :file
-- the high bytes of a device address
INSERT INTO raw8 VALUES (0), ((1::bigint << 48) - 1);
:raw8_out
:device_back
INSERT INTO raw8 VALUES (1::bigint << 48);
:raw8_out
:device_back
UPDATE raw8 SET n = -1;
:raw8_out
:device_back
SELECT v FROM device_back ORDER BY v;
-- the level of a part address
TRUNCATE raw8;
INSERT INTO raw8 VALUES (0), (-1::bigint << 48), (1::bigint << 40), (-1 # (254::bigint << 40));
:raw8_out
:part_back
UPDATE raw8 SET n = 1;
:raw8_out
:part_back
UPDATE raw8 SET n = 1::bigint << 32;
:raw8_out
:part_back
UPDATE raw8 SET n = 2::bigint << 40;
:raw8_out
:part_back
UPDATE raw8 SET n = -1;
:raw8_out
:part_back
SELECT v FROM part_back ORDER BY v;
-- kind and width of an alarm state
INSERT INTO raw4 VALUES (131071), (196607 - 65536), (4 << 16 | 255), (21 << 16), (24 << 16 | 128);
:raw4_out
:state_back
UPDATE raw4 SET n = 0;
:raw4_out
:state_back
UPDATE raw4 SET n = 3 << 16 | 1;
:raw4_out
:state_back
UPDATE raw4 SET n = 4 << 16 | 256;
:raw4_out
:state_back
UPDATE raw4 SET n = -1;
:raw4_out
:state_back
SELECT v FROM state_back ORDER BY v;
\set VERBOSITY default
:raw4_out
:state_back
\echo :LAST_ERROR_SQLSTATE
:raw8_out
:part_back
\echo :LAST_ERROR_SQLSTATE
:device_back
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse

-- Order.  Of each pair one of <, =, > holds, and all six operators and the
-- support function say the same.
CREATE FUNCTION pg_temp.pairs(condition text)
RETURNS TABLE (type text, cases bigint, violations bigint) LANGUAGE sql
RETURN pg_temp.violations(format($$
	SELECT count(*), count(*) FILTER (WHERE (%s) IS NOT TRUE)
	FROM (SELECT a.v AS a, b.v AS b
		  FROM TYPE_values a, generate_series(0, 4) k, TYPE_values b
		  WHERE b.id = CASE k WHEN 0 THEN a.id ELSE 1 + a.id * (7919 + k) %% 6000 END) s $$,
	condition));
SELECT * FROM pg_temp.pairs('(a < b)::integer + (a = b)::integer + (a > b)::integer = 1');
SELECT * FROM pg_temp.pairs('(a <= b) = (a < b OR a = b) AND (a >= b) = (a > b OR a = b)
							AND (a <> b) = NOT (a = b)');
SELECT * FROM pg_temp.pairs('(a < b) = (b > a) AND (a <= b) = (b >= a) AND
							(a = b) = (b = a) AND (a <> b) = (b <> a)');
SELECT * FROM pg_temp.pairs('TYPE_cmp(a, b) = (a > b)::integer - (a < b)::integer AND
							TYPE_cmp(a, b) = - TYPE_cmp(b, a)');
SELECT * FROM pg_temp.pairs('(a = b) = (a::text = b::text)');
-- Transitive over triples.
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE a.v <= b.v AND b.v <= c.v AND NOT a.v <= c.v
									  OR a.v < b.v AND b.v <= c.v AND NOT a.v < c.v)
	FROM TYPE_values a, generate_series(0, 4) k, TYPE_values b, TYPE_values c
	WHERE b.id = 1 + a.id * (7919 + k) % 6000 AND c.id = 1 + a.id * (6007 + k) % 6000 $$);
-- It is the order of what the values say.
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE by_value <> by_number OR by_value <> by_text) AS violations
FROM (SELECT dense_rank() OVER (ORDER BY v) AS by_value,
			 dense_rank() OVER (ORDER BY device_number(v)) AS by_number,
			 dense_rank() OVER (ORDER BY v::text COLLATE "C") AS by_text
	  FROM device_addr_values) s;
SELECT count(*) AS cases, count(*) FILTER (WHERE by_value <> by_fields) AS violations
FROM (SELECT dense_rank() OVER (ORDER BY v) AS by_value,
			 dense_rank() OVER (ORDER BY system_type(v), system_address(v),
								component_type(v) NULLS FIRST,
								component_address(v) NULLS FIRST) AS by_fields
	  FROM part_addr_values) s;
SELECT count(*) AS cases, count(*) FILTER (WHERE by_value <> by_fields) AS violations
FROM (SELECT dense_rank() OVER (ORDER BY v) AS by_value,
			 dense_rank() OVER (ORDER BY array_position('{system,component,operation,device,device_operation}',
														state_kind(v)), state_bits(v)) AS by_fields
	  FROM alarm_state_values) s;

-- Hash: equal for equal values; the extended one agrees in its low 32 bits
-- when the seed is 0 and follows the seed; hardly two values share one.
SELECT * FROM pg_temp.pairs('a <> b OR TYPE_hash(a) = TYPE_hash(b) AND
							TYPE_hash_extended(a, 42) = TYPE_hash_extended(b, 42)');
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE TYPE_hash_extended(v, 0)::bit(64)::bit(64) << 32 <>
									  TYPE_hash(v)::bit(32)::bit(64)
									  OR TYPE_hash_extended(v, 0) = TYPE_hash_extended(v, 1))
	FROM TYPE_values $$);
SELECT * FROM pg_temp.violations($$
	SELECT count(DISTINCT v),
		   (count(DISTINCT TYPE_hash(v)) < count(DISTINCT v) - 5 OR
			count(DISTINCT TYPE_hash_extended(v, 0)) < count(DISTINCT v))::integer
	FROM TYPE_values $$);

-- Distance, which BRIN minmax-multi merges its intervals by: not negative for
-- values in order, 0 for equal ones, and adds up.
SELECT * FROM pg_temp.pairs('sign(TYPE_distance(a, b)) = TYPE_cmp(b, a)');

-- Sorting puts every row behind its predecessor, up and down.
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE v < up OR v > down)
	FROM (SELECT v, lag(v) OVER (ORDER BY v) AS up, lag(v) OVER (ORDER BY v DESC) AS down
		  FROM TYPE_values) s $$);

-- Grouping and joining give the same whichever way they are done.  found says
-- whether EXPLAIN names the method.
CREATE FUNCTION pg_temp.by_method(method text, query text)
RETURNS TABLE (type text, found boolean, rows bigint, sum numeric) LANGUAGE plpgsql AS
$$
DECLARE
	line text;
BEGIN
	FOR type IN SELECT t.type FROM types t ORDER BY t.type LOOP
		found := false;
		FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || replace(query, 'TYPE', type) LOOP
			found := found OR line LIKE '%' || method || '%';
		END LOOP;
		EXECUTE replace(query, 'TYPE', type) INTO rows, sum;
		RETURN NEXT;
	END LOOP;
END
$$;
\set grouping '$$ SELECT count(*), sum(n * first) FROM (SELECT v, count(*) AS n, min(id) AS first FROM TYPE_values GROUP BY v) s $$'
\set joining '$$ SELECT count(*), sum(a.id * b.id) FROM TYPE_values a JOIN TYPE_values b USING (v) $$'
ANALYZE device_addr_values, part_addr_values, alarm_state_values;
SET enable_sort = off;
SELECT * FROM pg_temp.by_method('HashAggregate', :grouping);
RESET enable_sort;
SET enable_hashagg = off;
SELECT * FROM pg_temp.by_method('GroupAggregate', :grouping);
RESET enable_hashagg;
SET enable_nestloop = off;
SET enable_mergejoin = off;
SELECT * FROM pg_temp.by_method('Hash Join', :joining);
RESET enable_mergejoin;
SET enable_hashjoin = off;
SELECT * FROM pg_temp.by_method('Merge Join', :joining);
RESET enable_hashjoin;
RESET enable_nestloop;

-- Indexes give what a sequential scan gives.  Each condition is counted both
-- ways; without_index are those for which the plan did not name the index.
-- A tenth of the rows comes when the index is already there.
CREATE FUNCTION pg_temp.check_index(table_name text, method text, conditions text)
RETURNS TABLE (cases bigint, found bigint, without_index bigint, different bigint)
LANGUAGE plpgsql AS
$$
DECLARE
	condition text;
	query text;
	line text;
	used boolean;
	by_index record;
	by_scan record;
BEGIN
	EXECUTE format('CREATE TEMP TABLE probed AS SELECT id, v FROM %I WHERE id %% 10 <> 3 ORDER BY id', table_name);
	EXECUTE 'CREATE INDEX probe ON probed USING ' || method;
	EXECUTE format('INSERT INTO probed SELECT id, v FROM %I WHERE id %% 10 = 3', table_name);
	ANALYZE probed;
	cases := 0; found := 0; without_index := 0; different := 0;
	FOR condition IN EXECUTE replace(conditions, 'VALUES_OF', table_name) LOOP
		query := 'SELECT count(*) AS n, sum(id) AS ids FROM probed WHERE ' || condition;
		PERFORM set_config('enable_seqscan', 'off', true);
		used := false;
		FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
			used := used OR line ~ 'Scan.* probe\M';
		END LOOP;
		EXECUTE query INTO by_index;
		PERFORM set_config('enable_seqscan', 'on', true),
				set_config('enable_indexscan', 'off', true),
				set_config('enable_indexonlyscan', 'off', true),
				set_config('enable_bitmapscan', 'off', true);
		EXECUTE query INTO by_scan;
		PERFORM set_config('enable_indexscan', 'on', true),
				set_config('enable_indexonlyscan', 'on', true),
				set_config('enable_bitmapscan', 'on', true);
		cases := cases + 1;
		found := found + by_scan.n;
		without_index := without_index + (NOT used)::integer;
		different := different + (by_index IS DISTINCT FROM by_scan)::integer;
	END LOOP;
	DROP TABLE probed;
	RETURN NEXT;
END
$$;
\set ordered '$$ SELECT format(\'v %s %L\', op, v) FROM VALUES_OF, unnest(\'{<,<=,=,>=,>}\'::text[]) op WHERE id % 400 = 1 ORDER BY id, op $$'
\set equal '$$ SELECT format(\'v = %L\', v) FROM VALUES_OF WHERE id % 100 = 1 ORDER BY id $$'
SELECT type, i.* FROM types, pg_temp.check_index(type || '_values', 'btree (v)', :ordered) i ORDER BY type;
SELECT type, i.* FROM types, pg_temp.check_index(type || '_values', 'hash (v)', :equal) i ORDER BY type;
SELECT type, i.*
FROM types, pg_temp.check_index(type || '_values', 'brin (v) WITH (pages_per_range = 2)', :ordered) i
ORDER BY type;
SELECT type, i.*
FROM types, pg_temp.check_index(type || '_values', 'brin (v fireiot.' || type ||
	'_minmax_multi_ops (values_per_range = 16)) WITH (pages_per_range = 2)', :ordered) i
ORDER BY type;
-- GIN: the bits that are set, with fast update and without.
\set sets '$$ SELECT format(\'v %s %L\', op, v) FROM VALUES_OF, unnest(\'{@>,&&}\'::text[]) op WHERE id % 200 = 1 OR state_bits(v) = 0 AND id % 10 = 1 ORDER BY id, op $$'
\set keys '$$ SELECT DISTINCT format(\'v ? %L\', key) FROM VALUES_OF, unnest(state_keys(v)) key $$'
SELECT * FROM pg_temp.check_index('alarm_state_values', 'gin (v)', :sets);
SELECT * FROM pg_temp.check_index('alarm_state_values', 'gin (v) WITH (fastupdate = off)', :sets);
SELECT * FROM pg_temp.check_index('alarm_state_values', 'gin (v)', :keys);
-- Several at once, and the empty states of each kind.
\set several '$$ VALUES (\'v @> \'\'component{fire}\'\' AND v && \'\'component{feedback,started}\'\' AND v ? \'\'fault\'\'\'), (\'v @> \'\'component{fire}\'\' OR v @> \'\'system{fire,fault}\'\''\'), (\'v @> \'\'component{}\'\''\'), (\'v @> \'\'system{}\'\' AND v ? \'\'fire\'\''\'), (\'v @> \'\'device{}\'\' AND v @> \'\'operation{}\'\''\'), (\'v && \'\'device{}\'\''\'), (\'v ? \'\'bit7\'\' AND v ? \'\'fire\'\''\') $$'
SELECT * FROM pg_temp.check_index('alarm_state_values', 'gin (v)', :several);
SELECT count(*) FROM alarm_state_values WHERE v @> 'component{fire}' AND NOT v ? 'fire';

-- A unique index, hash partitions.
CREATE TEMP TABLE unique_type (d device_addr, p part_addr, s alarm_state, PRIMARY KEY (d, p, s));
INSERT INTO unique_type SELECT d, p, s FROM every_type
UNION ALL SELECT d, p, s FROM every_type_back ON CONFLICT DO NOTHING;
SELECT count(*) = (SELECT count(DISTINCT (d, p, s)) FROM every_type) AS all_distinct FROM unique_type;
CREATE TEMP TABLE hashed (d device_addr, p part_addr, s alarm_state) PARTITION BY HASH (d, p, s);
CREATE TEMP TABLE hashed0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE hashed1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashed SELECT d, p, s FROM every_type;
SELECT count(*) BETWEEN 2700 AND 3300 AS about_half FROM hashed0;

-- The operator classes are whole.
SELECT amname, opcname, opcdefault, amvalidate(o.oid)
FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype IN ('device_addr'::regtype, 'part_addr'::regtype, 'alarm_state'::regtype)
ORDER BY amname, opcname;

-- Every function of the types is immutable, strict and parallel safe; only
-- comparisons and hashes, which cannot raise, are leakproof.
CREATE TEMP VIEW type_functions AS
SELECT p.oid, p.proname, p.provolatile, p.proisstrict, p.proparallel, p.proleakproof, p.proretset
FROM pg_proc p
WHERE p.pronamespace = 'fireiot'::regnamespace
	  AND (p.proname ~ '^(device_addr|part_addr|alarm_state)'
		   OR p.proargtypes[0] IN ('device_addr'::regtype, 'part_addr'::regtype, 'alarm_state'::regtype));
SELECT proname FROM type_functions
WHERE provolatile <> 'i' OR NOT proisstrict OR proparallel <> 's'
ORDER BY proname;
SELECT proname FROM type_functions WHERE proleakproof ORDER BY proname;
-- Each operator says how often it is true, which operator turns it round and,
-- but for those that give no boolean, how it is estimated.
SELECT oprname, oprleft::regtype, oprright::regtype
FROM pg_operator
WHERE oprnamespace = 'fireiot'::regnamespace
	  AND oprleft IN ('device_addr'::regtype, 'part_addr'::regtype, 'alarm_state'::regtype)
	  AND (oprcom = 0 AND oprleft = oprright AND oprname <> '-'
		   OR oprresult = 'boolean'::regtype AND (oprrest = 0 OR oprjoin = 0)
		   OR oprname IN ('=', '<>', '<', '<=', '>', '>=') AND oprnegate = 0
		   OR oprname = '=' AND NOT (oprcanhash AND oprcanmerge))
ORDER BY oprname;
-- And each object has a comment.
SELECT 'function ' || oid::regprocedure AS without_comment FROM type_functions
WHERE obj_description(oid, 'pg_proc') IS NULL
UNION ALL
SELECT 'operator ' || oid::regoperator FROM pg_operator
WHERE oprnamespace = 'fireiot'::regnamespace
	  AND oprleft IN ('device_addr'::regtype, 'part_addr'::regtype, 'alarm_state'::regtype)
	  AND obj_description(oid, 'pg_operator') IS NULL
UNION ALL
SELECT 'operator class ' || opcname FROM pg_opclass
WHERE opcintype IN ('device_addr'::regtype, 'part_addr'::regtype, 'alarm_state'::regtype)
	  AND obj_description(oid, 'pg_opclass') IS NULL
UNION ALL
SELECT 'type ' || t.type FROM types t WHERE obj_description(t.type::regtype, 'pg_type') IS NULL
ORDER BY 1;
