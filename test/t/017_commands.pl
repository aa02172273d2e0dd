# Commands to devices, on the wire and in the tables: every type, answers of
# every kind and none, connections that come and go, clocks that are off.
use strict;
use warnings;

use Devices;
use Fireiot;
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my ($node, $port) = new_centre('commands', <<~"CONF");
	fireiot.admission = registered
	fireiot.udp = on
	fireiot.command_timeout = 60
	fireiot.command_repeats = 2
	CONF
my $centre = '000000005b38';
my $devices = 0;

my ($control, $send, $confirm, $request, $response, $deny) = 1 .. 6;

sub sql
{
	my ($query) = @_;
	return $node->safe_psql('city', $query);
}

# ---- devices ----

# A device that is connected, with sequence numbers of its own; besides what
# Device takes, clock: seconds that its clock is fast; at: it stands still
# there; bcd: its time tags are so.
sub device
{
	my ($address, %more) = @_;
	return Device->new($address, $port, seq => 100 * ++$devices, clock => 0, %more);
}

sub tag
{
	my ($d) = @_;
	my $tag = time_tag($d->{at} // time + $d->{clock});

	return $tag unless $d->{bcd};
	return pack 'H2' x 6, map { sprintf '%02d', $_ } unpack 'C6', $tag;
}

sub version { return "\x19\x01\x02\x07"; }

sub state
{
	my ($d) = @_;
	return "\x15\x01\x01" . tag($d);
}

sub frame_of
{
	my ($d, $command, $unit, %more) = @_;
	return $d->frame(dst => $centre, time => tag($d), command => $command, unit => $unit, %more);
}

# Confirmed: now the centre knows where the device is.
sub speak
{
	my ($d) = @_;
	is($d->say(frame_of($d, $send, state($d))), 'confirmed', "$d->{address}: confirmed");
	return $d;
}

# In the test so many seconds without an answer are a time-out.  Otherwise it is
# so long that no device of ours is late, however slow the machine is.
sub with_timeout
{
	my ($seconds, $test) = @_;

	set_and_reload($node, 'fireiot.command_timeout' => "${seconds}s");
	$test->();
	set_and_reload($node, 'fireiot.command_timeout' => '1min');
	return;
}

# The next frame that is a command; nothing when none comes.
sub next_command
{
	my ($d, $seconds) = @_;

	while (my ($frame) = $d->answers(1, $seconds))
	{
		return $frame if $frame->{command} == $control || $frame->{command} == $request;
	}
	return;
}

sub answer
{
	my ($d, $to, $command, $unit) = @_;
	return $d->send(frame_of($d, $command, $unit // '', seq => $to->{seq}));
}

# Type of a command.
sub type_of { return $_[0] ? ord substr $_[0]{bytes}, 27, 1 : 0; }

sub same_frame
{
	my ($got, $expected, $name) = @_;
	is(unpack('H*', $got ? $got->{bytes} : ''), unpack('H*', $expected->{bytes}), $name);
	return;
}

# ---- what the tables say ----

sub send_command
{
	my ($address, $type, $objects, $more) = @_;
	$objects = defined $objects ? "'$objects'" : 'NULL';
	return sql("SELECT send_command('$address', $type, $objects" . ($more // '') . ')');
}

sub reaches
{
	my ($id, $state, $name) = @_;
	ok($node->poll_query_until('city', "SELECT state FROM fireiot.command WHERE id = $id", $state), $name)
	  or diag(sql("SELECT c, steps FROM command AS c, LATERAL (SELECT array_agg(step ORDER BY received_at, id) AS steps
		FROM command_step WHERE command_id = c.id) AS s WHERE c.id = $id"));
	return;
}

sub steps_are
{
	my ($id, $steps, $name) = @_;
	is(sql("SELECT string_agg(attempt || ' ' || step, ', ' ORDER BY received_at, id) FROM command_step WHERE command_id = $id"),
		$steps, "$name: steps");
	return;
}

# Every attempt is a frame row with the bytes that were sent.
sub frames_are
{
	my ($id, $frames, $name) = @_;
	is( sql("SELECT string_agg(encode(f.bytes, 'hex'), ' ' ORDER BY f.received_at)
			FROM command_step AS s JOIN frame AS f ON f.id = s.frame_id AND f.device = s.device AND f.received_at = s.received_at
			JOIN command AS c ON c.id = s.command_id
			WHERE c.id = $id AND s.step = 'sent' AND f.outgoing AND f.seq = c.seq AND f.type = c.type
				AND f.command = c.command AND f.verdict = 0"),
		join(' ', map { unpack 'H*', $_->{bytes} } @$frames), "$name: frame rows");
	return;
}

sub explained
{
	my ($frame, $profile) = @_;
	my $text = sql(sprintf "SELECT explain_frame('\\x%s', %s)", unpack('H*', $frame->{bytes}), $profile ? "'$profile'" : 'NULL');
	return JSON::PP->new->decode($text);
}

# Application data that encode_frame makes.
sub app
{
	my ($command, $type, $objects) = @_;
	return pack 'H*', sql("SELECT encode(command_app($command, $type, '$objects', NULL), 'hex')");
}

# Start again with these settings; all listeners listen behind that.
sub restart_with
{
	my (%setting) = @_;
	my $from = -s $node->logfile;

	$node->append_conf('postgresql.conf', "fireiot.$_ = $setting{$_}") for sort keys %setting;
	$node->restart;
	$node->wait_for_log(qr/fireiot listener $_: listening/, $from) for 1 .. $setting{listeners} // 1;
	return;
}

# The listener ends; the device connects to the next one.
sub next_listener
{
	my ($d) = @_;
	my $new;

	sql("SELECT pg_terminate_backend($_)") for workers($node);
	ok($d->is_ended, 'the listener ends: the connection, too');
	# the old one may accept to its very end
	wait_until(sub {
			$new = eval { device($d->{address}, clock => $d->{clock}) };
			return $new && $new->say(frame_of($new, $send, state($new))) eq 'confirmed';
		}, 'the next one listens');
	return $new;
}

# ---- the tests ----

my $time = '2026-09-19T14:30:05';
my $system = '"sys_type": 1, "sys_addr": 2';
my $part = qq($system, "comp_addr": 131082);
# type => what is asked, what a device answers
my %reads = (
	61 => [ "[{$system}]", qq([{$system, "bits": ["normal", "fire"], "time": "$time"}]) ],
	62 => [ "[{$part}]", qq([{$part, "comp_type": 40, "bits": ["fire"], "desc": "一层大厅", "time": "$time"}]) ],
	63 => [ "[{$part}]", qq([{$part, "comp_type": 31, "analog_type": 3, "raw": -105, "time": "$time"}]) ],
	64 => [ qq([{$system, "record_count": 2, "start_time": "$time"}]),
		qq([{$system, "bits": ["reset"], "operator": 7, "time": "$time"}, {$system, "bits": ["test"], "operator": 8, "time": "$time"}]) ],
	65 => [ "[{$system}]", qq([{$system, "ver_main": 2, "ver_minor": 7}]) ],
	66 => [ "[{$system}]", qq([{$system, "desc": "主机"}]) ],
	67 => [ "[{$part}]", qq([{$part, "comp_type": 40, "desc": "二层"}]) ],
	68 => [ "[{$system}]", qq([{$system, "time": "$time"}]) ],
	81 => [ undef, qq([{"bits": ["normal"], "time": "$time"}]) ],
	84 => [ qq([{"record_count": 1, "start_time": "$time"}]), qq([{"bits": ["self_test"], "operator": 1, "time": "$time"}]) ],
	85 => [ undef, '[{"ver_main": 1, "ver_minor": 4}]' ],
	86 => [ undef, '[{"desc": "RS485"}]' ],
	88 => [ undef, qq([{"time": "$time"}]) ]);
my %controls = (
	89 => [ undef, '[{"reserved": 0}]' ],
	90 => [ qq([{"time": "$time"}]), qq([{"time": "$time"}]) ],
	91 => [ '[{"timeout_min": 10}]', '[{"timeout_min": 10}]' ]);

# The frame of a command, in every field.
sub frame_is
{
	my ($frame, $id, $address, $command, $type, $objects, $name) = @_;
	my $said = explained($frame);
	my $asked = JSON::PP->new->decode($objects);
	my $seq = sql("SELECT seq FROM command WHERE id = $id");

	is_deeply([ @$said{qw(error src dst cmd type count seq ver_main app_valid warnings)} ],
		[ undef, $centre, $address, $command, $type, scalar @$asked, $seq, 1, JSON::PP::true, undef ],
		"$name: frame");
	# as it was asked; what was left out is not compared
	is_deeply([ map { my $o = $_; +{ map { $_ => $o->{$_} } keys %{ $asked->[0] } } } @{ $said->{objects} } ],
		$asked, "$name: objects");
	return;
}

sub every_type
{
	my $d = speak(device('0000000a0b0c'));

	for my $type (sort keys %reads)
	{
		my ($objects, $answers) = @{ $reads{$type} };
		my $id = send_command($d->{address}, $type, $objects);
		my $frame = next_command($d);

		frame_is($frame, $id, $d->{address}, $request, $type, $objects // '[{"reserved": 0}]', "type $type");
		answer($d, $frame, $response, app($response, $type - 60, $answers));
		reaches($id, 'answered', "type $type: answered");
		steps_are($id, '1 sent, 1 answered', "type $type");
		frames_are($id, [$frame], "type $type");
		is( sql("SELECT c.answer = explain_frame(f.bytes) -> 'objects', f.type, f.command, f.outgoing,
				(SELECT count(*) FROM observation AS o WHERE o.frame_id = f.id AND o.device = f.device)
				FROM command AS c JOIN frame AS f ON f.id = c.answer_frame_id AND f.device = c.device WHERE c.id = $id"),
			join('|', 't', $type - 60, $response, 'f', scalar @{ JSON::PP->new->decode($answers) }), "type $type: the answer's frame");
	}
	for my $type (sort keys %controls)
	{
		my ($objects, $sent) = @{ $controls{$type} };
		my $id = send_command($d->{address}, $type, $objects);
		my $frame = next_command($d);

		frame_is($frame, $id, $d->{address}, $control, $type, $sent, "type $type");
		answer($d, $frame, $confirm);
		reaches($id, 'confirmed', "type $type: confirmed");
		steps_are($id, '1 sent, 1 confirmed', "type $type");
		frames_are($id, [$frame], "type $type");
	}
	is(sql("SELECT jsonb_path_query_array(answer, '\$[*].value') FROM command WHERE type = 63"), '["-10.5"]', 'an answer in words');
	is(sql("SELECT string_agg(DISTINCT (answer IS NULL)::text, ',') FROM command WHERE type > 88"), 'true', 'a confirmation has no answer');
	is( sql("SELECT count(*) FROM (SELECT code FROM data_unit_type WHERE direction = 'down' AND kind = 'defined'
			EXCEPT SELECT type FROM command WHERE state IN ('answered', 'confirmed')) AS s"), '0', 'no type is left out');
	is(sql('SELECT count(*) - count(DISTINCT seq) FROM command'), '0', 'a sequence number for each');
	return;
}

# The same bytes again, command_timeout later, command_repeats times.
sub silence
{
	my $d = speak(device('0000000a0b0c'));
	my $id = send_command($d->{address}, 81);
	my @frames = map { next_command($d) } 1 .. 3;

	same_frame($_, $frames[0], 'silence: the same bytes each time') for @frames;
	reaches($id, 'failed', 'silence: failed');
	steps_are($id, '1 sent, 2 sent, 3 sent, 3 timeout', 'silence');
	frames_are($id, \@frames, 'silence');
	is( sql("SELECT min(gap) >= interval '2 seconds' FROM
			(SELECT received_at - lag(received_at) OVER (ORDER BY received_at) AS gap FROM command_step WHERE command_id = $id) AS s"),
		't', 'silence: the time-out between');
	is( sql("SELECT c.attempt, c.done_at > c.sent_at, c.answer IS NULL,
			(SELECT count(DISTINCT sent_at) || ' ' || count(DISTINCT received_at) FROM frame AS f WHERE f.device = c.device AND f.outgoing AND f.seq = c.seq)
			FROM command AS c WHERE c.id = $id"), '3|t|t|1 3', 'silence: one time tag, three times of sending');

	$id = send_command($d->{address}, 85);
	next_command($d);
	answer($d, next_command($d), $response, version());
	reaches($id, 'answered', 'the second attempt is answered');
	steps_are($id, '1 sent, 2 sent, 2 answered', 'the second attempt');
	return;
}

# A denial repeats at once.  The denials of one second may be the same bytes.
sub denials
{
	my $d = speak(device('0000000a0b0c', at => int time));
	my $id = send_command($d->{address}, 81);
	my @frames;

	for (1 .. 3)
	{
		push @frames, next_command($d);
		answer($d, $frames[-1], $deny);
	}
	reaches($id, 'denied', 'denied each time: denied');
	steps_are($id, '1 sent, 1 denied, 2 sent, 2 denied, 3 sent, 3 denied', 'denied each time');
	frames_are($id, \@frames, 'denied each time');
	is( sql("SELECT max(received_at) - min(received_at) < interval '1 minute' FROM command_step WHERE command_id = $id"),
		't', 'nobody waits for a time-out');
	is( sql("SELECT count(*), (SELECT count(frame_id) FROM command_step WHERE command_id = $id AND step = 'denied')
			FROM frame WHERE command = $deny"), '1|1', 'a denial that comes again is stored once');

	$id = send_command($d->{address}, 91, '[{"timeout_min": 3}]');
	answer($d, next_command($d), $deny);
	answer($d, next_command($d), $confirm);
	reaches($id, 'confirmed', 'denied once: confirmed');
	steps_are($id, '1 sent, 1 denied, 2 sent, 2 confirmed', 'denied once');
	return;
}

sub wrong_answers
{
	my $d = speak(device('0000000a0b0c'));
	my $other = speak(device('0000000a0b0d'));
	my $id = send_command($d->{address}, 81);
	my $frame = next_command($d);

	answer($d, $frame, $response, version());
	same_frame(next_command($d), $frame, 'an answer of another type: repeated');
	answer($d, $frame, $confirm);
	answer($d, $frame, $response, state($d));
	reaches($id, 'answered', 'the right one behind wrong ones: answered');
	steps_are($id, '1 sent, 1 wrong_answer, 2 sent, 2 wrong_answer, 2 answered', 'wrong answers');

	$id = send_command($d->{address}, 81);
	$frame = next_command($d);
	answer($d, { seq => ($frame->{seq} + 1) % 65536 }, $response, state($d));
	same_frame(next_command($d), $frame, 'an answer of another sequence number: repeated');
	answer($other, $frame, $response, state($other));
	same_frame(next_command($d), $frame, 'an answer of another device: repeated');
	answer($d, $frame, $response, state($d));
	reaches($id, 'answered', 'the right one at last: answered');
	steps_are($id, '1 sent, 2 sent, 3 sent, 3 answered', 'answers for nobody');

	# of two at once each gets its own answer
	my @id = map { send_command($d->{address}, $_) } 81, 85;
	my %frame = map { type_of($_) => $_ } map { next_command($d) } @id;
	answer($d, $frame{85}, $response, version());
	answer($d, $frame{81}, $response, state($d));
	reaches($_, 'answered', 'one of two') for @id;
	is(sql("SELECT string_agg(answer -> 0 ->> 'ver_main', ',') FROM command WHERE id IN ($id[0], $id[1])"), '2', 'with its own answer');
	return;
}

# Nothing is sent where the device is not, and nothing taken from there.
sub connections
{
	my $d = speak(device('0000000a0b0c'));
	my $id = send_command($d->{address}, 81);
	my $frame = next_command($d);
	my $again = device('0000000a0b0c');

	answer($again, $frame, $response, state($again));
	reaches($id, 'failed', 'answered over another connection: failed');
	steps_are($id, '1 sent, 1 disconnected', 'answered over another connection');
	$id = send_command($d->{address}, 85);
	is(type_of(next_command($again)), 85, 'the next one goes where the device spoke last');
	$again->close;
	reaches($id, 'failed', 'disconnected: failed');
	steps_are($id, '1 sent, 1 disconnected', 'disconnected');
	$d->close;

	# until it connects; what is cancelled or too old is left out
	my $cancelled = send_command($d->{address}, 86);
	my $expired = send_command($d->{address}, 88, undef, ", '1 second'");
	$id = send_command($d->{address}, 81);
	sql("SELECT cancel_command($cancelled)");
	reaches($expired, 'expired', 'not connected for too long: expired');
	steps_are($expired, '0 expired', 'expired');
	reaches($id, 'queued', 'not connected: queued');
	$d = speak(device('0000000a0b0c'));
	$frame = next_command($d);
	is(type_of($frame), 81, 'sent when it connects');
	answer($d, $frame, $response, state($d));
	reaches($id, 'answered', 'and answered');
	is(sql("SELECT state, attempt, done_at IS NOT NULL FROM command WHERE id = $cancelled"), 'cancelled|0|t', 'cancelled');
	is(sql("SELECT count(*) FROM command_step WHERE command_id = $cancelled"), '0', 'and never sent');

	# frames from where it must not come from do not lead commands there
	sql("INSERT INTO device (device, networks) VALUES ('0000000a0b0e', '{10.0.0.0/8}')");
	my $refused = device('0000000a0b0e');
	is($refused->say(frame_of($refused, $send, state($refused))), 'denied', 'a device from elsewhere: denied');
	$id = send_command($refused->{address}, 81, undef, ", '2 seconds'");
	reaches($id, 'expired', 'and gets no command');
	return;
}

sub restarted
{
	my $d = speak(device('0000000a0b0c'));
	my $id = send_command($d->{address}, 81);
	my $frame = next_command($d);

	$d = next_listener($d);
	answer($d, $frame, $response, state($d));
	# nobody waits for the answer any more
	with_timeout(1, sub { reaches($id, 'failed', 'a listener that ended while it waited: failed') });
	steps_are($id, '1 sent, 1 lost', 'a listener that ended');
	return;
}

sub datagrams
{
	my $d = speak(device('0000000a0b10', udp => 1));
	my $id = send_command($d->{address}, 81);
	my $frame = next_command($d);
	my $stranger = device('0000000a0b10', udp => 1);

	frame_is($frame, $id, $d->{address}, $request, 81, '[{"reserved": 0}]', 'UDP');
	answer($stranger, $frame, $response, state($d));
	same_frame(next_command($stranger), $frame, 'UDP: an answer from another address is not taken, but the device may have moved there');
	answer($stranger, $frame, $response, "\x15\x01\x03" . tag($d));
	reaches($id, 'answered', 'UDP: answered');
	steps_are($id, '1 sent, 2 sent, 2 answered', 'UDP');
	return;
}

# Addresses high byte first, times in BCD.
sub dialect
{
	my $d = speak(device('0a1b2c3d4e5f', wire => 1, bcd => 1));
	my $id = sql("SELECT sync_clock('$d->{address}')");
	my $frame = next_command($d);
	my $bytes = unpack 'H*', $frame->{bytes};
	my $said = explained($frame, 'dahua-1.03');

	is(substr($bytes, 24, 24), $centre . $d->{address}, 'dialect: addresses on the wire');
	is(substr($bytes, 52, 18), '015a01' . substr($bytes, 12, 12), 'dialect: the time of sending');
	is_deeply([ @$said{qw(error src dst type cmd)} ], [ undef, $centre, $d->{address}, 90, $control ], 'dialect: frame');
	is( sql("SELECT f.received_at - '$said->{objects}[0]{time}'::timestamp AT TIME ZONE setting('time_zone') BETWEEN '0' AND '1 minute'
			AND f.sent_at = '$said->{time}'::timestamp AT TIME ZONE setting('time_zone'), f.profile, c.app IS NULL
			FROM command AS c JOIN command_step AS s ON s.command_id = c.id
			JOIN frame AS f ON f.id = s.frame_id AND f.device = s.device WHERE c.id = $id AND s.step = 'sent'"),
		't|dahua-1.03|t', 'dialect: frame row');
	answer($d, $frame, $confirm);
	reaches($id, 'confirmed', 'dialect: confirmed');
	$id = send_command($d->{address}, 81);
	answer($d, next_command($d), $response, state($d));
	reaches($id, 'answered', 'dialect: answered');
	is( sql("SELECT (answer -> 0 ->> 'time')::timestamp AT TIME ZONE setting('time_zone') BETWEEN date_trunc('second', sent_at) AND done_at
			FROM command WHERE id = $id"), 't', 'dialect: the answer is read in BCD');
	return;
}

# Confirmed at once, answered by a person later.
sub duty
{
	my $d = speak(device('0000000a0b0c'));
	my $id = sql("SELECT duty_inspection('$d->{address}', 10)");
	my $frame = next_command($d);

	frame_is($frame, $id, $d->{address}, $control, 91, '[{"timeout_min": 10}]', 'duty inspection');
	answer($d, $frame, $confirm);
	reaches($id, 'confirmed', 'duty inspection: confirmed');
	is($d->say(frame_of($d, $send, "\x18\x01\x20\x05" . tag($d))), 'confirmed', 'duty inspection: the person answers');
	is( sql("SELECT state, part IS NULL FROM observation WHERE device = '$d->{address}' AND kind = 24 AND operator = 5"),
		'device_operation{duty_reply}|t', 'duty inspection: an observation');
	return;
}

# Known by what it sent, before device_now is written.
sub unregistered
{
	restart_with(admission => 'open', flush_interval => 3600);
	my $d = device('0000000a0bff');
	# the keeper catches up with frames when it starts, between its first two turns
	foreach my $turn (1, 2)
	{
		my $blocks = sql('SELECT coalesce(max(n), 0) FROM ledger_block');
		speak($d);
		ok($node->poll_query_until('city', "SELECT max(n) > $blocks FROM fireiot.ledger_block"), "the keeper has sealed: $turn");
	}
	sql("DELETE FROM device_now WHERE device = '$d->{address}'");
	my $id = send_command($d->{address}, 81);

	is(sql("SELECT count(*) FROM device_now WHERE device = '$d->{address}'"), '0', 'a device that is in no table but frame');
	answer($d, next_command($d), $response, state($d));
	reaches($id, 'answered', 'is sent a command');
	return;
}

# The next command that a device gets is the one that is sent to it now.
sub gets_only
{
	my ($d, $name) = @_;
	my $id = send_command($d->{address}, 85);
	my $frame = next_command($d);

	is(type_of($frame), 85, $name);
	answer($d, $frame, $response, version());
	reaches($id, 'answered', "$name: answered");
	return;
}

sub clocks_set
{
	my ($address) = @_;
	return sql("SELECT count(*) FROM command WHERE device = '$address' AND type = 90 AND requested_by = 'fireiot'");
}

sub clocks
{
	gets_only(speak(device('0000000a0b11', clock => -3600)), 'switched off: no clock is set');
	restart_with(sync_clock_above => 60, admission => 'pending', flush_interval => 1);
	my $slow = speak(device('0000000a0b11', clock => -3600));
	my $frame = next_command($slow);

	is(type_of($frame), 90, 'an hour slow: the clock is set');
	is(unpack('H*', substr $frame->{bytes}, 29, 6), unpack('H*', substr $frame->{bytes}, 6, 6), 'to the time of sending');
	answer($slow, $frame, $confirm);
	ok($node->poll_query_until('city', "SELECT state = 'confirmed' FROM fireiot.command WHERE requested_by = 'fireiot'"), 'confirmed');
	like(sql("SELECT note FROM command WHERE requested_by = 'fireiot'"), qr/^the clock is off by -36\d{5} ms$/, 'with the reason');

	speak($slow) for 1 .. 2;
	gets_only($slow, 'off again: not within the hour');
	$slow = next_listener($slow);
	gets_only($slow, 'nor from the next listener');
	is(clocks_set('0000000a0b11'), '1', 'one in all');
	sql("UPDATE command SET requested_at = requested_at - interval '1 hour' WHERE requested_by = 'fireiot'");
	is(type_of(next_command(next_listener($slow))), 90, 'an hour later: again');

	gets_only(speak(device('0000000a0b0d', clock => 50)), 'less than a minute fast: left alone');
	gets_only(speak(device('0000000a0b99', clock => 7200)), 'pending: left alone');
	is(sql("SELECT admission FROM device WHERE device = '0000000a0b99'"), 'pending', 'it is pending');
	is(clocks_set($_), '0', "$_: none") for '0000000a0b0d', '0000000a0b99';
	return;
}

# Whichever listener a device is connected to sends, and it alone.
sub two_listeners
{
	restart_with(listeners => 2, sync_clock_above => 0, admission => 'open');
	my @device = map { speak(device(sprintf '0000000b%04x', $_)) } 1 .. 16;
	my $ids = sql("SELECT string_agg(send_command(device, 81)::text, ',') FROM
		(SELECT DISTINCT device FROM frame WHERE device >= '0000000b0001' AND device < '0000000c0000') AS d");

	answer($_, next_command($_), $response, state($_)) for @device;
	ok($node->poll_query_until('city', "SELECT bool_and(state = 'answered' AND attempt = 1) FROM fireiot.command WHERE id IN ($ids)"),
		'two listeners: all are answered');
	is( sql("SELECT count(*), count(DISTINCT device) FROM command_step WHERE command_id IN ($ids) AND step = 'sent'"),
		'16|16', 'two listeners: each is sent once');

	# of many connections that were not closed, the one that spoke last
	my @connection = map { speak(device('0000000b0001')) } 1 .. 12;
	my $id = send_command('0000000b0001', 85);
	my $frame = next_command($connection[-1]);
	is(type_of($frame), 85, 'two listeners: the connection that spoke last');
	answer($connection[-1], $frame, $response, version());
	reaches($id, 'answered', 'two listeners: answered there');
	steps_are($id, '1 sent, 1 answered', 'two listeners');
	is(scalar(grep { next_command($_, 0.1) } @connection[ 0 .. 10 ]), 0, 'two listeners: nothing to the others');
	return;
}

sql("INSERT INTO device (device) VALUES ('0000000a0b0c'), ('0000000a0b0d'), ('0000000a0b10'), ('0000000a0b11')");
sql("INSERT INTO device (device, profile) VALUES ('0a1b2c3d4e5f', 'dahua-1.03')");
every_type();
with_timeout(2, \&silence);
denials();
with_timeout(2, \&wrong_answers);
connections();
with_timeout(2, \&datagrams);
dialect();
duty();
restarted();
unregistered();
clocks();
two_listeners();
$node->stop;
done_testing();
