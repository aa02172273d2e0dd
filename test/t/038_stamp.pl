# Column tx is set in whatever way a row comes, and the row is what forming it
# anew would give, byte for byte.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('stamp');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off\nautovacuum = off");
$node->restart;
create_database($node, 'city', "CREATE EXTENSION fireiot CASCADE; CREATE EXTENSION pageinspect");

# Ledger tables keep their names and are not dropped: a schema for each kind.
my $schema = 's0';

sub city
{
	return $node->safe_psql('city', "SET search_path = $schema, public;" . shift);
}

# Tuples of a table as they lie, without what tells of transactions and place:
# COPY fills pages otherwise than INSERT.
sub tuples
{
	my ($table) = @_;
	return <<"SQL";
	SELECT i.lp_len, i.t_hoff, i.t_bits, i.t_infomask & 7 AS kinds, i.t_infomask2 & 2047 AS columns, i.t_data
	FROM generate_series(0, pg_relation_size('$table') / 8192 - 1) AS page,
		heap_page_items(pg_read_binary_file(pg_relation_filepath('$table'), page * 8192, 8192)) AS i
SQL
}

# Columns of the table, and rows of all columns but tx as COPY has them.
my %tables = (
	'tx behind numbers' => [ 'id bigint, at timestamptz, tx xid8, n integer, t text', "1\t2026-01-01\t7\tseven", "2\t\\N\t7\tseven", "3\t2026-01-01\t\\N\t\\N", "\\N\t\\N\t\\N\t\\N" ],
	'tx first' => [ 'tx xid8, a smallint, b boolean, t text', "1\tt\tx", "\\N\tt\tx", "\\N\t\\N\t\\N" ],
	'tx last' => [ 'a bigint, b bigint, tx xid8', "1\t2", "\\N\t2", "1\t\\N", "\\N\t\\N" ],
	'tx behind odd lengths' => [ 'a smallint, b boolean, tx xid8, c smallint, d bigint', "1\tt\t3\t4", "\\N\t\\N\t3\t4", "\\N\tt\t\\N\t4" ],
	'tx where the rest would shift' => [ 'a bigint, b integer, tx xid8, c integer, d bigint', "1\t2\t3\t4", "\\N\t2\t\\N\t4" ],
	'tx behind a text' => [ 'id bigint, t text, tx xid8, n integer', "1\tx\t2", "1\t\\N\t2", "\\N\t\\N\t\\N", "1\t" . 'long' x 1000 . "\t2" ],
	'eight columns' => [ 'id bigint, tx xid8, a integer, b text, c smallint, d boolean, e bigint, f text', "1\t2\tx\t3\tt\t4\ty", "1\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N" ],
	'nine columns' => [ 'id bigint, tx xid8, a integer, b text, c smallint, d boolean, e bigint, f text, g inet', "1\t2\tx\t3\tt\t4\ty\t10.0.0.1", "1\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N" ],
	'eighty columns' => [ 'id bigint, tx xid8, ' . join(', ', map { "c$_ smallint" } 1 .. 78), join("\t", 1 .. 79), join("\t", 1 .. 78, '\\N'), join("\t", 1, ('\\N') x 78) ],
	'a dropped column' => [ 'id bigint, gone bigint, tx xid8, t text', "1\tx", "\\N\t\\N" ]);

# A row each, and many at once, so that COPY has full batches.
sub copied
{
	my ($name, $columns, @rows) = @_;
	my $all = join(', ', map { s/ .*//r } grep { !/^gone/ } split /, /, $columns);
	my $others = join(', ', grep { $_ ne 'tx' } split /, /, $all);
	my $lines = join("\n", (@rows) x 1500);
	my ($status, $out, $err) = $node->psql('city', <<"SQL");
		CREATE SCHEMA $schema;
		SET search_path = $schema, public;
		CREATE TABLE stamped ($columns) USING fireiot_ledger;
		CREATE TABLE plain ($columns) USING heap;
		@{[ $columns =~ /gone/ ? 'ALTER TABLE stamped DROP COLUMN gone; ALTER TABLE plain DROP COLUMN gone;' : '' ]}
BEGIN;
COPY stamped ($others) FROM STDIN;
$lines
\\.
		INSERT INTO plain SELECT * FROM stamped;
		SELECT count(*), bool_and(tx = pg_current_xact_id()) FROM stamped;
COMMIT;
SQL
	is($out, 1500 * @rows . '|t', "$name: every row is of its transaction") or diag($err);
	my ($stamped, $plain) = map { '(' . tuples($_) . ')' } 'stamped', 'plain';
	is(city("CHECKPOINT; SELECT (SELECT count(*) FROM $stamped AS s), (SELECT count(*) FROM ($stamped EXCEPT ALL $plain) AS more), (SELECT count(*) FROM ($plain EXCEPT ALL $stamped) AS less)"),
		1500 * @rows . '|0|0', "$name: and lies there as a heap would have it");
	return $all;
}

# What a row says of tx counts for nothing.
sub overwritten
{
	my ($name, $all) = @_;
	my $file = $node->basedir . '/rows';

	is(city(<<"SQL"), "t|t", "$name: also when the rows bring a tx of their own");
		CREATE TABLE again (LIKE stamped) USING fireiot_ledger;
		CREATE TABLE more (LIKE stamped) USING fireiot_ledger;
		COPY stamped ($all) TO '$file';
		BEGIN;
		COPY again ($all) FROM '$file';
		INSERT INTO more SELECT * FROM plain;
		SELECT (SELECT bool_and(tx = pg_current_xact_id()) FROM again),
			(SELECT bool_and(tx = pg_current_xact_id()) FROM more);
		COMMIT;
SQL
	is(city('SELECT (SELECT count(*) FROM (SELECT ' . $all =~ s/\btx\b/1/r . ' FROM stamped EXCEPT SELECT ' . $all =~ s/\btx\b/1/r . ' FROM again) AS x), '
			. '(SELECT count(*) FROM (SELECT ' . $all =~ s/\btx\b/1/r . ' FROM stamped EXCEPT SELECT ' . $all =~ s/\btx\b/1/r . ' FROM more) AS x)'),
		'0|0', "$name: and nothing else is changed");
	return;
}

for my $name (sort keys %tables)
{
	$schema++;
	overwritten($name, copied($name, @{ $tables{$name} }));
}
$node->stop;
done_testing();
