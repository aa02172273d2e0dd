# Alarms: opened in the transaction that stores the frame, repeated, over.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my ($node, $port) = new_centre('alarms', 'fireiot.listeners = 1');
my $last = 0;

sub fresh
{
	return Device->new(sprintf('a1a2%08x', ++$last), $port);
}

sub sql
{
	my ($query) = @_;
	return $node->safe_psql('city', $query);
}

sub said
{
	my ($d, @units) = @_;
	is($d->say($d->frame(unit => $_)), 'confirmed', 'confirmed') for @units;
	return;
}

# Bits: 1 fire, 2 fault, 3 disabled.
sub opened
{
	my $d = fresh();

	said($d, state_unit(1, 1 << 1));
	is( sql("SELECT a.part, a.class, a.kind, a.origin, a.state, a.unit_id IS NULL, a.packs <> '', a.received_at = f.received_at, a.tx = f.tx,
			a.frame_id = f.id, a.occurred_at = o.observed_at
		FROM alarm AS a JOIN frame AS f ON f.device = a.device JOIN observation AS o ON o.frame_id = f.id WHERE a.device = '$d->{address}'"),
		'1.1/40.1|fire|component.fire|bit|component{fire}|t|t|t|t|t|t', 'a fire bit opens an alarm in the transaction of its frame');
	is(sql("SELECT n.id = a.id, n.opened_at = a.received_at, n.part, n.class, n.repeats, n.restored_at IS NULL
		FROM alarm_now AS n JOIN alarm AS a USING (id) WHERE n.device = '$d->{address}'"),
		't|t|1.1/40.1|fire|0|t', 'and is in alarm_now');
	is(sql("SELECT count(*) FROM alarm_step AS s JOIN alarm AS a ON a.id = s.alarm_id WHERE a.device = '$d->{address}'"), '0', 'without a step');
	return;
}

# The case of a part as alarm_now has it.
sub now_of
{
	my ($d, $part, $class) = @_;
	return sql("SELECT repeats, restored_at IS NOT NULL FROM alarm_now WHERE device = '$d->{address}' AND part = '$part' AND class = '$class'");
}

# What happened to the cases of a device, in their order.
sub steps
{
	my ($d) = @_;
	return sql("SELECT string_agg(e.class || ':' || e.step, ' ' ORDER BY e.step_id) FROM (
		SELECT a.class, e.step, e.step_id FROM alarm_event AS e JOIN alarm AS a ON a.id = e.alarm_id
		WHERE a.device = '$d->{address}' ORDER BY e.alarm_id, e.step_id) AS e") =~ s/^$/none/r;
}

sub case_of
{
	my ($d) = @_;
	return sql("SELECT min(id) FROM alarm_now WHERE device = '$d->{address}'");
}

sub value_unit
{
	my ($quantity, $raw) = @_;
	return pack 'C2 C3 V C s< a6', 3, 1, 1, 1, 40, 1, $quantity, $raw, time_tag();
}

sub repeated
{
	my $d = fresh();

	said($d, state_unit(1, 2), state_unit(1, 2), state_unit(1, 3));
	is(now_of($d, '1.1/40.1', 'fire'), '0|f', 'the same again, and bit 0 set: nothing');
	said($d, state_unit(1, 0));
	is(now_of($d, '1.1/40.1', 'fire'), '0|t', 'the bit falls: restored, and open still');
	said($d, state_unit(1, 2));
	is(now_of($d, '1.1/40.1', 'fire'), '1|f', 'it rises again: repeated, on the same case');
	is(steps($d), 'fire:opened fire:restored fire:repeated', 'each is a step');
	said($d, state_unit(1, 2 | 4 | 8));
	is(now_of($d, '1.1/40.1', 'fault'), '0|f', 'another class of the same part is another case');
	is(sql("SELECT kind FROM alarm WHERE device = '$d->{address}' AND class = 'fault'"), 'component.fault', 'of the first of its bits');
	said($d, state_unit(1, 2 | 8));
	is(now_of($d, '1.1/40.1', 'fault'), '0|f', 'one of two bits of a class falls: not restored');
	said($d, state_unit(1, 2));
	is(now_of($d, '1.1/40.1', 'fault'), '0|t', 'with the last one it is');
	said($d, state_unit(2, 0));
	is(sql("SELECT count(*) FROM alarm WHERE device = '$d->{address}' AND part = '1.1/40.2'"), '0', 'bit 0 clear is no alarm');
	return;
}

# Frames of one batch, one after the other.
sub in_one_batch
{
	my $d = fresh();

	$d->send(join '', map { $d->frame(unit => state_unit(1, $_)) } 0, 2, 0);
	is(scalar $d->answers(3), 3, 'three frames at once');
	is(now_of($d, '1.1/40.1', 'fire'), '0|t', 'what rises and falls in one batch opens an alarm');
	is(sql("SELECT count(DISTINCT tx) FROM frame WHERE device = '$d->{address}'"), '1', 'it was one batch');
	$d->send(join '', map { $d->frame(unit => state_unit(1, $_)) } 2, 0, 2, 0, 2);
	is(scalar $d->answers(5), 5, 'five frames at once');
	is(steps($d), 'fire:opened fire:restored fire:repeated fire:restored fire:repeated fire:restored fire:repeated', 'in their order');
	is(now_of($d, '1.1/40.1', 'fire'), '3|f', 'the last one counts');

	# two parts in one object list, all kinds of states in one batch
	my $e = fresh();
	$e->send(join '', $e->frame(unit => state_unit([ 1, 2, 3 ], 2)), $e->frame(unit => pack('C4 v a6', 1, 1, 1, 1, 4, time_tag())),
		$e->frame(unit => pack('C3 a6', 21, 1, 0x21, time_tag())));
	is(scalar $e->answers(3), 3, 'of parts, a system and the device');
	is(sql("SELECT string_agg(concat_ws(' ', part, class, kind), ', ' ORDER BY part, class) FROM alarm WHERE device = '$e->{address}'"),
		'1.1 fault system.fault, 1.1/40.1 fire component.fire, 1.1/40.2 fire component.fire, 1.1/40.3 fire component.fire, link device.centre_link_fault',
		'each has its case; of the device itself the part is null');
	return;
}

# A listener that knows nothing compares with part_now.
sub restarted
{
	my ($d, $e) = (fresh(), fresh());

	said($d, state_unit(1, 2));
	said($e, state_unit(1, 2));
	$node->restart;
	wait_for_port($port);
	$_->connect for $d, $e;
	said($d, state_unit(1, 2));
	is(now_of($d, '1.1/40.1', 'fire'), '0|f', 'after a restart: the same is no repeat');
	said($d, state_unit(2, 0));
	is(now_of($d, '1.1/40.1', 'fire'), '0|f', 'after a restart: what another part says ends nothing');
	said($e, state_unit(1, 0));
	is(now_of($e, '1.1/40.1', 'fire'), '0|t', 'after a restart: what has fallen is restored');
	is(sql("SELECT count(*) FROM alarm WHERE device IN ('$d->{address}', '$e->{address}')"), '2', 'after a restart: no other alarm');
	return;
}

sub limits
{
	my $d = fresh();

	sql("INSERT INTO threshold (device, quantity, low, high, hysteresis) VALUES ('$d->{address}', 3, -10, 50, 5)");
	said($d, value_unit(3, 400));
	is(now_of($d, '1.1/40.1', 'event'), '', 'a value within its limits');
	said($d, value_unit(3, 501));
	is(now_of($d, '1.1/40.1', 'event'), '0|f', 'above: an alarm');
	is(sql("SELECT kind, origin, quantity, value, limit_value, subject FROM alarm WHERE device = '$d->{address}'"),
		'value.high|value|3|50.1|50|quantity 3', 'with value and limit');
	said($d, value_unit(3, 600), value_unit(3, 480), value_unit(3, 520));
	is(now_of($d, '1.1/40.1', 'event'), '0|f', 'to and fro within the hysteresis: nothing');
	said($d, value_unit(3, 449));
	is(now_of($d, '1.1/40.1', 'event'), '0|t', 'back inside: restored');
	said($d, value_unit(3, -101));
	is(now_of($d, '1.1/40.1', 'event'), '1|f', 'below: it came again');
	is(sql("SELECT fields ->> 'kind', fields ->> 'value' FROM alarm_step WHERE alarm_id = " . case_of($d) . " AND step = 'repeated'"),
		'value.low|-10.1', 'the other way');
	said($d, value_unit(4, 9999));
	is(sql("SELECT count(*) FROM alarm WHERE device = '$d->{address}'"), '1', 'another quantity has no limit');

	# the most particular row counts
	sql("INSERT INTO threshold (quantity, high, class, kind) VALUES (3, 20, 'fault', 'electric.abnormal'), (5, 1, 'event', NULL)");
	said($d, value_unit(3, 300));
	is(sql("SELECT count(*) FROM alarm WHERE device = '$d->{address}'"), '1', 'a limit for all is none for a device that has one');
	my $e = fresh();
	said($e, value_unit(3, 300));
	is(sql("SELECT class, kind, limit_value FROM alarm WHERE device = '$e->{address}'"), 'fault|electric.abnormal|20', 'it is for others');
	sql('DELETE FROM threshold');
	return;
}

sub operations
{
	my $d = fresh();
	my $operation = sub { return pack 'C3 C4 a6', 4, 1, 1, 1, $_[0], 7, 0, time_tag() };
	my $of_system = sub { return pack 'C2 C4 a6', 4, 1, 1, 1, $_[0], 7, time_tag() };

	said($d, $of_system->(1));
	is(sql("SELECT count(*) FROM alarm WHERE device = '$d->{address}'"), '0', 'a reset is no alarm');
	said($d, $of_system->(4));
	is(sql("SELECT part, class, kind, origin, state FROM alarm WHERE device = '$d->{address}'"),
		'1.1|fire|operation.manual_alarm|operation|operation{manual_alarm}', 'a manual alarm is');
	said($d, $of_system->(4));
	is(now_of($d, '1.1', 'fire'), '1|f', 'again: repeated');
	said($d, $of_system->(8));
	is(now_of($d, '1.1', 'fire'), '1|t', 'cleared: restored');

	sql("INSERT INTO operation_rule (state_kind, operation, action, class, device) VALUES (4, 'silence', 'open', 'event', '$d->{address}'),
		(4, 'manual_alarm', 'none', 'fire', '$d->{address}')");
	said($d, $of_system->(2), $of_system->(4));
	is(now_of($d, '1.1', 'event'), '0|f', 'a rule of the site');
	is(now_of($d, '1.1', 'fire'), '1|t', 'which wins over ours');
	sql('DELETE FROM operation_rule WHERE NOT builtin');
	said($d, pack 'C3 C a6', 24, 1, 4, 7, time_tag());
	is(sql("SELECT part IS NULL, kind FROM alarm WHERE device = '$d->{address}' AND part IS NULL"), 't|device_operation.manual_alarm', 'of the device');
	return;
}

sub flapping
{
	my $d = fresh();

	said($d, state_unit(1, 2), map { (state_unit(1, 0), state_unit(1, 2)) } 1 .. 4);
	is(sql("SELECT repeats, flapping_since IS NULL FROM alarm_now WHERE device = '$d->{address}'"), '4|t', 'four repeats');
	said($d, map { (state_unit(1, 0), state_unit(1, 2)) } 1 .. 3);
	is(sql("SELECT flapping_since IS NULL FROM alarm_now WHERE device = '$d->{address}'"), 'f', 'with the fifth it flaps');
	ok($node->poll_query_until('city', "SELECT repeats FROM fireiot.alarm_now WHERE device = '$d->{address}'", '7'), 'further ones are counted');
	is(sql("SELECT fields ->> 'count' FROM alarm_step WHERE alarm_id = " . case_of($d) . ' ORDER BY id DESC LIMIT 1'), '2', 'and written together');
	is(sql("SELECT count(*) FROM observation WHERE device = '$d->{address}'"), '15', 'each of them is stored');
	is(sql("SELECT count(*) FROM alarm_step WHERE step = 'flapping' AND alarm_id = " . case_of($d)), '1', 'which is said once');
	my $told = 7;
	foreach my $end (sub { $node->restart }, sub { my @old = @_; kill 'TERM', @old; wait_until(sub { !grep { kill 0, $_ } @old }, 'it ends') })
	{
		said($d, map { (state_unit(1, 0), state_unit(1, 2)) } 1 .. 2);
		$end->(workers($node));
		wait_for_port($port);
		$d->connect;
		ok($node->poll_query_until('city', "SELECT repeats FROM fireiot.alarm_now WHERE device = '$d->{address}'", $told += 2), 'a listener that ends writes what it has counted');
		# the next one has not been told that it flaps
		said($d, state_unit(1, 0), state_unit(1, 2));
		$told++;
	}
	ok($node->poll_query_until('city', "SELECT repeats FROM fireiot.alarm_now WHERE device = '$d->{address}'", $told), 'none is lost');
	is(sql("SELECT sum(coalesce((fields ->> 'count')::integer, 1)) FROM alarm_step WHERE step = 'repeated' AND alarm_id = " . case_of($d)),
		sql("SELECT repeats FROM alarm_now WHERE device = '$d->{address}'"), 'and the records have the same');
	sql('SELECT verify_alarm(id, false, \'a bad contact\'), report_back(id), record_result(id, \'mended\'), close_alarm(id) FROM (SELECT ' . case_of($d) . ' AS id) AS c');
	said($d, state_unit(1, 0), state_unit(1, 2));
	is(now_of($d, '1.1/40.1', 'fire'), '0|f', 'when that is closed, the next one is another case');
	sql("INSERT INTO flapping_rule (class, repeats, within) VALUES ('fire', NULL, '1 hour')");
	my $e = fresh();
	said($e, state_unit(1, 2), map { (state_unit(1, 0), state_unit(1, 2)) } 1 .. 6);
	is(sql("SELECT repeats, flapping_since IS NULL FROM alarm_now WHERE device = '$e->{address}'"), '6|t', 'a site may say never');
	sql('DELETE FROM flapping_rule WHERE NOT builtin');
	return;
}

# Where a part is, and what is announced there.
sub places
{
	my $d = fresh();

	sql("INSERT INTO unit (id, name, division_code) VALUES (1, 'one', '330106'), (2, 'two', '630100');
		INSERT INTO building (id, unit_id, name) VALUES (2, 2, 'of two'); INSERT INTO area (id, building_id, name) VALUES (2, 2, 'first floor');
		INSERT INTO device (device, unit_id) VALUES ('$d->{address}', 1);
		INSERT INTO part (device, part, area_id) VALUES ('$d->{address}', '1.1/40.2', 2);
		INSERT INTO maintenance_window (unit_id, device, part, kind, from_at, to_at, announced_at, measures) VALUES
			(1, NULL, NULL, 'test', now() - interval '1 minute', now() + interval '1 hour', now() - interval '1 day', NULL),
			(NULL, '$d->{address}', '1.1/40.3', 'disable', now() - interval '1 minute', now() + interval '1 hour', now() - interval '1 day', NULL),
			(NULL, '$d->{address}', '1.1/40.4', 'shield', now() - interval '1 minute', now() + interval '1 hour', now() - interval '1 day', 'a guard stands there')");
	said($d, state_unit([ 1, 2, 3, 4 ], 2));
	is(sql("SELECT string_agg(concat_ws(' ', a.part, a.unit_id, h.data_of, w.kind), ', ' ORDER BY a.part)
			FROM alarm AS a JOIN alarm_history AS h USING (id) LEFT JOIN maintenance_window AS w ON w.id = a.window_id WHERE a.device = '$d->{address}'"),
		'1.1/40.1 1 test test, 1.1/40.2 2, 1.1/40.3 1 test test, 1.1/40.4 1 maintenance shield',
		'the unit of the building that the part is in; the window that fits best, of those in force');
	is(sql("SELECT string_agg(DISTINCT unit_id || ' ' || split_part(packs, '/', 1), ', ') FROM alarm WHERE device = '$d->{address}'"),
		'1 zj-db33-2023, 2 qh-2023-38', 'each with the packs of its unit');
	refused($node, 'city', "INSERT INTO fireiot.maintenance_window (unit_id, kind, from_at, to_at) VALUES (1, 'test', now() - interval '1 minute', now())",
		'23514', qr/maintenance_window/, 'a window that was not announced beforehand');
	return $d;
}

# ---- the record is never lost, and the alarm comes ----

sub failing
{
	my $d = fresh();

	sql("ALTER TABLE alarm_now ADD CONSTRAINT site CHECK (device <> '$d->{address}') NOT VALID");
	said($d, state_unit(1, 0), state_unit(1, 2));
	is(sql("SELECT count(*) FROM observation WHERE device = '$d->{address}'"), '2', 'without an alarm the record is stored all the same');
	is(sql("SELECT state FROM part_now WHERE device = '$d->{address}'"), 'component{fire}', 'and what is so now');
	is(sql('SELECT count(*), min(problem) LIKE \'%"site"%\' FROM alarm_backlog'), '1|t', 'its signal is kept');
	like(slurp_file($node->logfile), qr/alarms cannot be written: .*"site"/, 'the log says so');
	is(sql('SELECT recheck_alarms()'), '0', 'as long as it is in the way');
	is(sql('SELECT tries FROM alarm_backlog'), '1', 'it is tried');
	sql('ALTER TABLE alarm_now DROP CONSTRAINT site');
	ok($node->poll_query_until('city', "SELECT count(*) = 1 FROM fireiot.alarm_now WHERE device = '$d->{address}'"), 'the keeper has it done');
	is(sql("SELECT a.received_at = f.received_at, a.frame_id = f.id FROM alarm AS a JOIN frame AS f ON f.id = a.frame_id AND f.device = a.device
		WHERE a.device = '$d->{address}'"), 't|t', 'as it was received');
	is(sql('SELECT count(*) FROM alarm_backlog'), '0', 'nothing is left to do');
	return;
}

# Without a backlog: what part_now says is compared.
sub missed
{
	my ($d, $e, $f) = (fresh(), fresh(), fresh());

	said($d, state_unit(1, 2));
	said($e, state_unit(1, 2));
	said($f, state_unit(1, 2));
	is(sql('SELECT recheck_alarms()'), '0', 'nothing is missed');
	sql("SELECT verify_alarm(" . case_of($e) . ", false, 'steam'); SELECT close_alarm(" . case_of($e) . ')');
	is(sql('SELECT recheck_alarms()'), '0', 'what was closed while the bit is set stays closed');
	sql("UPDATE part_now SET state = 'component{}', received_at = now() WHERE device = '$f->{address}'");
	is(sql('SELECT recheck_alarms()'), '1', 'a bit that has fallen unnoticed');
	is(now_of($f, '1.1/40.1', 'fire'), '0|t', 'is restored');
	sql("ALTER TABLE part_now DISABLE TRIGGER USER; INSERT INTO part_now (device, part, kind, quantity, state, received_at, since, frame_id)
		VALUES ('$f->{address}', '1.1/40.9', 2, -1, 'component{fault}', now(), now(), 1)");
	is(sql('SELECT recheck_alarms()'), '1', 'a bit that is set unnoticed');
	is(sql("SELECT class, kind FROM alarm WHERE device = '$f->{address}' AND part = '1.1/40.9'"), 'fault|component.fault', 'opens a case');
	sql("INSERT INTO threshold (device, quantity, high) VALUES ('$d->{address}', 3, 10)");
	said($d, value_unit(3, 90), value_unit(3, 95));
	sql("UPDATE threshold SET high = 9.2 WHERE device = '$d->{address}'");
	is(sql('SELECT recheck_alarms()'), '1', 'a limit that was set when the value is behind it already');
	is(sql('SELECT recheck_alarms()'), '0', 'once');
	is(sql('SELECT count(*) FROM missed_signals()'), '0', 'nothing is missed any more');
	sql('DELETE FROM threshold');
	return;
}

sub rebuilt
{
	sql('CREATE TABLE public.was AS TABLE alarm_now');
	cmp_ok(sql('SELECT count(*) FROM public.was'), '>', 20, 'open cases');
	is(sql('SELECT count(*) FROM (SELECT * FROM fold_alarms(ARRAY(SELECT id FROM alarm_now)) EXCEPT TABLE alarm_now) AS d'), '0',
		'from the records they are the same, in every column');
	is(sql('SELECT rebuild_alarms()'), '0', 'made again: nothing is otherwise');
	sql('TRUNCATE alarm_now');
	is(sql('SELECT rebuild_alarms() = (SELECT count(*) FROM public.was)'), 't', 'from nothing');
	is(sql('SELECT count(*) FROM (TABLE public.was EXCEPT TABLE alarm_now) AS d'), '0', 'the same cases');
	sql("UPDATE alarm_now SET class = 'link', subject = id::text; INSERT INTO alarm_now SELECT (n).* FROM (SELECT n FROM alarm_now AS n LIMIT 0) AS s");
	sql('SELECT rebuild_now()');
	is(sql('SELECT count(*) FROM (TABLE public.was EXCEPT TABLE alarm_now) AS d'), '0', 'nor does it matter what somebody did to the table');
	sql('DROP TABLE public.was');
	return;
}

# ---- steps ----

sub no_step
{
	my ($call, $sqlstate, $messages, $name) = @_;
	refused($node, 'city', "SELECT fireiot.$call", $sqlstate, $messages, $name);
	return;
}

sub case_by_case
{
	my ($where) = @_;
	my $case = sql("SELECT id FROM alarm_now WHERE device = '$where->{address}' AND part = '1.1/40.1'");

	no_step("answer($case)", '55000', qr/alarm $case lacks the steps called \(ZJ 8\.4\.2\) for step "answered"/, 'an answer without a call');
	sql("SELECT acknowledge($case, 'Wang'), record_call($case, 'control_room', '0571-1'), answer($case, 'Li', at => now() - interval '2 seconds')");
	no_step("acknowledge($case, 'Zhao')", '55000', qr/already acknowledged.*By Wang at/s, 'taken twice');
	no_step("verify_alarm($case, false)", '22004', qr/lacks cause \(ZJ 8\.4\.3\)/, 'false without a cause');
	no_step("verify_alarm($case, NULL)", '22004', qr/lacks verdict/, 'no verdict');
	no_step("close_alarm($case)", '55000', qr/lacks the steps/, 'closed without what the pack asks for');
	no_step("answer($case, at => now() + interval '1 hour')", '22023', qr/is to come/, 'what is to come');
	no_step('acknowledge(4711)', '42704', qr/there is no alarm 4711/, 'no alarm');
	sql("SELECT verify_alarm($case, false, 'dust'), start_handling($case), report_back($case, 'cleaned'), record_result($case, 'dust removed'), add_note($case, 'x')");
	is( sql("SELECT acknowledged_by, verdict, num_nulls(acknowledged_at, called_at, answered_at, verified_at, handling_at, reported_back_at, recorded_at)
		FROM alarm_now WHERE id = $case"), 'Wang|f|0', 'what was done is in alarm_now');
	is(sql("SELECT received_at - at > interval '1.9 seconds', actor, fields ->> 'person', fields ->> 'login' = actor FROM alarm_step
		WHERE alarm_id = $case AND step = 'answered'"), 't|' . sql('SELECT session_user') . '|Li|', 'both times, the actor, what was said');
	sql("SELECT close_alarm($case, 'done', 'Wang')");
	is(sql("SELECT count(*) FROM alarm_now WHERE id = $case"), '0', 'closed: it leaves alarm_now');
	is(sql("SELECT fields ->> 'digest' = encode(case_digest($case, id), 'hex'), fields ->> 'repeats', fields ->> 'true'
		FROM alarm_step WHERE alarm_id = $case AND step = 'closed'"), 't|0|false', 'its last step seals it');
	no_step("add_note($case, 'late')", '55000', qr/alarm $case is closed.*reopen/s, 'a closed case');
	no_step("reopen($case, '')", '22004', qr/lacks note/, 'opened again without a reason');
	sql("SELECT reopen($case, 'was true after all')");
	is(sql("SELECT verdict, recorded_at IS NULL, acknowledged_by FROM alarm_now WHERE id = $case"), 'f|t|Wang', 'opened again');
	no_step("reopen($case, 'again')", '55000', qr/is open/, 'what is open');
	sql("SELECT verify_alarm($case, true), reclassify($case, 'event', note => 'smoke of a kitchen')");
	is(sql("SELECT class, opened_as, kind, verdict FROM alarm_now WHERE id = $case"), 'event|fire|component.fire|t', 'of another class, with another verdict');
	is(sql("SELECT class, opened_as FROM alarm_history WHERE id = $case"), 'event|fire', 'in the history, too');
	said($where, state_unit(1, 0));
	is(sql("SELECT restored_at IS NOT NULL FROM alarm_now WHERE id = $case"), 't', 'what ends it is of its first class');
	said($where, state_unit(1, 2));
	is(sql("SELECT count(*) FROM alarm_now WHERE device = '$where->{address}' AND part = '1.1/40.1'"), '2', 'a new fire is a new case');
	no_step("reclassify($case, 'fire')", '55000', qr/of the same part alarm \d+ is open/i, 'two of one class');
	no_step("reclassify($case, 'noise')", '22023', qr/cannot become noise/, 'no class');
	return;
}

# Two conditions: the signal is normal again, and somebody says so.
sub released
{
	my $d = fresh();

	sql("INSERT INTO unit (id, name, division_code) VALUES (3, 'three', '320505'); INSERT INTO unit_profile (unit_id, control_room, classified, residential, packs)
		VALUES (3, false, false, false, '{sz-db3205-2023}'); INSERT INTO device (device, unit_id) VALUES ('$d->{address}', 3)");
	said($d, state_unit(1, 2));
	my $case = case_of($d);
	like(sql("SELECT packs FROM alarm WHERE id = $case"), qr/sz-db3205-2023/, 'under the draft of Suzhou');
	sql("SELECT verify_alarm($case, true)");
	no_step("release_alarm($case)", '55000', qr/restored \(.*6\.3\.6\.1.*danger_removed_by \(/, 'released with neither');
	no_step("release_alarm($case, 'Chen')", '55000', qr/restored \(/, 'released while the signal is on');
	said($d, state_unit(1, 0));
	no_step("release_alarm($case)", '22004', qr/danger_removed_by/, 'released without the word of anybody');
	sql("SELECT release_alarm($case, 'Chen')");
	is(sql("SELECT released_at IS NOT NULL FROM alarm_now WHERE id = $case"), 't', 'with both it is released');
	no_step("release_alarm($case, 'Chen')", '55000', qr/already released/, 'twice');
	return;
}

sub reported
{
	my $case = sql("SELECT report_event('video.passage_blocked', unit_id => 1, camera => '34020000001310000001', confidence => 0.93,
		picture_digest => sha256('x'), source => 'video', occurred_at => now() - interval '3 seconds')");

	is(sql("SELECT class, origin, unit_id, device IS NULL, subject, detail ->> 'confidence', length(detail ->> 'picture_digest'), packs LIKE 'zj%' FROM alarm WHERE id = $case"),
		'event|report|1|t|camera 34020000001310000001|0.93|64|t', 'what a camera has seen');
	is(sql("SELECT report_event('video.passage_blocked', unit_id => 1, camera => '34020000001310000001', confidence => 0.95)"), $case, 'seen again: the same case');
	is(sql("SELECT repeats FROM alarm_now WHERE id = $case"), '1', 'repeated');
	isnt(sql("SELECT report_event('video.passage_blocked', unit_id => 1, camera => '34020000001310000002')"), $case, 'another camera: another case');
	is(sql("SELECT report_event('video.passage_blocked', unit_id => 1, camera => '34020000001310000001', cleared => true)"), $case, 'it is over');
	is(sql("SELECT restored_at IS NOT NULL FROM alarm_now WHERE id = $case"), 't', 'restored');
	is(sql("SELECT report_event('gas.leak', subject => 'nobody', cleared => true) IS NULL"), 't', 'what is over and was not open');
	no_step("report_event('no.kind', unit_id => 1)", '22023', qr/no such kind/, 'no kind');
	no_step("report_event('gas.leak')", '22023', qr/neither device, unit, camera nor subject/, 'about nothing');
	no_step("report_event('gas.leak', unit_id => 1, confidence => 2)", '22023', qr/between 0 and 1/, 'more than certain');
	return;
}

# No two get one case.
sub claimed
{
	my $one = $node->background_psql('city');
	my $open = sql("SELECT count(*) FROM alarm_now WHERE acknowledged_at IS NULL AND class = 'fire'");
	my $first = $one->query_safe("BEGIN; SELECT fireiot.claim_next('{fire}', 'one')");
	my $second = sql("SELECT claim_next('{fire}', 'two')");

	isnt($second, $first, 'two who ask at once get another one each');
	is($first, sql("SELECT id FROM alarm_now WHERE acknowledged_at IS NULL AND class = 'fire' ORDER BY opened_at, id LIMIT 1"), 'the oldest first');
	$one->query_safe('COMMIT');
	$one->quit;
	is(sql("SELECT count(*) FROM alarm_now WHERE acknowledged_at IS NULL AND class = 'fire'"), $open - 2, 'both are taken');
	is(sql("SELECT claim_next('{link}') IS NOT NULL, claim_next('{link}') IS NULL"), 't|t', 'until none is left');
	return;
}

# A signal while somebody closes the case waits, and opens another one.
sub closed_meanwhile
{
	my $d = fresh();
	said($d, state_unit(1, 4), state_unit(1, 0));
	my $case = case_of($d);
	my $session = $node->background_psql('city');

	$session->query_safe("BEGIN; SELECT fireiot.close_alarm($case)");
	$d->send($d->frame(unit => state_unit(1, 4)));
	ok( $node->poll_query_until('city', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fireiot listener' AND wait_event_type = 'Lock'"),
		'a signal waits for who closes the case');
	$session->query_safe('COMMIT');
	$session->quit;
	is(($d->answers(1))[0]{command}, 3, 'and is confirmed');
	is(sql("SELECT count(*), count(*) FILTER (WHERE id <> $case) FROM alarm_now WHERE device = '$d->{address}'"), '1|1', 'with a case of its own');
	return;
}

sub privileges
{
	my $case = sql('SELECT max(id) FROM alarm_now');

	sql("CREATE ROLE duty LOGIN; SELECT grant_operator('duty'); CREATE ROLE eyes LOGIN; SELECT grant_reader('eyes')");
	my $as = sub { return $node->psql('city', "SET ROLE $_[0]; $_[1]", on_error_stop => 1) };
	is(($as->('duty', "SELECT fireiot.add_note($case, 'by a role')"))[0], 0, 'operators call the functions');
	isnt(($as->('duty', "INSERT INTO fireiot.alarm_step (alarm_id, step, actor) VALUES ($case, 'note', 'me')"))[0], 0, 'and insert no steps');
	isnt(($as->('duty', "DELETE FROM fireiot.alarm_now"))[0], 0, 'nor change what is open');
	isnt(($as->('duty', "SELECT fireiot.take_step($case, 'breached', 'me', NULL, NULL, NULL)"))[0], 0, 'nor take steps that are not theirs');
	isnt(($as->('eyes', "SELECT fireiot.add_note($case, 'by a reader')"))[0], 0, 'readers do not');
	is(($as->('eyes', 'SELECT count(*) FROM fireiot.alarm_history; SELECT count(*) FROM fireiot.alarm_event'))[0], 0, 'they read');
	isnt(($as->('duty', "SELECT fireiot.note_signals('{}','{}','{}','{}','{}','{}','{}','{}','{}')"))[0], 0, 'signals are for the listener');
	return;
}

# Plans that were made when there were no cases read those of thousands by keys:
# rows and entries of indexes that a signal reads.
sub plans_of_before
{
	create_database($node, 'plans');
	my $session = $node->background_psql('plans');
	my $read = "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class WHERE oid IN ('fireiot.alarm_now'::regclass, 'fireiot.deadline'::regclass)
		OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN ('fireiot.alarm_now'::regclass, 'fireiot.deadline'::regclass))";
	my $note = sub {
		my ($from, $to, $now) = @_;
		return "SELECT count(*) FROM (SELECT array_agg(n) AS n, array_agg(format('1.1/40.%s', n)::fireiot.part_addr) AS part FROM generate_series($from, $to) AS n) AS s,
			LATERAL fireiot.note_signals(array_fill('00dd00000001'::fireiot.device_addr, ARRAY[cardinality(n)]), part, array_fill(2::smallint, ARRAY[cardinality(n)]),
				array_fill((-1)::smallint, ARRAY[cardinality(n)]), array_fill(2 - $now, ARRAY[cardinality(n)]), array_fill($now, ARRAY[cardinality(n)]),
				array_fill(NULL::timestamptz, ARRAY[cardinality(n)]), array_fill(now(), ARRAY[cardinality(n)]), array_fill(0::bigint, ARRAY[cardinality(n)]));";
	};

	$session->query_safe("SELECT fireiot.make_partitions(); " . join ' ', $note->(1, 1, 2), $note->(1, 1, 0), $note->(1, 1, 2), $note->(2, 3000, 2));
	is($session->query_safe('SELECT count(*) FROM fireiot.alarm_now'), '3000', 'plans of before: three thousand cases');
	foreach my $what ([ 3001, 2, 'one is opened' ], [ 7, 0, 'one is over' ], [ 7, 2, 'one comes again' ])
	{
		my ($n, $now, $name) = @$what;
		my $before = $session->query_safe("BEGIN; $read");
		$session->query_safe($note->($n, $n, $now));
		cmp_ok($session->query_safe($read) - $before, '<', 100, "plans of before: $name");
		$session->query_safe('COMMIT');
	}
	$session->quit;
	return;
}

sub looked_at
{
	is(sql("SELECT bool_and(kind = 'open_case') FROM retention_blocker('frame', now() - interval '1 day', now()) WHERE kind NOT IN ('never')"), 't',
		'open cases keep the records of their time');
	is(sql("SELECT count(*) FROM retention_blocker('frame', now() - interval '10 days', now() - interval '9 days') WHERE kind = 'open_case'"), '0',
		'and no earlier ones');
	cmp_ok(sql("SELECT count(DISTINCT source) FROM fire_replay(1, now() - interval '1 hour', now() + interval '1 minute')"), '>=', 3, 'a replay has states, alarms and steps');
	is(sql("SELECT count(*) FROM (SELECT known_at < lag(known_at) OVER () AS wrong FROM fire_replay(1, now() - interval '1 hour', now())) AS r WHERE wrong"),
		'0', 'in the order in which it was known');
	is(sql("SELECT (array_agg(open_cases ORDER BY n DESC))[1] FROM (SELECT open_cases, row_number() OVER () AS n FROM fire_replay(1, '-infinity', 'infinity')) AS r"),
		sql('SELECT count(*) FROM alarm_now WHERE unit_id = 1'), 'with the number of open cases');
	is(sql('SELECT count(*) FROM alarm_history') , sql('SELECT count(*) FROM alarm'), 'every case is in the history');
	is(sql("SELECT count(*) FROM verify_ledger()") =~ /^\d+$/ ? 't' : 'f', 't', 'the ledger verifies');
	return;
}

opened();
repeated();
in_one_batch();
restarted();
limits();
operations();
flapping();
my $where = places();
failing();
missed();
case_by_case($where);
released();
reported();
claimed();
closed_meanwhile();
privileges();
looked_at();
plans_of_before();
rebuilt();
$node->stop;
done_testing();
