# A wall clock for servers that a test sets (clock.c): ahead of the right time,
# or standing where it is put.
package Clock;

use strict;
use warnings;

use PostgreSQL::Test::Utils;

# One that is right, and goes.
sub new
{
	my ($class) = @_;
	my $self = bless { file => PostgreSQL::Test::Utils::tempdir() . '/clock', ahead => 0 }, $class;

	append_to_file($self->{file}, pack 'q2', 0, 0);
	return $self;
}

# Call something; what it starts has this clock.
sub under
{
	my ($self, $what) = @_;
	local %ENV = (%ENV, LD_PRELOAD => $ENV{FIREIOT_CLOCK}, TEST_CLOCK => $self->{file});

	return $what->();
}

# Start a server under it.
sub start
{
	my ($self, $node) = @_;

	return $self->under(sub { $node->start });
}

# By so many seconds, from now on; it goes.
sub ahead
{
	my ($self, $seconds) = @_;

	$self->{ahead} = $seconds;
	$self->write(0, $seconds);
	$self->write(8, 0);
	return;
}

# It stands, so many microseconds behind the epoch.
sub stand
{
	my ($self, $at) = @_;

	$self->write(8, $at);
	return;
}

# One number, whole at any moment: servers read it meanwhile.
sub write
{
	my ($self, $place, $number) = @_;

	open my $to, '+<', $self->{file} or die "$self->{file}: $!";
	sysseek $to, $place, 0;
	syswrite($to, pack 'q', $number) == 8 or die "$self->{file}: $!";
	close $to;
	return;
}

1;
