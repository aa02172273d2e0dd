# Killed, stopped and started in the midst of load: what was confirmed is
# stored, once, and what was not is after the devices have repeated it.
#
# FIREIOT_SEED: the same kills again.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $kills = 200 * soak();
my $seed = srand($ENV{FIREIOT_SEED} // time);

my ($node, $port) = new_centre('kill', "fireiot.listeners = 2\nrestart_after_crash = on");
my $fleet = Fleet->new($port);

# One of the server's processes with such a title, as soon as there is one.
sub pick
{
	my ($title) = @_;
	my @pids;

	$fleet->until(sub { @pids = workers($node, $title) }, "there is a process like $title");
	return $pids[ rand @pids ];
}

sub kill_one
{
	my ($title) = @_;
	my $pid = pick($title);

	kill 'KILL', $pid;
	return wait_until(sub { !kill 0, $pid }, 'it is gone');
}

# Once the server is up: without a checkpointer, recovery keeps a shutdown
# waiting for a minute.
sub stop
{
	my ($mode) = @_;

	pick(qr/fireiot listener/);
	$node->stop($mode);
	return $node->start;
}

my %kill = (
	'a listener' => sub { kill_one(qr/fireiot listener/) },
	'the launcher' => sub { kill_one(qr/fireiot launcher/) },
	'the checkpointer' => sub { pick(qr/fireiot listener/); kill_one(qr/checkpointer/) },
	'the postmaster' => sub { kill_server($node); $node->start },
	'immediate shutdown' => sub { stop('immediate') },
	'fast shutdown' => sub { stop('fast') });

# As often as they come up in life, and then some.
my @draw = (
	('a listener') x 10, 'the launcher', 'the checkpointer',
	('the postmaster') x 3, 'immediate shutdown', ('fast shutdown') x 2);

sub each_kind
{
	foreach my $name (sort keys %kill)
	{
		$fleet->confirm(400);
		my $connected = $fleet->{connected};
		$kill{$name}->();
		ok( $fleet->until(sub { $fleet->{connected} > $connected }, 'devices are back') && $fleet->confirm(200),
			"$name: confirmed again");
	}
	$fleet->finish;
	$fleet->is_stored($node, 'each kind of end');
	return;
}

# A worker that is told to end is there again some moments later, once.
sub terminated
{
	foreach my $type ('fireiot listener', 'fireiot launcher')
	{
		my %old = map { $_ => 1 } workers($node, qr/$type/);
		$fleet->confirm(200);
		$fleet->{quiet} = 1;
		$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = '$type'");
		ok( $fleet->until(sub { my @new = grep { !$old{$_} } workers($node, qr/$type/); @new == keys %old }, "$type is back"),
			"$type terminated: there are new ones");
		delete $fleet->{quiet};
		$fleet->confirm(200);
		ok($fleet->until(sub { workers($node) == 2 }, 'there are two'), "$type terminated: two listeners in all");
	}
	set_and_reload($node, 'fireiot.listen' => 'off');
	ok($fleet->until(sub { !workers($node) && refuses($port) }, 'nobody listens'), 'listen = off ends every listener');
	set_and_reload($node, 'fireiot.listen' => 'on');
	$fleet->confirm(200);
	$fleet->finish;
	$fleet->is_stored($node, 'workers terminated');
	return;
}

sub at_random
{
	for my $n (1 .. $kills)
	{
		my $name = $draw[ rand @draw ];
		my $frames = int rand 300;
		my $connected = $fleet->{connected};

		note("$n: $name, then $frames frames");
		$kill{$name}->();
		# now and then something ends before it has quite begun
		next if rand() < 0.2;
		$fleet->until(sub { $fleet->{connected} > $connected }, 'devices are back');
		$fleet->confirm($frames);
	}
	$fleet->confirm(1);
	$fleet->finish;
	my $compared = $fleet->compared($node);
	diag("$kills kills: $compared") unless $fleet->is_stored($node, "$kills kills at random (seed $seed)");
	note("$kills kills: $compared");
	return;
}

# The comparison itself: it sees what is not there, and what is there twice.
sub comparison
{
	my ($known) = keys %{ $fleet->{book} };
	my $wrong = $fleet->{all}[0]{address};
	local $fleet->{book} = { %{ $fleet->{book} } };

	$fleet->{book}{ frame(seq => 1, src => $wrong, time => time_tag(0)) } = 'confirmed';
	delete $fleet->{book}{$known};
	$node->safe_psql('city', "INSERT INTO fireiot.frame (device, seq, verdict, command, outgoing, bytes)
		SELECT device, seq, verdict, command, outgoing, bytes FROM fireiot.frame WHERE device = '$wrong' LIMIT 1");
	like($fleet->compared($node), qr/missing 1, double 1, strange 1, denied 0, objects wrong 1/, 'the comparison can fail');
	return;
}

each_kind();
terminated();
at_random();
comparison();
$fleet->close;
$node->stop;
all_gone($node);
ok(refuses($port), 'nobody listens any more');
done_testing();
