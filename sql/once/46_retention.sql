-- How long what is kept, by which clause, and what is held beyond that.
--
-- Figures are minimums unless they say otherwise; a class that a rule names by
-- its kind means every class of the kind.  What a site decides is in rows of
-- its own, so that a dump carries it.

CREATE TABLE fireiot.retention_source (
	source text PRIMARY KEY,
	name_zh text NOT NULL,
	name_en text NOT NULL,
	jurisdiction text,
	status text NOT NULL CHECK (status IN ('in_force', 'draft', 'expired')),
	valid_from date,
	valid_to date CHECK (valid_to > valid_from),
	builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE fireiot.retention_source IS 'Documents that say how long what is kept';
COMMENT ON COLUMN fireiot.retention_source.jurisdiction IS 'Division code of GB/T 2260; null: wherever it was agreed on';
COMMENT ON COLUMN fireiot.retention_source.valid_to IS 'Not in force any more on that day; null: until further notice';

INSERT INTO fireiot.retention_source (source, name_zh, name_en, jurisdiction, status, valid_from, valid_to, builtin) VALUES
	('ZJ', '消防物联网运营服务规范', 'Zhejiang: specification for fire Internet of things operation service', '33', 'in_force', '2023-11-10', NULL, true),
	('QH', '青政办〔2023〕38号', 'Qinghai: provisions of 2023', '63', 'in_force', '2023-06-28', '2028-06-28', true),
	('CQ', 'CQC/SC 11002-2025', 'Service certification of the China Quality Certification Centre', NULL, 'in_force', NULL, NULL, true),
	('JD', '景府办发〔2022〕8号', 'Jingdezhen: measures (trial)', '3602', 'in_force', NULL, NULL, true),
	('SZ', '开放式街区预警规范（草案）', 'Suzhou: early warning in open neighbourhoods (draft)', '3205', 'draft', NULL, NULL, true);

CREATE TABLE fireiot.retention_choice (
	source text PRIMARY KEY,
	applies boolean NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	decided_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	decided_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE fireiot.retention_choice IS
'What a site has decided about a source: that it applies though it is a draft, or does not though it is in force';

CREATE TABLE fireiot.retention_class (
	class text PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('record', 'file', 'backup', 'document')),
	family text,
	name_zh text NOT NULL,
	name_en text NOT NULL,
	builtin boolean NOT NULL DEFAULT false,
	CHECK (family <> class)
);
COMMENT ON TABLE fireiot.retention_class IS 'What is kept: kinds of records, files, backups and documents';
COMMENT ON COLUMN fireiot.retention_class.family IS 'The class that it was of before the verdict, whose rules hold for it too';

INSERT INTO fireiot.retention_class (class, kind, family, name_zh, name_en, builtin) VALUES
	('fire_warning', 'record', NULL, '火灾预警信息', 'fire warnings', true),
	('facility_state', 'record', NULL, '消防设施运行状态信息', 'states of facilities', true),
	('patrol', 'record', NULL, '巡检巡查信息', 'patrols and inspections', true),
	('operation_log', 'record', NULL, '平台运行和操作日志', 'logs of operation and of operators', true),
	('fault', 'record', NULL, '故障记录', 'faults', true),
	('alarm_handling', 'record', NULL, '接处警记录表', 'how alarms were received and handled', true),
	('duty_log', 'record', NULL, '值班日志', 'duty log', true),
	('handover', 'record', NULL, '交接班记录', 'handover of shifts', true),
	('acceptance', 'record', NULL, '系统检测、验收合格资料', 'tests and acceptance', true),
	('call_audio', 'file', NULL, '值班通话录音', 'calls of the duty staff', true),
	('duty_video', 'file', NULL, '消防控制室和值守中心视频', 'video of control rooms and duty centre', true),
	('event_media', 'file', NULL, '故障和事件预警处置照片、录音、录像', 'photos, audio and video of the handling of faults and events', true),
	('fire_media', 'file', NULL, '火灾预警处置照片、录音', 'photos and audio of the handling of fire warnings', true),
	('fire_video', 'file', NULL, '火灾预警视频（未核实）', 'video of a fire warning without a verdict', true),
	('fire_video_suspected', 'file', 'fire_video', '疑似火灾视频', 'video of a suspected fire', true),
	('fire_video_confirmed', 'file', 'fire_video', '确认火灾视频', 'video of a confirmed fire', true),
	('database_backup', 'backup', NULL, '数据库备份文件', 'backup files', true),
	('archive_backup', 'backup', NULL, '预警档案备份', 'backups of warning archives', true),
	('procedure', 'document', NULL, '规范、制度、预案、说明书（文件）', 'the eight kinds of procedures, plans and manuals', true),
	('paper', 'document', NULL, '纸质文档', 'paper', true);

CREATE TABLE fireiot.retention_rule (
	rule text PRIMARY KEY,
	figure text,
	source text NOT NULL,
	clause text NOT NULL,
	classes text[] NOT NULL CHECK (pg_catalog.cardinality(classes) > 0),
	never boolean NOT NULL DEFAULT false,
	minimum interval CHECK (minimum > interval '0'),
	maximum interval CHECK (maximum > interval '0'),
	destroy_or_extend boolean NOT NULL DEFAULT false,
	note text,
	builtin boolean NOT NULL DEFAULT false,
	CHECK (never OR minimum IS NOT NULL OR maximum IS NOT NULL OR destroy_or_extend),
	CHECK (NOT never OR minimum IS NULL AND maximum IS NULL AND NOT destroy_or_extend)
);
COMMENT ON TABLE fireiot.retention_rule IS 'How long the clauses say that classes are kept';
COMMENT ON COLUMN fireiot.retention_rule.rule IS 'Id of the requirement';
COMMENT ON COLUMN fireiot.retention_rule.figure IS 'Number in the list of figures';
COMMENT ON COLUMN fireiot.retention_rule.classes IS 'Of fireiot.retention_class, or a kind: all of its classes';
COMMENT ON COLUMN fireiot.retention_rule.never IS 'Kept for ever; holds whatever a site has chosen';
COMMENT ON COLUMN fireiot.retention_rule.minimum IS 'Kept at least so long, counted from the record or the making of the file';
COMMENT ON COLUMN fireiot.retention_rule.maximum IS 'Destroyed or extended behind that';
COMMENT ON COLUMN fireiot.retention_rule.destroy_or_extend IS 'There has to be a maximum, the clause leaves the number to the site';

INSERT INTO fireiot.retention_rule (rule, figure, source, clause, classes, never, minimum, destroy_or_extend, note, builtin) VALUES
	('ZJ-116', 'F-27', 'ZJ', '9.2.3', '{fire_warning,facility_state,patrol,operation_log}', true, NULL, false, NULL, true),
	('CQ-004', 'F-28', 'CQ', '4.1.3', '{fire_warning,facility_state,patrol}', true, NULL, false, NULL, true),
	('ZJ-123', 'F-29', 'ZJ', '9.3.1', '{duty_video}', false, '3 months', false, NULL, true),
	('ZJ-146', 'F-29', 'ZJ', '表B.1 15', '{duty_video}', false, '3 months', false, NULL, true),
	('ZJ-124', 'F-30', 'ZJ', '9.3.1', '{event_media}', false, '1 year', false, NULL, true),
	('ZJ-147', 'F-30', 'ZJ', '表B.1 16', '{event_media}', false, '1 year', false, NULL, true),
	('ZJ-125', 'F-31', 'ZJ', '9.3.1', '{fire_media,fire_video}', false, '5 years', false, NULL, true),
	('ZJ-148', 'F-31', 'ZJ', '表B.1 17', '{fire_media,fire_video}', false, '5 years', false, NULL, true),
	('ZJ-140', 'F-32', 'ZJ', '表B.1 9', '{duty_log}', false, '3 years', false, NULL, true),
	('ZJ-141', 'F-33', 'ZJ', '表B.1 10', '{handover}', false, '3 years', false, NULL, true),
	('ZJ-142', 'F-34', 'ZJ', '表B.1 11', '{alarm_handling}', false, '5 years', false, NULL, true),
	('ZJ-143', 'F-35', 'ZJ', '表B.1 12', '{call_audio}', false, '5 years', false, NULL, true),
	('ZJ-144', 'F-36', 'ZJ', '表B.1 13', '{facility_state,patrol,fault}', false, '5 years', false,
	 'collides with 9.2.3 for states and patrols, which never go', true),
	('ZJ-145', 'F-37', 'ZJ', '表B.1 14', '{acceptance}', false, '5 years', false, NULL, true),
	('ZJ-139', 'F-38', 'ZJ', '表B.1 1–8', '{procedure}', true, NULL, false, '长期', true),
	('QH-016', 'F-39', 'QH', '第二十二/二十八条', '{backup}', false, '1 month', false, NULL, true),
	('QH-017', 'F-40', 'QH', '第二十二/二十八条', '{event_media,fire_media,call_audio}', false, '1 year', false, NULL, true),
	('QH-018', 'F-41', 'QH', '第二十二/二十八条', '{fire_video_suspected}', false, '14 days', false, NULL, true),
	('QH-019', 'F-42', 'QH', '第二十二/二十八条', '{fire_video_confirmed}', false, '1 year', false, NULL, true),
	('QH-020', 'F-43', 'QH', '第二十二/二十八条', '{paper}', true, NULL, false, '永久', true),
	('JD-021', 'F-44', 'JD', '第二十条', '{backup}', false, '1 month', false, NULL, true),
	('JD-023', 'F-45', 'JD', '第二十条', '{event_media,fire_media,call_audio}', false, '1 year', false, NULL, true),
	('JD-024', 'F-46', 'JD', '第二十条', '{fire_video_suspected}', false, '14 days', false, NULL, true),
	('JD-025', 'F-47', 'JD', '第二十条', '{fire_video_confirmed}', false, '1 year', false, NULL, true),
	('JD-026', 'F-48', 'JD', '第二十条', '{paper}', true, NULL, false, '永久', true),
	('JD-043 backup', 'F-49', 'JD', '第二十八条', '{backup}', false, '1 month', false, 'the social platform', true),
	('JD-043 media', 'F-49', 'JD', '第二十八条', '{event_media,fire_media,call_audio}', false, '1 year', false, 'the social platform', true),
	('JD-043 suspected', 'F-49', 'JD', '第二十八条', '{fire_video_suspected}', false, '14 days', false, 'the social platform', true),
	('JD-043 confirmed', 'F-49', 'JD', '第二十八条', '{fire_video_confirmed}', false, '1 year', false, 'the social platform', true),
	('JD-043 paper', 'F-49', 'JD', '第二十八条', '{paper}', true, NULL, false, 'the social platform', true),
	('CQ-028', 'F-50', 'CQ', '5.2.3', '{record,fire_video,call_audio}', false, '1 year', false, NULL, true),
	('SZ-032', 'F-51', 'SZ', '6.3.7.2', '{archive_backup}', false, '5 years', false, NULL, true),
	('SZ-043', 'F-52', 'SZ', '7.3.4', '{backup}', false, NULL, true, 'a maximum, for backups only', true);

CREATE SEQUENCE fireiot.legal_hold_id;
COMMENT ON SEQUENCE fireiot.legal_hold_id IS 'Ids of fireiot.legal_hold';
CREATE SEQUENCE fireiot.legal_hold_release_id;
COMMENT ON SEQUENCE fireiot.legal_hold_release_id IS 'Ids of fireiot.legal_hold_release';
CREATE SEQUENCE fireiot.attachment_id;
COMMENT ON SEQUENCE fireiot.attachment_id IS 'Ids of fireiot.attachment';
CREATE SEQUENCE fireiot.attachment_step_id;
COMMENT ON SEQUENCE fireiot.attachment_step_id IS 'Ids of fireiot.attachment_step';
CREATE SEQUENCE fireiot.purge_certificate_id;
COMMENT ON SEQUENCE fireiot.purge_certificate_id IS 'Ids of fireiot.purge_certificate';

CREATE TABLE fireiot.legal_hold (
	id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('fireiot.legal_hold_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	placed_by text NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	device fireiot.device_addr,
	unit_id bigint,
	case_id bigint,
	from_at timestamptz,
	to_at timestamptz CHECK (to_at > from_at)
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.legal_hold IS 'What must not go, whatever its term is';
COMMENT ON COLUMN fireiot.legal_hold.received_at IS 'When it was placed';
COMMENT ON COLUMN fireiot.legal_hold.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.legal_hold.device IS 'Null: whatever device';
COMMENT ON COLUMN fireiot.legal_hold.unit_id IS 'Null: whatever unit';
COMMENT ON COLUMN fireiot.legal_hold.case_id IS 'Null: whatever case';
COMMENT ON COLUMN fireiot.legal_hold.from_at IS 'Null: from the beginning';
COMMENT ON COLUMN fireiot.legal_hold.to_at IS 'Null: without an end';

CREATE TABLE fireiot.legal_hold_release (
	id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('fireiot.legal_hold_release_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	hold_id bigint NOT NULL UNIQUE,
	released_by text NOT NULL,
	reason text NOT NULL CHECK (reason <> '')
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.legal_hold_release IS 'Holds that are lifted';
COMMENT ON COLUMN fireiot.legal_hold_release.tx IS 'Transaction that stored the row';

CREATE TABLE fireiot.attachment (
	id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('fireiot.attachment_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	object_key text NOT NULL UNIQUE,
	length bigint NOT NULL CHECK (length >= 0),
	algorithm text NOT NULL CHECK (algorithm IN ('sha256', 'sm3')),
	digest bytea NOT NULL CHECK (pg_catalog.octet_length(digest) = 32),
	class text NOT NULL,
	made_at timestamptz NOT NULL,
	case_id bigint,
	device fireiot.device_addr,
	unit_id bigint,
	added_by text NOT NULL
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.attachment IS 'Files that are kept outside of the database: photos, audio, video, backups, documents';
COMMENT ON COLUMN fireiot.attachment.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.attachment.object_key IS 'Where the file is in the store of files';
COMMENT ON COLUMN fireiot.attachment.class IS 'Of fireiot.retention_class, when it was added';
COMMENT ON COLUMN fireiot.attachment.made_at IS 'Its term begins then';

CREATE TABLE fireiot.attachment_step (
	id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('fireiot.attachment_step_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	attachment_id bigint NOT NULL,
	step text NOT NULL CHECK (step IN ('classified', 'extended', 'destroyed')),
	class text CHECK ((class IS NULL) = (step <> 'classified')),
	until timestamptz CHECK ((until IS NULL) = (step <> 'extended')),
	reason text NOT NULL CHECK (reason <> ''),
	done_by text NOT NULL
) USING fireiot_ledger;
CREATE INDEX attachment_step_by_attachment ON fireiot.attachment_step (attachment_id);
COMMENT ON INDEX fireiot.attachment_step_by_attachment IS 'What happened to an attachment';
COMMENT ON TABLE fireiot.attachment_step IS 'What happened to attachments';
COMMENT ON COLUMN fireiot.attachment_step.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.attachment_step.class IS 'Of a step "classified": its class from now on';
COMMENT ON COLUMN fireiot.attachment_step.until IS 'Of a step "extended": kept at least until then';

CREATE TABLE fireiot.purge_certificate (
	id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('fireiot.purge_certificate_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	records text NOT NULL,
	partition text NOT NULL,
	from_at timestamptz NOT NULL,
	to_at timestamptz NOT NULL,
	rows bigint NOT NULL,
	first_block bigint,
	last_block bigint,
	root bytea,
	classes text NOT NULL,
	rule text NOT NULL,
	clause text NOT NULL,
	minimum text NOT NULL,
	purged_by text NOT NULL
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.purge_certificate IS 'Partitions of records that were purged, and by which right';
COMMENT ON COLUMN fireiot.purge_certificate.tx IS 'Transaction that stored the row, and dropped the partition';
COMMENT ON COLUMN fireiot.purge_certificate.records IS 'The record table';
COMMENT ON COLUMN fireiot.purge_certificate.rows IS 'How many rows went';
COMMENT ON COLUMN fireiot.purge_certificate.first_block IS 'Of the blocks in which its rows are sealed; null: it had none';
COMMENT ON COLUMN fireiot.purge_certificate.root IS 'Root over its parts of these blocks; null: it had no rows';
COMMENT ON COLUMN fireiot.purge_certificate.rule IS 'The rule that kept it longest';
COMMENT ON COLUMN fireiot.purge_certificate.minimum IS 'How long that is';

INSERT INTO fireiot.ledger_table (name, id, builtin)
SELECT name, pg_catalog.md5(name)::uuid, true
FROM pg_catalog.unnest(ARRAY['fireiot.legal_hold', 'fireiot.legal_hold_release', 'fireiot.attachment',
							 'fireiot.attachment_step', 'fireiot.purge_certificate']) AS name;

-- As each partition of records has one: so the sealer reads what is new only.
CREATE INDEX legal_hold_by_time ON fireiot.legal_hold
	USING brin (received_at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize);
COMMENT ON INDEX fireiot.legal_hold_by_time IS 'Rows of a time, and of a block';
CREATE INDEX legal_hold_release_by_time ON fireiot.legal_hold_release
	USING brin (received_at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize);
COMMENT ON INDEX fireiot.legal_hold_release_by_time IS 'Rows of a time, and of a block';
CREATE INDEX attachment_by_time ON fireiot.attachment
	USING brin (received_at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize);
COMMENT ON INDEX fireiot.attachment_by_time IS 'Rows of a time, and of a block';
CREATE INDEX attachment_step_by_time ON fireiot.attachment_step
	USING brin (received_at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize);
COMMENT ON INDEX fireiot.attachment_step_by_time IS 'Rows of a time, and of a block';
CREATE INDEX purge_certificate_by_time ON fireiot.purge_certificate
	USING brin (received_at, tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize);
COMMENT ON INDEX fireiot.purge_certificate_by_time IS 'Rows of a time, and of a block';
