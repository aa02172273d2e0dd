# A centre that listens, devices that speak to it, and what must be true of the
# tables whatever happened meanwhile.
package Devices;

use strict;
use warnings;

use Exporter 'import';
use IO::Socket::INET;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Socket qw(TCP_NODELAY IPPROTO_TCP);
use Test::More;
use Time::HiRes qw(time);

our @EXPORT = qw(
  new_centre
  free_port
  set_and_reload
  wait_for_port
  sockets_on
  set_udp
  wait_until
  workers
  children
  all_gone
  kill_server
  resources
  at_rest
  same_resources
  frame
  state_unit
  time_tag
  wall_clock
  processor_time
  refuses
  stored
  small_disk
  fill_disk
  soak
);

# What a frame's command byte says.
use constant {
	CONTROL => 1,
	SEND => 2,
	CONFIRM => 3,
	REQUEST => 4,
	DENY => 6
};

my $limit = $PostgreSQL::Test::Utils::timeout_default;

# Hours of the devices' zone from UTC: it is about noon there, so that no day,
# and with it no partition, ends in the middle of a test.
our $zone = 12 - (gmtime)[2];

# How many times as much as usual a test does, where that is of use.
sub soak
{
	return $ENV{FIREIOT_SOAK} // 1;
}

# ---- the centre ----

# A port of 127.0.0.1 that nobody has, nor another test that runs beside this
# one.  Not one of those that the system gives to clients: who knocks at such a
# port again and again while nobody listens there is given that very port in the
# end, and speaks to himself.
sub free_port
{
	my ($clients_from) = split ' ', slurp_file('/proc/sys/net/ipv4/ip_local_port_range');
	my $port = PostgreSQL::Test::Cluster::get_free_port();

	$port = PostgreSQL::Test::Cluster::get_free_port() while $port >= $clients_from && $clients_from > 20000;
	return $port;
}

# A server that listens for devices in database city, which are all admitted
# unless told otherwise; settings as in postgresql.conf; install_path: another
# installation, the rest as init() takes it.  Returns the node and the port of
# the devices.
sub new_centre
{
	my ($name, $settings, %init) = @_;
	my $path = delete $init{install_path};
	my $node = PostgreSQL::Test::Cluster->new($name, $path ? (install_path => $path) : ());
	my $port = free_port();

	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], %init);
	$node->append_conf('postgresql.conf', <<~CONF);
		shared_preload_libraries = 'fireiot'
		fireiot.listen_addresses = '127.0.0.1'
		fireiot.port = $port
		fireiot.database = 'city'
		fireiot.admission = open
		fireiot.sync_clock_above = 0
		fireiot.flush_interval = 1
		fireiot.time_zone = '@{[ sprintf 'Etc/GMT%+d', -$zone ]}'
		max_connections = 40
		log_min_messages = info
		CONF
	$node->append_conf('postgresql.conf', $settings // '');
	$node->start;
	$node->safe_psql('postgres', 'CREATE DATABASE city TEMPLATE template0');
	$node->safe_psql('city', 'CREATE EXTENSION fireiot CASCADE; SELECT fireiot.setup_role();
		ALTER DATABASE city SET search_path = fireiot, public');
	wait_for_port($port);
	return ($node, $port);
}

# How many sockets the port has: listening ones of TCP, those of UDP.
sub sockets_on
{
	my ($port, $transport) = @_;
	my $local = sprintf '0100007F:%04X', $port;
	my $state = $transport eq 'tcp' ? '0A' : '07';
	my @rows = split /\n/, slurp_file("/proc/net/$transport");

	return scalar grep { /^\s*\d+: $local \S+ $state / } @rows;
}

# Turn UDP on or off; all listeners have opened their port again.
sub set_udp
{
	my ($node, $port, $value) = @_;
	my $listeners = sockets_on($port, 'tcp');
	my %wanted = (tcp => $listeners, udp => $value eq 'on' ? $listeners : 0);

	set_and_reload($node, 'fireiot.udp' => $value);
	# the ones of TCP are closed before, and opened before, those of UDP
	foreach my $transport ('udp', 'tcp')
	{
		wait_until(sub { sockets_on($port, $transport) == $wanted{$transport} }, "the port is open for $transport, UDP is $value");
	}
	return;
}

# Set in the file and reload.  Who sees the values in a new session knows that
# the postmaster has told all its children.
sub set_and_reload
{
	my ($node, %settings) = @_;
	my $wanted = join ' AND ', map { "current_setting('$_') = '$settings{$_}'" } sort keys %settings;

	$node->append_conf('postgresql.conf', "$_ = '$settings{$_}'") for sort keys %settings;
	$node->reload;
	$node->poll_query_until('postgres', "SELECT $wanted") or die "not in force: $wanted\n";
	return;
}

sub wait_until
{
	my ($condition, $what, $seconds) = @_;
	my $end = time + ($seconds // $limit);

	until ($condition->())
	{
		die "timed out waiting until $what\n" if time > $end;
		select undef, undef, undef, 0.02;
	}
	return 1;
}

sub connects
{
	my ($port) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);

	return defined $socket;
}

sub wait_for_port
{
	my ($port) = @_;
	return wait_until(sub { connects($port) }, "port $port is open");
}

# Nobody listens on the port.
sub refuses
{
	my ($port) = @_;
	return !connects($port) && $!{ECONNREFUSED};
}

# ---- its processes ----

sub postmaster
{
	my ($node) = @_;
	open my $file, '<', $node->data_dir . '/postmaster.pid' or return;
	my $pid = <$file>;
	chomp $pid if defined $pid;
	return $pid;
}

# The children of the postmaster: pid => what ps shows of it.
sub children
{
	my ($node) = @_;
	my $postmaster = postmaster($node) or return;
	my %title;

	open my $list, '<', "/proc/$postmaster/task/$postmaster/children" or return;
	foreach my $pid (split ' ', <$list> // '')
	{
		open my $file, '<', "/proc/$pid/cmdline" or next;
		my $title = <$file> // '';
		$title =~ s/\0.*//s;
		$title{$pid} = $title;
	}
	return %title;
}

# Pids of the workers whose title matches; by default the listeners'.
sub workers
{
	my ($node, $title) = @_;
	my %title = children($node);

	$title //= qr/fireiot listener/;
	my @pids = sort { $a <=> $b } grep { $title{$_} =~ $title } keys %title;
	return @pids;
}

# Nothing of the server runs any more.  What is ending has no command line.
sub all_gone
{
	my ($node) = @_;
	my $title = sprintf 'postgres: %s: ', $node->name;
	my $directory = $node->data_dir;

	return wait_until(sub {
			foreach my $file (glob '/proc/[0-9]*/cmdline')
			{
				open my $from, '<', $file or next;
				my $line = <$from> // '';
				return 0 if $line =~ /^\Q$title\E/ || $line =~ /postgres\0-D\0\Q$directory\E\0/;
			}
			return 1;
		}, 'all processes are gone');
}

# Kill the postmaster; its children see that and end.  A dead process that its
# parent has not looked at still has its number, which keeps the next server
# from starting for as long as that takes.
sub kill_server
{
	my ($node) = @_;
	my $postmaster = postmaster($node);
	my $state = 'gone';

	$node->kill9;
	all_gone($node);
	wait_until(sub {
			open my $status, '<', "/proc/$postmaster/status" or return 1;
			($state) = join('', <$status>) =~ /^State:\s+(\w)/m;
			return ($state // 'Z') eq 'Z';
		}, 'the postmaster is dead');
	unlink $node->data_dir . '/postmaster.pid', $node->host . '/.s.PGSQL.' . $node->port . '.lock' if $state eq 'Z';
	return;
}

# Descriptors by name, sockets among them, and own memory (kB) of a process.  Files of
# the data directory are not counted: the server keeps as many open as it likes.
sub resources
{
	my ($pid) = @_;
	my %of = (descriptors => 0, sockets => 0, names => []);

	foreach my $link (glob "/proc/$pid/fd/*")
	{
		my $to = readlink $link or next;
		next if $to =~ m{/pgdata/|/PG_\d+_};
		$of{descriptors}++;
		push @{ $of{names} }, $to;
		$of{sockets}++ if $to =~ /^socket:/;
	}
	my $status = PostgreSQL::Test::Utils::slurp_file("/proc/$pid/status");
	($of{memory}) = $status =~ /^RssAnon:\s+(\d+)/m;
	return \%of;
}

# The same of a listener as soon as it has no connection, only its port.
sub at_rest
{
	my ($pid) = @_;
	my $resources;

	wait_until(sub { $resources = resources($pid); return $resources->{sockets} == 1 }, 'there is no connection');
	return $resources;
}

# Seconds of processor time that a process has used.
sub processor_time
{
	my ($pid) = @_;
	my @of = split ' ', PostgreSQL::Test::Utils::slurp_file("/proc/$pid/stat") =~ s/.*\)//sr;

	return ($of[11] + $of[12]) / 100;
}

# Nothing is left behind: the descriptors are those of before, no lock is held,
# and memory has grown by no more than a bound (kB).
sub same_resources
{
	my ($node, $pid, $before, $name, $bound) = @_;
	my $now;

	# a peer's end is seen some moments later
	eval {
		wait_until(sub {
				$now = resources($pid);
				return $now->{sockets} == $before->{sockets} && $now->{descriptors} == $before->{descriptors};
			}, 'descriptors are closed');
	};
	is($now->{sockets}, $before->{sockets}, "$name: no socket is left");
	is($now->{descriptors}, $before->{descriptors}, "$name: no descriptor is left")
	  or diag(join "\n", 'before:', sort(@{ $before->{names} }), 'now:', sort @{ $now->{names} });
	cmp_ok($now->{memory} - $before->{memory}, '<=', $bound, "$name: memory is bounded");
	is($node->safe_psql('city', "SELECT count(*) FROM pg_locks WHERE pid = $pid"), '0', "$name: no lock is left");
	return;
}

# ---- frames ----

# Second, minute and so on of the devices' clocks.
sub wall_clock
{
	my ($at) = @_;
	my @clock = gmtime(($at // time) + $zone * 3600);

	return (@clock[ 0 .. 3 ], $clock[4] + 1, $clock[5] - 100);
}

# Six bytes of the time, as in frames.
sub time_tag
{
	return pack 'C6', wall_clock(@_);
}

sub address
{
	my ($hex, $high_first) = @_;
	my $bytes = pack 'H12', $hex;

	return $high_first ? $bytes : scalar reverse $bytes;
}

# A frame: seq, src and dst (twelve digits), command, unit (application data),
# time (six bytes), wire (addresses high byte first), checksum (what is added
# to the right one).
sub frame
{
	my (%f) = @_;
	my $unit = $f{unit} // '';
	my $body = pack 'v C2 a6 a6 a6 v C a*', $f{seq}, 1, 1, $f{time} // time_tag(),
	  address($f{src}, $f{wire}), address($f{dst} // '000000000000', $f{wire}),
	  length $unit, $f{command} // SEND, $unit;

	return '@@' . $body . chr((unpack('%8C*', $body) + ($f{checksum} // 0)) & 0xff) . '##';
}

# The state of a part, type 2: number of the part and bits.
sub state_unit
{
	my ($part, $bits, %more) = @_;
	my @parts = ref $part ? @$part : ($part);

	return pack('C2', 2, scalar @parts) . join '',
	  map { pack 'C3 V v a31 a6', 1, 1, 40, $_, $bits, $more{text} // '', $more{time} // time_tag() } @parts;
}

# The frames at the begin of a stream: hashes; what is left stays in it.
sub take_answers
{
	my ($stream) = @_;
	my @answers;

	while (length $$stream >= 30)
	{
		my $length = 30 + unpack 'x24 v', $$stream;
		my %a;

		last if length $$stream < $length;
		my $bytes = substr $$stream, 0, $length, '';
		die 'no frame: ' . unpack('H*', $bytes) unless $bytes =~ /^\@\@.*##$/s;
		@a{qw(seq src dst command)} = unpack 'x2 v x8 a6 a6 x2 C', $bytes;
		$a{$_} = unpack 'H*', reverse $a{$_} for qw(src dst);
		$a{bytes} = $bytes;
		push @answers, \%a;
	}
	return @answers;
}

# ---- what is stored ----

# How often the frames are in fireiot.frame, in their order: numbers.
sub stored
{
	my ($node, @frames) = @_;
	my $list = join ',', map { "('\\x" . unpack('H*', $_) . "'::bytea)" } @frames;

	return map { int } split /,/, $node->safe_psql('city', "
		SELECT string_agg((SELECT count(*) FROM fireiot.frame AS f WHERE f.bytes = v.bytes)::text, ',' ORDER BY n)
		FROM (SELECT bytes, row_number() OVER () AS n FROM (VALUES $list) AS w (bytes)) AS v");
}

# The directory of a disk of this test's own that may be filled; undef: this
# user may not mount one.
sub small_disk
{
	my ($name) = $0 =~ m{([^/]+)\.pl$};

	return $ENV{FIREIOT_SMALL_DISK} && "$ENV{FIREIOT_SMALL_DISK}/$name";
}

# Let a file take all that is free where it is.
sub fill_disk
{
	my ($file) = @_;
	open my $to, '>>', $file or die "$file: $!";
	1 while syswrite $to, "\0" x 4096;
	my $full = $!{ENOSPC};
	close $to;
	return $full;
}

# ---- one device ----

package Device;

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(TCP_NODELAY IPPROTO_TCP);
use Time::HiRes qw(time);

my %words = (Devices::CONFIRM => 'confirmed', Devices::DENY => 'denied');

# A device: its address and the port of the centre; local: the address that it
# comes from; udp; wire: its addresses are high byte first.
sub new
{
	my ($class, $address, $port, %more) = @_;
	my $self = bless {
		address => $address,
		port => $port,
		seq => 0,
		in => '',
		%more
	}, $class;

	$self->connect unless $more{later};
	return $self;
}

sub connect
{
	my ($self) = @_;

	$self->{in} = '';
	$self->{came} = [];
	$self->{socket} = IO::Socket::INET->new(
		PeerAddr => '127.0.0.1',
		PeerPort => $self->{port},
		LocalAddr => $self->{local},
		Proto => $self->{udp} ? 'udp' : 'tcp') or die "no connection: $!\n";
	$self->{socket}->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1) unless $self->{udp};
	return $self;
}

sub close
{
	my ($self) = @_;

	close $self->{socket} if $self->{socket};
	delete $self->{socket};
	return;
}

# A frame of this device with the next sequence number.
sub frame
{
	my ($self, %f) = @_;

	return Devices::frame(
		seq => ++$self->{seq} & 0xffff,
		src => $self->{address},
		wire => $self->{wire},
		unit => Devices::state_unit(1, 0),
		%f);
}

sub send
{
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	my $at = 0;

	while ($at < length $bytes)
	{
		my $n = syswrite $self->{socket}, $bytes, length($bytes) - $at, $at;
		return 0 unless defined $n;
		$at += $n;
	}
	return 1;
}

# Read what comes; false: it is over, or nothing came in time.
sub receive
{
	my ($self, $seconds) = @_;
	my $ready = '';

	vec($ready, fileno $self->{socket}, 1) = 1;
	return 0 unless select $ready, undef, undef, $seconds;
	my $n = sysread $self->{socket}, $self->{in}, 65536, length $self->{in};
	$self->{over} = 1 unless $n;
	return $n;
}

# The next answers, as many as asked for, unless the connection ends; what came
# with them is for the next call.
sub answers
{
	my ($self, $count, $seconds) = @_;
	my $end = time + ($seconds // $PostgreSQL::Test::Utils::timeout_default);
	my $came = $self->{came} //= [];

	$self->{over} = 0;
	while (@$came < $count)
	{
		push @$came, Devices::take_answers(\$self->{in});
		last if @$came >= $count || $self->{over} || time >= $end;
		$self->receive($end - time);
	}
	my @answers = splice @$came, 0, $count;
	return @answers;
}

# Send a frame; what became of it: confirmed, denied, nothing, closed.
sub say
{
	my ($self, $frame, $seconds) = @_;

	return 'closed' unless $self->send($frame);
	my ($answer) = $self->answers(1, $seconds);
	return $self->{over} ? 'closed' : 'nothing' unless $answer;
	die "answer to another frame\n" if $answer->{seq} != unpack 'x2 v', $frame;
	return $words{ $answer->{command} } // "command $answer->{command}";
}

# The centre ends the connection in time.
sub is_ended
{
	my ($self, $seconds) = @_;
	my $end = time + ($seconds // $PostgreSQL::Test::Utils::timeout_default);

	$self->{over} = 0;
	do
	{
		my $left = $end - time;
		$self->receive($left > 0 ? $left : 0);
	} until $self->{over} || time >= $end;
	return $self->{over};
}

# ---- many devices under load ----

package Fleet;

use strict;
use warnings;

use IO::Socket::INET;
use PostgreSQL::Test::Utils;
use Socket qw(TCP_NODELAY IPPROTO_TCP);
use Test::More;
use Time::HiRes qw(time);

# How long a device waits before it connects again, and before it repeats.
use constant {
	CONNECT_AGAIN => 0.02,
	REPEAT => 3
};

# Devices on a connection each, in this process: they speak only in turn().
# window: frames in flight of each; frames: how many each sends, without end
# if not given; first: eight digits before the number of the device; unit: makes
# the application data of a frame from the numbers of device and frame; clock:
# how fast the clock of a device is, from its number.  Commands are confirmed
# and kept in the commands of the device, and not obeyed.
sub new
{
	my ($class, $port, %more) = @_;
	my $self = bless {
		port => $port,
		devices => 20,
		window => 10,
		first => 'f1ee0000',
		unit => \&any_unit,
		book => {},
		confirmed => 0,
		denied => 0,
		wrong => 0,
		connected => 0,
		%more
	}, $class;

	$self->{all} = [
		map { { address => sprintf('%s%04x', $self->{first}, $_), number => $_, sent => 0, flight => [], next_try => 0 } }
		  1 .. $self->{devices} ];
	return $self;
}

# What devices say usually: states of parts, values, the device's own state,
# the state of a system.
sub any_unit
{
	my ($device, $n) = @_;
	my $part = $n % 16 + 1;
	my $kind = $n % 20;
	my $time = Devices::time_tag();

	return Devices::state_unit($part, 1 << int rand 4) if $kind < 14;
	return pack 'C5 V C v a6', 3, 1, 1, 1, 40, $part, 3, int rand 100, $time if $kind < 18;
	return pack 'C3 a6', 21, 1, 1, $time if $kind == 18;
	return pack 'C4 v a6', 1, 1, 1, 1, 1, $time;
}

sub drop
{
	my ($self, $c) = @_;

	close $c->{socket} if $c->{socket};
	delete $c->{socket};
	$c->{next_try} = time + CONNECT_AGAIN;
	return;
}

# Connected again, a device repeats all that is not confirmed.
sub connect
{
	my ($self, $c) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});

	unless ($socket)
	{
		$c->{next_try} = time + CONNECT_AGAIN;
		return;
	}
	$socket->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
	$socket->blocking(0);
	@$c{qw(socket in out heard)} = ($socket, '', join('', map { $_->{bytes} } @{ $c->{flight} }), time);
	$self->{connected}++;
	return;
}

sub offer
{
	my ($self, $c) = @_;

	return if $self->{quiet};
	while (@{ $c->{flight} } < $self->{window} && $c->{sent} < ($self->{frames} // 9**9))
	{
		my $n = ++$c->{sent};
		my $bytes = Devices::frame(
			seq => $n & 0xffff,
			src => $c->{address},
			time => Devices::time_tag(time + ($self->{clock} ? $self->{clock}->($c->{number}) : 0)),
			unit => $self->{unit}->($c->{number}, $n));
		$self->{book}{$bytes} = 'sent';
		push @{ $c->{flight} }, { seq => $n & 0xffff, bytes => $bytes };
		$c->{out} .= $bytes;
	}
	return;
}

sub take_answer
{
	my ($self, $c, $a) = @_;
	my $flight = $c->{flight};
	my ($at) = grep { $flight->[$_]{seq} == $a->{seq} } 0 .. $#$flight;

	$self->{wrong}++ if $a->{dst} ne $c->{address};
	if ($a->{command} == Devices::CONTROL)
	{
		push @{ $c->{commands} }, $a->{bytes};
		$c->{out} .= Devices::frame(seq => $a->{seq}, src => $c->{address}, dst => $a->{src}, command => Devices::CONFIRM);
		return;
	}
	return unless defined $at;
	my ($f) = splice @$flight, $at, 1;
	my $word = $a->{command} == Devices::CONFIRM ? 'confirmed' : 'denied';
	$self->{book}{ $f->{bytes} } = $word;
	$self->{$word}++;
	return;
}

sub read
{
	my ($self, $c) = @_;
	my $n = sysread $c->{socket}, $c->{in}, 65536, length $c->{in};

	return if !defined $n && $!{EAGAIN};
	return $self->drop($c) unless $n;
	$c->{heard} = time;
	$self->take_answer($c, $_) for Devices::take_answers(\$c->{in});
	return;
}

sub write
{
	my ($self, $c) = @_;
	local $SIG{PIPE} = 'IGNORE';
	my $n = syswrite $c->{socket}, $c->{out};

	return if !defined $n && $!{EAGAIN};
	return $self->drop($c) unless defined $n;
	substr $c->{out}, 0, $n, '';
	return;
}

# Let each device do what it can, after a wait for at most so many seconds.
sub turn
{
	my ($self, $wait) = @_;
	my ($reads, $writes) = ('', '');

	foreach my $c (@{ $self->{all} })
	{
		$self->connect($c) if !$c->{socket} && time >= $c->{next_try};
		next unless $c->{socket};
		if (@{ $c->{flight} } && time - $c->{heard} > REPEAT)
		{
			$c->{out} .= $_->{bytes} for $c->{out} eq '' ? @{ $c->{flight} } : ();
			$c->{heard} = time;
		}
		$self->offer($c);
		vec($reads, fileno $c->{socket}, 1) = 1;
		vec($writes, fileno $c->{socket}, 1) = 1 if $c->{out} ne '';
	}
	return unless select my $readable = $reads, my $writable = $writes, undef, $wait // 0.02;
	foreach my $c (grep { $_->{socket} } @{ $self->{all} })
	{
		my $fd = fileno $c->{socket};
		$self->read($c) if vec $readable, $fd, 1;
		$self->write($c) if $c->{socket} && vec $writable, $fd, 1;
	}
	return;
}

# Go on until the condition holds.
sub until
{
	my ($self, $condition, $what, $seconds) = @_;
	my $end = time + ($seconds // $PostgreSQL::Test::Utils::timeout_default);

	until ($condition->($self))
	{
		die "timed out waiting until $what\n" if time > $end;
		$self->turn;
	}
	return 1;
}

# Until so many more frames are confirmed.
sub confirm
{
	my ($self, $more, $seconds) = @_;
	my $target = $self->{confirmed} + $more;

	return $self->until(sub { $self->{confirmed} >= $target }, "$target frames are confirmed", $seconds);
}

sub in_flight
{
	my ($self) = @_;
	my $n = 0;

	$n += @{ $_->{flight} } for @{ $self->{all} };
	return $n;
}

# Send what is left to send and get an answer to everything.
sub finish
{
	my ($self, $seconds) = @_;

	$self->{quiet} = 1 unless defined $self->{frames};
	$self->until(
		sub {
			return !$self->in_flight && ($self->{quiet} || !grep { $_->{sent} < $self->{frames} } @{ $self->{all} });
		},
		'every frame is answered', $seconds);
	delete $self->{quiet};
	return;
}

sub close
{
	my ($self) = @_;
	$self->drop($_) for grep { $_->{socket} } @{ $self->{all} };
	return;
}

# What devices know compared with what is stored: a confirmed frame is once in
# fireiot.frame or, if it cannot be stored there, in quarantine, and has as
# many observations as objects; nothing else is stored, but what devices confirm.
my $compare = q{
	WITH stored AS (
		SELECT bytes, id, device, received_at FROM fireiot.frame WHERE NOT outgoing AND command <> 3
		UNION ALL SELECT bytes, NULL, device, received_at FROM fireiot.quarantine WHERE sqlstate IS NOT NULL
	), once AS (
		SELECT bytes, count(*) AS n FROM stored GROUP BY bytes
	), objects AS (
		SELECT frame_id, count(*) AS n FROM fireiot.observation GROUP BY frame_id
	)
	SELECT format('confirmed %s, missing %s, double %s, strange %s, denied %s, objects wrong %s',
		count(*) FILTER (WHERE b.word = 'confirmed'),
		count(*) FILTER (WHERE b.word = 'confirmed' AND o.n IS NULL),
		count(*) FILTER (WHERE o.n > 1),
		count(*) FILTER (WHERE b.bytes IS NULL),
		count(*) FILTER (WHERE b.word = 'denied' AND o.n > 0),
		(SELECT count(*) FROM stored AS s LEFT JOIN objects AS j ON j.frame_id = s.id
			WHERE s.id IS NOT NULL AND substr(s.bytes, 13, 6) IN (SELECT substr(bytes, 13, 6) FROM book)
				AND get_byte(s.bytes, 28) IS DISTINCT FROM j.n))
	FROM book AS b
	FULL JOIN (SELECT * FROM once WHERE substr(bytes, 13, 6) IN (SELECT substr(bytes, 13, 6) FROM book)) AS o
		ON o.bytes = b.bytes
};

sub compared
{
	my ($self, $node, $database) = @_;
	my $rows = join '', map { '\\\\x' . unpack('H*', $_) . "\t$self->{book}{$_}\n" } keys %{ $self->{book} };

	return $node->safe_psql($database // 'city',
		"CREATE TEMP TABLE book (bytes bytea, word text);\nCOPY book FROM STDIN;\n$rows\\.\nANALYZE book;\n$compare");
}

# Every frame was answered, none was denied, and the tables have them.
sub is_stored
{
	my ($self, $node, $name, $database) = @_;
	my $sent = keys %{ $self->{book} };

	is($self->{wrong}, 0, "$name: no answer went to another device");
	return is($self->compared($node, $database),
		"confirmed $sent, missing 0, double 0, strange 0, denied 0, objects wrong 0", "$name: $sent frames");
}

1;
