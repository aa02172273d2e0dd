-- The rules that cases are judged by.  Each is of a version of a pack, cites its
-- clause, and stays as it is: what changes is a new version.  Retention has its
-- own table of rules (46_retention.sql); fireiot.figure shows both.
--
-- Packs of the documents are in sql/packs.  What a site decides about them is in
-- rows of its own (pack_choice), so that a dump carries it.

CREATE TABLE fireiot.alarm_kind (
	kind text PRIMARY KEY CHECK (kind ~ '^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$'),
	class text NOT NULL CHECK (class IN ('fire', 'event', 'fault', 'link')),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	clause text,
	builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE fireiot.alarm_kind IS 'What alarms are in detail; the class is that of an alarm that does not say another';
COMMENT ON COLUMN fireiot.alarm_kind.kind IS 'Of a bit: the kind of its field, a point, its key';
COMMENT ON COLUMN fireiot.alarm_kind.clause IS 'What lists it';

INSERT INTO fireiot.alarm_kind (kind, class, name_zh, name_en, clause, builtin)
SELECT pg_catalog.format('%s.%s', CASE b.state_kind WHEN 1 THEN 'system' WHEN 2 THEN 'component' WHEN 4 THEN 'operation'
		WHEN 21 THEN 'device' ELSE 'device_operation' END, b.key),
	b.class, b.name_zh, b.name_en, 'GB/T 26875.3', true
FROM fireiot.status_bit AS b WHERE b.class IS NOT NULL AND b.key IS NOT NULL;

INSERT INTO fireiot.alarm_kind (kind, class, name_zh, name_en, clause, builtin) VALUES
	('value.high', 'event', '监测值超上限', 'a value above its limit', 'ZJ 8.3.1 f)', true),
	('value.low', 'event', '监测值低于下限', 'a value below its limit', 'ZJ 8.3.1 f)', true),
	('water_level.abnormal', 'event', '水位异常', 'a water level out of its limits', 'ZJ 8.3.1 a), CQ 4.3.2 b)', true),
	('water_pressure.abnormal', 'event', '水压异常', 'a water pressure out of its limits', 'ZJ 8.3.1 a), CQ 4.3.2 c) f)', true),
	('electric.abnormal', 'event', '智慧用电监测值超阈值', 'electrical values beyond their limits', 'ZJ 8.3.1 b)', true),
	('gas.high', 'event', '可燃气体浓度超阈值', 'combustible gas above its limit', 'ZJ 8.3.1 c)', true),
	('charging.abnormal', 'event', '电动自行车充换电异常', 'charging of electric bicycles out of order', 'ZJ 8.3.1 d)', true),
	('video.passage_blocked', 'event', '消防通道占用', 'a fire passage is blocked', 'ZJ 8.3.1 e)', true),
	('video.duty_absent', 'event', '消防控制室值班人员离岗', 'nobody on duty in the control room', 'ZJ 8.3.1 e)', true),
	('video.bicycle_parked', 'event', '电动自行车、电动摩托车违规停放', 'electric bicycles where they must not stand', 'ZJ 8.3.1 e)', true),
	('iot.event', 'event', '其它物联感知预警', 'a warning of another sensor', 'ZJ 8.3.1 f)', true),
	('fire.alarm_system', 'fire', '火灾自动报警系统火灾预警', 'fire, by a fire alarm system', 'ZJ 8.4.1', true),
	('fire.detector', 'fire', '联网型火灾探测报警器火灾预警', 'fire, by a networked detector', 'ZJ 8.4.1', true),
	('fire.other', 'fire', '其它物联网感知设备火灾预警', 'fire, by another sensor or person', 'ZJ 8.4.1', true),
	('fire.video', 'fire', '视频分析火灾预警', 'fire, by video analysis', 'ZJ 8.4.1', true),
	('pump.not_automatic', 'event', '水泵控制柜非自动状态', 'a pump is not in automatic mode', 'CQ 4.3.2 d)', true),
	('pump.power_fault', 'fault', '水泵控制柜电源故障', 'power fault of a pump', 'CQ 4.3.2 e)', true),
	('sensor.fault', 'fault', '物联网感知设备故障', 'a sensor is out of order', 'ZJ 8.2.1', true),
	('sensor.battery_low', 'fault', '电池电量低', 'the battery of a sensor runs low', 'SZ 5.1.2.1', true),
	('patrol.finding', 'event', '巡检发现的问题', 'a finding of a patrol', 'ZJ 5.2.2, SZ 5.1.2.2', true),
	('complaint', 'event', '投诉', 'a complaint', 'CQ 5.5', true),
	('link.silent', 'link', '通信中断', 'nothing is heard of the device', 'CQ 4.4.2', true);

CREATE TABLE fireiot.rule_pack (
	pack text CHECK (pack ~ '^[a-z0-9][a-z0-9.-]*$'),
	version integer CHECK (version > 0),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	document text NOT NULL CHECK (document <> ''),
	basis text NOT NULL CHECK (basis IN ('jurisdiction', 'certification', 'contract', 'operator')),
	jurisdiction text CHECK (jurisdiction ~ '^[0-9]{2,12}$'),
	certification text CHECK (certification <> ''),
	contract_id bigint,
	retention_source text,
	status text NOT NULL DEFAULT 'in_force' CHECK (status IN ('in_force', 'draft', 'expired')),
	valid_from date,
	valid_to date CHECK (valid_to > valid_from),
	note text,
	loaded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	loaded_by text NOT NULL DEFAULT session_user,
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (pack, version),
	CHECK ((basis = 'jurisdiction') = (jurisdiction IS NOT NULL)),
	CHECK ((basis = 'certification') = (certification IS NOT NULL)),
	CHECK ((basis = 'contract') = (contract_id IS NOT NULL))
);
CREATE INDEX rule_pack_general ON fireiot.rule_pack (pack, version) WHERE basis <> 'contract';
COMMENT ON INDEX fireiot.rule_pack_general IS 'all but those of contracts, of which there may be many';
COMMENT ON TABLE fireiot.rule_pack IS 'Packs of rules, one row a version: a document, a contract, or what the operator sets itself';
COMMENT ON COLUMN fireiot.rule_pack.jurisdiction IS 'Of units whose division code begins so';
COMMENT ON COLUMN fireiot.rule_pack.certification IS 'Of units whose profile names this certificate';
COMMENT ON COLUMN fireiot.rule_pack.contract_id IS 'Of the unit of this contract, while it is in force';
COMMENT ON COLUMN fireiot.rule_pack.retention_source IS 'Source of the rules of retention of the same document';
COMMENT ON COLUMN fireiot.rule_pack.status IS 'draft: applies only to units whose profile names it; expired: to none';
COMMENT ON COLUMN fireiot.rule_pack.valid_to IS 'Not in force any more on that day; null: until further notice';

CREATE TABLE fireiot.pack_choice (
	pack text,
	version integer,
	status text CHECK (status IN ('in_force', 'draft', 'expired')),
	valid_from date,
	valid_to date CHECK (valid_to > valid_from),
	reason text NOT NULL CHECK (reason <> ''),
	decided_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	decided_by text NOT NULL DEFAULT session_user,
	PRIMARY KEY (pack, version)
);
COMMENT ON TABLE fireiot.pack_choice IS
'What a site has decided about a version of a pack: what is not null holds instead of what the pack says';

CREATE TABLE fireiot.rule (
	pack text,
	version integer,
	rule text CHECK (rule <> ''),
	requirements text[] NOT NULL DEFAULT '{}',
	figure text CHECK (figure ~ '^F-[0-9]{2}$'),
	clause text NOT NULL CHECK (clause <> ''),
	name_zh text,
	name_en text,
	sort text NOT NULL CHECK (sort IN ('deadline', 'supervision', 'cycle', 'level', 'guard', 'uplink')),
	classes text[] CHECK (pg_catalog.cardinality(classes) > 0 AND classes <@ '{fire,event,fault,link}'::text[]),
	kinds text[] CHECK (pg_catalog.cardinality(kinds) > 0),
	traits text[] CHECK (pg_catalog.cardinality(traits) > 0),
	metric text NOT NULL CHECK (metric ~ '^[a-z][a-z0-9_.]*$'),
	start_step text CHECK (start_step IN ('opened', 'occurred', 'noticed', 'called', 'answered', 'no_answer', 'acknowledged', 'verified',
		'dispatched', 'handling', 'restored', 'repeated', 'flapping', 'reported_back', 'recorded', 'released', 'reclassified', 'closed',
		'reopened', 'escalated', 'plan_started', 'hazard_pushed', 'breached')),
	stop_steps text[] CHECK (pg_catalog.cardinality(stop_steps) > 0
		AND stop_steps <@ '{noticed,called,answered,no_answer,acknowledged,verified,dispatched,handling,restored,reported_back,recorded,released,reclassified,closed,escalated,plan_started,hazard_pushed}'::text[]),
	limit_interval interval CHECK (limit_interval > interval '0'),
	limit_days integer CHECK (limit_days > 0),
	modality text NOT NULL DEFAULT 'shall' CHECK (modality IN ('shall', 'should', 'generally', 'no_number')),
	origin text NOT NULL DEFAULT 'clause' CHECK (origin IN ('clause', 'operator')),
	bound text CHECK (bound IN ('min', 'max')),
	level numeric,
	level_unit text,
	action text NOT NULL DEFAULT 'none' CHECK (action IN ('none', 'escalate', 'start_plan', 'push_hazard')),
	targets text[] CHECK (pg_catalog.cardinality(targets) > 0),
	transition text CHECK (transition IN ('called', 'answered', 'no_answer', 'acknowledged', 'verified', 'dispatched', 'handling',
		'reported_back', 'recorded', 'released', 'reclassified', 'closed', 'reopened')),
	conditions text[] CHECK (pg_catalog.cardinality(conditions) > 0 AND conditions <@ '{true_alarm,false_alarm,!true_alarm,!false_alarm}'::text[]),
	required_fields text[] CHECK (pg_catalog.cardinality(required_fields) > 0),
	required_steps text[] CHECK (pg_catalog.cardinality(required_steps) > 0
		AND required_steps <@ '{noticed,called,answered,acknowledged,verified,dispatched,handling,restored,reported_back,recorded,released}'::text[]),
	note text,
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (pack, version, rule),
	CONSTRAINT rule_one_limit CHECK (pg_catalog.num_nonnulls(limit_interval, limit_days) <= 1),
	CONSTRAINT rule_deadline CHECK (sort <> 'deadline' OR (modality = 'no_number') = (pg_catalog.num_nonnulls(limit_interval, limit_days) = 0)),
	CONSTRAINT rule_clock CHECK (sort <> 'deadline' OR modality = 'no_number' OR pg_catalog.num_nonnulls(classes, start_step, stop_steps) = 3),
	CONSTRAINT rule_level CHECK (sort <> 'level' OR (level IS NOT NULL OR limit_interval IS NOT NULL) AND bound IS NOT NULL),
	CONSTRAINT rule_cycle CHECK (sort NOT IN ('cycle', 'supervision') OR limit_interval IS NOT NULL),
	CONSTRAINT rule_guard CHECK ((sort = 'guard') = (transition IS NOT NULL)),
	CONSTRAINT rule_guard_asks CHECK (sort <> 'guard' OR pg_catalog.num_nonnulls(required_fields, required_steps) > 0)
);
COMMENT ON TABLE fireiot.rule IS
'Rules of the packs. Which of them judge a case: fireiot.case_rules, from the packs that are stored with it';
COMMENT ON COLUMN fireiot.rule.requirements IS 'Ids of the requirements that it carries';
COMMENT ON COLUMN fireiot.rule.figure IS 'Number in the list of figures';
COMMENT ON COLUMN fireiot.rule.sort IS
'deadline: a clock of a case; supervision, cycle, level: how often, how much, of the operation; guard: what a step needs; uplink: a clock of reports';
COMMENT ON COLUMN fireiot.rule.classes IS 'As the pack calls them, see pack_class; null: no case of a part, the operation itself';
COMMENT ON COLUMN fireiot.rule.kinds IS 'Only these of alarm_kind; null: all';
COMMENT ON COLUMN fireiot.rule.traits IS 'What the profile of the unit must have, or with ! must not have; null: any unit';
COMMENT ON COLUMN fireiot.rule.metric IS 'What is measured: of rules with one metric the strictest counts';
COMMENT ON COLUMN fireiot.rule.start_step IS 'opened: receipt; occurred: when it began; or the first step of that name';
COMMENT ON COLUMN fireiot.rule.stop_steps IS 'The first of them meets it';
COMMENT ON COLUMN fireiot.rule.limit_days IS 'Working days';
COMMENT ON COLUMN fireiot.rule.modality IS 'shall 应, should 宜, generally 一般, no_number: 立即, 及时 and the like';
COMMENT ON COLUMN fireiot.rule.origin IS
'operator: a number of the operator, where the documents have none; a clause with a number for the same metric and class puts it aside';
COMMENT ON COLUMN fireiot.rule.bound IS 'Is level, or the interval, the least or the most?';
COMMENT ON COLUMN fireiot.rule.action IS 'What is done when it is breached';
COMMENT ON COLUMN fireiot.rule.targets IS 'Roles of contacts: who is told, by the step or of the breach';
COMMENT ON COLUMN fireiot.rule.transition IS 'Of a guard: the step that needs something';
COMMENT ON COLUMN fireiot.rule.conditions IS
'Only after that verdict: true_alarm, false_alarm; with ! only without it. Of a guard of verified the verdict that is given, of a clock that starts at verified its verdict';
COMMENT ON COLUMN fireiot.rule.required_fields IS 'Of a guard: arguments or fields of the step that must be given';
COMMENT ON COLUMN fireiot.rule.required_steps IS 'Of a guard: steps that must have been; restored: the signal is back to normal';

CREATE TABLE fireiot.pack_class (
	pack text,
	version integer,
	kind text,
	class text NOT NULL CHECK (class IN ('fire', 'event', 'fault', 'link')),
	called text,
	note text,
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (pack, version, kind)
);
COMMENT ON TABLE fireiot.pack_class IS
'Kinds of alarms that a pack has in another class than the alarm: its rules speak of its own class';
COMMENT ON COLUMN fireiot.pack_class.called IS 'What the document says';
