# What is so now, made again from the records, is what the listeners made of it:
# behind load and in the midst of it.
use strict;
use warnings;

use Devices;
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my ($node, $port) = new_centre('rebuild', "fireiot.listeners = 2\nfireiot.batch_frames = 64");
my $fleet = Fleet->new($port, devices => 12, window => 3, unit => \&unit);
my $dir = PostgreSQL::Test::Utils::tempdir();

# Few parts with few states, so that most change now and then, and some not.
sub unit
{
	my ($device, $n) = @_;
	my $part = int rand 5;
	my $kind = $n % 5;
	my $time = time_tag();

	return state_unit($part, $part == 0 ? 1 : 1 << int rand 3, text => "part $part said $n") if $kind < 2;
	return pack 'C6 V C s< a6', 3, 1, 1, 1, 40, $part, 3, $part == 0 ? -7 : int rand 3, $time if $kind == 2;
	return pack 'C3 a6', 21, 1, 1 + 2 * int rand 2, $time if $kind == 3;
	return pack 'C4 v a6', 1, 1, 1, $part, 1 << int rand 2, $time;
}

sub sql
{
	my ($query) = @_;
	return $node->safe_psql('city', $query);
}

# Keys of part_now whose state changed and was back within one transaction.  A
# listener that has forgotten what the part said before does not see that.
my $returned = q{
	SELECT DISTINCT device, part, kind, quantity
	FROM (SELECT device, coalesce(part, '0.0') AS part, CASE WHEN quantity IS NULL THEN o.kind ELSE 3 END AS kind,
			coalesce(quantity, -1) AS quantity, count(DISTINCT coalesce(raw_value, state_bits(state))) AS n
		  FROM observation AS o GROUP BY device, o.part, o.kind, o.quantity, tx) AS s
	WHERE n > 1};
my $difference = "SELECT count(*) FROM (TABLE was_part EXCEPT TABLE part_now) AS d";

# What is in part_now, by another way than the function's: the last one each.
my $wrong = q{
	SELECT count(*)
	FROM (SELECT DISTINCT ON (1, 2, 3, 4) device, coalesce(part, '0.0') AS part, CASE WHEN quantity IS NULL THEN o.kind ELSE 3 END AS kind,
			coalesce(quantity, -1) AS quantity, state, raw_value
		  FROM observation AS o ORDER BY 1, 2, 3, 4, received_at DESC, tx DESC, id DESC) AS o
	FULL JOIN part_now AS n ON n.device = o.device AND n.part = o.part AND n.kind = o.kind AND n.quantity = o.quantity
	WHERE (n.state, n.raw_value) IS DISTINCT FROM (o.state, o.raw_value)};

# Until device_now has all that the listeners know.
sub flushed
{
	my ($name) = @_;
	ok($node->poll_query_until('city', 'SELECT (SELECT sum(frames) FROM fireiot.device_now) = (SELECT count(*) FROM fireiot.frame)'), $name);
	return;
}

sub behind_load
{
	$fleet->confirm(2500);
	$fleet->finish;
	flushed('the listeners have written what they know');
	cmp_ok(sql('SELECT count(*) FROM part_now'), '>', 150, 'parts of every kind');
	is(sql($wrong), '0', 'the listeners keep what was said last');
	sql('CREATE TABLE was_part AS TABLE part_now; CREATE TABLE was_device AS TABLE device_now');

	sql('SELECT rebuild_now()');
	is(sql("SELECT count(*) FROM (SELECT device, part, kind, quantity FROM (TABLE was_part EXCEPT TABLE part_now) AS d EXCEPT $returned) AS s"),
		'0', 'made again, parts are as the listeners made them, in every column');
	cmp_ok(sql("SELECT count(*) FROM ($returned) AS r"), '<', 75, 'all but few are compared');
	is(sql('SELECT count(*) FROM (TABLE was_device EXCEPT TABLE device_now) AS d'), '0', 'and devices are');
	is(sql('SELECT rebuild_now()'), '0', 'again: nothing is otherwise');

	sql('DROP TABLE was_part; CREATE TABLE was_part AS TABLE part_now; TRUNCATE part_now, device_now');
	is( sql('SELECT rebuild_now() = (SELECT count(*) FROM was_part) + 12'), 't', 'from nothing: all rows are written');
	is(sql($difference), '0', 'parts are the same');
	is( sql('SELECT count(*) FROM (SELECT device, first_seen, last_seen, skew_ms, frames, peer FROM was_device
			EXCEPT SELECT device, first_seen, last_seen, skew_ms, frames, peer FROM device_now) AS d'),
		'0', 'devices are, but for online and transport');
	return;
}

sub made_again
{
	my ($times) = @_;
	my $bench = IPC::Run::start([ 'pgbench', '-n', '-t', $times, '-f', "$dir/rebuild.sql", '-f', "$dir/anew.sql", $node->connstr('city') ],
		'<', \undef, '>', \my $out, '2>', \my $err);

	$fleet->until(sub { $bench->pump_nb; return !$bench->pumpable }, 'rebuilt many times');
	die "pgbench: $err" unless $bench->finish;
	return;
}

# Listeners hold what they know of parts in memory meanwhile.
sub in_the_midst
{
	append_to_file("$dir/rebuild.sql", "SELECT fireiot.rebuild_now();\n");
	append_to_file("$dir/anew.sql", "BEGIN;\nTRUNCATE fireiot.part_now;\nSELECT fireiot.rebuild_now();\nCOMMIT;\n");
	my $before = $fleet->{confirmed};

	wait_until(sub { made_again(20); return $fleet->{confirmed} > $before + 100 }, 'devices go on');
	pass('made again many times, while devices went on');
	$fleet->confirm(1000);
	$fleet->finish;
	$fleet->is_stored($node, 'meanwhile');
	is(sql($wrong), '0', 'the listeners keep what was said last');
	return;
}

# A change waits for the transaction that has made part_now again.
sub waits
{
	my $d = Device->new('f1ee0000ffff', $port);
	my $session = $node->background_psql('city');

	is($d->say($d->frame(unit => state_unit(1, 2))), 'confirmed', 'a change is confirmed');
	$session->query_safe('BEGIN; SELECT fireiot.rebuild_now()');
	$d->send($d->frame(unit => state_unit(1, 4)));
	ok($node->poll_query_until('city', "SELECT count(*) > 0 FROM pg_locks WHERE relation IN ('fireiot.part_now'::regclass, 'fireiot.alarm_now'::regclass) AND NOT granted"),
		'the next one waits for the lock');
	is(sql("SELECT state FROM part_now WHERE device = 'f1ee0000ffff'"), 'component{fire}', 'readers do not');
	$session->query_safe('COMMIT');
	$session->quit;
	my ($answer) = $d->answers(1);
	is($answer && $answer->{command}, Devices::CONFIRM, 'and is confirmed behind it');
	is(sql("SELECT state FROM part_now WHERE device = 'f1ee0000ffff'"), 'component{fault}', 'it is there');
	return;
}

# It gives up behind others, and leaves nothing behind.
sub gives_up
{
	my $session = $node->background_psql('city');

	sql("ALTER FUNCTION rebuild_now() SET lock_timeout = '50ms'");
	$session->query_safe('BEGIN; LOCK TABLE fireiot.part_now IN ROW EXCLUSIVE MODE');
	refused($node, 'city', 'SELECT fireiot.rebuild_now()', '55P03', qr/lock timeout/, 'a writer that does not end');
	$session->query_safe('COMMIT');
	$session->quit;
	sql('SELECT rebuild_now()');
	is(sql('SELECT rebuild_now()'), '0', 'behind it: nothing is otherwise');
	return;
}

behind_load();
in_the_midst();
waits();
gives_up();
$node->stop;
done_testing();
