# What keeps frames from being stored: a full disk, no process or connection
# left, a partition that is not there, rows that a table does not take.
# Nothing is confirmed meanwhile that is not stored; afterwards everything is.
use strict;
use warnings;

use Devices;
use File::Path ();
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my ($node, $port) = new_centre('storage');
my ($listener) = workers($node);
my $before;

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

# For some seconds devices go on trying: nothing is confirmed, nobody is
# disconnected, and the listener does not spin.
sub stands_still
{
	my ($fleet, $name, $seconds) = @_;
	# the answers to what was stored before are there, but not read yet
	$fleet->turn for 1 .. 3;
	my ($confirmed, $connected) = @$fleet{qw(confirmed connected)};
	my $from = time;
	my $used = processor_time($listener);

	$fleet->until(sub { time - $from > ($seconds // 1.5) }, 'some time is over');
	is($fleet->{confirmed}, $confirmed, "$name: nothing is confirmed");
	is($fleet->{connected}, $connected, "$name: connections stay");
	cmp_ok(processor_time($listener) - $used, '<', 0.3 * (time - $from), "$name: the listener does not spin");
	return;
}

# Wait for a message in the log that was not there before.
sub logged
{
	my ($fleet, $message, $from) = @_;
	return $fleet->until(sub { $node->log_contains($message, $from) }, "the log says $message");
}

sub log_end
{
	return -s $node->logfile;
}

# ---- full disk ----

sub full_disk
{
	my $disk = small_disk();

	unless ($disk)
	{
	  SKIP: { skip 'full disk: this user may not mount a small one', 1 }
		return;
	}
	mkdir "$disk/tables" or die "$disk/tables: $!";
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/tables'");
	sql('SELECT fireiot.make_partitions()');
	sql('DO $$ DECLARE t regclass; BEGIN
			FOR t IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = \'fireiot\'::regnamespace AND c.relkind = \'r\' AND c.relname ~ \'^(frame|observation)_\'
			LOOP EXECUTE format(\'ALTER TABLE %s SET TABLESPACE small\', t); END LOOP; END $$');

	my $fleet = Fleet->new($port, first => 'd15c0000');
	$fleet->confirm(500);
	my $from = log_end();
	# what is being written now may need some more of it
	ok($fleet->until(sub { fill_disk("$disk/ballast") && $node->log_contains(qr/No space left on device/, $from) }, 'the disk is full'),
		'the disk is full');
	stands_still($fleet, 'full disk');
	is(sql('SELECT count(*) > 0 FROM fireiot.frame'), 't', 'full disk: reading goes on');
	my $messages = () = PostgreSQL::Test::Utils::slurp_file($node->logfile, $from) =~ /No space left/g;
	cmp_ok($messages, '<=', 4, 'full disk: the log is not filled with it');
	unlink "$disk/ballast";
	my $connected = $fleet->{connected};
	ok($fleet->confirm(500), 'there is room again: confirmed again');
	is($fleet->{connected}, $connected, 'over the same connections');
	$fleet->finish;
	$fleet->is_stored($node, 'full disk');
	$fleet->close;
	return;
}

# ---- partitions ----

# The one that a row would go to now.
sub partition
{
	my ($table) = @_;
	my $values = $table eq 'frame' ? "(device, seq, verdict, command, outgoing, bytes) VALUES ('000000000001', 1, 0, 2, false, '\\x40')"
	  : "(device, frame_id, kind) VALUES ('000000000001', 1, 21)";
	return sql("BEGIN; INSERT INTO fireiot.$table $values RETURNING tableoid::regclass; ROLLBACK");
}

# Another table has the name that a partition must have; without it, the
# listener makes the partition.  Before anything is stored: a partition with
# records cannot be taken away.
sub partition_missing
{
	my $fleet = Fleet->new($port, first => 'a1170000');

	sql('SELECT fireiot.make_partitions()');
	my ($frame, $observation) = map { partition($_) } qw(frame observation);
	my $from = log_end();
	sql("BEGIN; DROP TABLE $observation; CREATE TABLE $observation (taken boolean); COMMIT");
	logged($fleet, qr/is no partition of "fireiot\.observation"/, $from);
	stands_still($fleet, 'a table in the way of a partition of observation');
	$from = log_end();
	sql("BEGIN; DROP TABLE $frame; CREATE TABLE $frame (taken boolean); DROP TABLE $observation; COMMIT");
	logged($fleet, qr/is no partition of "fireiot\.frame"/, $from);
	stands_still($fleet, 'a table in the way of a partition of frame');
	sql("DROP TABLE $frame");
	ok($fleet->confirm(500), 'partitions missing: they are made');
	$fleet->finish;
	$fleet->is_stored($node, 'partitions missing');
	$fleet->close;
	return;
}

# ---- rows that a table does not take ----

# Texts that a table does not take are those of the third device.
sub unit_with_poison
{
	my ($device, $n) = @_;
	my $text = $device == 3 && $n % 3 == 0 ? 'poison' : 'good';

	return state_unit([ 1 .. 1 + $n % 4 ], 1 << int rand 4, text => $text);
}

sub poison
{
	my ($table, $condition, $sqlstate) = @_;
	my $first = sprintf 'b0%02x%04x', $table eq 'frame', hex substr $sqlstate, 1;
	my $fleet = Fleet->new($port, first => $first, unit => \&unit_with_poison, frames => 90);
	my $is_poison = 0;

	sql("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
			IF $condition THEN RAISE EXCEPTION 'this is poison' USING ERRCODE = '$sqlstate'; END IF; RETURN NEW; END \$\$;
		CREATE TRIGGER refuse AFTER INSERT ON fireiot.$table FOR EACH ROW EXECUTE FUNCTION public.refuse()");
	$fleet->finish;
	$fleet->is_stored($node, "poison in $table, $sqlstate");
	is( sql("SELECT count(*), count(DISTINCT bytes), bool_and(device = '${first}0003'), min(reason), max(reason), bool_or(tx IS NULL)
			FROM fireiot.quarantine WHERE sqlstate = '$sqlstate' AND device::text LIKE '$first%'"),
		'30|30|t|this is poison|this is poison|f',
		"poison in $table, $sqlstate: quarantined with the error, and nothing else is");

	# it is known as well as what is stored
	my ($frame) = grep { /poison/ } keys %{ $fleet->{book} };
	my $again = Device->new("${first}0003", $port);
	is($again->say($frame), 'confirmed', 'poison repeated: confirmed');
	is(sql("SELECT count(*) FROM fireiot.quarantine WHERE bytes = '\\x" . unpack('H*', $frame) . "'"), '1', 'poison repeated: quarantined once');
	sql("DROP FUNCTION public.refuse CASCADE");
	$fleet->close;
	return;
}

# The same after the process that knew it is gone.
sub poison_after_restart
{
	my $device = Device->new('b00000000001', $port);
	my $frame = $device->frame(unit => state_unit(1, 0, text => 'poison'));

	sql("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
			IF NEW.text = 'poison' THEN RAISE EXCEPTION 'this is poison'; END IF; RETURN NEW; END \$\$;
		CREATE TRIGGER refuse AFTER INSERT ON fireiot.observation FOR EACH ROW EXECUTE FUNCTION public.refuse()");
	is($device->say($frame), 'confirmed', 'poison before a restart');
	$node->restart;
	wait_for_port($port);
	($listener) = workers($node);
	$before = at_rest($listener);
	$device->connect;
	is($device->say($frame), 'confirmed', 'poison repeated after a restart');
	is(sql("SELECT count(*) FROM fireiot.quarantine WHERE bytes = '\\x" . unpack('H*', $frame) . "'"), '1', 'poison repeated after a restart: quarantined once');

	# and where not even quarantine takes it
	sql("CREATE FUNCTION public.refuse_all() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'closed'; END \$\$;
		CREATE TRIGGER refuse AFTER INSERT ON fireiot.quarantine FOR EACH ROW EXECUTE FUNCTION public.refuse_all()");
	my $fleet = Fleet->new($port, first => 'b0cc0000', devices => 4, unit => \&unit_with_poison);
	my $from = log_end();
	logged($fleet, qr/closed/, $from);
	stands_still($fleet, 'poison and no quarantine');
	sql('DROP FUNCTION public.refuse_all CASCADE');
	ok($fleet->confirm(100), 'quarantine is open: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'poison and no quarantine');
	$fleet->close;
	sql('DROP FUNCTION public.refuse CASCADE');
	return;
}

# part_now can be made again from the records, so they do not wait for it.
sub part_now_unusable
{
	my $fleet = Fleet->new($port, first => 'ca000000', frames => 50);

	sql("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'no part'; END \$\$;
		CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON fireiot.part_now FOR EACH ROW EXECUTE FUNCTION public.refuse()");
	my $from = log_end();
	$fleet->finish;
	$fleet->is_stored($node, 'part_now unusable');
	ok($node->log_contains(qr/part_now.* cannot be written: no part/, $from), 'part_now unusable: the log says so');
	is(sql("SELECT count(*) FROM fireiot.part_now WHERE device::text LIKE 'ca000000%'"), '0', 'part_now unusable: it stays as it was');
	sql('DROP FUNCTION public.refuse CASCADE');
	$fleet->{frames} = 100;
	$fleet->finish;
	is( sql("SELECT count(*) FROM (SELECT DISTINCT ON (o.device, o.part) o.device, o.part, o.state
				FROM fireiot.observation AS o WHERE o.device::text LIKE 'ca000000%' AND o.kind = 2 ORDER BY o.device, o.part, o.frame_id DESC) AS o
			LEFT JOIN fireiot.part_now AS n ON n.device = o.device AND n.part = o.part AND n.kind = 2
			WHERE n.state IS DISTINCT FROM o.state"),
		'0', 'part_now usable again: it has the last state of each part');
	$fleet->close;
	return;
}

# ---- no process, no connection ----

sub connections_used_up
{
	my $fleet = Fleet->new($port, first => 'cc000000');

	$fleet->confirm(100);
	my @sessions = map { $node->background_psql('postgres', on_error_stop => 0, on_error_die => 0) } 1 .. 10;
	isnt($node->psql('postgres', 'SELECT 1'), 0, 'no connection is left');
	ok($fleet->confirm(200), 'no connection is left: devices are served');
	kill 'TERM', workers($node);
	ok($fleet->until(sub { my ($new) = workers($node); $new && $new != $listener }, 'there is a new listener'), 'a listener starts all the same');
	ok($fleet->confirm(200), 'and serves');
	$_->quit for @sessions;

	$fleet->finish;
	$fleet->is_stored($node, 'no connection');
	$fleet->close;
	return;
}

sub no_worker_slot
{
	my $fleet = Fleet->new($port, first => 'cd000000', devices => 4);

	# one for the launcher, one for that of logical replication, one is left
	$node->append_conf('postgresql.conf', "fireiot.listeners = 2\nmax_worker_processes = 3");
	my $from = log_end();
	$node->restart;
	ok(logged($fleet, qr/no background worker slot is free for a listener: raise max_worker_processes/, $from),
		'no worker slot for the second listener: the log says what to raise');
	ok($fleet->confirm(100), 'one listener serves');
	is(scalar(my @all = workers($node)), 1, 'alone');
	$node->append_conf('postgresql.conf', 'max_worker_processes = 2');
	$from = log_end();
	$node->restart;
	ok(logged($fleet, qr/no background worker slot is free for a listener/, $from), 'no worker slot at all');
	is(scalar(@all = workers($node)), 0, 'nobody listens');
	$node->append_conf('postgresql.conf', "max_worker_processes = 8\nfireiot.listeners = 1");
	$node->restart;
	ok($fleet->confirm(100), 'with a slot: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'no worker slot');
	$fleet->close;
	return;
}

$node->append_conf('postgresql.conf', "max_connections = 10\nsuperuser_reserved_connections = 0");
$node->restart;
wait_for_port($port);
($listener) = workers($node);
$before = at_rest($listener);
partition_missing();
full_disk();
poison('frame', q{substr(NEW.bytes, 13, 1) = '\x03' AND NEW.seq % 3 = 0}, '23514');
poison('observation', q{NEW.text = 'poison'}, 'P0001');
# with the plans of what follows from frames
same_resources($node, $listener, $before, 'full disk, partitions, poison', 24576);
poison_after_restart();
part_now_unusable();
same_resources($node, $listener, $before, 'poison and part_now', 20480);
connections_used_up();
no_worker_slot();
$node->stop;
File::Path::remove_tree(small_disk() . '/tables') if small_disk();
done_testing();
