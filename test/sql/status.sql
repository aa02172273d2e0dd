-- What status() and check() say where no listener serves the database.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set preloaded '(current_setting(''shared_preload_libraries'') ~ ''\\mfireiot\\M'')'

-- functions and views over shared memory: rows only when there is some
SELECT (SELECT count(*) > 1 FROM fireiot.listener_state()) = :preloaded AS listener_state,
	(SELECT count(*) > 1 FROM fireiot.listener) = :preloaded AS listener,
	(SELECT count(*) > 0 FROM fireiot.ingest_counters()) = :preloaded AS ingest_counters,
	(SELECT count(*) > 0 FROM fireiot.ingest_stat) = :preloaded AS ingest_stat,
	(SELECT count(*) > 0 FROM fireiot.ingest_refusal) = :preloaded AS ingest_refusal;
SELECT * FROM fireiot.connection_state();
SELECT * FROM fireiot.connection;
SELECT * FROM fireiot.latency_histogram();
SELECT * FROM fireiot.confirm_latency;
SELECT * FROM fireiot.device_live();
INSERT INTO fireiot.device_now (device, first_seen, last_seen, online, skew_ms, frames, transport, peer)
VALUES ('000000000001', '2026-01-01 00:00+00', '2026-01-02 00:00+00', true, -5, 7, 'tcp', '192.0.2.7');
SELECT * FROM fireiot.device_live;
DELETE FROM fireiot.device_now;

-- functions of another version
CREATE FUNCTION other_version(OUT number integer, OUT pid integer) RETURNS SETOF record AS '$libdir/fireiot', 'fireiot_listener_state' LANGUAGE C;
CREATE FUNCTION other_version_2(OUT listener integer, OUT more text, OUT kind text, OUT key text, OUT value bigint) RETURNS SETOF record
AS '$libdir/fireiot', 'fireiot_ingest_counters' LANGUAGE C;
SELECT * FROM other_version();
SELECT * FROM other_version_2();
DROP FUNCTION other_version, other_version_2;

-- in this order; what depends on the server, or on the day, is not shown
INSERT INTO fireiot.pack_choice (pack, version, valid_to, reason) VALUES ('qh-2023-38', 1, '2999-01-01', 'a test of no day');
SELECT item, CASE WHEN item IN ('database', 'role', 'address', 'tls', 'quarantine', 'pending devices', 'registry', 'rules', 'contacts', 'tables', 'time_zone') THEN value END AS value,
	CASE WHEN item NOT IN ('fsync', 'full_page_writes', 'synchronous_commit', 'calendar') THEN CASE item WHEN 'preload' THEN ok = :preloaded ELSE ok END END AS ok
FROM fireiot.status() WHERE item NOT IN ('launcher', 'max_worker_processes') AND item NOT LIKE 'listener%';
SELECT (SELECT value FROM fireiot.status() WHERE item = 'library') = extversion AS shown, fireiot.library_version() = extversion AS loaded
FROM pg_extension WHERE extname = 'fireiot';
-- a hint stands where something is to be done, and only there
SELECT item, ok FROM fireiot.status() WHERE (ok IS TRUE) = (hint IS NOT NULL);
DELETE FROM fireiot.pack_choice;

-- the listeners' database is another one: the hint names this one
SELECT * FROM fireiot.status() WHERE item = 'database';

-- obeying is enough: partitions
SELECT ok, hint FROM fireiot.status() WHERE item = 'partitions';
SELECT count(*) > 0 AS made FROM (SELECT fireiot.make_partitions()) AS m;
SELECT value ~ '^8 days ahead, none for \d{4}-\d\d-\d\d$' AS value, ok, hint FROM fireiot.status() WHERE item = 'partitions';
SELECT count(*) > 0 AS made FROM (SELECT fireiot.make_partitions('20 days')) AS m;
SELECT value, ok, hint FROM fireiot.status() WHERE item = 'partitions';
-- one that lacks in between
DO $$
DECLARE
	d date := (now() AT TIME ZONE 'Asia/Shanghai')::date + 3;
BEGIN
	EXECUTE format('DROP TABLE fireiot.frame_%s', to_char(d, 'YYYYMMDD'));
	PERFORM set_config('test.day', to_char(d, 'YYYY-MM-DD'), false);
END
$$;
SELECT value = '3 days ahead, none for ' || current_setting('test.day') AS value, ok, hint FROM fireiot.status() WHERE item = 'partitions';
SELECT fireiot.make_partitions();
SELECT ok FROM fireiot.status() WHERE item = 'partitions';

-- quarantine: refused is to be known, not stored is to be mended
INSERT INTO fireiot.quarantine (reason, bytes) VALUES ('bad_checksum', '\x'), ('bad_checksum', '\x'), ('not_registered', '\x');
INSERT INTO fireiot.quarantine (received_at, reason, bytes) VALUES (now() - interval '2 hours', 'network', '\x');
SELECT value, ok, hint FROM fireiot.status() WHERE item = 'quarantine';
INSERT INTO fireiot.quarantine (sqlstate, reason, bytes) VALUES ('23514', 'some constraint', '\x');
SELECT value, ok FROM fireiot.status() WHERE item = 'quarantine';

-- pending devices, and a registry that does not fit together
INSERT INTO fireiot.device (device, admission) VALUES ('000000000001', 'pending'), ('000000000002', 'pending');
SELECT value, ok, hint FROM fireiot.status() WHERE item = 'pending devices';
SELECT count(fireiot.admit_device(device)) FROM fireiot.pending_device;
SELECT item, value, ok, hint FROM fireiot.status() WHERE item IN ('pending devices', 'registry');
DELETE FROM fireiot.device;

-- the session's own
SET synchronous_commit = off;
SELECT value, ok, hint FROM fireiot.status() WHERE item = 'synchronous_commit';
SET synchronous_commit = on;
SELECT value, ok, hint FROM fireiot.status() WHERE item = 'synchronous_commit';

-- search path: whose setting wins
CREATE ROLE fireiot_test_path SUPERUSER;
SET SESSION AUTHORIZATION fireiot_test_path;
SELECT fireiot.search_path_hint('"$user", public');
ALTER ROLE fireiot_test_path SET work_mem = '4MB';
SELECT fireiot.search_path_hint('');
ALTER ROLE fireiot_test_path SET search_path = public;
SELECT fireiot.search_path_hint('public');
ALTER ROLE fireiot_test_path IN DATABASE contrib_regression SET search_path = public;
SELECT fireiot.search_path_hint('public');
RESET SESSION AUTHORIZATION;
SELECT fireiot.search_path_hint('public');
DROP ROLE fireiot_test_path;

-- files
SELECT fireiot.file_problem('PG_VERSION') AS is_readable, fireiot.file_problem('no such file') IS NOT NULL AS no_file, fireiot.file_problem('base') IS NOT NULL AS a_directory;

-- what the listener's role lacks is what setup_role grants
CREATE ROLE fireiot_test_lacks;
REVOKE CONNECT ON DATABASE contrib_regression FROM PUBLIC;
REVOKE USAGE ON SCHEMA fireiot FROM PUBLIC;
REVOKE SELECT ON fireiot.frame_verdict FROM PUBLIC;
CREATE TABLE lacking AS SELECT unnest(fireiot.missing_grants('fireiot_test_lacks')) AS what;
SELECT fireiot.setup_role('fireiot_test_lacks'), fireiot.missing_grants('fireiot_test_lacks');
GRANT CONNECT ON DATABASE contrib_regression TO PUBLIC;
GRANT USAGE ON SCHEMA fireiot TO PUBLIC;
GRANT SELECT ON fireiot.frame_verdict TO PUBLIC;
CREATE VIEW granted AS
SELECT privilege_type || CASE a.kind WHEN 'S' THEN ' ON SEQUENCE ' WHEN 'f' THEN ' ON FUNCTION ' WHEN 'n' THEN ' ON SCHEMA '
	WHEN 'd' THEN ' ON DATABASE ' WHEN 'c' THEN format(' (%s) ON ', a.of_column) ELSE ' ON ' END || a.name AS what
FROM (
	SELECT relkind, oid::regclass::text, relacl, NULL FROM pg_class
	UNION ALL SELECT 'c', attrelid::regclass::text, attacl, attname FROM pg_attribute
	UNION ALL SELECT 'f', replace(oid::regprocedure::text, 'interval,timestamp with time zone', 'interval, timestamptz'), proacl, NULL FROM pg_proc
	UNION ALL SELECT 'n', nspname, nspacl, NULL FROM pg_namespace
	UNION ALL SELECT 'd', datname, datacl, NULL FROM pg_database
) AS a (kind, name, acl, of_column), aclexplode(a.acl)
WHERE grantee::regrole::text = 'fireiot_test_lacks';
SELECT count(*) > 20 AS many FROM lacking;
SELECT what AS granted_but_not_missed FROM granted EXCEPT SELECT what FROM lacking;
SELECT what AS missed_but_not_granted FROM lacking EXCEPT SELECT what FROM granted;
DROP VIEW granted;
DROP TABLE lacking;
REVOKE INSERT ON fireiot.frame FROM fireiot_test_lacks;
REVOKE INSERT (note) ON fireiot.device FROM fireiot_test_lacks;
SELECT fireiot.missing_grants('fireiot_test_lacks'), fireiot.missing_grants('fireiot_test_nobody'), fireiot.missing_grants(CURRENT_USER);
DROP OWNED BY fireiot_test_lacks;
DROP ROLE fireiot_test_lacks;

-- nobody's tables are as they were made: names of partitions are not shown
SELECT set_config('test.partition', to_char(now() AT TIME ZONE 'Asia/Shanghai', '"fireiot.frame_"YYYYMMDD'), false) \gset partition_
SELECT * FROM fireiot.check();
CREATE FUNCTION own_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
ALTER TABLE fireiot.unit ADD COLUMN "Our Code" text;
ALTER TABLE fireiot.frame ADD COLUMN line integer;
ALTER TABLE fireiot.part RENAME COLUMN location TO place;
CREATE TRIGGER "own trigger" AFTER INSERT ON fireiot.frame FOR EACH ROW EXECUTE FUNCTION own_trigger();
CREATE TRIGGER own AFTER INSERT ON :partition_set_config FOR EACH ROW EXECUTE FUNCTION own_trigger();
ALTER TABLE fireiot.device DISABLE TRIGGER registry_changed;
ALTER TABLE fireiot.unit ADD CONSTRAINT named CHECK (name <> '');
ALTER TABLE fireiot.unit ADD CONSTRAINT one_name UNIQUE (name);
ALTER TABLE fireiot.building ADD FOREIGN KEY (unit_id) REFERENCES fireiot.unit;
ALTER TABLE fireiot.observation ADD CHECK (kind > 0);
CREATE INDEX "by peer" ON fireiot.frame (peer);
CREATE INDEX by_seq ON :partition_set_config (seq);
CREATE INDEX ON fireiot.part (serial_number);
CREATE POLICY own ON fireiot.device USING (true);
ALTER TABLE fireiot.device ENABLE ROW LEVEL SECURITY;
CREATE RULE own AS ON INSERT TO fireiot.area DO ALSO NOTHING;
ALTER TABLE fireiot.part_now SET UNLOGGED;
CREATE TABLE fireiot.frame_rest PARTITION OF fireiot.frame DEFAULT USING fireiot_ledger;
SELECT replace(object, :'partition_set_config', 'fireiot.frame_TODAY') AS object, problem, replace(hint, :'partition_set_config', 'fireiot.frame_TODAY') AS hint FROM fireiot.check();
SELECT value, ok, hint FROM fireiot.status() WHERE item = 'tables';
-- obeyed; what is run has the day in it
\set ECHO none
SELECT hint FROM fireiot.check() \gexec
\set ECHO all
SELECT * FROM fireiot.check();
SELECT value, ok FROM fireiot.status() WHERE item = 'tables';
-- what cannot be undone
BEGIN;
ALTER TABLE fireiot.command_step DROP COLUMN detail;
SELECT * FROM fireiot.check();
ROLLBACK;
DROP TABLE fireiot.frame_rest;
DROP FUNCTION own_trigger;

-- not everybody's; views are a reader's
CREATE ROLE fireiot_test_reader;
SELECT fireiot.grant_reader('fireiot_test_reader');
SET ROLE fireiot_test_reader;
SELECT (SELECT count(*) FROM fireiot.listener) + (SELECT count(*) FROM fireiot.connection) + (SELECT count(*) FROM fireiot.ingest_stat)
	+ (SELECT count(*) FROM fireiot.ingest_refusal) + (SELECT count(*) FROM fireiot.confirm_latency) + (SELECT count(*) FROM fireiot.device_live) >= 0 AS may_read;
\set VERBOSITY terse
SELECT * FROM fireiot.status();
SELECT * FROM fireiot.check();
RESET ROLE;
-- who may call it sees what only superusers may see otherwise
GRANT EXECUTE ON FUNCTION fireiot.status() TO fireiot_test_reader;
SET ROLE fireiot_test_reader;
SELECT count(*) > 15 AS many FROM fireiot.status();
RESET ROLE;
DROP OWNED BY fireiot_test_reader;
DROP ROLE fireiot_test_reader;
SELECT p.oid::regprocedure FROM pg_proc AS p WHERE pronamespace = 'fireiot'::regnamespace
	AND proname IN ('status', 'check', 'listener_state', 'connection_state', 'ingest_counters', 'latency_histogram', 'device_live', 'library_version',
		'missing_grants', 'file_problem', 'preload_hint', 'search_path_hint')
	AND has_function_privilege('public', oid, 'EXECUTE');

TRUNCATE fireiot.device;
