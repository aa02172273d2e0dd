-- The chain: canonical forms, sealing, verification, proofs, checkpoints.
\set VERBOSITY terse
SET search_path = fireiot, public;

-- Golden vectors: the form of each type.  What stands in the expected file must
-- never change.
CREATE TEMP TABLE vector (
	id bigint, tx xid8, b boolean, i2 smallint, i4 integer, f float8, t text, v varchar(20), y bytea,
	u uuid, n numeric, j jsonb, a inet, at timestamptz, d date, device device_addr, part part_addr,
	state alarm_state, place geometry(Point, 4326));
INSERT INTO vector VALUES
	(1, '99', true, 1, 2, 1.5, 'text', 'varchar', '\x00ff', '00112233-4455-6677-8899-aabbccddeeff',
	 12.50, '{"b": [1, 2.0, null], "a": "x"}', '10.1.2.3', '2026-01-02 03:04:05.678901+08', '2026-01-02',
	 '00000000002a', '1.1/40.131082', 'component{fire}', ST_SetSRID(ST_MakePoint(120.5, 30.25), 4326)),
	(-2, NULL, false, -1, -2, '-0', '消防', '', '', NULL, -0.001, '"x"', '2001:db8::1/64', '-infinity', 'infinity',
	 'ffffffffffff', '0.0', NULL, NULL),
	(3, NULL, NULL, NULL, NULL, 'NaN', NULL, NULL, NULL, NULL, 'NaN', NULL, NULL, 'infinity', NULL, NULL, NULL, NULL, NULL);

CREATE TEMP VIEW form AS
SELECT id, canonical_row(vector, '00112233-4455-6677-8899-aabbccddeeff', 1) AS form FROM vector;
SELECT id, encode(form, 'hex') AS form FROM form ORDER BY id;
SELECT id, encode(sha256(form), 'hex') AS leaf FROM form ORDER BY id;

-- No setting of a session changes it, nor does the way in which a value lies.
CREATE TEMP TABLE before AS SELECT * FROM form;
SET timezone = 'America/New_York';
SET datestyle = 'German';
SET extra_float_digits = -5;
SET bytea_output = 'escape';
SET client_encoding = 'GB18030';
SELECT count(*) AS differ FROM before JOIN form USING (id) WHERE before.form <> form.form;
RESET client_encoding;
RESET bytea_output;
RESET extra_float_digits;
RESET datestyle;
RESET timezone;
CREATE TEMP TABLE long (id bigint, t text);
INSERT INTO long VALUES (1, repeat('消防', 100000));
SELECT length(canonical_row(long, '00112233-4455-6677-8899-aabbccddeeff', 7)) AS length FROM long;
SELECT canonical_row(r, '00112233-4455-6677-8899-aabbccddeeff', 1) FROM (SELECT 1::bigint AS id, ARRAY[1] AS many) AS r;
SELECT canonical_row(r, '00112233-4455-6677-8899-aabbccddeeff', 1) FROM (SELECT '1 day'::interval AS span) AS r;

-- Sealing.
CREATE TABLE public.visit (id bigint NOT NULL, tx xid8, at timestamptz, what text);
SELECT make_ledger('public.visit');
SELECT seal() IS NOT NULL AS sealed;
SELECT seal() IS NOT NULL AS sealed;
INSERT INTO public.visit (id, at, what) VALUES (3, now(), 'three'), (1, now(), 'one'), (2, NULL, NULL);
SELECT n AS before FROM ledger_block ORDER BY n DESC LIMIT 1 \gset
SELECT seal() - :before AS block;
SELECT block - :before AS block, partition, version, first_id, last_id, rows FROM ledger_block_part WHERE block > :before;
SELECT columns FROM ledger_schema WHERE table_id = (SELECT id FROM ledger_table WHERE name = 'public.visit');

-- A leaf can be computed by hand; of three, the root is H(1 | H(1 | a | b) | c).
WITH leaf AS (
	SELECT v.id, sha256(canonical_row(v, t.id, 1)) AS hash
	FROM public.visit AS v, ledger_table AS t WHERE t.name = 'public.visit'
)
SELECT p.root = sha256('\x01' || sha256('\x01' || a.hash || b.hash) || c.hash) AS same
FROM ledger_block_part AS p, leaf AS a, leaf AS b, leaf AS c
WHERE p.partition = 'public.visit' AND a.id = 1 AND b.id = 2 AND c.id = 3;

-- One transaction, one snapshot: sealing wants its own.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT seal();
ROLLBACK;
BEGIN;
INSERT INTO public.visit (id) VALUES (4);
SELECT seal();
ROLLBACK;
BEGIN READ ONLY;
SELECT seal();
ROLLBACK;

-- A block that was rolled back is no block, and its rows are sealed again.
INSERT INTO public.visit (id) VALUES (5);
BEGIN;
SELECT seal() - :before AS block;
ROLLBACK;
SELECT seal() - :before AS block;

-- A column that comes later makes another version; old leaves stay.
ALTER TABLE public.visit ADD COLUMN more integer DEFAULT 7;
INSERT INTO public.visit (id, more) VALUES (6, 8);
SELECT seal() - :before AS block;
SELECT version, columns FROM ledger_schema
WHERE table_id = (SELECT id FROM ledger_table WHERE name = 'public.visit') ORDER BY version;
SELECT block - :before AS block, version FROM ledger_block_part WHERE partition = 'public.visit' ORDER BY block;

-- Everything that this database has sealed agrees with its rows.
SELECT * FROM verify_ledger();
SELECT * FROM verify_ledger(:before + 1, :before + 2);
INSERT INTO public.visit (id) VALUES (7);
SELECT * FROM verify_ledger();

-- Proofs.
SELECT p ->> 'table' AS "table", p ->> 'id' AS id, p ->> 'row_index' AS "index", p ->> 'row_count' AS count,
	jsonb_array_length(p -> 'row_path') AS path, p ->> 'algorithm' AS algorithm, p ->> 'checkpoint' AS checkpoint,
	decode(p ->> 'row', 'hex') = canonical_row(r, t.id, 1) AS same
FROM prove('public.visit', 2) AS p, ledger_table AS t, (SELECT id, at, what FROM public.visit WHERE id = 2) AS r
WHERE t.name = 'public.visit';
SELECT prove('public.visit', 7);
SELECT prove('public.visit', 99);
SELECT prove('vector', 1);

-- Checkpoints want a key.
SELECT checkpoint();
SELECT verify_against('no checkpoint');
SELECT verify_against(E'fireiot/1/2\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nalgorithm sha256\n');
SELECT verify_against(E'fireiot/1/2\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nalgorithm sha256\n', 'no key');

-- Pieces follow each other from the first block to the last.
SELECT p.piece, p.from_block IS NULL AS first, p.to_block IS NULL AS last, p.from_block = lag(p.to_block) OVER (ORDER BY p.piece) + 1 AS behind
FROM ledger_pieces(2) AS p ORDER BY 1;
SELECT count(*) FROM ledger_pieces(1000000) AS p, ledger_block AS b WHERE b.n BETWEEN coalesce(p.from_block, 0) AND coalesce(p.to_block, b.n)
HAVING count(*) <> (SELECT count(*) FROM ledger_block);
SELECT (p).* FROM (SELECT ledger_pieces(0) AS p) AS p;
SELECT count(*) FROM verify_progress;

-- Exported records.
SELECT line -> 'row' ->> 'id' AS id, line -> 'proof' ->> 'id' AS proven, line ? 'note' AS head,
	split_part(line ->> 'note', E'\n', 2) AS records, split_part(line ->> 'note', E'\n', 5) AS of
FROM export_records('public.visit', '{2,1,2}') WITH ORDINALITY AS e (line, n) ORDER BY n;
