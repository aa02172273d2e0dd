# A standby has no port until it is promoted; a confirmation waits for the
# synchronous standby, and is not given when that wait is broken off.
use strict;
use warnings;

use Devices;
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my ($node, $port) = new_centre('primary', 'fireiot.listeners = 2', allows_streaming => 1);

sub make_standby
{
	my $standby = PostgreSQL::Test::Cluster->new('standby');
	my $standby_port = free_port();

	$node->backup('base');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->append_conf('postgresql.conf', "fireiot.port = $standby_port");
	$standby->start;
	return ($standby, $standby_port);
}

# The primary dies in the midst of load; its standby takes over.
sub promoted
{
	my ($standby, $standby_port) = make_standby();
	my $fleet = Fleet->new($port);

	set_and_reload($node, synchronous_standby_names => 'standby');
	$node->wait_for_catchup($standby);
	$fleet->confirm(500);
	is(scalar(my @all = workers($standby, qr/fireiot/)), 0, 'a standby has no worker');
	ok(refuses($standby_port), 'and no port');
	is($standby->safe_psql('city', 'SELECT count(*) > 0 FROM fireiot.frame'), 't', 'it has the frames');

	$fleet->confirm(100);
	$node->stop('immediate');
	$fleet->turn for 1 .. 5;
	set_and_reload($standby, synchronous_standby_names => '');
	$standby->promote;
	$fleet->{port} = $standby_port;
	ok($fleet->confirm(500), 'promoted: devices are confirmed there');
	$fleet->finish;
	$fleet->is_stored($standby, 'promoted');
	$fleet->close;
	$standby->stop;
	$node->start;
	wait_for_port($port);
	return;
}

my $a_commit = "SELECT pg_logical_emit_message(true, '', '')";
my $waiting = "FROM pg_stat_activity WHERE query LIKE 'SELECT pg_logical_emit%' AND wait_event = 'SyncRep'";

# Does the commit of another session wait for a standby?
sub commit_waits
{
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $a_commit ],
		'<', \undef, '>&', \my $words);
	my $waits = 0;

	wait_until(sub {
			$waits = $node->safe_psql('postgres', "SELECT count(*) $waiting");
			$session->pump_nb if $session->pumpable;
			return $waits || !$session->pumpable;
		}, 'a commit waits or is done');
	$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) $waiting");
	$session->finish;
	return $waits;
}

# Commits wait from now on.  Sessions see the setting before that is so: the
# checkpointer tells them.
sub want_standby
{
	set_and_reload($node, synchronous_standby_names => 'nobody');
	return wait_until(\&commit_waits, 'commits wait');
}

# The sequence numbers that a device was told to be stored.
sub told
{
	my ($device, $seconds) = @_;
	return map { $_->{seq} } $device->answers(100, $seconds // 0.01);
}

sub waits_for_standby
{
	my ($pids) = @_;
	$pids = join ',', @$pids;
	return $node->poll_query_until('postgres', "SELECT count(*) > 0 FROM pg_stat_activity WHERE pid IN ($pids) AND wait_event = 'SyncRep'");
}

sub no_standby
{
	my $device = Device->new('0057a4db0001', $port);

	# a wait that is broken off
	foreach my $end ('pg_cancel_backend', 'pg_terminate_backend')
	{
		want_standby();
		my $frame = $device->frame;
		$device->send($frame);
		ok(waits_for_standby([ workers($node) ]), "$end: the commit waits");
		is(scalar told($device, 0.5), 0, "$end: nothing is confirmed");
		$node->safe_psql('postgres', "SELECT $end(pid) FROM pg_stat_activity WHERE backend_type = 'fireiot listener' AND wait_event = 'SyncRep'");
		is(scalar told($device, 1), 0, "$end: nothing is confirmed when the wait is broken off");
		set_and_reload($node, synchronous_standby_names => '');
		wait_for_port($port);
		$device->connect;
		is($device->say($frame), 'confirmed', "$end: confirmed when no standby is wanted any more");
		is_deeply([ stored($node, $frame) ], [1], "$end: stored once");
	}
	return;
}

# Shutdown does not hang.
sub shut_down
{
	my $last = 0;

	foreach my $mode (qw(fast immediate))
	{
		my @devices = map { Device->new(sprintf('0057a4db01%02x', ++$last), $port) } 1 .. 8;
		my @frames = map { $_->frame } @devices;

		want_standby();
		$devices[$_]->send($frames[$_]) for 0 .. 7;
		ok(waits_for_standby([ workers($node) ]), "$mode shutdown: the commit waits");
		my $from = time;
		$node->stop($mode);
		cmp_ok(time - $from, '<', 60, "$mode shutdown: the wait does not keep it");
		is(scalar(map { told($_) } @devices), 0, "$mode shutdown: nothing is confirmed");
		$node->append_conf('postgresql.conf', 'synchronous_standby_names = \'\'');
		$node->start;
		wait_for_port($port);
		$_->connect for @devices;
		is(scalar(grep { $devices[$_]->say($frames[$_]) eq 'confirmed' } 0 .. 7), 8, "$mode shutdown: confirmed when repeated");
		is_deeply([ stored($node, @frames) ], [ (1) x 8 ], "$mode shutdown: stored once");
		$_->close for @devices;
	}
	return;
}

# One listener waits for the standby longer than the device does; the device
# then speaks to the other.
sub two_listeners
{
	my $first = Device->new('0057a4db0003', $port);
	my $frame = $first->frame;

	want_standby();
	$first->send($frame);
	ok(waits_for_standby([ workers($node) ]), 'two listeners: the commit waits');
	my @again = map { Device->new('0057a4db0003', $port) } 1 .. 16;
	$_->send($frame) for @again;
	is(scalar(told($first, 3)), 0, 'two listeners: nothing is confirmed');
	is(scalar(map { told($_) } @again), 0, 'two listeners: not by the other either');
	set_and_reload($node, synchronous_standby_names => '');
	is(scalar(grep { ($_->answers(1))[0]{command} == 3 } $first, @again), 17, 'two listeners: confirmed each time');
	is_deeply([ stored($node, $frame) ], [1], 'two listeners: stored once');
	return;
}

promoted();
no_standby();
shut_down();
two_listeners();
$node->stop;
done_testing();
