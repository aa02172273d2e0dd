-- Supervision of links: who is supervised, who has become silent, who is heard
-- again.  The keeper counts how long; here it is held against the records.

CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.supervision
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.supervision IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER registry_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON fireiot.supervision
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.registry_changed();
COMMENT ON TRIGGER registry_changed ON fireiot.supervision IS
'Tells the keeper how long devices may be silent';

-- Sorts of devices are few, devices are many: the row is chosen for each sort.
CREATE OR REPLACE VIEW fireiot.device_supervision AS
WITH supervised AS MATERIALIZED (
	SELECT d.device, coalesce(d.unit_id, b.unit_id, 0) AS unit_id, coalesce(d.model, '') AS model, coalesce(d.profile, '') AS profile
	FROM fireiot.device AS d
	LEFT JOIN fireiot.building AS b ON b.id = d.building_id
	WHERE d.enabled AND d.admission = 'admitted'
), sort AS MATERIALIZED (
	SELECT s.unit_id, s.model, s.profile FROM supervised AS s GROUP BY 1, 2, 3
), packs AS MATERIALIZED (
	SELECT coalesce(p.unit_id, 0) AS unit_id, ',' || p.packs AS packs
	FROM fireiot.unit_packs(ARRAY(SELECT DISTINCT nullif(s.unit_id, 0) FROM sort AS s)) AS p
), general AS MATERIALIZED (
	SELECT v.id, v.unit_id, v.model, v.profile, v.pack, v.builtin FROM fireiot.supervision AS v WHERE v.device IS NULL
), of_sort AS MATERIALIZED (
	SELECT s.unit_id, s.model, s.profile, r.id
	FROM sort AS s
	LEFT JOIN packs AS p ON p.unit_id = s.unit_id
	CROSS JOIN LATERAL (
		SELECT v.id FROM general AS v
		WHERE (v.unit_id IS NULL OR v.unit_id = s.unit_id) AND (v.model IS NULL OR v.model = s.model)
			AND (v.profile IS NULL OR v.profile = s.profile) AND (v.pack IS NULL OR strpos(p.packs, ',' || v.pack || '/') > 0)
		ORDER BY v.builtin, v.unit_id IS NULL, v.model IS NULL, v.profile IS NULL, v.pack IS NULL, v.id LIMIT 1) AS r
), own AS MATERIALIZED (
	SELECT v.device, min(v.id) AS id FROM fireiot.supervision AS v WHERE v.device IS NOT NULL GROUP BY v.device
)
SELECT s.device, nullif(s.unit_id, 0) AS unit_id, r.id AS rule, r.silent_after, r.closed_after, r.quiet, r.battery, r.clause
FROM supervised AS s
JOIN of_sort AS o ON o.unit_id = s.unit_id AND o.model = s.model AND o.profile = s.profile
LEFT JOIN own AS w ON w.device OPERATOR(fireiot.=) s.device
JOIN fireiot.supervision AS r ON r.id = coalesce(w.id, o.id);
COMMENT ON VIEW fireiot.device_supervision IS
'How long each device may be silent, and which row of fireiot.supervision says so: of those that are admitted and enabled';

-- ZJ and the others have no number for it, CQC has two.
CREATE OR REPLACE VIEW fireiot.supervision_problem AS
WITH used AS MATERIALIZED (
	SELECT s.unit_id, s.rule, s.silent_after, s.battery, count(*) AS devices FROM fireiot.device_supervision AS s GROUP BY 1, 2, 3, 4
), packs AS MATERIALIZED (
	SELECT p.unit_id, p.packs FROM fireiot.unit_packs(ARRAY(SELECT DISTINCT u.unit_id FROM used AS u)) AS p
), cycle AS MATERIALIZED (
	SELECT q.packs, r.pack, r.rule, r.clause, r.metric, r.limit_interval
	FROM (SELECT DISTINCT p.packs FROM packs AS p) AS q, fireiot.pack_rules(q.packs) AS r
	WHERE r.sort = 'supervision' AND r.metric IN ('link_check.mains', 'link_check.battery')
)
SELECT u.unit_id, u.rule, u.devices, u.silent_after, c.limit_interval AS at_most, format('%s of %s: %s', c.rule, c.pack, c.clause) AS demanded_by
FROM used AS u
JOIN packs AS p ON p.unit_id IS NOT DISTINCT FROM u.unit_id
JOIN cycle AS c ON c.packs = p.packs AND c.metric = CASE WHEN u.battery THEN 'link_check.battery' ELSE 'link_check.mains' END
WHERE u.silent_after IS NULL OR u.silent_after > c.limit_interval;
COMMENT ON VIEW fireiot.supervision_problem IS
'Devices that may be silent for longer than a document allows that applies to their unit. No rows when all is well';

CREATE OR REPLACE FUNCTION fireiot.supervised_links(
	OUT device fireiot.device_addr, OUT rule bigint, OUT silent_us bigint, OUT closed_us bigint,
	OUT last_seen timestamptz, OUT case_at timestamptz)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, fireiot, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT s.device, s.rule, (extract(epoch FROM s.silent_after) * 1000000)::bigint, (extract(epoch FROM s.closed_after) * 1000000)::bigint,
		n.last_seen, c.case_at
	FROM fireiot.device_supervision AS s
	LEFT JOIN fireiot.device_now AS n ON n.device = s.device
	LEFT JOIN (SELECT a.device, max(a.last_at) AS case_at FROM fireiot.alarm_now AS a
		WHERE a.origin = 'silence' AND a.restored_at IS NULL GROUP BY a.device) AS c ON c.device = s.device
	WHERE s.silent_after IS NOT NULL OR s.closed_after IS NOT NULL
	ORDER BY s.device;
END
$$;
COMMENT ON FUNCTION fireiot.supervised_links() IS
'For the keeper: devices that are supervised, for how many microseconds each may be silent or without a connection, when it was seen last, and when it became silent if it has a case';

-- Some seconds of device_now are lost with a server that ends; frames are not.
CREATE OR REPLACE FUNCTION fireiot.catch_up_devices()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET jit = off
AS $$
DECLARE
	since timestamptz := coalesce((SELECT max(d.changed_at) FROM fireiot.device_now AS d WHERE d.changed_at <= now()), now())
		- 2 * fireiot.setting('flush_interval')::interval - interval '10 s';
	changed bigint;
BEGIN
	INSERT INTO fireiot.device_now AS n (device, first_seen, last_seen, frames)
	SELECT f.device, min(f.received_at), max(f.received_at), count(*)
	FROM fireiot.frame AS f WHERE NOT f.outgoing AND f.received_at > since
	GROUP BY f.device ORDER BY f.device
	ON CONFLICT (device) DO UPDATE SET last_seen = excluded.last_seen WHERE n.last_seen < excluded.last_seen;
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION fireiot.catch_up_devices() IS
'Adds to fireiot.device_now what frames say that were stored since it was written last. The keeper calls it when it begins; returns how many rows were behind';

-- What is told of a device's link, as signals of it.
CREATE OR REPLACE FUNCTION fireiot.link_signal(
	n bigint, device fireiot.device_addr, lost boolean, occurred_at timestamptz, detail jsonb)
RETURNS fireiot.alarm_signal
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
	SELECT ROW(n, device, '0.0', 'silence', 'link', 'link.silent', 'silence', lost, now(), occurred_at, NULL, NULL, NULL, NULL, NULL, NULL,
		'fireiot', detail)::fireiot.alarm_signal
$$;
COMMENT ON FUNCTION fireiot.link_signal(bigint, fireiot.device_addr, boolean, timestamptz, jsonb) IS
'The signal that a link is lost, or is there again';

-- In which order locks are taken: as by all who write alarms.
CREATE OR REPLACE FUNCTION fireiot.begin_links()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.alarm_records_ready(now());
	LOCK TABLE fireiot.alarm_now, fireiot.deadline IN ROW EXCLUSIVE MODE;
END
$$;
COMMENT ON FUNCTION fireiot.begin_links() IS
'Part of fireiot.note_silence and fireiot.note_return: what must be there, and the locks';

-- What records have of devices that seem silent: frames behind those that the
-- listener knows of, as fireiot.ingest() stores them, or a crash has left them;
-- and whether this silence has had its case.
CREATE OR REPLACE FUNCTION fireiot.heard_by_records(
	devices fireiot.device_addr[], last_seens timestamptz[], silent_us bigint[],
	OUT n bigint, OUT heard_at timestamptz, OUT noted boolean)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, fireiot, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT u.n,
		-- a clock that was set back: then by how long it is silent
		(SELECT max(f.received_at) FROM fireiot.frame AS f WHERE f.device = u.device AND NOT f.outgoing AND f.received_at <= now()
			AND f.received_at > CASE WHEN u.last_seen <= s.since + interval '5 s' THEN u.last_seen ELSE s.since END),
		EXISTS (SELECT FROM (SELECT a.id, a.received_at FROM fireiot.alarm AS a
				WHERE a.device = u.device AND a.origin = 'silence' ORDER BY a.received_at DESC LIMIT 1) AS l
			WHERE l.received_at >= u.last_seen OR EXISTS (SELECT FROM fireiot.alarm_step AS t
				WHERE t.alarm_id = l.id AND t.step = 'repeated' AND t.received_at >= u.last_seen))
	FROM ROWS FROM (unnest(devices), unnest(last_seens), unnest(silent_us)) WITH ORDINALITY AS u (device, last_seen, silent_us, n),
		LATERAL (SELECT now() - u.silent_us * interval '1 us' AS since) AS s;
END
$$;
COMMENT ON FUNCTION fireiot.heard_by_records(fireiot.device_addr[], timestamptz[], bigint[]) IS
'Part of fireiot.note_silence: of each device when records have heard it since the listener did, and whether its silence has had a case';

-- When the link was lost: when the connection ended; else when it should have
-- spoken, from the moment on that silence is counted from, which is that of its
-- last frame, unless the server was down or its clock was set since.
CREATE OR REPLACE FUNCTION fireiot.note_silence(
	devices fireiot.device_addr[], rules bigint[], last_seens timestamptz[], silent_us bigint[], closed boolean[],
	OUT n bigint, OUT heard_at timestamptz)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, fireiot, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	signals fireiot.alarm_signal[];
	heard bigint[];
	heard_ats timestamptz[];
BEGIN
	PERFORM fireiot.begin_links();
	WITH told AS MATERIALIZED (
		SELECT u.n, u.device, u.last_seen, u.closed, h.heard_at, h.noted, r.id AS rule, r.silent_after, r.closed_after, r.clause,
			coalesce(r.quiet, '0') AS quiet, now() - u.silent_us * interval '1 us' AS since
		FROM ROWS FROM (unnest(devices), unnest(rules), unnest(last_seens), unnest(silent_us), unnest(closed)) WITH ORDINALITY
			AS u (device, rule, last_seen, silent_us, closed, n)
		JOIN fireiot.heard_by_records(note_silence.devices, note_silence.last_seens, note_silence.silent_us) AS h ON h.n = u.n
		LEFT JOIN fireiot.supervision AS r ON r.id = u.rule
	)
	SELECT array_agg(fireiot.link_signal(t.n, t.device, true,
				CASE WHEN t.closed THEN t.since WHEN abs(extract(epoch FROM t.last_seen - t.since)) < 5 THEN t.last_seen + t.quiet ELSE t.since + t.quiet END,
				jsonb_strip_nulls(jsonb_build_object('last_heard', t.last_seen, 'closed', nullif(t.closed, false),
					'limit', CASE WHEN t.closed THEN t.closed_after ELSE t.silent_after END::text, 'rule', t.rule, 'clause', t.clause)))
			ORDER BY t.n) FILTER (WHERE t.heard_at IS NULL AND NOT t.noted),
		array_agg(t.n) FILTER (WHERE t.heard_at IS NOT NULL), array_agg(t.heard_at) FILTER (WHERE t.heard_at IS NOT NULL)
	INTO signals, heard, heard_ats
	FROM told AS t;
	IF signals IS NOT NULL THEN
		PERFORM fireiot.apply_signals(signals);
	END IF;
	PERFORM fireiot.set_offline(ARRAY(SELECT d.device FROM unnest(devices) WITH ORDINALITY AS d (device, n)
		WHERE heard IS NULL OR d.n <> ALL (heard)));
	RETURN QUERY SELECT h.n, h.heard_at FROM unnest(heard, heard_ats) AS h (n, heard_at);
END
$$;
COMMENT ON FUNCTION fireiot.note_silence(fireiot.device_addr[], bigint[], timestamptz[], bigint[], boolean[]) IS
'The keeper tells which devices have become silent, by which row of fireiot.supervision, for how long, and whether because their connection is closed: opens or repeats their cases. Returns those that the records have heard';

-- In the order in which the listeners write them.
CREATE OR REPLACE FUNCTION fireiot.set_offline(devices fireiot.device_addr[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	PERFORM FROM fireiot.device_now AS d WHERE d.device = ANY (devices) AND d.online ORDER BY d.device FOR UPDATE;
	UPDATE fireiot.device_now AS d SET online = false, changed_at = now() WHERE d.device = ANY (devices) AND d.online;
END
$$;
COMMENT ON FUNCTION fireiot.set_offline(fireiot.device_addr[]) IS
'Part of fireiot.note_silence: what is silent is not online';

CREATE OR REPLACE FUNCTION fireiot.note_return(devices fireiot.device_addr[], heard_ats timestamptz[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
SET jit = off
AS $$
BEGIN
	PERFORM fireiot.begin_links();
	PERFORM fireiot.apply_signals(s.signals)
	FROM (SELECT array_agg(fireiot.link_signal(u.n, u.device, false, u.heard_at, NULL) ORDER BY u.n) AS signals
		FROM unnest(devices, heard_ats) WITH ORDINALITY AS u (device, heard_at, n)) AS s
	WHERE s.signals IS NOT NULL;
END
$$;
COMMENT ON FUNCTION fireiot.note_return(fireiot.device_addr[], timestamptz[]) IS
'The keeper tells which devices are heard again, and when they were: their cases are restored';
