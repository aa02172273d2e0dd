-- Every change of the registry and of the rules is a row of fireiot.change_log.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
SET application_name = 'change_log';
CREATE VIEW logged AS
SELECT row_number() OVER (ORDER BY id) AS n, object, key, action,
	old - '{created_at,changed_at,delivered,coordinate_system,geom,outline,plan_key,plan_width,plan_height,plan_controls,plan_affine}'::text[] AS old,
	new - '{created_at,changed_at,delivered,coordinate_system,geom,outline,plan_key,plan_width,plan_height,plan_controls,plan_affine}'::text[] AS new
FROM fireiot.change_log;

-- rows of a statement, each with its old and its new form; where areas are left aside
BEGIN;
INSERT INTO fireiot.area (id, building_id, name) VALUES (1, 7, 'A'), (2, 7, 'B'), (3, NULL, 'C');
UPDATE fireiot.area SET name = name || '''', floor = '3F' WHERE id <> 2;
DELETE FROM fireiot.area WHERE id = 1;
TRUNCATE fireiot.area;
SELECT * FROM logged;
ROLLBACK;

-- what changes nothing is no change: no rows, the same values
BEGIN;
INSERT INTO fireiot.area (id, name) SELECT 1, 'A' WHERE false;
INSERT INTO fireiot.area (id, name) VALUES (1, 'A');
UPDATE fireiot.area SET name = name;
UPDATE fireiot.area SET name = 'B' WHERE id = 2;
DELETE FROM fireiot.area WHERE id = 2;
SELECT * FROM logged;
ROLLBACK;

-- INSERT ON CONFLICT and MERGE are what they did; a key of two columns; a key that changes; several rows of an UPDATE
BEGIN;
INSERT INTO fireiot.part (device, part, name) VALUES ('000000000001', '1.1/40.1', 'a'), ('000000000001', '1.1/40.2', 'b');
INSERT INTO fireiot.part (device, part, name) VALUES ('000000000001', '1.1/40.2', 'c'), ('000000000001', '1.1/40.3', 'd')
ON CONFLICT (device, part) DO UPDATE SET name = excluded.name;
MERGE INTO fireiot.part AS p USING (VALUES ('1.1/40.1'::fireiot.part_addr), ('1.1/40.4')) AS v (part)
ON p.part OPERATOR(fireiot.=) v.part
WHEN MATCHED THEN DELETE
WHEN NOT MATCHED THEN INSERT (device, part, name) VALUES ('000000000001', v.part, 'e');
UPDATE fireiot.part SET device = '000000000002', name = upper(name);
SELECT n, key, action, old ->> 'device' AS old_device, old ->> 'name' AS old_name, new ->> 'device' AS new_device, new ->> 'part' AS new_part,
	new ->> 'name' AS new_name FROM logged ORDER BY n;
ROLLBACK;

-- COPY, and instants that do not depend on the session
BEGIN;
COPY fireiot.device (device, unit_id, installed_at, networks) FROM stdin;
000000000009	4	2026-01-01 00:00+08	{10.0.0.0/8}
\.
SELECT key, action, new ->> 'installed_at' AS installed_at, new -> 'networks' AS networks FROM fireiot.change_log;
ROLLBACK;

-- neither the replica's role nor an ordinary session that calls itself a restore is without a log
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO fireiot.area (id, name) VALUES (1, 'A');
SET LOCAL row_security = off;
DELETE FROM fireiot.area;
SELECT n, object, key, action FROM logged;
ROLLBACK;
-- what a restore loads into a new installation is no change; the first change ends that
BEGIN;
SET LOCAL row_security = off;
INSERT INTO fireiot.area (id, name) VALUES (1, 'A');
GRANT SELECT ON fireiot.area TO pg_monitor;
SELECT count(*) AS logged, (SELECT count(*) FROM fireiot.change_log_start) AS started FROM fireiot.change_log;
SET LOCAL row_security = on;
INSERT INTO fireiot.area (id, name) VALUES (2, 'B');
SET LOCAL row_security = off;
INSERT INTO fireiot.area (id, name) VALUES (3, 'C');
SELECT n, object, key, action FROM logged;
ROLLBACK;

-- who: the login stays what it was
BEGIN;
CREATE ROLE change_operator;
CREATE ROLE change_deputy;
GRANT change_deputy TO change_operator;
SELECT fireiot.grant_operator('change_operator');
SELECT fireiot.grant_operator('change_deputy');
SET LOCAL SESSION AUTHORIZATION change_operator;
SET LOCAL ROLE change_deputy;
INSERT INTO fireiot.unit (id, name) VALUES (1, '一');
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE change_operator;
UPDATE fireiot.unit SET name = '二';
RESET ROLE;
SELECT login = session_user AS login, role, origin, application, action, received_at = now() AS now FROM fireiot.change_log
WHERE object = 'fireiot.unit' AND key = '1' ORDER BY id;
-- nobody else writes it
SET LOCAL ROLE change_operator;
SAVEPOINT s;
INSERT INTO fireiot.change_log (object, action) VALUES ('x', 'x');
ROLLBACK TO s;
SELECT fireiot.log_change('x', 'x', 'x');
ROLLBACK TO s;
SELECT fireiot.log_privileges('grant', '{}', '{}');
ROLLBACK;
BEGIN;
INSERT INTO fireiot.change_log (login, object, action) VALUES ('somebody else', 'x', 'x');
ROLLBACK;
SELECT fireiot.log_change('x', 'x', 'x');

-- privileges: of tables, columns, functions and the schema; only what is other than before
BEGIN;
CREATE ROLE change_reader;
GRANT SELECT, INSERT ON fireiot.unit TO change_reader;
GRANT SELECT ON fireiot.unit TO change_reader;
REVOKE INSERT ON fireiot.unit FROM change_reader;
DO $$ BEGIN EXECUTE 'GRANT UPDATE (name) ON fireiot.unit TO change_reader'; END $$;
GRANT EXECUTE ON FUNCTION fireiot.rebuild_now() TO change_reader;
GRANT USAGE ON SCHEMA fireiot TO change_reader;
GRANT USAGE ON SCHEMA public TO change_reader;
REVOKE USAGE ON SCHEMA fireiot FROM PUBLIC;
-- since 17 there is one privilege more
SELECT n, object, action, replace(replace(old ->> 'privileges', session_user, 'owner'), 'Dxtm', 'Dxt') AS old,
	replace(replace(new ->> 'privileges', session_user, 'owner'), 'Dxtm', 'Dxt') AS new FROM logged;
SAVEPOINT s;
DROP OWNED BY change_reader;
SELECT object, action FROM logged WHERE action = 'drop owned' ORDER BY n;
ROLLBACK;

-- roles and their members, owners, default privileges, settings; no passwords
BEGIN;
CREATE ROLE change_a LOGIN PASSWORD 'secret 1';
ALTER ROLE change_a PASSWORD 'secret 2';
ALTER ROLE change_a PASSWORD NULL BYPASSRLS;
ALTER ROLE change_a NOREPLICATION;
ALTER ROLE change_a IN DATABASE contrib_regression SET session_replication_role = replica;
CREATE ROLE change_b;
GRANT change_b TO change_a WITH ADMIN OPTION;
DO $$ BEGIN REVOKE change_b FROM change_a; END $$;
ALTER ROLE change_b RENAME TO change_c;
DROP ROLE change_c;
ALTER DEFAULT PRIVILEGES IN SCHEMA fireiot GRANT SELECT ON TABLES TO change_a;
ALTER DATABASE contrib_regression SET row_security = off;
ALTER TABLE fireiot.unit OWNER TO change_a;
ALTER FUNCTION fireiot.rebuild_now() OWNER TO change_a;
REASSIGN OWNED BY change_a TO CURRENT_USER;
SELECT n, replace(object, session_user, 'owner') AS object, action, string_agg(format('%s: %s', c.key, replace(replace(o.value || ' -> ' || c.value, session_user, 'owner'), 'Dxtm', 'Dxt')), ', ' ORDER BY c.key) AS changes
FROM logged, LATERAL jsonb_each_text(coalesce(new, '{}')) AS c
LEFT JOIN LATERAL (SELECT coalesce((SELECT old ->> c.key), '') AS value) AS o ON true
WHERE c.value IS DISTINCT FROM old ->> c.key AND c.key <> 'member_of' AND (old IS NOT NULL OR c.key IN ('rolcanlogin', 'password', 'privileges'))
	AND object NOT LIKE 'database%'
GROUP BY 1, 2, 3 ORDER BY n;
SELECT n, object, action, old ->> 'member_of' IS NULL AS of_none_before, new ->> 'member_of' IS NULL AS of_none
FROM logged WHERE new IS NULL OR old -> 'member_of' <> new -> 'member_of' ORDER BY n;
SELECT object, action, old -> 'settings' ? 'row_security=off' AS before, new -> 'settings' ? 'row_security=off' AS behind FROM logged WHERE object LIKE 'database%';
SELECT count(*) AS with_secrets FROM logged WHERE concat(old, new) ~* 'secret|SCRAM|md5';
ROLLBACK;

-- a table of one's own
BEGIN;
CREATE TABLE public."My rules" (id integer PRIMARY KEY, value text);
SELECT fireiot.log_changes_of('public."My rules"');
INSERT INTO public."My rules" VALUES (1, 'a');
TRUNCATE public."My rules";
SELECT fireiot.log_changes_of('public."My rules"');
DROP TRIGGER log_update ON public."My rules";
SELECT * FROM logged;
CREATE TABLE public.no_key (id integer);
SELECT fireiot.log_changes_of('public.no_key');
ROLLBACK;
SELECT fireiot.has_partition('fireiot.device', now());

-- which tables are logged, by which triggers
SELECT tgrelid::regclass AS logged, string_agg(tgname || ' ' || tgenabled::text, ', ' ORDER BY tgname) AS triggers
FROM pg_trigger WHERE tgname LIKE 'log\_%' GROUP BY 1 ORDER BY tgrelid::regclass::text;
SELECT evtenabled FROM pg_event_trigger WHERE evtname = 'fireiot_log_grant';
DROP VIEW logged;
