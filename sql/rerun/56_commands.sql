-- Commands to devices.  The listener sends what is in fireiot.command.

-- The application data of a command: type, number of objects, objects.
CREATE OR REPLACE FUNCTION fireiot.command_app(
	command integer, type integer, objects jsonb, profile text)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- behind start and control unit, before checksum and end
	SELECT substr(frame, 28, length(frame) - 30)
	FROM fireiot.encode_frame(command, type, objects, profile => profile) AS frame
$$;
COMMENT ON FUNCTION fireiot.command_app(integer, integer, jsonb, text) IS
'The application data that fireiot.encode_frame makes';

CREATE OR REPLACE FUNCTION fireiot.send_command(
	device fireiot.device_addr, type integer, objects jsonb DEFAULT NULL,
	valid_for interval DEFAULT '1 minute', command integer DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	registered fireiot.device;
	kind fireiot.data_unit_type;
	new_id bigint;
BEGIN
	SELECT * INTO registered FROM fireiot.device AS d WHERE d.device = send_command.device;
	-- device_now is some seconds behind
	IF NOT FOUND AND NOT EXISTS (SELECT FROM fireiot.device_now AS n WHERE n.device = send_command.device)
		AND NOT EXISTS (SELECT FROM fireiot.frame AS f
						WHERE f.device = send_command.device AND f.received_at > now() - interval '1 day') THEN
		RAISE EXCEPTION 'device % is neither registered nor was it ever seen', device
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT device, name FROM fireiot.device lists what is registered.';
	ELSIF registered.admission = 'rejected' OR NOT registered.enabled THEN
		RAISE EXCEPTION 'device % is %', device,
				CASE WHEN registered.enabled THEN 'rejected' ELSE 'disabled' END
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = CASE WHEN registered.enabled THEN format('SELECT fireiot.admit_device(%L) admits it.', device)
					ELSE format('UPDATE fireiot.device SET enabled = true WHERE device = %L enables it.', device) END;
	END IF;
	SELECT * INTO kind FROM fireiot.data_unit_type AS t
	WHERE t.code = send_command.type AND t.kind IN ('defined', 'user') AND t.direction = 'down';
	IF NOT FOUND THEN
		RAISE EXCEPTION 'type % is not sent to devices', coalesce(type::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'SELECT code, name_en FROM fireiot.data_unit_type WHERE direction = ''down'' AND kind <> ''reserved'' lists what is.';
	ELSIF valid_for > interval '0' IS NOT TRUE THEN
		RAISE EXCEPTION 'the command would have expired before it is sent'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('valid_for is %s.', coalesce(valid_for::text, 'null')),
				HINT = 'Give valid_for as an interval above 0, for example ''1 minute''.';
	END IF;
	IF objects IS NULL AND type IN (81, 85, 86, 88, 89) THEN
		objects := '[{}]';
	ELSIF objects IS NULL AND type <> 90 THEN
		RAISE EXCEPTION 'type % needs objects', type
			USING ERRCODE = 'null_value_not_allowed',
				HINT = 'For example objects => ''[{"sys_type": 1, "sys_addr": 1}]'' with type 61, ''[{"timeout_min": 10}]'' with type 91.';
	END IF;
	command := coalesce(command, kind.commands[1]);
	INSERT INTO fireiot.command (device, command, type, app, expires_at)
	VALUES (device, command, type,
		CASE WHEN type <> 90 OR objects IS NOT NULL
			THEN fireiot.command_app(command, type, objects, registered.profile) END,
		now() + valid_for)
	RETURNING id INTO new_id;
	PERFORM fireiot.wake_listeners();
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION fireiot.send_command(fireiot.device_addr, integer, jsonb, interval, integer) IS
'Has a command sent to a device; returns its id in fireiot.command';

CREATE OR REPLACE FUNCTION fireiot.cancel_command(id bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	was text;
BEGIN
	UPDATE fireiot.command AS c SET state = 'cancelled', done_at = now()
	WHERE c.id = cancel_command.id AND c.state = 'queued';
	IF NOT FOUND THEN
		SELECT c.state INTO was FROM fireiot.command AS c WHERE c.id = cancel_command.id;
		RAISE EXCEPTION 'command % %', id, coalesce('is ' || was, 'does not exist')
			USING ERRCODE = CASE WHEN was IS NULL THEN 'undefined_object' ELSE 'object_not_in_prerequisite_state' END,
				HINT = 'Only what is queued can be cancelled: SELECT id FROM fireiot.command WHERE state = ''queued''.';
	END IF;
	PERFORM fireiot.wake_listeners();
END
$$;
COMMENT ON FUNCTION fireiot.cancel_command(bigint) IS
'Cancels a command that has not been sent yet';

CREATE OR REPLACE FUNCTION fireiot.duty_inspection(device fireiot.device_addr, minutes integer)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT fireiot.send_command(device, 91, jsonb_build_array(jsonb_build_object('timeout_min', minutes)))
$$;
COMMENT ON FUNCTION fireiot.duty_inspection(fireiot.device_addr, integer) IS
'Duty inspection 查岗: whoever is on duty at the device is to answer within so many minutes';

CREATE OR REPLACE FUNCTION fireiot.sync_clock(device fireiot.device_addr)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT fireiot.send_command(device, 90)
$$;
COMMENT ON FUNCTION fireiot.sync_clock(fireiot.device_addr) IS
'Sets the clock of a device to the server''s time at the moment of sending';
