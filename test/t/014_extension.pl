# Extension, database, role and settings come, go and change while devices are
# connected: the listener leaves its port and comes back by itself, says so
# once, and stores what devices repeat where it then belongs.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my ($node, $port) = new_centre('extension', "fireiot.listeners = 2\nfireiot.allow_decommission = on");
my $create = 'CREATE EXTENSION fireiot CASCADE; SELECT fireiot.setup_role();';

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

sub log_end
{
	return -s $node->logfile;
}

# How often the log says it, from a place on.
sub said
{
	my ($message, $from) = @_;
	my $times = () = PostgreSQL::Test::Utils::slurp_file($node->logfile, $from) =~ /$message/g;

	return $times;
}

# Wait until every listener has said why it waits; the port is closed then.
sub is_said
{
	my ($message, $from, $times, $name) = @_;

	wait_until(sub { said($message, $from) >= $times }, "the log says $message");
	return wait_until(sub { refuses($port) }, "$name: the port is closed");
}

# What was confirmed until now is of no interest any more.
sub forget_confirmed
{
	my ($fleet) = @_;

	$fleet->until(sub { !grep { $_->{socket} } @{ $fleet->{all} } }, 'all are disconnected');
	delete $fleet->{book}{$_} for grep { $fleet->{book}{$_} ne 'sent' } keys %{ $fleet->{book} };
	return;
}

sub at_start
{
	is(said(qr/waiting for database "city"/, 0), 1, 'without the database: said once');
	ok(!said(qr/ERROR|FATAL/, 0), 'and no error');
	return;
}

# ---- the extension ----

# The order acts when it is in the chain.
sub give_up
{
	sql("SELECT fireiot.decommission('test')");
	sql('SELECT fireiot.seal()');
	return;
}

sub dropped
{
	my $fleet = Fleet->new($port, first => 'd0000000');
	my $from = log_end();

	$fleet->confirm(500);
	my %before = map { $_ => 1 } workers($node);
	give_up();
	sql('DROP EXTENSION fireiot CASCADE');
	is_said(qr/listener \d: waiting for CREATE EXTENSION fireiot in database "city"/, $from, 2, 'dropped');
	forget_confirmed($fleet);
	is(scalar(grep { !$before{$_} } workers($node)), 0, 'dropped: the listeners wait');
	is(said(qr/listener \d: waiting for CREATE EXTENSION/, $from), 2, 'dropped: each says so once');

	# created, but the role has no privileges
	$from = log_end();
	sql('CREATE EXTENSION fireiot CASCADE');
	$fleet->until(sub { said(qr/permission denied/, $from) }, 'privileges are missed');
	$fleet->turn for 1 .. 20;
	is(scalar(grep { $_ ne 'sent' } values %{ $fleet->{book} }), 0, 'without privileges nothing is confirmed');
	sql('SELECT fireiot.setup_role()');
	ok($fleet->confirm(500), 'created: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'dropped and created');
	$fleet->close;
	return;
}

# Between two looks, so that the listener sees only that names mean others.
sub replaced
{
	my ($one, $two) = map { Device->new("d1000000000$_", $port) } 1, 2;
	my ($frame, $other) = ($one->frame, $two->frame);
	my $answered = 0;

	is($one->say($frame), 'confirmed', 'before the extension is replaced');
	give_up();
	sql("BEGIN; DROP EXTENSION fireiot CASCADE; $create COMMIT");
	# the connections may stay or not
	foreach my $d ([ $two, $other ], [ $one, $frame ])
	{
		my ($device, $what) = @$d;
		wait_until(sub {
				my $answer = eval { $device->connect unless $device->{socket}; $device->say($what, 3) } // 'closed';
				$device->close if $answer ne 'confirmed';
				return $answer eq 'confirmed';
			}, 'it is confirmed');
	}
	is_deeply([ stored($node, $other, $frame) ], [ 1, 1 ], 'replaced: what is confirmed is in the new tables, known before or not');
	$_->close for $one, $two;
	return;
}

# As ALTER EXTENSION UPDATE does to those who write.
sub locked
{
	my $fleet = Fleet->new($port, first => 'd2000000');

	$fleet->confirm(200);
	my $holder = $node->background_psql('city');
	$holder->query_safe('BEGIN; LOCK TABLE fireiot.frame, fireiot.observation, fireiot.part_now IN ACCESS EXCLUSIVE MODE');
	my $waiting = 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN (' . join(', ', workers($node)) . ')';
	$fleet->until(sub { sql($waiting) == 2 }, 'both listeners wait');
	$fleet->turn for 1 .. 3;
	my ($confirmed, $connected) = @$fleet{qw(confirmed connected)};
	my $from = time;
	my %used = map { $_ => processor_time($_) } workers($node);
	$fleet->until(sub { time - $from > 1.5 }, 'some time is over');
	is($fleet->{confirmed}, $confirmed, 'tables locked: nothing is confirmed');
	cmp_ok(processor_time($_) - $used{$_}, '<', 0.3 * (time - $from), 'tables locked: a listener does not spin') for keys %used;
	$holder->query_safe('COMMIT');
	$holder->quit;
	ok($fleet->confirm(200), 'unlocked: confirmed again');
	is($fleet->{connected}, $connected, 'over the same connections');
	$fleet->finish;
	$fleet->is_stored($node, 'tables locked');
	$fleet->close;
	return;
}

sub other_version
{
	my $fleet = Fleet->new($port, first => 'd3000000');
	my $version = sql("SELECT extversion FROM pg_extension WHERE extname = 'fireiot'");
	my $from = log_end();

	$fleet->confirm(200);
	without_guard($node, 'city', "UPDATE pg_extension SET extversion = '0.0' WHERE extname = 'fireiot'");
	is_said(qr/extension fireiot is version 0\.0 and the library \Q$version\E: ALTER EXTENSION fireiot UPDATE/, $from, 2, 'another version');
	without_guard($node, 'city', "UPDATE pg_extension SET extversion = '$version' WHERE extname = 'fireiot'");
	ok($fleet->confirm(200), 'the right version: confirmed again');
	is(said(qr/ALTER EXTENSION fireiot UPDATE/, $from), 2, 'another version: each says so once');
	$fleet->finish;
	$fleet->is_stored($node, 'another version');
	$fleet->close;
	return;
}

# ---- the database ----

sub database_dropped
{
	my $fleet = Fleet->new($port, first => 'd4000000');
	my $from = log_end();

	$fleet->confirm(200);
	give_up();
	$node->safe_psql('postgres', 'DROP DATABASE city WITH (FORCE)');
	is_said(qr/waiting for database "city"/, $from, 1, 'database dropped');
	forget_confirmed($fleet);
	$node->safe_psql('postgres', 'CREATE DATABASE city TEMPLATE template0');
	sql("$create ALTER DATABASE city SET search_path = fireiot, public");
	ok($fleet->confirm(200), 'database created: confirmed again');
	is(said(qr/waiting for database "city"/, $from), 1, 'database dropped: said once');
	$fleet->finish;
	$fleet->is_stored($node, 'database dropped');

	$fleet->confirm(100);
	$node->safe_psql('postgres', 'ALTER DATABASE city ALLOW_CONNECTIONS false');
	kill 'TERM', workers($node);
	$fleet->until(sub { said(qr/database "city" is not currently accepting connections/, $from) }, 'it is refused');
	$node->safe_psql('postgres', 'ALTER DATABASE city ALLOW_CONNECTIONS true');
	ok($fleet->confirm(100), 'connections allowed again: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'no connections allowed');
	$fleet->close;
	return;
}

sub other_database
{
	my $fleet = Fleet->new($port, first => 'd5000000');

	$node->safe_psql('postgres', 'CREATE DATABASE town TEMPLATE template0');
	$node->safe_psql('town', "$create ALTER DATABASE town SET search_path = fireiot, public");
	$fleet->confirm(200);
	$fleet->finish;
	$fleet->{quiet} = 1;
	my %old = map { $_ => 1 } workers($node);
	set_and_reload($node, 'fireiot.database' => 'town');
	$fleet->until(sub { my @new = workers($node); @new == 2 && !grep { $old{$_} } @new }, 'there are new listeners');
	$fleet->is_stored($node, 'another database, before');
	%{ $fleet->{book} } = ();
	delete $fleet->{quiet};
	ok($fleet->confirm(200), 'another database: confirmed');
	$fleet->finish;
	$fleet->is_stored($node, 'another database, then', 'town');
	$fleet->close;
	set_and_reload($node, 'fireiot.database' => 'city');
	ok($node->poll_query_until('postgres', "SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'fireiot listener' AND datname = 'city'"),
		'and back again');
	return;
}

# ---- the role ----

sub role_missing
{
	my $fleet = Fleet->new($port, first => 'd6000000');
	my $from = log_end();

	$fleet->confirm(200);
	set_and_reload($node, 'fireiot.role' => 'night_shift');
	is_said(qr/waiting for role "night_shift"/, $from, 1, 'role missing');
	$node->safe_psql('city', 'CREATE ROLE night_shift NOLOGIN; SELECT fireiot.setup_role()');
	is_said(qr/waiting for role "night_shift" \(fireiot\.role\) to be allowed to log in: ALTER ROLE night_shift LOGIN/, $from, 1, 'role that may not log in');
	sql('ALTER ROLE night_shift LOGIN');
	ok($fleet->confirm(200), 'role that may log in: confirmed again');
	is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT usename, ',') FROM pg_stat_activity WHERE backend_type = 'fireiot listener'"),
		'night_shift', 'the listeners are of that role');
	set_and_reload($node, 'fireiot.role' => 'fireiot_listener');
	$fleet->confirm(200);
	$fleet->finish;
	$fleet->is_stored($node, 'role missing');
	$fleet->close;
	return;
}

# ---- settings ----

sub listen_off
{
	my $fleet = Fleet->new($port, first => 'd7000000');
	my $from = log_end();

	$fleet->confirm(200);
	set_and_reload($node, 'fireiot.listen' => 'off');
	is_said(qr/fireiot\.listen is off/, $from, 1, 'listen = off');
	$fleet->until(sub { !workers($node) }, 'there are no listeners');
	# the keeper goes on: only without a database nobody is there
	set_and_reload($node, 'fireiot.database' => 'nowhere');
	$fleet->until(sub { !workers($node, qr/fireiot keeper/) }, 'there is no keeper');
	$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE city');
	pass('listen = off, no database: it can be copied');
	set_and_reload($node, 'fireiot.database' => 'city', 'fireiot.listen' => 'on');
	ok($fleet->confirm(200), 'listen = on: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'listen = off and on');
	$fleet->close;
	return;
}

sub other_port
{
	my $fleet = Fleet->new($port, first => 'd8000000');
	my $other = free_port();

	$fleet->confirm(200);
	my %before = map { $_ => 1 } workers($node);
	set_and_reload($node, 'fireiot.port' => $other);
	wait_until(sub { refuses($port) }, 'the old port is closed');
	$fleet->{port} = $other;
	ok($fleet->confirm(200), 'another port: confirmed there');

	# while a batch cannot be stored
	my $from = log_end();
	sql(q{CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			RAISE EXCEPTION 'closed for now' USING ERRCODE = 'object_in_use'; END $$;
		CREATE TRIGGER refuse AFTER INSERT ON fireiot.frame FOR EACH ROW EXECUTE FUNCTION public.refuse()});
	$fleet->until(sub { said(qr/listener [12]: closed for now/, $from) >= 2 }, 'both listeners back off');
	set_and_reload($node, 'fireiot.port' => $port);
	sql('DROP FUNCTION public.refuse CASCADE');
	$fleet->until(sub { refuses($other) }, 'the other port is closed');
	$fleet->{port} = $port;
	ok($fleet->confirm(200), 'back again while a batch could not be stored: confirmed');
	is(scalar(grep { !$before{$_} } workers($node)), 0, 'by the same processes');
	$fleet->finish;
	$fleet->is_stored($node, 'another port');
	$fleet->close;
	return;
}

# The port is somebody else's.
sub port_taken
{
	my $taken = free_port();
	my $other = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $taken, Listen => 5, ReuseAddr => 1) or die "no socket: $!";
	my $from = log_end();

	set_and_reload($node, 'fireiot.port' => $taken);
	wait_until(sub { said(qr/could not open TCP port $taken on "127\.0\.0\.1": Address already in use/, $from) >= 2 }, 'the port cannot be opened');
	wait_until(sub { refuses($port) }, 'the old port is closed');
	close $other;
	wait_for_port($taken);
	my $device = Device->new('d90000000001', $taken);
	is($device->say($device->frame), 'confirmed', 'a port that was taken: opened when it is free');
	set_and_reload($node, 'fireiot.port' => $port);
	wait_for_port($port);
	return;
}

# What a database or a role is set to is not for the listener.
sub foreign_settings
{
	my $device = Device->new('da0000000001', $port);
	my $frame = $device->frame;

	is($device->say($frame), 'confirmed', 'a snapshot of before: confirmed');
	my $session = $node->background_psql('city', on_error_stop => 0);
	$session->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
	my $new = $device->frame;
	is($device->say($new), 'confirmed', 'stored behind the snapshot');
	$session->query("SELECT fireiot.ingest('\\x" . unpack('H*', $new) . "')");
	$session->query('COMMIT');
	$session->quit;
	is_deeply([ stored($node, $frame, $new) ], [ 1, 1 ], 'fireiot.ingest() with a snapshot of before: stored once');

	# a commit that does not wait for its record is lost with the server, since
	# the process that writes it later stands still
	sql("ALTER DATABASE city SET synchronous_commit = off");
	$node->restart;
	wait_for_port($port);
	$device->connect;
	my ($writer) = workers($node, qr/walwriter/);
	kill 'STOP', $writer;
	my @frames = map { $device->frame } 1 .. 20;
	is(scalar(grep { $device->say($_) eq 'confirmed' } @frames), 20, 'synchronous_commit = off of the database: confirmed');
	kill 'KILL', $writer;
	kill_server($node);
	$node->start;
	is_deeply([ stored($node, @frames) ], [ (1) x 20 ], 'and durable');
	sql("ALTER DATABASE city RESET synchronous_commit");
	return;
}

at_start();
dropped();
replaced();
locked();
other_version();
database_dropped();
other_database();
role_missing();
listen_off();
my %before = map { $_ => at_rest($_) } workers($node);
other_port();
port_taken();
# before, they had stored nothing and planned nothing
same_resources($node, $_, $before{$_}, "listener $_", 20480) for keys %before;
foreign_settings();
$node->stop;
done_testing();
