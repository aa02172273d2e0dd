# The disk of pg_wal is full: the server ends in a PANIC, as is PostgreSQL's
# way, and comes back when there is room.  What was confirmed is stored, once,
# and what was not is after the devices have repeated it.
use strict;
use warnings;

use Devices;
use File::Path ();
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $disk = small_disk();
plan skip_all => 'this user may not mount a small disk' unless $disk;

# Small segments, few of which are kept: a full disk is noticed soon.
my ($node, $port) = new_centre(
	'wal_full', <<~CONF,
	fireiot.listeners = 2
	min_wal_size = 2MB
	max_wal_size = 4MB
	restart_after_crash = on
	CONF
	extra => [ '--encoding=UTF8', '--locale=C.UTF-8', '--wal-segsize=1', "--waldir=$disk/wal" ]);
my $fleet = Fleet->new($port, first => '3a100000');

# A server that could not even recover has ended: somebody starts it again.
sub keep_alive
{
	return 1 if Devices::postmaster($node);
	kill_server($node);
	return $node->start(fail_ok => 1);
}

sub full
{
	my ($name) = @_;
	my $from = -s $node->logfile;

	$fleet->confirm(500);
	ok($fleet->until(sub { fill_disk("$disk/ballast") && $node->log_contains(qr/PANIC:.*No space left on device/, $from) }, 'the server panics'),
		"$name: the server panics");
	# devices go on trying, at a server that is there or not
	$fleet->turn for 1 .. 100;
	unlink "$disk/ballast";
	my $target = $fleet->{confirmed} + 500;
	ok($fleet->until(sub { keep_alive() && $fleet->{confirmed} >= $target }, 'it is confirmed again'), "$name: there is room, confirmed again");
	$fleet->finish;
	$fleet->is_stored($node, $name);
	return;
}

full('pg_wal full');
full('pg_wal full again');
$node->append_conf('postgresql.conf', 'restart_after_crash = off');
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('restart_after_crash') = 'off'");
full('pg_wal full, no restart');
$fleet->close;
$node->stop;
File::Path::remove_tree("$disk/wal");
done_testing();
