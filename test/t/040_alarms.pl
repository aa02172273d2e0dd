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

opened();
$node->stop;
done_testing();
