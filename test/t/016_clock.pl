# Clocks of devices jump in the midst of load: every frame is stored with what
# its clock was off, and who is off is told the time, once an hour at most,
# whatever ends and begins meanwhile.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my ($node, $port) = new_centre('clock', <<~CONF);
	fireiot.listeners = 2
	fireiot.sync_clock_above = 60
	restart_after_crash = on
	CONF

# By the number of the device: right, a little off, an hour fast, two days slow,
# at the ends of what a time tag can say.
my @off = (0, 20, 3600, -2 * 86400, 60 * 365 * 86400, -26 * 365 * 86400);
my $jumped = 0;
my $fleet = Fleet->new($port, devices => 12, first => '00c10000', clock => sub { $jumped ? $off[ $_[0] % @off ] : 0 });

sub told
{
	return grep { $_->{commands} } @{ $fleet->{all} };
}

sub told_once
{
	my ($name) = @_;
	my @times = map { my $c = $_; scalar grep { ord(substr $_, 27) == 90 } @{ $c->{commands} // [] } } @{ $fleet->{all} };

	is_deeply(\@times, [ map { my $off = $off[ $_->{number} % @off ]; abs $off > 60 ? 1 : 0 } @{ $fleet->{all} } ],
		"$name: who is off is told once, who is not is not");
	return;
}

$node->safe_psql('city', 'INSERT INTO fireiot.device (device) VALUES ' . join ',', map { "('$_->{address}')" } @{ $fleet->{all} });
$fleet->confirm(300);
is(scalar(told()), 0, 'clocks are right: nobody is told the time');
$jumped = 1;
$fleet->until(sub { told() == 8 }, 'those that are off are told');
$fleet->confirm(300);
told_once('clocks jumped');

$fleet->close;
$fleet->confirm(300);
told_once('connected anew');
my $connected = $fleet->{connected};
kill 'KILL', (workers($node))[0];
$fleet->until(sub { $fleet->{connected} >= $connected + 12 }, 'all are back');
$fleet->confirm(300);
told_once('after a crash');
$node->restart;
$connected = $fleet->{connected};
$fleet->until(sub { $fleet->{connected} >= $connected + 12 }, 'all are back');
$fleet->confirm(300);
told_once('after a restart');

$jumped = 0;
$fleet->confirm(300);
$jumped = 1;
$fleet->confirm(300);
$fleet->finish;
told_once('right, and off again');
$fleet->is_stored($node, 'clocks that jump');
is( $node->safe_psql('city', "SELECT count(*), count(DISTINCT device), min(state), max(state) FROM fireiot.command WHERE type = 90"),
	'8|8|confirmed|confirmed', 'the commands are in the tables');
is( $node->safe_psql('city', "
		SELECT string_agg(DISTINCT round(skew_ms / 60000.0)::text, ' ' ORDER BY round(skew_ms / 60000.0)::text)
		FROM fireiot.frame WHERE NOT outgoing AND device::text LIKE '00c1%' AND abs(skew_ms) >= 60000"),
	'-2880 -35791 35791 60', 'the skew of every kind is stored');
is( $node->safe_psql('city', "SELECT count(*) FROM fireiot.frame WHERE NOT outgoing AND (skew_ms IS NULL OR received_at > now() OR received_at < now() - interval '1 hour')"),
	'0', 'and the time of arrival is the own one');
$fleet->close;
$node->stop;
done_testing();
