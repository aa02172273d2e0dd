# A block of many rows: several parts, of bounded size, sealed in bounded memory;
# rows are proven and found in each.
use strict;
use warnings;

use Devices;
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rows = 100_000;
my $most = 7000;

my $node = new_server('parts');
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'fireiot'
fireiot.listen = off
fireiot.seal_interval = 1h
fireiot.database = 'nobody'
fireiot.seal_part_rows = $most
CONF
$node->restart;

# Ids come in any order, some are below zero; every thousandth twice.
create_database($node, 'city', <<"SQL");
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE public.visit (tx xid8, what text, id bigint NOT NULL) USING fireiot_ledger;
	CREATE INDEX ON public.visit USING brin (tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 4);
	CREATE TABLE public.alike (id bigint NOT NULL, what text, tx xid8) USING fireiot_ledger;
	SELECT fireiot.make_ledger('public.visit'), fireiot.make_ledger('public.alike');
	SELECT fireiot.seal();
	CREATE FUNCTION public.add(first bigint) RETURNS void LANGUAGE sql AS \$\$
		INSERT INTO public.visit (id, what)
		SELECT first + i - $rows / 2, 'visit ' || first + i || '.' FROM generate_series(0, $rows - 1) AS i
		ORDER BY md5(i::text);
		INSERT INTO public.visit (id, what)
		SELECT first + i - $rows / 2, 'twice ' || first + i || '.' FROM generate_series(0, $rows - 1, 1000) AS i \$\$;
SQL

sub city
{
	return $node->safe_psql('city', shift);
}

sub findings
{
	my ($database) = @_;
	return $node->safe_psql($database // 'city', 'SELECT kind, table_name, row_id, block FROM fireiot.verify_ledger() ORDER BY 1, 2, 3, 4');
}

# What stands of the last block: parts, rows, too large ones, those that are not
# behind the one before.
sub parts_of_last
{
	my ($database, $partition) = @_;
	return $node->safe_psql($database, <<"SQL");
		SELECT count(*), sum(rows), count(*) FILTER (WHERE rows > $most + 1), count(*) FILTER (WHERE first_id <= before)
		FROM (SELECT rows, first_id, lag(last_id) OVER (ORDER BY part) AS before
			  FROM fireiot.ledger_block_part
			  WHERE block = (SELECT max(n) FROM fireiot.ledger_block) AND partition = '$partition') AS p
SQL
}

# The root over a block's parts, and that of a part's rows, by hand.
sub same_by_hand
{
	my ($name) = @_;
	is(city(<<'SQL'), 't|t', "$name: roots are those of the form that is written down");
	WITH last AS (SELECT * FROM fireiot.ledger_block ORDER BY n DESC LIMIT 1),
		part AS (SELECT p.* FROM fireiot.ledger_block_part AS p, last WHERE p.block = last.n),
		leaf AS (SELECT v.id, sha256(fireiot.canonical_row(v, t.id, 1)) AS hash
			FROM (SELECT what, id FROM public.visit) AS v, fireiot.ledger_table AS t WHERE t.name = 'public.visit')
	SELECT (SELECT root FROM last) = (SELECT fireiot.merkle_root(array_agg(hash ORDER BY part), 'sha256') FROM part),
		p.root = (SELECT fireiot.merkle_root(array_agg(l.hash ORDER BY l.id, l.hash), 'sha256') FROM leaf AS l WHERE l.id BETWEEN p.first_id AND p.last_id)
	FROM part AS p WHERE p.part = 3
SQL
	return;
}

# Proofs of rows of the first, a middle and the last part hold for openssl.
sub proven
{
	my ($database, $name, @ids) = @_;
	my $file = $node->basedir . "/proofs.$name";
	my ($out, $err);

	append_to_file($file, $node->safe_psql($database, join ';', map { "SELECT fireiot.prove('public.visit', $_)" } @ids) . "\n");
	ok(IPC::Run::run([ 'sh', $ENV{FIREIOT_VERIFY_PROOF}, $file ], '>', \$out, '2>', \$err), "$name: proofs of rows in several parts") or diag($out, $err);
	like($out, qr/^3 passed, 0 failed$/m, "$name: all of them");
	return;
}

# Bytes of the table's file are changed while the server is down.
sub edit
{
	my ($from, $to) = @_;
	my $path = $node->data_dir . '/' . city("CHECKPOINT; SELECT pg_relation_filepath('public.visit')");

	my $checksums = city('SHOW data_checksums');

	$node->stop;
	# who edits pages turns off what would tell; on by default since 18
	system_or_bail('pg_checksums', '--disable', '-D', $node->data_dir) if $checksums eq 'on';
	my $bytes = slurp_file($path);
	is($bytes =~ s/\Q$from\E/$to/g, 1, "\"$from\" lies there once");
	open my $file, '>:raw', $path or die $!;
	print {$file} $bytes;
	close $file;
	$node->start;
	return;
}

my $all = $rows + $rows / 1000;
my $expected = int(($rows + $rows / 1000 + $most - 1) / $most) . "|$all|0|0";

city('SELECT public.add(0)');
city('SELECT fireiot.seal()');
is(parts_of_last('city', 'public.visit'), $expected, 'one block is several parts, none of them larger, each behind the other');
same_by_hand('in memory');

# the least memory that there is holds a quarter of the rows
city("SELECT public.add(1000000)");
city("SET maintenance_work_mem = '1MB'; SET log_temp_files = 0; SELECT fireiot.seal()");
is(parts_of_last('city', 'public.visit'), $expected, 'so it is when they are sorted on disk');
like(slurp_file($node->logfile), qr/temporary file: path .*\n.*fireiot\.seal/, 'which they were');
is(findings(), '', 'both verify');
proven('city', 'sealed', -$rows / 2, 7, 1000000);

# all rows have one id, which no part divides
city("INSERT INTO public.alike (id, what) SELECT 5, i::text FROM generate_series(1, $most * 3) AS i");
city('SELECT fireiot.seal()');
is(parts_of_last('city', 'public.alike'), '1|' . $most * 3 . '|1|0', 'rows of one id are one part');
is(findings(), '', 'and verifies');

# a rewrite moves rows to other pages
city('VACUUM FULL public.visit');
is(findings(), '', 'a table that was written anew verifies');
proven('city', 'moved', -$rows / 2, 7, 1000000);

# another database: all rows are one block
my $dump = $node->basedir . '/city.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, $node->connstr('city') ], 'dumped');
$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE template0');
$node->command_ok([ 'pg_restore', '-d', $node->connstr('copy'), $dump ], 'restored');
$node->safe_psql('copy', "SET maintenance_work_mem = '1MB'; SELECT fireiot.seal()");
is(parts_of_last('copy', 'public.visit'), int((2 * $all + $most - 1) / $most) . '|' . 2 * $all . '|0|0', 'a restored database is sealed in parts');
is(findings('copy'), '', 'and verifies');
proven('copy', 'restored', -$rows / 2, 7, 1000000);

# the middle of the first block
edit('visit 50000.', 'VISIT 50000.');
is(findings(), 'altered|public.visit|0|1', 'an altered row is named, with its block');
like((city("\\set ON_ERROR_STOP 0\nSELECT count(*) FROM fireiot.prove('public.visit', 1000000)")), qr/^1$/, 'rows of other parts are still proven');
refused($node, 'city', "SELECT fireiot.prove('public.visit', 1)", 'XX001', qr/are not those that were sealed/, 'those of its part are not');
$node->stop;
done_testing();
