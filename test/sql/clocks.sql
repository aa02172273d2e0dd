-- Clocks of alarms: working days, each limit of the five documents to the
-- second from both sides, what starts anew and what is void; what the triggers
-- keep is what the records say.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'America/New_York';

-- Working days, in Beijing whatever the session's zone is.  Make-up days count,
-- the day of the start does not, and the last one ends at 24:00.
CREATE FUNCTION beijing(at timestamptz) RETURNS text LANGUAGE sql AS $$ SELECT to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') $$;
SELECT start, days, beijing(fireiot.add_working_days(start::timestamptz, days)) AS due,
	fireiot.working_days_between(start::timestamptz, fireiot.add_working_days(start::timestamptz, days)) AS between_them
FROM (VALUES ('2024-02-08 10:00+08', 1), ('2024-02-08 10:00+08', 5), ('2024-02-03 10:00+08', 1), ('2024-02-04 23:59:59+08', 1),
	('2024-02-04 00:00+08', 1), ('2024-02-10 10:00+08', 1), ('2024-09-30 10:00+08', 5), ('2026-09-19 10:00+08', 5), ('2026-11-21 10:00+08', 0)) AS v (start, days);
SELECT day, fireiot.is_working_day(day) FROM (VALUES (date '2024-02-04'), ('2024-02-05'), ('2024-02-10'), ('2024-02-17'), ('2024-02-18'), ('2022-01-01')) AS v (day);
SELECT count(*) AS wrong
FROM generate_series(timestamptz '2023-01-01 09:00+08', '2026-11-01 09:00+08', '17 hours') AS at, generate_series(1, 9, 4) AS n
WHERE fireiot.working_days_between(at, fireiot.add_working_days(at, n)) <> n
	OR fireiot.add_working_days(at, n) >= fireiot.add_working_days(at, n + 1)
	OR NOT fireiot.is_working_day(((fireiot.add_working_days(at, n) - interval '1 s') AT TIME ZONE 'Asia/Shanghai')::date);
-- a year that is not known is an error, or is shown
SELECT fireiot.add_working_days('2022-12-30 10:00+08', 5);
SELECT fireiot.working_days_between('2022-12-30 10:00+08', '2023-02-01 10:00+08');
SELECT beijing(due_at), calendar_gap FROM fireiot.working_days_due('2022-12-30 10:00+08', 5);
SELECT fireiot.add_working_days('2024-01-01', -1);
SELECT fireiot.add_working_days('infinity', 1);
-- what the transaction has changed itself is seen, and what it has rolled back is not
BEGIN;
SELECT fireiot.is_working_day('2024-02-04');
SAVEPOINT before;
DELETE FROM fireiot.calendar_day WHERE day = '2024-02-04';
SELECT fireiot.is_working_day('2024-02-04');
ROLLBACK TO before;
SELECT fireiot.is_working_day('2024-02-04');
ROLLBACK;

-- A case and its steps, each at a time after its opening; one statement each,
-- so that the triggers follow them one by one.
SELECT count(*) > 0 AS made FROM (SELECT fireiot.make_partitions_of(name, '2024-01-01 00:00+08', '2024-12-31 00:00+08')
	FROM unnest(ARRAY['alarm', 'alarm_step']) AS name) AS m;
SELECT fireiot.make_partitions() >= 0 AS made;
CREATE FUNCTION play(packs text, class text, kind text, steps text[], opened_at timestamptz DEFAULT '2024-03-04 10:00+08') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	new_id bigint;
	word text;
	said text[];
BEGIN
	INSERT INTO fireiot.alarm (received_at, class, kind, origin, packs) VALUES (opened_at, class, kind, 'report', packs) RETURNING id INTO new_id;
	FOREACH word IN ARRAY steps LOOP
		said := regexp_match(word, '^(\w+)(?:=(\w+))?@(.*)$');
		INSERT INTO fireiot.alarm_step (received_at, alarm_id, step, actor, verdict, fields)
		VALUES (opened_at + said[3]::interval, new_id, said[1], 'test', CASE WHEN said[1] = 'verified' THEN said[2]::boolean END,
			CASE WHEN said[1] = 'reclassified' THEN jsonb_build_object('class', said[2]) END);
	END LOOP;
	RETURN new_id;
END
$$;
CREATE FUNCTION clocks(alarm bigint) RETURNS TABLE (rule text, run smallint, started interval, due interval, state text, stopped interval, by text)
LANGUAGE sql AS $$
	SELECT d.rule, d.run, d.started_at - a.received_at, d.due_at - a.received_at, d.state, d.stopped_at - a.received_at, d.stop_step
	FROM fireiot.deadline AS d JOIN fireiot.alarm AS a ON a.id = d.alarm_id WHERE d.alarm_id = clocks.alarm ORDER BY 1, 2 $$;

-- Every limit, met with the last second and late with the next one: before is
-- what has to happen first, at its time.
CREATE TABLE limits (figure text, packs text, class text, kind text, before text[], start interval, stop text, span interval, rule text);
INSERT INTO limits VALUES
	('F-01', 'sz-db3205-2023/1', 'fire', 'fire.detector', '{}', '0', 'acknowledged', '2 s', 'SZ-020'),
	('F-02', 'cqc-11002-2025/1', 'fire', 'fire.detector', '{}', '0', 'noticed', '3 s', 'CQ-009'),
	('F-03', 'cqc-11002-2025/1', 'fault', 'component.fault', '{}', '0', 'noticed', '10 s', 'CQ-010'),
	('F-05', 'cqc-11002-2025/1', 'link', 'link.silent', '{}', '0', 'noticed', '100 s', 'CQ-018'),
	('F-06', 'zj-db33-2023/1,+control_room', 'fire', 'fire.detector', '{}', '0', 'called', '1 min', 'ZJ-074'),
	('F-06', 'zj-db33-2023/1', 'fire', 'fire.detector', '{}', '0', 'called', '1 min', 'ZJ-076'),
	('F-07', 'zj-db33-2023/1', 'fire', 'fire.detector', '{called@30 s}', '30 s', 'answered', '1 min', 'ZJ-077'),
	('F-08', 'zj-db33-2023/1', 'fire', 'fire.detector', '{}', '0', 'verified=true', '3 min', 'ZJ-075'),
	('F-09', 'zj-db33-2023/1', 'event', 'gas.high', '{}', '0', 'noticed', '15 min', 'ZJ-067'),
	('F-10', 'zj-db33-2023/1', 'fault', 'component.fault', '{}', '0', 'noticed', '30 min', 'ZJ-060'),
	('F-11', 'zj-db33-2023/1', 'fault', 'component.fault', '{noticed@1 min,reported_back@2 h}', '2 h', 'recorded', '30 min', 'ZJ-062'),
	('F-12', 'zj-db33-2023/1', 'event', 'gas.high', '{noticed@1 min,reported_back@2 h}', '2 h', 'recorded', '30 min', 'ZJ-069'),
	('F-13', 'zj-db33-2023/1', 'fire', 'fire.detector', '{verified=true@1 min,reported_back@2 h}', '2 h', 'recorded', '30 min', 'ZJ-080'),
	('F-14', 'zj-db33-2023/1', 'event', 'gas.high', '{noticed@1 min}', '1 min', 'reported_back', '24 h', 'ZJ-068'),
	('F-15', 'zj-db33-2023/1', 'event', 'gas.high', '{noticed@1 min}', '1 min', 'restored', '24 h', 'ZJ-070'),
	('F-16', 'zj-db33-2023/1', 'fault', 'component.fault', '{noticed@1 min}', '1 min', 'restored', '48 h', 'ZJ-061'),
	-- noticed on Monday 2024-03-04 10:01: five working days end with Monday the 11th
	('F-17', 'zj-db33-2023/1', 'fault', 'component.fault', '{noticed@1 min}', '1 min', 'restored', '181:59', 'ZJ-063'),
	('F-18', 'jdz-2022-8/1', 'fault', 'component.fault', '{}', '0', 'handling', '24 h', 'JD-036'),
	('F-19', 'jdz-2022-8/1', 'fault', 'component.fault', '{}', '0', 'restored', '48 h', 'JD-037'),
	('F-20', 'sz-db3205-2023/1', 'event', 'patrol.finding', '{noticed@5 min}', '5 min', 'reported_back', '24 h', 'SZ-018');
CREATE TABLE tried AS
SELECT l.*, o.late, play(l.packs, l.class, l.kind, l.before || format('%s@%s', l.stop, l.start + l.span + o.by)) AS id
FROM limits AS l CROSS JOIN (VALUES (false, interval '0'), (true, '1 s')) AS o (late, by);
SELECT l.figure, l.rule, d.due_at - a.received_at - l.start AS span, l.late, d.state, d.stopped_at - d.due_at AS over
FROM tried AS l
JOIN fireiot.deadline AS d ON d.alarm_id = l.id AND d.rule = l.rule
JOIN fireiot.alarm AS a ON a.id = l.id
ORDER BY l.figure, l.rule, l.late;
-- every clause of a deadline with a number is among them
SELECT DISTINCT r.figure, r.rule FROM fireiot.rule AS r
WHERE r.builtin AND r.sort = 'deadline' AND r.figure IS NOT NULL AND r.modality <> 'no_number' AND r.rule NOT LIKE '% judge' AND NOT EXISTS (SELECT FROM limits AS l WHERE l.rule = r.rule);

-- X-04: the same fault at T + 48 h, in two places
SELECT * FROM clocks(play('zj-db33-2023/1', 'fault', 'component.fault', '{noticed@1 min,restored@48:00:01}'));
SELECT * FROM clocks(play('jdz-2022-8/1', 'fault', 'component.fault', '{noticed@1 min,restored@48:00:01}'));
-- X-01, X-03: all packs of a unit at once
SELECT * FROM clocks(play('cqc-11002-2025/1,jdz-2022-8/1,zj-db33-2023/1,operator-default/1', 'fault', 'component.fault', '{noticed@8 s}'));
-- X-02: one level of water, called otherwise by each pack
SELECT * FROM clocks(play('cqc-11002-2025/1,zj-db33-2023/1,operator-default/1', 'event', 'water_level.abnormal', '{noticed@8 s}'));
-- X-05: no number, no clock but the operator's
SELECT * FROM clocks(play('qh-2023-38/1', 'event', 'gas.high', '{}'));
SELECT * FROM clocks(play('qh-2023-38/1,operator-default/1', 'event', 'gas.high', '{}'));

-- of link the clock began when silence did
INSERT INTO fireiot.alarm (id, received_at, occurred_at, class, kind, origin, packs)
VALUES (900001, '2024-03-04 10:00+08', '2024-03-04 09:59:00+08', 'link', 'link.silent', 'silence', 'cqc-11002-2025/1');
SELECT * FROM clocks(900001);

-- only the first call starts the minute
SELECT * FROM clocks(play('zj-db33-2023/1', 'fire', 'fire.detector', '{called@10 s,answered@20 s,called@30 s}')) WHERE rule = 'ZJ-077';
-- a verdict: false makes void what is about acting, true starts what follows from it
SELECT * FROM clocks(play('jdz-2022-8/1,operator-default/1', 'fault', 'component.fault', '{noticed@1 s,verified=false@1 h}'));
SELECT * FROM clocks(play('zj-db33-2023/1,operator-default/1', 'fire', 'fire.detector', '{called@10 s,answered@12 s,verified=false@1 min,verified=true@2 min,dispatched@150 s}'));
-- the end of the case makes void what runs; opened again, it runs anew
SELECT * FROM clocks(play('jdz-2022-8/1', 'fault', 'component.fault', '{handling@1 h,closed@2 h}'));
SELECT * FROM clocks(play('jdz-2022-8/1', 'fault', 'component.fault', '{handling@1 h,closed@2 h,reopened@3 h}'));
-- what was due before the end stays breached
SELECT * FROM clocks(play('jdz-2022-8/1', 'fault', 'component.fault', '{handling@25 h,closed@49 h}'));
-- another class: its clocks start then, those of the old one are void
SELECT * FROM clocks(play('zj-db33-2023/1', 'event', 'gas.high', '{noticed@1 min,reclassified=fire@2 min,verified=true@4 min}'));
SELECT * FROM clocks(play('zj-db33-2023/1', 'event', 'gas.high', '{noticed@1 min,reclassified=fault@2 min}'));
-- a holiday: noticed the day before the Spring Festival's eve of 2024
SELECT play('zj-db33-2023/1', 'fault', 'component.fault', '{noticed@1 min}', '2024-02-08 10:00+08') AS id \gset
SELECT rule, beijing(due_at), calendar_gap FROM fireiot.deadline WHERE alarm_id = :id AND rule = 'ZJ-063';

-- A year that is not known is shown, and set right when it becomes known.
SELECT play('zj-db33-2023/1', 'fault', 'component.fault', '{noticed@1 min}', '2024-12-30 10:00+08') AS id \gset
BEGIN;
DELETE FROM fireiot.calendar_day WHERE day >= '2025-01-01' AND day < '2026-01-01';
SELECT rule, beijing(due_at), calendar_gap FROM fireiot.deadline WHERE alarm_id = :id AND rule = 'ZJ-063';
SELECT value, ok FROM fireiot.status() WHERE item = 'calendar';
INSERT INTO fireiot.calendar_day (day, working) VALUES ('2025-01-01', false);
SELECT rule, beijing(due_at), calendar_gap FROM fireiot.deadline WHERE alarm_id = :id AND rule = 'ZJ-063';
ROLLBACK;

-- The past under another pack; nothing changes.
SELECT string_agg(d::text, E'\n' ORDER BY alarm_id, rule, run) AS before FROM fireiot.deadline AS d \gset
SELECT pack, rule, state, count(*) FROM fireiot.judge('2024-03-01 00:00+08', '2024-04-01 00:00+08', 'jdz-2022-8') WHERE class = 'fault' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(*) > 0 AS judged, count(*) FILTER (WHERE d.state IS DISTINCT FROM CASE WHEN j.state = 'breached' AND j.stopped_at IS NULL THEN d.state ELSE j.state END) AS otherwise
FROM fireiot.judge('2024-03-01 00:00+08', '2024-04-01 00:00+08') AS j
LEFT JOIN fireiot.deadline AS d USING (alarm_id, pack, version, rule, run);
SELECT * FROM fireiot.judge('2024-03-01 00:00+08', '2024-04-01 00:00+08', 'nothing/1');
SELECT string_agg(d::text, E'\n' ORDER BY alarm_id, rule, run) = :'before' AS unchanged FROM fireiot.deadline AS d;

-- why(): every clock, what waits, and what has no number
SELECT play('zj-db33-2023/1,operator-default/1,+control_room', 'fire', 'fire.detector', '{noticed@2 s,called@70 s,answered@90 s}') AS id \gset
SELECT rule, clause, figure, time_limit, run, state, CASE WHEN stopped_at IS NOT NULL THEN margin END AS margin, strictest FROM fireiot.why(:id);
SELECT count(*) FROM fireiot.why(-1);
SELECT rule, time_limit, started_on, in_time, CASE WHEN stopped_at IS NOT NULL THEN margin END AS margin, maintenance FROM fireiot.sla_result WHERE alarm_id = :id ORDER BY 1;

-- What was stopped too late before the keeper came is recorded, with both times.
SELECT s.step, s.pack, s.rule, s.fields, beijing(s.due_at), s.received_at >= now() - interval '1 day' AS recorded_now, d.breached_at = s.received_at AS same
FROM fireiot.alarm_step AS s JOIN fireiot.deadline AS d ON d.alarm_id = s.alarm_id AND d.rule = s.rule
WHERE s.alarm_id = :id AND s.step = 'breached';

-- Random cases: the triggers, the records, and a plain reading of them, event by
-- event, agree.
CREATE FUNCTION plain(alarm bigint) RETURNS TABLE (rule text, run integer, started_at timestamptz, due_at timestamptz, state text, stopped_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	a fireiot.alarm := (SELECT a FROM fireiot.alarm AS a WHERE a.id = plain.alarm);
	r fireiot.rule;
	s record;
	class text;
	had text[];
	once text[];
	applied boolean;
	applies boolean;
	fits boolean;
	running boolean;
	was_void boolean;
BEGIN
	FOR r IN SELECT p.* FROM fireiot.pack_rules(a.packs) AS p WHERE p.sort = 'deadline' AND p.modality <> 'no_number' LOOP
		rule := r.rule; run := 0; class := a.class; running := false; was_void := false; had := '{}'; once := '{}'; applied := false; stopped_at := NULL;
		FOR s IN SELECT 'opened' AS step, a.received_at AS at, NULL::boolean AS verdict, NULL::jsonb AS fields, 0 AS id
			UNION ALL SELECT t.step, t.received_at, t.verdict, t.fields, t.id FROM fireiot.alarm_step AS t WHERE t.alarm_id = plain.alarm ORDER BY id LOOP
			class := CASE WHEN s.step = 'reclassified' THEN s.fields ->> 'class' ELSE class END;
			applies := EXISTS (SELECT FROM fireiot.case_rules(a.packs, class, a.kind) AS c WHERE c.pack = r.pack AND c.rule = r.rule);
			fits := s.step <> 'verified' OR r.conditions IS NULL OR CASE WHEN s.verdict THEN 'true_alarm' ELSE 'false_alarm' END = ANY (r.conditions);
			-- ends
			IF running AND (s.step = ANY (r.stop_steps) OR NOT applies OR s.step = 'closed' OR s.step = 'verified' AND
				CASE WHEN s.verdict THEN 'false_alarm' = ANY (coalesce(r.conditions, '{}'))
					ELSE 'true_alarm' = ANY (coalesce(r.conditions, '{}')) OR NOT r.stop_steps && '{noticed,called,answered,no_answer,recorded,closed}' END) THEN
				running := false;
				stopped_at := s.at;
				was_void := s.step <> ALL (r.stop_steps);
				state := CASE WHEN NOT was_void THEN CASE WHEN s.at <= due_at THEN 'met' ELSE 'late' END
					WHEN s.at <= due_at THEN 'void' ELSE 'breached' END;
				RETURN NEXT;
			ELSIF NOT running AND s.step = ANY (r.stop_steps) AND applied THEN
				was_void := false;
			END IF;
			-- starts
			IF applies AND NOT running AND (
				NOT applied AND (r.start_step IN ('opened', 'occurred') OR s.step = 'reclassified' AND r.start_step = ANY (had))
				OR applied AND s.step = r.start_step AND fits AND s.step || coalesce(s.verdict::text, '') <> ALL (once)
				OR applied AND was_void AND (s.step = 'reopened' OR s.step = 'verified' AND s.verdict)) THEN
				running := true; was_void := false;
				run := run + 1;
				started_at := s.at;
				due_at := CASE WHEN r.limit_days IS NULL THEN s.at + r.limit_interval ELSE fireiot.add_working_days(s.at, r.limit_days) END;
			END IF;
			applied := applies;
			IF fits THEN had := had || s.step; END IF;
			once := CASE WHEN s.step = 'reopened' THEN '{}' ELSE once || (s.step || coalesce(s.verdict::text, '')) END;
		END LOOP;
		IF running THEN
			state := 'open'; stopped_at := NULL;
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
CREATE FUNCTION random_steps(n integer, span interval) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	steps text[] := '{}';
	step text := '';
BEGIN
	FOR i IN 1 .. n LOOP
		-- a closed case takes one step only
		step := CASE WHEN step = 'closed' THEN 'reopened' ELSE (ARRAY['noticed', 'called', 'answered', 'acknowledged', 'verified=true', 'verified=false',
			'dispatched', 'handling', 'restored', 'reported_back', 'recorded', 'closed', 'reclassified=fire', 'reclassified=fault', 'reclassified=event',
			'escalated', 'repeated'])[1 + floor(random() * 17)] END;
		steps := steps || format('%s@%s', step, i * span + random() * interval '1 s');
	END LOOP;
	RETURN steps;
END
$$;
SELECT FROM setseed(0.5);
CREATE TABLE played AS
SELECT n, play((ARRAY['zj-db33-2023/1,operator-default/1', 'cqc-11002-2025/1,jdz-2022-8/1,zj-db33-2023/1,operator-default/1,+control_room', 'sz-db3205-2023/1,operator-default/1'])[1 + n % 3],
	(ARRAY['fire', 'event', 'fault', 'link'])[1 + n % 4], (ARRAY['fire.detector', 'gas.high', 'component.fault', 'link.silent'])[1 + n % 4],
	random_steps(n % 12, (ARRAY['7 s', '40 s', '11 min', '7 h'])[1 + n / 4 % 4]::interval),
	'2024-04-08 10:00+08'::timestamptz + n * interval '1 min') AS id
FROM generate_series(1, 200) AS n;
SELECT count(*) > 1000 AS many, count(DISTINCT state) AS states FROM fireiot.deadline WHERE alarm_id IN (SELECT id FROM played);
SELECT count(*) AS otherwise FROM (
	SELECT * FROM fireiot.deadline WHERE alarm_id IN (SELECT id FROM played)
	EXCEPT SELECT * FROM fireiot.clocks_of(ARRAY(SELECT id FROM played))) AS e;
SELECT count(*) AS otherwise FROM (
	SELECT * FROM fireiot.clocks_of(ARRAY(SELECT id FROM played))
	EXCEPT SELECT * FROM fireiot.deadline WHERE alarm_id IN (SELECT id FROM played)) AS e;
SELECT p.id, x.* FROM played AS p CROSS JOIN LATERAL (
	(SELECT 'plain' AS of, c.rule, c.run::integer, c.started_at, c.due_at, c.state, c.stopped_at FROM plain(p.id) AS c
	 EXCEPT SELECT 'plain', d.rule, d.run, d.started_at, d.due_at, d.state, d.stopped_at FROM fireiot.deadline AS d WHERE d.alarm_id = p.id)
	UNION ALL
	(SELECT 'trigger', d.rule, d.run, d.started_at, d.due_at, d.state, d.stopped_at FROM fireiot.deadline AS d WHERE d.alarm_id = p.id
	 EXCEPT SELECT 'trigger', c.rule, c.run::integer, c.started_at, c.due_at, c.state, c.stopped_at FROM plain(p.id) AS c)) AS x
ORDER BY 1, 3, 4, 2;
-- made again from the records, nothing is otherwise; and what was changed by hand is put right
SELECT fireiot.rebuild_clocks();
UPDATE fireiot.deadline SET due_at = due_at + interval '1 h' WHERE alarm_id = :id AND rule = 'ZJ-075';
DELETE FROM fireiot.deadline WHERE alarm_id = :id AND rule = 'ZJ-074';
INSERT INTO fireiot.deadline (alarm_id, pack, version, rule, class, metric, modality, started_at, due_at) VALUES (:id, 'no', 1, 'no', 'fire', 'no', 'shall', now(), now());
SELECT fireiot.rebuild_clocks();

DROP TABLE limits, tried, played;
DROP FUNCTION plain, random_steps, clocks, play, beijing;
