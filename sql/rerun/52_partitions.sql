-- Partitions of the record tables.

CREATE OR REPLACE FUNCTION fireiot.record_access_method()
RETURNS name
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT 'fireiot_ledger'::pg_catalog.name $$;
COMMENT ON FUNCTION fireiot.record_access_method() IS
'Table access method of the partitions of record tables';

-- A setting of fireiot as it is in force.  The call of a C function loads the
-- library, which throws out what a session has made up before.
CREATE OR REPLACE FUNCTION fireiot.setting(name text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.device_addr(0::bigint);
	RETURN nullif(current_setting('fireiot.' || setting.name, true), '');
END
$$;
COMMENT ON FUNCTION fireiot.setting(text) IS
'Value of the setting fireiot.NAME; null when there is none';

CREATE OR REPLACE FUNCTION fireiot.missing_partitions(
	records text, from_at timestamptz, to_at timestamptz,
	OUT partition_name text, OUT lower_bound timestamptz, OUT upper_bound timestamptz)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO'
AS $$
	WITH zone AS (
		SELECT fireiot.setting('time_zone') AS zone
	), wanted AS (
		SELECT tstzrange(starts AT TIME ZONE zone, (starts + step) AT TIME ZONE zone) AS span
		FROM zone, fireiot.record_table AS t,
			CAST('1 ' || t.period AS interval) AS step,
			generate_series(date_trunc(t.period, from_at AT TIME ZONE zone), to_at AT TIME ZONE zone, step) AS starts
		WHERE t.name = records
	), there AS (
		SELECT pg_get_expr(c.relpartbound, c.oid) AS bound
		FROM pg_inherits AS i
		JOIN pg_class AS c ON c.oid = i.inhrelid
		WHERE i.inhparent = format('fireiot.%I', records)::regclass
	), taken AS (
		SELECT range_agg(tstzrange(substring(bound FROM $r$FROM \('([^']*)$r$)::timestamptz,
								   substring(bound FROM $r$TO \('([^']*)$r$)::timestamptz)) AS spans
		FROM there
		WHERE bound LIKE 'FOR VALUES%'
	)
	-- a rest of a day or month has the time in its name
	SELECT format('%s_%s', records, to_char(lower(gap) AT TIME ZONE zone,
				CASE WHEN gap = span THEN 'YYYYMMDD' ELSE 'YYYYMMDD_HH24MISS' END)),
		lower(gap), upper(gap)
	FROM zone, wanted, taken, unnest(tstzmultirange(span) - coalesce(spans, '{}')) AS gap
	ORDER BY lower(gap)
$$;
COMMENT ON FUNCTION fireiot.missing_partitions(text, timestamptz, timestamptz) IS
'Spans of time for which a record table has no partition, cut at days or months';

CREATE OR REPLACE FUNCTION fireiot.make_partition(
	records text, partition_name text, lower_bound timestamptz, upper_bound timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO'
AS $$
DECLARE
	key_columns text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY n)
						 FROM fireiot.record_table AS t, unnest(t.key_columns) WITH ORDINALITY AS k (c, n)
						 WHERE t.name = records);
	more_index text := (SELECT t.more_index FROM fireiot.record_table AS t WHERE t.name = records);
BEGIN
	IF to_regclass(format('fireiot.%I', partition_name)) IS NOT NULL THEN
		RAISE EXCEPTION 'relation "fireiot.%" is no partition of "fireiot.%"', partition_name, records
			USING ERRCODE = 'duplicate_table',
				DETAIL = 'The partition that is to be made would have its name.',
				HINT = format('Attach it (ALTER TABLE fireiot.%I ATTACH PARTITION fireiot.%I FOR VALUES FROM (%L) TO (%L)), or rename it (ALTER TABLE fireiot.%I RENAME TO %I).',
							  records, partition_name, lower_bound, upper_bound, partition_name, partition_name || '_old');
	END IF;
	-- To attach a table is a lighter lock than to make it a partition.
	EXECUTE format('CREATE TABLE fireiot.%I (LIKE fireiot.%I, PRIMARY KEY (%s)) USING %I
			WITH (autovacuum_freeze_min_age = 0, autovacuum_vacuum_insert_scale_factor = 0,
				  autovacuum_vacuum_insert_threshold = 500000)',
		partition_name, records, key_columns, fireiot.record_access_method());
	EXECUTE format('CREATE INDEX ON fireiot.%I USING brin (received_at, tx fireiot.xid8_minmax_ops)
			WITH (pages_per_range = 32, autosummarize)', partition_name);
	IF more_index IS NOT NULL THEN
		EXECUTE format('CREATE INDEX ON fireiot.%I %s', partition_name, more_index);
	END IF;
	EXECUTE format('ALTER TABLE fireiot.%I ATTACH PARTITION fireiot.%I FOR VALUES FROM (%L) TO (%L)',
		records, partition_name, lower_bound, upper_bound);
	-- Made by the script of an update it would be the extension's, and not be
	-- dumped.
	IF EXISTS (SELECT FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_class'::regclass
			   AND objid = format('fireiot.%I', partition_name)::regclass) THEN
		EXECUTE format('ALTER EXTENSION fireiot DROP TABLE fireiot.%I', partition_name);
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.make_partition(text, text, timestamptz, timestamptz) IS
'Makes one partition of a record table';

CREATE OR REPLACE FUNCTION fireiot.make_partitions_of(
	records text, from_at timestamptz, to_at timestamptz)
RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing record;
	made integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot.missing_partitions(records, from_at, to_at)) THEN
		RETURN 0;
	END IF;
	-- a record table of the site's own: without this its rows were never sealed
	IF NOT EXISTS (SELECT FROM fireiot.ledger_table AS t WHERE t.name = format('fireiot.%I', records)) THEN
		PERFORM fireiot.make_ledger(format('fireiot.%I', records)::regclass);
	END IF;
	EXECUTE format('LOCK TABLE ONLY fireiot.%I IN SHARE UPDATE EXCLUSIVE MODE', records);
	FOR missing IN SELECT * FROM fireiot.missing_partitions(records, from_at, to_at)
	LOOP
		PERFORM fireiot.make_partition(records, missing.partition_name, missing.lower_bound, missing.upper_bound);
		made := made + 1;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION fireiot.make_partitions_of(text, timestamptz, timestamptz) IS
'Makes the partitions that one record table lacks between two times; returns how many';

CREATE OR REPLACE FUNCTION fireiot.make_partitions(
	ahead interval DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now())
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
	span interval := coalesce(ahead, make_interval(days => coalesce(fireiot.setting('partitions_ahead'), '7')::integer));
	-- late frames, and clocks that are set back
	from_at timestamptz := at - interval '1 day';
	to_at timestamptz := at + span;
	records text;
	made integer := 0;
BEGIN
	IF (span BETWEEN interval '0' AND interval '400 days' AND isfinite(at)) IS NOT TRUE THEN
		RAISE EXCEPTION 'partitions cannot be made % ahead of %', span, coalesce(at::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Give ahead as an interval of 0 to 400 days, and at as a time.';
	END IF;
	FOR records IN SELECT name FROM fireiot.record_table ORDER BY name
	LOOP
		made := made + fireiot.make_partitions_of(records, from_at, to_at);
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION fireiot.make_partitions(interval, timestamptz) IS
'Makes the partitions that record tables lack, from the day before to the given time ahead (by default fireiot.partitions_ahead days); returns how many';
