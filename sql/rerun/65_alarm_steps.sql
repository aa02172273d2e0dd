-- Steps of a case.  Each is one call; what a step asks for is in
-- fireiot.alarm_transition, and beyond that in the guards of the packs of the
-- case.

-- Waits for who takes another step of the case.
CREATE OR REPLACE FUNCTION fireiot.open_case(alarm bigint)
RETURNS fireiot.alarm_now
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found fireiot.alarm_now;
BEGIN
	SELECT * INTO found FROM fireiot.alarm_now AS n WHERE n.id = open_case.alarm FOR UPDATE;
	IF found.id IS NOT NULL THEN
		RETURN found;
	ELSIF EXISTS (SELECT FROM fireiot.alarm AS a WHERE a.id = open_case.alarm) THEN
		RAISE EXCEPTION 'alarm % is closed', alarm
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('SELECT fireiot.reopen(%s, ''why''); opens it again.', alarm);
	END IF;
	RAISE EXCEPTION 'there is no alarm %', coalesce(alarm::text, 'null')
		USING ERRCODE = 'undefined_object',
			HINT = 'SELECT id, device, part, class FROM fireiot.alarm_now lists those that are open.';
END
$$;
COMMENT ON FUNCTION fireiot.open_case(bigint) IS
'The case as it is now, locked until the end of the transaction; an error when it is not open';

-- Reports and operations have no signal that could be normal again.
CREATE OR REPLACE FUNCTION fireiot.steps_had(n fireiot.alarm_now)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(v.step)
	FROM (VALUES ('acknowledged', n.acknowledged_at IS NOT NULL), ('noticed', n.noticed_at IS NOT NULL), ('called', n.called_at IS NOT NULL),
		('answered', n.answered_at IS NOT NULL), ('verified', n.verified_at IS NOT NULL), ('dispatched', n.dispatched_at IS NOT NULL),
		('handling', n.handling_at IS NOT NULL), ('reported_back', n.reported_back_at IS NOT NULL), ('recorded', n.recorded_at IS NOT NULL),
		('released', n.released_at IS NOT NULL), ('escalated', n.escalated_at IS NOT NULL),
		('restored', n.restored_at IS NOT NULL OR n.origin IN ('report', 'operation'))) AS v (step, had)
	WHERE v.had
$$;
COMMENT ON FUNCTION fireiot.steps_had(fireiot.alarm_now) IS
'Steps that a case has had, of those that others ask for; restored also where there is nothing that could be';

-- Guards of the packs of the case for a step.
CREATE OR REPLACE FUNCTION fireiot.case_guards(n fireiot.alarm_now, step text, verdict boolean,
	OUT pack text, OUT clause text, OUT fields text[], OUT steps text[])
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
	WITH said (word) AS (
		SELECT CASE verdict WHEN true THEN 'true_alarm' WHEN false THEN 'false_alarm' END
	)
	SELECT format('%s/%s', r.pack, r.version), r.clause, coalesce(r.required_fields, '{}'), coalesce(r.required_steps, '{}')
	FROM fireiot.case_rules(n.packs, n.class, n.kind) AS r
	WHERE r.sort = 'guard' AND r.transition = step
		AND NOT EXISTS (SELECT FROM unnest(r.conditions) AS t, said
			WHERE (said.word IS NOT DISTINCT FROM ltrim(t, '!')) = (t LIKE '!%'))
	ORDER BY r.pack, r.version, r.rule
$$;
COMMENT ON FUNCTION fireiot.case_guards(fireiot.alarm_now, text, boolean) IS
'What the packs of a case ask for at a step: fields that must be said, steps that must have been';

-- All that is missing at once, each with who asks for it.
CREATE OR REPLACE FUNCTION fireiot.check_step(n fireiot.alarm_now, step text, said jsonb)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	had text[] := coalesce(fireiot.steps_had(n), '{}');
	verdict boolean := CASE WHEN step = 'verified' THEN (said ->> 'verdict')::boolean ELSE n.verdict END;
	asks record;
	what text;
	lacking text[] := '{}';
	unsaid text[] := '{}';
	wanted text[] := '{}';
BEGIN
	FOR asks IN
		SELECT coalesce(t.clause, 'a step of this kind') AS who, t.needs, t.excludes, t.fields FROM fireiot.alarm_transition AS t
		WHERE t.step = check_step.step
		UNION ALL
		SELECT format('%s of %s', g.clause, g.pack), g.steps, '{}', g.fields FROM fireiot.case_guards(n, step, verdict) AS g
	LOOP
		FOREACH what IN ARRAY asks.excludes LOOP
			IF what = ANY (had) THEN
				RAISE EXCEPTION 'alarm % is already %', n.id, what
					USING ERRCODE = 'object_not_in_prerequisite_state',
						DETAIL = CASE what WHEN 'acknowledged' THEN format('By %s at %s.', n.acknowledged_by, n.acknowledged_at)
							ELSE 'It is done once, until the case is opened again.' END;
			END IF;
		END LOOP;
		FOREACH what IN ARRAY asks.needs LOOP
			IF NOT string_to_array(what, '|') && had THEN
				lacking := lacking || format('%s (%s)', replace(what, '|', ' or '), asks.who);
			END IF;
		END LOOP;
		FOREACH what IN ARRAY asks.fields LOOP
			IF (what NOT LIKE 'false:%' OR verdict IS false) AND coalesce(said ->> replace(what, 'false:', ''), '') = '' THEN
				unsaid := unsaid || format('%s (%s)', replace(what, 'false:', ''), asks.who);
				wanted := wanted || replace(what, 'false:', '');
			END IF;
		END LOOP;
	END LOOP;
	IF lacking = '{}' AND unsaid = '{}' THEN
		RETURN;
	END IF;
	RAISE EXCEPTION 'alarm % lacks % for step "%"', n.id,
			concat_ws(', and ', nullif('the steps ' || array_to_string(lacking, ', '), 'the steps '), nullif(array_to_string(unsaid, ', '), '')), step
		USING ERRCODE = CASE WHEN lacking <> '{}' THEN 'object_not_in_prerequisite_state' ELSE 'null_value_not_allowed' END,
			DETAIL = format('The case is judged by %s.', n.packs),
			HINT = CASE WHEN unsaid <> '{}' THEN format('Give what is missing as an argument of this name, or in fields => ''{"%s": "..."}''.', wanted[1])
				ELSE format('SELECT step, received_at FROM fireiot.alarm_event WHERE alarm_id = %s; shows what was done.', n.id) END;
END
$$;
COMMENT ON FUNCTION fireiot.check_step(fireiot.alarm_now, text, jsonb) IS
'An error that names everything that a step lacks, and the clauses that ask for it';

-- The case behind a step: what is first stays, what is last is the last.
CREATE OR REPLACE FUNCTION fireiot.change_case(n fireiot.alarm_now, step text, at timestamptz, actor text, said jsonb)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE fireiot.alarm_now AS a SET
		acknowledged_at = CASE WHEN step = 'acknowledged' THEN change_case.at ELSE a.acknowledged_at END,
		acknowledged_by = CASE WHEN step = 'acknowledged' THEN change_case.actor ELSE a.acknowledged_by END,
		noticed_at = CASE WHEN step = 'noticed' THEN coalesce(a.noticed_at, change_case.at) ELSE a.noticed_at END,
		called_at = CASE WHEN step = 'called' THEN change_case.at ELSE a.called_at END,
		answered_at = CASE WHEN step = 'answered' THEN change_case.at ELSE a.answered_at END,
		verdict = CASE WHEN step = 'verified' THEN (said ->> 'verdict')::boolean ELSE a.verdict END,
		verified_at = CASE WHEN step = 'verified' THEN change_case.at ELSE a.verified_at END,
		dispatched_at = CASE WHEN step = 'dispatched' THEN coalesce(a.dispatched_at, change_case.at) ELSE a.dispatched_at END,
		handling_at = CASE WHEN step = 'handling' THEN coalesce(a.handling_at, change_case.at) ELSE a.handling_at END,
		reported_back_at = CASE WHEN step = 'reported_back' THEN change_case.at ELSE a.reported_back_at END,
		recorded_at = CASE WHEN step = 'recorded' THEN coalesce(a.recorded_at, change_case.at) ELSE a.recorded_at END,
		released_at = CASE WHEN step = 'released' THEN change_case.at ELSE a.released_at END,
		class = CASE WHEN step = 'reclassified' THEN said ->> 'class' ELSE a.class END,
		kind = CASE WHEN step = 'reclassified' THEN coalesce(said ->> 'kind', a.kind) ELSE a.kind END
	WHERE a.id = n.id AND step NOT IN ('note', 'no_answer')
$$;
COMMENT ON FUNCTION fireiot.change_case(fireiot.alarm_now, text, timestamptz, text, jsonb) IS
'What a step changes of fireiot.alarm_now';

CREATE OR REPLACE FUNCTION fireiot.alarm_records_ready(at timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- in the order of make_partitions()
	IF NOT fireiot.has_partition('fireiot.alarm', at) THEN
		PERFORM fireiot.make_partitions_of('alarm', at, at);
	END IF;
	IF NOT fireiot.has_partition('fireiot.alarm_step', at) THEN
		PERFORM fireiot.make_partitions_of('alarm_step', at, at);
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.alarm_records_ready(timestamptz) IS
'Makes the partitions for alarms and steps of a time if they lack';

-- What is said beyond the columns of alarm_step is in its fields, with who has
-- logged in, if that is another than the actor.
CREATE OR REPLACE FUNCTION fireiot.take_step(
	alarm bigint, step text, actor text, at timestamptz, note text, fields jsonb, said jsonb DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n fireiot.alarm_now := fireiot.open_case(alarm);
	now_at timestamptz := clock_timestamp();
	who text := coalesce(nullif(take_step.actor, ''), fireiot.session_login());
	rest jsonb;
	new_id bigint;
BEGIN
	IF jsonb_typeof(fields) <> 'object' OR at > now_at + interval '1 minute' THEN
		RAISE EXCEPTION 'step "%" of alarm % cannot be taken so', step, alarm
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE WHEN at > now_at + interval '1 minute' THEN format('It would have happened at %s, which is to come.', at)
					ELSE 'fields is no JSON object.' END;
	END IF;
	said := jsonb_strip_nulls(coalesce(fields, '{}') || said || jsonb_build_object('note', note));
	PERFORM fireiot.check_step(n, step, said);
	rest := said - '{verdict,cause,note}'::text[]
		|| CASE WHEN who <> fireiot.session_login() THEN jsonb_build_object('login', fireiot.session_login()) ELSE '{}' END;
	PERFORM fireiot.alarm_records_ready(now_at);
	INSERT INTO fireiot.alarm_step (received_at, alarm_id, unit_id, step, actor, at, verdict, cause, note, fields)
	VALUES (now_at, n.id, n.unit_id, step, who, coalesce(at, now_at), (said ->> 'verdict')::boolean, said ->> 'cause', said ->> 'note', nullif(rest, '{}'))
	RETURNING id INTO new_id;
	PERFORM fireiot.change_case(n, step, now_at, who, said);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION fireiot.take_step(bigint, text, text, timestamptz, text, jsonb, jsonb) IS
'Takes a step of a case, if its guards allow it; returns the id of the step';

CREATE OR REPLACE FUNCTION fireiot.acknowledge(
	alarm bigint, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'acknowledged', actor, at, note, fields) $$;
COMMENT ON FUNCTION fireiot.acknowledge(bigint, text, timestamptz, text, jsonb) IS
'Somebody takes the case: nobody else can take it then';

-- Of two who ask at once each gets another one.
CREATE OR REPLACE FUNCTION fireiot.claim_next(classes text[] DEFAULT NULL, actor text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_id bigint := (SELECT n.id FROM fireiot.alarm_now AS n
		WHERE n.acknowledged_at IS NULL AND (classes IS NULL OR n.class = ANY (classes))
		ORDER BY array_position('{fire,fault,link,event}', n.class), n.opened_at, n.id
		LIMIT 1 FOR UPDATE SKIP LOCKED);
BEGIN
	IF next_id IS NOT NULL THEN
		PERFORM fireiot.take_step(next_id, 'acknowledged', actor, NULL, NULL, NULL);
	END IF;
	RETURN next_id;
END
$$;
COMMENT ON FUNCTION fireiot.claim_next(text[], text) IS
'Takes the gravest and oldest case that nobody has taken, and returns it; null: there is none';

CREATE OR REPLACE FUNCTION fireiot.record_notice(
	alarm bigint, target text DEFAULT NULL, channel text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'noticed', actor, at, note, fields, jsonb_build_object('target', target, 'channel', channel)) $$;
COMMENT ON FUNCTION fireiot.record_notice(bigint, text, text, text, timestamptz, text, jsonb) IS
'The unit was told: to whom, over which channel';

CREATE OR REPLACE FUNCTION fireiot.record_call(
	alarm bigint, target text DEFAULT NULL, number text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'called', actor, at, note, fields, jsonb_build_object('target', target, 'number', number)) $$;
COMMENT ON FUNCTION fireiot.record_call(bigint, text, text, text, timestamptz, text, jsonb) IS
'Somebody was called by telephone: whom, at which number';

CREATE OR REPLACE FUNCTION fireiot.answer(
	alarm bigint, person text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'answered', actor, at, note, fields, jsonb_build_object('person', person)) $$;
COMMENT ON FUNCTION fireiot.answer(bigint, text, text, timestamptz, text, jsonb) IS
'The call was answered: by whom';

CREATE OR REPLACE FUNCTION fireiot.no_answer(
	alarm bigint, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'no_answer', actor, at, note, fields) $$;
COMMENT ON FUNCTION fireiot.no_answer(bigint, text, timestamptz, text, jsonb) IS
'The call was not answered';

CREATE OR REPLACE FUNCTION fireiot.verify_alarm(
	alarm bigint, verdict boolean, cause text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'verified', actor, at, note, fields, jsonb_build_object('verdict', verdict, 'cause', cause)) $$;
COMMENT ON FUNCTION fireiot.verify_alarm(bigint, boolean, text, text, timestamptz, text, jsonb) IS
'The alarm is true; or false, for which there is a cause. A later verdict counts';

CREATE OR REPLACE FUNCTION fireiot.dispatch(
	alarm bigint, whom text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'dispatched', actor, at, note, fields, jsonb_build_object('whom', whom)) $$;
COMMENT ON FUNCTION fireiot.dispatch(bigint, text, text, timestamptz, text, jsonb) IS
'Somebody is sent there';

CREATE OR REPLACE FUNCTION fireiot.start_handling(
	alarm bigint, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'handling', actor, at, note, fields) $$;
COMMENT ON FUNCTION fireiot.start_handling(bigint, text, timestamptz, text, jsonb) IS
'Handling has begun';

CREATE OR REPLACE FUNCTION fireiot.report_back(
	alarm bigint, note text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'reported_back', actor, at, note, fields) $$;
COMMENT ON FUNCTION fireiot.report_back(bigint, text, text, timestamptz, jsonb) IS
'The unit tells that it is handled, and how';

CREATE OR REPLACE FUNCTION fireiot.record_result(
	alarm bigint, note text, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'recorded', actor, at, note, fields) $$;
COMMENT ON FUNCTION fireiot.record_result(bigint, text, text, timestamptz, jsonb) IS
'The result is recorded';

CREATE OR REPLACE FUNCTION fireiot.release_alarm(
	alarm bigint, danger_removed_by text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'released', actor, at, note, fields, jsonb_build_object('danger_removed_by', danger_removed_by)) $$;
COMMENT ON FUNCTION fireiot.release_alarm(bigint, text, text, timestamptz, text, jsonb) IS
'The warning is released; where a pack asks for it, only behind a signal that is normal again, and the word of who has seen that the danger is removed';

CREATE OR REPLACE FUNCTION fireiot.add_note(
	alarm bigint, note text, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT fireiot.take_step(alarm, 'note', actor, at, note, fields) $$;
COMMENT ON FUNCTION fireiot.add_note(bigint, text, text, timestamptz, jsonb) IS
'Adds a note to a case';

CREATE OR REPLACE FUNCTION fireiot.reclassify(
	alarm bigint, class text, kind text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL,
	note text DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	n fireiot.alarm_now := fireiot.open_case(alarm);
	other bigint := (SELECT a.id FROM fireiot.alarm_now AS a WHERE a.device = n.device AND a.part = n.part AND a.subject = n.subject
		AND a.class = reclassify.class AND a.id <> n.id);
BEGIN
	IF (class IN ('fire', 'event', 'fault', 'link')) IS NOT TRUE
		OR kind IS NOT NULL AND NOT EXISTS (SELECT FROM fireiot.alarm_kind AS k WHERE k.kind = reclassify.kind) THEN
		RAISE EXCEPTION 'alarm % cannot become %', alarm, concat_ws(' ', coalesce(class, 'null'), kind)
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Classes are fire, event, fault and link; SELECT kind, class FROM fireiot.alarm_kind lists the kinds.';
	ELSIF other IS NOT NULL THEN
		RAISE EXCEPTION 'alarm % cannot become %', alarm, class
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = format('Of the same part alarm %s is open in this class.', other),
				HINT = 'Close one of the two.';
	END IF;
	IF n.flapping_since IS NOT NULL THEN
		PERFORM fireiot.alarm_changed();
	END IF;
	RETURN fireiot.take_step(alarm, 'reclassified', actor, at, note, fields,
		jsonb_build_object('class', class, 'kind', kind, 'old_class', n.class, 'old_kind', n.kind));
END
$$;
COMMENT ON FUNCTION fireiot.reclassify(bigint, text, text, text, timestamptz, text, jsonb) IS
'The case is of another class, and of another kind if one is given';

-- All rows of a case, one after the other.
CREATE OR REPLACE FUNCTION fireiot.case_digest(alarm bigint, upto bigint DEFAULT NULL)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
	SELECT sha256(convert_to(concat_ws(E'\n', (SELECT to_jsonb(a) - 'tx' FROM fireiot.alarm AS a WHERE a.id = case_digest.alarm)::text,
		(SELECT string_agg((to_jsonb(s) - 'tx')::text, E'\n' ORDER BY s.id) FROM fireiot.alarm_step AS s
		 WHERE s.alarm_id = case_digest.alarm AND (case_digest.upto IS NULL OR s.id < case_digest.upto))), 'UTF8'))
$$;
COMMENT ON FUNCTION fireiot.case_digest(bigint, bigint) IS
'SHA-256 over the rows of a case, its steps up to that id without it; step "closed" has the one over all before it';

CREATE OR REPLACE FUNCTION fireiot.close_alarm(
	alarm bigint, note text DEFAULT NULL, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n fireiot.alarm_now := fireiot.open_case(alarm);
	new_id bigint;
BEGIN
	new_id := fireiot.take_step(alarm, 'closed', actor, at, note, fields, jsonb_build_object('repeats', n.repeats, 'last_at', n.last_at,
		'restored_at', n.restored_at, 'flapping_since', n.flapping_since, 'class', n.class, 'true', n.verdict,
		'open_seconds', round(extract(epoch FROM clock_timestamp() - n.opened_at), 3),
		'digest', encode(fireiot.case_digest(alarm), 'hex')));
	DELETE FROM fireiot.alarm_now AS a WHERE a.id = n.id;
	IF n.flapping_since IS NOT NULL THEN
		PERFORM fireiot.alarm_changed();
	END IF;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION fireiot.close_alarm(bigint, text, text, timestamptz, jsonb) IS
'Closes a case: its archive is sealed by a digest, and takes no more steps but fireiot.reopen';

-- Cases as their steps say, open or not.
CREATE OR REPLACE FUNCTION fireiot.fold_alarms(cases bigint[])
RETURNS SETOF fireiot.alarm_now
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.id, a.received_at, coalesce(a.device, '000000000000'), coalesce(a.part, '0.0'), a.subject, coalesce(s.class, a.class), coalesce(s.kind, a.kind),
		a.unit_id, a.packs, a.window_id, coalesce(s.repeats, 0), greatest(a.received_at, s.last_at), s.flapping_since, s.restored_at,
		s.acknowledged_at, s.acknowledged_by, s.noticed_at, s.called_at, s.answered_at, s.verdict, s.verified_at, s.dispatched_at, s.handling_at,
		s.reported_back_at, s.recorded_at, s.released_at, s.escalated_at, a.origin, a.class, l.geom
	FROM fireiot.alarm AS a
	CROSS JOIN LATERAL fireiot.place_of(a.device, a.part, a.unit_id) AS l
	CROSS JOIN LATERAL (
		SELECT (array_agg(t.fields ->> 'class' ORDER BY t.id DESC) FILTER (WHERE t.step = 'reclassified'))[1] AS class,
			(array_agg(t.fields ->> 'kind' ORDER BY t.id DESC) FILTER (WHERE t.step = 'reclassified' AND t.fields ? 'kind'))[1] AS kind,
			(sum(coalesce((t.fields ->> 'count')::integer, 1)) FILTER (WHERE t.step = 'repeated'))::integer AS repeats,
			max(t.received_at) FILTER (WHERE t.step = 'repeated') AS last_at,
			min(t.received_at) FILTER (WHERE t.step = 'flapping') AS flapping_since,
			(array_agg(CASE WHEN t.step = 'restored' THEN t.received_at END ORDER BY t.id DESC) FILTER (WHERE t.step IN ('restored', 'repeated')))[1] AS restored_at,
			min(t.received_at) FILTER (WHERE t.step = 'acknowledged') AS acknowledged_at,
			min(t.actor) FILTER (WHERE t.step = 'acknowledged') AS acknowledged_by,
			min(t.received_at) FILTER (WHERE t.step = 'noticed') AS noticed_at,
			max(t.received_at) FILTER (WHERE t.step = 'called') AS called_at,
			max(t.received_at) FILTER (WHERE t.step = 'answered') AS answered_at,
			(array_agg(t.verdict ORDER BY t.id DESC) FILTER (WHERE t.step = 'verified'))[1] AS verdict,
			max(t.received_at) FILTER (WHERE t.step = 'verified') AS verified_at,
			min(t.received_at) FILTER (WHERE t.step = 'dispatched') AS dispatched_at,
			min(t.received_at) FILTER (WHERE t.step = 'handling') AS handling_at,
			max(t.received_at) FILTER (WHERE t.step = 'reported_back' AND t.is_last_run) AS reported_back_at,
			min(t.received_at) FILTER (WHERE t.step = 'recorded' AND t.is_last_run) AS recorded_at,
			min(t.received_at) FILTER (WHERE t.step = 'released' AND t.is_last_run) AS released_at,
			min(t.received_at) FILTER (WHERE t.step = 'escalated') AS escalated_at
		FROM (SELECT r.*, r.id > coalesce(max(r.id) FILTER (WHERE r.step = 'reopened') OVER (), 0) AS is_last_run
			FROM fireiot.alarm_step AS r WHERE r.alarm_id = a.id) AS t
	) AS s
	WHERE a.id = ANY (cases)
$$;
COMMENT ON FUNCTION fireiot.fold_alarms(bigint[]) IS
'Cases as fireiot.alarm_now would have them, from their records';

CREATE OR REPLACE FUNCTION fireiot.reopen(
	alarm bigint, note text, actor text DEFAULT NULL, at timestamptz DEFAULT NULL, fields jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other bigint;
BEGIN
	IF EXISTS (SELECT FROM fireiot.alarm_now AS n WHERE n.id = reopen.alarm) THEN
		RAISE EXCEPTION 'alarm % is open', alarm
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	INSERT INTO fireiot.alarm_now SELECT * FROM fireiot.fold_alarms(ARRAY[alarm]) ON CONFLICT DO NOTHING;
	IF NOT FOUND AND EXISTS (SELECT FROM fireiot.alarm AS a WHERE a.id = reopen.alarm) THEN
		RAISE EXCEPTION 'alarm % cannot be opened again', alarm
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'Of the same part another alarm is open in this class.',
				HINT = 'Go on with that one: SELECT * FROM fireiot.alarm_now shows it.';
	END IF;
	UPDATE fireiot.alarm_now AS n SET reported_back_at = NULL, recorded_at = NULL, released_at = NULL WHERE n.id = reopen.alarm;
	RETURN fireiot.take_step(alarm, 'reopened', actor, at, note, fields);
END
$$;
COMMENT ON FUNCTION fireiot.reopen(bigint, text, text, timestamptz, jsonb) IS
'Opens a closed case again, with a reason';
