# What a site has of rules, contracts and contacts through dumps, and who
# changes rules at the same time.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('rules');
my $dir = PostgreSQL::Test::Utils::tempdir();
my @tables = qw(person contact contract contract_rule unit_profile calendar_day alarm_kind rule_pack pack_choice rule pack_class);
my $pack = q{{"pack": "own", "basis": "operator", "document": "%s", "name_zh": "本站", "name_en": "own", "rules": [
	{"rule": "1", "clause": "1", "sort": "deadline", "classes": ["fire"], "metric": "verdict", "start_step": "opened", "stop_steps": ["verified"],
	 "limit_interval": "2 min", "origin": "operator", "kinds": ["robot.smoke"]}], "classes": [{"kind": "gas.high", "class": "fire"}]}};

sub load
{
	my ($document) = @_;
	return sprintf "SELECT fireiot.load_pack('$pack')", $document;
}

sub site
{
	create_database($node, 'site');
	$node->safe_psql('site', q{
		INSERT INTO fireiot.unit (id, name, division_code) VALUES (1, '一', '330106'), (2, '二', '360203');
		INSERT INTO fireiot.unit_profile (unit_id, control_room, traits, certifications, packs) VALUES (1, true, '{old}', '{CQC/SC 11002}', '{own}');
		INSERT INTO fireiot.person (unit_id, name, phone) VALUES (1, '责任人', '1');
		INSERT INTO fireiot.contact (unit_id, role, person_id, channels) VALUES (1, 'responsible_person', 1, '{call:1,sms:1}');
		INSERT INTO fireiot.alarm_kind (kind, class, name_zh, name_en) VALUES ('robot.smoke', 'fire', '机器人', 'a robot has seen smoke');
		INSERT INTO fireiot.calendar_day (day, working, name) VALUES ('2027-01-01', false, '元旦');
		INSERT INTO fireiot.contract (unit_id, kind, number) VALUES (2, 'maintenance', 'M-1');
		INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps, limit_interval)
		VALUES (1, 'repair', '7', '{fault}', 'clear', '{restored}', '12 h');
		UPDATE fireiot.contract_rule SET limit_interval = '10 h';
		INSERT INTO fireiot.pack_choice (pack, version, status, reason) VALUES ('sz-db3205-2023', 1, 'in_force', 'issued');
	});
	$node->safe_psql('site', load('first') . ';' . load('second'));
	return;
}

# Every row is there again, none twice, and nothing was published anew.
sub dumped
{
	my ($name, $dump, $restore) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
	$node->command_ok([ 'pg_dump', '-d', $node->connstr('site'), @$dump ], "$name: dumped");
	$node->command_ok([ @$restore, '-d', $node->connstr($name) ], "$name: restored");
	my @pair = ([ $node, 'site' ], [ $node, $name ]);
	foreach my $table (@tables)
	{
		same(@pair, "SELECT count(*), md5(string_agg(to_jsonb(t)::text, '' ORDER BY to_jsonb(t)::text)) FROM (SELECT * FROM fireiot.$table WHERE to_jsonb($table) ->> 'builtin' IS DISTINCT FROM 'true') AS t",
			"$name: rows of $table");
	}
	same(@pair, q{SELECT * FROM fireiot.unit_packs('{1,2}') ORDER BY 1}, "$name: packs of units");
	same(@pair, "SELECT count(*), md5(string_agg(r::text, '' ORDER BY r::text)) FROM fireiot.case_rules('own/1,contract-1/1,zj-db33-2023/1', 'fault') AS r", "$name: rules");
	same(@pair, 'SELECT count(*) FROM fireiot.rule_problem', "$name: problems");
	return;
}

# Numbers go on, versions go on, and what is loaded is kept.
sub is_alive
{
	my ($name) = @_;

	is($node->safe_psql($name, load('third')), 'own/3', "$name: the next version");
	is($node->safe_psql($name, q{UPDATE fireiot.contract_rule SET limit_interval = '9 h'; SELECT fireiot.packs_of(2)}),
		'contract-1/3,jdz-2022-8/1,operator-default/1', "$name: the next version of a contract");
	is($node->safe_psql($name, q{INSERT INTO fireiot.contract (unit_id, kind) VALUES (2, 'service') RETURNING id}), '2', "$name: numbers go on");
	refused($node, $name, q{UPDATE fireiot.rule SET limit_interval = '1 day' WHERE pack = 'own'}, '55000', qr/not changed/, "$name: rules stay");
	refused($node, $name, q{SET row_security = off; UPDATE fireiot.rule SET limit_interval = '1 day' WHERE pack = 'own'}, '55000', qr/not changed/,
		"$name: also in a session like a restore");
	refused($node, $name, q{SET row_security = off; INSERT INTO fireiot.rule SELECT (jsonb_populate_record(r, '{"rule": "2"}')).* FROM fireiot.rule AS r WHERE pack = 'own' AND version = 1},
		'55000', qr/not loaded by this transaction/, "$name: none comes in");
	refused($node, $name, q{INSERT INTO fireiot.contract_rule (contract_id, rule, clause, classes, metric, stop_steps, limit_interval)
		VALUES (1, 'loose', '8', '{fault}', 'clear', '{restored}', '3 days')}, '23514', qr/would loosen "clear".*JD-037/s, "$name: contracts tighten only");
	return;
}

sub session
{
	my ($name) = @_;
	my $session = $node->background_psql('site', on_error_stop => 0);

	$session->query_safe("SET application_name = '$name'");
	return $session;
}

# Of two that load one pack the second waits, and has the next number.
sub at_the_same_time
{
	my $one = session('one');
	my $other = session('other');

	$one->query_safe('BEGIN');
	is($one->query_safe(load('one')), 'own/3', 'one loads');
	$other->query_until(qr/begun/, "\\echo begun\n" . load('other') . ";\n");
	$node->poll_query_until('site', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'other' AND wait_event_type = 'Lock'})
	  or die 'the other does not wait';
	is($node->safe_psql('site', 'SELECT fireiot.packs_of(1)'), 'cqc-11002-2025/1,own/2,zj-db33-2023/1,operator-default/1,+control_room,+old',
		'what is not committed applies to nobody, and nobody waits to ask');
	$one->query_safe('COMMIT');
	is($other->query_safe('SELECT 1'), "own/4\n1", 'the other is next');
	is($node->safe_psql('site', 'SELECT fireiot.packs_of(1)'), 'cqc-11002-2025/1,own/4,zj-db33-2023/1,operator-default/1,+control_room,+old',
		'the newest applies');
	$_->quit foreach $one, $other;
	return;
}

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;
site();
dumped('custom', [ '-Fc', '-f', "$dir/custom" ], [ 'pg_restore', '--exit-on-error', "$dir/custom" ]);
dumped('parallel', [ '-Fd', '-j2', '-f', "$dir/parallel" ], [ 'pg_restore', '--exit-on-error', '-j2', "$dir/parallel" ]);
dumped('inserts', [ '--rows-per-insert=1', '-f', "$dir/inserts" ], [ 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/inserts" ]);
is_alive($_) foreach qw(custom inserts);
at_the_same_time();
$node->stop;
done_testing();
