-- Who changed what in the registry and in the rules.  A record table like the
-- others.

CREATE SEQUENCE fireiot.change_log_id;
COMMENT ON SEQUENCE fireiot.change_log_id IS 'Ids of fireiot.change_log: unique, not ordered';

CREATE FUNCTION fireiot.session_login()
RETURNS text
AS 'MODULE_PATHNAME', 'fireiot_session_login'
LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION fireiot.session_login() IS
'Who logged in, which SET SESSION AUTHORIZATION does not change; of a worker its role';

CREATE FUNCTION fireiot.session_role()
RETURNS text
AS 'MODULE_PATHNAME', 'fireiot_session_role'
LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION fireiot.session_role() IS
'As whom the session acts, outside of every SECURITY DEFINER function';

CREATE TABLE fireiot.change_log (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('fireiot.change_log_id'),
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	login text NOT NULL DEFAULT fireiot.session_login(),
	role text NOT NULL DEFAULT fireiot.session_role(),
	origin inet DEFAULT pg_catalog.inet_client_addr(),
	application text DEFAULT pg_catalog.current_setting('application_name'),
	object text NOT NULL,
	key text,
	action text NOT NULL,
	old jsonb,
	new jsonb
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE fireiot.change_log IS
'Every change of the registry, of the rules and of privileges, one row each';
COMMENT ON COLUMN fireiot.change_log.received_at IS 'Start of the transaction that changed it';
COMMENT ON COLUMN fireiot.change_log.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.change_log.login IS 'Who logged in';
COMMENT ON COLUMN fireiot.change_log.role IS 'As whom the session acted: SET ROLE, SET SESSION AUTHORIZATION';
COMMENT ON COLUMN fireiot.change_log.origin IS 'Address of the client; null: the server itself, or its socket';
COMMENT ON COLUMN fireiot.change_log.application IS 'What the client calls itself';
COMMENT ON COLUMN fireiot.change_log.object IS 'The table, or what privileges were changed on';
COMMENT ON COLUMN fireiot.change_log.key IS 'Primary key of the row, its columns with blanks between them';
COMMENT ON COLUMN fireiot.change_log.action IS 'insert, update, delete, truncate, grant, revoke, or another command in lower case';
COMMENT ON COLUMN fireiot.change_log.old IS 'The row, or the privileges, before; null: there was none';
COMMENT ON COLUMN fireiot.change_log.new IS 'The same behind; null: there is none';

INSERT INTO fireiot.record_table (name, period, key_columns, more_index, builtin, classes) VALUES
	('change_log', 'month', '{received_at,id}', '(object, key, received_at)', true, '{operation_log}');

-- Not dumped: the first change that is none of the restore begins it anew.
CREATE TABLE fireiot.change_log_start (
	started_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	login text NOT NULL DEFAULT fireiot.session_login()
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.change_log_start IS
'Since when this installation logs changes: until there is a row, what a restore loads is not logged';

INSERT INTO fireiot.ledger_table (name, id, builtin) VALUES
	('fireiot.change_log', pg_catalog.md5('fireiot.change_log')::uuid, true);
