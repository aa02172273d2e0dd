# Logical replication of ledger tables: both sides seal and verify their rows; a
# subscriber that is sent what it refuses stands still; what it was told to skip
# is found by the comparison of docs/ledger.md.
use strict;
use warnings;

use Attacks;
use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($compare) = slurp_file("$ENV{TESTDIR}/docs/ledger.md") =~ /^```sql\n(SELECT f\.id \/ 1000 AS thousand.*?)^```/ms;
my $day = '2026-01-15 12:00+08';
my ($publisher, $subscriber) = map { new_node($_) } 'publisher', 'subscriber';
my $frames = 0;
my %lacking;

# A server that seals by its own keeper.
sub new_node
{
	my ($name) = @_;
	my $node = new_server($name, allows_streaming => 'logical');

	$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fireiot'
fireiot.listen = off
fireiot.database = 'city'
fireiot.seal_interval = 20ms
wal_retrieve_retry_interval = 100ms
CONF
	$node->restart;
	create_database($node, 'city', "CREATE EXTENSION fireiot CASCADE; SELECT fireiot.setup_role(), fireiot.make_partitions('1 day', '$day')");
	return $node;
}

# So many more frames, ten in a transaction.
sub send_frames
{
	my ($count) = @_;

	$publisher->safe_psql('city', join ';', map {
		my $first = $frames + 1 + 10 * $_;
		insert_of($first, $first + 9)
	} 0 .. $count / 10 - 1);
	$frames += $count;
	return;
}

sub insert_of
{
	my ($first, $last) = @_;
	return "INSERT INTO fireiot.frame (id, received_at, device, seq, verdict, command, outgoing, bytes)
		SELECT i, '$day', '00000000002a', i % 1000, 0, 2, false, '\\x40' FROM generate_series($first, $last) AS i";
}

sub count_there
{
	return $subscriber->safe_psql('city', 'SELECT count(*) FROM fireiot.frame');
}

# Each side by itself: all of its rows are in its blocks, and right.
sub both_verify
{
	my ($name) = @_;

	foreach my $node ($publisher, $subscriber)
	{
		my $where = $node->name;
		ok($node->poll_query_until('city', "SELECT sum(l.unsealed) = 0 FROM fireiot.ledger_relation AS r, fireiot.ledger_partition(r.partition) AS l WHERE r.table_name = 'fireiot.frame'"),
			"$name: the $where has sealed all frames");
		is($node->safe_psql('city', 'SELECT * FROM fireiot.verify_ledger()'), '', "$name: the $where verifies");
	}
	return;
}

sub digests
{
	my ($node) = @_;
	return split /\n/, $node->safe_psql('city', $compare);
}

sub differing
{
	my @ours = digests($publisher);
	my %theirs = map { $_ => 1 } digests($subscriber);

	return join ',', map { /^(\d+)/ } grep { !$theirs{$_} } @ours;
}

sub inserts
{
	$publisher->safe_psql('city', 'CREATE TABLE note (id bigint PRIMARY KEY, what text);
		CREATE PUBLICATION records FOR TABLE fireiot.frame, note WITH (publish_via_partition_root = true)');
	$subscriber->safe_psql('city', 'CREATE TABLE note (id bigint PRIMARY KEY, what text, tx xid8) USING fireiot_ledger');
	send_frames(500);
	$subscriber->safe_psql('city', 'CREATE SUBSCRIPTION records CONNECTION $$' . $publisher->connstr('city') . '$$ PUBLICATION records');
	$subscriber->wait_for_subscription_sync($publisher, 'records');
	send_frames(3000);
	$publisher->wait_for_catchup('records');
	is(count_there(), $frames, 'the first copy, and inserts');
	both_verify('replicated');
	is(scalar(() = digests($subscriber)), 4, 'digests of each thousand');
	is(differing(), '', 'publisher and subscriber have the same rows');
	return;
}

# One transaction with an UPDATE in it.  Returns where it ends.
sub stalled
{
	my ($change, $refusal) = @_;
	my $from = -s $subscriber->logfile;
	my $attempts = 0;

	$publisher->safe_psql('city', $change);
	wait_until(sub {
			$attempts = () = slurp_file($subscriber->logfile, $from) =~ /ERROR:  $refusal/g;
			return $attempts > 1;
		}, 'the subscriber has refused twice');
	my ($lsn) = slurp_file($subscriber->logfile, $from) =~ m{finished at ([0-9A-F]+/[0-9A-F]+)};
	return $lsn;
}

# The lawful part first: nobody skips, and nothing is lost or changed.
sub refuses_changes
{
	$publisher->safe_psql('city', "INSERT INTO note VALUES (1, 'one'), (2, 'two')");
	$publisher->wait_for_catchup('records');
	my $lsn = stalled("UPDATE note SET what = 'other' WHERE id = 1", qr/.*"public\.note"/);
	send_frames(20);
	is($subscriber->safe_psql('city', 'SELECT what FROM note WHERE id = 1'), 'one', 'UPDATE: refused, and tried again and again');
	is(count_there(), $frames - 20, 'and what comes behind it waits');
	$subscriber->safe_psql('city', "ALTER SUBSCRIPTION records SKIP (lsn = '$lsn')");
	$publisher->wait_for_catchup('records');
	is(count_there(), $frames, 'skipped: what waited is there');
	$lsn = stalled('DELETE FROM note WHERE id = 2', qr/.*"public\.note"/);
	$subscriber->safe_psql('city', "ALTER SUBSCRIPTION records SKIP (lsn = '$lsn')");
	$publisher->wait_for_catchup('records');
	is($subscriber->safe_psql('city', 'SELECT count(*) FROM note'), '2', 'DELETE: the same');
	is(differing(), '', 'no row of a record is lost');
	return;
}

sub publishes_inserts
{
	$publisher->safe_psql('city', "ALTER PUBLICATION records SET (publish = 'insert')");
	$publisher->safe_psql('city', "UPDATE note SET what = 'again'; INSERT INTO note VALUES (3, 'three'); DELETE FROM note WHERE id = 1");
	send_frames(20);
	$publisher->wait_for_catchup('records');
	is($subscriber->safe_psql('city', 'SELECT string_agg(what, $$,$$ ORDER BY id) FROM note'), 'one,two,three', "publish = 'insert': only inserts are sent");
	is(count_there(), $frames, 'and the subscription goes on');
	$publisher->safe_psql('city', "ALTER PUBLICATION records SET (publish = 'insert, update')");
	return;
}

# The subscriber lacks frames, and the comparison says so, and which.
sub is_found
{
	my ($name, $first, $last) = @_;
	my $rows = "SELECT f.id, sha256(fireiot.canonical_row(f, t.id, 1)) FROM fireiot.frame AS f, fireiot.ledger_table AS t WHERE t.name = 'fireiot.frame'";
	my %theirs = map { $_ => 1 } split /\n/, $subscriber->safe_psql('city', $rows);
	$lacking{ int($_ / 1000) } = 1 for $first .. $last;
	my @lacking = sort { $a <=> $b } map { /^(\d+)/ } grep { !$theirs{$_} } split /\n/, $publisher->safe_psql('city', $rows);

	both_verify($name);
	is(differing(), join(',', sort keys %lacking), "$name: the comparison says in which thousand");
	is("@lacking[-($last - $first + 1) .. -1]", join(' ', $first .. $last), "$name: and which rows");
	return;
}

# Records that somebody made the subscriber skip.
sub skipped
{
	my ($first, $last) = ($frames + 1, $frames + 5);
	my $lsn = stalled('BEGIN; ' . insert_of($first, $last) . "; UPDATE note SET what = 'x' WHERE id = 3; COMMIT", qr/.*"public\.note"/);

	$frames += 5;
	send_frames(1000);
	$subscriber->safe_psql('city', "ALTER SUBSCRIPTION records SKIP (lsn = '$lsn')");
	$publisher->wait_for_catchup('records');
	is(count_there(), $frames - 5, 'the subscriber lacks five frames');
	is_found('skipped', $first, $last);
	cmp_ok($subscriber->safe_psql('city', "SELECT count(*) FROM fireiot.ledger_block_part WHERE partition LIKE 'fireiot.frame%'"), '>', 1, 'in blocks as they came');
	return;
}

# The same without an error that anybody would see.
sub origin_moved
{
	my ($first, $last) = ($frames + 1, $frames + 10);
	my $slot = "SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'records'";

	$subscriber->safe_psql('city', 'ALTER SUBSCRIPTION records DISABLE');
	$publisher->poll_query_until('city', $slot) or die 'the subscription goes on';
	$subscriber->poll_query_until('city', "SELECT count(*) = 0 FROM pg_stat_subscription WHERE pid IS NOT NULL") or die 'its worker is there';
	send_frames(10);
	my $lsn = $publisher->safe_psql('city', 'SELECT pg_current_wal_insert_lsn()');
	$subscriber->safe_psql('city', "SELECT pg_replication_origin_advance('pg_' || oid, '$lsn') FROM pg_subscription");
	$subscriber->safe_psql('city', 'ALTER SUBSCRIPTION records ENABLE');
	send_frames(1000);
	$publisher->wait_for_catchup('records');
	is(count_there(), $frames - 15, 'the subscriber lacks ten frames more');
	is_found('origin moved', $first, $last);
	return;
}

inserts();
refuses_changes();
publishes_inserts();
skipped();
origin_moved();
$subscriber->safe_psql('city', 'DROP SUBSCRIPTION records');
$_->stop for $subscriber, $publisher;
is_written('039_replication', map { [ "$_: a subscriber lacks rows",
	'detected by [comparison](ledger.md#publisher-and-subscriber) of publisher and subscriber, which names the rows' ] }
	'ALTER SUBSCRIPTION SKIP', 'pg_replication_origin_advance()');
done_testing();
