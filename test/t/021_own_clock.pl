# The server's own clock is set, forward and back, in the midst of load: devices
# are served all the while over the same connections, and what was confirmed is
# stored once.
use strict;
use warnings;

use Clock;
use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $clock = Clock->new;
my ($node, $port) = new_centre('own_clock', <<~CONF);
	fireiot.listeners = 2
	fireiot.idle_timeout = 600
	fireiot.frame_timeout = 1
	CONF
my $fleet = Fleet->new($port, first => '00c20000');

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

# How far the server's clock is ahead of ours, in seconds, from now on.
sub set_clock
{
	my ($ahead) = @_;

	$clock->ahead($ahead);
	is(sql('SELECT abs(extract(epoch FROM clock_timestamp()) - ' . (time + $ahead) . ') < 60'), 't', "the server's clock is $ahead s ahead");
	return;
}

# Start, or restart, under the clock that can be set.
sub start
{
	$clock->start($node);
	wait_for_port($port);
	return;
}

# Frames go on over the same connections; none waits for the clock.
sub goes_on
{
	my ($name) = @_;
	my $connected = $fleet->{connected};

	ok($fleet->confirm(500), "$name: confirmed");
	is($fleet->{connected}, $connected, "$name: over the same connections");
	is(sql("SELECT count(*) > 0 FROM frame WHERE received_at BETWEEN now() - interval '1 minute' AND now()"),
		't', "$name: received at what the clock says");
	return;
}

# What listeners do once a second is done: a half frame is given up.
sub half_frame_ends
{
	my ($name) = @_;
	my $device = Device->new('00c300000001', $port);
	my $query = 'SELECT sum(half_frames) FROM ingest_stat';
	my $before = sql($query);

	$device->send(substr $device->frame, 0, 20);
	ok($fleet->until(sub { sql($query) > $before }, 'the half frame is given up'), "$name: half a frame is given up");
	$device->close;
	return;
}

sub steps
{
	foreach my $step (
		[ 'a minute ahead' => 60 ],
		[ 'right again' => 0 ],
		[ 'two days back' => -2 * 86400 ],
		[ 'ten days ahead' => 10 * 86400 ],
		[ 'an hour less' => 10 * 86400 - 3600 ],
		[ 'a year ahead' => 365 * 86400 ],
		[ 'right in the end' => 0 ])
	{
		my ($name, $seconds) = @$step;

		$fleet->confirm(100);
		set_clock($seconds);
		goes_on($name);
		half_frame_ends($name) if $seconds <= 0;
	}
	$fleet->finish;
	$fleet->is_stored($node, 'clock set');
	return;
}

# Confirmed while the clock was ahead, or since it is right, but not heard: the
# listener that comes next knows both.
sub listener_after_step
{
	my @devices = map { Device->new(sprintf('00c4000000%02x', $_), $port) } 1 .. 4;
	my @frames;

	$fleet->confirm(100);
	set_clock(86400);
	foreach my $d (@devices)
	{
		push @frames, map { $d->frame } 1 .. 40;
		$d->send(join '', @frames[ -40 .. -1 ]);
		$d->answers(40);
	}
	set_clock(0);
	foreach my $d (@devices)
	{
		my @more = map { $d->frame } 1 .. 40;
		$d->send(join '', @more);
		$d->answers(40);
		push @frames, @more;
	}
	my %old = map { $_ => 1 } workers($node);
	kill 'TERM', keys %old;
	$fleet->until(sub { my @new = grep { !$old{$_} } workers($node); @new == 2 }, 'there are new listeners');
	wait_for_port($port);
	my $device = Device->new($devices[0]->{address}, $port);
	foreach my $n (0 .. 3)
	{
		$device->send(join '', @frames[ 40 * $n .. 40 * $n + 39, 160 + 40 * $n .. 160 + 40 * $n + 39 ]);
		is(scalar(grep { $_->{command} == 3 } $device->answers(80)), 80, 'repeated after steps and to another listener: confirmed');
	}
	is_deeply([ stored($node, @frames) ], [ (1) x @frames ], 'repeated after steps and to another listener: stored once');
	$_->close for $device, @devices;
	$fleet->confirm(100);
	return;
}

# Ended while the clock is ahead, a listener does not wait until then.
sub listener_back_in_time
{
	set_clock(86400);
	$fleet->confirm(100);
	my %old = map { $_ => 1 } workers($node);
	my $connected = $fleet->{connected};

	kill 'TERM', keys %old;
	$fleet->until(sub { !grep { $old{$_} } workers($node) }, 'they are gone');
	set_clock(0);
	ok($fleet->until(sub { workers($node) == 2 && $fleet->{connected} > $connected }, 'devices are back'), 'set back while listeners end: there are others');
	ok($fleet->confirm(200), 'and they confirm');
	return;
}

# Devices were told a time that is wrong; they are told the right one.
sub clocks_of_devices
{
	my $address = '00c500000001';

	sql("INSERT INTO device (device) VALUES ('$address')");
	set_and_reload($node, 'fireiot.sync_clock_above' => '1min');
	my $d = Device->new($address, $port);
	foreach my $days (30, 0)
	{
		set_clock($days * 86400);
		# right by the other one
		$d->send($d->frame(time => time_tag(time + (30 - $days) * 86400)));
		my ($confirmed) = $d->answers(1);
		is($confirmed && $confirmed->{command}, 3, 'a clock that is off is confirmed');
		my ($command) = $d->answers(1);
		is($command && ord substr($command->{bytes}, 27, 1), 90, "our clock $days days ahead: the device is told the time");
		$d->send(frame(seq => $command->{seq}, src => $address, dst => $command->{src}, command => 3));
		ok($fleet->until(sub { sql("SELECT count(*) FROM command WHERE state = 'confirmed'") == ($days ? 1 : 2) }, 'it is confirmed'), 'and confirms it');
	}
	set_and_reload($node, 'fireiot.sync_clock_above' => '0');
	$d->close;
	return;
}

# The server starts anew with records of the future.
sub restarted
{
	my $device = Device->new('00c600000001', $port);
	my $frame = $device->frame;

	set_clock(86400);
	is($device->say($frame), 'confirmed', 'ahead: confirmed');
	$fleet->confirm(100);
	set_clock(0);
	$node->stop('immediate');
	start();
	$device->connect;
	is($device->say($frame), 'confirmed', 'repeated after a crash: confirmed');
	is_deeply([ stored($node, $frame) ], [1], 'repeated after a crash: stored once');
	$fleet->confirm(200);
	return;
}

$node->stop;
start();
$fleet->confirm(200);
steps();
listener_after_step();
listener_back_in_time();
clocks_of_devices();
restarted();
$fleet->finish;
$fleet->is_stored($node, 'in all');
$fleet->close;
$node->stop;
done_testing();
