-- What the listener does, and whether all is as it should be.

CREATE OR REPLACE FUNCTION fireiot.library_version()
RETURNS text
AS 'MODULE_PATHNAME', 'fireiot_library_version'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.library_version() IS
'Version of the library that is loaded';

CREATE OR REPLACE FUNCTION fireiot.listener_state(
	OUT number integer, OUT pid integer, OUT state text, OUT state_since timestamptz,
	OUT started_at timestamptz, OUT message text, OUT message_at timestamptz,
	OUT port integer, OUT connections integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_listener_state'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 2;
COMMENT ON FUNCTION fireiot.listener_state() IS
'The launcher (0) and the listeners, from shared memory; no rows unless fireiot is preloaded';

CREATE OR REPLACE FUNCTION fireiot.keeper_state(
	OUT pid integer, OUT state text, OUT state_since timestamptz,
	OUT started_at timestamptz, OUT message text, OUT message_at timestamptz)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_keeper_state'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 1;
COMMENT ON FUNCTION fireiot.keeper_state() IS
'The keeper, from shared memory; no row unless fireiot is preloaded';

CREATE OR REPLACE FUNCTION fireiot.connection_state(
	OUT listener integer, OUT peer inet, OUT port integer, OUT transport text,
	OUT device fireiot.device_addr, OUT since timestamptz, OUT last_frame_at timestamptz,
	OUT frames bigint, OUT bytes bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_connection_state'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION fireiot.connection_state() IS
'The connections of the listeners, from shared memory';

CREATE OR REPLACE FUNCTION fireiot.ingest_counters(
	OUT listener integer, OUT kind text, OUT key text, OUT value bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_ingest_counters'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 40;
COMMENT ON FUNCTION fireiot.ingest_counters() IS
'What each listener has counted since the server started: kinds count, refused (frames by reason), commit and confirm (durations)';

CREATE OR REPLACE FUNCTION fireiot.latency_histogram(
	OUT listener integer, OUT kind text, OUT upto_us bigint, OUT count bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_latency_histogram'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 40;
COMMENT ON FUNCTION fireiot.latency_histogram() IS
'How many commits and confirmations took how long: those below upto_us that are in no row above; rows that would be 0 are left out';

CREATE OR REPLACE FUNCTION fireiot.device_live(
	OUT device fireiot.device_addr, OUT first_seen timestamptz, OUT last_seen timestamptz,
	OUT connected boolean, OUT skew_ms integer, OUT frames bigint,
	OUT transport text, OUT peer inet)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_device_live'
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION fireiot.device_live() IS
'Devices that the listeners have heard since the server started, from shared memory; no rows but in the database of fireiot.database';

CREATE OR REPLACE VIEW fireiot.listener AS
SELECT l.number, l.pid, l.state, l.state_since, l.started_at, l.port, l.connections,
	l.message, l.message_at, a.datname AS database
FROM fireiot.listener_state() AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid;
COMMENT ON VIEW fireiot.listener IS
'The processes that listen for devices, and the launcher, which is number 0';

CREATE OR REPLACE VIEW fireiot.connection AS
SELECT listener, peer, port, transport, device, since, last_frame_at, frames, bytes
FROM fireiot.connection_state();
COMMENT ON VIEW fireiot.connection IS
'The connections that there are; device is the one that spoke last';

CREATE OR REPLACE VIEW fireiot.ingest_stat AS
SELECT listener,
	max(value) FILTER (WHERE key = 'bytes') AS bytes,
	max(value) FILTER (WHERE key = 'frames') AS frames,
	max(value) FILTER (WHERE key = 'stored') AS stored,
	max(value) FILTER (WHERE key = 'observations') AS observations,
	max(value) FILTER (WHERE key = 'part_changes') AS part_changes,
	max(value) FILTER (WHERE key = 'duplicates') AS duplicates,
	max(value) FILTER (WHERE key = 'confirmed') AS confirmed,
	max(value) FILTER (WHERE key = 'denied') AS denied,
	max(value) FILTER (WHERE key = 'quarantined') AS quarantined,
	max(value) FILTER (WHERE key = 'garbage_bytes') AS garbage_bytes,
	max(value) FILTER (WHERE key = 'half_frames') AS half_frames,
	max(value) FILTER (WHERE key = 'accepted') AS accepted,
	max(value) FILTER (WHERE key = 'turned_away') AS turned_away,
	max(value) FILTER (WHERE key = 'timed_out') AS timed_out,
	max(value) FILTER (WHERE key = 'tls_failures') AS tls_failures,
	max(value) FILTER (WHERE key = 'commands') AS commands,
	max(value) FILTER (WHERE key = 'batches') AS batches,
	max(value) FILTER (WHERE key = 'batch_failures') AS batch_failures,
	round(sum(value) FILTER (WHERE key IN ('stored', 'observations', 'quarantined'))
		/ nullif(max(value) FILTER (WHERE key = 'batches'), 0), 1) AS rows_a_batch,
	round(max(value) FILTER (WHERE kind = 'commit' AND key = 'p50_us') / 1000.0, 3) AS commit_p50_ms,
	round(max(value) FILTER (WHERE kind = 'commit' AND key = 'p99_us') / 1000.0, 3) AS commit_p99_ms,
	round(max(value) FILTER (WHERE kind = 'commit' AND key = 'max_us') / 1000.0, 3) AS commit_max_ms,
	round(max(value) FILTER (WHERE kind = 'commit' AND key = 'total_us') / 1000.0, 3) AS commit_total_ms,
	round(max(value) FILTER (WHERE kind = 'confirm' AND key = 'p50_us') / 1000.0, 3) AS confirm_p50_ms,
	round(max(value) FILTER (WHERE kind = 'confirm' AND key = 'p99_us') / 1000.0, 3) AS confirm_p99_ms,
	round(max(value) FILTER (WHERE kind = 'confirm' AND key = 'max_us') / 1000.0, 3) AS confirm_max_ms,
	round(max(value) FILTER (WHERE kind = 'confirm' AND key = 'total_us') / 1000.0, 3) AS confirm_total_ms
FROM fireiot.ingest_counters()
WHERE kind <> 'refused'
GROUP BY listener;
COMMENT ON VIEW fireiot.ingest_stat IS
'What each listener has done since the server started; what fireiot.ingest() does is not in it';

CREATE OR REPLACE VIEW fireiot.ingest_refusal AS
SELECT listener, key AS reason, value AS frames
FROM fireiot.ingest_counters()
WHERE kind = 'refused';
COMMENT ON VIEW fireiot.ingest_refusal IS
'Frames that each listener has refused since the server started, by reason';

CREATE OR REPLACE VIEW fireiot.confirm_latency AS
SELECT listener, round(upto_us / 1000.0, 3) AS upto_ms, count AS frames
FROM fireiot.latency_histogram()
WHERE kind = 'confirm';
COMMENT ON VIEW fireiot.confirm_latency IS
'Frames by the time from their arrival to their answer, since the server started: each row those below upto_ms that are in no row above';

-- What is in memory is newer than what is in the table; what is only in the
-- table was not heard since the server started.  What has a case for its silence
-- is offline, even if its connection is open still.
CREATE OR REPLACE VIEW fireiot.device_live AS
SELECT coalesce(l.device, n.device) AS device,
	least(n.first_seen, l.first_seen) AS first_seen,
	greatest(n.last_seen, l.last_seen) AS last_seen,
	coalesce(s.device IS NULL AND (l.connected OR greatest(n.last_seen, l.last_seen)
		> now() - current_setting('fireiot.offline_after', true)::interval), false) AS online,
	coalesce(l.skew_ms, n.skew_ms) AS skew_ms,
	greatest(n.frames, l.frames) AS frames,
	coalesce(l.transport, n.transport) AS transport,
	coalesce(l.peer, n.peer) AS peer
FROM fireiot.device_live() AS l
FULL JOIN fireiot.device_now AS n ON n.device OPERATOR(fireiot.=) l.device
LEFT JOIN (SELECT DISTINCT a.device FROM fireiot.alarm_now AS a WHERE a.origin = 'silence' AND a.restored_at IS NULL) AS s
	ON s.device OPERATOR(fireiot.=) coalesce(l.device, n.device);
COMMENT ON VIEW fireiot.device_live IS
'fireiot.device_now, and over it what the listeners know at this moment';

-- Everything by its place: the listener fills rows so.
CREATE OR REPLACE FUNCTION fireiot.check(OUT object text, OUT problem text, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	WITH own (name, columns, others) AS (VALUES
		('alarm_kind', 'kind class name_zh name_en clause builtin',
			'own_row alarm_kind_class_check alarm_kind_kind_check'),
		('alarm', 'id received_at device part unit_id tx class kind origin window_id occurred_at frame_id state quantity value limit_value packs subject detail', 'run_clocks'),
		('alarm_backlog', 'id noted_at tries problem devices parts kinds quantities befores nows observed_ats received_ats frame_ids', ''),
		('alarm_now', 'id opened_at device part subject class kind unit_id packs window_id repeats last_at flapping_since restored_at acknowledged_at acknowledged_by noticed_at called_at answered_at verdict verified_at dispatched_at handling_at reported_back_at recorded_at released_at escalated_at origin opened_as geom',
			'alarm_now_device_part_class_subject_key alarm_now_by_class alarm_now_geom'),
		('alarm_step', 'id received_at alarm_id tx unit_id step actor at verdict cause pack rule due_at note fields', 'run_clocks'),
		('alarm_transition', 'step by_hand needs excludes fields name_zh name_en clause builtin', ''),
		('area', 'id building_id name floor delivered coordinate_system outline geom plan_key plan_width plan_height plan_controls plan_affine note created_at changed_at',
			'stamp_change place_parts place_parts_of_new area_coordinate_system_check area_plan_height_check area_plan_key_check area_plan_width_check'),
		('attachment', 'id received_at tx object_key length algorithm digest class made_at case_id device unit_id added_by',
			'attachment_by_time attachment_object_key_key attachment_length_check attachment_algorithm_check attachment_digest_check'),
		('attachment_step', 'id received_at tx attachment_id step class until reason done_by',
			'attachment_step_by_attachment attachment_step_by_time attachment_step_check attachment_step_check1 attachment_step_reason_check attachment_step_step_check'),
		('building', 'id unit_id name address floors_above floors_below height_m area_m2 delivered coordinate_system outline geom note created_at changed_at',
			'stamp_change building_geom building_coordinate_system_check'),
		('calendar_day', 'day working name source builtin',
			'calendar_changed own_row calendar_day_day_check'),
		('change_log', 'id received_at tx login role origin application object key action old new', ''),
		('change_log_start', 'started_at login', ''),
		('command', 'id device command type app requested_at requested_by expires_at state attempt seq sent_at done_at answer answer_frame_id note',
			'command_open command_by_device command_check command_state_check'),
		('command_code', 'code kind name_zh name_en direction note builtin',
			'command_code_check command_code_check1 command_code_code_check command_code_direction_check command_code_kind_check'),
		('command_step', 'id received_at device command_id frame_id tx attempt step detail', ''),
		('component_type', 'code kind name_zh name_en note builtin',
			'component_type_check component_type_check1 component_type_code_check component_type_kind_check'),
		('conformity', 'requirement object test builtin', ''),
		('contact', 'id unit_id building_id area_id role position name person_id organization_id channels valid_from valid_to note created_at changed_at',
			'stamp_change contact_by_unit contact_channels_check contact_check contact_role_check'),
		('contract', 'id unit_id organization_id kind number content document valid_from valid_to note created_at changed_at',
			'stamp_change contract_by_unit contract_check contract_kind_check'),
		('contract_rule', 'contract_id rule clause classes kinds metric start_step stop_steps limit_interval limit_days action targets note created_at changed_at',
			'check_contract_rule publish_contracts stamp_change contract_rule_check contract_rule_classes_check contract_rule_clause_check contract_rule_rule_check'),
		('data_unit_type', 'code kind name_zh name_en direction commands object_bytes max_objects answered_by builtin',
			'data_unit_type_check data_unit_type_check1 data_unit_type_code_check data_unit_type_direction_check data_unit_type_kind_check'),
		('deadline', 'alarm_id pack version rule run unit_id class metric modality started_at due_at state stopped_at stop_step breached_at calendar_gap window_id',
			'deadline_due deadline_running deadline_state_check'),
		('decommission', 'id received_at tx reason ordered_by', ''),
		('device', 'device unit_id building_id area_id name manufacturer model serial_number profile admission admitted_at admitted_by networks certificate_name enabled installed_at delivered coordinate_system geom map_id note created_at changed_at',
			'stamp_change registry_changed device_geom device_map_id_key device_coordinate_system_check device_admission_check device_certificate_name_check device_networks_check'),
		('device_now', 'device first_seen last_seen online skew_ms frames transport peer changed_at', ''),
		('flapping_rule', 'id class kind repeats within note builtin created_at changed_at', 'stamp_change flapping_rule_class_check flapping_rule_repeats_check flapping_rule_within_check'),
		('division', 'code valid_from valid_to name successors delivered coordinate_system outline source builtin',
			'division_check division_code_check division_coordinate_system_check division_name_check'),
		('import_batch', 'id target source coordinate_system swapped kind division_code keys suspected checked_at created_at created_by',
			'import_batch_coordinate_system_check import_batch_keys_check import_batch_source_check import_batch_target_check'),
		('import_staging', 'batch_id row feature state kind name code address phone division_code external_id delivered geom problems details target_id decided_at decided_by',
			'import_staging_geom import_staging_state_check'),
		('frame', 'id received_at device sent_at tx skew_ms seq peer_port verdict command type outgoing peer profile bytes', ''),
		('frame_verdict', 'code key name_zh name_en confirmed builtin', 'frame_verdict_key_key'),
		('ledger_block', 'n incarnation origin algorithm snapshot sealed_at rows parts root previous hash tx', ''),
		('ledger_block_part', 'block part table_id partition version first_id last_id rows root hash leaves tx first_page last_page', 'ledger_block_part_ids ledger_block_part_partition'),
		('ledger_checkpoint', 'size root made_at note tx', ''),
		('ledger_incarnation', 'n origin algorithm started_at first_block previous tx', 'ledger_incarnation_algorithm_check'),
		('ledger_node', 'level index hash tx', ''),
		('ledger_schema', 'table_id version columns tx', ''),
		('ledger_table', 'name id registered_at tx builtin', ''),
		('maintenance_window', 'id unit_id device part kind from_at to_at announced_at announced_by accepted_at accepted_by ended_at document measures note created_at changed_at',
			'stamp_change maintenance_window_check maintenance_window_check1 maintenance_window_check2 maintenance_window_check3 maintenance_window_kind_check maintenance_window_measures_check'),
		('notice', 'id alarm_id unit_id reason pack version rule target contact_id created_at due_at state',
			'notice_pending notice_alarm notice_reason_check notice_state_check'),
		('observation', 'id received_at device frame_id part observed_at tx state kind quantity raw_value operator value text', ''),
		('operation_rule', 'id state_kind operation device system_type action class kind note builtin created_at changed_at',
			'stamp_change registry_changed operation_rule_action_check operation_rule_class_check operation_rule_state_kind_check'),
		('organization', 'id name kind credit_code phone address note created_at changed_at', 'stamp_change organization_kind_check'),
		('pack_choice', 'pack version status valid_from valid_to reason decided_at decided_by',
			'pack_choice_check pack_choice_reason_check pack_choice_status_check'),
		('pack_class', 'pack version kind class called note builtin',
			'keep_all_rules keep_rules pack_class_class_check'),
		('part', 'device part building_id area_id name location floor manufacturer model serial_number enabled installed_at delivered coordinate_system plan_x plan_y geom map_id note created_at changed_at',
			'stamp_change place_part part_by_area part_by_building part_geom part_map_id_key part_check part_coordinate_system_check'),
		('part_now', 'device part kind quantity state raw_value value operator text observed_at received_at since frame_id', ''),
		('legal_hold', 'id received_at tx placed_by reason device unit_id case_id from_at to_at',
			'legal_hold_by_time legal_hold_check legal_hold_reason_check'),
		('legal_hold_release', 'id received_at tx hold_id released_by reason', 'legal_hold_release_by_time legal_hold_release_hold_id_key legal_hold_release_reason_check'),
		('person', 'id organization_id unit_id name post phone certificate certificate_level certified_until note created_at changed_at',
			'stamp_change'),
		('purge_certificate', 'id received_at tx records partition from_at to_at rows first_block last_block root classes rule clause minimum purged_by', 'check_certificate purge_certificate_by_time'),
		('quantity', 'code kind name_zh name_en unit unit_zh resolution min_value max_value note builtin',
			'quantity_check quantity_check1 quantity_code_check quantity_kind_check'),
		('quarantine', 'id received_at device tx peer_port peer sqlstate reason bytes', ''),
		('record_table', 'name period key_columns more_index builtin classes', 'record_table_period_check'),
		('resource', 'id kind name code unit_id building_id area_id organization_id division_code address delivered coordinate_system geom status status_note device part quantity value_min value_max fresh_for phone staff gb28181_id camera_range_m camera_azimuth camera_angle external_id source detail note created_at changed_at',
			'stamp_change resource_geom resource_place resource_geom_hydrant_outdoor resource_geom_hydrant_indoor resource_geom_water_source resource_geom_tank resource_geom_micro_station resource_geom_fire_station resource_geom_vehicle resource_geom_camera resource_geom_other resource_camera_reach resource_camera_angle_check resource_camera_azimuth_check resource_camera_range_m_check resource_check resource_coordinate_system_check resource_fresh_for_check resource_gb28181_id_check resource_kind_check resource_name_check resource_quantity_check resource_staff_check resource_status_check resource_check1'),
		('duty_shift', 'id resource_id name weekdays from_time to_time valid_from valid_to staff person_ids note created_at changed_at',
			'stamp_change duty_shift_by_resource duty_shift_check duty_shift_staff_check duty_shift_weekdays_check'),
		('retention_choice', 'source applies reason decided_at decided_by', 'retention_choice_reason_check'),
		('retention_class', 'class kind family name_zh name_en builtin', 'retention_class_check retention_class_kind_check'),
		('retention_rule', 'rule figure source clause classes never minimum maximum destroy_or_extend note builtin',
			'retention_rule_check retention_rule_check1 retention_rule_classes_check retention_rule_maximum_check retention_rule_minimum_check'),
		('retention_source', 'source name_zh name_en jurisdiction status valid_from valid_to builtin', 'retention_source_check retention_source_status_check'),
		('road', 'id source target cost_m reverse_cost_m geom', 'road_geom road_place road_cost_m_check'),
		('rule', 'pack version rule requirements figure clause name_zh name_en sort classes kinds traits metric start_step stop_steps limit_interval limit_days modality origin bound level level_unit action targets transition conditions required_fields required_steps note builtin',
			'keep_all_rules keep_rules rule_action_check rule_bound_check rule_classes_check rule_clause_check rule_clock rule_conditions_check rule_cycle rule_deadline rule_figure_check rule_guard rule_guard_asks rule_kinds_check rule_level rule_limit_days_check rule_limit_interval_check rule_metric_check rule_modality_check rule_one_limit rule_origin_check rule_required_fields_check rule_required_steps_check rule_rule_check rule_sort_check rule_start_step_check rule_stop_steps_check rule_targets_check rule_traits_check rule_transition_check'),
		('rule_pack', 'pack version name_zh name_en document basis jurisdiction certification contract_id retention_source status valid_from valid_to note loaded_at loaded_by builtin',
			'keep_all_rules keep_rules rule_pack_general rule_pack_basis_check rule_pack_certification_check rule_pack_check rule_pack_check1 rule_pack_check2 rule_pack_check3 rule_pack_document_check rule_pack_jurisdiction_check rule_pack_pack_check rule_pack_status_check rule_pack_version_check'),
		('status_bit', 'state_kind bit key name_zh name_en clear_zh clear_en class note',
			'status_bit_bit_check status_bit_class_check status_bit_state_kind_check'),
		('system_type', 'code kind name_zh name_en note builtin',
			'system_type_check system_type_check1 system_type_code_check system_type_kind_check'),
		('supervision', 'id unit_id device model profile pack silent_after closed_after quiet battery clause note builtin created_at changed_at',
			'stamp_change registry_changed supervision_check supervision_check1 supervision_closed_after_check supervision_quiet_check supervision_silent_after_check'),
		('unit_profile', 'unit_id control_room classified residential traits certifications packs note created_at changed_at',
			'stamp_change unit_profile_traits_check'),
		('threshold', 'id unit_id device part system_type component_type quantity low high hysteresis class kind enabled note created_at changed_at',
			'stamp_change registry_changed threshold_check threshold_check1 threshold_check2 threshold_class_check threshold_hysteresis_check threshold_quantity_check'),
		('unit', 'id name organization_id operator_id maintenance_id division_code address phone delivered coordinate_system geom note created_at changed_at',
			'stamp_change unit_geom unit_coordinate_system_check')
	), member AS (
		SELECT c.oid, coalesce(string_to_array(o.columns, ' '), '{}') AS columns,
			string_to_array(o.others, ' ') || CASE WHEN l.name IS NOT NULL THEN fireiot.log_triggers() END AS others,
			CASE WHEN l.name IS NOT NULL THEN fireiot.log_triggers() WHEN o.name = 'purge_certificate' THEN '{check_certificate}' END AS always,
			ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS present
		FROM pg_class AS c
		JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
			AND d.refclassid = 'pg_extension'::regclass
		JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'fireiot'
		LEFT JOIN own AS o ON o.name = c.relname
		LEFT JOIN fireiot.logged_tables() AS l (name) ON l.name = c.relname
		WHERE c.relkind IN ('r', 'p')
	), foreign_column AS (
		-- in the place of one that is missing: renamed
		SELECT m.oid, a.attname, CASE WHEN m.columns[a.attnum] <> ALL (m.present) THEN m.columns[a.attnum] END AS was
		FROM member AS m JOIN pg_attribute AS a ON a.attrelid = m.oid AND a.attnum > 0
		WHERE NOT a.attisdropped AND a.attname <> ALL (m.columns)
	), ours AS (
		SELECT oid, others, coalesce(always, '{}') AS always, '{}'::text[] AS indexes FROM member
		UNION ALL
		-- indexes of partitions are known by how they end, without brackets and blanks
		SELECT i.inhrelid, '{}', '{}', ARRAY['USINGbrinreceived_at,txfireiot.xid8_minmax_opsWITHpages_per_range=''32'',autosummarize=''true''', translate(r.more_index, '() ', '')]
		FROM pg_inherits AS i
		JOIN member AS m ON m.oid = i.inhparent
		JOIN pg_class AS c ON c.oid = m.oid
		JOIN fireiot.record_table AS r ON r.name = c.relname
	), finding AS (
		SELECT f.oid AS relation,
			CASE WHEN f.was IS NULL THEN format('column %I was added', f.attname) ELSE format('column %I was renamed', f.was) END AS problem,
			CASE WHEN f.was IS NULL THEN format('ALTER TABLE %s DROP COLUMN %I;', f.oid::regclass, f.attname)
				ELSE format('ALTER TABLE %s RENAME COLUMN %I TO %I;', f.oid::regclass, f.attname, f.was) END AS hint
		FROM foreign_column AS f
		UNION ALL
		SELECT m.oid, format('column %I was dropped', name), 'Restore a dump into a new database: the table cannot be mended.'
		FROM member AS m, unnest(m.columns) AS name
		WHERE name <> ALL (m.present) AND NOT EXISTS (SELECT FROM foreign_column AS f WHERE f.oid = m.oid AND f.was = name)
		UNION ALL
		SELECT t.tgrelid, format('trigger %I was added', t.tgname),
			format('DROP TRIGGER %I ON %s;', t.tgname, o.oid::regclass)
		FROM ours AS o JOIN pg_trigger AS t ON t.tgrelid = o.oid AND t.tgparentid = 0
		WHERE NOT t.tgisinternal AND t.tgname <> ALL (o.others)
		UNION ALL
		SELECT t.tgrelid, format('trigger %I does not fire as it should', t.tgname),
			format('ALTER TABLE %s ENABLE %s %I;', o.oid::regclass, CASE WHEN t.tgname = ANY (o.always) THEN 'ALWAYS TRIGGER' ELSE 'TRIGGER' END, t.tgname)
		FROM ours AS o JOIN pg_trigger AS t ON t.tgrelid = o.oid AND t.tgname = ANY (o.others)
		WHERE t.tgenabled <> CASE WHEN t.tgname = ANY (o.always) THEN 'A' ELSE 'O' END
		UNION ALL
		SELECT o.oid, format('trigger %I was dropped', name), format('SELECT fireiot.log_changes_of(%L);', o.oid::regclass)
		FROM ours AS o, unnest(o.always) AS name
		WHERE NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = o.oid AND t.tgname = name)
		UNION ALL
		SELECT NULL, 'event trigger fireiot_log_grant does not fire as it should', 'ALTER EVENT TRIGGER fireiot_log_grant ENABLE ALWAYS;'
		FROM pg_event_trigger AS t WHERE t.evtname = 'fireiot_log_grant' AND t.evtenabled <> 'A'
		UNION ALL
		SELECT c.conrelid, format('constraint %I was added', c.conname),
			format('ALTER TABLE %s DROP CONSTRAINT %I;', o.oid::regclass, c.conname)
		FROM ours AS o JOIN pg_constraint AS c ON c.conrelid = o.oid AND c.conislocal AND c.conparentid = 0
		WHERE c.contype IN ('c', 'f', 'u', 'x') AND c.conname <> ALL (o.others)
		UNION ALL
		SELECT i.indrelid, format('index %I was added', x.relname), format('DROP INDEX %s;', x.oid::regclass)
		FROM ours AS o JOIN pg_index AS i ON i.indrelid = o.oid JOIN pg_class AS x ON x.oid = i.indexrelid
		WHERE NOT i.indisprimary AND x.relname <> ALL (o.others) AND NOT x.relispartition
			AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = x.oid)
			AND NOT EXISTS (SELECT FROM unnest(o.indexes) AS ending
				WHERE right(translate(pg_get_indexdef(x.oid), '() ', ''), length(ending)) = ending)
		UNION ALL
		SELECT p.polrelid, format('policy %I was added', p.polname), format('DROP POLICY %I ON %s;', p.polname, o.oid::regclass)
		FROM ours AS o JOIN pg_policy AS p ON p.polrelid = o.oid
		UNION ALL
		SELECT r.ev_class, format('rule %I was added', r.rulename), format('DROP RULE %I ON %s;', r.rulename, o.oid::regclass)
		FROM ours AS o JOIN pg_rewrite AS r ON r.ev_class = o.oid
		UNION ALL
		SELECT c.oid, n.problem, format('ALTER TABLE %s;', n.hint)
		FROM ours AS o JOIN pg_class AS c ON c.oid = o.oid,
			LATERAL (VALUES
				(c.relrowsecurity, 'row level security is enabled', format('%s DISABLE ROW LEVEL SECURITY', c.oid::regclass)),
				(c.relpersistence <> 'p', 'a crash would empty the table', format('%s SET LOGGED', c.oid::regclass)),
				(c.relispartition AND pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', 'it is a default partition',
				 format('%s DETACH PARTITION %s', (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = c.oid), c.oid::regclass))
			) AS n (wrong, problem, hint)
		WHERE n.wrong
	)
	SELECT coalesce(f.relation::regclass::text, 'fireiot'), f.problem, f.hint FROM finding AS f ORDER BY 1, 2
$$;
COMMENT ON FUNCTION fireiot.check() IS
'What was changed on the tables of the extension and their partitions, and how to undo it: dumps and upgrades do not carry it, or the listener trips over it. No rows when all is as it was made';

-- What fireiot.setup_role grants.
CREATE OR REPLACE FUNCTION fireiot.missing_grants(role name)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH listener AS (
		SELECT oid FROM pg_roles WHERE rolname = role
	), on_table (privilege, names) AS (VALUES
		('SELECT', 'organization unit building area device part frame_verdict frame quarantine device_now part_now command alarm_now alarm_backlog'),
		('INSERT', 'frame observation quarantine command_step device_now part_now command'),
		('UPDATE', 'device_now part_now command')
	), missing AS (
		SELECT 'CONNECT ON DATABASE ' || quote_ident(current_database()) AS what
		FROM listener AS l WHERE NOT has_database_privilege(l.oid, current_database(), 'CONNECT')
		UNION ALL
		SELECT 'USAGE ON SCHEMA fireiot'
		FROM listener AS l WHERE NOT has_schema_privilege(l.oid, 'fireiot', 'USAGE')
		UNION ALL
		SELECT format('%s ON fireiot.%s', t.privilege, name)
		FROM listener AS l, on_table AS t, string_to_table(t.names, ' ') AS name
		WHERE NOT has_table_privilege(l.oid, 'fireiot.' || name, t.privilege)
		UNION ALL
		SELECT format('INSERT (%s) ON fireiot.device', name)
		FROM listener AS l, string_to_table('device admission note', ' ') AS name
		WHERE NOT has_column_privilege(l.oid, 'fireiot.device', name, 'INSERT')
		UNION ALL
		SELECT 'USAGE ON SEQUENCE fireiot.' || name
		FROM listener AS l, string_to_table('frame_id observation_id quarantine_id command_step_id command_id', ' ') AS name
		WHERE NOT has_sequence_privilege(l.oid, 'fireiot.' || name, 'USAGE')
		UNION ALL
		SELECT 'EXECUTE ON FUNCTION ' || f
		FROM listener AS l, (VALUES ('fireiot.make_partitions(interval, timestamptz)'), ('fireiot.seal()'), ('fireiot.checkpoint()'), ('fireiot.note_roles()'), ('fireiot.breach_due(integer)'), ('fireiot.alarm_watch()'), ('fireiot.recheck_alarms()'), ('fireiot.announce_layers(bigint[])'), ('fireiot.supervised_links()'), ('fireiot.catch_up_devices()'),
			('fireiot.note_silence(fireiot.device_addr[],bigint[],timestamp with time zone[],bigint[],boolean[])'), ('fireiot.note_return(fireiot.device_addr[],timestamp with time zone[])'),
			('fireiot.note_flaps(fireiot.device_addr[],fireiot.part_addr[],text[],integer[],boolean[],timestamp with time zone[])'),
			('fireiot.note_last_flaps(fireiot.device_addr[],fireiot.part_addr[],text[],integer[],boolean[],timestamp with time zone[])'),
			('fireiot.note_signals(fireiot.device_addr[],fireiot.part_addr[],smallint[],smallint[],integer[],integer[],timestamp with time zone[],timestamp with time zone[],bigint[])'),
			('fireiot.keep_signals(fireiot.device_addr[],fireiot.part_addr[],smallint[],smallint[],integer[],integer[],timestamp with time zone[],timestamp with time zone[],bigint[],text)')) AS v (f)
		WHERE NOT has_function_privilege(l.oid, f, 'EXECUTE')
	)
	SELECT coalesce(array_agg(what), '{}') FROM missing
$$;
COMMENT ON FUNCTION fireiot.missing_grants(name) IS
'What a role lacks of what the workers need in this database; nothing of a role that does not exist';

CREATE OR REPLACE FUNCTION fireiot.file_problem(file text)
RETURNS text
LANGUAGE plpgsql VOLATILE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_read_binary_file(file, 0, 1);
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION fireiot.file_problem(text) IS
'Why the server cannot read a file; null when it can';

-- ALTER SYSTEM wins over every file.  Each library is a word of its own: in one
-- string they would be one name, and the server would not start.
CREATE OR REPLACE FUNCTION fireiot.preload_hint()
RETURNS text
LANGUAGE sql VOLATILE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	WITH of_file AS (
		SELECT setting, sourcefile, sourceline FROM pg_file_settings
		WHERE lower(name) = 'shared_preload_libraries' ORDER BY seqno DESC LIMIT 1
	), now AS (
		SELECT s.source = 'command line' AS by_command_line, f.sourcefile, f.sourceline,
			CASE WHEN s.source = 'command line' THEN s.setting ELSE coalesce(f.setting, s.setting) END AS libraries
		FROM pg_settings AS s LEFT JOIN of_file AS f ON true
		WHERE s.name = 'shared_preload_libraries'
	)
	SELECT CASE
		WHEN by_command_line
			THEN format('Add fireiot to shared_preload_libraries on the server''s command line, which wins over all files: %L.',
				concat_ws(',', nullif(libraries, ''), 'fireiot'))
		WHEN libraries ~ '\mfireiot\M'
			THEN format('Restart the server: line %s of %s is not in force yet.', sourceline, sourcefile)
		ELSE format('ALTER SYSTEM SET shared_preload_libraries = %s; then restart the server. The line in a file: shared_preload_libraries = %L',
				(SELECT string_agg(quote_literal(trim(both ' "' from library)), ', ')
				 FROM unnest(string_to_array(nullif(libraries, ''), ',') || ARRAY['fireiot']) AS library),
				concat_ws(',', nullif(libraries, ''), 'fireiot'))
		END
	FROM now
$$;
COMMENT ON FUNCTION fireiot.preload_hint() IS
'How to get fireiot preloaded';

CREATE OR REPLACE FUNCTION fireiot.search_path_hint(path text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- what is set for a role wins over the database's
	SELECT format('Operators of the types are found through it only. ALTER %s SET search_path = %s; is for new sessions.',
		coalesce((
			SELECT format('ROLE %I', session_user)
				|| CASE WHEN s.setdatabase <> 0 THEN format(' IN DATABASE %I', current_database()) ELSE '' END
			FROM pg_db_role_setting AS s
			WHERE s.setrole = session_user::regrole
				AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
				AND EXISTS (SELECT FROM unnest(s.setconfig) AS c WHERE c LIKE 'search\_path=%')
			ORDER BY s.setdatabase DESC LIMIT 1),
			format('DATABASE %I', current_database())),
		concat_ws(', ', nullif(path, ''), 'fireiot'))
$$;
COMMENT ON FUNCTION fireiot.search_path_hint(text) IS
'How to get fireiot into a search path that is this now';

-- Rows that are committed and in no block of this database, found as the sealer
-- finds them; not counted beyond the limit.
CREATE OR REPLACE FUNCTION fireiot.unsealed_rows(most integer DEFAULT 100000)
RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	sealed pg_snapshot := (
		SELECT b.snapshot FROM fireiot.ledger_block AS b
		WHERE b.n = (SELECT max(n) FROM fireiot.ledger_block)
			AND b.origin = format('%s/%s', (SELECT system_identifier FROM pg_control_system()),
				(SELECT oid FROM pg_database WHERE datname = current_database())));
	part regclass;
	found bigint;
	total bigint := 0;
BEGIN
	FOR part IN SELECT relation FROM fireiot.ledger_relation WHERE pg_relation_size(relation) > 0
	LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT FROM %s WHERE $1 IS NULL OR tx >= pg_snapshot_xmax($1)
			OR tx = ANY (ARRAY(SELECT pg_snapshot_xip($1))) LIMIT $2) AS r', part)
		INTO found USING sealed, most - total;
		total := total + found;
		EXIT WHEN total >= most;
	END LOOP;
	RETURN total;
END
$$;
COMMENT ON FUNCTION fireiot.unsealed_rows(integer) IS
'How many rows are committed and not sealed; counts up to a limit';

-- What it has stored is sealed when it ends, and keeps VACUUM waiting.
CREATE OR REPLACE FUNCTION fireiot.open_writer(OUT since timestamptz, OUT what text, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT prepared, format('prepared transaction %L', gid), format('COMMIT PREPARED %1$L; or ROLLBACK PREPARED %1$L;', gid)
	FROM pg_prepared_xacts WHERE database = current_database()
	UNION ALL
	SELECT xact_start, format('transaction of process %s', pid), format('SELECT pg_terminate_backend(%s); ends it.', pid)
	FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
$$;
COMMENT ON FUNCTION fireiot.open_writer() IS
'Transactions of this database that have written and not ended';

-- Reads what only superusers may, so it runs as the owner of the extension; of
-- files it tells no more than whether the server can read those it is set to.
CREATE OR REPLACE FUNCTION fireiot.status(OUT item text, OUT value text, OUT ok boolean, OUT hint text)
RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL RESTRICTED SECURITY DEFINER ROWS 25
SET search_path = pg_catalog, pg_temp
AS $$
	WITH fact AS (
		SELECT fireiot.library_version() AS library,
			(SELECT extversion FROM pg_extension WHERE extname = 'fireiot') AS extension,
			EXISTS (SELECT FROM fireiot.listener_state()) AS preloaded,
			pg_is_in_recovery() AS standby,
			current_database() AS here,
			fireiot.setting('database') AS database,
			fireiot.setting('role') AS role,
			fireiot.setting('listen')::boolean AS listen,
			fireiot.setting('listeners')::integer AS listeners,
			fireiot.setting('listen_addresses') AS addresses,
			fireiot.setting('port') AS port,
			fireiot.setting('udp')::boolean AS udp,
			fireiot.setting('tls') AS tls,
			fireiot.setting('partitions_ahead')::integer AS ahead,
			fireiot.setting('max_pending_devices')::integer AS most_pending,
			fireiot.setting('time_zone') AS zone
	), launcher AS (
		SELECT * FROM fireiot.listener_state() WHERE number = 0
	), found AS (
		SELECT 1.0 AS place, 'library' AS item, library AS value, library = extension AS ok,
			CASE WHEN library = (SELECT default_version FROM pg_available_extensions() WHERE name = 'fireiot')
				THEN 'ALTER EXTENSION fireiot UPDATE;'
				ELSE 'Restart the server: it has loaded another library than the one that is installed.' END AS hint
		FROM fact
		UNION ALL
		SELECT 2, 'extension', extension, true, NULL FROM fact
		UNION ALL
		SELECT 3, 'server', current_setting('server_version'), true, NULL
		UNION ALL
		SELECT 4, 'postgis', extversion, string_to_array(substring(extversion FROM '^\d+\.\d+'), '.')::integer[] >= '{3,3}',
			format('Install the files of PostGIS 3.3 or later, then SELECT %s.postgis_extensions_upgrade();', extnamespace::regnamespace)
		FROM pg_extension WHERE extname = 'postgis'
		UNION ALL
		SELECT 5, 'recovery', CASE WHEN standby THEN 'standby: listeners start at promotion' ELSE 'primary' END, true, NULL
		FROM fact
		UNION ALL
		SELECT 6, 'preload', current_setting('shared_preload_libraries'), preloaded, fireiot.preload_hint() FROM fact
		UNION ALL
		-- the way there, and the way to have them here
		SELECT 7, 'database', database, here = database,
			format(CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = database)
					THEN 'The listeners store in %1$I: look there.' ELSE 'CREATE DATABASE %1$I; makes it.' END
				|| ' Or let them store in this one: ALTER SYSTEM SET fireiot.database = %2$L; SELECT pg_reload_conf();',
				database, here)
		FROM fact
		UNION ALL
		SELECT 8, 'role',
			concat_ws(', ', f.role, CASE WHEN r.oid IS NULL THEN 'which does not exist' WHEN r.rolsuper THEN 'a superuser'
					WHEN NOT r.rolcanlogin THEN 'which may not log in' END,
				CASE WHEN f.here = f.database AND m.missing <> '{}' THEN 'without ' || array_to_string(m.missing, ', ') END),
			CASE WHEN f.here = f.database OR r.oid IS NULL OR r.rolsuper OR NOT r.rolcanlogin
				THEN r.oid IS NOT NULL AND NOT r.rolsuper AND r.rolcanlogin AND m.missing = '{}' END,
			CASE WHEN f.here <> f.database THEN format('Ask in database %I.', f.database)
				WHEN r.oid = 10 THEN 'ALTER SYSTEM SET fireiot.role = ''fireiot_listener''; SELECT pg_reload_conf(); SELECT fireiot.setup_role(''fireiot_listener'');'
				ELSE concat(CASE WHEN r.rolsuper THEN format('ALTER ROLE %I NOSUPERUSER; ', f.role) END,
					CASE WHEN NOT r.rolcanlogin THEN format('ALTER ROLE %I LOGIN; ', f.role) END,
					'SELECT fireiot.setup_role();') END
		FROM fact AS f
		LEFT JOIN pg_roles AS r ON r.rolname = f.role,
			LATERAL (SELECT fireiot.missing_grants(f.role::name) AS missing) AS m
		UNION ALL
		SELECT 9 + l.number * 0.01, CASE WHEN l.number = 0 THEN 'launcher' ELSE 'listener ' || l.number END,
			concat_ws(', ', CASE WHEN l.message LIKE l.state || ' %' THEN NULL ELSE l.state END,
				nullif(l.message, 'listening'), 'port ' || l.port, l.connections || ' connections'),
			l.state = 'listening',
			CASE WHEN NOT f.listen THEN 'ALTER SYSTEM SET fireiot.listen = on; SELECT pg_reload_conf();'
				WHEN l.message LIKE 'could not %' THEN 'End the program that has the port (ss -ltnp shows it), or change fireiot.port or fireiot.listen_addresses and SELECT pg_reload_conf();'
				WHEN l.state = 'backing_off' THEN 'It tries again by itself. What is in the way is in its message, and in the server''s log.'
				WHEN l.number > 0 AND launcher.state <> 'listening' THEN 'It starts when the launcher does.'
				WHEN l.state = 'absent' THEN 'It is started within a minute. Otherwise see max_worker_processes, and the server''s log.'
				ELSE 'It goes on when there is what it waits for.' END
		FROM fact AS f, launcher, fireiot.listener_state() AS l
		WHERE NOT f.standby
		UNION ALL
		SELECT 9.98, 'keeper', CASE WHEN f.here = f.database THEN concat_ws(', ', CASE WHEN k.message LIKE k.state || ' %' THEN NULL ELSE k.state END, k.message)
				ELSE format('works in database %s', f.database) END,
			CASE WHEN f.here = f.database THEN k.state = 'working' END,
			CASE WHEN f.here <> f.database THEN 'Rows of this database are sealed by hand: SELECT fireiot.seal();'
				WHEN k.state = 'backing_off' THEN 'It tries again by itself. What is in the way is in its message, and in the server''s log.'
				WHEN k.state = 'absent' THEN 'It is started within a minute. Otherwise see max_worker_processes, and the server''s log.'
				ELSE 'It goes on when there is what it waits for.' END
		FROM fact AS f, fireiot.keeper_state() AS k
		WHERE NOT f.standby
		UNION ALL
		SELECT 9.99, 'sealing', concat_ws(', ', coalesce(format('block %s of %s', b.n, date_trunc('second', b.sealed_at)), 'no block'),
				CASE WHEN u.n < 100000 THEN format('%s rows wait', u.n) ELSE '100000 rows wait or more' END),
			CASE WHEN u.n = 0 THEN true WHEN u.n >= 100000 OR NOT EXISTS (SELECT FROM fireiot.keeper_state() WHERE state = 'working') THEN false
				WHEN f.here = f.database THEN true END,
			'The keeper seals them. By hand: SELECT fireiot.seal();'
		FROM fact AS f, (SELECT fireiot.unsealed_rows() AS n) AS u
		LEFT JOIN fireiot.ledger_block AS b ON b.n = (SELECT max(n) FROM fireiot.ledger_block)
		WHERE NOT f.standby
		UNION ALL
		SELECT 9.995, 'open transactions', concat(count(*), ' that have written', (SELECT format(', the oldest since %s: %s', date_trunc('second', o.since), o.what)
				FROM fireiot.open_writer() AS o ORDER BY o.since LIMIT 1)),
			coalesce(min(w.since) > now() - interval '10 minutes', true),
			'Rows that it has stored are sealed when it ends. ' || (SELECT o.hint FROM fireiot.open_writer() AS o ORDER BY o.since LIMIT 1)
		FROM fireiot.open_writer() AS w
		UNION ALL
		SELECT 10, 'max_worker_processes',
			format('%s, fireiot takes %s of them', w.allowed, f.listeners + 2), w.lacking <= 0,
			format('ALTER SYSTEM SET max_worker_processes = %s; then restart the server.', w.allowed + w.lacking)
		FROM fact AS f, launcher AS l,
			LATERAL (SELECT current_setting('max_worker_processes')::integer AS allowed) AS a,
			LATERAL (SELECT a.allowed, greatest(
				f.listeners + 2 + sign(current_setting('max_logical_replication_workers')::integer)::integer - a.allowed,
				CASE WHEN l.started_at IS NULL THEN f.listeners + 2 END,
				CASE WHEN l.message LIKE 'no background worker slot%' THEN
					(SELECT count(*)::integer FROM fireiot.listener_state() AS s WHERE s.number > 0 AND s.pid IS NULL) END)
				AS lacking) AS w
		WHERE NOT f.standby
		UNION ALL
		SELECT 11, 'address', format('%s, port %s%s', addresses, port, CASE WHEN udp THEN ', UDP, too' END),
			CASE WHEN EXISTS (SELECT FROM unnest(string_to_array(addresses, ',')) AS address
				WHERE trim(both ' "' from address) NOT IN ('localhost', '127.0.0.1', '::1')) THEN true END,
			'Devices elsewhere cannot reach it. ALTER SYSTEM SET fireiot.listen_addresses = ''*''; SELECT pg_reload_conf(); opens it to all.'
		FROM fact
		UNION ALL
		SELECT 12, 'tls', concat_ws(': ', f.tls, p.problem), p.problem IS NULL,
			'Let fireiot.tls_cert_file and fireiot.tls_key_file, and fireiot.tls_ca_file if it is set, name files that the server''s user can read, then SELECT pg_reload_conf();'
		FROM fact AS f, LATERAL (
			SELECT CASE WHEN f.tls <> 'off' THEN coalesce(
				CASE WHEN fireiot.setting('tls_cert_file') IS NULL THEN 'fireiot.tls_cert_file is not set' END,
				CASE WHEN fireiot.setting('tls_key_file') IS NULL THEN 'fireiot.tls_key_file is not set' END,
				fireiot.file_problem(fireiot.setting('tls_cert_file')),
				fireiot.file_problem(fireiot.setting('tls_key_file')),
				fireiot.file_problem(fireiot.setting('tls_ca_file'))) END AS problem) AS p
		UNION ALL
		-- listeners make them every quarter of an hour: so the last day may lack
		SELECT 13, 'partitions', CASE WHEN p.missing IS NULL THEN format('more than %s days ahead', f.ahead)
				ELSE format('%s days ahead, none for %s', p.missing - p.today, to_char(p.missing, 'YYYY-MM-DD')) END,
			NOT EXISTS (SELECT FROM fireiot.record_table AS t,
				fireiot.missing_partitions(t.name, now(), now() + make_interval(days => f.ahead - 1))),
			'SELECT fireiot.make_partitions();'
		FROM fact AS f, LATERAL (
			SELECT (now() AT TIME ZONE f.zone)::date AS today, min(lower_bound AT TIME ZONE f.zone)::date AS missing
			FROM fireiot.missing_partitions('frame', now(), now() + make_interval(days => f.ahead + 1))) AS p
		UNION ALL
		SELECT 14, 'quarantine', concat_ws(': ', coalesce(sum(q.n), 0) || ' in the last hour', string_agg(q.n || ' ' || q.why, ', ' ORDER BY q.n DESC, q.why)),
			CASE WHEN bool_or(q.ours) THEN false WHEN sum(q.n) > 0 THEN NULL ELSE true END,
			'SELECT device, peer, reason FROM fireiot.quarantine WHERE received_at > now() - interval ''1 hour''; shows who sends what.'
		FROM (SELECT coalesce(sqlstate, reason) AS why, count(*) AS n, bool_or(sqlstate IS NOT NULL) AS ours
			FROM fireiot.quarantine WHERE received_at > now() - interval '1 hour' GROUP BY 1) AS q
		UNION ALL
		SELECT 15, 'pending devices', d.n::text, CASE WHEN d.n = 0 THEN true WHEN d.n >= f.most_pending THEN false END,
			'SELECT fireiot.admit_device(device) FROM fireiot.pending_device; admits all of them, fireiot.reject_device(device) one not.'
		FROM fact AS f, (SELECT count(*) AS n FROM fireiot.device WHERE admission = 'pending') AS d
		UNION ALL
		SELECT 16, 'registry', count(*) || ' problems', CASE WHEN count(*) = 0 THEN true END,
			'SELECT * FROM fireiot.registry_problem; says what refers to nothing.'
		FROM fireiot.registry_problem
		UNION ALL
		SELECT 16.2, 'rules', count(*) || ' problems', CASE WHEN count(*) = 0 THEN true END,
			'SELECT * FROM fireiot.rule_problem; says what does not fit in packs, profiles and contracts.'
		FROM fireiot.rule_problem
		UNION ALL
		SELECT 16.3, 'contacts', count(DISTINCT unit_id) || ' units without', CASE WHEN count(*) = 0 THEN true END,
			'SELECT * FROM fireiot.contact_problem; says whom each lacks.'
		FROM fireiot.contact_problem
		UNION ALL
		SELECT 16.5, 'calendar', concat_ws(', ', y.known, CASE WHEN g.gaps > 0 THEN 'deadlines that rest on other years: ' || g.gaps END),
			CASE WHEN g.gaps > 0 THEN false WHEN fireiot.is_working_day((now() AT TIME ZONE f.zone)::date + 30) IS NOT NULL THEN true END,
			'Enter the days off and the working days in lieu of the State Council''s notice in fireiot.calendar_day.'
		FROM fact AS f,
			(SELECT coalesce(string_agg(DISTINCT to_char(day, 'YYYY'), ' '), 'no year') || ' known' AS known FROM fireiot.calendar_day) AS y,
			(SELECT count(*) AS gaps FROM fireiot.deadline WHERE stopped_at IS NULL AND calendar_gap) AS g
		UNION ALL
		SELECT 16.7, 'deadlines', CASE WHEN d.next_due IS NULL THEN 'none' WHEN d.next_due < now() THEN 'due since ' || d.next_due ELSE 'next due at ' || d.next_due END,
			coalesce(d.next_due > now() - interval '10 s', true),
			'The keeper records breaches: SELECT * FROM fireiot.listener; and the server''s log say what is in its way.'
		FROM (SELECT min(due_at) AS next_due FROM fireiot.deadline WHERE state = 'open') AS d
		UNION ALL
		SELECT 16.8, 'links', l.n || ' silent', CASE WHEN l.n = 0 THEN true END,
			'SELECT * FROM fireiot.board(50, ''{link}''); shows them, and whom to call.'
		FROM (SELECT count(DISTINCT device) AS n FROM fireiot.alarm_now WHERE origin = 'silence' AND restored_at IS NULL) AS l
		UNION ALL
		SELECT 17, 'tables', count(*) || ' changes', count(*) = 0, 'SELECT * FROM fireiot.check(); says which, and how to undo them.'
		FROM fireiot.check()
		UNION ALL
		SELECT 18, s.name, s.setting, s.setting = 'on',
			format('What is confirmed may be lost with the machine. ALTER SYSTEM SET %I = on; SELECT pg_reload_conf();', s.name)
		FROM pg_settings AS s WHERE s.name IN ('fsync', 'full_page_writes')
		UNION ALL
		SELECT 19, s.name, s.setting, CASE WHEN s.setting <> 'off' THEN true END,
			'Listeners commit durably all the same. For a session that calls fireiot.ingest(): SET synchronous_commit = on;'
		FROM pg_settings AS s WHERE s.name = 'synchronous_commit'
		UNION ALL
		SELECT 20, s.name, s.reset_val, CASE WHEN s.reset_val ~ '\mfireiot\M' THEN true END, fireiot.search_path_hint(s.reset_val)
		FROM pg_settings AS s WHERE s.name = 'search_path'
		UNION ALL
		SELECT 21, 'time_zone', zone, true, NULL FROM fact
	)
	SELECT f.item, f.value, f.ok, CASE WHEN f.ok IS NOT TRUE THEN f.hint END FROM found AS f ORDER BY f.place, f.item
$$;
COMMENT ON FUNCTION fireiot.status() IS
'Whether all is as it should be: ok is false where something has to be done, null where something may have to be, and hint says what';
