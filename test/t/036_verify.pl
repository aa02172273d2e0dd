# What verify_ledger() finds, each kind with table, row and block; that ranges
# of blocks find together what the whole finds; and how far it is.
use strict;
use warnings;

use Devices;
use Fireiot;
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
	my ($range, $where) = @_;
	return ($where // $node)->safe_psql('city', "SELECT $columns FROM fireiot.verify_ledger(" . ($range // '') . ') ORDER BY 1, 2, 3, 4');
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
sub composes
{
	my ($name) = @_;
	my $whole = findings();
	my @wrong;

	for my $cut (0 .. 11)
	{
		my $pieces = join "\n", sort { $a cmp $b } grep { $_ ne '' } map { split /\n/, findings($_) } ("NULL, $cut", $cut + 1 . ', NULL');
		push @wrong, "$cut: $pieces" if $pieces ne join "\n", sort { $a cmp $b } split /\n/, $whole;
	}
	my $each = join "\n", sort { $a cmp $b } grep { $_ ne '' } map { split /\n/, findings("$_, $_") } 0 .. 12;
	push @wrong, "each: $each" if $each ne join "\n", sort { $a cmp $b } split /\n/, $whole;
	is_deeply(\@wrong, [], "$name: ranges find what the whole finds") or diag($whole);
	return;
}

# Damage to a copy of the server; what is found, whole and in ranges.
my $copies = 0;

sub damaged
{
	my ($name, $table, $statements, $expect) = @_;
	my $sound = $node;

	$node = PostgreSQL::Test::Cluster->new('damaged' . $copies++);
	$node->init_from_backup($sound, 'sound');
	$node->start;
	tamper($table, @$statements);
	is(findings(), $expect, "$name: found");
	composes($name);
	$node->stop;
	$node->clean_node;
	$node = $sound;
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
damaged('a row moved behind the chain', 'public.other', ["UPDATE public.other SET tx = '1000000' WHERE id = 8"], 'missing|public.other|8|8');
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
done_testing();
