-- Records: what happened, row for row, never changed.  Partitioned by time;
-- fireiot.make_partitions makes the partitions, which are plain tables, so that
-- dumps carry them with their rows.
--
-- The parents have no key and no index of their own: a dump would make them a
-- second time.  Each partition has both.  No default partition: a row that
-- fits nowhere is an error, not a row that nobody looks for.

-- The listener takes ids a thousand at a time: each value of these three stands
-- for itself and the 999 that follow.
CREATE SEQUENCE fireiot.frame_id INCREMENT 1000;
COMMENT ON SEQUENCE fireiot.frame_id IS 'Ids of fireiot.frame: unique, not ordered';
CREATE SEQUENCE fireiot.observation_id INCREMENT 1000;
COMMENT ON SEQUENCE fireiot.observation_id IS 'Ids of fireiot.observation: unique, not ordered';
CREATE SEQUENCE fireiot.quarantine_id INCREMENT 1000;
COMMENT ON SEQUENCE fireiot.quarantine_id IS 'Ids of fireiot.quarantine: unique, not ordered';
CREATE SEQUENCE fireiot.command_step_id;
COMMENT ON SEQUENCE fireiot.command_step_id IS 'Ids of fireiot.command_step: unique, not ordered';

CREATE TABLE fireiot.frame_verdict (
	code smallint PRIMARY KEY,
	key text NOT NULL UNIQUE,
	name_zh text NOT NULL,
	name_en text NOT NULL,
	confirmed boolean NOT NULL,
	builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE fireiot.frame_verdict IS 'What was found about a stored frame';
COMMENT ON COLUMN fireiot.frame_verdict.confirmed IS 'Was the device told "confirmed"?';

INSERT INTO fireiot.frame_verdict (code, key, name_zh, name_en, confirmed, builtin) VALUES
	(0, 'accepted', '已接收', 'accepted', true, true),
	(1, 'pending', '装置待批准', 'the device is not admitted yet', true, true),
	(21, 'no_object_count', '缺少信息对象数目', 'data without a number of objects', true, true),
	(22, 'zero_objects', '信息对象数目为零', 'the number of objects is zero', true, true),
	(23, 'short', '数据少于信息对象数目', 'fewer data than the number of objects asks for', true, true),
	(24, 'trailing', '数据多于信息对象数目', 'more data than the number of objects asks for', true, true);

CREATE TABLE fireiot.record_table (
	name text PRIMARY KEY,
	period text NOT NULL CHECK (period IN ('day', 'month')),
	key_columns text[] NOT NULL,
	more_index text,
	builtin boolean NOT NULL DEFAULT false,
	classes text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE fireiot.record_table IS 'The record tables and how they are partitioned';
COMMENT ON COLUMN fireiot.record_table.name IS 'Name of the table in schema fireiot';
COMMENT ON COLUMN fireiot.record_table.period IS 'What one partition holds, in the zone of fireiot.time_zone';
COMMENT ON COLUMN fireiot.record_table.key_columns IS 'Primary key of each partition';
COMMENT ON COLUMN fireiot.record_table.more_index IS 'Another index of each partition, as in CREATE INDEX behind the table';
COMMENT ON COLUMN fireiot.record_table.classes IS 'What its rows may be, of fireiot.retention_class; none: they are kept for ever';

INSERT INTO fireiot.record_table (name, period, key_columns, more_index, builtin, classes) VALUES
	('frame', 'day', '{device,received_at,id}', NULL, true, '{fire_warning,facility_state,patrol,fault}'),
	('observation', 'day', '{device,received_at,id}', NULL, true, '{fire_warning,facility_state,patrol,fault}'),
	-- the listener knows a repeat of what could not be stored, too
	('quarantine', 'month', '{received_at,id}', '(device, received_at) WHERE sqlstate IS NOT NULL', true,
	 '{fire_warning,facility_state,patrol,fault}'),
	('command_step', 'month', '{device,received_at,id}', NULL, true, '{patrol,operation_log}');

-- The listener fills these tables by column position: columns are added at the
-- end only.

CREATE TABLE fireiot.frame (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.frame_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	device fireiot.device_addr NOT NULL,
	sent_at timestamptz,
	tx xid8,
	skew_ms integer,
	seq integer NOT NULL,
	peer_port integer,
	verdict smallint NOT NULL,
	command smallint NOT NULL,
	type smallint,
	outgoing boolean NOT NULL,
	peer inet,
	profile text,
	bytes bytea NOT NULL
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.frame IS
'Every frame that was accepted, and every command that was sent, byte for byte';
COMMENT ON COLUMN fireiot.frame.received_at IS 'Of an outgoing frame: when it was sent';
COMMENT ON COLUMN fireiot.frame.sent_at IS 'The frame''s own time tag; null when that is no real date';
COMMENT ON COLUMN fireiot.frame.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.frame.skew_ms IS 'The device''s clock minus received_at, in milliseconds';
COMMENT ON COLUMN fireiot.frame.verdict IS 'Code of fireiot.frame_verdict';
COMMENT ON COLUMN fireiot.frame.type IS 'Data unit type; null when there are no application data';
COMMENT ON COLUMN fireiot.frame.outgoing IS 'Sent by the centre: a command. Confirmations are not stored, the verdict says them';
COMMENT ON COLUMN fireiot.frame.profile IS 'Dialect by which it was read; null: the standard';

CREATE TABLE fireiot.observation (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.observation_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	device fireiot.device_addr NOT NULL,
	frame_id bigint NOT NULL,
	part fireiot.part_addr,
	observed_at timestamptz,
	tx xid8,
	state fireiot.alarm_state,
	kind smallint NOT NULL,
	quantity smallint,
	raw_value smallint,
	operator smallint,
	value numeric,
	text text
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.observation IS 'Every information object of a stored frame, one row each';
COMMENT ON COLUMN fireiot.observation.frame_id IS 'The frame that carried it: same device, same received_at';
COMMENT ON COLUMN fireiot.observation.part IS 'Null: the device itself';
COMMENT ON COLUMN fireiot.observation.observed_at IS 'By the device''s clock; null when that is no real date';
COMMENT ON COLUMN fireiot.observation.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.observation.kind IS 'Data unit type';
COMMENT ON COLUMN fireiot.observation.raw_value IS 'Analogue value as sent';
COMMENT ON COLUMN fireiot.observation.operator IS 'Number of the person who operated';
COMMENT ON COLUMN fireiot.observation.value IS 'Analogue value in the unit of its quantity, exact';
COMMENT ON COLUMN fireiot.observation.text IS 'Description; of types 5 and 25 the version';

CREATE TABLE fireiot.quarantine (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.quarantine_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	device fireiot.device_addr,
	tx xid8,
	peer_port integer,
	peer inet,
	sqlstate text,
	reason text NOT NULL,
	bytes bytea NOT NULL
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.quarantine IS 'Frames that were refused, and frames that could not be stored otherwise';
COMMENT ON COLUMN fireiot.quarantine.device IS 'Sender, as far as it could be read';
COMMENT ON COLUMN fireiot.quarantine.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.quarantine.sqlstate IS 'Of the error that storing it gave; null: it was denied';
COMMENT ON COLUMN fireiot.quarantine.reason IS 'Why it was denied, in one word, or the message of the error';

CREATE TABLE fireiot.command_step (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.command_step_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	device fireiot.device_addr NOT NULL,
	command_id bigint NOT NULL,
	frame_id bigint,
	tx xid8,
	attempt smallint NOT NULL,
	step text NOT NULL,
	detail text
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.command_step IS 'Everything that happened to a command of fireiot.command';
COMMENT ON COLUMN fireiot.command_step.received_at IS 'When it happened';
COMMENT ON COLUMN fireiot.command_step.frame_id IS 'The frame sent or received with it';
COMMENT ON COLUMN fireiot.command_step.tx IS 'Transaction that stored the row';
