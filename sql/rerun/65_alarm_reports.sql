-- Alarms that no frame brings: reports from elsewhere, and what was missed.

CREATE OR REPLACE FUNCTION fireiot.report_event(
	kind text, device fireiot.device_addr DEFAULT NULL, part fireiot.part_addr DEFAULT NULL, unit_id bigint DEFAULT NULL,
	subject text DEFAULT NULL, occurred_at timestamptz DEFAULT NULL, source text DEFAULT NULL, camera text DEFAULT NULL,
	confidence numeric DEFAULT NULL, picture_digest bytea DEFAULT NULL, detail jsonb DEFAULT NULL,
	cleared boolean DEFAULT false, actor text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	of_class text := (SELECT k.class FROM fireiot.alarm_kind AS k WHERE k.kind = report_event.kind);
	of_device fireiot.device_addr := coalesce(report_event.device, '000000000000');
	of_part fireiot.part_addr := coalesce(report_event.part, '0.0');
	about text := coalesce(report_event.subject, 'camera ' || report_event.camera,
		CASE WHEN report_event.device IS NOT NULL THEN '' ELSE 'unit ' || report_event.unit_id END);
	told jsonb := nullif(jsonb_strip_nulls(coalesce(report_event.detail, '{}') || jsonb_build_object('source', source, 'camera', camera,
		'confidence', confidence, 'picture_digest', encode(picture_digest, 'hex'), 'reported_by', coalesce(actor, fireiot.session_login()))), '{}');
	one fireiot.alarm_signal;
BEGIN
	IF of_class IS NULL OR about IS NULL OR (confidence BETWEEN 0 AND 1) IS FALSE THEN
		RAISE EXCEPTION 'a report of kind "%" cannot be taken', coalesce(kind, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE WHEN of_class IS NULL THEN 'There is no such kind of alarm.'
					WHEN about IS NULL THEN 'It says neither device, unit, camera nor subject.' ELSE 'Its confidence is not between 0 and 1.' END,
				HINT = CASE WHEN of_class IS NULL THEN 'SELECT kind, class, name_en FROM fireiot.alarm_kind lists them; a site may add rows.'
					WHEN about IS NULL THEN 'Give one of them.' ELSE 'Give it as a part of one, or not at all.' END;
	END IF;
	one := (1, of_device, of_part, about, of_class, report_event.kind, 'report', NOT cleared, clock_timestamp(), report_event.occurred_at, NULL,
		NULL, NULL, NULL, NULL, report_event.unit_id, coalesce(actor, fireiot.session_login()), told);
	PERFORM fireiot.alarm_records_ready(one.received_at);
	PERFORM fireiot.apply_signals(ARRAY[one]);
	RETURN (SELECT n.id FROM fireiot.alarm_now AS n
		WHERE n.device = of_device AND n.part = of_part AND n.subject = about AND (n.class = of_class OR cleared AND n.opened_as = of_class)
		ORDER BY n.class <> of_class LIMIT 1);
END
$$;
COMMENT ON FUNCTION fireiot.report_event(text, fireiot.device_addr, fireiot.part_addr, bigint, text, timestamptz, text, text, numeric, bytea, jsonb, boolean, text) IS
'Takes what comes from elsewhere (video analysis, NB-IoT, telephone, patrol): opens a case or adds to the open one, and returns its id. cleared: it is over; null when there is no case then';

-- States whose bits say alarm, and no case was opened since they did; cases
-- that are not over, and no bit says so any more; values beyond their limits
-- without a case.
CREATE OR REPLACE FUNCTION fireiot.missed_signals()
RETURNS SETOF fireiot.alarm_signal
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, fireiot, pg_temp
SET enable_hashjoin = on
AS $$
	WITH field AS MATERIALIZED (
		SELECT state_kind, word, class, bit_or(1 << bit) AS mask, array_agg(bit ORDER BY bit) AS bits, array_agg(kind ORDER BY bit) AS kinds
		FROM fireiot.alarm_bit WHERE state_kind NOT IN (4, 24) GROUP BY state_kind, word, class
	), silent AS (
		SELECT p.device, p.part, f.class, f.word, f.mask, f.bits, f.kinds, state_bits(p.state) AS now, p.received_at, p.frame_id, p.observed_at, p.kind
		FROM fireiot.part_now AS p
		JOIN field AS f ON f.state_kind = p.kind AND state_bits(p.state) & f.mask <> 0
		WHERE p.quantity < 0 AND NOT EXISTS (SELECT FROM fireiot.alarm_now AS a
			WHERE a.device = p.device AND a.part = p.part AND a.subject = '' AND f.class IN (a.class, a.opened_as))
	), begun AS (
		SELECT s.*, (SELECT max(o.received_at) FROM fireiot.observation AS o WHERE o.device = s.device AND o.received_at <= s.received_at
			AND coalesce(o.part, '0.0') = s.part AND state_kind(o.state) = s.word AND state_bits(o.state) & s.mask = 0) AS clear_at
		FROM silent AS s
	), beyond AS (
		SELECT p.device, p.part, p.quantity, v.*, p.raw_value, p.received_at, p.frame_id, p.observed_at
		FROM fireiot.part_now AS p,
			fireiot.signals_of_values(1, p.device, p.part, p.quantity, NULL, p.raw_value) AS v
		WHERE p.quantity >= 0 AND p.quantity IN (SELECT t.quantity FROM fireiot.threshold AS t WHERE t.enabled) AND v.rises
			AND NOT EXISTS (SELECT FROM fireiot.alarm_now AS a
				WHERE a.device = p.device AND a.part = p.part AND a.subject = 'quantity ' || p.quantity AND v.class IN (a.class, a.opened_as))
	)
	SELECT row_number() OVER (), b.device, b.part, '', b.class,
		(SELECT x.kind FROM unnest(b.bits, b.kinds) AS x (bit, kind) WHERE b.now & (1 << x.bit) <> 0 ORDER BY x.bit LIMIT 1), 'bit', true,
		b.received_at, b.observed_at, b.frame_id, alarm_state(b.word, b.now), NULL::smallint, NULL::numeric, NULL::numeric, NULL::bigint, 'fireiot', NULL::jsonb
	FROM begun AS b
	WHERE NOT EXISTS (SELECT FROM fireiot.alarm AS a WHERE a.device = b.device AND coalesce(a.part, '0.0') = b.part AND a.class = b.class
		AND a.subject = '' AND a.received_at > coalesce(b.clear_at, '-infinity'))
	UNION ALL
	SELECT 0, a.device, a.part, '', a.opened_as, NULL, 'bit', false,
		p.received_at, p.observed_at, p.frame_id, p.state, NULL, NULL, NULL, NULL, 'fireiot', NULL
	FROM fireiot.alarm_now AS a
	JOIN field AS f ON f.class = a.opened_as AND a.kind LIKE f.word || '.%'
	JOIN fireiot.part_now AS p ON p.device = a.device AND p.part = a.part AND p.kind = f.state_kind AND p.quantity = -1
	WHERE a.origin = 'bit' AND a.restored_at IS NULL AND state_bits(p.state) & f.mask = 0 AND p.received_at > a.opened_at
	UNION ALL
	-- a listener that ended had counted it, and not written
	SELECT 0, a.device, a.part, '', a.class, a.kind, 'bit', true,
		p.received_at, p.observed_at, p.frame_id, p.state, NULL, NULL, NULL, NULL, 'fireiot', NULL
	FROM fireiot.alarm_now AS a
	JOIN field AS f ON f.class = a.class AND a.kind LIKE f.word || '.%'
	JOIN fireiot.part_now AS p ON p.device = a.device AND p.part = a.part AND p.kind = f.state_kind AND p.quantity = -1
	WHERE a.origin = 'bit' AND a.restored_at < p.received_at AND a.flapping_since IS NOT NULL AND state_bits(p.state) & f.mask <> 0
		AND p.received_at < now() - interval '5 minutes'
	UNION ALL
	-- a link that the keeper was not told of
	SELECT 0, a.device, a.part, a.subject, a.opened_as, NULL, 'silence', false,
		now(), d.last_seen, NULL, NULL, NULL, NULL, NULL, NULL, 'fireiot', NULL
	FROM fireiot.alarm_now AS a
	JOIN fireiot.device_now AS d ON d.device = a.device
	WHERE a.origin = 'silence' AND a.restored_at IS NULL AND d.last_seen > a.last_at AND d.last_seen <= now()
	UNION ALL
	SELECT 0, b.device, b.part, 'quantity ' || b.quantity, b.class, b.kind, 'value', true,
		b.received_at, b.observed_at, b.frame_id, NULL, b.quantity, b.value, b.limit_value, NULL, 'fireiot', NULL
	FROM beyond AS b
	WHERE NOT EXISTS (SELECT FROM fireiot.alarm AS a WHERE a.device = b.device AND coalesce(a.part, '0.0') = b.part
		AND a.subject = 'quantity ' || b.quantity AND a.received_at >= coalesce((SELECT max(o.received_at) FROM fireiot.observation AS o
			WHERE o.device = b.device AND o.part = b.part AND o.quantity = b.quantity
				AND CASE WHEN b.value > b.limit_value THEN o.value <= b.limit_value ELSE o.value >= b.limit_value END), '-infinity'))
$$;
COMMENT ON FUNCTION fireiot.missed_signals() IS
'Part of fireiot.recheck_alarms: where fireiot.part_now and the alarms do not agree';

CREATE OR REPLACE FUNCTION fireiot.retry_backlog()
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept fireiot.alarm_backlog;
	done integer := 0;
BEGIN
	FOR kept IN SELECT * FROM fireiot.alarm_backlog ORDER BY noted_at, id LIMIT 100 FOR UPDATE SKIP LOCKED
	LOOP
		BEGIN
			PERFORM fireiot.note_signals(kept.devices, kept.parts, kept.kinds, kept.quantities, kept.befores, kept.nows,
				kept.observed_ats, kept.received_ats, kept.frame_ids);
			DELETE FROM fireiot.alarm_backlog AS b WHERE b.id = kept.id;
			done := done + 1;
		EXCEPTION WHEN OTHERS THEN
			UPDATE fireiot.alarm_backlog AS b SET tries = tries + 1, problem = SQLERRM WHERE b.id = kept.id;
			-- what is later must not come before it
			EXIT;
		END;
	END LOOP;
	RETURN done;
END
$$;
COMMENT ON FUNCTION fireiot.retry_backlog() IS
'Part of fireiot.recheck_alarms: tries again what is in fireiot.alarm_backlog; returns how many rows are done';

-- Listeners are only made to wait where something seems to be missed, so that
-- it is looked at again without them.
CREATE OR REPLACE FUNCTION fireiot.recheck_alarms()
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
	done integer := fireiot.retry_backlog();
	missed fireiot.alarm_signal[];
BEGIN
	PERFORM fireiot.place_alarms();
	IF EXISTS (SELECT FROM fireiot.alarm_backlog) OR NOT EXISTS (SELECT FROM fireiot.missed_signals()) THEN
		RETURN done;
	END IF;
	LOCK TABLE fireiot.alarm_now, fireiot.deadline IN ROW EXCLUSIVE MODE;
	LOCK TABLE fireiot.part_now IN SHARE ROW EXCLUSIVE MODE;
	missed := (SELECT array_agg(s) FROM fireiot.missed_signals() AS s);
	IF missed IS NOT NULL THEN
		PERFORM fireiot.apply_signals(missed);
	END IF;
	RETURN done + coalesce(cardinality(missed), 0);
END
$$;
COMMENT ON FUNCTION fireiot.recheck_alarms() IS
'Alarms that should have been opened or ended and were not, as after an error: does it now, and returns how many there were. The keeper calls it';
