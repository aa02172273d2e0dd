-- Alarms: the opening and every step are records, what is open now is derived
-- from them.

CREATE SEQUENCE fireiot.alarm_id;
COMMENT ON SEQUENCE fireiot.alarm_id IS 'Ids of fireiot.alarm: unique, not ordered';
CREATE SEQUENCE fireiot.alarm_step_id;
COMMENT ON SEQUENCE fireiot.alarm_step_id IS 'Ids of fireiot.alarm_step: unique, in each case in the order of its steps';

CREATE TABLE fireiot.alarm (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.alarm_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	device fireiot.device_addr,
	part fireiot.part_addr,
	unit_id bigint,
	tx xid8,
	class text NOT NULL,
	kind text NOT NULL,
	origin text NOT NULL,
	window_id bigint,
	occurred_at timestamptz,
	frame_id bigint,
	state fireiot.alarm_state,
	quantity smallint,
	value numeric,
	limit_value numeric,
	packs text NOT NULL,
	subject text NOT NULL DEFAULT '',
	detail jsonb
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.alarm IS 'Alarms as they were opened; what happened to each is in fireiot.alarm_step';
COMMENT ON COLUMN fireiot.alarm.id IS 'The case: case_id of fireiot.legal_hold and fireiot.attachment';
COMMENT ON COLUMN fireiot.alarm.received_at IS 'When the platform received it: clocks run from then';
COMMENT ON COLUMN fireiot.alarm.device IS 'Null: no device has said it';
COMMENT ON COLUMN fireiot.alarm.part IS 'Null: the device itself';
COMMENT ON COLUMN fireiot.alarm.unit_id IS 'The unit whose part it is, as the registry said then';
COMMENT ON COLUMN fireiot.alarm.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.alarm.class IS 'fire, event, fault or link';
COMMENT ON COLUMN fireiot.alarm.kind IS 'Of fireiot.alarm_kind';
COMMENT ON COLUMN fireiot.alarm.origin IS 'bit: of a state; value; operation; report: from elsewhere; silence';
COMMENT ON COLUMN fireiot.alarm.window_id IS 'The window of maintenance that it was opened in';
COMMENT ON COLUMN fireiot.alarm.occurred_at IS 'By the clock of the device, or by the word of who reports; of a link since when it was silent';
COMMENT ON COLUMN fireiot.alarm.frame_id IS 'The frame that said it: same device, same received_at';
COMMENT ON COLUMN fireiot.alarm.state IS 'The whole state or operation as it was said';
COMMENT ON COLUMN fireiot.alarm.limit_value IS 'The limit that the value has passed';
COMMENT ON COLUMN fireiot.alarm.packs IS 'Rule packs with their versions: they judge the case from then on';
COMMENT ON COLUMN fireiot.alarm.subject IS 'Tells apart what one part may have open at a time: a quantity, a camera';
COMMENT ON COLUMN fireiot.alarm.detail IS 'What else a report said';

CREATE TABLE fireiot.alarm_step (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.alarm_step_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	alarm_id bigint NOT NULL,
	tx xid8,
	unit_id bigint,
	step text NOT NULL,
	actor text NOT NULL,
	at timestamptz,
	verdict boolean,
	cause text,
	pack text,
	rule text,
	due_at timestamptz,
	note text,
	fields jsonb
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.alarm_step IS 'Everything that happened to an alarm behind its opening';
COMMENT ON COLUMN fireiot.alarm_step.received_at IS 'When the database was told: clocks are judged by it';
COMMENT ON COLUMN fireiot.alarm_step.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.alarm_step.unit_id IS 'That of the alarm';
COMMENT ON COLUMN fireiot.alarm_step.step IS 'Of fireiot.alarm_transition';
COMMENT ON COLUMN fireiot.alarm_step.actor IS 'Who did it; device: the device said so; fireiot: the database by itself';
COMMENT ON COLUMN fireiot.alarm_step.at IS 'When it happened by the word of the actor, or by the device''s clock';
COMMENT ON COLUMN fireiot.alarm_step.verdict IS 'Of a step "verified": is it true?';
COMMENT ON COLUMN fireiot.alarm_step.cause IS 'Of a false one why it came';
COMMENT ON COLUMN fireiot.alarm_step.pack IS 'Of what a rule has done: its pack and version';
COMMENT ON COLUMN fireiot.alarm_step.rule IS 'The rule';
COMMENT ON COLUMN fireiot.alarm_step.due_at IS 'Of a step "breached": when it was due';
COMMENT ON COLUMN fireiot.alarm_step.fields IS 'What else was said, by name';

INSERT INTO fireiot.record_table (name, period, key_columns, more_index, builtin, classes) VALUES
	('alarm', 'month', '{id}', '(device, received_at)', true, '{fire_warning,facility_state,fault}'),
	('alarm_step', 'month', '{alarm_id,id}', NULL, true, '{fire_warning,facility_state,fault,alarm_handling}');

INSERT INTO fireiot.ledger_table (name, id, builtin)
SELECT name, pg_catalog.md5(name)::uuid, true
FROM pg_catalog.unnest(ARRAY['fireiot.alarm', 'fireiot.alarm_step']) AS name;

-- Open cases only.  Not dumped: fireiot.rebuild_now() makes it again.
CREATE TABLE fireiot.alarm_now (
	id bigint PRIMARY KEY,
	opened_at timestamptz NOT NULL,
	device fireiot.device_addr NOT NULL,
	part fireiot.part_addr NOT NULL,
	subject text NOT NULL DEFAULT '',
	class text NOT NULL,
	kind text NOT NULL,
	unit_id bigint,
	packs text NOT NULL,
	window_id bigint,
	repeats integer NOT NULL DEFAULT 0,
	last_at timestamptz NOT NULL,
	flapping_since timestamptz,
	restored_at timestamptz,
	acknowledged_at timestamptz,
	acknowledged_by text,
	noticed_at timestamptz,
	called_at timestamptz,
	answered_at timestamptz,
	verdict boolean,
	verified_at timestamptz,
	dispatched_at timestamptz,
	handling_at timestamptz,
	reported_back_at timestamptz,
	recorded_at timestamptz,
	released_at timestamptz,
	escalated_at timestamptz,
	origin text NOT NULL,
	opened_as text NOT NULL,
	geom @postgis@.geometry(Point, 4326),
	UNIQUE (device, part, class, subject)
) WITH (fillfactor = 80, autovacuum_vacuum_threshold = 500,
		autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE fireiot.alarm_now IS 'Open cases as they are now; a closed one is in fireiot.alarm and fireiot.alarm_step only';
COMMENT ON COLUMN fireiot.alarm_now.device IS '000000000000: no device';
COMMENT ON COLUMN fireiot.alarm_now.part IS '0.0: the device itself';
COMMENT ON COLUMN fireiot.alarm_now.class IS 'As it is now: step "reclassified" changes it';
COMMENT ON COLUMN fireiot.alarm_now.opened_as IS 'The class that it was opened in: what ends it is of that class';
COMMENT ON COLUMN fireiot.alarm_now.geom IS 'Where it is: of the part, else of its area, building or device, else of the unit; follows the registry';
COMMENT ON COLUMN fireiot.alarm_now.repeats IS 'How often it came again';
COMMENT ON COLUMN fireiot.alarm_now.last_at IS 'When it was signalled last';
COMMENT ON COLUMN fireiot.alarm_now.flapping_since IS 'Null: it does not come again and again';
COMMENT ON COLUMN fireiot.alarm_now.restored_at IS 'When what signalled it was normal again; null: it is not';
COMMENT ON COLUMN fireiot.alarm_now.acknowledged_at IS 'Of the first step of that kind, like all that follow, but for called_at, answered_at, the verdict and reported_back_at: of the last';

CREATE INDEX alarm_now_geom ON fireiot.alarm_now USING gist (geom);
COMMENT ON INDEX fireiot.alarm_now_geom IS 'Map layers';

-- Signals that could not be made alarms of, for another attempt.
CREATE TABLE fireiot.alarm_backlog (
	id uuid PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
	noted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tries integer NOT NULL DEFAULT 0,
	problem text,
	devices fireiot.device_addr[] NOT NULL,
	parts fireiot.part_addr[] NOT NULL,
	kinds smallint[] NOT NULL,
	quantities smallint[] NOT NULL,
	befores integer[] NOT NULL,
	nows integer[] NOT NULL,
	observed_ats timestamptz[] NOT NULL,
	received_ats timestamptz[] NOT NULL,
	frame_ids bigint[] NOT NULL
);
COMMENT ON TABLE fireiot.alarm_backlog IS
'Signals of batches whose alarms could not be written: fireiot.recheck_alarms() tries again. Normally empty';
COMMENT ON COLUMN fireiot.alarm_backlog.problem IS 'Message of the last error';
COMMENT ON COLUMN fireiot.alarm_backlog.befores IS 'State or raw value before; null: there was none';
COMMENT ON COLUMN fireiot.alarm_backlog.nows IS 'State or raw value as it was said';

-- What fireiot.apply_signals() is told.
CREATE TYPE fireiot.alarm_signal AS (
	n bigint,
	device fireiot.device_addr,
	part fireiot.part_addr,
	subject text,
	class text,
	kind text,
	origin text,
	rises boolean,
	received_at timestamptz,
	occurred_at timestamptz,
	frame_id bigint,
	state fireiot.alarm_state,
	quantity smallint,
	value numeric,
	limit_value numeric,
	unit_id bigint,
	actor text,
	detail jsonb
);
COMMENT ON TYPE fireiot.alarm_signal IS
'Something that opens or repeats an alarm (rises), or says that what signalled it is normal again; n: their order';
