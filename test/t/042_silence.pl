# Devices of which nothing is heard: a case for each that is silent, whatever way
# it spoke, and none for one that speaks, whatever became of the server, its clock
# or its tables meanwhile.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $clock = PostgreSQL::Test::Utils::tempdir() . '/clock';
my ($node, $port) = new_centre('silence', "fireiot.listeners = 1\nfireiot.udp = on", allows_streaming => 1);
my $last = 0;

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

sub start
{
	my ($server) = @_;
	local %ENV = (%ENV, LD_PRELOAD => $ENV{FIREIOT_CLOCK}, TEST_CLOCK => $clock);
	$server->start;
	return;
}

sub write_clock
{
	my ($ahead) = @_;
	open my $to, '+<', $clock or die "$clock: $!";
	syswrite($to, pack 'q', $ahead) == 8 or die "$clock: $!";
	close $to;
	return;
}

# A device of the registry that may be silent for so long; more columns of its
# row of fireiot.supervision.
sub device
{
	my ($silent_after, $more, @more) = @_;
	my $d = Device->new(sprintf('5111%08x', ++$last), $port, @more);
	my %columns = (silent_after => $silent_after ? "'$silent_after'" : 'NULL', %{ $more // {} });
	my ($names, $values) = (join(', ', sort keys %columns), join ', ', map { $columns{$_} } sort keys %columns);

	sql("INSERT INTO device (device) VALUES ('$d->{address}'); INSERT INTO supervision (device, $names) VALUES ('$d->{address}', $values)");
	return $d;
}

sub speaks
{
	my ($d, $name) = @_;
	return is($d->say($d->frame), 'confirmed', $name // "$d->{address} speaks");
}

# The cases of a device: how many, how many of them are open and not restored.
sub cases
{
	my ($d) = @_;
	return sql("SELECT count(*), count(*) FILTER (WHERE n.id IS NOT NULL AND n.restored_at IS NULL) FROM alarm AS a LEFT JOIN alarm_now AS n USING (id)
		WHERE a.device = '$d->{address}' AND a.origin = 'silence'");
}

sub becomes_silent
{
	my ($d, $name) = @_;
	return ok($node->poll_query_until('city', "SELECT count(*) = 1 FROM fireiot.alarm_now WHERE device = '$d->{address}' AND origin = 'silence' AND restored_at IS NULL"),
		"$name: it is silent");
}

sub is_restored
{
	my ($d, $name) = @_;
	return ok($node->poll_query_until('city', "SELECT count(*) = 0 FROM fireiot.alarm_now WHERE device = '$d->{address}' AND origin = 'silence' AND restored_at IS NULL"),
		"$name: it is not silent any more");
}

# Until another device, which speaks now, has been found silent: what is so
# behind it was looked at meanwhile.
sub meanwhile
{
	my ($name, $seconds) = @_;
	my $marker = device(($seconds // 2) . ' s');

	speaks($marker, "$name: another one speaks");
	becomes_silent($marker, "$name: another one");
	sql("UPDATE device SET enabled = false WHERE device = '$marker->{address}'");
	$marker->close;
	return;
}

sub close_case
{
	my ($d) = @_;
	sql("SELECT verify_alarm(id, true), report_back(id), record_result(id, 'done'), close_alarm(id) FROM alarm_now WHERE device = '$d->{address}'");
	return;
}

sub live
{
	my ($d) = @_;
	return sql("SELECT l.online, n.online FROM device_live AS l JOIN device_now AS n USING (device) WHERE l.device = '$d->{address}'");
}

# From the last frame to the case, and back.
sub silent_and_back
{
	my ($d, $name) = @_;

	speaks($d);
	becomes_silent($d, $name);
	is( sql("SELECT a.part IS NULL, a.class, a.kind, a.subject, a.packs <> '', a.occurred_at = f.received_at, a.received_at - a.occurred_at >= '2 s',
			a.received_at - a.occurred_at < '20 s', (a.detail ->> 'last_heard')::timestamptz = f.received_at, (a.detail ->> 'limit')::interval
			FROM alarm AS a, LATERAL (SELECT max(f.received_at) AS received_at FROM frame AS f WHERE f.device = a.device) AS f WHERE a.device = '$d->{address}'"),
		't|link|link.silent|silence|t|t|t|t|t|00:00:02', "$name: its case, of the device, since its last frame");
	is(sql("SELECT string_agg(DISTINCT rule, ' ' ORDER BY rule) FROM deadline JOIN alarm ON id = alarm_id WHERE device = '$d->{address}'"),
		'link clear link notice', "$name: with its clocks");
	is(sql("SELECT count(*) > 0 FROM notice AS n JOIN alarm AS a ON a.id = n.alarm_id WHERE a.device = '$d->{address}'"), 't', "$name: and its notice");
	is(live($d), 'f|f', "$name: it is offline, whatever its connection");
	like(sql("SELECT value FROM status() WHERE item = 'links'"), qr/^[1-9]\d* silent$/, "$name: status() counts it");
	speaks($d);
	is_restored($d, $name);
	is(sql("SELECT s.step, s.actor, s.at = f.received_at FROM alarm_step AS s JOIN alarm AS a ON a.id = s.alarm_id,
			LATERAL (SELECT max(f.received_at) AS received_at FROM frame AS f WHERE f.device = a.device) AS f
			WHERE a.device = '$d->{address}' AND s.step NOT IN ('breached')"), 'restored|fireiot|t', "$name: the step, when it was heard");
	ok($node->poll_query_until('city', "SELECT l.online AND n.online FROM fireiot.device_live AS l JOIN fireiot.device_now AS n USING (device)
		WHERE l.device = '$d->{address}'"), "$name: and it is online again");
	return;
}

# Silent again: the same case; closed: none until it was heard.
sub again
{
	my ($d) = @_;

	becomes_silent($d, 'again');
	is(sql("SELECT repeats FROM alarm_now WHERE device = '$d->{address}'"), '1', 'again: repeated on the same case');
	is(cases($d), '1|1', 'again: there is one');
	is(sql("SELECT fields ? 'detail', actor FROM alarm_step AS s JOIN alarm AS a ON a.id = s.alarm_id WHERE a.device = '$d->{address}' AND s.step = 'repeated'"), 't|fireiot', 'again: what the step says');
	close_case($d);
	kill 'TERM', sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'");
	meanwhile('closed, and another keeper');
	is(cases($d), '1|0', 'closed while it is silent: no other case');
	speaks($d);
	becomes_silent($d, 'heard, and silent');
	is(cases($d), '2|1', 'that is another case');
	sql("INSERT INTO flapping_rule (kind, repeats, within) VALUES ('link.silent', 2, '1 hour')");
	foreach (1 .. 2)
	{
		speaks($d);
		is_restored($d, 'to and fro');
		becomes_silent($d, 'to and fro');
	}
	is(sql("SELECT flapping_since IS NOT NULL FROM alarm_now WHERE device = '$d->{address}'"), 't', 'again and again: it flaps');
	sql('DELETE FROM flapping_rule WHERE NOT builtin');
	sql("UPDATE device SET enabled = false WHERE device = '$d->{address}'");
	is(cases($d), '2|1', 'put out of use: the case stays for somebody to close');
	close_case($d);
	return;
}

# Nothing is expected of these.
sub unsupervised
{
	my $stranger = Device->new('511fffffff01', $port);
	my $disabled = device('2 s');
	my $pending = device('2 s');
	my $never = device('2 s');
	my $exempt = device(undef);
	my $builtin = Device->new('511fffffff02', $port);

	sql("INSERT INTO device (device) VALUES ('$builtin->{address}')");
	speaks($_) for $stranger, $disabled, $pending, $exempt, $builtin;
	sql("UPDATE device SET enabled = false WHERE device = '$disabled->{address}'; UPDATE device SET admission = 'pending' WHERE device = '$pending->{address}'");
	meanwhile('unsupervised');
	is(cases($stranger), '0|0', 'one that is not in the registry');
	is(cases($disabled), '0|0', 'one that is out of use');
	is(cases($pending), '0|0', 'one that is not admitted');
	is(cases($never), '0|0', 'one that has never spoken');
	is(cases($exempt), '0|0', 'one that may be silent for ever');
	is(cases($builtin), '0|0', 'one that may be silent for half an hour');
	sql("UPDATE device SET enabled = true WHERE device = '$disabled->{address}'");
	becomes_silent($disabled, 'in use again');
	is(sql("SELECT received_at - changed_at >= '2 s' FROM alarm JOIN device USING (device) WHERE device = '$disabled->{address}'"), 't', 'in use again: it has its time');
	sql("UPDATE device SET enabled = false WHERE device = '$disabled->{address}'");
	return;
}

# Which row counts.
sub rows
{
	my ($d) = map { Device->new($_, $port, later => 1) } '511fffffff03';
	my $of = sub { return sql("SELECT rule, silent_after, closed_after, quiet FROM device_supervision WHERE device = '$d->{address}'") };

	sql("INSERT INTO unit (id, name, division_code) VALUES (1, 'mall', '330100'); INSERT INTO device (device, unit_id, model) VALUES ('$d->{address}', 1, 'M1')");
	is($of->(), '-1|00:30:00||00:30:00', 'the cycle of CQ-016');
	sql("INSERT INTO unit_profile (unit_id, certifications) VALUES (1, '{CQC/SC 11002}')");
	is($of->(), '-2|00:30:00|00:01:00|00:30:00', 'CQ-018, where the certificate is');
	is(sql('SELECT count(*) FROM supervision_problem'), '0', 'which is what it asks for');
	sql("INSERT INTO supervision (id, silent_after) OVERRIDING SYSTEM VALUE VALUES (101, '20 min')");
	is($of->(), '101|00:20:00||00:00:00', 'a row of the site wins over ours');
	sql("INSERT INTO supervision (id, model, silent_after, quiet, battery) OVERRIDING SYSTEM VALUE VALUES (102, 'M1', '24 h', '24 h', true)");
	is($of->(), '102|24:00:00||24:00:00', 'of a model');
	is(sql('SELECT count(*) FROM supervision_problem'), '0', 'CQ-017: on a battery it may be silent for a day');
	sql("UPDATE supervision SET battery = false WHERE id = 102");
	is(sql('SELECT unit_id, rule, devices, at_most, demanded_by FROM supervision_problem'), '1|102|1|00:30:00|CQ-016 of cqc-11002-2025: 4.4.2', 'CQ-016: on mains power it may not');
	sql("INSERT INTO supervision (id, unit_id, silent_after) OVERRIDING SYSTEM VALUE VALUES (103, 1, '19 min'), (104, 1, '18 min')");
	is($of->(), '103|00:19:00||00:00:00', 'of a unit, the first of two');
	sql("INSERT INTO supervision (id, device, silent_after) OVERRIDING SYSTEM VALUE VALUES (105, '$d->{address}', '17 min')");
	is($of->(), '105|00:17:00||00:00:00', 'of the device');
	refused($node, 'city', "INSERT INTO fireiot.supervision (silent_after, quiet) VALUES ('1 min', '2 min')", '23514', qr/supervision_check/, 'quiet for longer than it may be silent');
	sql("DELETE FROM supervision WHERE id BETWEEN 101 AND 105; DELETE FROM device WHERE device = '$d->{address}'; DELETE FROM unit_profile");
	return;
}

# Silent by design: the link is lost when the message is missing.
sub by_design
{
	my $d = device('3 s', { quiet => "'2 s'" });

	speaks($d);
	becomes_silent($d, 'by design');
	is(sql("SELECT occurred_at - (detail ->> 'last_heard')::timestamptz FROM alarm WHERE device = '$d->{address}'"), '00:00:02', 'by design: lost since it should have spoken');
	return;
}

sub closed
{
	my $strict = device(undef, { closed_after => "'1 s'" });
	my $back = device(undef, { closed_after => "'4 s'" });
	my $other = device('1 h');

	speaks($_) for $strict, $back, $other;
	meanwhile('connected');
	is(cases($strict), '0|0', 'its connection is open: it may be silent');
	my $at = time;
	$_->close for $strict, $back, $other;
	becomes_silent($strict, 'its connection is closed');
	is(sql("SELECT detail ->> 'closed', detail ->> 'limit', abs(extract(epoch FROM occurred_at) - $at) < 5 FROM alarm WHERE device = '$strict->{address}'"),
		'true|00:00:01|t', 'since it was closed');
	$back->connect;
	speaks($back, 'connected again in time');
	meanwhile('closed', 5);
	is(cases($back), '0|0', 'connected again in time: no case');
	is(cases($other), '0|0', 'a closed connection alone is no silence where no row says so');
	$strict->connect;
	speaks($strict);
	is_restored($strict, 'connected again');
	return;
}

# What is not in device_now yet, and what comes by fireiot.ingest().
sub not_by_the_table
{
	set_and_reload($node, 'fireiot.flush_interval' => '10min');
	my ($d, $fed) = (device('3 s'), device('3 s'));
	my $marker = device('2 s');
	my $found = "SELECT count(*) FROM fireiot.alarm_now WHERE device = '$marker->{address}' AND origin = 'silence'";

	speaks($_) for $d, $fed, $marker;
	foreach my $round (1 .. 3)
	{
		my $end = time + 3;

		# now and then, as it may
		wait_until(sub {
				return 1 if time > $end;
				$d->say($d->frame) eq 'confirmed' or die "not confirmed\n";
				my $bytes = unpack 'H*', $fed->frame;
				sql("SELECT * FROM ingest('\\x$bytes')");
				return 0;
			}, 'three seconds are over');
	}
	is(sql($found), '1', 'another one is silent');
	is(cases($d), '0|0', 'it speaks, and device_now does not know it yet: no case');
	is(cases($fed), '0|0', 'its frames come by fireiot.ingest(): no case');
	set_and_reload($node, 'fireiot.flush_interval' => '1s');
	becomes_silent($_, 'and now') for $d, $fed;
	sql("UPDATE device SET enabled = false WHERE device IN ('$d->{address}', '$fed->{address}', '$marker->{address}')");
	return;
}

# A listener that cannot store has not heard.
sub stuck
{
	my ($d, $quiet) = (device('4 s'), device('4 s'));
	my $session = $node->background_psql('city');

	speaks($_) for $d, $quiet;
	$session->query_safe('BEGIN; LOCK TABLE fireiot.frame IN EXCLUSIVE MODE');
	my $frame = $d->frame;
	$d->send($frame);
	ok($node->poll_query_until('city', "SELECT now() - xact_start > '9 s' FROM pg_stat_activity WHERE backend_type = 'fireiot listener' AND wait_event_type = 'Lock'"),
		'a batch has waited for twice as long as they may be silent');
	is(cases($d) . ' ' . cases($quiet), '0|0 0|0', 'nobody is silent meanwhile');
	$session->query_safe('COMMIT');
	$session->quit;
	is(scalar $d->answers(1), 1, 'then it can');
	is(cases($d), '0|0', 'and what spoke meanwhile has no case');
	becomes_silent($quiet, 'what did not speak');
	sql("UPDATE device SET enabled = false WHERE device IN ('$d->{address}', '$quiet->{address}')");
	return;
}

# Neither when the clock is set.
sub clock_set
{
	my $d = device('20 s');

	foreach my $ahead (86400, 0, -86400, 0)
	{
		speaks($d);
		write_clock($ahead);
		meanwhile("clock $ahead s ahead");
		is(cases($d), '0|0', "clock $ahead s ahead: no case");
	}
	sql("UPDATE device SET enabled = false WHERE device = '$d->{address}'");
	return;
}

# A server that was down has not heard; one that is up waits as long as the row says.
sub restarted
{
	my ($how, $away) = @_;
	my ($d, $e) = (device('4 s'), device('4 s'));

	speaks($_) for $d, $e;
	$away->();
	wait_for_port($port);
	$_->{port} = $port for $d, $e;
	$e->connect;
	speaks($e, "$how: one speaks again");
	becomes_silent($d, "$how: the other one");
	is(sql("SELECT a.received_at - l.started_at >= '4 s', a.received_at >= a.occurred_at + '4 s', (a.detail ->> 'last_heard')::timestamptz < l.started_at
			FROM alarm AS a, listener AS l WHERE a.device = '$d->{address}' AND l.number = 1"),
		't|t|t', "$how: it had its time since the listener is there");
	becomes_silent($e, "$how: both, in the end");
	$_->connect for $d, $e;
	speaks($_) for $d, $e;
	is_restored($_, $how) for $d, $e;
	sql("UPDATE device SET enabled = false WHERE device IN ('$d->{address}', '$e->{address}')");
	return;
}

sub another_listener
{
	my %old = map { $_ => 1 } workers($node);

	kill 'TERM', keys %old;
	wait_until(sub { my @new = workers($node); @new == 1 && !$old{ $new[0] } }, 'there is another listener');
	return;
}

# What is silent when the server goes down is so when it is back: no other case.
sub silent_and_restarted
{
	my ($d, $e) = (device('2 s'), device('2 s'));

	speaks($_) for $d, $e;
	becomes_silent($_, 'before a restart') for $d, $e;
	$node->stop('immediate');
	start($node);
	wait_for_port($port);
	$d->connect;
	speaks($d, 'after a restart');
	is_restored($d, 'after a restart');
	sql("UPDATE device SET enabled = false WHERE device = '$d->{address}'");
	meanwhile('after a restart');
	is(sql("SELECT repeats FROM alarm_now WHERE device = '$e->{address}'") . ' ' . cases($e), '0 1|1', 'silent before and after it: the same case, not repeated');
	is(cases($d), '1|0', 'heard after it: restored');
	return;
}

# Many at once: some transactions, and back.
sub many
{
	my $n = 1200;
	my $d = Device->new('512000000000', $port, udp => 1);
	my $open = "SELECT count(*) FROM fireiot.alarm_now WHERE device >= '512000000000' AND device < '513000000000' AND origin = 'silence' AND restored_at IS NULL";
	my $all = sub {
		foreach my $i (1 .. $n)
		{
			$d->send(frame(seq => ++$d->{seq} & 0xffff, src => sprintf('5120%08x', $i), unit => state_unit(1, 0)));
			$d->answers(50) if $i % 50 == 0;
		}
	};

	sql("INSERT INTO device (device, model) SELECT ('5120' || lpad(to_hex(i), 8, '0'))::device_addr, 'many' FROM generate_series(1, $n) AS i;
		INSERT INTO supervision (model, silent_after) VALUES ('many', '5 s')");
	$all->();
	is(sql("SELECT count(DISTINCT device) FROM frame WHERE device BETWEEN '512000000001' AND '512fffffffff'"), $n, 'many speak');
	ok($node->poll_query_until('city', $open, $n), 'many are silent');
	cmp_ok(sql("SELECT count(DISTINCT tx) FROM alarm WHERE device BETWEEN '512000000001' AND '512fffffffff'"), '<', 20, 'in some transactions');
	is(sql("SELECT count(*) FROM alarm WHERE device BETWEEN '512000000001' AND '512fffffffff'"), $n, 'a case each');
	sql("UPDATE supervision SET silent_after = '1 h' WHERE model = 'many'");
	$all->();
	ok($node->poll_query_until('city', $open, 0), 'many are heard again');
	return;
}

sub rebuilt
{
	sql('CREATE TABLE public.was AS TABLE alarm_now');
	cmp_ok(sql("SELECT count(*) FROM public.was WHERE origin = 'silence'"), '>', 5, 'open cases');
	is(sql('SELECT rebuild_alarms()'), '0', 'made again: nothing is otherwise');
	sql('TRUNCATE alarm_now');
	sql('SELECT rebuild_now()');
	is(sql('SELECT count(*) FROM (TABLE public.was EXCEPT TABLE alarm_now) AS d'), '0', 'from nothing: the same');
	is(sql('SELECT rebuild_clocks()'), '0', 'and the clocks are what the records say');
	sql('DROP TABLE public.was');
	return;
}

# The registry is read, nothing is silent: the keeper sleeps.
sub idle
{
	my $keeper = sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'");
	my $problem = sql('SELECT recheck_alarms()');

	is($problem, '0', 'nothing was missed');
	is(sql("SELECT state FROM keeper_state()"), 'working', 'and the keeper is well');
	unlike(slurp_file($node->logfile), qr/ (?:PANIC|TRAP)|keeper: (?!canceling|terminating)/, 'nothing went wrong');
	return;
}

sub promoted
{
	my $standby = PostgreSQL::Test::Cluster->new('silence_standby');
	my $other = free_port();

	$node->backup('base');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->append_conf('postgresql.conf', "fireiot.port = $other");
	start($standby);
	restarted('promoted', sub {
			$node->wait_for_catchup($standby);
			$node->stop('immediate');
			$standby->promote;
			$node = $standby;
			$port = $other;
		});
	return;
}

append_to_file($clock, pack 'q', 0);
$node->stop;
start($node);
wait_for_port($port);
my $tcp = device('2 s');
silent_and_back($tcp, 'TCP');
again($tcp);
silent_and_back(device('2 s', {}, udp => 1), 'UDP');
unsupervised();
rows();
by_design();
closed();
not_by_the_table();
stuck();
clock_set();
restarted('restarted', sub { $node->stop; start($node) });
restarted('crashed', sub { $node->stop('immediate'); start($node) });
restarted('another listener', \&another_listener);
silent_and_restarted();
many();
rebuilt();
idle();
promoted();
$node->stop;
done_testing();
