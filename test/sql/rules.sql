-- The rules that cases are judged by: the figures, the packs of units, how they
-- combine, what is loaded and what contracts add.
\getenv srcdir PG_ABS_SRCDIR
\set SHOW_CONTEXT never
\set VERBOSITY default
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
SET client_min_messages = warning;
-- whatever day it is, none of our packs is about to end
INSERT INTO fireiot.pack_choice (pack, version, valid_to, reason) VALUES ('qh-2023-38', 1, '2999-01-01', 'a test of no day');

-- every figure of the list, with its requirements, its group and its number
CREATE TEMP TABLE listed (no text, grp text, rows text, figure text, starts text, stops text, note text);
\set figures :srcdir '/data/figures.csv'
COPY listed FROM :'figures' (FORMAT csv, HEADER true);
SELECT count(*) AS listed, count(*) FILTER (WHERE EXISTS (SELECT FROM fireiot.figure AS f WHERE f.figure = l.no)) AS carried,
	count(*) FILTER (WHERE grp = 'retention') AS retention FROM listed AS l;
SELECT l.no, r.requirement AS not_carried
FROM listed AS l, string_to_table(regexp_replace(l.rows, 'CQ-035…047', (SELECT string_agg(format('CQ-0%s', n), ' ') FROM generate_series(35, 47) AS n)), ' ') AS r (requirement)
WHERE r.requirement LIKE '__-___' AND NOT EXISTS (SELECT FROM fireiot.figure AS f WHERE f.figure = l.no AND r.requirement = ANY (f.requirements))
ORDER BY 1, 2;
SELECT l.no, l.grp, f.sort, f.rule FROM listed AS l JOIN fireiot.figure AS f ON f.figure = l.no
WHERE CASE l.grp WHEN 'capacity/level' THEN 'level' ELSE l.grp END <> CASE f.sort WHEN 'uplink' THEN 'deadline' ELSE f.sort END;
SELECT f.rule, f.figure FROM fireiot.figure AS f WHERE f.clause = '' OR f.document IS NULL;
-- the numbers of the list that are times, against the rules
SELECT l.grp, count(*) FILTER (WHERE l.figure ~ '^\d+ (s|min|h)\M' AND r.limit_interval IS NOT NULL) AS times,
	count(*) FILTER (WHERE l.figure ~ '^\d+ working days' AND r.limit_days IS NOT NULL) AS days,
	count(*) FILTER (WHERE l.figure ~ '^(weekly|monthly)') AS cycles, count(*) FILTER (WHERE l.figure LIKE '%一般%') AS soft
FROM listed AS l JOIN fireiot.rule AS r ON r.figure = l.no GROUP BY 1 ORDER BY 1;
SELECT l.no, l.figure, r.rule, r.limit_interval, r.limit_days
FROM listed AS l JOIN fireiot.rule AS r ON r.figure = l.no
CROSS JOIN LATERAL (SELECT substring(l.figure FROM '^(\d+ (?:s|min|h))\M')::interval AS time, substring(l.figure FROM '^(\d+) working days')::integer AS days) AS n
WHERE l.grp = 'deadline' AND l.figure ~ '^\d' AND (r.limit_interval, r.limit_days) IS DISTINCT FROM (n.time, n.days)
	OR l.grp = 'supervision' AND r.limit_interval <> l.figure::interval
	OR l.grp = 'cycle' AND (l.figure = 'weekly' AND r.limit_interval <> '7 days' OR l.figure = 'monthly' AND r.limit_interval <> '1 month')
	OR l.grp = 'deadline' AND l.figure !~ '^\d' AND r.modality <> 'no_number'
	OR l.grp = 'deadline' AND (l.figure LIKE '%一般%') <> (r.modality = 'generally');
SELECT figure, pack, rule, clause, metric, number, modality FROM fireiot.figure WHERE sort <> 'retention'
ORDER BY figure COLLATE "C", pack COLLATE "C", rule COLLATE "C";
SELECT pack, rule, clause, metric, modality, transition FROM fireiot.rule WHERE figure IS NULL AND origin = 'clause'
ORDER BY pack COLLATE "C", rule COLLATE "C";
-- CQ annex A: daily 1, weekly 1, monthly 5, half-yearly 6
SELECT limit_interval, count(*) FROM fireiot.rule WHERE figure = 'F-64' GROUP BY 1 ORDER BY 1;
-- words without a number: the operator's are marked as such
SELECT rule, metric, classes, limit_interval, note FROM fireiot.rule WHERE pack = 'operator-default' AND sort = 'deadline' ORDER BY rule COLLATE "C";
SELECT pack, origin, count(*) FROM fireiot.rule GROUP BY 1, 2 ORDER BY pack COLLATE "C", 2;
SELECT * FROM fireiot.rule_problem;

-- the calendar: as the notices count the days
SELECT extract(year FROM day) AS year, count(*) FILTER (WHERE NOT working) AS off, count(*) FILTER (WHERE working) AS worked, string_agg(DISTINCT source, ', ') AS source
FROM fireiot.calendar_day GROUP BY 1 ORDER BY 1;
SELECT day FROM fireiot.calendar_day WHERE working AND extract(isodow FROM day) < 6;

-- what a site says wins, and is its own
BEGIN;
INSERT INTO fireiot.calendar_day (day, working, name, source) VALUES ('2026-10-08', false, '国庆节', 'own'), ('2026-10-10', false, '国庆节', 'own');
UPDATE fireiot.calendar_day SET name = 'New Year' WHERE day = '2026-01-01';
SELECT * FROM fireiot.calendar_day WHERE NOT builtin ORDER BY 1;
INSERT INTO fireiot.calendar_day (day, working) VALUES ('2026-10-08', true);
ROLLBACK;
BEGIN;
INSERT INTO fireiot.alarm_kind (kind, class, name_zh, name_en) VALUES ('gas.high', 'fire', '燃气', 'gas');
SELECT * FROM fireiot.alarm_kind WHERE NOT builtin;
ROLLBACK;

-- which packs apply
BEGIN;
INSERT INTO fireiot.unit (id, name, division_code) VALUES (1001, '杭州', '330106'), (1002, '景德镇', '360202'), (1003, '西宁', '630102'),
	(1004, '苏州', '320508'), (1005, '无区划', NULL), (1006, '九江', '360402'), (1008, '宁波', '330206');
INSERT INTO fireiot.unit_profile (unit_id, control_room, residential, traits, certifications, packs) VALUES
	(1001, true, false, '{high_rise}', '{CQC/SC 11002}', '{}'), (1004, false, true, '{}', '{}', '{sz-db3205-2023}'),
	(1005, false, false, '{}', '{}', '{jdz-2022-8,zj-db33-2023/1}');
SELECT * FROM fireiot.unit_packs('{1001,1002,1003,1004,1005,1006,9999,NULL,1001}', '2026-11-20 12:00') ORDER BY unit_id;
-- from its first day on, to its last (F-75: five years)
SAVEPOINT s;
DELETE FROM fireiot.pack_choice;
SELECT at, fireiot.packs_of(1001, at) AS zhejiang, fireiot.packs_of(1003, at) AS qinghai
FROM unnest('{2025-07-16 23:59:59,2025-07-17 00:00,2023-06-27 23:59:59,2023-06-28 00:00,2023-11-09 23:59:59,2023-11-10 00:00,2028-06-27 23:59:59,2028-06-28 00:00}'::timestamptz[]) AS at;
ROLLBACK TO s;
-- days are those of fireiot.time_zone, not of the session
SET LOCAL timezone = 'UTC';
SELECT fireiot.packs_of(1001, '2023-11-09 16:00Z'), fireiot.packs_of(1001, '2023-11-09 15:59:59Z');
SET LOCAL timezone = 'Asia/Shanghai';
-- a draft is put in force, a pack ends: by the site
SAVEPOINT s;
INSERT INTO fireiot.pack_choice (pack, version, status, valid_from, reason) VALUES ('sz-db3205-2023', 1, 'in_force', '2026-06-01', 'issued');
SELECT fireiot.end_pack('zj-db33-2023', 1, '2026-12-31', 'replaced');
SELECT fireiot.packs_of(1004, '2026-06-01 12:00'), fireiot.packs_of(1001, '2026-12-30 12:00'), fireiot.packs_of(1001, '2026-12-31 12:00');
DELETE FROM fireiot.unit_profile WHERE unit_id = 1004;
SELECT fireiot.packs_of(1004, '2026-06-01 12:00'), fireiot.packs_of(1004, '2026-05-31 12:00');
SELECT pack, status, valid_from, valid_to, reason FROM fireiot.rule_pack_state WHERE reason IS NOT NULL AND reason <> 'a test of no day' ORDER BY 1;
ROLLBACK TO s;

CREATE FUNCTION pg_temp.strict(unit_id bigint, class text, kind text DEFAULT NULL, metric text DEFAULT NULL,
	OUT metric text, OUT pack text, OUT rule text, OUT number text, OUT modality text, OUT origin text, OUT beats text[])
RETURNS SETOF record LANGUAGE sql AS $$
	SELECT s.metric, s.pack, s.rule, s.number, s.modality, s.origin, s.beats
	FROM fireiot.strictest($1, $2, '2026-11-20 12:00', $3) AS s WHERE s.sort <> 'uplink' AND ($4 IS NULL OR s.metric = $4) $$;
-- X-01: two clocks, not one: the automatic notice and the call
INSERT INTO fireiot.unit (id, name) VALUES (1007, 'all of them');
INSERT INTO fireiot.unit_profile (unit_id, control_room, certifications, packs)
VALUES (1007, true, '{CQC/SC 11002}', '{zj-db33-2023,qh-2023-38,jdz-2022-8,sz-db3205-2023}');
SELECT * FROM pg_temp.strict(1007, 'fire');
-- X-02: the same low water is a fault here and an event there
SELECT pack, rule, metric, classes, limit_interval FROM fireiot.case_rules('cqc-11002-2025/1,zj-db33-2023/1', 'event', 'water_pressure.abnormal')
WHERE metric IN ('notice', 'clear') ORDER BY 1, 2;
SELECT pack, class, called FROM fireiot.pack_class WHERE kind = 'water_pressure.abnormal';
SELECT pack, rule FROM fireiot.case_rules('jdz-2022-8/1,zj-db33-2023/1', 'event', 'gas.leak') WHERE metric IN ('report', 'clear') ORDER BY 1, 2;
-- X-03: 10 s automatically do for all three, the judgement of people stays 30 min
SELECT * FROM pg_temp.strict(1007, 'fault', metric => 'notice') UNION ALL SELECT * FROM pg_temp.strict(1007, 'fault', metric => 'judge');
-- X-04: soft and hard are two; working days count as their least; targets and actions are those of all
SELECT * FROM pg_temp.strict(1007, 'fault', metric => 'handling') UNION ALL SELECT * FROM pg_temp.strict(1007, 'fault', metric => 'start')
UNION ALL SELECT * FROM pg_temp.strict(1007, 'fault', metric => 'clear');
SELECT metric, targets, actions FROM fireiot.strictest(1007, 'fault', '2026-11-20 12:00') WHERE metric = 'clear';
SELECT * FROM pg_temp.strict(1007, 'event', 'patrol.finding', 'clear');
-- X-05: where no document has a number there is the operator's, marked; where one has, it stands aside
SELECT * FROM pg_temp.strict(1006, 'event');
SELECT origin, pack, rule FROM fireiot.case_rules('zj-db33-2023/1,operator-default/1', 'event', 'iot.event') WHERE metric = 'clear';
SELECT count(*) AS clocks_without_default FROM fireiot.case_rules('qh-2023-38/1', 'event', 'iot.event') WHERE modality <> 'no_number';
-- X-06: 100 s are of a lost link, the cycles of what is silent by design
SELECT rule, metric, start_step, limit_interval, note FROM fireiot.rule WHERE rule IN ('CQ-016', 'CQ-017', 'CQ-018') ORDER BY 1;
SELECT pack, rule, metric, limit_interval, limit_days FROM fireiot.case_rules('cqc-11002-2025/1,zj-db33-2023/1', 'link', 'link.silent')
WHERE metric IN ('notice', 'clear') ORDER BY 1, 2;
-- X-11, X-12: the least cycle, each from another document; X-15, X-16, X-17: the highest level
SELECT s.metric, s.pack, s.number, s.beats FROM fireiot.strictest(1007, at => '2026-11-20 12:00') AS s
WHERE s.metric IN ('backup_full', 'backup_files', 'mlps_level', 'training', 'staff', 'staff.field_per_household', 'assessment',
	'report_month', 'report_push', 'statistics_year', 'contact_channels', 'shift_length', 'outage') ORDER BY 1;
-- X-18, X-19: whom to tell is data, and the union
SELECT metric, targets FROM fireiot.strictest(1007, 'fire', '2026-11-20 12:00') WHERE metric IN ('report', 'dispatch', 'answer');
SELECT pack, rule, targets, note FROM fireiot.rule WHERE rule IN ('ZJ-078', 'JD-035 report', 'QH-046') ORDER BY 1;
-- X-20, X-21: what a step needs is data, and the union
SELECT metric, required_fields, required_steps FROM fireiot.strictest(1007, 'fire', '2026-11-20 12:00') WHERE sort = 'guard';
SELECT pack, rule, transition, conditions, required_fields, required_steps FROM fireiot.rule WHERE sort = 'guard' ORDER BY pack COLLATE "C", rule COLLATE "C";
-- X-22: reports of every period that a document names
SELECT s.metric, s.pack, s.rule, s.number, s.beats FROM fireiot.strictest(1007, at => '2026-11-20 12:00') AS s
WHERE s.metric LIKE 'report%' AND s.sort = 'cycle' OR s.metric = 'statistics_year' ORDER BY 1;
-- with or without a control room: the traits stay with other packs
SELECT fireiot.packs_of(u, '2026-11-20 12:00') AS packs, r.rule, r.targets FROM unnest('{1001,1006}'::bigint[]) AS u,
	fireiot.case_rules(fireiot.with_packs(fireiot.packs_of(u, '2026-11-20 12:00'), 'zj-db33-2023/1'), 'fire', 'component.fire') AS r WHERE r.metric = 'call';
SELECT u AS unit, s.rule, s.targets FROM unnest('{1001,1008}'::bigint[]) AS u, fireiot.strictest(u, 'fire', '2026-11-20 12:00') AS s WHERE s.metric = 'call';

-- a least above a most is shown, not resolved
SELECT fireiot.load_pack('{"pack": "long-shifts", "basis": "jurisdiction", "jurisdiction": "3301", "document": "test", "name_zh": "长班", "name_en": "long shifts",
	"rules": [{"rule": "1", "clause": "1", "sort": "level", "metric": "shift_length", "limit_interval": "12 h", "bound": "min"}]}');
SELECT packs, units, metric, at_least, at_least_rule, at_most, at_most_rule FROM fireiot.rule_contradiction WHERE packs LIKE '%long-shifts%';
SELECT object, key, problem FROM fireiot.rule_problem;

-- a new version: what is open keeps its own, what comes has the new one
SELECT fireiot.packs_of(1006) AS before \gset
SELECT fireiot.load_pack('{"pack": "operator-default", "document": "值班规程 2026", "rules": [
	{"rule": "event notice", "clause": "3", "sort": "deadline", "classes": ["event"], "metric": "notice", "start_step": "opened", "stop_steps": ["noticed"], "limit_interval": "5 min", "origin": "operator"}],
	"classes": [{"kind": "complaint", "class": "fault"}]}');
SELECT fireiot.packs_of(1006), fireiot.packs_of(1006, now() - interval '1 day') = :'before' AS before_is_before;
SELECT rule, limit_interval FROM fireiot.case_rules(:'before', 'event', 'iot.event') WHERE metric = 'notice'
UNION ALL SELECT rule, limit_interval FROM fireiot.case_rules(fireiot.packs_of(1006), 'event', 'iot.event') WHERE metric = 'notice';
SELECT pack, version, basis, document, builtin FROM fireiot.rule_pack WHERE pack = 'operator-default' ORDER BY 2;
SELECT object, key, action FROM fireiot.change_log WHERE key LIKE 'operator-default 1001%' ORDER BY object COLLATE "C", key COLLATE "C";
-- what is refused
SAVEPOINT s;
UPDATE fireiot.rule SET limit_interval = '1 h' WHERE rule = 'ZJ-074';
ROLLBACK TO s;
DELETE FROM fireiot.rule_pack WHERE pack = 'zj-db33-2023';
ROLLBACK TO s;
TRUNCATE fireiot.pack_class;
ROLLBACK TO s;
UPDATE fireiot.rule_pack SET valid_to = '2026-12-01' WHERE pack = 'zj-db33-2023';
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "x"}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "x", "rules": [{"rule": "1"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "version": 2, "rules": [{"rule": "1"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "rules": [{"rule": "1", "limits": "1 h"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "rules": [{"rule": "1", "clause": "1", "sort": "deadline", "metric": "call"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "rules": [{"rule": "1", "clause": "1", "sort": "guard", "metric": "closed", "transition": "closed"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "rules": [{"rule": "1", "clause": "1", "sort": "deadline", "metric": "call", "classes": ["fire"], "start_step": "opened", "stop_steps": ["rung"], "limit_interval": "1 min"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "rules": [{"rule": "1", "clause": "1", "sort": "deadline", "metric": "call", "kinds": ["smoke"], "limit_interval": "soon"}]}');
ROLLBACK TO s;
SELECT fireiot.load_pack('{"pack": "zj-db33-2023", "rules": [{"rule": "1", "clause": "1", "sort": "cycle", "metric": "call", "limit_interval": "soon"}]}');
ROLLBACK TO s;
SELECT fireiot.end_pack('zj-db33-2023', 9, '2027-01-01', 'x');
ROLLBACK TO s;
SELECT fireiot.known_packs('zj-db33-2023/1, operator-default,+control_room'), fireiot.known_packs('');
SELECT fireiot.known_packs('zj-db33-2023/8,nowhere');
ROLLBACK;

-- a pack that is loaded is closed: no rule comes in later
SELECT fireiot.load_pack('{"pack": "later", "basis": "operator", "document": "test", "name_zh": "x", "name_en": "x", "valid_to": "2099-01-01",
	"rules": [{"rule": "1", "clause": "1", "sort": "cycle", "metric": "x", "limit_interval": "1 day"}]}');
INSERT INTO fireiot.rule (pack, version, rule, clause, sort, metric, limit_interval) VALUES ('later', 1, '2', '2', 'cycle', 'x', '1 h');
INSERT INTO fireiot.rule (pack, version, rule, clause, sort, metric, limit_interval) VALUES ('nowhere', 1, '2', '2', 'cycle', 'x', '1 h');

-- contracts tighten, and become packs at commit
INSERT INTO fireiot.unit (id, name, division_code) VALUES (1010, '陶瓷厂', '360203');
INSERT INTO fireiot.contract (id, unit_id, kind, number, valid_from, valid_to) VALUES (501, 1010, 'maintenance', 'M-2026-7', '2026-01-01', '2099-01-01');
INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps, limit_interval) VALUES (501, 'repair', '第七条', '{fault}', 'clear', '{restored}', '48 h 1 s');
INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps, limit_days) VALUES (501, 'repair', '第七条', '{fault}', 'clear', '{restored}', 1);
INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps, limit_days) VALUES (999, 'repair', '第七条', '{fault}', 'clear', '{restored}', 1);
BEGIN;
INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps, limit_interval) VALUES (501, 'repair', '第七条', '{fault}', 'clear', '{restored}', '48 h');
INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, kinds, metric, stop_steps, limit_days, action, targets) VALUES
	(501, 'device', '第八条', '{link}', '{link.silent}', 'replace', '{restored}', 3, 'escalate', '{responsible_person}');
UPDATE fireiot.contract_rule SET limit_interval = '12 h' WHERE rule = 'repair';
COMMIT;
SELECT fireiot.packs_of(1010, '2026-11-20 12:00'), fireiot.packs_of(1010, '2025-12-31 12:00'), fireiot.packs_of(1010) = fireiot.packs_of(1010, '2026-11-20 12:00') AS today;
SELECT pack, rule, number, beats FROM fireiot.strictest(1010, 'fault') WHERE metric = 'clear';
-- F-21: CQC leaves the number to the contract
SELECT pack, rule, modality, number FROM fireiot.strictest_of('contract-501/1,cqc-11002-2025/1', 'fault') WHERE metric = 'clear';
-- one version a transaction, none when nothing has changed; cases keep theirs
UPDATE fireiot.contract_rule SET limit_interval = limit_interval, changed_at = now() + interval '1 s';
UPDATE fireiot.contract_rule SET limit_interval = '10 h', limit_days = NULL WHERE rule = 'repair';
DELETE FROM fireiot.contract_rule WHERE rule = 'device';
SELECT p.pack, p.version, p.name_en, r.rule, r.clause, r.limit_interval, r.limit_days
FROM fireiot.rule_pack AS p LEFT JOIN fireiot.rule AS r USING (pack, version) WHERE p.basis = 'contract' ORDER BY 1, 2, 4;
SELECT fireiot.packs_of(1010);
SELECT rule, limit_interval FROM fireiot.case_rules('contract-501/1', 'fault', 'component.fault');
-- the law becomes stricter than a contract: shown
BEGIN;
SELECT fireiot.load_pack('{"pack": "city", "basis": "jurisdiction", "jurisdiction": "360203", "document": "test", "name_zh": "x", "name_en": "x", "rules": [
	{"rule": "1", "clause": "1", "sort": "deadline", "classes": ["fault"], "metric": "clear", "start_step": "opened", "stop_steps": ["restored"], "limit_interval": "8 h"}]}');
SELECT * FROM fireiot.rule_problem;
ROLLBACK;
-- half a year before a pack ends, with nothing to follow, it is said
BEGIN;
SELECT fireiot.load_pack(jsonb_build_object('pack', p.pack, 'basis', 'operator', 'document', 'test', 'name_zh', 'x', 'name_en', 'x',
	'valid_to', (now() AT TIME ZONE 'Asia/Shanghai')::date + p.days, 'rules', '[{"rule": "1", "clause": "1", "sort": "cycle", "metric": "x", "limit_interval": "1 day"}]'::jsonb))
FROM (VALUES ('soon', 170), ('followed', 170), ('not-yet', 190)) AS p (pack, days);
SELECT fireiot.load_pack('{"pack": "followed", "rules": [{"rule": "1", "clause": "1", "sort": "cycle", "metric": "x", "limit_interval": "1 day"}]}');
SELECT object, key, problem = format('ends on %s, and nothing follows', (now() AT TIME ZONE 'Asia/Shanghai')::date + 170) AS ends FROM fireiot.rule_problem;
ROLLBACK;
-- what refers to nothing
BEGIN;
INSERT INTO fireiot.unit_profile (unit_id, certifications, packs) VALUES (1010, '{ISO}', '{nowhere,zj-db33-2023/9}');
INSERT INTO fireiot.pack_choice (pack, version, reason) VALUES ('nowhere', 1, 'x');
DELETE FROM fireiot.contract;
SELECT * FROM fireiot.rule_problem ORDER BY 1, 2, 3;
ROLLBACK;

-- whom to tell
BEGIN;
INSERT INTO fireiot.unit_profile (unit_id, control_room, certifications) VALUES (1010, true, '{CQC/SC 11002}');
INSERT INTO fireiot.person (id, unit_id, name, phone) VALUES (71, 1010, '责任人', '13800000000');
INSERT INTO fireiot.contact (id, unit_id, building_id, area_id, role, position, name, person_id, channels, valid_from, valid_to) VALUES
	(801, 1010, NULL, NULL, 'control_room', 2, '二号机', NULL, '{call:2}', NULL, NULL), (802, 1010, NULL, NULL, 'control_room', 1, '一号机', NULL, '{call:1}', NULL, NULL),
	(803, 1010, 5, NULL, 'control_room', 1, '五号楼', NULL, '{call:5}', NULL, NULL), (804, 1010, 5, 6, 'control_room', 9, '租户', NULL, '{call:6}', NULL, NULL),
	(805, NULL, NULL, NULL, 'data_platform', 1, '数据平台', NULL, '{webhook:https://data.example/}', NULL, NULL), (806, NULL, NULL, NULL, 'control_room', 1, 'everywhere', NULL, '{call:0}', NULL, NULL),
	(807, 1010, NULL, NULL, 'responsible_person', 1, NULL, 71, '{call:13800000000}', NULL, '2026-11-21'), (808, 1010, NULL, NULL, 'responsible_person', 1, '新责任人', NULL, '{call:13900000000}', '2026-11-21', NULL);
SELECT role, place, contact_id, name, channels FROM fireiot.contacts_of(1010, at => '2026-11-20 23:59:59');
SELECT place, contact_id, name FROM fireiot.contacts_of(1010, 'control_room', building_id => 5, area_id => 6);
SELECT contact_id, name FROM fireiot.contacts_of(1010, 'responsible_person', '2026-11-21 00:00');
SELECT contact_id, name FROM fireiot.contacts_of(9999, 'control_room');
SELECT * FROM fireiot.contact_problem WHERE unit_id = 1010 ORDER BY 2;
UPDATE fireiot.contact SET channels = '{call:1,sms:1}', role = 'safety_manager' WHERE id = 802;
INSERT INTO fireiot.contact (role, channels) VALUES ('city_platform', '{webhook:https://city.example/}');
SELECT * FROM fireiot.contact_problem WHERE unit_id = 1010 ORDER BY 2;
ROLLBACK;
BEGIN;
INSERT INTO fireiot.person (id, organization_id, name) VALUES (72, 98, 'x');
INSERT INTO fireiot.contact (id, unit_id, building_id, area_id, person_id, organization_id, role, channels) VALUES (801, 91, 92, 93, 94, 95, 'x', '{call:1}');
INSERT INTO fireiot.contract (id, unit_id, organization_id, kind) VALUES (502, 96, 97, 'service');
INSERT INTO fireiot.unit_profile (unit_id) VALUES (99);
SELECT * FROM fireiot.registry_problem WHERE object IN ('person', 'contact', 'contract', 'unit_profile') ORDER BY 1, 2, 3;
ROLLBACK;
-- what a row may not say
\set VERBOSITY terse
INSERT INTO fireiot.contact (role, channels) VALUES ('control_room', '{}');
INSERT INTO fireiot.contact (role, channels) VALUES ('control_room', '{call:1,fax:2}');
INSERT INTO fireiot.contact (role, channels) VALUES ('control_room', '{call:1,NULL}');
INSERT INTO fireiot.contact (role, channels) VALUES ('control_room', '{call:1,""}');
INSERT INTO fireiot.contact (role, channels) VALUES ('Control room', '{call:1}');
INSERT INTO fireiot.unit_profile (unit_id, traits) VALUES (1, '{!x}');
INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis) VALUES ('x', 1, 'x', 'x', 'x', 'jurisdiction');
INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps) VALUES (501, 'x', 'x', '{fault}', 'x', '{restored}');

-- who may
CREATE ROLE rules_reader;
CREATE ROLE rules_operator;
SELECT fireiot.grant_reader('rules_reader'), fireiot.grant_operator('rules_operator');
SET ROLE rules_reader;
SELECT count(*) > 0 AS figures FROM fireiot.figure;
SELECT count(*) AS problems FROM fireiot.rule_problem;
SELECT count(*) AS contradictions FROM fireiot.rule_contradiction;
SELECT count(*) > 0 AS contacts FROM fireiot.contact_problem;
SELECT count(*) > 0 AS rules FROM fireiot.strictest(1010, 'fire');
INSERT INTO fireiot.unit_profile (unit_id) VALUES (1010);
SET ROLE rules_operator;
BEGIN;
UPDATE fireiot.contract_rule SET limit_interval = '9 h' WHERE contract_id = 501;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT fireiot.packs_of(1010);
ROLLBACK;
UPDATE fireiot.rule SET note = 'x';
INSERT INTO fireiot.pack_choice (pack, version, reason) VALUES ('zj-db33-2023', 1, 'x');
SELECT fireiot.load_pack('{}');
RESET ROLE;
DROP OWNED BY rules_reader, rules_operator;
DROP ROLE rules_reader, rules_operator;
DELETE FROM fireiot.contract_rule;
DELETE FROM fireiot.contract;
DELETE FROM fireiot.unit WHERE id = 1010;
DELETE FROM fireiot.pack_choice;
