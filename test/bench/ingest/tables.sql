-- tables.sql
--
-- One partition of each table for as long as a run can take, made as the
-- listener makes them; in schema peer empty copies of tables, partitions and
-- indexes.

CREATE SCHEMA bench;
CREATE SCHEMA peer;

CREATE FUNCTION bench.make_partition(records text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	old regclass;
BEGIN
	FOR old IN SELECT inhrelid FROM pg_inherits WHERE inhparent = format('fireiot.%I', records)::regclass
	LOOP
		EXECUTE format('DROP TABLE %s', old);
	END LOOP;
	PERFORM fireiot.make_partition(records, records || '_bench',
		now() - interval '30 days', now() + interval '30 days');
END
$$;

-- LIKE takes over everything but access method and storage parameters.
CREATE FUNCTION bench.make_peer(records text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	original regclass := format('fireiot.%I', records || '_bench')::regclass;
BEGIN
	EXECUTE format('DROP TABLE IF EXISTS peer.%I', records);
	EXECUTE format('CREATE TABLE peer.%1$I (LIKE fireiot.%1$I) PARTITION BY RANGE (received_at)', records);
	EXECUTE (SELECT format('CREATE TABLE peer.%I (LIKE %s INCLUDING ALL) USING %I WITH (%s)',
				records || '_bench', original, a.amname, array_to_string(c.reloptions, ', '))
			 FROM pg_class AS c JOIN pg_am AS a ON a.oid = c.relam WHERE c.oid = original);
	EXECUTE format('ALTER TABLE peer.%I ATTACH PARTITION peer.%I FOR VALUES FROM (%L) TO (%L)',
		records, records || '_bench', now() - interval '30 days', now() + interval '30 days');
END
$$;

BEGIN;
SELECT bench.make_partition('frame'), bench.make_partition('observation');
SELECT bench.make_peer('frame'), bench.make_peer('observation');
COMMIT;
