-- What device_addr, part_addr and alarm_state have in common: round trips,
-- order, hash, joins, indexes; over some thousand pseudo-random values each.
\set VERBOSITY terse
SET search_path = public, fireiot;

-- Values from hashes of a row number, the same at every run.  Every type has
-- repeated values, neighbours and the ends of its range.  A part of the rows
-- lies in order, as block ranges like it, the rest does not.
CREATE FUNCTION pg_temp.bits(seed text, n integer) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN ('x' || left(md5(seed), 16))::bit(64)::bigint & ((1::bigint << n) - 1);

CREATE TEMP TABLE device_addr_values AS
WITH made AS (
	SELECT i, device_addr(CASE i % 3
						  WHEN 0 THEN pg_temp.bits('d' || i, 48)
						  WHEN 1 THEN (pg_temp.bits('d' || i, 2) << 46) + i / 2
						  ELSE pg_temp.bits('d' || i, 10) END) AS v
	FROM generate_series(1, 6000) i
	UNION ALL
	SELECT 0, unnest('{000000000000,ffffffffffff,7fffffffffff,800000000000}'::device_addr[]))
SELECT row_number() OVER (ORDER BY i % 2, CASE i % 2 WHEN 0 THEN v END, i, v) AS id, v
FROM made ORDER BY 1;

CREATE TEMP TABLE part_addr_values AS
WITH made AS (
	SELECT i, CASE i % 4
			  WHEN 0 THEN part_addr(pg_temp.bits('s' || i, 8)::integer,
									pg_temp.bits('a' || i, 8)::integer)
			  WHEN 1 THEN part_addr(1, 1, i % 3, i / 8)
			  ELSE part_addr(pg_temp.bits('s' || i, 8)::integer,
							 pg_temp.bits('a' || i, 2)::integer,
							 pg_temp.bits('t' || i, 8)::integer,
							 pg_temp.bits('c' || i, 32)) END AS v
	FROM generate_series(1, 6000) i
	UNION ALL
	SELECT 0, unnest('{0.0,0.0/0.0,127.255,128.0,255.255,255.255/255.4294967295}'::part_addr[]))
SELECT row_number() OVER (ORDER BY i % 2, CASE i % 2 WHEN 0 THEN v END, i, v) AS id, v
FROM made ORDER BY 1;

CREATE TEMP TABLE kinds (n integer, kind text, width integer);
INSERT INTO kinds VALUES (0, 'system', 16), (1, 'component', 16), (2, 'operation', 8),
						 (3, 'device', 8), (4, 'device_operation', 8);
CREATE TEMP TABLE alarm_state_values AS
WITH made AS (
	-- every other one with fewer bits
	SELECT i, alarm_state(kind, (pg_temp.bits('b' || i, width) &
								 CASE i % 2 WHEN 0 THEN pg_temp.bits('m' || i, width)
								 ELSE -1 END)::integer) AS v
	FROM generate_series(1, 6000) i JOIN kinds ON n = i % 5
	UNION ALL
	SELECT 0, alarm_state(kind, 0) FROM kinds)
SELECT row_number() OVER (ORDER BY i % 2, CASE i % 2 WHEN 0 THEN v END, i, v) AS id, v
FROM made ORDER BY 1;
ANALYZE device_addr_values, part_addr_values, alarm_state_values;

-- Run a query once for each type, TYPE standing for its name.  What it gives
-- are two numbers: cases looked at, and those in which the property does not
-- hold.
CREATE TEMP TABLE types (type text PRIMARY KEY);
INSERT INTO types VALUES ('device_addr'), ('part_addr'), ('alarm_state');
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
-- Rows and different values of each.
SELECT type, cases AS rows, violations AS distinct_values
FROM pg_temp.violations('SELECT count(*), count(DISTINCT v) FROM TYPE_values');

-- Text: back to the same value, one text a value.
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE v::text::TYPE IS DISTINCT FROM v)
	FROM TYPE_values $$);
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(DISTINCT v) - count(DISTINCT v::text) FROM TYPE_values $$);
-- All alarm states that there are.
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE v::text::alarm_state <> v) AS by_text,
	   count(*) FILTER (WHERE alarm_state(state_kind(v), state_bits(v)) <> v) AS by_bits,
	   count(*) FILTER (WHERE alarm_state(state_kind(v), state_keys(v)) <> v) AS by_keys
FROM (SELECT alarm_state(kind, b) AS v
	  FROM kinds, generate_series(0, (1 << width) - 1) b) s;
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
	   count(*) FILTER (WHERE system_of(v) <>
						part_addr(system_type(v), system_address(v))) AS of_system,
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
\set file '''' :build '/results/type_properties.bin'' (FORMAT binary)'
\set copy_out '\\copy every_type TO ' :file
\set copy_back '\\copy every_type_back FROM ' :file
:copy_out
:copy_back
SELECT count(*) AS cases,
	   count(*) FILTER (WHERE (a.d, a.p, a.s) IS DISTINCT FROM (b.d, b.p, b.s)) AS violations
FROM every_type a FULL JOIN every_type_back b USING (id);

-- recv takes no number that is not a value.
CREATE TEMP TABLE raw8 (n bigint);
CREATE TEMP TABLE raw4 (n integer);
CREATE TEMP TABLE device_back (v device_addr);
CREATE TEMP TABLE part_back (v part_addr);
CREATE TEMP TABLE state_back (v alarm_state);
\set raw8_out '\\copy raw8 TO ' :file
\set raw4_out '\\copy raw4 TO ' :file
\set device_back '\\copy device_back FROM ' :file
\set part_back '\\copy part_back FROM ' :file
\set state_back '\\copy state_back FROM ' :file
-- The high bytes of a device address.
INSERT INTO raw8 VALUES (0), ((1::bigint << 48) - 1);
:raw8_out
:device_back
SELECT v FROM device_back ORDER BY v;
TRUNCATE raw8;
INSERT INTO raw8 VALUES (1::bigint << 48);
:raw8_out
:device_back
UPDATE raw8 SET n = -1;
:raw8_out
:device_back
-- The level of a part address, and what a system cannot have.
TRUNCATE raw8;
INSERT INTO raw8 VALUES (0), (-1::bigint << 48), (1::bigint << 40), (-1 # (254::bigint << 40));
:raw8_out
:part_back
SELECT v FROM part_back ORDER BY v;
TRUNCATE raw8;
INSERT INTO raw8 VALUES (1);
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
-- Kind and width of an alarm state.
INSERT INTO raw4 VALUES (1 << 16 | 65535), (2 << 16 | 2), (4 << 16 | 255), (21 << 16), (24 << 16 | 128);
:raw4_out
:state_back
SELECT v FROM state_back ORDER BY v;
TRUNCATE raw4;
INSERT INTO raw4 VALUES (0);
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
-- The same with SQLSTATE, and with the detail.
\set VERBOSITY sqlstate
:state_back
:raw8_out
:device_back
:part_back
\set VERBOSITY default
:device_back
:part_back
:raw4_out
:state_back
\set VERBOSITY terse
SELECT (SELECT count(*) FROM device_back) AS devices, (SELECT count(*) FROM part_back) AS parts,
	   (SELECT count(*) FROM state_back) AS states;

-- Order.  Of each pair one of <, =, > holds, and all six operators and the
-- support function say the same.
CREATE FUNCTION pg_temp.pairs(condition text)
RETURNS TABLE (type text, cases bigint, violations bigint) LANGUAGE sql
RETURN pg_temp.violations(format($$
	SELECT count(*), count(*) FILTER (WHERE (%s) IS NOT TRUE)
	FROM (SELECT a.v AS a, b.v AS b
		  FROM TYPE_values a CROSS JOIN generate_series(0, 4) k JOIN TYPE_values b
			   ON b.id = CASE k WHEN 0 THEN a.id ELSE 1 + a.id * (7919 + k) %% 6000 END) s $$,
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
									  OR a.v < b.v AND b.v <= c.v AND NOT a.v < c.v
									  OR a.v = b.v AND b.v = c.v AND NOT a.v = c.v)
	FROM TYPE_values a CROSS JOIN generate_series(0, 4) k
		 JOIN TYPE_values b ON b.id = 1 + a.id * (7919 + k) % 6000
		 JOIN TYPE_values c ON c.id = 1 + a.id * (6007 + k) % 6000 $$);
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
			 dense_rank() OVER (ORDER BY n, state_bits(v)) AS by_fields
	  FROM alarm_state_values JOIN kinds ON kind = state_kind(v)) s;
-- Sorting puts every row behind its predecessor, up and down.
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE v < up OR v > down)
	FROM (SELECT v, lag(v) OVER (ORDER BY v) AS up, lag(v) OVER (ORDER BY v DESC) AS down
		  FROM TYPE_values) s $$);
-- The distance by which BRIN minmax-multi joins its intervals has its sign.
SELECT * FROM pg_temp.pairs('sign(TYPE_distance(a, b)) = TYPE_cmp(b, a)');

-- Hash: equal for equal values; the extended one agrees in its low 32 bits
-- when the seed is 0, and follows the seed; hardly two values share one.
SELECT * FROM pg_temp.pairs('a <> b OR TYPE_hash(a) = TYPE_hash(b) AND
							TYPE_hash_extended(a, 42) = TYPE_hash_extended(b, 42)');
SELECT * FROM pg_temp.violations($$
	SELECT count(*), count(*) FILTER (WHERE TYPE_hash_extended(v, 0) & 4294967295 <>
									  TYPE_hash(v)::bigint & 4294967295
									  OR TYPE_hash_extended(v, 0) = TYPE_hash_extended(v, 1))
	FROM TYPE_values $$);
SELECT * FROM pg_temp.violations($$
	SELECT count(DISTINCT v),
		   (count(DISTINCT TYPE_hash(v)) < count(DISTINCT v) - 5 OR
			count(DISTINCT TYPE_hash_extended(v, 0)) < count(DISTINCT v))::integer
	FROM TYPE_values $$);

-- Does EXPLAIN name it?
CREATE FUNCTION pg_temp.plan_has(query text, words text) RETURNS boolean
LANGUAGE plpgsql AS
$$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ words THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;

-- Grouping and joining give the same whichever way they are done.
CREATE FUNCTION pg_temp.by_method(method text, switched_off text[], query text)
RETURNS TABLE (type text, used boolean, rows bigint, checksum numeric)
LANGUAGE plpgsql AS
$$
BEGIN
	PERFORM set_config('enable_' || s, 'off', true) FROM unnest(switched_off) s;
	FOR type IN SELECT t.type FROM types t ORDER BY t.type LOOP
		used := pg_temp.plan_has(replace(query, 'TYPE', type), method);
		EXECUTE replace(query, 'TYPE', type) INTO rows, checksum;
		RETURN NEXT;
	END LOOP;
	PERFORM set_config('enable_' || s, 'on', true) FROM unnest(switched_off) s;
END
$$;
\set groups '\'SELECT count(*), sum(n * first) FROM (SELECT v, count(*) AS n, min(id) AS first FROM TYPE_values GROUP BY v) g\''
SELECT * FROM pg_temp.by_method('HashAggregate', '{sort}', :groups);
SELECT * FROM pg_temp.by_method('GroupAggregate', '{hashagg}', :groups);
\set pairs '\'SELECT count(*), sum(a.id * b.id) FROM TYPE_values a JOIN TYPE_values b USING (v)\''
SELECT * FROM pg_temp.by_method('Hash Join', '{mergejoin,nestloop}', :pairs);
SELECT * FROM pg_temp.by_method('Merge Join', '{hashjoin,nestloop}', :pairs);

-- Indexes give what a sequential scan gives, for each condition of a set.
-- A tenth of the rows comes when the index is already there.
CREATE TEMP TABLE conditions (type text, name text, condition text);
CREATE FUNCTION pg_temp.check_index(name text, method text)
RETURNS TABLE (type text, cases bigint, rows bigint, without_index bigint, violations bigint)
LANGUAGE plpgsql AS
$$
#variable_conflict use_variable
DECLARE
	query text;
	by_index record;
	by_scan record;
BEGIN
	FOR type IN SELECT DISTINCT c.type FROM conditions c WHERE c.name = name ORDER BY 1 LOOP
		EXECUTE format('CREATE TEMP TABLE probed AS SELECT id, v FROM %I WHERE id %% 10 <> 3 ORDER BY id',
					   type || '_values');
		EXECUTE 'CREATE INDEX probe ON probed USING ' || replace(method, 'TYPE', type);
		EXECUTE format('INSERT INTO probed SELECT id, v FROM %I WHERE id %% 10 = 3', type || '_values');
		ANALYZE probed;
		cases := 0; rows := 0; without_index := 0; violations := 0;
		FOR query IN SELECT 'SELECT count(*) AS n, sum(id) AS ids FROM probed WHERE ' || c.condition
					 FROM conditions c WHERE c.name = name AND c.type = type LOOP
			PERFORM set_config('enable_seqscan', 'off', true);
			cases := cases + 1;
			without_index := without_index + (NOT pg_temp.plan_has(query, 'Scan.* probe\M'))::integer;
			EXECUTE query INTO by_index;
			PERFORM set_config('enable_seqscan', 'on', true);
			PERFORM set_config('enable_' || s, 'off', true)
			FROM unnest('{indexscan,indexonlyscan,bitmapscan}'::text[]) s;
			EXECUTE query INTO by_scan;
			PERFORM set_config('enable_' || s, 'on', true)
			FROM unnest('{indexscan,indexonlyscan,bitmapscan}'::text[]) s;
			rows := rows + by_scan.n;
			violations := violations + (by_index IS DISTINCT FROM by_scan)::integer;
		END LOOP;
		DROP TABLE probed;
		RETURN NEXT;
	END LOOP;
END
$$;
INSERT INTO conditions
SELECT type, 'order', format('v %s %L', op, v)
FROM (SELECT 'device_addr', id, v::text FROM device_addr_values
	  UNION ALL SELECT 'part_addr', id, v::text FROM part_addr_values
	  UNION ALL SELECT 'alarm_state', id, v::text FROM alarm_state_values) t (type, id, v),
	 unnest('{<,<=,=,>=,>}'::text[]) op
WHERE id % 400 = 1;
INSERT INTO conditions
SELECT type, 'equality', condition FROM conditions
WHERE name = 'order' AND condition LIKE 'v = %';
SELECT * FROM pg_temp.check_index('order', 'btree (v)');
SELECT * FROM pg_temp.check_index('equality', 'hash (v)');
SELECT * FROM pg_temp.check_index('order', 'brin (v) WITH (pages_per_range = 2)');
SELECT * FROM pg_temp.check_index('order',
	'brin (v fireiot.TYPE_minmax_multi_ops (values_per_range = 16)) WITH (pages_per_range = 2)');

-- GIN over the bits of alarm states.
INSERT INTO conditions
SELECT 'alarm_state', 'sets', format('v %s %L', op, v)
FROM alarm_state_values, unnest('{@>,&&}'::text[]) op WHERE id % 100 = 1
UNION
SELECT 'alarm_state', 'sets', format('v %s %L', op, alarm_state(kind, 0))
FROM kinds, unnest('{@>,&&}'::text[]) op
UNION
SELECT DISTINCT 'alarm_state', 'sets', format('v ? %L', key)
FROM alarm_state_values, unnest(state_keys(v)) key;
INSERT INTO conditions VALUES
('alarm_state', 'sets', $$v @> 'component{fire}' AND v && 'component{feedback,started}' AND v ? 'fault'$$),
('alarm_state', 'sets', $$v @> 'component{fire}' OR v @> 'system{fire,fault}'$$),
('alarm_state', 'sets', $$v @> 'system{}' AND v ? 'fire'$$),
('alarm_state', 'sets', $$v @> 'device{}' AND v @> 'operation{}'$$),
('alarm_state', 'sets', $$v @> 'device{}' OR v ? 'bit7'$$),
('alarm_state', 'sets', $$v ? 'bit7' AND v ? 'fire'$$),
('alarm_state', 'sets', $$v ? 'bit1'$$);
SELECT * FROM pg_temp.check_index('sets', 'gin (v)');
SELECT * FROM pg_temp.check_index('sets', 'gin (v) WITH (fastupdate = off)');

-- A primary key over all three; hash partitions.
CREATE TEMP TABLE every_key (d device_addr, p part_addr, s alarm_state, PRIMARY KEY (d, p, s));
INSERT INTO every_key
SELECT d, p, s FROM every_type UNION ALL SELECT d, p, s FROM every_type_back
ON CONFLICT DO NOTHING;
SELECT count(*) = (SELECT count(DISTINCT (d, p, s)) FROM every_type) AS all_different FROM every_key;
CREATE TEMP TABLE hashed (d device_addr, p part_addr, s alarm_state) PARTITION BY HASH (d, p, s);
CREATE TEMP TABLE hashed0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE hashed1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashed SELECT d, p, s FROM every_type;
SELECT count(*) BETWEEN 2700 AND 3300 AS about_half FROM hashed0;

-- The types are small and passed by value.
SELECT typname, typlen, typbyval, typalign, typstorage FROM pg_type
WHERE oid IN (SELECT type::regtype FROM types)
ORDER BY typname;
-- The operator classes are whole.
SELECT amname, opcname, opcdefault, amvalidate(o.oid)
FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype IN (SELECT type::regtype FROM types)
ORDER BY amname, opcname;

-- Functions are immutable, strict and parallel safe; those that cannot raise
-- whatever they are given are leakproof.
CREATE TEMP VIEW type_function AS
SELECT * FROM pg_proc
WHERE pronamespace = 'fireiot'::regnamespace
	  AND prosrc ~ '^(device_addr|part_addr|alarm_state)_';
SELECT count(*) FROM type_function;
SELECT proname FROM type_function
WHERE provolatile <> 'i' OR NOT proisstrict OR proparallel <> 's'
ORDER BY proname;
SELECT proname FROM type_function WHERE proleakproof ORDER BY proname;
-- Operators name what turns them round, and how many rows to expect.
CREATE TEMP VIEW type_operator AS
SELECT * FROM pg_operator
WHERE oprnamespace = 'fireiot'::regnamespace AND oprleft IN (SELECT type::regtype FROM types);
SELECT oprname, count(*) FROM type_operator GROUP BY oprname ORDER BY oprname COLLATE "C";
SELECT oprname, oprleft::regtype FROM type_operator
WHERE oprcom = 0 AND oprleft = oprright AND oprname <> '-'
	  OR oprresult = 'boolean'::regtype AND (oprrest = 0 OR oprjoin = 0)
	  OR oprname ~ '^[<>=]+$' AND oprnegate = 0
	  OR oprname = '=' AND NOT (oprcanhash AND oprcanmerge)
ORDER BY oprname, oprleft::regtype::text;
-- Every object has a comment.
SELECT oid::regprocedure FROM type_function WHERE obj_description(oid, 'pg_proc') IS NULL
ORDER BY 1;
SELECT oid::regoperator FROM type_operator WHERE obj_description(oid, 'pg_operator') IS NULL
ORDER BY 1;
SELECT opcname FROM pg_opclass
WHERE opcintype IN (SELECT type::regtype FROM types) AND obj_description(oid, 'pg_opclass') IS NULL
ORDER BY 1;
SELECT type FROM types WHERE obj_description(type::regtype, 'pg_type') IS NULL ORDER BY 1;
