-- The change log at work: triggers of the registry and of the rules, and
-- changes of privileges.
--
-- Triggers of statements, with their rows as sets.  They are ALWAYS triggers, so
-- that session_replication_role does not silence them; the guard lets nobody
-- take them away.  Rows of the log are stored while the library says so: by the
-- triggers' function, and by its hook behind a statement on privileges.

CREATE OR REPLACE FUNCTION fireiot.has_partition(records regclass, at timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME', 'fireiot_has_partition'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.has_partition(regclass, timestamptz) IS
'Is there a partition for rows of this time?';

-- Rows that a restore loads are no changes, and their log comes with the dump.
-- A restore is known by row_security = off, as pg_dump and pg_restore set it,
-- and by its place: before the first change of any other session, and never
-- again.  Whoever could use that could as well have edited the dump.
CREATE OR REPLACE FUNCTION fireiot.is_restoring()
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN current_setting('row_security') = 'off' AND NOT EXISTS (SELECT FROM fireiot.change_log_start);
END
$$;
COMMENT ON FUNCTION fireiot.is_restoring() IS
'Is this the session of a restore into an installation that has not begun?';

CREATE OR REPLACE FUNCTION fireiot.change_log_ready()
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF fireiot.is_restoring() THEN
		RETURN false;
	END IF;
	IF NOT EXISTS (SELECT FROM fireiot.change_log_start) THEN
		INSERT INTO fireiot.change_log_start DEFAULT VALUES;
	END IF;
	IF NOT fireiot.has_partition('fireiot.change_log', now()) THEN
		PERFORM fireiot.make_partitions_of('change_log', now(), now());
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION fireiot.change_log_ready() IS
'Is this change to be logged? Makes the partition for it if that lacks';

CREATE OR REPLACE FUNCTION fireiot.log_change(
	object text, key text, action text, old jsonb DEFAULT NULL, new jsonb DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF fireiot.change_log_ready() THEN
		INSERT INTO fireiot.change_log (object, key, action, old, new)
		VALUES (log_change.object, log_change.key, log_change.action, log_change.old, log_change.new);
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.log_change(text, text, text, jsonb, jsonb) IS
'Adds a row to fireiot.change_log, with login, role, origin and application of the session';

-- Settings on which the text of a value depends are those of the log.
CREATE OR REPLACE FUNCTION fireiot.store_rows()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET intervalstyle = 'postgres'
SET bytea_output = 'hex'
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF EXISTS (SELECT FROM new_rows) AND fireiot.change_log_ready() THEN
			INSERT INTO fireiot.change_log (object, key, action, new)
			SELECT format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), concat_ws(' ', row ->> TG_ARGV[0], row ->> TG_ARGV[1], row ->> TG_ARGV[2]), 'insert', row
			FROM new_rows AS n, to_jsonb(n) AS row;
		END IF;
	ELSIF TG_OP = 'DELETE' THEN
		IF EXISTS (SELECT FROM old_rows) AND fireiot.change_log_ready() THEN
			INSERT INTO fireiot.change_log (object, key, action, old)
			SELECT format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), concat_ws(' ', row ->> TG_ARGV[0], row ->> TG_ARGV[1], row ->> TG_ARGV[2]), 'delete', row
			FROM old_rows AS o, to_jsonb(o) AS row;
		END IF;
	ELSIF EXISTS (SELECT FROM new_rows) AND fireiot.change_log_ready() THEN
		-- Both sets are in the order in which the rows were changed.
		INSERT INTO fireiot.change_log (object, key, action, old, new)
		SELECT format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), concat_ws(' ', old_row ->> TG_ARGV[0], old_row ->> TG_ARGV[1], old_row ->> TG_ARGV[2]),
			'update', old_row, new_row
		FROM (SELECT row_number() OVER () AS n, to_jsonb(o) AS old_row FROM old_rows AS o) AS o
		JOIN (SELECT row_number() OVER () AS n, to_jsonb(n) AS new_row FROM new_rows AS n) AS n USING (n)
		WHERE old_row - 'changed_at' <> new_row - 'changed_at';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.store_rows() IS
'The rows of a statement to fireiot.change_log, for fireiot.log_rows()';

CREATE OR REPLACE FUNCTION fireiot.store_truncated()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET intervalstyle = 'postgres'
SET bytea_output = 'hex'
AS $$
DECLARE
	name text := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME);
BEGIN
	IF fireiot.change_log_ready() THEN
		EXECUTE format('INSERT INTO fireiot.change_log (object, key, action, old)
			SELECT %L, concat_ws('' '', row ->> $1, row ->> $2, row ->> $3), ''truncate'', row
			FROM ONLY %s AS o, to_jsonb(o) AS row', name, name)
		USING TG_ARGV[0], TG_ARGV[1], TG_ARGV[2];
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.store_truncated() IS
'The rows that TRUNCATE takes away to fireiot.change_log, for fireiot.log_truncate()';

CREATE OR REPLACE FUNCTION fireiot.log_rows()
RETURNS trigger
AS 'MODULE_PATHNAME', 'fireiot_log_trigger'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.log_rows() IS
'Trigger: the rows of a statement to fireiot.change_log; its arguments are the columns of the primary key';

CREATE OR REPLACE FUNCTION fireiot.log_truncate()
RETURNS trigger
AS 'MODULE_PATHNAME', 'fireiot_log_trigger'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.log_truncate() IS
'Trigger: the rows that TRUNCATE takes away to fireiot.change_log';

CREATE OR REPLACE FUNCTION fireiot.log_changes_of(logged regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key_columns text := (
		SELECT string_agg(quote_literal(a.attname), ', ' ORDER BY k.n)
		FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
		JOIN pg_attribute AS a ON a.attnum = k.attnum
		WHERE i.indrelid = logged AND i.indisprimary AND a.attrelid = logged AND i.indnkeyatts <= 3);
	event record;
BEGIN
	IF key_columns IS NULL THEN
		RAISE EXCEPTION 'changes of "%" cannot be logged', logged
			USING ERRCODE = 'invalid_table_definition',
				DETAIL = 'It has no primary key of one to three columns.';
	END IF;
	FOR event IN
		SELECT * FROM (VALUES ('log_insert', 'AFTER INSERT', 'REFERENCING NEW TABLE AS new_rows', 'log_rows'),
			('log_update', 'AFTER UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows', 'log_rows'),
			('log_delete', 'AFTER DELETE', 'REFERENCING OLD TABLE AS old_rows', 'log_rows'),
			('log_truncate', 'BEFORE TRUNCATE', '', 'log_truncate')) AS e (name, occasion, rows, function)
	LOOP
		-- one that is there stays: the guard lets nobody replace it
		CONTINUE WHEN EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = logged AND t.tgname = event.name);
		EXECUTE format('CREATE TRIGGER %I %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION fireiot.%I(%s)',
			event.name, event.occasion, logged, event.rows, event.function, key_columns);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', logged, event.name);
		EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', event.name, logged, 'every change to fireiot.change_log');
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.log_changes_of(regclass) IS
'From now on every change of the table is logged in fireiot.change_log';

CREATE OR REPLACE FUNCTION fireiot.log_triggers()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT '{log_insert,log_update,log_delete,log_truncate}'::text[] $$;
COMMENT ON FUNCTION fireiot.log_triggers() IS
'Triggers that fireiot.log_changes_of makes';

CREATE OR REPLACE FUNCTION fireiot.logged_tables()
RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT unnest('{organization,unit,building,area,device,part,resource,duty_shift,
		command_code,data_unit_type,system_type,component_type,quantity,status_bit,frame_verdict,record_table,division,
		retention_source,retention_choice,retention_class,retention_rule,
		person,contact,contract,contract_rule,unit_profile,calendar_day,alarm_kind,rule_pack,pack_choice,rule,pack_class,
		threshold,operation_rule,flapping_rule,alarm_transition,maintenance_window,supervision}'::text[])
$$;
COMMENT ON FUNCTION fireiot.logged_tables() IS
'Tables of fireiot whose changes are logged: the registry and the rules';

DO $logged$
BEGIN
	PERFORM fireiot.log_changes_of(pg_catalog.format('fireiot.%I', name)::pg_catalog.regclass)
	FROM fireiot.logged_tables() AS name;
END
$logged$;

-- Privileges and owners of everything in the schema and of its columns, default
-- privileges that reach it, and the database itself.
CREATE OR REPLACE FUNCTION fireiot.privileges_now()
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH object (name, owner, acl) AS (
		SELECT 'schema fireiot', nspowner, nspacl FROM pg_namespace WHERE oid = 'fireiot'::regnamespace
		UNION ALL
		SELECT format('fireiot.%I', relname), relowner, relacl FROM pg_class
		WHERE relnamespace = 'fireiot'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
		UNION ALL
		SELECT format('fireiot.%I.%I', c.relname, a.attname), c.relowner, a.attacl
		FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'fireiot'::regnamespace AND a.attacl IS NOT NULL
		UNION ALL
		SELECT format('fireiot.%I(%s)', proname, pg_get_function_identity_arguments(oid)), proowner, proacl
		FROM pg_proc WHERE pronamespace = 'fireiot'::regnamespace
		UNION ALL
		SELECT format('type fireiot.%I', typname), typowner, typacl FROM pg_type
		WHERE typnamespace = 'fireiot'::regnamespace AND typacl IS NOT NULL
		UNION ALL
		SELECT format('default privileges%s for %s', CASE WHEN defaclnamespace <> 0 THEN ' in schema fireiot' END,
				CASE defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
					WHEN 'n' THEN 'schemas' ELSE defaclobjtype::text END || format(' of role %I', pg_get_userbyid(defaclrole))),
			defaclrole, defaclacl
		FROM pg_default_acl WHERE defaclnamespace IN (0, 'fireiot'::regnamespace)
	)
	SELECT jsonb_object_agg(o.name, jsonb_build_object('owner', pg_get_userbyid(o.owner), 'privileges', o.acl::text[]))
		|| (SELECT jsonb_build_object('extension fireiot', jsonb_build_object('owner', pg_get_userbyid(extowner), 'version', extversion))
			FROM pg_extension WHERE extname = 'fireiot')
		|| (SELECT jsonb_build_object(format('database %I', d.datname), jsonb_build_object('owner', pg_get_userbyid(d.datdba),
				'privileges', d.datacl::text[], 'settings', (SELECT s.setconfig FROM pg_db_role_setting AS s WHERE s.setdatabase = d.oid AND s.setrole = 0)))
			FROM pg_database AS d WHERE d.datname = current_database())
	FROM object AS o
$$;
COMMENT ON FUNCTION fireiot.privileges_now() IS
'Owners and privileges of everything in schema fireiot by name, of the database, and the version of the extension';

-- Passwords only as far as there is one.
CREATE OR REPLACE FUNCTION fireiot.roles_now()
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_object_agg(format('role %I', a.rolname),
		to_jsonb(a) - '{oid,rolname,rolpassword}'::text[] || jsonb_build_object('password', a.rolpassword IS NOT NULL,
			'member_of', (
				SELECT jsonb_object_agg(pg_get_userbyid(m.roleid) || ' by ' || pg_get_userbyid(m.grantor),
					to_jsonb(m) - '{oid,roleid,member,grantor}'::text[])
				FROM pg_auth_members AS m WHERE m.member = a.oid),
			'settings', (
				SELECT jsonb_object_agg(coalesce(d.datname, ''), s.setconfig)
				FROM pg_db_role_setting AS s LEFT JOIN pg_database AS d ON d.oid = s.setdatabase WHERE s.setrole = a.oid)))
	FROM pg_authid AS a
$$;
COMMENT ON FUNCTION fireiot.roles_now() IS
'Attributes, memberships and settings of all roles by name, without passwords';

CREATE OR REPLACE FUNCTION fireiot.log_privileges(action text, before jsonb, behind jsonb DEFAULT NULL, password_of text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.log_change(key, NULL, action, o.value,
		CASE WHEN key = 'role ' || quote_ident(password_of) AND (n.value -> 'password')::boolean
			THEN n.value || '{"password": "set anew"}' ELSE n.value END)
	FROM jsonb_each(before) AS o FULL JOIN jsonb_each(coalesce(behind, fireiot.privileges_now())) AS n USING (key)
	WHERE o.value IS DISTINCT FROM n.value OR key = 'role ' || quote_ident(password_of)
	ORDER BY key;
END
$$;
COMMENT ON FUNCTION fireiot.log_privileges(text, jsonb, jsonb, text) IS
'What is other than it was of roles, owners and privileges to fireiot.change_log; password_of: the role whose password was set';

-- The log's last word on each role is what it was; a password that was set
-- anew is one that there is.
CREATE OR REPLACE FUNCTION fireiot.log_found_roles()
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known jsonb;
	there jsonb;
BEGIN
	-- one snapshot for both
	SELECT coalesce(jsonb_object_agg(l.object, l.new || CASE WHEN l.new ->> 'password' = 'set anew' THEN '{"password": true}'::jsonb ELSE '{}' END), '{}'),
		fireiot.roles_now()
	INTO known, there
	FROM (SELECT DISTINCT ON (object) object, new FROM fireiot.change_log WHERE object LIKE 'role %' ORDER BY object, id DESC) AS l
	WHERE l.new IS NOT NULL;
	IF known = there THEN
		RETURN false;
	END IF;
	PERFORM fireiot.log_privileges('found', known, there);
	RETURN true;
END
$$;
COMMENT ON FUNCTION fireiot.log_found_roles() IS
'What is other of roles than fireiot.change_log has it, to fireiot.change_log; false: nothing';

CREATE OR REPLACE FUNCTION fireiot.note_roles()
RETURNS void
AS 'MODULE_PATHNAME', 'fireiot_note_roles'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.note_roles() IS
'For the keeper: logs changes of roles that were made from other databases, once the log has begun';

-- The library's hook logs.  Where it is not preloaded nothing can be logged,
-- and what cannot be logged is not done.  STABLE: its own queries see what was
-- before the command, those of the volatile function that it calls see what is
-- behind it.
CREATE OR REPLACE FUNCTION fireiot.log_grant()
RETURNS event_trigger
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot.listener_state())
		AND (TG_TAG = 'ALTER EXTENSION' OR NOT EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE in_extension)) THEN
		PERFORM fireiot.log_privileges(lower(TG_TAG), fireiot.privileges_now());
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.log_grant() IS
'Event trigger: without the library, which logs them, privileges stay as they are';
