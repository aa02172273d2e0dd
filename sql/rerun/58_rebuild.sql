-- What is so now, made again from the records: after a restore, which brings
-- the records only, or when somebody has changed the tables by hand.

CREATE OR REPLACE FUNCTION fireiot.record_partitions(
	records text, OUT partition regclass, OUT lower_bound timestamptz, OUT upper_bound timestamptz)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO'
AS $$
	SELECT c.oid::regclass,
		coalesce(substring(bound FROM $r$FROM \('([^']*)$r$)::timestamptz, '-infinity'),
		coalesce(substring(bound FROM $r$TO \('([^']*)$r$)::timestamptz, 'infinity')
	FROM pg_inherits AS i
	JOIN pg_class AS c ON c.oid = i.inhrelid, LATERAL pg_get_expr(c.relpartbound, c.oid) AS bound
	WHERE i.inhparent = format('fireiot.%I', records)::regclass
$$;
COMMENT ON FUNCTION fireiot.record_partitions(text) IS
'Partitions of a record table and the times that they hold';

-- The observations of one partition, later than all that was folded before.
-- Rows of one received_at are in the order of their transactions, and in one
-- transaction in that of their ids.
CREATE OR REPLACE FUNCTION fireiot.fold_parts(partition regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	EXECUTE format($fold$
		WITH said AS (
			SELECT o.device, coalesce(o.part, '0.0') AS part,
				CASE WHEN o.quantity IS NOT NULL THEN 3 ELSE
					CASE state_kind(o.state) WHEN 'system' THEN 1 WHEN 'component' THEN 2 WHEN 'device' THEN 21 END
				END AS kind,
				coalesce(o.quantity, -1) AS quantity, o.state, o.raw_value, o.value, o.text, o.observed_at,
				o.received_at, o.frame_id, o.tx, o.id, coalesce(o.raw_value, state_bits(o.state)) AS what
			FROM %s AS o
			WHERE coalesce(o.quantity IS NOT NULL OR state_kind(o.state) IN ('system', 'component', 'device'), false)
		), beside AS (
			SELECT s.*, lag(s.what) OVER w AS what_before
			FROM said AS s
			WINDOW w AS (PARTITION BY s.device, s.part, s.kind, s.quantity ORDER BY s.received_at, s.tx, s.id)
		), change AS (
			SELECT s.*, lead(true) OVER w IS NULL AS is_last
			FROM beside AS s
			WHERE s.what IS DISTINCT FROM s.what_before
			WINDOW w AS (PARTITION BY s.device, s.part, s.kind, s.quantity ORDER BY s.received_at, s.tx, s.id)
		)
		MERGE INTO pg_temp.fireiot_rebuilt_part AS n
		USING (SELECT * FROM change WHERE is_last) AS c
		ON n.device = c.device AND n.part = c.part AND n.kind = c.kind AND n.quantity = c.quantity
		WHEN MATCHED AND (c.what_before IS NOT NULL OR coalesce(n.raw_value, state_bits(n.state)) <> c.what) THEN
			UPDATE SET state = c.state, raw_value = c.raw_value, value = c.value, text = c.text,
				observed_at = c.observed_at, received_at = c.received_at, since = c.received_at, frame_id = c.frame_id
		WHEN NOT MATCHED THEN
			INSERT (device, part, kind, quantity, state, raw_value, value, text, observed_at, received_at, since, frame_id)
			VALUES (c.device, c.part, c.kind, c.quantity, c.state, c.raw_value, c.value, c.text, c.observed_at,
				c.received_at, c.received_at, c.frame_id)
	$fold$, partition);
END
$$;
COMMENT ON FUNCTION fireiot.fold_parts(regclass) IS
'Part of fireiot.rebuild_now: what the observations of one partition change';

CREATE OR REPLACE FUNCTION fireiot.rebuild_alarms()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	open_ids bigint[];
	gone bigint;
	changed bigint;
BEGIN
	LOCK TABLE fireiot.alarm_now IN SHARE ROW EXCLUSIVE MODE;
	open_ids := (SELECT array_agg(a.id) FROM fireiot.alarm AS a
		WHERE a.id NOT IN (SELECT l.alarm_id FROM (SELECT DISTINCT ON (s.alarm_id) s.alarm_id, s.step FROM fireiot.alarm_step AS s
			WHERE s.step IN ('closed', 'reopened') ORDER BY s.alarm_id, s.id DESC) AS l WHERE l.step = 'closed'));
	DELETE FROM fireiot.alarm_now AS n WHERE n.id <> ALL (coalesce(open_ids, '{}'));
	GET DIAGNOSTICS gone = ROW_COUNT;
	-- by hand a row may have got the place of another
	DELETE FROM fireiot.alarm_now AS n USING fireiot.fold_alarms(open_ids) AS f
	WHERE f.id = n.id AND (f.*) IS DISTINCT FROM (n.*);
	INSERT INTO fireiot.alarm_now SELECT f.* FROM fireiot.fold_alarms(open_ids) AS f ORDER BY f.id ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN gone + changed;
END
$$;
COMMENT ON FUNCTION fireiot.rebuild_alarms() IS
'Part of fireiot.rebuild_now: open cases, from alarms and their steps';

-- Partition by partition, so that what is sorted at a time is bounded.  Those
-- that are a day old get no more rows: they are read before the lock, behind
-- which listeners have to wait.
CREATE OR REPLACE FUNCTION fireiot.rebuild_now()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
SET lock_timeout = '10s'
AS $$
DECLARE
	records record;
	parts bigint;
	devices bigint;
BEGIN
	-- an older snapshot would not have what was written before the lock
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'fireiot.rebuild_now() cannot run in a transaction of isolation level "%"', current_setting('transaction_isolation')
			USING ERRCODE = 'active_sql_transaction',
				DETAIL = 'Its snapshot may be older than what a listener has stored.',
				HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED, or call it outside of a transaction block.';
	END IF;
	CREATE TEMP TABLE fireiot_rebuilt_part (LIKE fireiot.part_now INCLUDING INDEXES) ON COMMIT DROP;
	CREATE TEMP TABLE fireiot_rebuilt_device ON COMMIT DROP AS
	SELECT s.*, skewed.skew_ms, latest.peer
	FROM (SELECT f.device, min(f.received_at) AS first_seen, max(f.received_at) AS last_seen, count(*) AS frames
		  FROM fireiot.frame AS f WHERE NOT f.outgoing GROUP BY f.device) AS s
	LEFT JOIN LATERAL (SELECT f.skew_ms FROM fireiot.frame AS f
		WHERE f.device = s.device AND NOT f.outgoing AND f.skew_ms IS NOT NULL
		ORDER BY f.received_at DESC, f.id DESC LIMIT 1) AS skewed ON true
	LEFT JOIN LATERAL (SELECT f.peer FROM fireiot.frame AS f WHERE f.device = s.device AND NOT f.outgoing
		ORDER BY f.received_at DESC, f.id DESC LIMIT 1) AS latest ON true;

	FOR records IN SELECT * FROM fireiot.record_partitions('observation') ORDER BY lower_bound
	LOOP
		IF records.upper_bound > now() - interval '1 day' THEN
			LOCK TABLE fireiot.alarm_now, fireiot.deadline, fireiot.part_now IN SHARE ROW EXCLUSIVE MODE;
		END IF;
		PERFORM fireiot.fold_parts(records.partition);
	END LOOP;
	LOCK TABLE fireiot.alarm_now, fireiot.deadline, fireiot.part_now IN SHARE ROW EXCLUSIVE MODE;

	INSERT INTO fireiot.part_now AS n SELECT * FROM pg_temp.fireiot_rebuilt_part ORDER BY device, part, kind, quantity
	ON CONFLICT (device, part, kind, quantity) DO UPDATE
	SET state = excluded.state, raw_value = excluded.raw_value, value = excluded.value, operator = excluded.operator,
		text = excluded.text, observed_at = excluded.observed_at, received_at = excluded.received_at,
		since = excluded.since, frame_id = excluded.frame_id
	WHERE (n.*) IS DISTINCT FROM (excluded.*);
	GET DIAGNOSTICS parts = ROW_COUNT;

	-- in the order in which the listeners write them
	INSERT INTO fireiot.device_now AS n (device, first_seen, last_seen, skew_ms, frames, peer)
	SELECT device, first_seen, last_seen, skew_ms, frames, peer FROM pg_temp.fireiot_rebuilt_device ORDER BY device
	ON CONFLICT (device) DO UPDATE
	SET first_seen = least(n.first_seen, excluded.first_seen), last_seen = greatest(n.last_seen, excluded.last_seen),
		skew_ms = CASE WHEN n.last_seen > excluded.last_seen THEN n.skew_ms ELSE excluded.skew_ms END,
		peer = CASE WHEN n.last_seen > excluded.last_seen THEN n.peer ELSE excluded.peer END, changed_at = now()
	WHERE n.first_seen > excluded.first_seen OR n.last_seen < excluded.last_seen
		OR n.last_seen = excluded.last_seen AND (n.skew_ms, n.peer) IS DISTINCT FROM (excluded.skew_ms, excluded.peer);
	GET DIAGNOSTICS devices = ROW_COUNT;
	DROP TABLE pg_temp.fireiot_rebuilt_part, pg_temp.fireiot_rebuilt_device;
	RETURN parts + devices + fireiot.rebuild_alarms() + fireiot.rebuild_clocks();
END
$$;
COMMENT ON FUNCTION fireiot.rebuild_now() IS
'Makes fireiot.part_now, fireiot.device_now, fireiot.alarm_now and fireiot.deadline as the records say; returns how many rows were otherwise';
