# Cases of each document, played to the second.  The server's clock stands where
# it is put; the keeper is the real one.  Of each limit there are four cases:
# stopped a second before it is due, at that very second, a second behind it, and
# not at all.
use strict;
use warnings;

use Clock;
use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::Local qw(timegm);

# A Wednesday, the day before the National Day: 2026-09-30 16:00:00 in Beijing.
my $begin = timegm(0, 0, 8, 30, 8, 2026);

# What has to happen before, each at its time behind the opening: the last of it
# starts the clock, opened@0 s is the opening itself.  Stopped by one of the steps; what the breach leads to; whom
# it, or the opening, tells.  Kinds of components come in frames, others are
# reported.
my @limits = parse(<<~'LIMITS');
	# rule                          | unit     | kind                    | before                            | limit     | stopped by             | then          | told
	# X-01, X-03: a notice, a call and a judgement are clocks of their own; X-04: at 48 h and a second ZJ-061 is late and JD-037 pushed
	zj-db33-2023 ZJ-060             | mall     | component.fault         |                                   | 30 min    | noticed called         |               | opened control_room room, opened safety_manager manager
	zj-db33-2023 ZJ-060 judge       | mall     | fault.reported          | noticed@1 min opened@0 s          | 30 min    | acknowledged called verified=true | |
	zj-db33-2023 ZJ-061             | mall     | component.fault         | noticed@1 min                     | 48 h      | restored reported_back |               |
	zj-db33-2023 ZJ-062             | mall     | component.fault         | noticed@1 min reported_back@2 h   | 30 min    | recorded               |               |
	zj-db33-2023 ZJ-063             | mall     | component.fault         | noticed@5 min                     | 319:55:00 | restored reported_back | escalated     | escalation responsible_person head, escalation data_platform province
	zj-db33-2023 ZJ-067             | mall     | gas.high                |                                   | 15 min    | noticed called         |               | opened control_room room, opened safety_manager manager
	zj-db33-2023 ZJ-067 judge       | shop     | video.passage_blocked   |                                   | 15 min    | acknowledged called verified=true | |
	zj-db33-2023 ZJ-068             | mall     | electric.abnormal       | noticed@1 min                     | 24 h      | reported_back restored |               |
	zj-db33-2023 ZJ-069             | mall     | charging.abnormal       | noticed@1 min reported_back@2 h   | 30 min    | recorded               |               |
	zj-db33-2023 ZJ-070             | mall     | water_pressure.abnormal | noticed@1 min                     | 24 h      | restored reported_back | escalated     | escalation responsible_person head, escalation data_platform province
	zj-db33-2023 ZJ-074             | mall     | component.fire          |                                   | 1 min     | called                 |               |
	zj-db33-2023 ZJ-075             | mall     | fire.detector           |                                   | 3 min     | verified=true verified=false |         |
	zj-db33-2023 ZJ-076             | shop     | component.fire          |                                   | 1 min     | called                 |               |
	zj-db33-2023 ZJ-077             | mall     | component.fire          | called@30 s                       | 1 min     | answered               | plan_started  | plan safety_manager manager, plan responsible_person head
	zj-db33-2023 ZJ-080             | mall     | fire.video              | verified=true@1 min reported_back@2 h | 30 min | recorded              |               |
	cqc-11002-2025 CQ-009           | office   | component.fire          |                                   | 3 s       | noticed called         |               | opened safety_manager manager
	cqc-11002-2025 CQ-010           | office   | component.fault         |                                   | 10 s      | noticed called         |               | opened safety_manager manager
	# X-02: what is an event in Zhejiang
	cqc-11002-2025 CQ-010           | office   | water_level.abnormal    |                                   | 10 s      | called noticed         |               | opened safety_manager manager
	cqc-11002-2025 CQ-018           | office   | link.silent             | occurred@-40 s                    | 100 s     | noticed called         |               | opened safety_manager manager
	jdz-2022-8 JD-036               | kiln     | component.fault         |                                   | 24 h      | handling dispatched    | hazard_pushed | hazard city_platform city
	jdz-2022-8 JD-037               | kiln     | component.fault         | handling@1 h opened@0 s           | 48 h      | restored reported_back | hazard_pushed | hazard city_platform city
	sz-db3205-2023 SZ-020           | alley    | fire.detector           |                                   | 2 s       | acknowledged called    |               |
	sz-db3205-2023 SZ-020           | alley    | gas.leak                |                                   | 2 s       | called acknowledged    |               |
	sz-db3205-2023 SZ-018           | alley    | patrol.finding          | noticed@5 min                     | 24 h      | reported_back restored |               |
	# X-05: where no document has a number
	operator-default fire notice    | salt     | component.fire          |                                   | 3 s       | noticed called         |               | opened safety_manager manager
	operator-default fire call      | salt     | component.fire          |                                   | 1 min     | called                 |               |
	operator-default fire verdict   | salt     | component.fire          |                                   | 3 min     | verified=false verified=true |         |
	operator-default fire report    | salt     | component.fire          | verified=true@30 s                | 1 min     | dispatched             |               |
	operator-default fire dispatch  | salt     | component.fire          | verified=true@30 s                | 1 min     | dispatched             |               |
	operator-default gas verdict    | salt     | gas.leak                |                                   | 3 min     | verified=true verified=false |         |
	operator-default gas report     | salt     | gas.high                | verified=true@30 s                | 1 min     | dispatched             |               |
	operator-default event notice   | salt     | iot.event               |                                   | 15 min    | noticed called         |               | opened safety_manager manager
	operator-default event clear    | salt     | iot.event               |                                   | 24 h      | restored reported_back |               |
	operator-default fault notice   | salt     | component.fault         |                                   | 30 min    | noticed called         |               | opened safety_manager manager
	operator-default fault clear    | salt     | component.fault         |                                   | 48 h      | restored reported_back |               |
	operator-default link notice    | salt     | link.silent             | occurred@-40 s opened@0 s         | 30 min    | noticed called         |               | opened safety_manager manager
	operator-default link clear     | salt     | link.silent             |                                   | 48 h      | restored reported_back |               |
	LIMITS

# Mall and shop are in Zhejiang, with and without a control room; the office has
# the certificate; kiln: Jingdezhen; alley: Suzhou; salt: Qinghai, whose document
# has words without a number, so that the operator's judge.
my %units = (mall => 1, shop => 2, office => 3, kiln => 4, alley => 5, salt => 6, probe => 9);
my @names = qw(early exact late never);
my %step = (
	noticed => 'record_notice(%d)',
	called => "record_call(%d, 'safety_manager')",
	answered => "answer(%d, '李')",
	acknowledged => "acknowledge(%d, '王')",
	'verified=true' => 'verify_alarm(%d, true)',
	'verified=false' => "verify_alarm(%d, false, '灰尘')",
	dispatched => 'dispatch(%d)',
	handling => 'start_handling(%d)',
	reported_back => "report_back(%d, '已修复')",
	recorded => "record_result(%d, '已记录')");

my $clock = Clock->new;
my ($node, $port, $session, %device, %at);
my $now = -3600;
my $serial = 0;

sub seconds
{
	my ($text) = @_;
	my %of = (s => 1, min => 60, h => 3600);

	return $1 * 3600 + $2 * 60 + $3 if $text =~ /^(\d+):(\d\d):(\d\d)$/;
	return $1 * $of{$2} if $text =~ /^(-?\d+) (s|min|h)$/;
	die "no time: $text";
}

# Rows of the table: from, when the clock starts, is the time of what is last
# before it, by its place in the row.
sub parse
{
	my @rows;

	foreach my $line (grep { !/^#/ } split /\n/, $_[0])
	{
		my %row;
		@row{qw(rule unit kind before limit stops then told)} = map { s/^\s+|\s+$//gr } split /\|/, $line;
		($row{pack}, $row{rule}) = split / /, $row{rule}, 2;
		$row{before} = [ map { [ split /@/ ] } $row{before} =~ /\S+@\S+ \w+/g ];
		$row{from} = @{ $row{before} } ? seconds($row{before}[-1][1]) : 0;
		$row{due} = $row{from} + seconds($row{limit});
		$row{stops} = [ split / /, $row{stops} ];
		$row{told} //= '';
		push @rows, \%row;
	}
	return @rows;
}

# ---- the server ----

sub sql
{
	return $session->query_safe($_[0]);
}

sub city
{
	my $units = join ', ', map { "($units{$_}, '$_', " . ({ mall => "'330100'", shop => "'330200'", kiln => "'360203'", alley => "'320508'", salt => "'632802'" }->{$_} // 'NULL') . ')' } keys %units;
	my $contacts = join ', ', map { "($_, 'safety_manager', 'manager', '{call:1}'), ($_, 'responsible_person', 'head', '{call:2}')" } values %units;

	sql("INSERT INTO unit (id, name, division_code) OVERRIDING SYSTEM VALUE VALUES $units");
	sql("INSERT INTO unit_profile (unit_id, control_room, certifications, packs) VALUES (1, true, '{}', '{}'), (3, false, '{CQC/SC 11002}', '{}'),
		(5, false, '{}', '{sz-db3205-2023}'), (9, false, '{probe}', '{}')");
	sql("INSERT INTO contact (unit_id, role, name, channels) VALUES $contacts, (1, 'control_room', 'room', '{call:3}'),
		(NULL, 'data_platform', 'province', '{webhook:https://example.org/1}'), (NULL, 'city_platform', 'city', '{webhook:https://example.org/2}')");
	sql(q{SELECT load_pack('{"pack": "probe", "basis": "certification", "certification": "probe", "document": "probe", "name_zh": "x", "name_en": "x",
		"valid_from": "2020-01-01", "rules": [{"rule": "tick", "clause": "1", "sort": "deadline", "classes": ["event"], "metric": "notice", "start_step": "opened",
		"stop_steps": ["noticed"], "limit_interval": "1 us"}]}')});
	foreach my $unit (qw(mall shop office kiln salt))
	{
		my $address = sprintf '00ca000000%02d', $units{$unit};
		sql("INSERT INTO device (device, unit_id) VALUES ('$address', $units{$unit})");
		$device{$unit} = Device->new($address, $port);
	}
	return;
}

# Put the clock somewhere, and wait until the keeper has been there: what was due
# before a case that was due at once is done in the same turn as that.
sub move
{
	my ($to) = @_;
	my $probe = sql("SELECT report_event('iot.event', unit_id => 9, subject => 'probe $to')");

	$now = $to;
	$clock->stand(($begin + $now) * 1e6);
	wait_until(sub { sql("SELECT state FROM deadline WHERE alarm_id = $probe AND pack = 'probe'") eq 'breached' }, "the keeper is at $now s");
	sql("SELECT close_alarm($probe)");
	return;
}

# ---- cases ----

sub say
{
	my ($case, $bits) = @_;
	my $d = $device{ $case->{unit} };

	is($d->say($d->frame(unit => state_unit($case->{part}, $bits, time => time_tag($begin + $now)), time => time_tag($begin + $now))), 'confirmed', 'a frame')
	  if defined $d;
	return;
}

# By a frame, or by a report; a lost link is known some time behind its begin.
sub open_case
{
	my ($case) = @_;
	my ($silent) = map { seconds($_->[1]) } grep { $_->[0] eq 'occurred' } @{ $case->{before} };
	my $more = defined $silent ? ", occurred_at => clock_timestamp() + '$silent s'" : '';

	if ($case->{kind} =~ /^component\.(fire|fault)$/)
	{
		say($case, { fire => 2, fault => 4 }->{$1});
		$case->{id} = sql("SELECT id FROM alarm WHERE device = '$device{ $case->{unit} }{address}' AND part = '1.1/40.$case->{part}'");
	}
	else
	{
		$case->{id} = sql("SELECT report_event('$case->{kind}', unit_id => $units{ $case->{unit} }, subject => '$case->{part}'$more)");
	}
	return;
}

sub take
{
	my ($case, $step) = @_;

	return if $step eq 'opened' || $step eq 'occurred';
	return sql('SELECT ' . sprintf $step{$step}, $case->{id}) if $step ne 'restored';
	return say($case, 0) if $case->{kind} =~ /^component/;
	return sql("SELECT report_event('$case->{kind}', unit_id => $units{ $case->{unit} }, subject => '$case->{part}', cleared => true)");
}

# The four cases of a limit, and when what happens to them.
sub schedule
{
	my ($limit) = @_;
	my $n = 0;

	foreach my $name (@names)
	{
		my $case = { %$limit, name => $name, part => ++$serial };
		my $stop = $limit->{stops}[ $n % @{ $limit->{stops} } ];

		push @{ $limit->{cases} }, $case;
		push @{ $at{ seconds($_->[1]) }{steps} }, [ $case, $_->[0] ] foreach grep { seconds($_->[1]) > 0 } @{ $limit->{before} };
		push @{ $at{ $limit->{due} - 1 + $n }{steps} }, [ $case, $stop ] if $name ne 'never';
		$n++;
	}
	push @{ $at{ $limit->{due} + $_ }{looks} }, [ $limit, $_ ] foreach -1 .. 1;
	return;
}

# What why() says of the four.
sub states
{
	my ($limit) = @_;
	my $cases = join ', ', map { "($_->{part}, '$_->{name}', $_->{id})" } @{ $limit->{cases} };

	return sql("SELECT string_agg(format('%s %s %s', c.name, w.state, w.margin), ', ' ORDER BY c.n)
		FROM (VALUES $cases) AS c (n, name, id), why(c.id) AS w WHERE w.pack = '$limit->{pack}' AND w.rule = '$limit->{rule}'");
}

my %expected = (
	-1 => 'early open 00:00:01, exact open 00:00:01, late open 00:00:01, never open 00:00:01',
	0 => 'early met 00:00:01, exact open 00:00:00, late open 00:00:00, never open 00:00:00',
	1 => 'early met 00:00:01, exact met 00:00:00, late breached -00:00:01, never breached -00:00:01');

# X-18: whom to tell is data.  In the end: a breach is recorded once, a second behind the limit, with what the
# rule asks for and who is told; of what was in time there is nothing.
sub outcome
{
	my ($limit) = @_;
	my $name = "$limit->{pack} $limit->{rule}, $limit->{kind}";
	my $cases = join ', ', map { "($_->{part}, '$_->{name}', $_->{id})" } @{ $limit->{cases} };
	my $and = $limit->{then} ne '' ? [ 'breached', $limit->{then} ] : ['breached'];
	my @told = map { "$_ $limit->{told}" } $limit->{told} =~ /^opened/ ? @names : $limit->{told} ne '' ? qw(late never) : ();

	is( sql("SELECT string_agg(format('%s %s %s', c.name, s.step, s.received_at - s.due_at), ', ' ORDER BY c.n, s.id), bool_and(s.due_at = to_timestamp($begin + $limit->{due}))
			FROM (VALUES $cases) AS c (n, name, id), alarm_step AS s WHERE s.alarm_id = c.id AND s.pack = '$limit->{pack}/1' AND s.rule = '$limit->{rule}'"),
		join(', ', map { my $case = $_; map { "$case $_ 00:00:01" } @$and } qw(late never)) . '|t', "$name: the steps of a breach");
	is( sql("SELECT string_agg(n.name || ' ' || n.told, '; ' ORDER BY n.n) FROM (
			SELECT c.n, c.name, string_agg(concat_ws(' ', t.reason, t.target, p.name), ', ' ORDER BY t.id) AS told
			FROM (VALUES $cases) AS c (n, name, id) JOIN notice AS t ON t.alarm_id = c.id AND t.pack = '$limit->{pack}' AND t.rule = '$limit->{rule}'
			LEFT JOIN contact AS p ON p.id = t.contact_id GROUP BY 1, 2) AS n"),
		join('; ', @told), "$name: who is told");
	like(states($limit), qr/^early met 00:00:01, exact met 00:00:00, late late -00:00:01, never breached -/, "$name: in the end");
	return;
}

# Every rule of the packs with a number is among them, so one that is added and
# not played fails here; of the others none has a clock.
sub all_are_played
{
	my %played = map { ("$_->{pack} $_->{rule}" => 1) } @limits;

	is( join("\n", sort keys %played),
		join("\n", sort split /\n/, sql("SELECT pack || ' ' || rule FROM rule WHERE builtin AND sort = 'deadline' AND num_nonnulls(limit_interval, limit_days) > 0")),
		'every limit of every pack is played');
	is( sql("SELECT count(*) FROM deadline AS d JOIN rule AS r USING (pack, version, rule) WHERE r.sort <> 'deadline' OR r.modality = 'no_number'"),
		'0', 'what is no limit of a case has no clock');
	is( sql("SELECT string_agg(DISTINCT r.rule, ' ') FROM rule AS r WHERE r.builtin AND r.sort = 'deadline' AND r.modality <> 'no_number'
			AND NOT EXISTS (SELECT FROM deadline AS d WHERE d.pack = r.pack AND d.rule = r.rule)"),
		'', 'and every limit has run');
	return;
}

# The board: what is due next in how many seconds, how many clocks have run out,
# whom to call first.
my %on_board = (0 => 'fire notice|3|0|mall|room', 61 => 'ZJ-075|119|2|mall|room', 181 => '||3|mall|room');

sub board
{
	my ($limit) = grep { $_->{rule} eq 'ZJ-075' } @limits;

	is( sql("SELECT next_rule, seconds_left, overdue, unit_name, contacts -> 0 ->> 'name' FROM alarm_board WHERE id = $limit->{cases}[3]{id}"),
		$on_board{$now}, "the board after $now s");
	is( sql("SELECT bool_and(class = 'fire' AND before <= next_due_at) FROM (
			SELECT class, next_due_at, lag(next_due_at, 1, next_due_at) OVER (ORDER BY n) AS before FROM (SELECT *, row_number() OVER () AS n FROM board(10)) AS r) AS b"),
		't', 'what is most urgent is first') if $now == 0;
	is(sql('SELECT breached FROM breach_due()'), '0', 'breach_due() has nothing left to do');
	return;
}

# Of a step what alarm_transition says is asked for, by the clause that it names.
sub transitions
{
	my %lacks = (answered => 'called', no_answer => 'called', recorded => 'reported_back or verified');

	local $step{no_answer} = 'no_answer(%d)';
	foreach my $row (split /\n/, sql("SELECT step, clause FROM alarm_transition WHERE needs <> '{}' ORDER BY 1"))
	{
		my ($step, $clause) = split /\|/, $row;
		my $case = sql("SELECT report_event('gas.leak', unit_id => 6, subject => 'step $step')");
		refused($node, 'city', 'SELECT ' . sprintf($step{$step}, $case), '55000', qr/lacks the steps $lacks{$step} \($clause\)/, $step);
	}
	my $case = sql("SELECT report_event('gas.leak', unit_id => 6, subject => 'of the site')");
	sql("UPDATE alarm_transition SET needs = '{acknowledged}', clause = 'duty rules 3' WHERE step = 'handling'");
	refused($node, 'city', "SELECT start_handling($case)", '55000', qr/lacks the steps acknowledged \(duty rules 3\)/, 'what a site asks for');
	sql("UPDATE alarm_transition SET needs = '{}', clause = 'JD 第二十七条' WHERE step = 'handling'");
	like(sql("SELECT start_handling($case)"), qr/^\d+$/, 'and does not ask for any more');
	return;
}

# X-20, X-21: what a false alarm and a release need is each pack's own.
sub guards
{
	my %case = map { ($_ => sql("SELECT report_event('fire.detector', unit_id => $units{$_}, subject => 'guards $_')")) } qw(mall kiln alley salt);

	refused($node, 'city', "SELECT verify_alarm($case{mall}, false)", '22004', qr/cause \(8\.4\.3 of zj-db33-2023\/1\)/, 'mall: a false alarm needs its cause');
	refused($node, 'city', "SELECT release_alarm($case{alley})", '22004', qr/danger_removed_by \(6\.3\.6\.1 of sz-db3205-2023\/1\)/, 'alley: a release needs who has seen it');
	refused($node, 'city', "SELECT release_alarm($case{kiln})", '55000', qr/verified \(第三十三条\(2\) of jdz-2022-8\/1\)/, 'kiln: what is cancelled was verified');
	like(sql("SELECT release_alarm($case{mall})"), qr/^\d+$/, 'mall: nothing is asked for');
	sql("SELECT verify_alarm($case{$_}, false, '灰尘')") foreach qw(kiln alley salt);
	refused($node, 'city', "SELECT close_alarm($case{alley})", '55000', qr/released \(6\.3\.7\.1 .*cause \(6\.2\.4 .*report \(6\.2\.4 /, 'alley: a false alarm needs a report');
	like(sql("SELECT close_alarm($case{$_})"), qr/^\d+$/, "$_: a false alarm is closed") foreach qw(kiln salt);
	return;
}

sub play
{
	open_case($_) foreach map { @{ $_->{cases} } } @limits;
	board();
	foreach my $second (sort { $a <=> $b } keys %at)
	{
		move($second);
		is(states($_->[0]), $expected{ $_->[1] }, "$_->[0]{pack} $_->[0]{rule}, $_->[0]{kind}: "
			. { -1 => 'a second before it is due', 0 => 'when it is due', 1 => 'a second behind it' }->{ $_->[1] }) foreach @{ $at{$second}{looks} };
		board() if $on_board{$second};
		take(@$_) foreach @{ $at{$second}{steps} };
	}
	return;
}

$Devices::zone = 8;
$clock->stand(($begin + $now) * 1e6);
($node, $port) = $clock->under(sub { new_centre('cases', "fireiot.time_zone = 'Asia/Shanghai'") });
$session = $node->background_psql('city');
sql('SET search_path = fireiot, public; SET client_min_messages = warning');
schedule($_) foreach @limits;
city();
move(0);
play();
outcome($_) foreach @limits;
all_are_played();
transitions();
guards();
is(sql('SELECT rebuild_clocks()'), '0', 'the clocks are what the records say');
$session->quit;
$clock->ahead($begin + $now - time);
$node->stop;
done_testing();
