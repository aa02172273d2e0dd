# Clocks of alarms by a wall clock that is set: nothing is breached before it is
# due, all of it right behind; after a crash, under another keeper, on a standby
# that takes over, and when the clock goes back, the rows decide.
use strict;
use warnings;

use Clock;
use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $clock = Clock->new;
my ($node, $port) = new_centre('clocks', 'restart_after_crash = on', allows_streaming => 1);
my $device = Device->new('00d100000001', $port);

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

# A new case of this class in a unit of these packs, by a frame of a device or by
# a report; returns its id.
sub open_case
{
	my ($unit, $kind) = @_;
	return sql("SELECT fireiot.report_event('$kind', unit_id => $unit, subject => clock_timestamp()::text)");
}

sub state_of
{
	my ($case, $rule) = @_;
	return sql("SELECT state FROM deadline WHERE alarm_id = $case AND rule = '$rule'");
}

# Set the clock so that a deadline is due in so many seconds, about.
sub set_before
{
	my ($case, $rule, $seconds) = @_;
	my $left = sql("SELECT floor(extract(epoch FROM due_at - clock_timestamp()) - $seconds) FROM deadline WHERE alarm_id = $case AND rule = '$rule' AND state = 'open'");
	$clock->ahead($clock->{ahead} + $left);
	return;
}

# Two seconds before it is due it runs; then it is breached at that moment.
sub breached_when_due
{
	my ($case, $rule, $step) = @_;

	set_before($case, $rule, 2);
	is(state_of($case, $rule), 'open', "$rule: two seconds before it is due it runs");
	ok($node->poll_query_until('city', "SELECT state = 'breached' FROM fireiot.deadline WHERE alarm_id = $case AND rule = '$rule'"), "$rule: breached");
	is( sql("SELECT string_agg(s.step, ' ' ORDER BY s.id), bool_and(s.due_at = d.due_at), bool_and(s.received_at > d.due_at), bool_and(s.received_at = d.breached_at)
			FROM alarm_step AS s JOIN deadline AS d ON d.alarm_id = s.alarm_id AND d.rule = s.rule
			WHERE s.alarm_id = $case AND s.rule = '$rule'"),
		join('|', $step ? "breached $step" : 'breached', 't', 't', 't'), "$rule: the steps, with both times");
	my $lag = sql("SELECT round(1000 * extract(epoch FROM breached_at - due_at)) FROM deadline WHERE alarm_id = $case AND rule = '$rule'");
	cmp_ok($lag, '<', 1000, "$rule: $lag ms behind it");
	return;
}

# What a rule has told whom.
sub told
{
	my ($case, $rule) = @_;
	return sql("SELECT string_agg(n.reason || ' ' || n.target || coalesce(' ' || c.name, ''), ', ' ORDER BY n.id) FROM notice AS n
		LEFT JOIN contact AS c ON c.id = n.contact_id WHERE n.alarm_id = $case AND n.rule = '$rule'");
}

sub city
{
	sql(q{
		INSERT INTO unit (id, name, division_code) OVERRIDING SYSTEM VALUE VALUES (1, 'mall', '330100'), (2, 'kiln', '360200'), (3, 'shop', '330100');
		INSERT INTO unit_profile (unit_id, control_room) VALUES (1, true);
		INSERT INTO contact (unit_id, role, name, channels) VALUES (1, 'control_room', 'room', '{call:1}'), (1, 'safety_manager', 'manager', '{sms:2}'),
			(1, 'responsible_person', 'head', '{call:3}'), (3, 'safety_manager', 'owner', '{call:4}'), (NULL, 'data_platform', 'province', '{webhook:https://example.org/}');
		INSERT INTO device (device, unit_id) VALUES ('00d100000001', 1)});
	return;
}

# ZJ 8.4.2 from the frame of a device on.
sub fire_in_the_mall
{
	is($device->say($device->frame(unit => state_unit(7, 2))), 'confirmed', 'the frame is confirmed');
	my $case = sql("SELECT id FROM alarm WHERE class = 'fire'");
	like($case, qr/^\d+$/, 'and there is a case, in the same transaction');
	is(sql("SELECT string_agg(rule, ' ' ORDER BY rule) FROM deadline WHERE alarm_id = $case AND state = 'open'"), 'ZJ-074 ZJ-075 fire notice', 'with its clocks');
	is(told($case, 'fire notice'), 'opened control_room room, opened safety_manager manager', 'and its automatic notices');
	is(sql("SELECT bool_and(n.created_at >= a.received_at AND n.created_at - a.received_at < '3 s') FROM notice AS n JOIN alarm AS a ON a.id = n.alarm_id"), 't', 'at once');
	breached_when_due($case, 'fire notice');
	sql("SELECT record_notice($case)");
	is(state_of($case, 'fire notice'), 'late', 'noticed then, it is late');
	set_before($case, 'ZJ-074', 4);
	sql("SELECT record_call($case)");
	is(state_of($case, 'ZJ-074'), 'met', 'called in the minute');
	breached_when_due($case, 'ZJ-077', 'plan_started');
	is(told($case, 'ZJ-077'), 'plan safety_manager manager, plan responsible_person head', 'ZJ-077: the plan starts, and who is told');
	breached_when_due($case, 'ZJ-075');
	sql("SELECT verify_alarm($case, false, 'dust'); SELECT report_back($case, 'cleaned'); SELECT record_result($case, 'dust'); SELECT close_alarm($case)");
	is(state_of($case, 'ZJ-080'), 'met', 'recorded');
	is(sql("SELECT count(*) FROM deadline WHERE alarm_id = $case AND state = 'open'"), '0', 'nothing runs in a closed case');
	is(told(open_case(3, 'fire.telephone'), 'fire notice'), 'opened safety_manager owner', 'where there is no control room the safety manager is told');
	return;
}

sub fault_in_two_provinces
{
	my $mall = open_case(1, 'fault.reported');
	my $kiln = open_case(2, 'fault.reported');

	sql("SELECT record_notice($_)") foreach $mall, $kiln;
	breached_when_due($kiln, 'JD-036', 'hazard_pushed');
	breached_when_due($kiln, 'JD-037', 'hazard_pushed');
	is(state_of($mall, 'ZJ-063'), 'open', 'ZJ-063 runs by working days');
	breached_when_due($mall, 'ZJ-063', 'escalated');
	is(sql("SELECT to_char(due_at AT TIME ZONE fireiot.setting('time_zone'), 'HH24:MI:SS') FROM deadline WHERE alarm_id = $mall AND rule = 'ZJ-063'"), '00:00:00', 'and ends with a day');
	is(told($mall, 'ZJ-063'), 'escalation responsible_person head, escalation data_platform province', 'who is told of it');
	is(sql("SELECT escalated_at IS NOT NULL FROM alarm_now WHERE id = $mall"), 't', 'and the case says so');
	return;
}

# Set back, nothing is breached twice; what is opened then runs from then.
sub clock_goes_back
{
	my $before = sql("SELECT count(*) FROM alarm_step WHERE step = 'breached'");
	my $old = open_case(1, 'gas.leak');

	$clock->ahead($clock->{ahead} - 3600);
	my $case = open_case(1, 'gas.leak');
	breached_when_due($case, 'ZJ-067');
	is(state_of($old, 'ZJ-067'), 'open', 'one that was opened in the future waits for its time');
	breached_when_due($old, 'ZJ-067');
	is(sql("SELECT count(*) - count(DISTINCT (alarm_id, pack, rule, fields ->> 'run')) FROM alarm_step WHERE step = 'breached'"), '0', 'nothing is breached twice');
	cmp_ok(sql("SELECT count(*) FROM alarm_step WHERE step = 'breached'"), '>', $before, 'and something is');
	return;
}

# Another keeper, and a server that was down when it was due.
sub crashes
{
	my $case = open_case(1, 'fault.reported');
	my $keeper = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot keeper'";

	kill 'KILL', sql($keeper);
	# not by psql's standard input: who cannot connect does not read it
	wait_until(sub { return run_log([ 'psql', '-Xqc', 'SELECT 1', $node->connstr('city') ], '>', '/dev/null', '2>', '/dev/null') }, 'the server is up again');
	breached_when_due($case, 'ZJ-060');
	my $down = open_case(1, 'fault.reported');
	$node->stop('immediate');
	$clock->ahead($clock->{ahead} + 7200);
	$clock->start($node);
	ok($node->poll_query_until('city', "SELECT state = 'breached' FROM fireiot.deadline WHERE alarm_id = $down AND rule = 'ZJ-060'"), 'due while the server was down: breached when it is up');
	cmp_ok(sql("SELECT extract(epoch FROM s.received_at - s.due_at) FROM alarm_step AS s WHERE alarm_id = $down AND step = 'breached' AND rule = 'ZJ-060'"),
		'>', 3600, 'late, and both times are there');
	return;
}

# What somebody works at is not waited for.
sub held_case
{
	my ($held, $free) = map { open_case($_, 'gas.leak') } 1, 3;
	my $session = $node->background_psql('city');

	$session->query_safe("BEGIN; SELECT record_notice($held)");
	breached_when_due($free, 'ZJ-067');
	is(state_of($held, 'ZJ-067'), 'open', 'a case that is held is left alone');
	$session->query_safe('COMMIT');
	$session->quit;
	is(state_of($held, 'ZJ-067'), 'met', 'what was told in time is in time, though committed later');
	return;
}

# What else the keeper does fails: breaches are recorded all the same.
sub seal_fails
{
	my $case = open_case(1, 'gas.leak');

	sql('REVOKE EXECUTE ON FUNCTION fireiot.seal() FROM fireiot_listener');
	breached_when_due($case, 'ZJ-067');
	sql('SELECT fireiot.setup_role()');
	return;
}

sub promoted
{
	my $case = open_case(1, 'fault.reported');
	my $standby = PostgreSQL::Test::Cluster->new('clocks_standby');

	$node->backup('base');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->append_conf('postgresql.conf', 'fireiot.port = ' . free_port());
	$clock->start($standby);
	$node->wait_for_catchup($standby);
	$node->stop('immediate');
	$standby->promote;
	$node = $standby;
	breached_when_due($case, 'ZJ-060');
	return;
}

$node->stop;
$clock->start($node);
wait_for_port($port);
city();
$device->connect;
fire_in_the_mall();
fault_in_two_provinces();
clock_goes_back();
held_case();
seal_fails();
crashes();
promoted();
is(sql('SELECT fireiot.rebuild_clocks()'), '0', 'the clocks are what the records say');
$node->stop;
done_testing();
