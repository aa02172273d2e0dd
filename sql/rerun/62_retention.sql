-- Retention at work: which term is in force, what is held, what may go, and
-- the purge itself.

-- In force by its dates and status, unless the site has decided otherwise.
-- What is never to go stays, whatever anybody has chosen.
CREATE OR REPLACE VIEW fireiot.retention_rule_in_force AS
SELECT r.rule, r.figure, r.source, r.clause, r.classes, r.never, r.minimum, r.maximum, r.destroy_or_extend
FROM fireiot.retention_rule AS r
LEFT JOIN fireiot.retention_source AS s ON s.source = r.source
LEFT JOIN fireiot.retention_choice AS c ON c.source = r.source
WHERE r.never
	OR coalesce(c.applies, coalesce(s.status, 'in_force') = 'in_force'
		AND (SELECT CAST(now() AT TIME ZONE fireiot.setting('time_zone') AS date))
			<@ daterange(s.valid_from, s.valid_to));
COMMENT ON VIEW fireiot.retention_rule_in_force IS
'The rules of retention that hold today';

-- A class is under its own rules, those of its kind and those of its family;
-- one that waits for a verdict is under those of every verdict as well.
CREATE OR REPLACE VIEW fireiot.retention_term AS
WITH name (class, named, verdict) AS (
	SELECT class, class, false FROM fireiot.retention_class
	UNION ALL SELECT class, kind, false FROM fireiot.retention_class
	UNION ALL SELECT class, family, false FROM fireiot.retention_class WHERE family IS NOT NULL
	UNION ALL SELECT family, class, true FROM fireiot.retention_class WHERE family IS NOT NULL
), rule AS (
	SELECT r.rule, r.clause, r.never, r.minimum, r.maximum, r.destroy_or_extend, named
	FROM fireiot.retention_rule_in_force AS r, unnest(r.classes) AS named
)
SELECT c.class, c.kind, bool_or(coalesce(r.never, false)) AS never,
	max(r.minimum) AS minimum,
	(array_agg(r.rule ORDER BY r.never DESC, r.minimum DESC NULLS LAST, r.rule) FILTER (WHERE r.never OR r.minimum IS NOT NULL))[1] AS rule,
	(array_agg(r.clause ORDER BY r.never DESC, r.minimum DESC NULLS LAST, r.rule) FILTER (WHERE r.never OR r.minimum IS NOT NULL))[1] AS clause,
	min(r.maximum) AS maximum,
	bool_or(coalesce(r.destroy_or_extend, false)) AS destroy_or_extend,
	bool_or(n.verdict) AS awaits_verdict
FROM fireiot.retention_class AS c
JOIN name AS n ON n.class = c.class
LEFT JOIN rule AS r ON r.named = n.named
GROUP BY c.class, c.kind;
COMMENT ON VIEW fireiot.retention_term IS
'How long each class is kept by the strictest of the rules in force: the longest minimum, the shortest maximum';

CREATE OR REPLACE FUNCTION fireiot.retention_of(
	classes text[], OUT never boolean, OUT minimum interval, OUT rule text, OUT clause text, OUT maximum interval)
RETURNS record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(bool_or(t.never OR t.class IS NULL OR t.rule IS NULL), true), max(t.minimum),
		(array_agg(t.rule ORDER BY t.never DESC, t.minimum DESC NULLS LAST, t.rule))[1],
		(array_agg(t.clause ORDER BY t.never DESC, t.minimum DESC NULLS LAST, t.rule))[1], min(t.maximum)
	FROM unnest(classes) AS c (class) LEFT JOIN fireiot.retention_term AS t ON t.class = c.class
$$;
COMMENT ON FUNCTION fireiot.retention_of(text[]) IS
'How long what may be of several classes is kept; for ever, too, when a class has no rule, or there is no class';

CREATE OR REPLACE VIEW fireiot.retention_problem AS
SELECT t.class AS object, format('at least %s, at most %s', t.minimum, t.maximum) AS problem
FROM fireiot.retention_term AS t WHERE t.maximum < t.minimum OR t.never AND t.maximum IS NOT NULL
UNION ALL
SELECT t.class, 'is to be destroyed or extended, and there is no maximum'
FROM fireiot.retention_term AS t WHERE t.destroy_or_extend AND t.maximum IS NULL
UNION ALL
SELECT t.class, 'no rule in force says how long it is kept'
FROM fireiot.retention_term AS t WHERE t.rule IS NULL
UNION ALL
SELECT r.rule, format('there is no class or kind %s', named)
FROM fireiot.retention_rule AS r, unnest(r.classes) AS named
WHERE NOT EXISTS (SELECT FROM fireiot.retention_class AS c WHERE named IN (c.class, c.kind))
UNION ALL
SELECT r.name, format('there is no class %s', named)
FROM fireiot.record_table AS r, unnest(r.classes) AS named
WHERE NOT EXISTS (SELECT FROM fireiot.retention_class AS c WHERE c.class = named)
UNION ALL
SELECT r.name, 'has no class' FROM fireiot.record_table AS r WHERE r.classes = '{}';
COMMENT ON VIEW fireiot.retention_problem IS
'What does not fit in the rules of retention: no rows when all is well';

CREATE OR REPLACE VIEW fireiot.legal_hold_in_force AS
SELECT h.id, h.received_at, h.placed_by, h.reason, h.device, h.unit_id, h.case_id, h.from_at, h.to_at
FROM fireiot.legal_hold AS h
WHERE NOT EXISTS (SELECT FROM fireiot.legal_hold_release AS r WHERE r.hold_id = h.id);
COMMENT ON VIEW fireiot.legal_hold_in_force IS 'Holds that were placed and not lifted';

CREATE OR REPLACE FUNCTION fireiot.place_hold(
	reason text, device fireiot.device_addr DEFAULT NULL, unit_id bigint DEFAULT NULL, case_id bigint DEFAULT NULL,
	from_at timestamptz DEFAULT NULL, to_at timestamptz DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO fireiot.legal_hold (placed_by, reason, device, unit_id, case_id, from_at, to_at)
	VALUES (fireiot.session_login(), place_hold.reason, place_hold.device, place_hold.unit_id, place_hold.case_id,
		place_hold.from_at, place_hold.to_at)
	RETURNING id
$$;
COMMENT ON FUNCTION fireiot.place_hold(text, fireiot.device_addr, bigint, bigint, timestamptz, timestamptz) IS
'Places a hold: what it covers is neither purged nor to be destroyed. Returns its number';

CREATE OR REPLACE FUNCTION fireiot.release_hold(hold bigint, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot.legal_hold_in_force AS h WHERE h.id = hold) THEN
		RAISE EXCEPTION 'there is no hold % in force', hold
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT * FROM fireiot.legal_hold_in_force lists those that are.';
	END IF;
	INSERT INTO fireiot.legal_hold_release (hold_id, released_by, reason)
	VALUES (hold, fireiot.session_login(), release_hold.reason);
END
$$;
COMMENT ON FUNCTION fireiot.release_hold(bigint, text) IS
'Lifts a hold, and records it';

CREATE OR REPLACE FUNCTION fireiot.known_class(class text)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot.retention_class AS c WHERE c.class = known_class.class) THEN
		RAISE EXCEPTION 'there is no retention class "%"', class
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT * FROM fireiot.retention_class lists them.';
	END IF;
	RETURN class;
END
$$;
COMMENT ON FUNCTION fireiot.known_class(text) IS
'The class itself; an error when there is none of this name';

CREATE OR REPLACE FUNCTION fireiot.add_attachment(
	object_key text, length bigint, digest bytea, class text, made_at timestamptz DEFAULT pg_catalog.now(),
	case_id bigint DEFAULT NULL, device fireiot.device_addr DEFAULT NULL, unit_id bigint DEFAULT NULL,
	algorithm text DEFAULT 'sha256')
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO fireiot.attachment (object_key, length, algorithm, digest, class, made_at, case_id, device, unit_id, added_by)
	VALUES (add_attachment.object_key, add_attachment.length, add_attachment.algorithm, add_attachment.digest,
		fireiot.known_class(add_attachment.class), add_attachment.made_at, add_attachment.case_id, add_attachment.device,
		add_attachment.unit_id, fireiot.session_login())
	RETURNING id
$$;
COMMENT ON FUNCTION fireiot.add_attachment(text, bigint, bytea, text, timestamptz, bigint, fireiot.device_addr, bigint, text) IS
'Records a file that is kept outside of the database. Returns its number';

-- Steps are numbered in the order in which they were done.
CREATE OR REPLACE VIEW fireiot.attachment_state AS
WITH z AS MATERIALIZED (SELECT fireiot.setting('time_zone') AS zone)
SELECT a.id, a.object_key, a.length, a.algorithm, a.digest, s.class, a.made_at, a.case_id, a.device, a.unit_id,
	t.never OR t.rule IS NULL OR t.awaits_verdict AS kept_for_now, t.rule, t.clause,
	greatest((a.made_at AT TIME ZONE z.zone + t.minimum) AT TIME ZONE z.zone, s.extended_until) AS keep_until,
	greatest((a.made_at AT TIME ZONE z.zone + t.maximum) AT TIME ZONE z.zone, s.extended_until) AS destroy_by,
	EXISTS (SELECT FROM fireiot.legal_hold_in_force AS h
		WHERE (h.case_id IS NULL OR h.case_id = a.case_id)
			AND (h.device IS NULL OR a.device IS NULL OR h.device OPERATOR(fireiot.=) a.device)
			AND (h.unit_id IS NULL OR a.unit_id IS NULL OR h.unit_id = a.unit_id)
			AND (h.from_at IS NULL OR a.made_at >= h.from_at) AND (h.to_at IS NULL OR a.made_at < h.to_at)) AS held,
	s.destroyed_at
FROM fireiot.attachment AS a
CROSS JOIN LATERAL (
	SELECT coalesce((SELECT c.class FROM fireiot.attachment_step AS c WHERE c.attachment_id = a.id AND c.step = 'classified'
				ORDER BY c.id DESC LIMIT 1), a.class) AS class,
		(SELECT max(e.until) FROM fireiot.attachment_step AS e WHERE e.attachment_id = a.id AND e.step = 'extended') AS extended_until,
		(SELECT min(d.received_at) FROM fireiot.attachment_step AS d WHERE d.attachment_id = a.id AND d.step = 'destroyed') AS destroyed_at
	-- each once, not wherever it is used
	OFFSET 0
) AS s
CROSS JOIN z
LEFT JOIN fireiot.retention_term AS t ON t.class = s.class;
COMMENT ON VIEW fireiot.attachment_state IS
'Each attachment as it is now: its class, until when it is kept, and whether it is held';

CREATE OR REPLACE VIEW fireiot.attachment_expired AS
SELECT id, object_key, length, class, made_at, case_id, rule, clause, keep_until, destroy_by,
	coalesce(destroy_by <= now(), false) AS overdue
FROM fireiot.attachment_state
WHERE destroyed_at IS NULL AND NOT kept_for_now AND NOT held AND keep_until <= now();
COMMENT ON VIEW fireiot.attachment_expired IS
'Attachments that are past every minimum and free of holds: destroy them or extend them. Overdue: past a maximum';

CREATE OR REPLACE FUNCTION fireiot.attachment_that_is(attachment bigint)
RETURNS fireiot.attachment_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found fireiot.attachment_state := (SELECT s FROM fireiot.attachment_state AS s WHERE s.id = attachment);
BEGIN
	IF found.id IS NULL THEN
		RAISE EXCEPTION 'there is no attachment %', attachment
			USING ERRCODE = 'undefined_object';
	ELSIF found.destroyed_at IS NOT NULL THEN
		RAISE EXCEPTION 'attachment % was destroyed', attachment
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN found;
END
$$;
COMMENT ON FUNCTION fireiot.attachment_that_is(bigint) IS
'The state of an attachment; an error when there is none, or it was destroyed';

CREATE OR REPLACE FUNCTION fireiot.classify_attachment(attachment bigint, class text, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.attachment_that_is(attachment);
	INSERT INTO fireiot.attachment_step (attachment_id, step, class, reason, done_by)
	VALUES (attachment, 'classified', fireiot.known_class(classify_attachment.class), classify_attachment.reason, fireiot.session_login());
END
$$;
COMMENT ON FUNCTION fireiot.classify_attachment(bigint, text, text) IS
'Gives an attachment another class, as after a verdict';

CREATE OR REPLACE FUNCTION fireiot.extend_attachment(attachment bigint, until timestamptz, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.attachment_that_is(attachment);
	IF (extend_attachment.until > now() AND isfinite(extend_attachment.until)) IS NOT TRUE THEN
		RAISE EXCEPTION 'an attachment cannot be extended until %', coalesce(extend_attachment.until::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Give a time that is to come.';
	END IF;
	INSERT INTO fireiot.attachment_step (attachment_id, step, until, reason, done_by)
	VALUES (attachment, 'extended', extend_attachment.until, extend_attachment.reason, fireiot.session_login());
END
$$;
COMMENT ON FUNCTION fireiot.extend_attachment(bigint, timestamptz, text) IS
'Keeps an attachment longer than its term';

-- What goes behind it has seen every hold, and none is placed until it is gone.
CREATE OR REPLACE FUNCTION fireiot.lock_holds()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'nothing goes in a transaction of isolation level "%"', current_setting('transaction_isolation')
			USING ERRCODE = 'active_sql_transaction',
				DETAIL = 'Its snapshot may be older than a legal hold.',
				HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED, or call it outside of a transaction block.';
	END IF;
	LOCK TABLE fireiot.legal_hold IN SHARE ROW EXCLUSIVE MODE;
END
$$;
COMMENT ON FUNCTION fireiot.lock_holds() IS
'Until the end of the transaction no hold is placed; an error where one might not be seen';

CREATE OR REPLACE FUNCTION fireiot.destroy_attachment(attachment bigint, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	state fireiot.attachment_state;
BEGIN
	PERFORM fireiot.lock_holds();
	state := fireiot.attachment_that_is(attachment);
	IF NOT EXISTS (SELECT FROM fireiot.attachment_expired AS e WHERE e.id = attachment) THEN
		RAISE EXCEPTION 'attachment % must be kept', attachment
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = CASE WHEN state.held THEN 'A legal hold covers it.'
					WHEN state.kept_for_now THEN format('Class %s is kept for ever, or waits for a verdict.', state.class)
					ELSE format('Rule %s (%s) keeps it until %s.', state.rule, state.clause, state.keep_until) END;
	END IF;
	INSERT INTO fireiot.attachment_step (attachment_id, step, reason, done_by)
	VALUES (attachment, 'destroyed', destroy_attachment.reason, fireiot.session_login());
END
$$;
COMMENT ON FUNCTION fireiot.destroy_attachment(bigint, text) IS
'Records that the file is destroyed; an error when a rule or a hold keeps it';

-- A partition goes whole or not at all: a hold on one device keeps everything
-- of its time.
CREATE OR REPLACE FUNCTION fireiot.retention_blocker(
	records text, from_at timestamptz, to_at timestamptz,
	OUT kind text, OUT detail text, OUT until timestamptz)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN r.rule IS NULL THEN 'unclassified' WHEN r.never THEN 'never' ELSE 'minimum' END,
		format('%s: %s', coalesce(nullif(array_to_string(t.classes, ', '), ''), 'no class'), coalesce(r.rule || ' ' || r.clause, 'no rule says how long')),
		CASE WHEN NOT r.never THEN term.ends END
	FROM fireiot.record_table AS t, fireiot.retention_of(t.classes) AS r,
		LATERAL (SELECT fireiot.setting('time_zone') AS zone) AS z,
		LATERAL (SELECT (retention_blocker.to_at AT TIME ZONE z.zone + r.minimum) AT TIME ZONE z.zone AS ends) AS term
	WHERE t.name = records AND (r.never OR term.ends > now())
	UNION ALL
	SELECT 'hold', format('hold %s of %s: %s', h.id, h.placed_by, h.reason), NULL
	FROM fireiot.legal_hold_in_force AS h
	WHERE coalesce(h.from_at, '-infinity') < retention_blocker.to_at AND coalesce(h.to_at, 'infinity') > retention_blocker.from_at
	UNION ALL
	-- what belongs to an open case may be anywhere behind its opening
	SELECT 'open_case', format('alarm %s is open', min(n.id)) || CASE WHEN count(*) > 1 THEN format(', and %s more', count(*) - 1) ELSE '' END, NULL
	FROM fireiot.alarm_now AS n
	WHERE n.opened_at < retention_blocker.to_at
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION fireiot.retention_blocker(text, timestamptz, timestamptz) IS
'What keeps the records of a time: terms, holds and open cases. No rows when they may go';

-- A certificate is what the guard lets a partition go by: there is none for
-- what must stay, whoever writes it.  Those of a restored dump are of
-- partitions that went elsewhere.
CREATE OR REPLACE FUNCTION fireiot.check_certificate()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	going record;
	why text;
BEGIN
	IF fireiot.is_restoring() THEN
		RETURN NULL;
	END IF;
	SELECT p.lower_bound, p.upper_bound INTO going
	FROM fireiot.record_table AS t, fireiot.record_partitions(t.name) AS p
	WHERE t.name = NEW.records AND p.partition::text = NEW.partition;
	IF NOT FOUND THEN
		why := format('It is no partition of a record table %s.', NEW.records);
	ELSE
		SELECT format('%s: %s.', b.kind, b.detail) INTO why
		FROM fireiot.retention_blocker(NEW.records, going.lower_bound, going.upper_bound) AS b LIMIT 1;
	END IF;
	IF why IS NULL THEN
		SELECT CASE WHEN l.unsealed > 0 THEN 'Not all of its rows are sealed.'
			WHEN (NEW.rows, NEW.root) IS DISTINCT FROM (l.sealed, l.root) THEN 'The certificate is not of what was sealed.' END
		INTO why FROM fireiot.ledger_partition(NEW.partition) AS l;
	END IF;
	IF why IS NOT NULL THEN
		RAISE EXCEPTION 'partition "%" must be kept', NEW.partition
			USING ERRCODE = 'feature_not_supported',
				DETAIL = why,
				HINT = 'SELECT * FROM fireiot.purge_expired() lists what may go.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.check_certificate() IS
'Trigger: no certificate for a partition that must be kept';

CREATE OR REPLACE TRIGGER check_certificate AFTER INSERT ON fireiot.purge_certificate
	FOR EACH ROW EXECUTE FUNCTION fireiot.check_certificate();
ALTER TABLE fireiot.purge_certificate ENABLE ALWAYS TRIGGER check_certificate;
COMMENT ON TRIGGER check_certificate ON fireiot.purge_certificate IS
'No certificate for what must be kept';

-- Of a partition that may go otherwise: are all of its rows sealed?
CREATE OR REPLACE FUNCTION fireiot.purgeable(
	OUT records text, OUT partition text, OUT from_at timestamptz, OUT to_at timestamptz,
	OUT rows bigint, OUT first_block bigint, OUT last_block bigint, OUT root bytea,
	OUT classes text, OUT rule text, OUT clause text, OUT minimum interval)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	free record;
	sealed record;
BEGIN
	FOR free IN
		SELECT t.name, p.partition, p.lower_bound, p.upper_bound, t.classes, r.rule, r.clause, r.minimum
		FROM fireiot.record_table AS t, fireiot.retention_of(t.classes) AS r, fireiot.record_partitions(t.name) AS p
		WHERE NOT r.never
			AND NOT EXISTS (SELECT FROM fireiot.retention_blocker(t.name, p.lower_bound, p.upper_bound))
		ORDER BY p.lower_bound, t.name
	LOOP
		SELECT * INTO sealed FROM fireiot.ledger_partition(free.partition::text);
		CONTINUE WHEN sealed.unsealed > 0;
		SELECT free.name, free.partition::text, free.lower_bound, free.upper_bound,
			coalesce(sealed.sealed, 0), sealed.first_block, sealed.last_block, sealed.root,
			array_to_string(free.classes, ', '), free.rule, free.clause, free.minimum
		INTO records, partition, from_at, to_at, rows, first_block, last_block, root, classes, rule, clause, minimum;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.purgeable() IS
'Partitions that are past every term, free of holds and sealed whole';

-- What was derived from records goes with them.
CREATE OR REPLACE FUNCTION fireiot.forget_alarms(partition regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('DELETE FROM fireiot.deadline AS d USING %s AS a WHERE d.alarm_id = a.id', partition);
	EXECUTE format('DELETE FROM fireiot.notice AS n USING %s AS a WHERE n.alarm_id = a.id', partition);
END
$$;
COMMENT ON FUNCTION fireiot.forget_alarms(regclass) IS
'Part of fireiot.purge_expired: the clocks and notices of alarms whose partition goes';

CREATE OR REPLACE FUNCTION fireiot.purge_expired(
	dry_run boolean DEFAULT true,
	OUT records text, OUT partition text, OUT from_at timestamptz, OUT to_at timestamptz,
	OUT rows bigint, OUT rule text, OUT clause text, OUT certificate bigint)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE ROWS 10
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
	going record;
	parent text;
BEGIN
	IF NOT dry_run THEN
		-- in the order of all who write alarms
		LOCK TABLE fireiot.alarm_now, fireiot.deadline IN ROW EXCLUSIVE MODE;
		PERFORM fireiot.lock_holds();
		-- no row comes in between sealing and drop
		FOR parent IN SELECT DISTINCT p.records FROM fireiot.purgeable() AS p ORDER BY 1
		LOOP
			EXECUTE format('LOCK TABLE ONLY fireiot.%I IN ACCESS EXCLUSIVE MODE', parent);
		END LOOP;
	END IF;
	FOR going IN SELECT * FROM fireiot.purgeable()
	LOOP
		certificate := NULL;
		IF NOT dry_run THEN
			INSERT INTO fireiot.purge_certificate AS c (records, partition, from_at, to_at, rows, first_block, last_block,
				root, classes, rule, clause, minimum, purged_by)
			VALUES (going.records, going.partition, going.from_at, going.to_at, going.rows, going.first_block, going.last_block,
				going.root, going.classes, going.rule, going.clause, going.minimum::text, fireiot.session_login())
			RETURNING c.id INTO certificate;
			IF going.records = 'alarm' THEN
				PERFORM fireiot.forget_alarms(going.partition::regclass);
			END IF;
			PERFORM fireiot.drop_purged_partition(going.partition);
		END IF;
		records := going.records;
		partition := going.partition;
		from_at := going.from_at;
		to_at := going.to_at;
		rows := going.rows;
		rule := going.rule;
		clause := going.clause;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.purge_expired(boolean) IS
'Lists the partitions of records that may go; with dry_run false drops them, each with a certificate that stays';
