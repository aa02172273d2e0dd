# A listener that has warmed up needs no more memory however many connections
# and frames it has had.
use strict;
use warnings;

use Devices;
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $connections = 20000 * soak();
my $frames = 100000 * soak();

# Buffers are as large as the largest batch: small ones fill soon.
my ($node, $port) = new_centre('memory', <<~CONF);
	fireiot.batch_frames = 256
	autovacuum = off
	CONF
my ($listener) = workers($node);
my $seq = 0;

# Connections from many addresses, ten of a device at a time; each says a frame
# and goes.
sub connect_and_go
{
	my ($count) = @_;

	foreach my $turn (1 .. $count / 100)
	{
		my $local = sprintf '127.0.%d.%d', 1 + rand 4, 1 + rand 200;
		my @devices = map { Device->new(sprintf('00180000000%x', $_ % 10), $port, local => $local) } 1 .. 100;

		$_->send($_->frame(seq => ++$seq & 0xffff)) for @devices;
		die "not confirmed\n" if grep { ($_->answers(1))[0]{command} != 3 } @devices;
		$_->close for @devices;
	}
	return;
}

# So many frames of devices that stay, by the simulator; in each run they are
# of another day.
sub say_much
{
	my ($count, $run) = @_;
	my @command = ($ENV{FIREIOT_SIM}, 'run', '--port', $port, '--devices', 50, '--connections', 50,
		'--window', 20, '--frames', $count, '--seed', $run, '--clock-offset', 86400 * $run, '--report', "$PostgreSQL::Test::Utils::tmp_check/report");

	my $words;

	ok(IPC::Run::run(\@command, '<', \undef, '>&', \$words), "$count frames") or diag($words);
	return;
}

# Memory contexts of the listener: bytes in use by name, and in all.
sub contexts
{
	my $from = -s $node->logfile;
	my %used;

	$node->safe_psql('postgres', "SELECT pg_log_backend_memory_contexts($listener)");
	$node->wait_for_log(qr/\[$listener\] LOG:  Grand total: .*used\n/, $from);
	foreach my $line (split /\n/, PostgreSQL::Test::Utils::slurp_file($node->logfile, $from))
	{
		$used{$1} += $2 if $line =~ /\[$listener\] LOG:  level: \d+; ([^:]+):.* (\d+) used/;
		$used{all} = $1 if $line =~ /\[$listener\] LOG:  Grand total: .* (\d+) used/;
	}
	return \%used;
}

sub grown
{
	my ($before, $now) = @_;
	my %grown = map { $_ => $now->{$_} - ($before->{$_} // 0) } keys %$now;

	return join ', ', map { "$_: $grown{$_}" } sort { $grown{$b} <=> $grown{$a} } grep { $grown{$_} > 0 } keys %grown;
}

# What is remembered of a device has a limit, which its last 256 frames reach
# when it connects anew.
say_much(20000, $_) for 1, 2;
connect_and_go(4000);
my $resources = at_rest($listener);
my $contexts = contexts();

say_much($frames, 3);
connect_and_go($connections);
# a larger batch leaves the allocator more pages, once: five times as many frames no more
same_resources($node, $listener, $resources, "$connections connections and $frames frames", 2048);
my $now = contexts();
# a statement that is first needed in between is kept as a plan
cmp_ok($now->{all} - $contexts->{all}, '<', 131072, 'memory contexts are as before') or diag(grown($contexts, $now));
is(join(' ', workers($node)), $listener, 'in the same process');
is($node->safe_psql('city', 'SELECT count(*) - count(DISTINCT bytes) FROM fireiot.frame'), '0', 'and every frame is stored once');
is($node->safe_psql('city', 'SELECT count(*) FROM fireiot.frame'), $frames + 40000 + $connections + 4000, 'all of them');
$node->stop;
done_testing();
