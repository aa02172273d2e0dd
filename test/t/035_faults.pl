# Faults in the midst of sealing: disks that are full, processes that are killed,
# a clock that is set.  Behind each of them every row is in one block, once.
use strict;
use warnings;

use Clock;
use Devices;
use File::Path ();
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $disk = small_disk();
my $node;

sub new_node
{
	my ($name, $settings, %init) = @_;

	$node = new_server($name, %init);
	$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'fireiot'
fireiot.listen = off
fireiot.database = 'city'
fireiot.seal_interval = 20ms
restart_after_crash = on
max_prepared_transactions = 5
$settings
CONF
	$node->restart;
	return;
}

sub city
{
	return $node->safe_psql('city', shift);
}

sub create_city
{
	my ($options) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE city TEMPLATE template0 $options");
	city('CREATE EXTENSION fireiot CASCADE; SELECT fireiot.setup_role();
		CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY, tx xid8, what text) USING fireiot_ledger;
		SELECT fireiot.make_ledger($$visit$$)');
	return;
}

sub add
{
	my ($rows) = @_;
	city("INSERT INTO visit (what) SELECT repeat('what', 10) FROM generate_series(1, $rows)");
	return;
}

sub sealed { return city("SELECT coalesce(sum(rows), 0) FROM fireiot.ledger_block_part WHERE partition = 'public.visit'") }

sub all_sealed { return city("SELECT count(*) FROM visit") == sealed() }

# Not by psql's standard input: who cannot connect does not read it.
sub is_up
{
	return run_log([ 'psql', '-Xqc', 'SELECT 1', $node->connstr('city') ], '>', '/dev/null', '2>', '/dev/null');
}

# The keeper has sealed all that there is, and it is right.
sub whole
{
	my ($name) = @_;
	my $rows = city('SELECT count(*) FROM visit');

	ok(wait_until(\&all_sealed, 'the keeper has sealed all'), "$name: every row is sealed once ($rows)");
	is(city('SELECT * FROM fireiot.verify_ledger()'), '', "$name: and verifies");
	return;
}

sub keeper
{
	my ($pid) = workers($node, qr/fireiot keeper/);
	return $pid;
}

# ---- disks ----

# No room for a block: the keeper tries again until there is.
sub tables_full
{
	mkdir "$disk/space";
	new_node('tables_full', '');
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/space'");
	create_city('TABLESPACE small');
	whole('a small disk');
	set_and_reload($node, 'fireiot.seal_interval' => '1h');
	add(20000);
	add(20000);
	ok(fill_disk("$disk/ballast"), 'the disk is full');
	my $before = sealed();
	refused($node, 'city', 'SELECT fireiot.seal()', '53100', qr/No space left on device/, 'disk full in seal()');
	my $from = -s $node->logfile;
	set_and_reload($node, 'fireiot.seal_interval' => '20ms');
	ok(wait_until(sub { (() = slurp_file($node->logfile, $from) =~ /fireiot keeper: could not extend file.*No space left/g) > 0 }, 'the keeper cannot seal'), 'disk full in the keeper');
	is(sealed(), $before, 'nothing is sealed by halves');
	ok(keeper(), 'the keeper is there');
	unlink "$disk/ballast";
	whole('there is room again');
	$node->stop;
	File::Path::remove_tree("$disk/space");
	return;
}

# A server that could not even recover has ended: somebody starts it again.
sub started_again
{
	return is_up() if Devices::postmaster($node);
	kill_server($node);
	return $node->start(fail_ok => 1) && is_up();
}

# No room for WAL: the server ends in a PANIC, in whatever it does.
sub wal_full
{
	new_node('ledger_wal_full', "min_wal_size = 2MB\nmax_wal_size = 4MB",
		extra => [ '--encoding=UTF8', '--locale=C.UTF-8', '--wal-segsize=1', "--waldir=$disk/ledger_wal" ]);
	create_city('');
	add(1000);
	whole('a small pg_wal');
	my $from = -s $node->logfile;
	# rows, and WAL of no table
	my $writer = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('city'), '-c', <<'SQL' ], '>', '/dev/null', '2>', '/dev/null');
		DO $$ BEGIN
			FOR i IN 1 .. 100000 LOOP
				INSERT INTO visit (what) SELECT 'what' FROM generate_series(1, 10);
				PERFORM pg_logical_emit_message(false, '', repeat('x', 100000));
				COMMIT;
			END LOOP;
		END $$
SQL
	# from here on it may happen at any time: no query
	ok(wait_until(sub { fill_disk("$disk/ballast"); $node->log_contains(qr/PANIC:.*No space left on device/, $from) }, 'the server panics'), 'pg_wal full: the server panics');
	unlink "$disk/ballast";
	$writer->finish;
	wait_until(\&started_again, 'the server is up again');
	whole('pg_wal full');
	$node->stop;
	File::Path::remove_tree("$disk/ledger_wal");
	return;
}

# ---- kill -9 ----

# Writers that go on whatever happens to the server, until they are told.
sub writers
{
	my $script = $node->basedir . '/write.sql';

	append_to_file($script, <<'SQL') unless -e $script;
BEGIN;
INSERT INTO visit (what) VALUES ('one');
SAVEPOINT s;
INSERT INTO visit (what) VALUES ('two');
ROLLBACK TO s;
INSERT INTO visit (what) SELECT 'three' FROM generate_series(1, 3);
COMMIT;
SQL
	return IPC::Run::start([ 'pgbench', '-n', '-c', 4, '-T', 600, '-h', $node->host, '-p', $node->port, '-f', $script, 'city' ], '>', '/dev/null', '2>', '/dev/null');
}

sub keeper_killed
{
	city("BEGIN; INSERT INTO visit (what) VALUES ('prepared'); PREPARE TRANSACTION 'later'");
	for my $n (1 .. 5)
	{
		my $before = sealed();
		my $writers = writers();

		wait_until(sub { sealed() > $before + 100 }, 'rows are written and sealed');
		my $pid = keeper();
		kill 'KILL', $pid;
		$writers->finish;
		wait_until(sub { is_up() && (keeper() // $pid) != $pid }, 'server and keeper are there again');
	}
	whole('the keeper killed five times');
	city("COMMIT PREPARED 'later'");
	whole('what was prepared before');
	return;
}

# Starts a statement that will not come to its end; returns session and process.
sub victim
{
	my ($statement) = @_;
	my $session = $node->background_psql('city', on_error_stop => 0);
	my $pid = $session->query_safe('SELECT pg_backend_pid()');

	$session->query_until(qr/begun/, "\\echo begun\n$statement;\n");
	return ($session, $pid);
}

sub kill_session
{
	my ($session, $pid) = @_;
	my $keeper = keeper();

	kill 'KILL', $pid;
	wait_until(sub { is_up() && (keeper() // $keeper) != $keeper }, 'the server is up again');
	return eval { $session->quit };
}

sub copy_killed
{
	my $before = city('SELECT count(*) FROM visit');
	my @copy = victim("COPY visit (what) FROM PROGRAM 'seq 1 100000000'");
	my $size = city("SELECT pg_relation_size('visit')") + 4e6;

	wait_until(sub { city("SELECT pg_relation_size('visit')") > $size }, 'COPY is under way');
	add(10);
	whole('beside COPY');
	kill_session(@copy);
	is(city('SELECT count(*) FROM visit'), $before + 10, 'COPY killed: no row of it is there');
	whole('COPY killed');
	return;
}

# The certificate is written, the partition is not dropped yet.
sub purge_killed
{
	city(q{
		CREATE TABLE fireiot.own_log (id bigint NOT NULL, received_at timestamptz NOT NULL, tx xid8) PARTITION BY RANGE (received_at);
		INSERT INTO fireiot.record_table (name, period, key_columns, classes) VALUES ('own_log', 'month', '{received_at,id}', '{duty_log}');
		SELECT fireiot.make_partitions_of('own_log', '2020-01-15 12:00+08', '2020-01-15 12:00+08');
		INSERT INTO fireiot.own_log SELECT i, '2020-01-15 12:00+08' FROM generate_series(1, 100) AS i});
	wait_until(sub { city("SELECT sealed FROM fireiot.ledger_partition('fireiot.own_log_20200101')") == 100 }, 'it is sealed');
	my $reader = $node->background_psql('city', on_error_stop => 0);
	$reader->query_safe('BEGIN; SELECT count(*) FROM fireiot.own_log_20200101');
	my ($purge, $pid) = victim('SET lock_timeout = 0; ALTER FUNCTION fireiot.purge_expired(boolean) RESET lock_timeout; SELECT fireiot.purge_expired(false)');
	$node->poll_query_until('city', "SELECT count(*) = 2 FROM pg_locks WHERE pid = $pid AND (relation = 'fireiot.own_log_20200101'::regclass AND NOT granted
		OR relation = 'fireiot.purge_certificate'::regclass AND mode = 'RowExclusiveLock' AND granted)") or die 'the purge does not wait for the partition';
	kill_session($purge, $pid);
	eval { $reader->quit };
	is(city('SELECT count(*) FROM fireiot.own_log; SELECT count(*) FROM fireiot.purge_certificate'), "100\n0", 'killed between certificate and drop: all is there, and no certificate');
	whole('killed in the purge');
	is(city('SELECT count(*) FROM fireiot.purge_expired(false)'), '1', 'purged the next time');
	is(city('SELECT kind, table_name FROM fireiot.verify_ledger()'), 'purged|fireiot.own_log_20200101', 'and verify_ledger() says so');
	return;
}

# Whoever seals beside the keeper waits for it, and it for them.
sub two_sealers
{
	set_and_reload($node, 'fireiot.seal_interval' => '1h');
	add(10);
	my $first = $node->background_psql('city', on_error_stop => 0);
	my $block = $first->query_safe('BEGIN; SELECT fireiot.seal()');
	my ($second, $pid) = victim('SELECT fireiot.seal()');
	ok($node->poll_query_until('city', "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $pid"), 'a second sealer waits for the first');
	add(10);
	$first->query_safe('COMMIT');
	is($second->query_safe('SELECT max(n) FROM fireiot.ledger_block') =~ s/.*\n//sr, $block + 1, 'and seals what is left');
	$_->quit for $first, $second;
	set_and_reload($node, 'fireiot.seal_interval' => '20ms');
	return;
}

# ---- the clock ----

my $clock = Clock->new;

sub set_clock
{
	my ($ahead) = @_;

	$clock->ahead($ahead);
	is(city('SELECT abs(extract(epoch FROM clock_timestamp()) - ' . (time + $ahead) . ') < 60'), 't', "the server's clock is $ahead s ahead");
	return;
}

# Sealed within seconds, whatever the clock says; signed when it is time by it.
sub clock_set
{
	my $key = PostgreSQL::Test::Utils::tempdir . '/checkpoint.pem';
	my $day = 86400;

	system_or_bail('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', $key);
	chmod 0600, $key;
	$node->append_conf('postgresql.conf', "fireiot.checkpoint_key_file = '$key'\nfireiot.checkpoint_interval = 1h");
	$node->stop;
	$clock->start($node);
	# one is signed by the keeper's start
	wait_until(sub { city('SELECT count(*) FROM fireiot.ledger_checkpoint') > 0 }, 'signed');
	foreach my $step ([ 60, 0 ], [ 3 * $day, 1 ], [ -2 * $day, 1 ], [ 365 * $day, 1 ], [ 0, 1 ])
	{
		my ($ahead, $is_time) = @$step;
		my $signed = city('SELECT count(*) FROM fireiot.ledger_checkpoint');

		set_clock($ahead);
		add(10);
		my $from = time;
		wait_until(\&all_sealed, 'sealed');
		cmp_ok(time - $from, '<', 20, 'and sealed soon');
		is(city("SELECT abs(extract(epoch FROM sealed_at - clock_timestamp())) < 60 FROM fireiot.ledger_block ORDER BY n DESC LIMIT 1"), 't', 'at what the clock says');
		next unless $is_time;
		ok(wait_until(sub { city('SELECT count(*) FROM fireiot.ledger_checkpoint') > $signed }, 'signed'), 'and signed');
	}
	is(city('SELECT kind FROM fireiot.verify_ledger()'), 'purged', 'the chain is right');
	my $note = city('SELECT note FROM fireiot.ledger_checkpoint ORDER BY size LIMIT 1');
	is(city("SELECT valid FROM fireiot.verify_against('$note')"), 't', 'and extends the first checkpoint');
	return;
}

SKIP:
{
	skip 'this user may not mount a small disk' unless $disk;
	tables_full();
	wal_full();
}
new_node('killed', '');
create_city('');
keeper_killed();
copy_killed();
purge_killed();
two_sealers();
clock_set();
$node->stop;
done_testing();
