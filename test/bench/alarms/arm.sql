-- What clocks and notices add to the opening of an alarm, in one statement: us.
-- Rows that go into the partition itself start no clocks.
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.open_alarms(records text, n integer) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
BEGIN
	EXECUTE format($insert$
		INSERT INTO %s (id, received_at, subject, unit_id, class, kind, origin, packs)
		SELECT nextval('fireiot.alarm_id'), now(), '', 1, 'fire', 'fire.detector', 'report', 'cqc-11002-2025/1,zj-db33-2023/1,operator-default/1,+control_room'
		FROM generate_series(1, %s)$insert$, records, n);
	RETURN extract(epoch FROM clock_timestamp() - began) * 1e6 / n;
END
$$;
BEGIN;
SELECT partition::text FROM fireiot.record_partitions('alarm') WHERE now() >= lower_bound AND now() < upper_bound \gset
SELECT pg_temp.open_alarms('fireiot.alarm', 100) AS warm, pg_temp.open_alarms(:'partition', 100) AS warm_too \gset
SELECT pg_temp.open_alarms('fireiot.alarm', :alarms) AS with_clocks \gset
SELECT pg_temp.open_alarms(:'partition', :alarms) AS without \gset
SELECT round((:with_clocks - :without)::numeric, 1);
ROLLBACK;
