# The change log through dump and restore, and of what a listener adds.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('change_log');
my $dir = PostgreSQL::Test::Utils::tempdir();

my $log = "SELECT id, received_at, login, role, origin, application, object, key, action, old, new FROM fireiot.change_log ORDER BY id";

sub site
{
	create_database($node, 'site');
	$node->safe_psql('site', q{
		CREATE ROLE site_reader;
		INSERT INTO fireiot.unit (name) SELECT 'unit ' || i FROM generate_series(1, 300) AS i;
		UPDATE fireiot.unit SET phone = '119' WHERE id % 3 = 0;
		DELETE FROM fireiot.unit WHERE id = 7;
		INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (200, '自', 'own');
		INSERT INTO fireiot.record_table (name, period, key_columns) VALUES ('own', 'month', '{id}');
		DELETE FROM fireiot.record_table WHERE name = 'own';
		GRANT SELECT ON fireiot.unit TO site_reader;
		GRANT UPDATE (phone) ON fireiot.unit TO site_reader;
	});
	return;
}

# The log of the copy is the log of the site, and goes on behind it.
sub restored
{
	my ($copy, $dump, @restore) = @_;

	dump_and_restore($node, 'site', $copy, $dump, \@restore);
	same([ $node, 'site' ], [ $node, $copy ], $log, "$copy: log");
	same([ $node, 'site' ], [ $node, $copy ], "SELECT fireiot.privileges_now() - ('database ' || current_database())", "$copy: privileges");
	is($node->safe_psql($copy, 'SELECT count(*) FROM fireiot.change_log_start'), 0, "$copy: has not begun");

	my $last = $node->safe_psql($copy, 'SELECT max(id) FROM fireiot.change_log');
	$node->safe_psql($copy, q{INSERT INTO fireiot.unit (name) VALUES ('new'); REVOKE SELECT ON fireiot.unit FROM site_reader});
	is( $node->safe_psql($copy, "SELECT id > $last, object, action FROM fireiot.change_log ORDER BY received_at DESC, id LIMIT 2"),
		"t|fireiot.unit|revoke\nt|fireiot.unit|insert", "$copy: new changes");
	$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr($copy), '-c', 'SET row_security = off; DELETE FROM fireiot.unit WHERE id = 8' ],
		"$copy: a session like a restore");
	is($node->safe_psql($copy, q{SELECT count(*) FROM fireiot.change_log WHERE action = 'delete' AND key = '8'}), 1,
		"$copy: is logged, now that the log has begun");
	return;
}

# What the listener adds on its own is logged as its.
sub pending
{
	$node->append_conf('postgresql.conf', "fireiot.admission = 'pending'");
	$node->restart;
	$node->safe_psql('site', q{
		SELECT fireiot.make_partitions();
		SELECT fireiot.ingest(fireiot.encode_frame(2, 1, '[{"sys_type":1,"sys_addr":1,"status":1,"time":null}]', src => '0000000000aa'))});
	is( $node->safe_psql('site', q{SELECT key, action, new ->> 'admission' FROM fireiot.change_log WHERE object = 'fireiot.device'}),
		'0000000000aa|insert|pending', 'a device that waits for its approval');
	return;
}

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;
site();
is($node->safe_psql('site', 'SELECT count(*) FROM fireiot.change_log'), 300 + 100 + 1 + 1 + 1 + 1 + 1 + 1 + 1, 'the changes of the site');
restored('custom', [ '-Fc', '-f', "$dir/custom" ], 'pg_restore', '--exit-on-error', "$dir/custom");
restored('parallel', [ '-Fd', '-f', "$dir/directory" ], 'pg_restore', '--exit-on-error', '-j', '3', "$dir/directory");
restored('plain', [ '-f', "$dir/plain" ], 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain");
restored('inserts', [ '--inserts', '-f', "$dir/inserts" ], 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/inserts");
pending();
$node->stop;
done_testing();
