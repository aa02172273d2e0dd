# Sealing looks only where rows were stored, and misses none: whatever ends
# later than it began, moves, or was forgotten.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('fresh');
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fireiot'
fireiot.listen = off
fireiot.database = 'nobody'
max_prepared_transactions = 5
autovacuum = off
CONF
$node->restart;
create_database($node, 'city', <<'SQL');
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE public.visit (id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, tx xid8, what text) USING fireiot_ledger;
	CREATE TABLE public.quiet (id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, tx xid8, what text) USING fireiot_ledger;
	SELECT fireiot.make_ledger('public.visit'), fireiot.make_ledger('public.quiet');
	INSERT INTO public.quiet (what) SELECT repeat('quiet', 100) FROM generate_series(1, 200000);
	CREATE TABLE public.plain (n integer);
SQL

sub city
{
	return $node->safe_psql('city', shift);
}

# Rows that are there, and rows that blocks have.
sub sealed
{
	my ($name, $table) = @_;
	$table //= 'public.visit';
	city('SELECT fireiot.seal()');
	my ($rows, $sealed) = split /\|/, city(<<"SQL");
		SELECT (SELECT count(*) FROM $table), (SELECT coalesce(sum(rows), 0) FROM fireiot.ledger_block_part WHERE partition = '$table')
SQL
	is($sealed, $rows, "$name: every row is sealed once");
	is(city("SELECT * FROM fireiot.verify_ledger()"), '', "$name: and verifies");
	return;
}

# Sealed until nothing can be unknown any more: another transaction has come.
sub known
{
	city("INSERT INTO public.visit (what) VALUES ('known'); SELECT fireiot.seal()") for 1 .. 4;
	return;
}

# Pages that sealing touches.
sub pages
{
	my ($line) = city('EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, SUMMARY off) SELECT fireiot.seal()') =~ /Buffers: shared(.*)/;
	my $pages = 0;
	$pages += $1 while $line =~ /(?:hit|read)=(\d+)/g;
	return $pages;
}

sub in_session
{
	my ($session, $statement) = @_;
	$session->query_safe($statement);
	return;
}

sealed('at first');
sealed('a table with many rows', 'public.quiet');
known();
my $size = city("SELECT pg_relation_size('public.quiet') / 8192");
cmp_ok($size, '>', 12000, 'the quiet table has pages');
cmp_ok(pages(), '<', $size / 4, 'which are not read while nothing is stored');
city("INSERT INTO public.quiet (what) VALUES ('one more')");
cmp_ok(pages(), '<', $size / 4, 'nor when a row has come');
sealed('the row that came', 'public.quiet');

# a transaction that is open over many blocks
my $session = $node->background_psql('city');
in_session($session, "BEGIN; INSERT INTO public.visit (what) VALUES ('open')");
known();
in_session($session, "SAVEPOINT s; INSERT INTO public.visit (what) VALUES ('undone'); ROLLBACK TO s; INSERT INTO public.visit (what) VALUES ('open, too')");
known();
in_session($session, 'COMMIT');
sealed('a long transaction');

# one that has its id before the table is known, and writes behind that
in_session($session, 'BEGIN; INSERT INTO public.plain VALUES (1)');
known();
in_session($session, "INSERT INTO public.visit (what) VALUES ('old id')");
known();
in_session($session, 'COMMIT');
sealed('an old transaction id');

# another writer's old transaction does not make others' rows be read again
in_session($session, 'BEGIN; INSERT INTO public.plain VALUES (1)');
city("INSERT INTO public.quiet (what) SELECT repeat('quiet', 100) FROM generate_series(1, 200000); SELECT fireiot.seal()");
city("INSERT INTO public.visit (what) VALUES ('beside'); SELECT fireiot.seal()") for 1 .. 2;
cmp_ok(pages(), '<', $size / 4, 'a long transaction keeps no pages fresh that others wrote');
in_session($session, 'COMMIT');

# blocks that were not made
city("INSERT INTO public.visit (what) VALUES ('rolled back')");
city('BEGIN; SELECT fireiot.seal(); ROLLBACK');
sealed('a block that was rolled back');
city("INSERT INTO public.visit (what) VALUES ('rolled back inside')");
city('DO $$ BEGIN PERFORM fireiot.seal(); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END $$');
sealed('a block that was rolled back with a subtransaction');
city("INSERT INTO public.visit (what) VALUES ('prepared block')");
city("BEGIN; SELECT fireiot.seal(); PREPARE TRANSACTION 'block'");
city("ROLLBACK PREPARED 'block'");
sealed('a block that was prepared and rolled back');
city("INSERT INTO public.visit (what) VALUES ('prepared block, kept')");
city("BEGIN; SELECT fireiot.seal(); PREPARE TRANSACTION 'block'");
city("COMMIT PREPARED 'block'");
sealed('a block that was prepared and committed');

# rows move
in_session($session, "BEGIN; INSERT INTO public.visit (what) VALUES ('before it was moved')");
city("INSERT INTO public.visit (what) SELECT 'many ' || i FROM generate_series(1, 10000) AS i");
in_session($session, 'COMMIT');
city('VACUUM FULL public.visit');
sealed('VACUUM FULL between rows and block');
city("CREATE INDEX visit_what ON public.visit (what)");
in_session($session, "BEGIN; INSERT INTO public.visit (what) VALUES ('a'); CLUSTER public.visit USING visit_what; INSERT INTO public.visit (what) VALUES ('z')");
in_session($session, 'COMMIT');
sealed('CLUSTER in the transaction that wrote');
in_session($session, "BEGIN; INSERT INTO public.visit (what) VALUES ('a'); SAVEPOINT s; CLUSTER public.visit USING visit_what; INSERT INTO public.visit (what) VALUES ('y'); ROLLBACK TO s; INSERT INTO public.visit (what) VALUES ('x')");
in_session($session, 'COMMIT');
sealed('CLUSTER that was rolled back');
$session->quit;

# what is known is forgotten by a crash; a prepared transaction is not
city("BEGIN; INSERT INTO public.visit (what) VALUES ('prepared'); PREPARE TRANSACTION 'row'");
city("INSERT INTO public.visit (what) VALUES ('before the crash')");
$node->stop('immediate');
$node->start;
known();
city("COMMIT PREPARED 'row'");
sealed('a prepared transaction over a crash');
city("INSERT INTO public.visit (what) VALUES ('before the restart')");
$node->restart;
sealed('a restart');

# a table that had rows before it was given to the ledger
city(<<'SQL');
	CREATE TABLE public.older (id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, tx xid8, what text) USING fireiot_ledger;
	INSERT INTO public.older (what) VALUES ('older');
	INSERT INTO public.visit (what) VALUES ('newer');
SQL
city('SELECT fireiot.seal()');
city("SELECT fireiot.make_ledger('public.older')");
sealed('rows of before make_ledger', 'public.older');
is(city("SELECT fireiot.prove('public.older', 1) ->> 'row_count'"), '1', 'and proven');
city("INSERT INTO public.older (what) VALUES ('newer')");
sealed('rows of behind it', 'public.older');
$node->stop;
done_testing();
