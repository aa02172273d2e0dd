# Peers that mean no good, or are broken: they are borne or turned away, good
# devices are served all the while, and nothing is left of them afterwards.
#
# FIREIOT_SEED: the same noise again.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(time);

my $seed = srand($ENV{FIREIOT_SEED} // time);
note("seed $seed");

my ($node, $port) = new_centre('hostile', <<~CONF);
	fireiot.max_connections = 60
	fireiot.max_devices = 200
	fireiot.frame_timeout = 1
	fireiot.idle_timeout = 600
	fireiot.quarantine_per_minute = 20
	CONF
my ($listener) = workers($node);
my $good = Fleet->new($port, devices => 3, window => 1, first => '900d0000', quiet => 1);

# Figures of the listener.
sub figures
{
	my %of;

	@of{@_} = split /\|/, $node->safe_psql('city', 'SELECT ' . join(', ', @_) . ' FROM fireiot.ingest_stat');
	return \%of;
}

# Good devices are served now.
sub served
{
	my ($name) = @_;
	delete $good->{quiet};
	ok($good->confirm(6), "$name: good devices are served");
	$good->{quiet} = 1;
	return;
}

# Peers that say nothing by themselves, from an address of their own.
sub peers
{
	my ($count, $local) = @_;
	return map { Device->new('bad000000000', $port, local => $local // '127.0.0.2', seq => int rand 65536) } 1 .. $count;
}

# One of many addresses: a pair of them has no more ports than the system gives.
sub anywhere
{
	return sprintf '127.0.1.%d', 1 + rand 250;
}

# Wait, with good devices going on, until all of them are disconnected.
sub ended
{
	my ($name, @peers) = @_;
	my $open = @peers;

	eval {
		$good->until(sub {
				$open = grep { !$_->is_ended(0) } @peers;
				return !$open;
			}, 'they are ended');
	};
	is($open, 0, "$name: ended");
	$_->close for @peers;
	return;
}

# ---- slow and silent ----

sub half_frames
{
	my @peers = peers(20);
	my @frames = map { $_->frame } @peers;
	my $before = figures('half_frames');

	$peers[$_]->send(substr $frames[$_], 0, 1 + 3 * $_) for 0 .. $#peers;
	served('half frames held');
	ok($good->until(sub { figures('half_frames')->{half_frames} - $before->{half_frames} >= @peers }, 'they are given up'),
		'half frames are given up');

	# the begin of a long one hides a good one
	my ($hiding) = peers(1);
	my $inside = $hiding->frame;
	$hiding->send(substr($hiding->frame(unit => 'x' x 1000), 0, 27) . $inside);
	is(($hiding->answers(1))[0]{seq}, unpack('x2 v', $inside), 'a frame behind the begin of one that never ends is found');
	is($hiding->say($hiding->frame), 'confirmed', 'and the connection goes on');
	$_->close for @peers, $hiding;
	return;
}

# A byte now and then, so that the connection is never silent.
sub slow_loris
{
	set_and_reload($node, 'fireiot.idle_timeout' => '2s');
	my @peers = peers(10);
	my @silent = peers(10);
	my $one_frame = Device->new('bad000000001', $port);
	my @streams = map { $_->frame(unit => 'x' x 900) } @peers;
	my $next = 0;

	$peers[0]->{drips} = '@' x 1000;
	is($one_frame->say($one_frame->frame), 'confirmed', 'one frame, then silence');
	my $drip = sub {
		return if time < $next;
		$next = time + 0.1;
		$peers[$_]->send(substr $streams[$_], 0, 1, '') for 0 .. $#peers;
	};
	my $open;
	eval {
		# before the last byte of a frame
		$good->until(sub { $drip->(); $open = grep { !$_->is_ended(0) } @peers; !$open }, 'they are ended', 60);
	};
	is($open, 0, 'a byte now and then: ended');
	ended('not a byte', @silent);
	ended('one frame, then silence', $one_frame);
	served('slow and silent peers');
	set_and_reload($node, 'fireiot.idle_timeout' => '10min');
	$_->close for @peers;
	return;
}

# ---- noise ----

sub random_bytes
{
	return join '', map { chr int rand 256 } 1 .. $_[0];
}

sub garbage
{
	my $long = '@@' . "\0" x 22 . "\x00\x04";
	my %of = (
		# a first byte of TLS would end the connection
		'random' => 'x' . random_bytes(65535),
		'nothing but begins' => '@' x 65536,
		'nothing but ends' => '#' x 65536,
		'zeros' => "\0" x 65536,
		'begins that promise the longest frame' => $long x 2521,
		'frames that lack their end' => join('', map { substr frame(seq => $_, src => 'bad000000002', unit => 'x' x 100), 0, -1 } 1 .. 510));

	foreach my $kind (sort keys %of)
	{
		my ($peer) = peers(1);
		my $frame = $peer->frame;
		my $before = figures('garbage_bytes');
		my $from = time;

		$peer->send($of{$kind} . $frame);
		my @answers = $peer->answers(1);
		is(@answers && $answers[-1]{seq}, unpack('x2 v', $frame), "garbage, $kind: the frame behind it is found");
		cmp_ok(figures('garbage_bytes')->{garbage_bytes} - $before->{garbage_bytes}, '>=', 0.9 * length $of{$kind}, "garbage, $kind: counted");
		$peer->close;
	}
	served('garbage');
	return;
}

# Good frames with some bits turned, cut, doubled, or with a right checksum
# over wrong content.
sub spoilt
{
	my $body = substr frame(seq => int rand 65536, src => sprintf('bad1%08x', rand 2**32), unit => state_unit(1, 0)), 2, -3;

	substr $body, rand length $body, 1, chr rand 256 for 1 .. rand 4;
	$body = substr $body, 0, rand length $body if rand() < 0.2;
	$body .= $body if rand() < 0.1;
	my $sum = rand() < 0.5 ? unpack '%8C*', $body : int rand 256;
	return '@@' . $body . chr($sum) . '##';
}

sub random_streams
{
	for my $n (1 .. 1000 * soak())
	{
		my ($peer) = peers(1, anywhere());

		$peer->send(join '', map { rand() < 0.5 ? spoilt() : random_bytes(rand 200) } 1 .. 1 + rand 10);
		$peer->close;
		$good->turn(0) if $n % 10 == 0;
	}
	served('random streams');
	return;
}

# ---- many connections ----

sub port_scan
{
	for my $n (1 .. 1000 * soak())
	{
		my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, LocalAddr => anywhere()) or die "connection $n: $!";
		# every second one is broken off instead of closed
		setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $n % 2;
		close $socket;
	}
	served('port scan');
	return;
}

sub too_many
{
	my $before = figures('turned_away');
	my @peers = peers(80);
	my @open;

	$good->until(sub { @open = grep { !$_->is_ended(0) } @peers; @open <= 57 }, 'those over the limit are ended');
	is(scalar @open, 57, 'max_connections: as many as there are places');
	cmp_ok(figures('turned_away')->{turned_away} - $before->{turned_away}, '>=', 23, 'max_connections: the others are counted');
	served('max_connections');
	is(scalar(grep { $_->say($_->frame) eq 'confirmed' } @open), 57, 'max_connections: who has a place is served');
	$_->close for @peers;
	my ($again) = peers(1);
	$good->until(sub { eval { $again->say($again->frame, 2) eq 'confirmed' } || ($again->connect, 0)[1] }, 'there is a place again');
	pass('max_connections: there are places again');
	$again->close;
	$good->until(sub { resources($listener)->{sockets} == 4 }, 'only the port and good devices are left');

	set_and_reload($node, 'fireiot.max_connections_per_address' => 5);
	@peers = peers(8);
	$good->until(sub { @open = grep { !$_->is_ended(0) } @peers; @open <= 5 }, 'those over the limit are ended');
	is(scalar @open, 5, 'max_connections_per_address: as many as an address may have');
	my ($other) = peers(1, '127.0.0.3');
	is($other->say($other->frame), 'confirmed', 'max_connections_per_address: another address has its own');
	served('max_connections_per_address');
	set_and_reload($node, 'fireiot.max_connections_per_address' => 0);
	$_->close for @peers, $other;
	return;
}

# ---- greed ----

# It sends and sends, and takes no answer: after a while nothing more is taken
# of it, for longer than the rest of a frame may take.  When it reads at last, it gets what it is owed.
sub never_reads
{
	my ($peer) = peers(1);
	my $frame = $peer->frame;
	my $frames = $frame x 500;
	my $sent = 0;
	my $progress = time;

	$peer->{socket}->blocking(0);
	$good->until(sub {
			while (my $n = syswrite $peer->{socket}, $frames, length($frames) - $sent % length $frame, $sent % length $frame)
			{
				$sent += $n;
				$progress = time;
			}
			return time - $progress > 2;
		}, 'no more is taken of it');
	note("taken: $sent bytes");
	served('a peer that never reads');
	cmp_ok(resources($listener)->{memory} - $_[0]{memory}, '<', 8192, 'a peer that never reads: memory is bounded');

	my $rest = -$sent % length $frame ? substr $frame, $sent % length $frame : '';
	my $owed = ($sent + length $rest) / length $frame;
	my $got = 0;
	wait_until(sub {
			$got += $peer->answers(20000, 0.01);
			my $n = length $rest ? syswrite $peer->{socket}, $rest : 0;
			substr $rest, 0, $n // 0, '';
			return $got == $owed;
		}, 'all answers are there');
	is($got, $owed, 'a peer that reads at last: every frame is answered');
	is_deeply([ stored($node, $frame) ], [1], 'a peer that reads at last: the frame is stored once');
	$peer->close;
	return;
}

# Any number of addresses over one connection.
sub many_addresses
{
	my ($peer) = peers(1);
	my $before = resources($listener);
	my $count = 20000;

	set_and_reload($node, 'fireiot.admission' => 'registered');
	for my $at (1 .. $count / 100)
	{
		$peer->send(join '', map { frame(seq => 1, src => sprintf('2bad%08x', 100 * $at + $_), unit => '') } 1 .. 100);
		my @answers = $peer->answers(100);
		die "not answered\n" if @answers < 100;
	}
	set_and_reload($node, 'fireiot.admission' => 'open');
	cmp_ok(resources($listener)->{memory} - $before->{memory}, '<', 4096, "$count addresses over one connection: memory is bounded");
	is( $node->safe_psql('city', "SELECT count(*) <= 40 FROM fireiot.quarantine WHERE device::text LIKE '2bad%'"),
		't', 'quarantine is bounded by the minute');
	is($node->safe_psql('city', "SELECT count(*) FROM fireiot.device_now WHERE device::text LIKE '2bad%'"), '0', 'device_now is not filled');
	served("$count addresses");
	$peer->close;
	return;
}

# Denied frames do not fill the disk, whatever way they come.
sub quarantine_is_bounded
{
	set_udp($node, $port, 'on');
	my $udp = Device->new('bad300000001', $port, udp => 1, local => '127.0.0.4');
	my $kept = sub { $node->safe_psql('city', "SELECT count(*) FROM fireiot.quarantine WHERE peer = '$_[0]'") };

	is($udp->say($udp->frame), 'confirmed', 'by UDP');
	$udp->say($udp->frame(checksum => 1)) for 1 .. 100;
	# a minute may have ended meanwhile
	cmp_ok($kept->('127.0.0.4'), '<=', 40, 'bad frames by UDP: quarantine is bounded');
	foreach (1 .. 100)
	{
		my ($peer) = peers(1, '127.0.0.5');
		$peer->say($peer->frame(checksum => 1));
		$peer->close;
	}
	cmp_ok($kept->('127.0.0.5'), '<=', 40, 'bad frames on a new connection each: quarantine is bounded');
	set_udp($node, $port, 'off');
	served('bad frames');
	return;
}

# A stranger speaks in the name of a device: commands do not go to him.
sub impostor
{
	my $device = Device->new('bad400000001', $port);
	my $impostor = Device->new('bad400000001', $port, local => '127.0.0.6', seq => 1000);

	$node->safe_psql('city', "INSERT INTO fireiot.device (device, networks) VALUES ('bad400000001', '{127.0.0.1/32}')");
	is($device->say($device->frame), 'confirmed', 'the device itself');
	is($impostor->say($impostor->frame), 'denied', 'an impostor is denied');
	$node->safe_psql('city', "SELECT fireiot.sync_clock('bad400000001')");
	my ($command) = $device->answers(1);
	is($command && $command->{command}, 1, 'a command goes to the device');
	is(scalar(my @none = $impostor->answers(1, 0.1)), 0, 'and not to the impostor');
	$_->close for $device, $impostor;
	return;
}

# Twice: what the first round leaves is for good, what the second adds is lost.
my ($before, $log);
foreach my $round (1, 2)
{
	note("round $round");
	half_frames();
	garbage();
	random_streams();
	port_scan();
	if ($round == 1)
	{
		slow_loris();
		too_many();
		never_reads(resources($listener));
		many_addresses();
		quarantine_is_bounded();
		impostor();
		$good->finish;
		$good->close;
		$before = at_rest($listener);
		$log = -s $node->logfile;
	}
}
$good->finish;
$good->is_stored($node, 'good devices');
$good->close;
is_deeply([ workers($node) ], [$listener], 'the listener is the one of the beginning');
# a larger batch, or the first alarm of its kind with its plans, leaves the allocator more pages, once
same_resources($node, $listener, $before, 'noise', 4096);
my $lines = () = PostgreSQL::Test::Utils::slurp_file($node->logfile, $log) =~ /(?:LOG|WARNING):  (?!statement)/g;
cmp_ok($lines, '<=', 20, 'noise does not fill the log');
$node->stop;
done_testing();
