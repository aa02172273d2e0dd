# The purge of whole partitions: all or nothing when the server dies in it, no
# hold that comes too late or is overlooked, and what a dump carries.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('retention');
my $dir = PostgreSQL::Test::Utils::tempdir();
# A record table of the site's own with 24 months that may go, and a month that may not.
sub site
{
	create_database($node, 'site');
	$node->safe_psql('site', q{
		CREATE TABLE fireiot.own_log (id bigint NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), tx xid8, line text) PARTITION BY RANGE (received_at);
		INSERT INTO fireiot.record_table (name, period, key_columns, classes) VALUES ('own_log', 'month', '{received_at,id}', '{duty_log}');
		SELECT fireiot.make_partitions_of('own_log', '2020-01-15 12:00+08', '2021-12-15 12:00+08'), fireiot.make_partitions_of('own_log', now(), now());
		INSERT INTO fireiot.own_log (id, received_at, line)
		SELECT i, timestamptz '2020-01-01 12:00+08' + i * interval '1 hour', 'line ' || i FROM generate_series(1, 24 * 700) AS i;
	});
	seal();
	return;
}

# All that is there is sealed.
sub seal
{
	$node->safe_psql('site', 'SELECT fireiot.seal()');
	return;
}

sub partitions
{
	return $node->safe_psql('site', q{SELECT count(*) FROM pg_inherits WHERE inhparent = 'fireiot.own_log'::regclass});
}

sub certificates
{
	return $node->safe_psql('site', 'SELECT count(*) FROM fireiot.purge_certificate');
}

sub waits
{
	my ($application) = @_;

	$node->poll_query_until('site', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = '$application' AND wait_event_type = 'Lock')")
	  or die "$application does not wait";
	return;
}

# Another session, with a name.
sub session
{
	my ($name) = @_;
	my $session = $node->background_psql('site', on_error_stop => 0);

	$session->query_safe("SET application_name = '$name'; SET timezone = 'Asia/Shanghai'");
	return $session;
}

# Starts what will have to wait.
sub begin
{
	my ($session, $query) = @_;

	$session->query_until(qr/begun/, "\\echo begun\n$query;\n");
	return;
}

# Killed in the middle of it, with partitions dropped that nobody sees gone:
# nothing is gone, nothing is certified.  Behind the commit all of it is.
sub killed
{
	my $holder = session('holder');
	my $purge = session('purge');

	$holder->query_safe('BEGIN; SELECT count(*) FROM fireiot.own_log_20200601');
	begin($purge, 'SELECT fireiot.purge_expired(false)');
	waits('purge');
	is( $node->safe_psql('site', q{SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
			WHERE a.application_name = 'purge' AND l.relation IN ('fireiot.own_log_20200101'::regclass, 'fireiot.own_log_20200501'::regclass)
				AND l.mode = 'AccessExclusiveLock' AND l.granted}),
		'2', 'the purge has dropped some, and waits for one');
	kill_server($node);
	$node->start;
	is(partitions() . ' ' . certificates(), '25 0', 'killed in the purge: nothing is gone');

	$purge = session('purge');
	$purge->query_safe('BEGIN');
	is($purge->query_safe('SELECT count(*) FROM fireiot.purge_expired(false)'), '24', 'purged, and not committed');
	kill_server($node);
	$node->start;
	is(partitions() . ' ' . certificates(), '25 0', 'killed before the commit: nothing is gone');
	is($node->safe_psql('site', 'SELECT count(*), sum(id) FROM fireiot.own_log'), '16800|141128400', 'the rows are as they were');
	return;
}

# Whoever writes it, there is no certificate for what must be kept.
sub forged
{
	my $row = q{INSERT INTO fireiot.purge_certificate (records, partition, from_at, to_at, rows, classes, rule, clause, minimum, purged_by)
		SELECT '%s', '%s', '2020-01-01', '2020-02-01', 0, 'x', 'x', 'x', 'x', 'x';};
	my $frame = 'fireiot.frame_20160101';
	my $now = $node->safe_psql('site', q{SELECT partition FROM fireiot.record_partitions('own_log') WHERE upper_bound > now()});

	$node->safe_psql('site', q{SELECT fireiot.make_partitions_of('frame', '2016-01-01 12:00+08', '2016-01-01 12:00+08')});
	refused($node, 'site', 'SET session_replication_role = replica; ' . sprintf($row, 'frame', $frame), '0A000', qr/must be kept.*never: fire_warning/s, 'frames');
	refused($node, 'site', sprintf($row, 'own_log', $frame), '0A000', qr/no partition of a record table own_log/, 'frames as something else');
	refused($node, 'site', sprintf($row, 'own_log', $now), '0A000', qr/minimum: duty_log/, 'a term that is not over');
	refused($node, 'site', 'SET row_security = off; ' . sprintf($row, 'own_log', $now), '0A000', qr/minimum: duty_log/, 'a session like a restore');
	return;
}

# Somebody reads what is to go: given up after two seconds, and all is there.
sub busy
{
	my $reader = session('reader');

	$reader->query_safe('BEGIN; SELECT count(*) FROM fireiot.own_log_20201201');
	refused($node, 'site', 'SELECT fireiot.purge_expired(false);', '55P03', qr/lock timeout/, 'a reader in the way');
	is(partitions() . ' ' . certificates(), '25 0', 'nothing is gone');
	$reader->query_safe('COMMIT');
	$reader->quit;
	return;
}

# A hold that is not committed yet is waited for, and then seen.
sub hold_before
{
	my $lawyer = session('lawyer');
	my $purge = session('purge');

	$lawyer->query_safe(q{BEGIN; SELECT fireiot.place_hold('case 7', from_at => '2020-12-31 00:00+08', to_at => '2022-01-01 00:00+08')});
	begin($purge, 'SELECT count(*) FROM fireiot.purge_expired(false)');
	waits('purge');
	$lawyer->query_safe('COMMIT');
	is($purge->query_safe('SELECT 1'), "11\n1", 'the purge takes what the hold leaves');
	is(partitions() . ' ' . certificates(), '14 11', 'and no more');
	$_->quit foreach $lawyer, $purge;
	return;
}

# A hold that comes while a purge is under way waits for it.
sub hold_behind
{
	my $lawyer = session('lawyer');
	my $purge = session('purge');

	$node->safe_psql('site', q{SELECT fireiot.release_hold(id, 'over'), fireiot.place_hold('case 8', from_at => '2021-01-01 00:00+08') FROM fireiot.legal_hold_in_force});
	$purge->query_safe('BEGIN');
	is($purge->query_safe('SELECT count(*) FROM fireiot.purge_expired(false)'), '1', 'December goes');
	begin($lawyer, q{SELECT fireiot.place_hold('too late', from_at => '2020-12-01 00:00+08', to_at => '2021-01-01 00:00+08') > 0});
	waits('lawyer');
	$purge->query_safe('COMMIT');
	is($lawyer->query_safe('SELECT 1'), "t\n1", 'the hold is placed behind it');
	is(partitions() . ' ' . certificates(), '13 12', 'and covers what there is');
	seal();
	is($node->safe_psql('site', 'SELECT kind, count(*) FROM fireiot.verify_ledger() GROUP BY 1'), 'purged|12', 'the chain verifies, and says what was purged');
	is( $node->safe_psql('site', q{SELECT (SELECT received_at FROM fireiot.purge_certificate ORDER BY id DESC LIMIT 1)
			< (SELECT max(received_at) FROM fireiot.legal_hold)}), 't', 'the records say which was first');
	$_->quit foreach $lawyer, $purge;
	return;
}

# What is decided and held goes with a dump, and what is builtin does not twice.
sub dumped
{
	my @tables = qw(retention_source retention_choice retention_class retention_rule legal_hold legal_hold_release
	  attachment attachment_step purge_certificate record_table);

	$node->safe_psql('site', q{
		INSERT INTO fireiot.retention_choice (source, applies, reason) VALUES ('SZ', true, 'in Suzhou');
		INSERT INTO fireiot.retention_class (class, kind, name_zh, name_en) VALUES ('drone_video', 'file', '无人机视频', 'video of drones');
		INSERT INTO fireiot.retention_rule (rule, source, clause, classes, minimum, maximum)
		VALUES ('own', 'own', '1', '{drone_video}', '30 days', '60 days');
		SELECT fireiot.add_attachment('1.mp4', 1, sha256('1'), 'drone_video', '2026-01-01 00:00+08', unit_id => 3);
		SELECT fireiot.extend_attachment(1, '2099-01-01 00:00+08', 'training');
	});
	$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/dump", '-d', $node->connstr('site') ], 'dumped');
	$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE template0');
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('copy'), "$dir/dump" ], 'restored');
	foreach my $table (@tables)
	{
		same([ $node, 'site' ], [ $node, 'copy' ], "SELECT count(*), md5(string_agg((to_jsonb(t) - 'tx')::text, '' ORDER BY (to_jsonb(t) - 'tx')::text))
			FROM fireiot.$table AS t", $table);
	}
	same([ $node, 'site' ], [ $node, 'copy' ], 'SELECT * FROM fireiot.attachment_state', 'the attachment is kept as long');
	is($node->safe_psql('copy', q{SELECT fireiot.place_hold('another') > max(id) FROM fireiot.legal_hold}), 't', 'numbers go on');
	return;
}

# What was derived of a case goes with its records, and nothing of another case.
sub cases_purged
{
	my $site = sub { return $node->safe_psql('cases', $_[0]) };

	create_database($node, 'cases');
	# fires are kept for ever: alarms of a site that has none
	$site->(q{
		UPDATE fireiot.record_table SET classes = '{duty_log}' WHERE name IN ('alarm', 'alarm_step');
		SELECT fireiot.make_partitions_of(t, '2020-01-15 12:00+08', '2020-02-15 12:00+08'), fireiot.make_partitions_of(t, now(), now()) FROM unnest('{alarm,alarm_step}'::text[]) AS t;
		INSERT INTO fireiot.alarm (id, received_at, unit_id, class, kind, origin, packs, subject)
		VALUES (11, '2020-01-10 12:00+08', 1, 'fault', 'fault.reported', 'report', 'jdz-2022-8/1,operator-default/1', 'a'),
			(12, '2020-02-10 12:00+08', 1, 'fault', 'fault.reported', 'report', 'jdz-2022-8/1,operator-default/1', 'b'),
			(13, now(), 1, 'fault', 'fault.reported', 'report', 'jdz-2022-8/1,operator-default/1', 'c');
		INSERT INTO fireiot.alarm_step (alarm_id, received_at, step, actor)
		VALUES (11, '2020-01-10 13:00+08', 'closed', 'me'), (12, '2020-02-10 13:00+08', 'closed', 'me'), (13, now(), 'closed', 'me');
		SELECT fireiot.seal();
	});
	my $left = q{SELECT (SELECT string_agg(DISTINCT alarm_id::text, ' ' ORDER BY alarm_id::text) FROM fireiot.deadline),
		(SELECT string_agg(DISTINCT alarm_id::text, ' ' ORDER BY alarm_id::text) FROM fireiot.notice)};
	is($site->($left), '11 12 13|11 12 13', 'cases with clocks and notices');
	refused($node, 'cases', 'SELECT * FROM fireiot.why(10)', '42704', qr/alarm 10 does not exist.*None was purged/s, 'no case');
	is($site->(q{SELECT string_agg(records, ' ' ORDER BY from_at, records) FROM fireiot.purge_expired(false)}), 'alarm alarm_step alarm alarm_step', 'their records go');
	is($site->($left), '13|13', 'and with them their clocks and notices');
	refused($node, 'cases', 'SELECT * FROM fireiot.why(11)', '42704', qr/alarm 11 does not exist.*Alarms of before 2020-0(?:3-01|2-29).* were purged/s, 'a case that was purged');
	is($site->('SELECT count(*) > 0 FROM fireiot.why(13)'), 't', 'and one that was not');
	return;
}

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;
site();
is(partitions(), '25', 'partitions of the site');
is($node->safe_psql('site', 'SELECT count(*), sum(rows), min(rule), min(clause), count(certificate) FROM fireiot.purge_expired()'),
	'24|16800|ZJ-140|表B.1 9|0', 'what may go');
is(partitions(), '25', 'and is still there');
killed();
forged();
busy();
hold_before();
hold_behind();
dumped();
cases_purged();
$node->stop;
done_testing();
