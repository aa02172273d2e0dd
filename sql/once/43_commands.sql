-- Commands of the centre.  A row changes until its command is done; what
-- happened on the way is in fireiot.command_step.

CREATE SEQUENCE fireiot.command_id;
COMMENT ON SEQUENCE fireiot.command_id IS 'Ids of fireiot.command';

CREATE TABLE fireiot.command (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.command_id'),
	device fireiot.device_addr NOT NULL,
	command smallint NOT NULL,
	type smallint NOT NULL,
	app bytea,
	requested_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	requested_by text NOT NULL DEFAULT session_user,
	expires_at timestamptz NOT NULL,
	state text NOT NULL DEFAULT 'queued'
		CHECK (state IN ('queued', 'sent', 'answered', 'confirmed', 'denied', 'failed', 'expired', 'cancelled')),
	attempt smallint NOT NULL DEFAULT 0,
	seq integer,
	sent_at timestamptz,
	done_at timestamptz,
	answer jsonb,
	answer_frame_id bigint,
	note text,
	PRIMARY KEY (id, device),
	CHECK ((state IN ('queued', 'sent')) = (done_at IS NULL))
);
COMMENT ON TABLE fireiot.command IS 'Commands to devices, and what became of them';
COMMENT ON COLUMN fireiot.command.command IS 'Command byte: 1 control, 4 request';
COMMENT ON COLUMN fireiot.command.type IS 'Data unit type';
COMMENT ON COLUMN fireiot.command.app IS 'Application data; null with type 90: the time at the moment of sending';
COMMENT ON COLUMN fireiot.command.expires_at IS 'It is not sent after that';
COMMENT ON COLUMN fireiot.command.attempt IS 'How often it was sent';
COMMENT ON COLUMN fireiot.command.seq IS 'Sequence number with which it was sent last';
COMMENT ON COLUMN fireiot.command.done_at IS 'Null while the command is queued or sent';
COMMENT ON COLUMN fireiot.command.answer IS 'Objects that the device answered, as fireiot.explain_frame shows them';

CREATE INDEX command_open ON fireiot.command (device, id) WHERE state IN ('queued', 'sent');
COMMENT ON INDEX fireiot.command_open IS 'Commands that are not done';

CREATE INDEX command_by_device ON fireiot.command (device, requested_at);
COMMENT ON INDEX fireiot.command_by_device IS 'Was a clock set within the last hour?';
