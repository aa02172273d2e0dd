-- The chain: docs/ledger.md.

-- What there is to seal and to verify: ledger tables' partitions, or tables
-- that have none.
CREATE OR REPLACE VIEW fireiot.ledger_relation AS
SELECT t.id AS table_id, t.name AS table_name, c.oid AS relation,
	pg_catalog.format('%I.%I', n.nspname, c.relname) AS partition
FROM fireiot.ledger_table AS t
CROSS JOIN LATERAL (
	SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(t.name)) AS p WHERE p.isleaf
	UNION
	SELECT c.oid FROM pg_catalog.pg_class AS c
	WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(t.name)
		AND c.relkind OPERATOR(pg_catalog.=) 'r') AS leaf
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) leaf.relid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace;
COMMENT ON VIEW fireiot.ledger_relation IS
'The partitions of ledger tables, and ledger tables that have none';

CREATE OR REPLACE FUNCTION fireiot.seal()
RETURNS bigint
AS 'MODULE_PATHNAME', 'ledger_seal'
LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off;
COMMENT ON FUNCTION fireiot.seal() IS
'Seals the rows that have been committed since the last block into another one; returns its number, null when there were none';

CREATE OR REPLACE FUNCTION fireiot.merkle_root(hashes bytea[], algorithm text)
RETURNS bytea
AS 'MODULE_PATHNAME', 'ledger_merkle_root'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.merkle_root(bytea[], text) IS
'Root of the Merkle tree (RFC 6962) over hashes, in their order, by sha256 or sm3';

-- A restored database seals all its rows again, so the last incarnation has
-- all that there are.
CREATE OR REPLACE FUNCTION fireiot.ledger_partition(
	partition text,
	OUT sealed bigint, OUT unsealed bigint, OUT root bytea, OUT first_block bigint, OUT last_block bigint)
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	there bigint := 0;
BEGIN
	SELECT coalesce(sum(p.rows), 0), min(p.block), max(p.block),
		fireiot.merkle_root(array_agg(p.root ORDER BY p.block, p.part), max(b.algorithm))
	INTO sealed, first_block, last_block, root
	FROM fireiot.ledger_block_part AS p JOIN fireiot.ledger_block AS b ON b.n = p.block
	WHERE p.partition = ledger_partition.partition
		AND p.block >= (SELECT max(i.first_block) FROM fireiot.ledger_incarnation AS i);
	IF to_regclass(partition) IS NOT NULL THEN
		EXECUTE format('SELECT count(*) FROM %s', to_regclass(partition)) INTO there;
	END IF;
	unsealed := abs(there - sealed);
END
$$;
COMMENT ON FUNCTION fireiot.ledger_partition(text) IS
'How many rows of a partition are sealed, how many are not (or are sealed and not there), and the root over its parts of the chain''s blocks';

CREATE OR REPLACE FUNCTION fireiot.verify_ledger(
	from_block bigint DEFAULT NULL, to_block bigint DEFAULT NULL,
	OUT kind text, OUT table_name text, OUT row_id bigint, OUT block bigint, OUT detail text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'ledger_verify'
LANGUAGE C VOLATILE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_indexscan = off
SET enable_indexonlyscan = off
SET enable_bitmapscan = off
SET enable_nestloop = off
SET max_parallel_workers_per_gather = 0
SET jit = off;
COMMENT ON FUNCTION fireiot.verify_ledger(bigint, bigint) IS
'Reads all rows of the given blocks (by default of all), and returns what does not agree with the chain';

CREATE OR REPLACE FUNCTION fireiot.ledger_pieces(
	pieces integer, OUT piece integer, OUT from_block bigint, OUT to_block bigint)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (row_number() OVER w)::integer, CASE WHEN row_number() OVER w > 1 THEN first END,
		lead(first) OVER w - 1
	FROM (
		SELECT min(n) AS first
		FROM (
			SELECT b.n, width_bucket(
				(sum(b.rows) OVER (ORDER BY b.n) - b.rows)::double precision, 0, sum(b.rows) OVER () + 1,
				greatest(pieces, 1)) AS bucket
			FROM fireiot.ledger_block AS b) AS b
		GROUP BY bucket) AS p
	WINDOW w AS (ORDER BY first)
	ORDER BY first
$$;
COMMENT ON FUNCTION fireiot.ledger_pieces(integer) IS
'Ranges of blocks with about as many rows each, for verify_ledger() in several sessions at once; null: from the first block, up to the last';

CREATE OR REPLACE FUNCTION fireiot.verify_progress_numbers(
	OUT pid integer, OUT datid oid, OUT phase text, OUT relid oid,
	OUT blocks_total bigint, OUT blocks_done bigint, OUT relations_total bigint, OUT relations_done bigint,
	OUT rows_total bigint, OUT rows_done bigint, OUT from_block bigint, OUT to_block bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'ledger_verify_progress'
LANGUAGE C STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.verify_progress_numbers() IS
'What fireiot.verify_progress shows';

-- In the manner of pg_stat_progress_vacuum.
CREATE OR REPLACE VIEW fireiot.verify_progress AS
SELECT p.pid, p.datid, d.datname, p.relid,
	CASE WHEN d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
		THEN p.relid::pg_catalog.regclass::pg_catalog.text END AS relation,
	p.phase, p.from_block, p.to_block, p.blocks_total, p.blocks_done,
	p.relations_total, p.relations_done, p.rows_total, p.rows_done
FROM fireiot.verify_progress_numbers() AS p
LEFT JOIN pg_catalog.pg_database AS d ON d.oid OPERATOR(pg_catalog.=) p.datid;
COMMENT ON VIEW fireiot.verify_progress IS
'Sessions in which verify_ledger() runs, and how far it is';

CREATE OR REPLACE FUNCTION fireiot.prove(table_name regclass, id bigint)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'ledger_prove'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off;
COMMENT ON FUNCTION fireiot.prove(regclass, bigint) IS
'Proof that a sealed row is in the chain, which test/verify_proof.sh checks';

CREATE OR REPLACE FUNCTION fireiot.checkpoint()
RETURNS text
AS 'MODULE_PATHNAME', 'ledger_checkpoint'
LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off;
COMMENT ON FUNCTION fireiot.checkpoint() IS
'Signs the chain as it is, with the key of fireiot.checkpoint_key_file; stores the note, writes it to fireiot.checkpoint_directory, and returns it; null when there is no block';

-- Exports: docs/ledger.md, "Exported records".
CREATE OR REPLACE FUNCTION fireiot.export_note(lines text[], about text)
RETURNS text
AS 'MODULE_PATHNAME', 'ledger_export_note'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off;
COMMENT ON FUNCTION fireiot.export_note(text[], text) IS
'What stands over exported records: how many, their digest, what they are; signed with the key of fireiot.checkpoint_key_file if there is one';

-- A checkpoint that covers all blocks, when there can be one.
CREATE OR REPLACE FUNCTION fireiot.export_checkpoint()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF fireiot.setting('checkpoint_key_file') IS NOT NULL AND NOT pg_is_in_recovery()
		AND (SELECT max(n) FROM fireiot.ledger_block)
			>= (SELECT coalesce(max(size), 0) FROM fireiot.ledger_checkpoint) THEN
		PERFORM fireiot.checkpoint();
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.export_checkpoint() IS
'Signs a checkpoint when blocks have come since the last one and there is a key';

-- The rows of a partition are read once, whatever indexes it has.
CREATE OR REPLACE FUNCTION fireiot.export_lines(tables text[], ids bigint[], OUT lines jsonb[], OUT checkpoint text)
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
DECLARE
	batch record;
	more jsonb[];
BEGIN
	lines := '{}';
	FOR batch IN
		WITH proven AS MATERIALIZED (
			SELECT DISTINCT ON (a.name, a.id) fireiot.prove(a.name::regclass, a.id) AS proof
			FROM unnest(tables, ids) AS a (name, id))
		SELECT b.partition, array_agg(p.proof) AS proofs
		FROM proven AS p
		JOIN fireiot.ledger_block_part AS b ON b.block = (p.proof ->> 'block_index')::bigint
			AND b.part = (p.proof ->> 'part_index')::integer
		GROUP BY b.partition ORDER BY b.partition
	LOOP
		EXECUTE format($query$
			SELECT array_agg(jsonb_build_object('row', to_jsonb(t.*) - 'tx', 'proof', p.proof - 'checkpoint') ORDER BY t.id)
			FROM unnest($1) AS p (proof) JOIN %s AS t ON t.id = (p.proof ->> 'id')::bigint
		$query$, batch.partition) INTO more USING batch.proofs;
		lines := lines || more;
		checkpoint := batch.proofs[1] ->> 'checkpoint';
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.export_lines(text[], bigint[]) IS
'Rows with their proofs, and the checkpoint to which these lead';

CREATE OR REPLACE FUNCTION fireiot.export_file(tables text[], ids bigint[], about text)
RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	exported record;
BEGIN
	IF cardinality(ids) = 0 THEN
		RAISE EXCEPTION 'there is no record to export: %', about
			USING ERRCODE = 'no_data_found',
				HINT = 'A new row is sealed within fireiot.seal_interval, or by fireiot.seal().';
	END IF;
	PERFORM fireiot.export_checkpoint();
	exported := fireiot.export_lines(tables, ids);
	RETURN NEXT jsonb_build_object(
		'note', fireiot.export_note(exported.lines::text[], about), 'checkpoint', exported.checkpoint);
	RETURN QUERY SELECT * FROM unnest(exported.lines);
END
$$;
COMMENT ON FUNCTION fireiot.export_file(text[], bigint[], text) IS
'The lines of an export: what it is, then a record each';

CREATE OR REPLACE FUNCTION fireiot.export_records("table" regclass, ids bigint[])
RETURNS SETOF jsonb
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT fireiot.export_file(array_fill("table"::text, ARRAY[cardinality(ids)]), ids,
		format('rows of %s by id', "table"))
$$;
COMMENT ON FUNCTION fireiot.export_records(regclass, bigint[]) IS
'Sealed rows of a table with their proofs, a line each, which test/verify_proof.sh checks';

CREATE OR REPLACE FUNCTION fireiot.export_records(device fireiot.device_addr, from_at timestamptz, to_at timestamptz)
RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
DECLARE
	records text;
	found bigint[];
	tables text[] := '{}';
	ids bigint[] := '{}';
BEGIN
	FOR records IN
		SELECT format('fireiot.%I', t.name)
		FROM fireiot.record_table AS t
		JOIN pg_attribute AS a ON a.attrelid = to_regclass(format('fireiot.%I', t.name))
			AND a.attname = 'device' AND NOT a.attisdropped AND a.atttypid = 'fireiot.device_addr'::regtype
		ORDER BY t.name
	LOOP
		EXECUTE format('SELECT coalesce(array_agg(t.id ORDER BY t.id), ARRAY[]::bigint[]) FROM %s AS t
			WHERE t.device OPERATOR(fireiot.=) $1 AND t.received_at >= $2 AND t.received_at < $3', records)
			INTO found USING device, from_at, to_at;
		tables := tables || array_fill(records, ARRAY[cardinality(found)]);
		ids := ids || found;
	END LOOP;
	RETURN QUERY SELECT fireiot.export_file(tables, ids,
		format('all of device %s received from %s until before %s', device, from_at, to_at));
END
$$;
COMMENT ON FUNCTION fireiot.export_records(fireiot.device_addr, timestamptz, timestamptz) IS
'All records of a device that were received from one time until before another, with their proofs, a line each';

CREATE OR REPLACE FUNCTION fireiot.verify_against(
	checkpoint text, public_key text DEFAULT NULL, OUT valid boolean, OUT problem text)
AS 'MODULE_PATHNAME', 'ledger_verify_against'
LANGUAGE C STABLE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off;
COMMENT ON FUNCTION fireiot.verify_against(text, text) IS
'Does the chain of today extend that of a checkpoint, which was kept elsewhere?  With a public key (PEM) the signature is checked, too';

CREATE OR REPLACE FUNCTION fireiot.canonical_row("row" record, table_id uuid, version integer)
RETURNS bytea
AS 'MODULE_PATHNAME', 'ledger_canonical_row'
LANGUAGE C STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.canonical_row(record, uuid, integer) IS
'What is hashed of a row: its leaf is the digest of this. All columns but tx, as those of a version of fireiot.ledger_schema';
