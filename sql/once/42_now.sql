-- What is so now: small, changed all the time, derived from the records and
-- so not dumped.  No index but the key, and room on each page: updates then
-- stay on it.

CREATE TABLE fireiot.device_now (
	device fireiot.device_addr PRIMARY KEY,
	first_seen timestamptz,
	last_seen timestamptz,
	online boolean NOT NULL DEFAULT false,
	skew_ms integer,
	frames bigint NOT NULL DEFAULT 0,
	transport text,
	peer inet,
	changed_at timestamptz NOT NULL DEFAULT pg_catalog.now()
) WITH (fillfactor = 80, autovacuum_vacuum_threshold = 500,
		autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE fireiot.device_now IS 'Each device as it was seen last, some seconds old';
COMMENT ON COLUMN fireiot.device_now.skew_ms IS 'The device''s clock minus the server''s, in milliseconds';
COMMENT ON COLUMN fireiot.device_now.transport IS 'tcp, tls or udp';
COMMENT ON COLUMN fireiot.device_now.changed_at IS 'When this row was written';

CREATE TABLE fireiot.part_now (
	device fireiot.device_addr,
	part fireiot.part_addr,
	kind smallint,
	quantity smallint DEFAULT -1,
	state fireiot.alarm_state,
	raw_value smallint,
	value numeric,
	operator smallint,
	text text,
	observed_at timestamptz,
	received_at timestamptz NOT NULL,
	since timestamptz NOT NULL,
	frame_id bigint NOT NULL,
	PRIMARY KEY (device, part, kind, quantity)
) WITH (fillfactor = 80, autovacuum_vacuum_threshold = 500,
		autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE fireiot.part_now IS 'The last state of each part, and its last value of each quantity';
COMMENT ON COLUMN fireiot.part_now.part IS '0.0 with kind 21: the device itself';
COMMENT ON COLUMN fireiot.part_now.kind IS '1 state of a system, 2 of a component, 21 of the device, 3 a value; the same for types of a maker''s own';
COMMENT ON COLUMN fireiot.part_now.quantity IS 'Code of the analogue quantity; -1: a state';
COMMENT ON COLUMN fireiot.part_now.operator IS 'Not filled: operations are no states';
COMMENT ON COLUMN fireiot.part_now.text IS 'Description that came with the state';
COMMENT ON COLUMN fireiot.part_now.observed_at IS 'By the device''s clock; null when that is no real date';
COMMENT ON COLUMN fireiot.part_now.received_at IS 'When the server got the frame that said so first';
COMMENT ON COLUMN fireiot.part_now.since IS 'When state or value became what they are, by the server''s clock: the same';
COMMENT ON COLUMN fireiot.part_now.frame_id IS 'The frame that said so first';
