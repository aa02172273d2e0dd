#!/usr/bin/env perl
# test.pl PROGRAM
#	  What fireiot-sim does, seen from the centre.  Last line: `N passed, N
#	  failed`.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use List::Util qw(max min sum uniq);
use Peer qw(serve frame answer cut start wait_for contents);
use Time::HiRes qw(time);

my $program = shift // die "usage: test.pl PROGRAM\n";
my ($passed, $failed) = (0, 0);

sub ok
{
	my ($true, $what, $detail) = @_;
	$true ? $passed++ : $failed++;
	print +($true ? 'ok' : 'not ok'), " - $what\n";
	print map { "# $_\n" } split /\n/, $detail // '' unless $true;
	return $true;
}

sub is
{
	my ($got, $want, $what) = @_;
	$got //= 'undef';
	return ok($got eq $want, $what, "got $got, want $want");
}

# A run against a centre that does as it is told; confirms by itself.
sub run_against
{
	my ($told, @options) = @_;
	return serve(on_frame => \&Peer::confirm, %$told,
		command => [ $program, 'run', '--port', 'PORT', @options ]);
}

# The sim's own echo; its port.
sub start_echo
{
	my $echo = start($program, 'echo', '--port', 0, '--seconds', 120);
	my $until = time + 20;
	until (($echo->{port}) = contents($echo->{out}) =~ /^listening on 127\.0\.0\.1:(\d+)$/m)
	{
		die "echo does not listen\n" if time > $until;
		select undef, undef, undef, 0.01;
	}
	return $echo;
}

sub stop_echo
{
	my ($echo) = @_;
	kill TERM => $echo->{pid};
	return is(wait_for($echo)->{status}, 0, 'echo ends when it is told to');
}

sub by_device
{
	my %frames;
	push @{ $frames{ $_->{device} } }, $_ for @_;
	return \%frames;
}

# A frame without its times.
sub timeless
{
	my ($frame) = @_;
	my $bytes = $frame->{bytes} =~ s/\Q$frame->{time}\E/TIMTIM/gr;
	return substr $bytes, 0, -3;
}

sub seconds_of
{
	my ($frame) = @_;
	my ($s, $m, $h, $day, $month, $year) = unpack 'C6', $frame->{time};
	return POSIX::mktime($s, $m, $h, $day, $month - 1, 100 + $year) - 8 * 3600;
}

$ENV{TZ} = 'UTC';

sub test_usage
{
	my $help = wait_for(start($program, '--help'));
	is($help->{status}, 0, 'help is no mistake');
	ok($help->{said} =~ /^fireiot-sim \Q$_\E /m, "help names $_") for qw(run drill play send echo);
	my $options = wait_for(start($program, 'run', '--help'));
	ok($options->{said} =~ /^  --window W /m, 'help of run lists options');
	for my $wrong ([], ['fly'], [qw(run --wings 2)], [qw(run --window 0)], [qw(run --window 1.5)],
		[qw(run --window)], [qw(run --udp=1)], ["run", "--mix", "2:1,3"], [qw(run --mix 61:1)],
		[qw(run --mix 2:0)], [qw(run --faults cut)], [qw(run --faults hole:0.1)],
		["run", "--faults", "cut:0.6,half:0.6"], [qw(run --connections 2)], [qw(run --tls --udp)],
		[qw(run --first-device ffffffffffff --devices 2)], [qw(run --first-device 1ffffffffffff)],
		[qw(run --clock-jump 5)], [qw(run --no-answers --deny-commands)], [qw(echo --devices 2)],
		[qw(send)], [qw(play)], [qw(play no-such-file)], [qw(run --tls --ca no-such-file)],
		[qw(run --host no.such.host.invalid)])
	{
		my $said = wait_for(start($program, @$wrong));
		ok($said->{status} == 2 && length "$said->{complaint}$said->{said}",
			"refused: @$wrong", "status $said->{status}: $said->{complaint}");
	}
}

# The page has every option and no other.
sub test_page
{
	my @help = map { wait_for(start($program, $_, "--help"))->{said} } qw(run drill play send echo);
	my %option = map { $_ => 1 } map { /^  (--[a-z-]+)/mg } @help;
	my %described = map { $_ => 1 } contents("$FindBin::Bin/../../docs/simulator.md") =~ /`(--[a-z-]+)/g;
	is(join(" ", grep { !$described{$_} } sort keys %option), "", "page: has every option");
	is(join(" ", grep { !$option{$_} } sort keys %described), "", "page: has no other");
	return;
}

sub test_plain
{
	my $record = Peer::temporary();
	my $seen = run_against({}, qw(--devices 40 --connections 4 --window 5 --frames 400
		--first-device 0a0b0c --centre 1234 --record), $record);
	is($seen->{status}, 0, 'plain: all confirmed');
	is(scalar @{ $seen->{frames} }, 400, 'plain: so many frames as wanted');
	ok(!(grep { !$_->{good} || $_->{command} != 2 } @{ $seen->{frames} }), 'plain: good frames');
	is($seen->{garbage}, 0, 'plain: nothing else');
	is($seen->{opened}, 4, 'plain: so many connections as wanted');
	is(scalar(uniq map { $_->{dst} } @{ $seen->{frames} }), 1, 'plain: one centre');
	is(unpack('H*', $seen->{frames}[0]{dst}), '341200000000', 'plain: which is the one named');
	my $devices = by_device(@{ $seen->{frames} });
	is(join(',', sort { $a <=> $b } keys %$devices), join(',', 0x0a0b0c .. 0x0a0b0c + 39),
		'plain: the devices named');
	my @series = map { join ',', map { $_->{seq} } @$_ } values %$devices;
	is(join(' ', uniq @series), join(',', 0 .. 9), 'plain: numbers from 0 up, in order');
	my %of;
	$of{ $_->{connection} }{ ($_->{device} - 0x0a0b0c) % 4 } = 1 for @{ $seen->{frames} };
	ok(!(grep { keys %$_ != 1 } values %of), 'plain: a device stays on its connection');
	my $wrong = grep { abs(seconds_of($_) - time) > 60 } @{ $seen->{frames} };
	is($wrong, 0, 'plain: times are those of UTC+8');
	is($seen->{sent}, 400, 'plain: report of sent');
	is($seen->{confirmed}, 400, 'plain: report of confirmed');
	is($seen->{lost_connections}, 0, 'plain: report of lost connections');
	ok($seen->{confirm_p50_ms} > 0 && $seen->{confirm_p50_ms} <= $seen->{confirm_p99_ms}
		  && $seen->{confirm_p99_ms} <= $seen->{confirm_max_ms}, 'plain: report of times');
	check_record($record, $seen);
}

sub check_record
{
	my ($record, $seen) = @_;
	my (%event, %sent, %done);
	for my $line (split /\n/, contents($record))
	{
		my ($event, $at, $number, $device, $seq, $time, $bytes) = split /\t/, $line;
		$event{$event}++;
		$sent{ $bytes =~ s/^\\\\x//r } = $number if $event eq 'sent';
		$done{$number} = "$device $seq" if $event eq 'confirmed';
	}
	is("sent $event{sent} confirmed $event{confirmed}", 'sent 400 confirmed 400', 'record: its lines');
	my @missing = grep { !defined $sent{ unpack 'H*', $_->{bytes} } } @{ $seen->{frames} };
	is(scalar @missing, 0, 'record: the bytes that came are those recorded');
	my @other = grep {
		$done{ $sent{ unpack 'H*', $_->{bytes} } // '' } ne sprintf '%012x %d', @$_{qw(device seq)}
	} @{ $seen->{frames} };
	is(scalar @other, 0, 'record: what is confirmed is what was sent');
}

sub test_seed
{
	my @shape = ([qw(--connections 30)], [qw(--connections 3 --window 4)], [qw(--seed 2)],
		[qw(--faults checksum:0.3 --timeout 1)]);
	my @series;
	for my $shape (@shape)
	{
		my $seen = run_against({ on_frame => sub {
			my ($centre, $connection, $frame) = @_;
			$frame->{good} ? $centre->confirm($connection, $frame) : $centre->deny($connection, $frame);
		} }, qw(--devices 30 --frames 300 --objects 2 --mix),
		  "0:1,1:1,2:3,3:2,4:1,5:1,6:1,7:1,8:1,21:1,24:1,25:1,26:1,28:1", @$shape);
		is($seen->{status}, 0, "seed: all confirmed with @$shape");
		my $devices = by_device(grep { $_->{good} } @{ $seen->{frames} });
		push @series, join ' ', map {
			my $frames = $devices->{$_};
			map { unpack 'H*', timeless($_) } sort { $a->{seq} <=> $b->{seq} } @$frames
		} sort { $a <=> $b } keys %$devices;
	}
	ok($series[0] eq $series[1], 'seed: the same frames over other connections');
	ok($series[0] ne $series[2], 'seed: other frames by another');
	ok($series[0] eq $series[3], 'seed: the same frames with faults');
	return;
}

sub test_content
{
	my $seen = run_against({}, qw(--devices 1 --window 50 --frames 3000 --mix 2:1 --parts 4));
	my (%last, %state, %text, $repeated);
	for my $frame (@{ $seen->{frames} })
	{
		my ($part, $bits, $text) = unpack 'x2 a7 v Z31', $frame->{app};
		$repeated++ if ($last{$part} // 1) == $bits;
		$last{$part} = $bits;
		$state{$bits}++;
		$text{$text}++;
	}
	is(scalar keys %last, 4, 'content: so many parts as wanted');
	ok($repeated > 1300 && $repeated < 1700, 'content: half of the states are repeated', $repeated // 0);
	ok($state{$_}, sprintf 'content: state %04x comes', $_) for 0x01, 0x03, 0x05, 0x09, 0x61;
	ok((grep { /[\x81-\xfe][\x40-\xfe]/ } keys %text) == keys %text, 'content: Chinese texts');

	$seen = run_against({}, qw(--devices 1 --window 50 --frames 2000 --mix 3:1 --parts 1));
	my @value = map { unpack 'x2 x7 x s<', $_->{app} } @{ $seen->{frames} };
	my @step = map { abs($value[$_] - $value[$_ - 1]) } 1 .. $#value;
	ok(max(@step) < 20 && max(@value) > min(@value), 'content: values wander');
	return;
}

sub test_mix
{
	my $echo = start_echo();
	my $record = Peer::temporary();
	my $ran = wait_for(start($program, 'run', '--port', $echo->{port}, '--record', $record,
		qw(--devices 20 --window 50 --frames 50000)));
	is($ran->{status}, 0, 'mix: all confirmed');
	my %share;
	/^sent\t.*\\x.{54}(..)/ and $share{ hex $1 } += 1 / 500 for split /\n/, contents($record);
	my %want = (2 => 70, 3 => 20, 21 => 5, 1 => 3, 4 => 2);
	ok(abs(($share{$_} // 0) - $want{$_}) < 1.5, "mix: $want{$_} % of type $_", $share{$_})
	  for sort keys %want;
	stop_echo($echo);
	return;
}

sub test_window
{
	for my $window (1, 7)
	{
		my ($most, @kept) = (0);
		my $seen = run_against({
			on_frame => sub { my ($centre, @frame) = @_; push @kept, \@frame; $most = max($most, scalar @kept) },
			# all that may be in flight has come
			on_turn => sub {
				my ($centre) = @_;
				$centre->confirm(@$_) for @kept >= $window || @{ $centre->{frames} } == 60 ? splice @kept : ();
			},
		}, qw(--devices 3 --connections 1 --frames 60 --window), $window);
		is($seen->{confirmed}, 60, "window $window: all confirmed");
		is($most, $window, "window $window: so many in flight");
	}
	# confirmed in another order than they came
	my @kept;
	my $seen = run_against({
		on_frame => sub { my ($centre, @frame) = @_; push @kept, \@frame },
		on_turn => sub { my ($centre) = @_; $centre->confirm(@$_) for reverse splice @kept },
	}, qw(--devices 3 --connections 1 --frames 60 --window 10));
	is("$seen->{confirmed} $seen->{surplus_answers}", '60 0', 'window: any order of confirmations');
	return;
}

sub test_silence
{
	my $seen = run_against({ on_frame => sub { } }, qw(--devices 2 --frames 2 --timeout 0.1));
	is($seen->{status}, 1, 'silence: not confirmed');
	is("$seen->{gave_up} $seen->{resent}", '2 6', 'silence: three repeats, then given up');
	is(scalar(uniq map { $_->{bytes} } @{ $seen->{frames} }), 2, 'silence: repeats have the same bytes');
	is(scalar @{ $seen->{frames} }, 8, 'silence: repeats come');

	$seen = run_against({ on_frame => sub { } }, qw(--repeats 1 --timeout 0.1));
	is(scalar @{ $seen->{frames} }, 2, 'silence: as many repeats as wanted');
	return;
}

sub test_denial
{
	my $seen = run_against({ on_frame => \&Peer::deny }, qw(--devices 1 --frames 2));
	is($seen->{status}, 1, 'denial: not confirmed');
	is("$seen->{gave_up} $seen->{denied} $seen->{resent}", '2 8 6', 'denial: three repeats, then given up');
	my %times;
	$seen = run_against({ on_frame => sub {
		my ($centre, $connection, $frame) = @_;
		$times{ $frame->{bytes} }++ < 2 ? $centre->deny($connection, $frame) : $centre->confirm($connection, $frame);
	} }, qw(--devices 3 --frames 6));
	is("$seen->{status} $seen->{confirmed} $seen->{denied}", '0 6 12', 'denial: repeated until confirmed');
	return;
}

sub test_foreign_answers
{
	my $seen = run_against({ on_frame => sub {
		my ($centre, $connection, $frame) = @_;
		$centre->put($connection, answer({ %$frame, seq => $frame->{seq} + 100 }, 3));
		$centre->put($connection, answer({ %$frame, src => "\x09" . "\x00" x 5 }, 3));
		$centre->put($connection, "no frame @");
		return if $frame->{seq} >= 3;
		my $confirm = answer($frame, 3);
		$centre->put($connection, substr $confirm, 0, 11);
		$centre->put($connection, substr $confirm, 11);
	} }, qw(--devices 2 --frames 10 --timeout 1.5 --repeats 0));
	is("$seen->{status} $seen->{confirmed} $seen->{gave_up} $seen->{surplus_answers}", "1 6 4 20",
		"answers: by device and number");
	return;
}

# The centre ends each connection after some frames, without confirming the last.
sub closing_centre
{
	my ($limit) = @_;
	my %frames;
	return (on_frame => sub {
		my ($centre, $connection, $frame) = @_;
		return if $connection->{closed};
		return $centre->shut($connection)
		  if ++$frames{ $connection->{number} } == 7 && $connection->{number} < $limit;
		$centre->confirm($connection, $frame);
	});
}

sub test_reconnect
{
	my $seen = run_against({ closing_centre(5) }, qw(--devices 4 --connections 1 --window 3 --frames 100 --reconnect));
	is("$seen->{status} $seen->{confirmed} $seen->{lost_connections}", '0 100 5', 'reconnect: all confirmed');
	is($seen->{opened}, 6, 'reconnect: as often as broken');
	ok($seen->{seconds} < 5, "reconnect: at once", $seen->{seconds});
	my %times;
	$times{ $_->{bytes} }++ for @{ $seen->{frames} };
	is(scalar keys %times, 100, 'reconnect: what comes again is what came before');
	ok($seen->{resent} >= 5, 'reconnect: what was not confirmed comes again');

	$seen = run_against({ closing_centre(5) }, qw(--devices 4 --connections 1 --window 3 --frames 100));
	is("$seen->{status} $seen->{opened} $seen->{lost_connections}", '1 1 1', 'no reconnect: it ends');
	ok($seen->{gave_up} >= 1 && $seen->{gave_up} + $seen->{confirmed} + $seen->{unsent} == 100,
		'no reconnect: what was given up is told');

	# the centre is away for a while
	my $away;
	$seen = run_against({
		on_frame => sub {
			my ($centre, $connection, $frame) = @_;
			return $centre->confirm($connection, $frame) if $away || @{ $centre->{frames} } < 40;
			$centre->{port} = $centre->{listener}->sockport;
			$centre->shut_all;
			$away = time;
		},
		on_turn => sub {
			my ($centre) = @_;
			return if $centre->{listener} || time < $away + 0.7;
			$centre->listen_again($centre->{port});
		} }, qw(--devices 10 --window 2 --frames 200 --reconnect));
	is("$seen->{status} $seen->{confirmed}", '0 200', 'reconnect: the centre comes back');

	# and for ever
	my $gone;
	$seen = run_against({ on_frame => sub { my ($centre) = @_; $centre->shut_all unless $gone++ } },
		qw(--devices 3 --frames 30 --reconnect --give-up 0.5));
	is($seen->{status}, 1, 'give-up: it ends');
	ok($seen->{confirmed} == 0 && $seen->{gave_up} + $seen->{unsent} == 30, 'give-up: nothing is left out');

	# connected, but silent: after the repeats it tries another connection
	my $silent = 4;
	$seen = run_against({ on_frame => sub {
		my ($centre, $connection, $frame) = @_;
		$centre->confirm($connection, $frame) unless $silent-- > 0;
	} }, qw(--devices 1 --frames 3 --timeout 0.05 --repeats 1 --reconnect));
	is("$seen->{status} $seen->{confirmed}", '0 3', 'reconnect: from silence');
	ok($seen->{opened} >= 2, 'reconnect: on another connection');
	return;
}

# Confirms what is good, denies what is not.
sub strict
{
	my ($centre, $connection, $frame) = @_;
	return $frame->{good} ? $centre->confirm($connection, $frame) : $centre->deny($connection, $frame);
}

sub run_with_fault
{
	my ($fault, @options) = @_;
	my $seen = run_against({ on_frame => \&strict }, qw(--devices 8 --connections 2 --window 4
		--frames 400 --repeats 30 --faults), "$fault:0.1", @options);
	is("$seen->{status} $seen->{confirmed}", '0 400', "$fault: all confirmed");
	ok($seen->{faults} > 15 && $seen->{faults} < 80, "$fault: as often as wanted", $seen->{faults});
	my %times;
	$times{ $_->{bytes} }++ for grep { $_->{good} } @{ $seen->{frames} };
	is(scalar keys %times, 400, "$fault: each frame comes well");
	$seen->{again} = sum map { $_ - 1 } values %times;
	return $seen;
}

sub test_faults
{
	run_with_fault('cut');
	my $slow = run_with_fault('slow');
	ok($slow->{reads} > 3 * $slow->{faults}, 'slow: in many pieces', "$slow->{reads} reads");

	my $garbage = run_with_fault('garbage');
	ok($garbage->{garbage} > 10 * $garbage->{faults}, 'garbage: bytes of no frame');

	my $checksum = run_with_fault('checksum');
	is(scalar(grep { !$_->{good} } @{ $checksum->{frames} }), $checksum->{faults}, 'checksum: bad frames');
	is($checksum->{denied}, $checksum->{faults}, 'checksum: denied');

	my $length = run_with_fault(qw(length --timeout 0.3));
	ok($length->{garbage} > 0 && $length->{resent} >= $length->{faults} / 2, 'length: no frames');

	my $half = run_with_fault('half');
	ok($half->{opened} > 10, 'half: connections are made again', $half->{opened});
	is($half->{lost_connections}, 0, 'half: which are not lost ones');

	my $disconnect = run_with_fault('disconnect');
	ok($disconnect->{opened} > 10, 'disconnect: connections are made again');
	ok($disconnect->{again} > 10, 'disconnect: frames come again');

	my $resend = run_with_fault('resend');
	is($resend->{again}, $resend->{faults}, 'resend: frames come twice');
	ok($resend->{surplus_answers} > 0, 'resend: and are confirmed twice');

	my $endmark = run_with_fault('endmark');
	my @marked = grep { $_->{time} =~ /^##/ } @{ $endmark->{frames} };
	is(scalar @marked, $endmark->{faults}, 'endmark: in the time');
	ok((grep { $_->{app} =~ /\@\@##/ } @marked), 'endmark: in addresses');
	ok((grep { $_->{app} =~ /##\@\@##\x00/ } @marked), 'endmark: in texts');

	my $clock = run_with_fault('clock');
	ok((grep { abs(seconds_of($_) - time) > 3600 } @{ $clock->{frames} }) > 100, 'clock: jumps');
	return;
}

sub test_clock
{
	my $seen = run_against({}, qw(--frames 5 --clock-offset -86400));
	ok(abs(seconds_of($seen->{frames}[0]) - (time - 86400)) < 60, 'clock-offset: a day behind');
	$seen = run_against({}, qw(--seconds 1 --rate 20 --clock-jump 0.5:7200));
	my @seconds = map { seconds_of($_) } @{ $seen->{frames} };
	my @jump = grep { $seconds[$_] - $seconds[$_ - 1] > 7000 } 1 .. $#seconds;
	is(scalar @jump, 1, 'clock-jump: once');
	return;
}

# Sequence numbers come round: no frame comes twice.
sub test_wrap
{
	my $echo = start_echo();
	my $record = Peer::temporary();
	my $ran = wait_for(start($program, 'run', '--port', $echo->{port}, '--record', $record,
		qw(--devices 1 --window 1000 --frames 200000 --mix 0:1)));
	is($ran->{status}, 0, 'wrap: all confirmed');
	my %sent;
	/^sent\t.*\t(\S+)$/ and $sent{$1}++ for split /\n/, contents($record);
	is(scalar keys %sent, 200000, 'wrap: no frame comes twice');
	stop_echo($echo);
	return;
}

sub command
{
	my ($type, $payload, $command) = @_;
	return frame(command => $command // ($type < 89 ? 4 : 1), seq => 700 + $type,
		app => chr($type) . "\x01" . $payload);
}

# Put commands behind the first frame; returns what is answered, by number.
sub converse
{
	my ($commands, @options) = @_;
	my $left = @$commands;
	my $seen = run_against({ on_frame => sub {
		my ($centre, $connection, $frame) = @_;
		if (!$centre->{told}++) { $centre->put($connection, join '', @$commands) }
		$centre->confirm($connection, $frame) if $frame->{command} == 2;
	} }, qw(--seconds 1 --rate 20 --duty-delay 0.1), @options);
	$seen->{answer} = { map { $_->{seq} => $_ } grep { $_->{command} != 2 } @{ $seen->{frames} } };
	return $seen;
}

sub test_commands
{
	my $part = pack 'CCV', 12, 7, 0x00020001;
	my $start = "\x00\x00\x00\x01\x01\x18";
	my %payload = (61 => "\x01\x02", 62 => $part, 63 => $part, 64 => "\x01\x02\x03$start", 65 => "\x01\x02",
		66 => "\x01\x02", 67 => $part, 68 => "\x01\x02", 81 => "\x00", 84 => "\x04$start", 85 => "\x00",
		86 => "\x00", 88 => "\x00");
	my %answered_by = (61 => 1, 62 => 2, 63 => 3, 64 => 4, 65 => 5, 66 => 6, 67 => 7, 68 => 8, 81 => 21,
		84 => 24, 85 => 25, 86 => 26, 88 => 28);
	my %size = (1 => 10, 2 => 46, 3 => 16, 4 => 10, 5 => 4, 7 => 38, 8 => 8, 21 => 7, 24 => 8, 25 => 2, 28 => 6);
	my @asked = map { command($_, $payload{$_}) } sort keys %payload;
	my $seen = converse(\@asked);
	is($seen->{status}, 0, 'requests: the rest goes on');
	is($seen->{commands}, scalar @asked, 'requests: counted');
	for my $type (sort keys %payload)
	{
		my $got = $seen->{answer}{ 700 + $type };
		my $what = $got ? "$got->{command} $got->{type}" : 'nothing';
		is($what, "5 $answered_by{$type}", "requests: $type is answered");
		next unless $got && $got->{good};
		my $count = ord substr $got->{app}, 1, 1;
		is($count, { 64 => 3, 84 => 4 }->{$type} // 1, "requests: $type by so many objects");
		my $size = $size{ $got->{type} } // next;
		is(length $got->{app}, 2 + $count * $size, "requests: $type by whole objects");
		is(unpack("H*", substr($got->{app}, 2, 2) . substr $got->{app}, 5, 4), unpack("H*", $part), "requests: $type about the part")
		  if $type == 62 || $type == 63 || $type == 67;
	}

	$seen = converse([ command(89, "\x00"), command(90, "\x00\x00\x00\x01\x06\x20"), command(91, "\x05") ]);
	is($seen->{answer}{ 700 + $_ }{command}, 3, "control: $_ is confirmed") for 89 .. 91;
	is(unpack('x3 H6', $seen->{frames}[-1]{time}), '010620', 'control: the clock is set');
	my @duty = grep { $_->{type} == 24 && ord(substr $_->{app}, 2, 1) == 0x20 } @{ $seen->{frames} };
	is(scalar @duty, 1, 'control: the operator answers the duty inspection');

	my @wrong = (command(99, "\x00", 4), command(62, 'abc'), command(81, "\x00", 1), frame(command => 4, seq => 5));
	$seen = converse(\@wrong);
	is(join(',', map { $_->{command} } values %{ $seen->{answer} }), '6,6,6,6', 'commands: what is wrong is denied');

	my @both = (command(81, "\x00"), command(90, $start));
	$seen = converse(\@both, '--deny-commands');
	is(join(',', map { $_->{command} } values %{ $seen->{answer} }), '6,6', 'commands: denied when wanted');
	$seen = converse(\@both, '--no-answers');
	is(scalar keys %{ $seen->{answer} }, 0, 'commands: not answered when wanted');
	$seen = converse(\@both, '--wrong-answers');
	ok($seen->{answer}{781}{command} == 5 && $seen->{answer}{781}{type} != 21
		  && $seen->{answer}{790}{command} != 3, 'commands: answered wrongly when wanted');
	is($seen->{status}, 0, 'commands: and all confirmed');
	return;
}

sub test_udp
{
	my %dropped;
	my $seen = serve(udp => 1, command => [ $program, 'run', '--port', 'PORT', '--udp',
			qw(--devices 4 --window 5 --frames 100 --timeout 0.3 --repeats 30) ],
		on_frame => sub {
			my ($centre, $connection, $frame) = @_;
			return if $frame->{seq} % 10 == 3 && !$dropped{ $frame->{bytes} }++;
			$centre->confirm($connection, $frame);
		});
	is("$seen->{status} $seen->{confirmed}", '0 100', 'udp: all confirmed');
	ok($seen->{resent} >= 8, 'udp: what is lost comes again', $seen->{resent});
	is($seen->{crowded} // 0, 0, 'udp: one frame a datagram');
	is($seen->{opened}, 4, 'udp: a port for each connection');
	return;
}

sub test_idle
{
	my $seen = run_against({}, qw(--devices 100 --idle --seconds 0.3));
	is("$seen->{status} $seen->{confirmed} $seen->{connections_open}", '0 100 100', 'idle: one heart-beat each');
	ok(!(grep { length $_->{app} } @{ $seen->{frames} }), 'idle: which is empty');
	my %peer;
	$seen = run_against({ on_open => sub { $peer{ $_[1]{peer} }++ } },
		qw(--devices 100 --idle --frames 0 --seconds 0.3 --sources 10));
	is("$seen->{status} $seen->{sent} $seen->{connections_open}", '0 0 100', 'idle: none when none is wanted');
	is(join(',', sort keys %peer), join(',', sort map { "127.0.0.$_" } 1 .. 10), 'idle: from several addresses');
	my $echo = start_echo();
	my $many = wait_for(start($program, qw(run --idle --devices 5000 --seconds 0.1 --port), $echo->{port}));
	is("$many->{status} $many->{connections_open}", '0 5000', 'idle: many connections');
	stop_echo($echo);
	return;
}

sub test_rate
{
	my $seen = run_against({}, qw(--devices 20 --rate 400 --frames 300));
	ok($seen->{seconds} > 0.7 && $seen->{seconds} < 5, 'rate: as wanted', $seen->{seconds});
	is("$seen->{status} $seen->{confirmed}", '0 300', 'rate: all confirmed');
	my $devices = by_device(@{ $seen->{frames} });
	is(join(',', uniq map { scalar @$_ } values %$devices), 15, 'rate: by all devices alike');
	# a centre that is late shows in the times, not in fewer frames
	my (@kept, $began);
	$seen = run_against({ on_frame => sub { my ($centre, @frame) = @_; $began //= time; push @kept, \@frame },
		on_turn => sub {
			my ($centre) = @_;
			$centre->confirm(@$_) for @{ $centre->{frames} } > 2 && time - $began < 1.5 ? () : splice @kept;
		} }, qw(--devices 1 --rate 100 --frames 100));
	is("$seen->{status} $seen->{confirmed}", '0 100', 'rate: a late centre gets all');
	ok($seen->{confirm_p50_ms} > 100, 'rate: and the delay is counted', $seen->{confirm_p50_ms});
	return;
}

sub test_signal
{
	my $echo = start_echo();
	my $run = start($program, qw(run --devices 10 --seconds 100 --progress --report -), '--port', $echo->{port});
	my $until = time + 20;
	select undef, undef, undef, 0.01
	  until time > $until || contents($run->{err}) =~ /confirmed [1-9]/;
	kill TERM => $run->{pid};
	my $ran = wait_for($run);
	ok($ran->{status} == 0 && $ran->{confirmed} > 0 && $ran->{confirmed} == $ran->{sent},
		'signal: it ends with its report', "$ran->{status} $ran->{complaint}");
	stop_echo($echo);
	my $lost = wait_for(start($program, qw(run --devices 3 --port), $echo->{port}));
	ok($lost->{status} == 1 && $lost->{complaint} =~ /Connection refused/ && $lost->{unsent} == 3,
		'nobody listens: told', $lost->{complaint});
	return;
}

sub test_drill
{
	my $seen = serve(on_frame => \&Peer::confirm,
		command => [ $program, qw(drill --speed 2000 --device abc --port PORT) ]);
	my @frames = @{ $seen->{frames} };
	is($seen->{status}, 0, 'drill: all confirmed');
	ok(@frames > 40 && $seen->{said} =~ /^@{[scalar @frames]} frames sent, @{[scalar @frames]} confirmed$/m,
		'drill: some dozens of frames');
	is(join(',', sort { $a <=> $b } uniq map { $_->{type} } @frames), '1,2,3,4,21,24', 'drill: types');
	is(join(',', uniq map { $_->{device} } @frames), 0xabc, 'drill: one device');
	ok($seen->{said} =~ /^00:45  3层走廊烟感火警  .*fire  \[confirmed, /m, 'drill: is told');
	my ($fire) = grep { $_->{type} == 2 && unpack('x9 v', $_->{app}) == 3 } @frames;
	ok($fire->{app} =~ /1\xba\xc5\xc2\xa53\xb2\xe3\xd7\xdf\xc0\xc8\xd1\xcc\xb8\xd0\x00/, 'drill: texts are GB 18030');

	my $script = wait_for(start($program, 'drill', '--print'));
	my $again = serve(on_frame => \&Peer::confirm,
		command => [ $program, 'play', $script->{out}, qw(--speed 2000 --device abc --port PORT) ]);
	my ($first, $second) = map { join ' ', map { unpack 'H*', timeless($_) } @{ $_->{frames} } } $seen, $again;
	ok($first eq $second, 'play: what drill prints is what it plays');
	my $denied = serve(on_frame => \&Peer::deny,
		command => [ $program, 'play', write_file("0:00 | device normal\n"), qw(--repeats 0 --port PORT) ]);
	ok($denied->{status} == 1 && $denied->{said} =~ /denied/, 'play: denial is told');
	for my $wrong ("0:00 | device happy", "0:0 device normal", "0:00 | state x normal", "part | x 1.1/2", "",
		"0:00 | system 1.300 normal", "0:00 | device normal 3", "0:02 | device normal\n0:01 | device normal",
		"part | x 1.1/42.1 | " . "烟" x 20, "1:60 | device normal", "part | p 1.1/42.1 | p\n0:00 | value p 3 x")
	{
		my $refused = wait_for(start($program, 'play', write_file("$wrong\n")));
		is($refused->{status}, 2, 'play: refused: ' . $wrong =~ s/\n/ then /r);
	}
	return;
}

sub write_file
{
	my ($text) = @_;
	my $name = Peer::temporary();
	open my $file, '>', $name or die;
	print $file $text;
	close $file;
	return $name;
}

sub test_send
{
	my @frame = map { frame(command => 2, seq => $_, src => "\x05" . "\x00" x 5, app => "\x19\x01\x01\x02") } 0 .. 3;
	my $spoilt = $frame[3] =~ s/.(..)$/\x00$1/sr;
	my $file = write_file(join "\n", '# five lines', (map { unpack 'H*', $_ } @frame[0, 1], $spoilt),
		'\\x' . unpack('H*', $frame[2]), unpack('H*', $frame[3]), '');
	my $seen = serve(on_frame => sub {
		my ($centre, $connection, $frame) = @_;
		return strict(@_) if $frame->{seq} != 1 && $frame->{good};
		return $centre->deny($connection, $frame) unless $frame->{good};
		$centre->put($connection, command(81, "\x00"));
	}, command => [ $program, qw(send --timeout 1.5 --port PORT --hex-file), $file ]);
	my @said = map { [ split /\t/ ] } split /\n/, $seen->{said};
	is(join(' ', map { @$_[0, 1] } @said), '2 confirmed - received 3 silent 4 denied 5 confirmed 6 confirmed',
		'send: what is answered');
	is($said[1][2], unpack('H*', command(81, "\x00")), 'send: what else comes is shown');
	is($seen->{status}, 1, 'send: not all confirmed');
	$seen = serve(on_frame => sub { $_[0]->shut($_[1]) },
		command => [ $program, qw(send --port PORT --hex-file), $file ]);
	is(scalar(() = $seen->{said} =~ /closed/g), 5, 'send: closed connections are made again');
	is(wait_for(start($program, qw(send --hex-file), write_file("40 40 x\n")))->{status}, 2,
		"send: refuses what is no hexadecimal");
	return;
}

sub test_echo
{
	my $echo = start_echo();
	my $ran = wait_for(start($program, 'run', '--port', $echo->{port}, qw(--devices 50 --window 50 --frames 50000
		--timeout 0.5 --repeats 20),
		'--faults', 'cut:0.001,garbage:0.01,checksum:0.01,length:0.0002,half:0.001,disconnect:0.001,resend:0.01,endmark:0.01'));
	is("$ran->{status} $ran->{confirmed}", '0 50000', 'echo: confirms all, whatever goes wrong');
	ok($ran->{denied} > 300, 'echo: denies bad checksums');
	stop_echo($echo);
	return;
}

# TLS: openssl's own server is the transport, the frames are answered here.
sub test_tls
{
	my $dir = File::Temp->newdir;
	make_certificates($dir);
	my @client = ('--ca', "$dir/ca.pem", '--cert', "$dir/client.pem", '--key', "$dir/client.key");
	my $seen = run_over_tls($dir, @client);
	is("$seen->{status} " . ($seen->{confirmed} // ''), '0 200', 'tls: all confirmed');
	$seen = run_over_tls($dir, '--ca', "$dir/other.pem", @client[2 .. 5]);
	ok($seen->{status} == 1 && $seen->{complaint} =~ /certificate verify failed/, 'tls: a foreign centre is refused',
		$seen->{complaint});
	$seen = run_over_tls($dir, @client, '--server-name', 'centre.example');
	ok($seen->{status} == 1 && $seen->{complaint} =~ /certificate verify failed/, 'tls: another name is refused');
	$seen = run_over_tls($dir, @client[2 .. 5]);
	is($seen->{status}, 0, 'tls: no check without --ca');
	my $plain = run_against({}, qw(--tls --timeout 1));
	is($plain->{status}, 1, 'tls: to a centre without it');
	return;
}

sub make_certificates
{
	my ($dir) = @_;
	my $subject = sub { "-subj /CN=$_[0] -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes" };
	my @commands = (
		(map { "req -x509 -days 2 @{[$subject->($_)]} -keyout $dir/$_.key -out $dir/$_.pem" } 'ca', 'other'),
		(map { "req @{[$subject->($_)]} -keyout $dir/$_.key -out $dir/$_.csr" } 'server', 'client'),
		"x509 -req -days 2 -in $dir/server.csr -CA $dir/ca.pem -CAkey $dir/ca.key -CAcreateserial"
		  . " -extfile $dir/server.ext -out $dir/server.pem",
		"x509 -req -days 2 -in $dir/client.csr -CA $dir/ca.pem -CAkey $dir/ca.key -CAcreateserial -out $dir/client.pem");
	open my $names, '>', "$dir/server.ext" or die;
	print $names "subjectAltName=IP:127.0.0.1\n";
	close $names;
	for my $command (@commands)
	{
		my $made = wait_for(start('openssl', split / /, $command));
		die "openssl $command: $made->{complaint}\n" if $made->{status};
	}
	return;
}

sub run_over_tls
{
	my ($dir, @options) = @_;
	my ($port, $server, $from, $to) = start_tls_server($dir);
	my $child = start($program, 'run', '--tls', '--port', $port, qw(--devices 10 --connections 1 --window 5
		--frames 200 --timeout 5), @options);
	my ($buffer, $garbage) = ('', 0);
	my $select = IO::Select->new($from);
	until (waitpid $child->{pid}, POSIX::WNOHANG())
	{
		next unless $select->can_read(0.02);
		sysread $from, $buffer, 65536, length $buffer or $select->remove($from);
		my $answers = join '', map { answer($_, 3) } cut(\$buffer, \$garbage);
		local $SIG{PIPE} = 'IGNORE';
		syswrite $to, $answers if length $answers;
	}
	my $status = $?;
	kill KILL => $server;
	waitpid $server, 0;
	return Peer::ended($child, $status);
}

# A port that is free now; the server's log says when it listens.
sub start_tls_server
{
	my ($dir) = @_;
	my $port = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport;
	pipe my $from, my $out or die;
	pipe my $in, my $to or die;
	my $log = Peer::temporary();
	my $pid = fork // die;
	if (!$pid)
	{
		open STDIN, '<&', $in or die;
		open STDOUT, '>&', $out or die;
		open STDERR, '>', $log or die;
		close $_ for $from, $to;
		exec 'openssl', 's_server', '-accept', "127.0.0.1:$port", '-quiet', '-cert', "$dir/server.pem", '-key',
		  "$dir/server.key", '-CAfile', "$dir/ca.pem", '-Verify', 1, '-verify_return_error'
		  or POSIX::_exit(127);
	}
	close $_ for $in, $out;
	my $until = time + 20;
	until (is_listening($port))
	{
		die "openssl s_server: " . contents($log) if time > $until;
		select undef, undef, undef, 0.01;
	}
	return ($port, $pid, $from, $to);
}

# Looked up, not tried: the server would take a trial for its client.
sub is_listening
{
	my ($port) = @_;
	my $wanted = sprintf ':%04X 00000000:0000 0A', $port;
	return contents('/proc/net/tcp') =~ /$wanted/;
}

my @tests = map { no strict 'refs'; [ $_, \&{"test_$_"} ] }
  qw(usage page plain seed content mix window silence denial foreign_answers reconnect faults clock wrap commands
  udp idle rate signal drill send echo tls);
my %only = map { $_ => 1 } @ARGV;
for (@tests)
{
	my ($name, $test) = @$_;
	next if %only && !$only{$name};
	eval { $test->(); 1 } or ok(0, "$name: died", $@);
}
print "$passed passed, $failed failed\n";
exit($failed > 0);
