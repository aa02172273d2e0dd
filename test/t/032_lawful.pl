# What a DBA may do with ledger tables as with any other, and the lawful ways
# into the ledger and out of it.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('lawful');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'auto_explain, fireiot, pg_stat_statements'\nfireiot.listen = off");
$node->restart;
create_database($node, 'city');

sub sql
{
	my ($script, $database) = @_;
	return $node->safe_psql($database // 'city', $script);
}

sub error
{
	my ($script, $sqlstate, $messages, $name) = @_;
	refused($node, 'city', $script, $sqlstate, $messages, $name);
	return;
}

sub ordinary_work
{
	sql(<<'SQL');
		SELECT fireiot.make_partitions('2 days', '2026-01-15 12:00+08');
		INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes)
		VALUES ('2026-01-15 12:00+08', '00000000002a', 1, 0, 2, false, '\x40');
		CREATE TABLE visit (id bigint PRIMARY KEY, tx xid8, who text, n integer);
		INSERT INTO visit VALUES (1, '3', 'first', 1), (2, NULL, 'second', 2);
		SELECT fireiot.make_ledger('visit');
SQL
	is(sql('SELECT count(*), count(DISTINCT tx), bool_and(tx > $$3$$) FROM visit'), '2|1|t', 'make_ledger: rows that were there are stamped');
	is(sql("SELECT amname FROM pg_class AS c JOIN pg_am AS a ON a.oid = relam WHERE c.oid = 'visit'::regclass; SELECT count(*) FROM fireiot.ledger_table WHERE name = 'public.visit' AND NOT builtin"),
		"fireiot_ledger\n1", 'make_ledger: kept and registered');
	for my $statement (
		'ALTER TABLE visit ADD later text', 'ALTER TABLE visit ADD constant integer DEFAULT 7', 'ALTER TABLE visit ADD CHECK (n > 0)',
		'ALTER TABLE visit ALTER n SET DEFAULT 1', 'ALTER TABLE visit ALTER n SET STATISTICS 10', 'ALTER TABLE visit ALTER who SET NOT NULL',
		'ALTER TABLE visit SET (fillfactor = 100)', 'CREATE ROLE clerk', 'ALTER TABLE visit OWNER TO clerk', 'GRANT SELECT ON visit TO PUBLIC',
		'CREATE INDEX v ON visit (who)', 'ALTER INDEX v RENAME TO w', 'DROP INDEX w', "COMMENT ON TABLE visit IS 'x'",
		'CREATE EXTENSION cube; CREATE EXTENSION seg; DROP EXTENSION cube, seg',
		'CREATE EXTENSION postgis_topology; DROP EXTENSION postgis_topology',
		'VACUUM FULL visit', 'CLUSTER visit USING visit_pkey', 'REINDEX TABLE visit', 'ANALYZE visit', 'CREATE VIEW w AS SELECT * FROM visit', 'DROP VIEW w',
		'CREATE STATISTICS s ON who, n FROM visit', 'DROP STATISTICS s', 'ALTER TABLE visit CLUSTER ON visit_pkey',
		"CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		'CREATE TRIGGER heard AFTER INSERT ON visit FOR EACH ROW EXECUTE FUNCTION hear()', 'DROP TRIGGER heard ON visit',
		'CREATE TEMP TABLE t (id bigint); INSERT INTO t VALUES (1); UPDATE t SET id = 2; DROP TABLE t',
		'CREATE TABLE other (id bigint); ALTER TABLE other ALTER id TYPE text; ALTER TABLE other RENAME TO another; DROP TABLE another',
		"CREATE TABLE young (id bigint, tx xid8, at timestamptz) USING fireiot_ledger; ALTER TABLE young RENAME TO old; DROP TABLE old",
		'ALTER TABLE fireiot.frame DETACH PARTITION fireiot.frame_20260117; DROP TABLE fireiot.frame_20260117', 'DROP TABLE fireiot.frame_20260116',
		"CREATE TABLE mine (LIKE fireiot.frame) USING fireiot_ledger; ALTER TABLE fireiot.frame ATTACH PARTITION mine FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')",
		"CREATE TABLE yours PARTITION OF fireiot.frame FOR VALUES FROM ('2021-01-01') TO ('2021-01-02') USING fireiot_ledger")
	{
		my ($status, $out, $err) = $node->psql('city', $statement);
		is($status, 0, $statement) or diag($err);
	}
	is(sql('SELECT count(*), sum(constant) FROM visit'), '2|14', 'all rows are there');
	return;
}

# What cannot be given to the ledger, and why
sub unfit
{
	my %table = (
		'no id' => [ 'tx xid8', qr/no column "id"/ ],
		'id may be null' => [ 'id bigint, tx xid8', qr/no column "id"/ ],
		'no tx' => [ 'id bigint NOT NULL', qr/no column "tx"/ ],
		'tx not null' => [ 'id bigint NOT NULL, tx xid8 NOT NULL', qr/"tx"/ ],
		'a type that changes' => [ "id bigint NOT NULL, tx xid8, at timestamp", qr/"at" is of type timestamp without time zone/ ],
		'an enum' => [ 'id bigint NOT NULL, tx xid8, m mood', qr/"m" is of type public\.mood/ ],
		'generated' => [ 'id bigint NOT NULL, tx xid8, n bigint GENERATED ALWAYS AS (id) STORED', qr/"n" is generated/ ]);
	sql("CREATE TYPE mood AS ENUM ('well')");
	for my $name (sort keys %table)
	{
		error("CREATE TABLE u ($table{$name}[0]); SELECT fireiot.make_ledger('u')", '55000', $table{$name}[1], "make_ledger: $name");
		sql('DROP TABLE u');
	}
	my $good = 'id bigint NOT NULL, tx xid8, x text';
	my %around = (
		'row security' => 'ALTER TABLE u ENABLE ROW LEVEL SECURITY',
		'rules' => 'CREATE RULE r AS ON INSERT TO u DO ALSO NOTHING',
		'a trigger before' => 'CREATE TRIGGER b BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION hear()',
		'children' => 'CREATE TABLE child () INHERITS (u)',
		'unlogged' => 'ALTER TABLE u SET UNLOGGED');
	for my $name (sort keys %around)
	{
		error("CREATE TABLE u ($good); $around{$name}; SELECT fireiot.make_ledger('u')", '55000', qr/"public\.u" cannot be given.*DETAIL.*HINT/s, "make_ledger: $name");
		sql('DROP TABLE u CASCADE');
	}
	error("SELECT fireiot.make_ledger('visit')", '55000', qr/given to it before/, 'make_ledger: again');
	sql("GRANT USAGE ON SCHEMA fireiot TO clerk; GRANT EXECUTE ON FUNCTION fireiot.make_ledger TO clerk; CREATE TABLE others ($good)");
	error("SET ROLE clerk; SELECT fireiot.make_ledger('others')", '42501', qr/must be owner/, 'make_ledger: somebody else\'s table');
	return;
}

# A partition leaves with a certificate of the same transaction.
sub purge
{
	my $partition = 'fireiot.own_log_20200101';
	my $certificate = "INSERT INTO fireiot.purge_certificate (records, partition, from_at, to_at, rows, root, classes, rule, clause, minimum, purged_by)
		SELECT 'own_log', '$partition', '2020-01-01', '2020-02-01', sealed, root, 'x', 'x', 'x', 'x', 'x' FROM fireiot.ledger_partition('$partition')";

	sql("CREATE TABLE fireiot.own_log (id bigint NOT NULL, received_at timestamptz NOT NULL, tx xid8) PARTITION BY RANGE (received_at);
		INSERT INTO fireiot.record_table (name, period, key_columns, classes) VALUES ('own_log', 'month', '{received_at,id}', '{duty_log}');
		SELECT fireiot.make_partitions_of('own_log', '2020-01-15 12:00+08', '2020-01-15 12:00+08');
		INSERT INTO fireiot.own_log VALUES (1, '2020-01-15 12:00+08')");
	error("BEGIN; $certificate", '0A000', qr/must be kept.*Not all of its rows are sealed/s, 'purge: not sealed');
	sql('SELECT fireiot.seal()');
	error("SELECT fireiot.drop_purged_partition('$partition')", '0A000', qr/no purge certificate/, 'purge: without a certificate');
	error("BEGIN; " . $certificate =~ s/sealed, root/sealed + 1, root/r, '0A000', qr/must be kept.*not of what was sealed/s, 'purge: more than was sealed');
	sql($certificate);
	error("SELECT fireiot.drop_purged_partition('$partition')", '0A000', qr/no purge certificate/, 'purge: with an old certificate');
	error("BEGIN; $certificate; DROP TABLE $partition", '0A000', qr/holds records/, 'purge: DROP TABLE beside a certificate');
	error("SELECT fireiot.drop_purged_partition('public.visit')", '42809', qr/no partition/, 'purge: no partition');
	sql("BEGIN; $certificate; SELECT fireiot.drop_purged_partition('$partition'); ROLLBACK");
	is(sql('SELECT count(*) FROM fireiot.own_log'), '1', 'purge: rolled back');
	sql("BEGIN; $certificate; SELECT fireiot.drop_purged_partition('$partition'); COMMIT");
	is(sql("SELECT count(*) FROM fireiot.own_log; SELECT to_regclass('$partition') IS NULL"), "0\nt", 'purge');
	error('DROP TABLE visit', '0A000', qr/holds records/, 'purge: what is allowed ends with it');
	return;
}

# The other libraries see what they saw: hooks are chained.
sub chained
{
	sql('CREATE EXTENSION pg_stat_statements');
	sql('SELECT pg_stat_statements_reset(); VACUUM visit; SELECT count(*) AS chained FROM visit');
	is(sql("SELECT count(*) FROM pg_stat_statements WHERE query ~ 'VACUUM visit|AS chained'"), '2', 'hooks are chained');
	return;
}

sub whole_installation
{
	# without a single record: free
	create_database($node, 'trial');
	sql("SELECT fireiot.make_partitions(); INSERT INTO fireiot.device (device) VALUES ('00000000002a')", 'trial');
	sql('DROP EXTENSION fireiot', 'trial');
	create_database($node, 'trial2');
	sql('DROP DATABASE trial2; DROP DATABASE IF EXISTS trial2; DROP DATABASE trial', 'postgres');
	is(sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'trial%'", 'postgres'), '0', 'without records: dropped freely');
	# a name that is not there, a database that is in use
	refused($node, 'postgres', 'DROP DATABASE nowhere', '3D000', qr/nowhere/, 'DROP DATABASE: what the server says stays so');
	# with records
	error("SELECT fireiot.decommission('moved')", '55000', qr/HINT:.*allow_decommission/, 'decommission: not allowed');
	error('SET fireiot.allow_decommission = on', '55P02', qr/allow_decommission/, 'decommission: no session allows it');
	error('DROP EXTENSION fireiot CASCADE', '0A000', qr/holds records|triggers of table/, 'DROP EXTENSION');
	refused($node, 'postgres', 'DROP DATABASE city', '0A000', qr/"city" holds records/, 'DROP DATABASE');
	refused($node, 'postgres', 'SET ROLE clerk; DROP DATABASE city', '42501', qr/must be owner of database city/,
		'DROP DATABASE: nobody but the owner learns what is in it');
	my $key = PostgreSQL::Test::Utils::tempdir() . '/checkpoint.pem';
	$node->command_ok([ 'openssl', 'genpkey', '-algorithm', 'ed25519', '-out', $key ], 'a key');
	chmod 0600, $key;
	$node->append_conf('postgresql.conf', "fireiot.allow_decommission = on\nfireiot.checkpoint_key_file = '$key'");
	$node->restart;
	error('DROP EXTENSION fireiot CASCADE', '0A000', qr/holds records|triggers of table/, 'allowed, but not ordered: DROP EXTENSION');
	refused($node, 'postgres', 'DROP DATABASE city', '0A000', qr/"city" holds records/, 'allowed, but not ordered: DROP DATABASE');
	error("SELECT fireiot.decommission(' ')", '22023', qr/reason/, 'decommission: without a reason');
	sql('CREATE DATABASE other TEMPLATE city', 'postgres');
	sql("SELECT fireiot.decommission('moved to another platform')");
	is(sql('SELECT reason, ordered_by = session_user FROM fireiot.decommission'), 'moved to another platform|t', 'decommission: recorded');
	is(sql('SELECT max(c.size) = max(b.n) + 1 FROM fireiot.ledger_checkpoint AS c, fireiot.ledger_block AS b'), 't', 'decommission: sealed and signed');
	# the order itself acts from the chain
	error('DROP EXTENSION fireiot CASCADE', '0A000', qr/holds records|triggers of table/, 'decommission: not sealed: DROP EXTENSION');
	refused($node, 'postgres', 'DROP DATABASE city', '0A000', qr/"city" holds records/, 'decommission: not sealed: DROP DATABASE');
	isnt(sql('SELECT fireiot.seal()'), '', 'decommission: its order is sealed');
	error('DROP EXTENSION fireiot CASCADE', '0A000', qr/holds records|triggers of table/, 'decommission: not signed: DROP EXTENSION');
	isnt(sql('SELECT fireiot.checkpoint()'), '', 'decommission: its order is signed');
	is(sql("SELECT fireiot.prove('fireiot.decommission', 1) ->> 'table'"), 'fireiot.decommission', 'decommission: its order can be proven');
	is(sql('SELECT string_agg(kind, chr(44)) FROM fireiot.verify_ledger()'), 'purged', 'decommission: it verifies');
	error("UPDATE fireiot.decommission SET reason = 'x'", '0A000', qr/"fireiot\.decommission"/, 'decommission: the order stays');
	error("INSERT INTO fireiot.decommission (reason, ordered_by) VALUES ('x', 'x')", '0A000', qr/by hand/, 'decommission: orders come from the function only');
	refused($node, 'postgres', 'DROP DATABASE other', '0A000', qr/"other" holds records/, 'decommission: of one database only');
	sql('DROP EXTENSION fireiot CASCADE');
	is(sql("SELECT count(*) FROM pg_am WHERE amname LIKE 'fireiot%'"), '0', 'decommission: DROP EXTENSION');
	$node->append_conf('postgresql.conf', "fireiot.checkpoint_key_file = ''");
	$node->reload;
	ok($node->poll_query_until('postgres', q{SELECT current_setting('fireiot.checkpoint_key_file') = ''}), 'no key');
	my ($status, $out, $err) = $node->psql('other', "SELECT fireiot.decommission('a copy')");
	is($status, 0, 'decommission: without a key');
	like($err, qr/WARNING:  no final checkpoint is signed/, 'and not without a word');
	like($err, qr/NOTICE:  the order acts when it is in the chain.*fireiot\.seal/s, 'nor without the next step');
	sql('SELECT fireiot.seal()', 'other');
	sql('DROP DATABASE other', 'postgres');
	is(sql("SELECT count(*) FROM pg_database WHERE datname = 'other'", 'postgres'), '0', 'decommission: DROP DATABASE');
	return;
}

# No worker can look into a database: only those that have fireiot need it.
sub without_workers
{
	create_database($node, 'trial');
	create_database($node, 'other_kind', 'CREATE TABLE t (id integer)');
	$node->append_conf('postgresql.conf', 'max_worker_processes = 0');
	$node->restart;
	sql('DROP DATABASE other_kind; CREATE DATABASE plain TEMPLATE template0; DROP DATABASE plain', 'postgres');
	refused($node, 'postgres', 'DROP DATABASE trial', '53000', qr/database "trial".*All 0 places of max_worker_processes.*HINT:.*restart/s,
		'DROP DATABASE: nobody could look');
	sql('DROP EXTENSION fireiot CASCADE', 'trial');
	sql('DROP DATABASE trial', 'postgres');
	is(sql("SELECT count(*) FROM pg_database WHERE datname IN ('trial', 'plain', 'other_kind')", 'postgres'), '0', 'DROP DATABASE without workers');
	# a drop that was interrupted can be completed
	sql('CREATE DATABASE half TEMPLATE template0', 'postgres');
	my $files = $node->data_dir . '/base/' . sql("SELECT oid FROM pg_database WHERE datname = 'half'", 'postgres');
	unlink "$files/pg_filenode.map";
	sql('DROP DATABASE half', 'postgres');
	ok(!-e $files, 'DROP DATABASE of what is left of one');
	$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
	$node->restart;
	return;
}

# The guard steps aside; the access method and its tables come along.
sub upgrade
{
	my $dir = $node->basedir;
	create_database($node, 'old');
	sql("CREATE TABLE v (id bigint PRIMARY KEY, tx xid8, x text); INSERT INTO v SELECT i, NULL, repeat('x', i) FROM generate_series(1, 3000) AS i;
		SELECT fireiot.make_ledger('v'); SELECT fireiot.make_partitions(); INSERT INTO fireiot.frame (device, seq, verdict, command, outgoing, bytes) VALUES ('00000000002a', 1, 0, 2, false, '\\x40')", 'old');
	my $query = "SELECT count(*), md5(string_agg(v::text, ',' ORDER BY id)), (SELECT count(*) FROM fireiot.frame), (SELECT count(*) FROM fireiot.ledger_table) FROM v";
	my $before = sql($query, 'old');
	sql('SELECT fireiot.seal()', 'old');
	my $head = sql('SELECT n, hash FROM fireiot.ledger_block ORDER BY n DESC LIMIT 1', 'old');
	$node->stop;
	my $new = PostgreSQL::Test::Cluster->new('upgraded');
	$new->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
	$new->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
	my $bin = $node->config_data('--bindir');
	chdir $new->basedir;
	command_ok([ 'pg_upgrade', '--no-sync', '-d', $node->data_dir, '-D', $new->data_dir, '-b', $bin, '-B', $bin,
			'-s', $new->host, '-p', $node->port, '-P', $new->port ], 'pg_upgrade');
	$new->start;
	is($new->safe_psql('old', $query), $before, 'pg_upgrade: every row');
	refused($new, 'old', 'DELETE FROM v', '0A000', qr/"public\.v"/, 'pg_upgrade: the access method');
	refused($new, 'old', 'ALTER TABLE v RENAME TO w', '0A000', qr/"public\.v"/, 'pg_upgrade: the guard');
	$new->safe_psql('old', "INSERT INTO v VALUES (3001, NULL, 'new'); SELECT fireiot.seal()");
	is($new->safe_psql('old', 'SELECT first_block - 1, previous FROM fireiot.ledger_incarnation WHERE n = 2'), $head, 'pg_upgrade: the chain goes on behind its old head');
	is($new->safe_psql('old', "SELECT sum(rows) FROM fireiot.ledger_block_part WHERE partition = 'public.v' AND block > " . (split /\|/, $head)[0]), '3001', 'with all rows');
	is($new->safe_psql('old', 'SELECT * FROM fireiot.verify_ledger()'), '', 'and verifies');
	$new->stop;
	return;
}

ordinary_work();
unfit();
purge();
chained();
without_workers();
whole_installation();
upgrade();
done_testing();
