-- How long what is kept, and what may go.
\getenv srcdir PG_ABS_SRCDIR
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
-- every figure of the list is a rule
SELECT string_agg(format('F-%s', n), ' ') AS missing FROM generate_series(27, 52) AS n
WHERE NOT EXISTS (SELECT FROM fireiot.retention_rule WHERE figure = format('F-%s', n));
SELECT figure, string_agg(format('%s %s', rule, clause), ', ' ORDER BY rule) AS rules, classes, never, minimum, maximum, destroy_or_extend
FROM fireiot.retention_rule GROUP BY figure, classes, never, minimum, maximum, destroy_or_extend ORDER BY figure, 2;
-- what they come to: the longest minimum, and for ever what is never to go
SELECT class, kind, never, minimum, maximum, awaits_verdict FROM fireiot.retention_term ORDER BY kind, class;
SELECT * FROM fireiot.retention_problem;
SELECT name, never, minimum, rule FROM fireiot.record_table, fireiot.retention_of(classes) WHERE builtin ORDER BY name;
-- of several classes the strictest; what nobody has classified is for ever
SELECT * FROM fireiot.retention_of('{duty_log,alarm_handling}');
SELECT * FROM fireiot.retention_of('{duty_log,patrol}');
SELECT never FROM fireiot.retention_of('{}') UNION ALL SELECT never FROM fireiot.retention_of('{duty_log,unknown}');

-- where the documents contradict each other: what each says, and what becomes of it
BEGIN;
INSERT INTO fireiot.retention_choice (source, applies, reason) VALUES ('SZ', true, 'in Suzhou');
INSERT INTO fireiot.retention_rule (rule, source, clause, classes, maximum) VALUES ('own', 'own', 'backup plan 3', '{backup}', '10 years');
CREATE FUNCTION pg_temp.said(class text, OUT says text, OUT never boolean, OUT minimum interval, OUT maximum interval, OUT awaits_verdict boolean) LANGUAGE sql AS $$
	SELECT (SELECT string_agg(DISTINCT format('%s %s', r.source, coalesce(r.minimum::text, CASE WHEN r.never THEN 'never goes' ELSE concat_ws(' ', 'at most', r.maximum) END)), ', ')
			FROM fireiot.retention_rule AS r WHERE r.classes && ARRAY[c.class, c.kind, c.family]),
		t.never, t.minimum, t.maximum, t.awaits_verdict
	FROM fireiot.retention_class AS c JOIN fireiot.retention_term AS t USING (class) WHERE c.class = $1 $$;
-- X-07, X-08: video: the longest of all until there is a verdict, and of what it is then
SELECT class, s.* FROM unnest('{fire_video,fire_video_suspected,fire_video_confirmed,archive_backup}'::text[]) AS class, pg_temp.said(class) AS s;
-- X-09, X-10: calls, duty log and handover: the longest
SELECT class, s.* FROM unnest('{call_audio,duty_log,handover}'::text[]) AS class, pg_temp.said(class) AS s;
-- X-13: of backups the least and the most, which are two columns
SELECT class, s.* FROM unnest('{database_backup,archive_backup}'::text[]) AS class, pg_temp.said(class) AS s;
-- X-14: what never goes does not, though another clause names years; the most is for backups only
SELECT class, s.* FROM unnest('{fire_warning,facility_state,patrol,operation_log,fault}'::text[]) AS class, pg_temp.said(class) AS s;
SELECT count(*) FROM fireiot.retention_term WHERE maximum IS NOT NULL AND kind <> 'backup';
ROLLBACK;

-- a site decides which sources apply; never is never
BEGIN;
INSERT INTO fireiot.retention_choice (source, applies, reason) VALUES ('ZJ', false, 'not in Zhejiang'), ('CQ', false, 'not certified'), ('SZ', true, 'in Suzhou');
SELECT class, never, minimum, maximum, destroy_or_extend FROM fireiot.retention_term
WHERE class IN ('fire_video', 'fire_video_suspected', 'fire_video_confirmed', 'duty_log', 'patrol', 'archive_backup', 'database_backup') ORDER BY class;
SELECT * FROM fireiot.retention_problem ORDER BY 1, 2;
-- the site's own term: a maximum; one below a minimum is shown
INSERT INTO fireiot.retention_rule (rule, source, clause, classes, maximum) VALUES ('own', 'own', 'backup plan 3', '{database_backup}', '2 months');
SELECT class, minimum, maximum FROM fireiot.retention_term WHERE kind = 'backup' ORDER BY class;
UPDATE fireiot.retention_rule SET maximum = '7 days', classes = '{database_backup,typing_error}' WHERE rule = 'own';
SELECT * FROM fireiot.retention_problem WHERE object <> 'archive_backup' ORDER BY 1, 2;
SELECT object, key, action FROM fireiot.change_log WHERE object LIKE '%retention%' ORDER BY id;
ROLLBACK;
BEGIN;
INSERT INTO fireiot.retention_rule (rule, source, clause, classes) VALUES ('own', 'own', '1', '{paper}');
ROLLBACK;
BEGIN;
INSERT INTO fireiot.retention_rule (rule, source, clause, classes, never, minimum) VALUES ('own', 'own', '1', '{paper}', true, '1 year');
ROLLBACK;

-- attachments: the term, the verdict, the hold, the extension, the end
BEGIN;
SELECT setval('fireiot.attachment_id', 100), setval('fireiot.legal_hold_id', 10);
SELECT fireiot.add_attachment('a/1.mp4', 1000, sha256('1'), 'fire_video', '2010-03-01 08:00+08', case_id => 5, device => '000000000001');
SELECT fireiot.add_attachment('a/2.jpg', 1000, sha256('2'), 'event_media', '2010-03-01 08:00+08');
SELECT fireiot.add_attachment('a/3.jpg', 1000, sha256('3'), 'event_media', now() - interval '11 months');
SELECT fireiot.add_attachment('a/4.pdf', 1000, sha256('4'), 'paper', '2010-03-01 08:00+08');
SELECT id, class, kept_for_now, keep_until = (made_at + (SELECT minimum FROM fireiot.retention_term AS t WHERE t.class = a.class)) AS by_term, held, destroyed_at
FROM fireiot.attachment_state AS a ORDER BY id;
SELECT id, rule, clause, keep_until, overdue FROM fireiot.attachment_expired ORDER BY id;
-- the verdict makes the class, and the hold keeps what it covers
SELECT fireiot.classify_attachment(101, 'fire_video_suspected', 'false alarm: steam');
SELECT id, class, rule FROM fireiot.attachment_expired ORDER BY id;
SELECT fireiot.place_hold('case 5 is before the court', case_id => 5);
SELECT id, class FROM fireiot.attachment_expired ORDER BY id;
SAVEPOINT s;
SELECT fireiot.destroy_attachment(101, 'expired');
ROLLBACK TO s;
SELECT fireiot.destroy_attachment(103, 'expired');
ROLLBACK TO s;
SELECT fireiot.destroy_attachment(104, 'expired');
ROLLBACK TO s;
SELECT fireiot.destroy_attachment(105, 'expired');
ROLLBACK TO s;
SELECT fireiot.release_hold(11, 'judgment of 2026-10-01');
SELECT fireiot.extend_attachment(102, now() + interval '1 day', 'insurance asks');
SELECT id, class FROM fireiot.attachment_expired ORDER BY id;
SELECT fireiot.destroy_attachment(101, 'expired');
SELECT id, destroyed_at = now() AS destroyed FROM fireiot.attachment_state WHERE id = 101;
SELECT count(*) AS left FROM fireiot.attachment_expired;
SELECT attachment_id, step, class, until > now() AS extended, reason, done_by = session_user AS mine FROM fireiot.attachment_step ORDER BY id;
SAVEPOINT s;
SELECT fireiot.classify_attachment(101, 'fire_media', 'x');
ROLLBACK TO s;
SELECT fireiot.classify_attachment(102, 'film', 'x');
ROLLBACK TO s;
SELECT fireiot.extend_attachment(102, '-infinity', 'x');
ROLLBACK TO s;
SELECT fireiot.release_hold(11, 'twice');
ROLLBACK TO s;
SELECT fireiot.add_attachment('a/5', 1, '\x00', 'paper');
ROLLBACK TO s;
SELECT fireiot.place_hold('');
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT fireiot.destroy_attachment(1, 'x');
ROLLBACK;

-- a record table that may go, three months of it
BEGIN;
CREATE TABLE fireiot.own_log (id bigint NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), tx xid8, line text) PARTITION BY RANGE (received_at);
INSERT INTO fireiot.record_table (name, period, key_columns, classes) VALUES ('own_log', 'month', '{received_at,id}', '{duty_log}');
SELECT fireiot.make_partitions_of('own_log', '2020-01-15 12:00+08', '2020-03-15 12:00+08') AS made,
	fireiot.make_partitions_of('own_log', now(), now()) AS now;
SELECT p.partition, b.kind, b.detail, b.until > now() AS to_come
FROM fireiot.record_partitions('own_log') AS p LEFT JOIN fireiot.retention_blocker('own_log', p.lower_bound, p.upper_bound) AS b ON true
WHERE p.lower_bound < '2021-01-01' ORDER BY p.lower_bound;
SELECT kind, detail, until > now() AS to_come FROM fireiot.retention_blocker('own_log', now() - interval '2 years', now() - interval '1 year');
SELECT kind, until FROM fireiot.retention_blocker('own_log', '2098-01-01+08', '2098-02-01 00:00+08');
-- nothing of the four kinds, nothing without a class
SELECT DISTINCT r.name, b.kind FROM fireiot.record_table AS r, fireiot.retention_blocker(r.name, '2010-01-01', '2010-02-01') AS b ORDER BY 1;
UPDATE fireiot.record_table SET classes = '{}' WHERE name = 'own_log';
SELECT kind, detail FROM fireiot.retention_blocker('own_log', '2010-01-01', '2010-02-01');
UPDATE fireiot.record_table SET classes = '{duty_log}' WHERE name = 'own_log';
-- holds: those that overlap
SELECT fireiot.place_hold('court', device => '000000000009', from_at => '2020-02-10 00:00+08', to_at => '2020-03-01 00:00+08') > 0 AS held;
SELECT p.partition, b.kind FROM fireiot.record_partitions('own_log') AS p LEFT JOIN fireiot.retention_blocker('own_log', p.lower_bound, p.upper_bound) AS b ON true
WHERE p.lower_bound < '2021-01-01' ORDER BY p.lower_bound;
-- without rows there is nothing to seal; nobody but the owner
SELECT records, partition, from_at, to_at, rows, rule, clause, certificate FROM fireiot.purge_expired();
CREATE ROLE retention_operator;
SELECT fireiot.grant_operator('retention_operator');
SET LOCAL ROLE retention_operator;
SELECT fireiot.place_hold('mine') > 0 AS held;
SELECT count(*) FROM fireiot.attachment_expired;
SAVEPOINT s;
SELECT fireiot.purge_expired();
ROLLBACK TO s;
SELECT fireiot.release_hold(1, 'x');
ROLLBACK TO s;
SELECT fireiot.destroy_attachment(1, 'x');
ROLLBACK TO s;
INSERT INTO fireiot.retention_choice (source, applies, reason) VALUES ('ZJ', false, 'x');
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT fireiot.purge_expired(false);
ROLLBACK;
