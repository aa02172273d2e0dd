-- What the three kinds of users need.  The extension makes no role by itself.

-- A statement for each of some privileges, on objects of schema fireiot.
CREATE OR REPLACE FUNCTION fireiot.grant_all_of(privileges text[], role name)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	privilege text;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
		RAISE EXCEPTION 'role "%" does not exist', role
			USING ERRCODE = 'undefined_object',
				HINT = format('CREATE ROLE %I makes it.', role);
	END IF;
	FOREACH privilege IN ARRAY privileges || 'USAGE ON SCHEMA fireiot'::text
	LOOP
		EXECUTE format('GRANT %s TO %I', privilege, role);
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.grant_all_of(text[], name) IS
'Grants privileges, written as in GRANT between GRANT and TO, and the use of the schema';

CREATE OR REPLACE FUNCTION fireiot.setup_role(role name DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	role := coalesce(role, fireiot.setting('role'), 'fireiot_listener');
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = role AND rolsuper) THEN
		RAISE EXCEPTION 'role "%" is a superuser', role
			USING ERRCODE = 'invalid_role_specification',
				DETAIL = 'The listener reads what strangers send, and needs few privileges.',
				HINT = 'Set fireiot.role to a role of its own, for example fireiot_listener.';
	ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
		EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER', role);
	END IF;
	PERFORM fireiot.grant_all_of(ARRAY[
		format('CONNECT ON DATABASE %I', current_database()),
		'SELECT ON fireiot.organization, fireiot.unit, fireiot.building, fireiot.area, fireiot.device, fireiot.part',
		'INSERT (device, admission, note) ON fireiot.device',
		'SELECT ON fireiot.frame_verdict',
		'SELECT, INSERT ON fireiot.frame, fireiot.quarantine',
		'INSERT ON fireiot.observation, fireiot.command_step',
		'SELECT, INSERT, UPDATE ON fireiot.device_now, fireiot.part_now, fireiot.command',
		'USAGE ON SEQUENCE fireiot.frame_id, fireiot.observation_id, fireiot.quarantine_id, fireiot.command_step_id, fireiot.command_id',
		'EXECUTE ON FUNCTION fireiot.make_partitions(interval, timestamptz), fireiot.seal(), fireiot.checkpoint(), fireiot.note_roles(), fireiot.breach_due(integer), fireiot.recheck_alarms(), fireiot.announce_layers(bigint[]), fireiot.supervised_links(), fireiot.catch_up_devices()',
		'EXECUTE ON FUNCTION fireiot.note_silence(fireiot.device_addr[], bigint[], timestamptz[], bigint[], boolean[]), fireiot.note_return(fireiot.device_addr[], timestamptz[])',
		'EXECUTE ON FUNCTION fireiot.note_flaps(fireiot.device_addr[], fireiot.part_addr[], text[], integer[], boolean[], timestamptz[])',
		'EXECUTE ON FUNCTION fireiot.note_last_flaps(fireiot.device_addr[], fireiot.part_addr[], text[], integer[], boolean[], timestamptz[])',
		'SELECT ON fireiot.alarm_now, fireiot.alarm_backlog',
		'EXECUTE ON FUNCTION fireiot.alarm_watch(), fireiot.note_signals(fireiot.device_addr[], fireiot.part_addr[], smallint[], smallint[], integer[], integer[], timestamptz[], timestamptz[], bigint[])',
		'EXECUTE ON FUNCTION fireiot.keep_signals(fireiot.device_addr[], fireiot.part_addr[], smallint[], smallint[], integer[], integer[], timestamptz[], timestamptz[], bigint[], text)'],
		role);
END
$$;
COMMENT ON FUNCTION fireiot.setup_role(name) IS
'Makes the role of the listener, by default that of fireiot.role, if it is not there, and grants it what it needs';

CREATE OR REPLACE FUNCTION fireiot.grant_reader(role name)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- Of partitions the parent's privileges are enough.
	relations text := (
		SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname)
		FROM pg_class AS c
		JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
		JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'fireiot' AND c.relkind IN ('r', 'p', 'v')
			AND c.relnamespace = 'fireiot'::regnamespace);
	-- A view calls its functions by the reader's privileges.
	functions text := (
		SELECT string_agg(DISTINCT d.refobjid::regprocedure::text, ', ')
		FROM pg_rewrite AS r
		JOIN pg_class AS c ON c.oid = r.ev_class
		JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
		JOIN pg_proc AS p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
		WHERE c.relnamespace = 'fireiot'::regnamespace AND p.pronamespace = 'fireiot'::regnamespace);
BEGIN
	PERFORM fireiot.grant_all_of(ARRAY['SELECT ON ' || relations, 'EXECUTE ON FUNCTION ' || functions,
		'EXECUTE ON FUNCTION fireiot.unit_packs(bigint[], timestamptz), fireiot.packs_of(bigint, timestamptz), fireiot.pack_versions(text), fireiot.fits_traits(text[], text[]), fireiot.pack_rules(text), fireiot.rules_of(text), fireiot.case_rules(text, text, text), fireiot.with_packs(text, text), fireiot.known_packs(text)',
		'EXECUTE ON FUNCTION fireiot.puts_aside(fireiot.rule, fireiot.rule), fireiot.strictness(fireiot.rule), fireiot.rule_number(fireiot.rule), fireiot.strictest_of(text, text, text), fireiot.strictest(bigint, text, timestamptz, text), fireiot.contradictions(text), fireiot.is_looser(fireiot.contract_rule, fireiot.rule), fireiot.without_contracts(text), fireiot.loose_contracts()',
		'EXECUTE ON FUNCTION fireiot.contacts_of(bigint, text, timestamptz, bigint, bigint), fireiot.setting(text)',
		'EXECUTE ON FUNCTION fireiot.add_working_days(timestamptz, integer), fireiot.working_days_due(timestamptz, integer), fireiot.working_days_between(timestamptz, timestamptz), fireiot.is_working_day(date)',
		'EXECUTE ON FUNCTION fireiot.fits_verdict(text, boolean, text[]), fireiot.clocks_of(bigint[], timestamptz, text), fireiot.why(bigint), fireiot.judge(timestamptz, timestamptz, text), fireiot.urgent_alarms(integer, text), fireiot.board(integer, text[])',
		'EXECUTE ON FUNCTION ' || (SELECT string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.proname) FROM pg_proc AS p
			WHERE p.pronamespace = 'fireiot'::regnamespace AND p.proname = ANY (fireiot.place_functions()))], role);
	PERFORM fireiot.grant_map(role);
END
$$;
COMMENT ON FUNCTION fireiot.grant_reader(name) IS
'Lets a role read all tables and views of fireiot, and the layers of fireiot_map';

-- Of these and of those below no two functions of ours have one of the names.
CREATE OR REPLACE FUNCTION fireiot.place_functions()
RETURNS name[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '{place_of,usability,resource_usability,resources_around,check_nearest,degrees_within,find_nearest,nearest_resources,has_roads,nearest_road,road_metres,
		find_nearest_by_road,alarm_of,nearest_to_alarm,lon_lat,scene_place,scene_resources,cameras_on,scene_cameras,scene_contacts,scene_alarm,
		scene_deadlines,alarm_scene,division_on,import_summary,import_problems}'::name[]
$$;
COMMENT ON FUNCTION fireiot.place_functions() IS
'Functions by which readers ask what is near, and for the scene of an alarm';

CREATE OR REPLACE FUNCTION fireiot.import_functions()
RETURNS name[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '{load_divisions,check_divisions,geometry_of,srid_of,begin_import,check_import,accept_import,resource_kind,batch_for_import,
		read_import,import_keys,import_names,import_values,import_geometry,degrees_of,place_problem,analyze_import,note_duplicates,note_import,
		box_around,suspected_system,import_offsets,division_with_outline,as_system,note_divisions,store_import}'::name[]
$$;
COMMENT ON FUNCTION fireiot.import_functions() IS
'Functions by which operators take deliveries in';

CREATE OR REPLACE FUNCTION fireiot.case_functions()
RETURNS name[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '{report_event,acknowledge,claim_next,record_notice,record_call,answer,no_answer,verify_alarm,dispatch,start_handling,
		report_back,record_result,release_alarm,reclassify,close_alarm,reopen,add_note,case_digest,fire_replay,recheck_alarms}'::name[]
$$;
COMMENT ON FUNCTION fireiot.case_functions() IS
'Functions by which operators handle alarms';

CREATE OR REPLACE FUNCTION fireiot.grant_operator(role name)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.grant_reader(role);
	PERFORM fireiot.grant_all_of(ARRAY[
		'INSERT, UPDATE, DELETE ON fireiot.organization, fireiot.unit, fireiot.building, fireiot.area, fireiot.device, fireiot.part, fireiot.resource, fireiot.duty_shift, fireiot.road',
		'INSERT, UPDATE, DELETE ON fireiot.person, fireiot.contact, fireiot.contract, fireiot.contract_rule, fireiot.unit_profile, fireiot.calendar_day',
		'EXECUTE ON FUNCTION fireiot.admit_device(fireiot.device_addr, bigint), fireiot.reject_device(fireiot.device_addr, text)',
		'EXECUTE ON FUNCTION fireiot.send_command(fireiot.device_addr, integer, jsonb, interval, integer), fireiot.cancel_command(bigint)',
		'EXECUTE ON FUNCTION fireiot.place_hold(text, fireiot.device_addr, bigint, bigint, timestamptz, timestamptz)',
		'EXECUTE ON FUNCTION fireiot.add_attachment(text, bigint, bytea, text, timestamptz, bigint, fireiot.device_addr, bigint, text)',
		'EXECUTE ON FUNCTION fireiot.classify_attachment(bigint, text, text), fireiot.extend_attachment(bigint, timestamptz, text)',
		'EXECUTE ON FUNCTION fireiot.duty_inspection(fireiot.device_addr, integer), fireiot.sync_clock(fireiot.device_addr)',
		'INSERT, UPDATE, DELETE ON fireiot.division',
		'INSERT, UPDATE, DELETE ON fireiot.import_batch, fireiot.import_staging',
		'USAGE ON SEQUENCE fireiot.resource_id_seq, fireiot.unit_id_seq',
		'EXECUTE ON FUNCTION ' || (SELECT string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.proname) FROM pg_proc AS p
			WHERE p.pronamespace = 'fireiot'::regnamespace
				AND p.proname = ANY (fireiot.import_functions())),
		'INSERT, UPDATE, DELETE ON fireiot.maintenance_window, fireiot.threshold, fireiot.operation_rule, fireiot.flapping_rule, fireiot.supervision',
		'EXECUTE ON FUNCTION ' || (SELECT string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.proname) FROM pg_proc AS p
			WHERE p.pronamespace = 'fireiot'::regnamespace AND p.proname = ANY (fireiot.case_functions()))],
		role);
END
$$;
COMMENT ON FUNCTION fireiot.grant_operator(name) IS
'Lets a role read everything, keep the registry, admit devices, send commands, handle alarms, keep limits and windows of maintenance, add attachments and place holds';
