-- Clocks: what runs against an alarm, and who is to be told.  Derived from the
-- records and so not dumped; fireiot.rebuild_now() makes the clocks again.
-- Notices are not made again: a copy of a database must tell nobody anything.

CREATE TABLE fireiot.deadline (
	alarm_id bigint,
	pack text,
	version integer,
	rule text,
	run smallint DEFAULT 1,
	unit_id bigint,
	class text NOT NULL,
	metric text NOT NULL,
	modality text NOT NULL,
	started_at timestamptz NOT NULL,
	due_at timestamptz NOT NULL,
	state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'met', 'late', 'breached', 'void')),
	stopped_at timestamptz,
	stop_step text,
	breached_at timestamptz,
	calendar_gap boolean NOT NULL DEFAULT false,
	window_id bigint,
	PRIMARY KEY (alarm_id, pack, version, rule, run)
) WITH (fillfactor = 80, autovacuum_vacuum_threshold = 500,
		autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deadline_due ON fireiot.deadline (due_at) WHERE state = 'open';
CREATE INDEX deadline_running ON fireiot.deadline (class, due_at) WHERE stopped_at IS NULL;
COMMENT ON TABLE fireiot.deadline IS
'The clocks of alarms: one row for each rule of each pack that applies, and for each time that it started anew';
COMMENT ON COLUMN fireiot.deadline.pack IS 'With version and rule: the row of fireiot.rule that it was started under';
COMMENT ON COLUMN fireiot.deadline.run IS '1, and 1 more each time that what starts it happened again after it had stopped';
COMMENT ON COLUMN fireiot.deadline.class IS 'Class of the alarm when it started; the pack may call it another, see fireiot.pack_class';
COMMENT ON COLUMN fireiot.deadline.modality IS 'As in the rule: shall 应, should 宜, generally 一般, no_number';
COMMENT ON COLUMN fireiot.deadline.started_at IS 'When the server received what starts it';
COMMENT ON COLUMN fireiot.deadline.due_at IS 'What stops it is in time up to this moment and with it';
COMMENT ON COLUMN fireiot.deadline.state IS
'open: runs; met: stopped in time; breached: due passed, still not stopped; late: stopped after it was due; void: ended without, by the end of the case, a verdict or another class';
COMMENT ON COLUMN fireiot.deadline.stopped_at IS 'When the server received what stopped it or made it void';
COMMENT ON COLUMN fireiot.deadline.stop_step IS 'The step that did';
COMMENT ON COLUMN fireiot.deadline.breached_at IS 'When the breach was recorded: due_at, and the keeper''s way there; much later when it was down';
COMMENT ON COLUMN fireiot.deadline.calendar_gap IS
'True: due_at rests on a year of which fireiot.calendar_day has no day, and is set right when it has';
COMMENT ON COLUMN fireiot.deadline.window_id IS 'The window of maintenance that the alarm was opened in: clocks run there, too, reports keep them apart';
COMMENT ON INDEX fireiot.deadline_due IS 'What is due next';
COMMENT ON INDEX fireiot.deadline_running IS 'The board: what runs or is overdue, most urgent first';

CREATE SEQUENCE fireiot.notice_id;
COMMENT ON SEQUENCE fireiot.notice_id IS 'Ids of fireiot.notice: unique, not ordered';

CREATE TABLE fireiot.notice (
	id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('fireiot.notice_id'),
	alarm_id bigint NOT NULL,
	unit_id bigint,
	reason text NOT NULL CHECK (reason IN ('opened', 'breach', 'escalation', 'plan', 'hazard')),
	pack text,
	version integer,
	rule text,
	target text NOT NULL,
	contact_id bigint,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	due_at timestamptz,
	state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'cancelled'))
);
CREATE INDEX notice_pending ON fireiot.notice (id) WHERE state = 'pending';
CREATE INDEX notice_alarm ON fireiot.notice (alarm_id);
COMMENT ON TABLE fireiot.notice IS
'Whom to tell what: written in the transaction in which it became so. A later version sends them';
COMMENT ON COLUMN fireiot.notice.reason IS
'opened: the automatic notice of a new alarm; breach: a clock ran out; escalation, plan, hazard: and the rule asks for that';
COMMENT ON COLUMN fireiot.notice.rule IS 'With pack and version: the rule that asks for it';
COMMENT ON COLUMN fireiot.notice.target IS 'As the rule names it: control_room, safety_manager, responsible_person, data_platform, street, ...';
COMMENT ON COLUMN fireiot.notice.contact_id IS 'Row of fireiot.contact; null: no person of the unit, or the unit has none for it';
COMMENT ON COLUMN fireiot.notice.due_at IS 'Until when it should be sent; null: as soon as possible';
COMMENT ON INDEX fireiot.notice_pending IS 'What is to be sent';
COMMENT ON INDEX fireiot.notice_alarm IS 'The notices of a case';

CREATE INDEX alarm_now_by_class ON fireiot.alarm_now (class, opened_at);
COMMENT ON INDEX fireiot.alarm_now_by_class IS 'The board: cases of a class, those without clocks, too';
