# Routes by which a superuser might change, hide or lose what is in a ledger
# table, tried one by one, and refused.  The outcome of each is a line of
# docs/ledger-attacks.md; 038_detection.pl has those that are not refused.
use strict;
use warnings;

use Attacks;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('attacked');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off\nmax_prepared_transactions = 5");
$node->restart;
create_database($node, 'city');
$node->safe_psql('postgres', 'CREATE DATABASE empty TEMPLATE city');

# The victims: records, and a table of a site's of every kind of surroundings.
$node->safe_psql('city', <<'SQL');
	SELECT fireiot.make_partitions('1 day', '2026-01-15 12:00+08');
	INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes)
	SELECT '2026-01-15 12:00+08', '00000000002a', n, 0, 2, false, '\x40' FROM generate_series(1, 100) AS n;
	CREATE SCHEMA site;
	CREATE TABLE site.visit (id bigint PRIMARY KEY, tx xid8, who text, n integer, long text, at timestamptz DEFAULT now());
	INSERT INTO site.visit SELECT n, NULL, 'who ' || n, n, repeat(md5(n::text), 200) FROM generate_series(1, 50) AS n;
	SELECT fireiot.make_ledger('site.visit');
	CREATE TABLE site.parted (id bigint NOT NULL, tx xid8, at date NOT NULL) PARTITION BY RANGE (at);
	CREATE TABLE site.parted_1 PARTITION OF site.parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
	INSERT INTO site.parted VALUES (1, NULL, '2026-01-05');
	SELECT fireiot.make_ledger('site.parted');
	CREATE TYPE site.mood AS ENUM ('well', 'ill');
	CREATE TYPE site.pair AS (a integer, b text);
	CREATE TABLE site.typed (id bigint, tx xid8, mood site.mood, pair site.pair, moods site.mood[]) USING fireiot_ledger;
	INSERT INTO site.typed VALUES (1, NULL, 'ill', ROW(1, 'x'), '{ill}');
	CREATE TABLE site.base (id bigint, x text);
	CREATE TABLE site.derived (tx xid8) INHERITS (site.base) USING fireiot_ledger;
	INSERT INTO site.derived VALUES (1, 'x');
	CREATE TYPE site.kind AS (id bigint, x text);
	CREATE TABLE site.of_kind OF site.kind USING fireiot_ledger;
	INSERT INTO site.of_kind VALUES (1, 'x');
	CREATE TABLE site.generated (id bigint, n integer, g integer GENERATED ALWAYS AS (n + 1) STORED) USING fireiot_ledger;
	INSERT INTO site.generated VALUES (1, 1);
	CREATE TABLE site.parent (id bigint PRIMARY KEY);
	CREATE TABLE site.child (id bigint PRIMARY KEY, tx xid8, parent bigint REFERENCES site.parent ON DELETE CASCADE ON UPDATE CASCADE) USING fireiot_ledger;
	INSERT INTO site.parent VALUES (1);
	INSERT INTO site.child VALUES (1, NULL, 1);
	CREATE TABLE site.other (LIKE fireiot.frame) USING fireiot_ledger;
	INSERT INTO site.other SELECT * FROM fireiot.frame LIMIT 1;
	CREATE TABLE site.plain (LIKE site.visit);
	CREATE TABLE site.plain_frame (LIKE fireiot.frame);
	CREATE FUNCTION site.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE FUNCTION site.heard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER heard AFTER INSERT ON site.visit FOR EACH ROW EXECUTE FUNCTION site.heard();
	CREATE ROLE clerk;
	GRANT ALL ON SCHEMA site TO clerk;
	CREATE TABLE site.clerks (id bigint, tx xid8) USING fireiot_ledger;
	ALTER TABLE site.clerks OWNER TO clerk;
	INSERT INTO site.clerks VALUES (1);
SQL

my $partition = $node->safe_psql('city', "SELECT DISTINCT tableoid::regclass FROM fireiot.frame");

# All that the victims show, and all rows that are there for whoever reads them.
my $shown = <<'SQL';
SELECT md5(string_agg(t::text, '' ORDER BY t::text COLLATE "C")) FROM (
	SELECT t::text FROM fireiot.frame AS t UNION ALL SELECT t::text FROM site.visit AS t UNION ALL SELECT t::text FROM site.parted AS t
	UNION ALL SELECT t::text FROM site.typed AS t UNION ALL SELECT t::text FROM site.base AS t UNION ALL SELECT t::text FROM site.derived AS t
	UNION ALL SELECT t::text FROM site.of_kind AS t UNION ALL SELECT t::text FROM site.child AS t UNION ALL SELECT t::text FROM site.clerks AS t
	UNION ALL SELECT t::text FROM site.generated AS t
	UNION ALL SELECT t::text FROM fireiot.ledger_table AS t) AS t
SQL
my $before = $node->safe_psql('city', $shown);
my @outcomes;

my %outcome = (
	am => 'refused by the access method',
	guard => 'refused by the guard',
	core => 'refused by PostgreSQL or by the function',
	logged => 'done, and logged in the same transaction',
	check => 'done, and shown by fireiot.check()');
my $major = $node->safe_psql('postgres', 'SHOW server_version_num') / 10000;

# A route: what it is, the statements, and who stops it.  from: the first major
# that knows the statement; on the others there is only the line.
sub attack
{
	my ($route, $script, $by, %other) = @_;
	push @outcomes, [ $route, $by ];
	return if ($other{from} // 0) > $major;
	my $database = $other{database} // 'city';
	my ($status, $out, $err) = $node->psql($database, "\\set VERBOSITY verbose\n\\set ON_ERROR_STOP 1\n$script");
	my ($state, $message) = $err =~ /ERROR:  (\w{5}): (.*)/;

	if ($by eq 'core')
	{
		isnt($state, undef, "$route: refused") or diag($out);
	}
	else
	{
		is($state, '0A000', "$route: SQLSTATE") or diag($err);
		like($err, qr/^HINT:  [A-Z].*\.$/m, "$route: a hint");
		like($message // '', $other{named} // qr/"[\w.]+"/, "$route: names what it protects");
	}
	is($node->safe_psql('city', $shown), $before, "$route: everything shows as before");
	return;
}

# Rows, by statements
attack('UPDATE', 'UPDATE fireiot.frame SET seq = 0', 'am', named => qr/"fireiot\.frame_20260115"/);
attack('UPDATE of a site\'s table', 'UPDATE site.visit SET n = 0', 'am', named => qr/"site\.visit"/);
attack('DELETE', 'DELETE FROM fireiot.frame', 'am');
attack('UPDATE with triggers disabled by session_replication_role', "SET session_replication_role = replica; UPDATE site.visit SET n = 0", 'am');
attack('DELETE of a table that the row refers to, with ON DELETE CASCADE', 'DELETE FROM site.parent', 'am', named => qr/"site\.child"/);
attack('UPDATE of a table that the row refers to, with ON UPDATE CASCADE', 'UPDATE site.parent SET id = 2', 'am', named => qr/"site\.child"/);
attack('INSERT ... ON CONFLICT DO UPDATE', "INSERT INTO site.visit VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 0", 'am');
attack('MERGE', "MERGE INTO site.visit AS v USING (VALUES (1)) AS x (id) ON v.id = x.id WHEN MATCHED THEN DELETE", 'am');
attack('UPDATE ... WHERE CURRENT OF', "BEGIN; DECLARE c CURSOR FOR SELECT * FROM site.visit; FETCH c; UPDATE site.visit SET n = 0 WHERE CURRENT OF c", 'am');
attack('TRUNCATE', 'TRUNCATE fireiot.frame', 'am');
attack('TRUNCATE of a table made in the same transaction', 'BEGIN; CREATE TABLE site.young (id bigint) USING fireiot_ledger; INSERT INTO site.young VALUES (1); TRUNCATE site.young', 'am');
attack('CREATE TEMP TABLE, ON COMMIT DELETE ROWS', 'CREATE TEMP TABLE t (id bigint) USING fireiot_ledger ON COMMIT DELETE ROWS', 'am');
attack('CREATE UNLOGGED TABLE, lost in a crash', 'CREATE UNLOGGED TABLE site.t (id bigint) USING fireiot_ledger', 'am');
attack('ALTER TABLE SET UNLOGGED, and a crash', 'ALTER TABLE site.visit SET UNLOGGED', 'am');
attack('DELETE of the toast table', "DO \$\$ BEGIN EXECUTE 'DELETE FROM ' || (SELECT reltoastrelid::regclass FROM pg_class WHERE oid = 'site.visit'::regclass); END \$\$", 'core');
attack('pg_surgery: heap_force_kill', "CREATE EXTENSION IF NOT EXISTS pg_surgery; SELECT heap_force_kill('site.visit'::regclass, ARRAY['(0,1)']::tid[])", 'core');
attack('pg_surgery: heap_force_freeze', "SELECT heap_force_freeze('site.visit'::regclass, ARRAY['(0,1)']::tid[])", 'core');

# Tables that go
attack('DROP TABLE', 'DROP TABLE site.visit', 'guard', named => qr/"site\.visit"/);
attack('DROP TABLE of a partition', "DROP TABLE $partition", 'guard');
attack('DROP SCHEMA CASCADE', 'DROP SCHEMA site CASCADE', 'guard');
attack('DROP OWNED', 'DROP OWNED BY clerk', 'guard');
attack('DROP EXTENSION CASCADE', 'DROP EXTENSION fireiot CASCADE', 'guard');
attack('DROP ACCESS METHOD CASCADE', 'DROP ACCESS METHOD fireiot_ledger CASCADE', 'core');
attack('ALTER EXTENSION DROP, then DROP TABLE', 'ALTER EXTENSION fireiot DROP TABLE fireiot.frame', 'guard');
attack('ALTER EXTENSION ADD, so that a table counts as fireiot\'s', 'ALTER EXTENSION fireiot ADD TABLE site.visit', 'guard');
attack('DROP TABLE in a script of pg_restore --clean', "DROP TABLE IF EXISTS $partition; CREATE TABLE $partition (id bigint)", 'guard');
attack('DROP DATABASE', 'DROP DATABASE city', 'guard', database => 'postgres');
attack('DROP DATABASE WITH (FORCE)', 'DROP DATABASE city WITH (FORCE)', 'guard', database => 'postgres');
attack('DETACH PARTITION', "ALTER TABLE fireiot.frame DETACH PARTITION $partition", 'guard');
attack('DETACH PARTITION CONCURRENTLY', "ALTER TABLE fireiot.frame DETACH PARTITION $partition CONCURRENTLY", 'guard');
attack('ATTACH PARTITION with rows', "ALTER TABLE fireiot.frame ATTACH PARTITION site.other FOR VALUES FROM ('2020-01-01') TO ('2027-01-01')", 'core');
attack('ATTACH PARTITION with rows that fit', "ALTER TABLE fireiot.frame ATTACH PARTITION site.other FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')", 'core');
attack('ATTACH PARTITION that is a heap', "ALTER TABLE fireiot.frame ATTACH PARTITION site.plain_frame FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')", 'guard');
attack('CREATE TABLE PARTITION OF, as a heap', "CREATE TABLE site.heap PARTITION OF fireiot.frame FOR VALUES FROM ('2020-01-01') TO ('2020-01-02') USING heap", 'guard');
attack('CREATE TABLE INHERITS: a child that shows forged rows', 'CREATE TABLE site.shadow () INHERITS (site.visit)', 'guard');
attack('ALTER TABLE INHERIT', 'ALTER TABLE site.plain INHERIT site.visit', 'core');

# Tables that are written anew in another form
attack('ALTER TABLE SET ACCESS METHOD heap', 'ALTER TABLE site.visit SET ACCESS METHOD heap', 'guard', named => qr/"site\.visit"/);
attack('SET ACCESS METHOD heap of a table that is not registered', 'ALTER TABLE site.clerks SET ACCESS METHOD heap', 'guard');
attack('ALTER COLUMN TYPE ... USING', "ALTER TABLE site.visit ALTER n TYPE integer USING 0", 'guard');
attack('ALTER COLUMN TYPE without a rewrite', "ALTER TABLE site.visit ALTER who TYPE varchar", 'guard');
attack('ALTER COLUMN TYPE through the partitioned parent', "ALTER TABLE fireiot.frame ALTER seq TYPE bigint USING 0", 'guard');
attack('ADD COLUMN with a volatile default', 'ALTER TABLE site.visit ADD x double precision DEFAULT random()', 'guard');
attack('ADD COLUMN GENERATED', 'ALTER TABLE site.visit ADD x integer GENERATED ALWAYS AS (n + 1) STORED', 'guard');
attack('DROP COLUMN', 'ALTER TABLE site.visit DROP n', 'guard');
attack('DROP COLUMN of the partitioned parent', 'ALTER TABLE site.parted DROP tx', 'guard');
attack('DROP COLUMN on the parent it inherits from', 'ALTER TABLE site.base DROP x', 'guard');
attack('DROP TYPE CASCADE', 'DROP TYPE site.mood CASCADE', 'guard');
attack('ALTER TYPE DROP ATTRIBUTE CASCADE of a typed table', 'ALTER TYPE site.kind DROP ATTRIBUTE x CASCADE', 'guard');
attack('ALTER TYPE DROP ATTRIBUTE of a column\'s type', 'ALTER TYPE site.pair DROP ATTRIBUTE b', 'guard');
attack('ALTER TYPE RENAME VALUE of an enum', "ALTER TYPE site.mood RENAME VALUE 'ill' TO 'better'", 'guard');
attack('ALTER COLUMN SET EXPRESSION of a generated column', 'ALTER TABLE site.generated ALTER g SET EXPRESSION AS (0)', 'guard', from => 17);
attack('ALTER COLUMN DROP EXPRESSION of a generated column', 'ALTER TABLE site.generated ALTER g DROP EXPRESSION', 'guard');

# Names
attack('ALTER TABLE RENAME', 'ALTER TABLE site.visit RENAME TO visits', 'guard');
attack('RENAME of a partition', "ALTER TABLE $partition RENAME TO forgotten", 'guard');
attack('ALTER TABLE RENAME COLUMN', 'ALTER TABLE site.visit RENAME who TO whom', 'guard');
attack('ALTER TABLE SET SCHEMA', 'ALTER TABLE site.visit SET SCHEMA public', 'guard');
attack('ALTER SCHEMA RENAME', 'ALTER SCHEMA site RENAME TO somewhere', 'guard');

# Rows that are held back or hidden
attack('CREATE RULE that swallows new rows', 'CREATE RULE r AS ON INSERT TO site.visit DO INSTEAD NOTHING', 'guard');
attack('CREATE TRIGGER that swallows new rows', 'CREATE TRIGGER s BEFORE INSERT ON site.visit FOR EACH ROW EXECUTE FUNCTION site.swallow()', 'guard');
attack('CREATE TRIGGER that swallows new rows, on the parent', 'CREATE TRIGGER s BEFORE INSERT ON fireiot.frame FOR EACH ROW EXECUTE FUNCTION site.swallow()', 'guard');
attack('ALTER TABLE DISABLE TRIGGER', 'ALTER TABLE site.visit DISABLE TRIGGER heard', 'guard');
attack('ALTER TABLE DISABLE TRIGGER ALL', 'ALTER TABLE site.child DISABLE TRIGGER ALL', 'guard');
attack('ENABLE ROW LEVEL SECURITY', 'ALTER TABLE site.visit ENABLE ROW LEVEL SECURITY', 'guard');
attack('FORCE ROW LEVEL SECURITY', 'ALTER TABLE fireiot.frame FORCE ROW LEVEL SECURITY', 'guard');
attack('CREATE POLICY', 'CREATE POLICY p ON site.visit USING (false)', 'guard');

# The protection itself
attack('CREATE OR REPLACE FUNCTION of the handler', "CREATE OR REPLACE FUNCTION fireiot.fireiot_ledger_handler(internal) RETURNS table_am_handler LANGUAGE internal AS 'heap_tableam_handler'", 'guard', named => qr/fireiot_ledger_handler/);
attack('CREATE OR REPLACE FUNCTION that names the access method', "CREATE OR REPLACE FUNCTION fireiot.record_access_method() RETURNS name LANGUAGE sql AS 'SELECT ''heap''::name'", 'guard', named => qr/record_access_method/);
attack('ALTER FUNCTION of the handler', "ALTER FUNCTION fireiot.fireiot_ledger_handler(internal) RENAME TO x", 'guard', named => qr/fireiot_ledger_handler/);
attack('UPDATE pg_am', "UPDATE pg_am SET amhandler = 'heap_tableam_handler'::regproc WHERE amname = 'fireiot_ledger'", 'guard');
attack('UPDATE pg_class.relam', "UPDATE pg_class SET relam = 2 WHERE oid = 'site.visit'::regclass", 'guard');
attack('UPDATE pg_class.relfilenode', "UPDATE pg_class SET relfilenode = 1 WHERE oid = 'site.visit'::regclass", 'guard');
attack('UPDATE pg_attribute.attmissingval', "UPDATE pg_attribute SET atthasmissing = true WHERE attrelid = 'site.visit'::regclass AND attnum = 1", 'guard');
attack('UPDATE in a function', "DO \$\$ BEGIN UPDATE pg_class SET relam = 2 WHERE oid = 'site.visit'::regclass; END \$\$", 'guard');
attack('UPDATE in WITH', "WITH x AS (UPDATE pg_class SET relam = 2 WHERE oid = 'site.visit'::regclass RETURNING 1) SELECT * FROM x", 'guard');
attack('DELETE FROM pg_class with allow_system_table_mods', "SET allow_system_table_mods = on; DELETE FROM pg_class WHERE oid = 'site.visit'::regclass", 'guard');
attack('DELETE FROM pg_depend, so that a table leaves the extension', "DELETE FROM pg_depend WHERE objid = 'fireiot.frame'::regclass", 'guard');
attack('COPY into a catalog', "COPY pg_policy FROM stdin;\n\\.", 'guard');
attack('UPDATE of the registry', "UPDATE fireiot.ledger_table SET name = 'x'", 'am');
attack('DELETE of the registry', "DELETE FROM fireiot.ledger_table", 'am');
attack('decommission() without the server\'s leave', "SELECT fireiot.decommission('because')", 'core');
attack('drop_purged_partition() without a certificate', "SELECT fireiot.drop_purged_partition('$partition')", 'guard');

# The change log
attack('DISABLE TRIGGER of the change log', 'ALTER TABLE fireiot.unit DISABLE TRIGGER log_update', 'guard', named => qr/"fireiot\.unit"/);
attack('DISABLE TRIGGER ALL of a table whose changes are logged', 'ALTER TABLE fireiot.retention_rule DISABLE TRIGGER ALL', 'guard');
attack('ENABLE TRIGGER ALL, so that the log is silent for session_replication_role = replica', 'ALTER TABLE fireiot.unit ENABLE TRIGGER ALL', 'guard');
attack('ENABLE REPLICA TRIGGER of the change log', 'ALTER TABLE fireiot.unit ENABLE REPLICA TRIGGER log_update', 'guard');
attack('DROP TRIGGER of the change log', 'DROP TRIGGER log_delete ON fireiot.retention_rule', 'guard', named => qr/"fireiot\.retention_rule"/);
attack('CREATE OR REPLACE TRIGGER of the change log', 'CREATE OR REPLACE TRIGGER log_update AFTER UPDATE ON fireiot.unit FOR EACH STATEMENT EXECUTE FUNCTION site.swallow()', 'guard');
attack('ALTER TRIGGER DEPENDS ON EXTENSION, which is then dropped', 'ALTER TRIGGER log_update ON fireiot.unit DEPENDS ON EXTENSION pg_surgery', 'guard');
attack('CREATE OR REPLACE FUNCTION that stores the log', "CREATE OR REPLACE FUNCTION fireiot.store_rows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", 'guard', named => qr/store_rows/);
attack('ALTER FUNCTION STRICT, so that it is not called', 'ALTER FUNCTION fireiot.log_change(text, text, text, jsonb, jsonb) STRICT', 'guard', named => qr/log_change/);
attack('ALTER FUNCTION SET search_path to forged functions', 'ALTER FUNCTION fireiot.store_rows() SET search_path = site, pg_catalog', 'guard', named => qr/store_rows/);
attack('ALTER FUNCTION RESET ALL', 'ALTER FUNCTION fireiot.verify_ledger(bigint, bigint) RESET ALL', 'guard', named => qr/verify_ledger/);
attack('ALTER EVENT TRIGGER DISABLE', 'ALTER EVENT TRIGGER fireiot_log_grant DISABLE', 'guard', named => qr/fireiot_log_grant/);
attack('DROP EVENT TRIGGER', 'DROP EVENT TRIGGER fireiot_log_grant', 'core');
attack('INSERT of a change that somebody else made', "INSERT INTO fireiot.change_log (login, object, action) VALUES ('clerk', 'x', 'x')", 'guard', named => qr/"fireiot\.change_log"/);
attack('INSERT of it into the partition', "DO \$\$ BEGIN EXECUTE format('INSERT INTO %s (id, login, role, object, action) VALUES (0, ''clerk'', ''clerk'', ''x'', ''x'')', (SELECT max(inhrelid)::regclass FROM pg_inherits WHERE inhparent = 'fireiot.change_log'::regclass)); END \$\$", 'guard');
attack('COPY of changes', "COPY fireiot.change_log (login, object, action) FROM stdin;\n\\.", 'guard');
attack('log_change() by hand', "SELECT fireiot.log_change('x', 'x', 'x')", 'guard', named => qr/"fireiot\.change_log"/);
attack('UPDATE of the change log', "UPDATE fireiot.change_log SET login = 'clerk'", 'am');
attack('DELETE of the change log', 'DELETE FROM fireiot.change_log', 'am');
attack('ALTER COLUMN TYPE ... USING of a table whose changes are logged', "ALTER TABLE fireiot.retention_choice ALTER decided_by TYPE text USING 'x'", 'guard', named => qr/"fireiot\.retention_choice"/);
attack('CREATE TABLE INHERITS: a child that brings rows into the registry', 'CREATE TABLE site.units () INHERITS (fireiot.unit)', 'guard', named => qr/"fireiot\.unit"/);
attack('RENAME of a table of the registry, for another one in its place', 'ALTER TABLE fireiot.unit RENAME TO units', 'guard', named => qr/"fireiot\.unit"/);
attack('SET SCHEMA of a view', 'ALTER VIEW fireiot.legal_hold_in_force SET SCHEMA site', 'guard', named => qr/"fireiot\.legal_hold_in_force"/);
attack('CREATE OR REPLACE VIEW, so that no hold is in force', 'CREATE OR REPLACE VIEW fireiot.legal_hold_in_force AS SELECT id, received_at, placed_by, reason, device, unit_id, case_id, from_at, to_at FROM fireiot.legal_hold WHERE false', 'guard', named => qr/"fireiot\.legal_hold_in_force"/);
attack('INSERT of an order to give up the installation', "INSERT INTO fireiot.decommission (reason, ordered_by) VALUES ('x', 'x')", 'guard', named => qr/"fireiot\.decommission"/);

# A change that is made, with its row in the log, whatever is done to silence it.
sub loud
{
	my ($route, $silence, $change, %other) = @_;
	push @outcomes, [ $route, 'logged' ];
	return if ($other{from} // 0) > $major;
	is( $node->safe_psql('city', "BEGIN; $silence; $change; SELECT count(*) > 0 FROM fireiot.change_log WHERE tx = pg_current_xact_id(); ROLLBACK"),
		't', "$route: logged");
	return;
}

$node->safe_psql('city', "INSERT INTO fireiot.unit (name) VALUES ('school')");
loud('session_replication_role = replica, then a change of the registry', 'SET LOCAL session_replication_role = replica', "UPDATE fireiot.unit SET name = 'x'");
loud('session_replication_role = replica, then TRUNCATE of the registry', 'SET LOCAL session_replication_role = replica', 'TRUNCATE fireiot.unit');
loud('SET event_triggers = off, then GRANT', 'SET LOCAL event_triggers = off', 'GRANT SELECT ON fireiot.unit TO clerk', from => 17);
loud('row_security = off, as a restore has it', 'SET LOCAL row_security = off', 'GRANT SELECT ON fireiot.unit TO clerk');
loud('REVOKE', 'SELECT', 'REVOKE ALL ON fireiot.unit FROM CURRENT_USER');
loud('CREATE ROLE', 'SELECT', 'CREATE ROLE intruder SUPERUSER');
loud('ALTER ROLE', 'SELECT', 'ALTER ROLE clerk BYPASSRLS');
loud('ALTER ROLE PASSWORD', 'SELECT', "ALTER ROLE clerk PASSWORD 'x'");
loud('ALTER ROLE SET', 'SELECT', 'ALTER ROLE clerk SET session_replication_role = replica');
loud('DROP ROLE', 'CREATE ROLE intruder', 'DROP ROLE intruder');
loud('GRANT of a role', 'SELECT', 'GRANT pg_write_server_files TO clerk');
loud('GRANT of a role inside a function', 'SELECT', "DO \$\$ BEGIN EXECUTE 'GRANT pg_execute_server_program TO clerk'; END \$\$");
loud('REVOKE of a role', 'GRANT pg_monitor TO clerk', 'REVOKE pg_monitor FROM clerk');
loud('ALTER DEFAULT PRIVILEGES', 'SELECT', 'ALTER DEFAULT PRIVILEGES IN SCHEMA fireiot GRANT ALL ON TABLES TO clerk');
loud('ALTER TABLE OWNER', 'SELECT', 'ALTER TABLE fireiot.unit OWNER TO clerk');
loud('ALTER FUNCTION OWNER', 'SELECT', 'ALTER FUNCTION fireiot.status() OWNER TO clerk');
loud('ALTER DATABASE SET', 'SELECT', 'ALTER DATABASE city SET session_replication_role = replica');

# A server that does not preload the library: no hooks until a session touches
# a ledger table, but the tables take no rows.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
attack('UPDATE on a server without the preload', 'UPDATE site.visit SET n = 0', 'am');
attack('TRUNCATE on a server without the preload', 'TRUNCATE site.visit', 'am');
refused($node, 'city', 'INSERT INTO site.visit VALUES (51)', '55000', qr/"site\.visit".*shared_preload_libraries.*HINT:.*restart/s, 'INSERT without the preload');
push @outcomes, [ 'INSERT on a server without the preload', 'am' ];
attack('DROP TABLE on a server without the preload, in a session that has read the table', 'SELECT count(*) FROM site.visit; DROP TABLE site.visit', 'guard');
# its indexes go first, and load the library
attack('DROP TABLE on a server without the preload, in a session that has read no ledger table', 'DROP TABLE site.visit', 'guard');

refused($node, 'city', "UPDATE fireiot.unit SET name = 'x'", '55000', qr/shared_preload_libraries/, 'a change of the registry without the preload');
refused($node, 'city', 'GRANT SELECT ON fireiot.unit TO clerk', '55000', qr/shared_preload_libraries/, 'GRANT without the preload');
push @outcomes, [ 'A change of the registry, or GRANT, on a server without the preload', 'am' ];

# Triggers that were taken away there are found.
$node->safe_psql('city', 'ALTER TABLE fireiot.unit DISABLE TRIGGER log_update');
$node->safe_psql('city', 'ALTER TABLE fireiot.part ENABLE REPLICA TRIGGER log_insert');
$node->safe_psql('city', 'DROP TRIGGER log_delete ON fireiot.record_table');
$node->safe_psql('city', 'ALTER EVENT TRIGGER fireiot_log_grant DISABLE');
is($node->safe_psql('city', "SELECT object || ': ' || problem FROM fireiot.check() WHERE problem LIKE '%log\\_%'"), join("\n",
		'fireiot: event trigger fireiot_log_grant does not fire as it should',
		'fireiot.part: trigger log_insert does not fire as it should',
		'fireiot.record_table: trigger log_delete was dropped',
		'fireiot.unit: trigger log_update does not fire as it should'), 'check() finds what was done without the preload');
push @outcomes, [ 'The change log\'s triggers, on a server without the preload', 'check' ];

is_written('031_attacks', map { [ $_->[0], $outcome{ $_->[1] } ] } @outcomes);

$node->stop;
done_testing();
