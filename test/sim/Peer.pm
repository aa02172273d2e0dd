# Peer.pm
#	  A small centre for tests of fireiot-sim: it is told what to answer, and
#	  keeps all that it saw.
package Peer;

use strict;
use warnings;
use Errno qw(EAGAIN EINTR ECONNRESET);
use Exporter 'import';
use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Time::HiRes qw(time);

our @EXPORT_OK = qw(serve frame answer cut start wait_for contents);

use constant { TURN => 0.02, LIMIT => 120 };

my $directory = File::Temp->newdir;
my $files = 0;

sub temporary { return "$directory/" . $files++ }

sub contents
{
	my ($name) = @_;
	open my $file, '<:raw', $name or return '';
	my $text = do { local $/; <$file> };
	return $text // '';
}

# Start a program; {pid, out, err}: its output goes to files.
sub start
{
	my (@command) = @_;
	my %child = (out => temporary(), err => temporary());
	$child{pid} = fork // die "fork: $!\n";
	return \%child if $child{pid};
	open STDOUT, '>', $child{out} or die;
	open STDERR, '>', $child{err} or die;
	exec @command or POSIX::_exit(127);
}

# Wait for the end of a program; its exit status and all it wrote.
sub wait_for
{
	my ($child) = @_;
	my $until = time + LIMIT;
	my $gone;
	until ($gone = waitpid $child->{pid}, WNOHANG)
	{
		kill KILL => $child->{pid} if time > $until;
		select undef, undef, undef, TURN / 4;
	}
	return ended($child, $?);
}

sub ended
{
	my ($child, $status) = @_;
	$child->{status} = $status & 127 ? "signal $status" : $status >> 8;
	$child->{said} = contents($child->{out});
	$child->{complaint} = contents($child->{err});
	# the report's lines
	$child->{$1} //= $2 while $child->{said} =~ /^(\w+)\t([-+.\de]+)\t\w/mg;
	return $child;
}

# A frame from its fields; undef fields have a use.
sub frame
{
	my (%f) = @_;
	my $app = $f{app} // '';
	my $body = pack('v', $f{seq} // 0) . "\x01\x01" . ($f{time} // "\x00\x00\x0c\x01\x01\x1a")
	  . ($f{src} // "\x00" x 6) . ($f{dst} // "\x01" . "\x00" x 5)
	  . pack('v', length $app) . chr($f{command}) . $app;
	return '@@' . $body . chr(unpack('%8C*', $body)) . '##';
}

# The answer to a frame.
sub answer
{
	my ($f, $command) = @_;
	return frame(seq => $f->{seq}, src => $f->{dst}, dst => $f->{src}, command => $command);
}

sub fields
{
	my ($bytes) = @_;
	my %f = (bytes => $bytes);
	@f{qw(seq time src dst command)} = unpack 'x2 v x2 a6 a6 a6 x2 C', $bytes;
	$f{app} = substr $bytes, 27, -3;
	$f{type} = length $f{app} ? ord $f{app} : 0;
	$f{good} = unpack('%8C*', substr $bytes, 2, -3) == ord substr $bytes, -3;
	$f{device} = unpack 'V', $f{src};
	return \%f;
}

# Take frames off the front of a buffer; counts the bytes of no frame.
sub cut
{
	my ($buffer, $garbage) = @_;
	my @frames;
	while (length $$buffer)
	{
		my $rest = length $$buffer;
		my $fits = '@@' eq substr $$buffer, 0, 2;
		last if $$buffer eq '@' || $fits && $rest < 30;
		my $n = $fits ? 30 + unpack('x24 v', $$buffer) : 0;
		last if $fits && $n <= 1054 && $rest < $n;
		if (!$fits || $n > 1054 || '##' ne substr $$buffer, $n - 2, 2)
		{
			substr $$buffer, 0, 1, '';
			$$garbage++;
			next;
		}
		push @frames, fields(substr $$buffer, 0, $n, '');
	}
	return @frames;
}

# serve(command => [...], ...): run the program against this centre until it
# ends.  PORT in the command is replaced.  What is told:
#	udp			datagrams instead of connections
#	on_frame	->($centre, $connection, $frame) for each frame
#	on_open		->($centre, $connection)
#	on_turn		->($centre), again and again
# The centre has frames, opened (connections), garbage (bytes), reads, and what
# ended() adds.
sub serve
{
	my (%option) = @_;
	my $self = bless { %option, frames => [], opened => 0, garbage => 0, reads => 0,
		connection => {}, select => IO::Select->new }, __PACKAGE__;
	$self->listen_again;
	my $port = $self->{listener}->sockport;
	my $child = start(map { s/PORT/$port/r } @{ $option{command} });
	$self->{pid} = $child->{pid};
	my $until = time + LIMIT;
	my $status;
	until (defined $status)
	{
		kill KILL => $child->{pid} if time > $until;
		$status = $? if waitpid $child->{pid}, WNOHANG;
		# what it sent before it ended is read, too
		while ($self->turn($status)) { }
		$option{on_turn}->($self) if $option{on_turn};
	}
	$self->{$_} = $child->{$_} for qw(out err);
	return ended($self, $status);
}

sub listen_again
{
	my ($self, $port) = @_;
	$self->{listener} = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port // 0,
		Blocking => 0, $self->{udp} ? (Proto => 'udp') : (Listen => 128, ReuseAddr => 1))
	  or die "listen: $@\n";
	$self->{select}->add($self->{listener});
	return;
}

# One look at the sockets; true while there was something.
sub turn
{
	my ($self, $ended) = @_;
	my @ready = $self->{select}->can_read(defined $ended ? 0 : TURN);
	for my $socket (@ready)
	{
		if ($socket != ($self->{listener} // 0)) { $self->read_from($socket) }
		elsif ($self->{udp}) { $self->read_datagram }
		else { $self->accept_one }
	}
	return @ready > 0 && defined $ended;
}

sub accept_one
{
	my ($self) = @_;
	my $socket = $self->{listener}->accept or return;
	$socket->blocking(0);
	$self->{select}->add($socket);
	my $connection = $self->{connection}{$socket} =
	  { socket => $socket, number => $self->{opened}++, buffer => '', peer => $socket->peerhost };
	$self->{on_open}->($self, $connection) if $self->{on_open};
	return;
}

sub read_from
{
	my ($self, $socket) = @_;
	my $connection = $self->{connection}{$socket} or return;
	my $got = sysread $socket, $connection->{buffer}, 65536, length $connection->{buffer};
	return if !defined $got && ($! == EAGAIN || $! == EINTR);
	return $self->shut($connection) unless $got;
	$self->{reads}++;
	$self->take($connection, $_) for cut(\$connection->{buffer}, \$self->{garbage});
	return;
}

sub read_datagram
{
	my ($self) = @_;
	my $from = $self->{listener}->recv(my $datagram, 2048) // return;
	my $connection = $self->{connection}{$from} //= { from => $from, number => $self->{opened}++ };
	my @frames = cut(\$datagram, \$self->{garbage});
	$self->{crowded}++ if @frames > 1;
	$self->take($connection, $_) for @frames;
	return;
}

sub take
{
	my ($self, $connection, $frame) = @_;
	$frame->{connection} = $connection->{number};
	push @{ $self->{frames} }, $frame;
	$self->{on_frame}->($self, $connection, $frame) if $self->{on_frame};
	return;
}

sub put
{
	my ($self, $connection, $bytes) = @_;
	return $self->{listener}->send($bytes, 0, $connection->{from}) if $self->{udp};
	return if $connection->{closed};
	local $SIG{PIPE} = 'IGNORE';
	$connection->{socket}->blocking(1);
	syswrite $connection->{socket}, $bytes;
	$connection->{socket}->blocking(0);
	return;
}

sub confirm { my ($self, $connection, $frame) = @_; return $self->put($connection, answer($frame, 3)) }
sub deny { my ($self, $connection, $frame) = @_; return $self->put($connection, answer($frame, 6)) }

sub shut
{
	my ($self, $connection) = @_;
	$self->{select}->remove($connection->{socket});
	delete $self->{connection}{ $connection->{socket} };
	$connection->{closed} = 1;
	close $connection->{socket};
	return;
}

sub shut_all
{
	my ($self) = @_;
	$self->shut($_) for values %{ $self->{connection} };
	$self->{select}->remove($self->{listener});
	close delete $self->{listener};
	return;
}

1;
