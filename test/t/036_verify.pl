# What verify_ledger() finds, each kind with table, row and block; that ranges
# of blocks find together what the whole finds; and how far it is.
use strict;
use warnings;

use Devices;
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('verify', allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fireiot'
fireiot.listen = off
autovacuum = off
CONF
$node->restart;
create_database($node, 'city', <<'SQL');
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE public.visit (id bigint NOT NULL, tx xid8, what text, long text) USING fireiot_ledger;
	CREATE TABLE public.other (id bigint NOT NULL, tx xid8, what text) USING fireiot_ledger;
	CREATE TABLE public.empty (id bigint NOT NULL, tx xid8) USING fireiot_ledger;
	SELECT fireiot.make_ledger(t) FROM unnest('{public.visit,public.other,public.empty}'::regclass[]) AS t;
SQL

sub city
{
	return $node->safe_psql('city', shift);
}

my $columns = 'kind, table_name, row_id, block';

# What a verification says, a finding a line.
sub findings
{
	return city("SELECT $columns FROM fireiot.verify_ledger() ORDER BY 1, 2, 3, 4");
}

# Blocks 0..9: three rows each of visit, and one of other from block 5 on, each
# in a transaction of its own.
sub fill
{
	for my $block (0 .. 9)
	{
		city("INSERT INTO public.visit VALUES ($block$_, NULL, 'visit $block$_', repeat('x', 100))") for 1 .. 3;
		city("INSERT INTO public.other VALUES ($block, NULL, 'other $block')") if $block >= 5;
		is(city('SELECT fireiot.seal()'), $block, "block $block");
	}
	return;
}

# Statements as the only process of the server, without fireiot's library: the
# tables are opened by heap's own functions then.  Nothing is left of it.
sub behind_the_back
{
	my ($script) = @_;

	$node->stop;
	run_log([ 'postgres', '--single', '-j', '-D', $node->data_dir, '-c', 'shared_preload_libraries=', '-c', 'allow_system_table_mods=on', 'city' ],
		'<', \(join "\n\n", @{$script}, '')) or die "behind_the_back";
	$node->start;
	return;
}

# As behind_the_back, with the tables turned into heaps and back.
sub tamper
{
	my ($table, @statements) = @_;
	my $am = city("SELECT oid FROM pg_am WHERE amname = 'fireiot_ledger'");

	behind_the_back([ "UPDATE pg_class SET relam = 2 WHERE oid = '$table'::regclass;", map({ "$_;" } @statements),
		"UPDATE pg_class SET relam = $am WHERE oid = '$table'::regclass;" ]);
	return;
}

# What the whole finds, ranges find together, wherever it is cut; each once.
# Cuts at which they do not; -1: block by block.
my $cuts = <<"SQL";
	WITH whole AS MATERIALIZED (SELECT array_agg(($columns)::text ORDER BY ($columns)::text) AS said FROM fireiot.verify_ledger())
	SELECT cut FROM whole, generate_series(0, 11) AS cut
	WHERE whole.said IS DISTINCT FROM (SELECT array_agg(f ORDER BY f) FROM (
		SELECT ($columns)::text AS f FROM fireiot.verify_ledger(NULL, cut)
		UNION ALL SELECT ($columns)::text FROM fireiot.verify_ledger(cut + 1, NULL)) AS f)
	UNION ALL
	SELECT -1 FROM whole
	WHERE whole.said IS DISTINCT FROM (SELECT array_agg(($columns)::text ORDER BY ($columns)::text)
		FROM generate_series(0, 12) AS n, fireiot.verify_ledger(n, n))
SQL

sub composes
{
	my ($name) = @_;

	is(city($cuts), '', "$name: ranges find what the whole finds") or diag(findings());
	return;
}

# A copy of the sound server, for as long as the code runs.
my $copies = 0;

sub on_a_copy
{
	my ($code) = @_;
	my $sound = $node;

	$node = PostgreSQL::Test::Cluster->new('damaged' . $copies++);
	$node->init_from_backup($sound, 'sound');
	$node->start;
	$code->();
	$node->stop;
	$node->clean_node;
	$node = $sound;
	return;
}

# Damage to a copy; what is found, whole and in ranges.
sub damaged
{
	my ($name, $table, $statements, $expect) = @_;

	on_a_copy(sub {
		tamper($table, @$statements);
		is(findings(), $expect, "$name: found");
		composes($name);
	});
	return;
}

# DROP TABLE would load the library, which refuses it.
sub dropped
{
	on_a_copy(sub {
		behind_the_back(["DELETE FROM pg_class WHERE oid = 'public.other'::regclass;"]);
		is(findings(), 'missing|public.other||5', 'a table that is gone: found');
		composes('a table that is gone');
	});
	return;
}

# A verification in a session of its own; its result is in $$out.
sub verification
{
	my ($out, $range) = @_;

	return IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('city'), '-c', "SELECT $columns FROM fireiot.verify_ledger($range)" ], '>', $out);
}

# Pieces that run at the same time, which is certain since something that all of
# them need is held until all have come to it.
sub at_once
{
	on_a_copy(sub {
		tamper('public.visit', "UPDATE public.visit SET what = 'forged' WHERE id IN (1, 92)", 'DELETE FROM public.visit WHERE id = 33',
			'UPDATE public.visit SET tx = (SELECT tx FROM public.visit WHERE id = 81) WHERE id = 23');
		my $holder = $node->background_psql('city');
		$holder->query_safe('BEGIN; LOCK TABLE public.visit');
		my @ranges = split /\n/, city("SELECT coalesce(from_block::text, 'NULL') || ', ' || coalesce(to_block::text, 'NULL') FROM fireiot.ledger_pieces(2)");
		is(scalar @ranges, 2, 'two pieces');
		my @out;
		my @runs = map { verification(\$out[$_], $ranges[$_]) } 0, 1;
		ok($node->poll_query_until('city', "SELECT count(*) = 2 FROM fireiot.verify_progress WHERE phase = 'rows' AND relation = 'visit'"), 'both are seen at their work')
		  or diag(city('SELECT * FROM fireiot.verify_progress'));
		is(city('SELECT from_block, to_block, relations_done < relations_total, rows_total, blocks_done, blocks_total FROM fireiot.verify_progress ORDER BY 1'),
			city("SELECT coalesce(p.from_block, 0), p.to_block, true, (SELECT sum(rows) FROM fireiot.ledger_block WHERE n BETWEEN coalesce(p.from_block, 0) AND coalesce(p.to_block, 9)), 10, 10 FROM fireiot.ledger_pieces(2) AS p ORDER BY 1"),
			'with what they have done, and have to do');
		$holder->query_safe('COMMIT');
		$holder->quit;
		$_->finish for @runs;
		is(join("\n", sort { $a cmp $b } map { split /\n/ } @out), findings(), 'together they find what the whole finds');
		is(city('SELECT count(*) FROM fireiot.verify_progress'), '0', 'nothing is shown when they have ended');
	});
	return;
}

# A verification that is broken off is not shown any more, nor is one of a
# session that does something else later.
sub broken_off
{
	my $holder = $node->background_psql('city');
	$holder->query_safe('BEGIN; LOCK TABLE fireiot.ledger_block_part');
	my $out;
	my $run = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('city'), '-c', 'SELECT * FROM fireiot.verify_ledger()', '-c', 'SELECT pg_advisory_lock(1)' ], '>', \$out, '2>', \$out);
	$holder->query_safe('SELECT pg_advisory_lock(1)');
	ok($node->poll_query_until('city', "SELECT count(*) = 1 FROM fireiot.verify_progress WHERE phase = 'chain'"), 'its phase is the chain');
	city('SELECT pg_cancel_backend(pid) FROM fireiot.verify_progress');
	ok($node->poll_query_until('city', 'SELECT count(*) = 0 FROM fireiot.verify_progress'), 'broken off: shown no more');
	is(city("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_advisory_lock%' AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"), '1', 'while its session goes on');
	$holder->query_safe('COMMIT');
	$holder->quit;
	$run->finish;
	return;
}

sub in_a_worker
{
	my $forced = 'SET ' . (city('SHOW server_version_num') < 160000 ? 'force_parallel_mode' : 'debug_parallel_query') . ' = on';
	like(city("$forced; EXPLAIN (COSTS off) SELECT * FROM fireiot.verify_ledger()"), qr/Gather/, 'a parallel worker may verify');
	is(city("$forced; SELECT count(*) FROM fireiot.verify_ledger()"), '0', 'and does');
	return;
}

# A dump with other text, restored: what it says then.
sub restored
{
	my ($dump, $name) = @_;

	$node->safe_psql('postgres', "DROP DATABASE IF EXISTS restored_$name");
	$node->safe_psql('postgres', "CREATE DATABASE restored_$name TEMPLATE template0");
	my $file = $node->basedir . "/$name.sql";
	append_to_file($file, $dump);
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $file, "restored_$name" ], "$name: restored");
	return "restored_$name";
}

sub of_copy
{
	my ($database) = @_;
	return $node->safe_psql($database, "SELECT $columns FROM fireiot.verify_ledger() ORDER BY 1, 2, 3, 4");
}

# What lies between a dump and its restore: rows are looked for in the blocks
# in which they were sealed first.
sub older_incarnations
{
	my $file = $node->basedir . '/city.sql';
	$node->command_ok([ 'pg_dump', '-f', $file, $node->connstr('city') ], 'dumped');
	my $dump = slurp_file($file);

	my $sound = restored($dump, 'sound');
	is(of_copy($sound), '', 'a copy that has sealed nothing: every row is found in its block');
	$node->safe_psql($sound, "INSERT INTO public.visit VALUES (1000, NULL, 'new', NULL)");
	is(of_copy($sound), '', 'so it is beside new rows');
	is($node->safe_psql($sound, 'SELECT fireiot.seal()'), '10', 'it seals all rows');
	is(of_copy($sound), '', 'and all are found in both blocks');

	(my $forged = $dump) =~ s/visit 42\t/forged\t/;
	$forged =~ s/^6\t\d+\tother 6\n//m;
	$forged =~ s/^(7\t\d+\tother 7\n)/$1."96\t\\N\tslipped in\n"/me;
	my $database = restored($forged, 'forged');
	my $expect = "altered|public.visit|42|4\nmissing|public.other|6|6";
	is(of_copy($database), $expect, 'a dump with other text: found, with row and block of before');
	$node->safe_psql($database, 'SELECT fireiot.seal()');
	is(of_copy($database), $expect, 'also when the copy has sealed it as it is');
	my @pieces = map { split /\n/, $node->safe_psql($database, "SELECT $columns FROM fireiot.verify_ledger($_)") } ('NULL, 4', '5, 9', '10, NULL');
	is(join("\n", sort { $a cmp $b } @pieces), $expect, 'and in ranges');

	# the copy of a copy
	unlink $file;
	$node->command_ok([ 'pg_dump', '-f', $file, $node->connstr($sound) ], 'dumped again');
	(my $twice = slurp_file($file)) =~ s/visit 73\t/forged\t/;
	$database = restored($twice, 'twice');
	$node->safe_psql($database, 'SELECT fireiot.seal()');
	is(of_copy($database), "altered|public.visit|73|7\naltered|public.visit|73|10", 'a copy of a copy: found in the blocks of both');
	return;
}

# A partition that was purged, and the chain of a copy that never had it.
sub purged
{
	create_database($node, 'site', <<'SQL');
		CREATE EXTENSION fireiot CASCADE;
		CREATE TABLE fireiot.own_log (id bigint NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), tx xid8, line text) PARTITION BY RANGE (received_at);
		INSERT INTO fireiot.record_table (name, period, key_columns, classes) VALUES ('own_log', 'month', '{received_at,id}', '{duty_log}');
		SELECT fireiot.make_partitions_of('own_log', '2020-01-15 12:00+08', '2020-02-15 12:00+08');
		INSERT INTO fireiot.own_log (id, received_at, line) VALUES (1, '2020-01-15 12:00+08', 'one');
SQL
	$node->safe_psql('site', 'SELECT fireiot.seal()');
	$node->safe_psql('site', "INSERT INTO fireiot.own_log (id, received_at, line) VALUES (2, '2020-01-16 12:00+08', 'two')");
	$node->safe_psql('site', 'SELECT fireiot.seal()');
	$node->safe_psql('site', 'SELECT fireiot.purge_expired(false)');
	$node->safe_psql('site', 'SELECT fireiot.seal()');
	my $expect = 'purged|fireiot.own_log_20200101||0';
	is(of_copy('site'), $expect, 'a purged partition: named, with its first block');
	is($node->safe_psql('site', "SELECT count(*) FROM fireiot.verify_ledger(1, NULL)"), '0', 'once: by the range that has it');
	my $file = $node->basedir . '/site.sql';
	$node->command_ok([ 'pg_dump', '-f', $file, $node->connstr('site') ], 'dumped');
	my $database = restored(slurp_file($file), 'purged');
	is(of_copy($database), $expect, 'so it is in a copy');
	$node->safe_psql($database, 'SELECT fireiot.seal()');
	is(of_copy($database), $expect, 'that has sealed');
	return;
}

fill();
is(findings(), '', 'nothing is wrong');
composes('nothing wrong');
city('CHECKPOINT');
$node->backup('sound');


# Rows of public.visit: 10 * block + 1, 2, 3.
damaged('another value', 'public.visit', ["UPDATE public.visit SET what = 'forged' WHERE id = 42"], 'altered|public.visit|42|4');
damaged('contents of two rows swapped', 'public.visit',
	["UPDATE public.visit AS v SET what = o.what FROM public.visit AS o WHERE v.id IN (11, 73) AND o.id IN (11, 73) AND v.id <> o.id"],
	"altered|public.visit|11|1\naltered|public.visit|73|7");
damaged('a row that is gone', 'public.visit', ['DELETE FROM public.visit WHERE id = 33'], 'missing|public.visit|33|3');
damaged('all rows of a block gone', 'public.other', ['DELETE FROM public.other WHERE id = 6'], 'missing|public.other|6|6');
damaged('a row of a sealed transaction', 'public.visit',
	["INSERT INTO public.visit SELECT 99, tx, 'slipped in', NULL FROM public.visit WHERE id = 52"], 'added|public.visit|99|5');
damaged('a second row of an id', 'public.visit',
	["INSERT INTO public.visit SELECT 52, tx, 'slipped in', NULL FROM public.visit WHERE id = 52"], 'added|public.visit|52|5');
damaged('a row of a transaction that stored nothing there', 'public.other',
	["INSERT INTO public.other SELECT 98, tx, 'slipped in' FROM public.visit WHERE id = 92", "INSERT INTO public.other SELECT 97, '3', 'slipped in'"],
	"added|public.other|97|5\nadded|public.other|98|9");
damaged('a row without transaction', 'public.other', ["INSERT INTO public.other VALUES (96, NULL, 'slipped in')"], 'added|public.other|96|');
damaged('a row of a table that has none', 'public.empty', ["INSERT INTO public.empty SELECT 95, tx FROM public.visit WHERE id = 2"], 'added|public.empty|95|');
damaged('a row moved to another block', 'public.visit',
	['UPDATE public.visit SET tx = (SELECT tx FROM public.visit WHERE id = 81) WHERE id = 23'], 'reordered|public.visit|23|2');
damaged('rows of two blocks exchanged', 'public.visit',
	['UPDATE public.visit AS v SET tx = o.tx FROM public.visit AS o WHERE v.id IN (12, 62) AND o.id IN (12, 62) AND v.id <> o.id'],
	"reordered|public.visit|12|1\nreordered|public.visit|62|6");
damaged('a row moved to no block', 'public.other', ['UPDATE public.other SET tx = NULL WHERE id = 8'], 'reordered|public.other|8|8');
damaged('rows moved behind the chain', 'public.other',
	["UPDATE public.other SET tx = '1000000' WHERE id = 8", "INSERT INTO public.other VALUES (94, '1000000', 'slipped in')"],
	"added|public.other|94|\nreordered|public.other|8|8");
damaged('much at once', 'public.visit',
	["UPDATE public.visit SET what = 'forged' WHERE id IN (1, 92)", 'DELETE FROM public.visit WHERE id IN (31, 32, 33)',
		"INSERT INTO public.visit SELECT 99, tx, 'slipped in', NULL FROM public.visit WHERE id = 51",
		'UPDATE public.visit SET tx = (SELECT tx FROM public.visit WHERE id = 81) WHERE id = 23'],
	join "\n", 'added|public.visit|99|5', 'altered|public.visit|1|0', 'altered|public.visit|92|9', map({ "missing|public.visit|$_|3" } 31 .. 33),
	'reordered|public.visit|23|2');

# The chain's own rows.
damaged('a number in a block', 'fireiot.ledger_block', ['UPDATE fireiot.ledger_block SET rows = rows + 1 WHERE n = 3'],
	"chain|fireiot.ledger_block||3\nchain|fireiot.ledger_block_part||3");
damaged('two blocks exchanged', 'fireiot.ledger_block',
	['UPDATE fireiot.ledger_block SET n = -1 WHERE n = 3', 'UPDATE fireiot.ledger_block SET n = 3 WHERE n = 4', 'UPDATE fireiot.ledger_block SET n = 4 WHERE n = -1'],
	join "\n", map({ "chain|fireiot.ledger_block||$_" } 3, 3, 4, 4, 5), map({ "chain|fireiot.ledger_block_part||$_" } 3, 4),
	map({ "chain|fireiot.ledger_node||$_" } 3, 4), map { "reordered|public.visit|4$_|4" } 1 .. 3);
damaged('a part that is gone', 'fireiot.ledger_block_part', ["DELETE FROM fireiot.ledger_block_part WHERE block = 7 AND partition = 'public.visit'"],
	join "\n", map({ "added|public.visit|7$_|8" } 1 .. 3), 'chain|fireiot.ledger_block_part||7');
damaged('a block that is gone from the end', 'fireiot.ledger_block', ['DELETE FROM fireiot.ledger_block WHERE n = 9'],
	"chain|fireiot.ledger_block_part||9\nchain|fireiot.ledger_block_part||9");
damaged('the root of a part', 'fireiot.ledger_block_part', ["UPDATE fireiot.ledger_block_part SET root = sha256('x') WHERE block = 7 AND partition = 'public.visit'"],
	"altered|public.visit||7\nchain|fireiot.ledger_block_part||7\nchain|fireiot.ledger_block_part||7");
damaged('the list of a part', 'fireiot.ledger_block_part', ["UPDATE fireiot.ledger_block_part SET leaves = '\\x00' WHERE block = 7 AND partition = 'public.visit'"],
	'chain|fireiot.ledger_block_part||7');
damaged('a node', 'fireiot.ledger_node', ["UPDATE fireiot.ledger_node SET hash = sha256('x') WHERE level = 1 AND index = 2"],
	"chain|fireiot.ledger_node||5\nchain|fireiot.ledger_node||7");
damaged('a node that is gone', 'fireiot.ledger_node', ['DELETE FROM fireiot.ledger_node WHERE level = 3'], 'chain|fireiot.ledger_node||7');
damaged('an incarnation', 'fireiot.ledger_incarnation', ["UPDATE fireiot.ledger_incarnation SET origin = 'elsewhere'"],
	'chain|fireiot.ledger_incarnation||0');
dropped();
at_once();
broken_off();
in_a_worker();
older_incarnations();
purged();
$node->stop;
done_testing();
