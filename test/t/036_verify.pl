# What verify_ledger() finds, each kind with table, row and block; that ranges
# of blocks find together what the whole finds; and how far it is.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('verify');
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fireiot'
fireiot.listen = off
autovacuum = off
CONF
$node->restart;
create_database($node, 'city', <<'SQL');
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE public.visit (id bigint, tx xid8, what text, long text) USING fireiot_ledger;
	CREATE TABLE public.other (id bigint, tx xid8, what text) USING fireiot_ledger;
	CREATE TABLE public.nameless (tx xid8, what text) USING fireiot_ledger;
	CREATE TABLE public.empty (id bigint, tx xid8) USING fireiot_ledger;
	SELECT fireiot.make_ledger(t) FROM unnest('{public.visit,public.other,public.nameless,public.empty}'::regclass[]) AS t;
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

# Blocks 0..9: three rows each of visit, one of other from block 5 on, and one
# of nameless in block 2.  Each row is in a transaction of its own.
sub fill
{
	for my $block (0 .. 9)
	{
		city("INSERT INTO public.visit VALUES ($block$_, NULL, 'visit $block$_', repeat('x', 100))") for 1 .. 3;
		city("INSERT INTO public.other VALUES ($block, NULL, 'other $block')") if $block >= 5;
		city("INSERT INTO public.nameless VALUES (NULL, 'nameless')") if $block == 2;
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
	append_to_file($node->basedir . '/behind', '') ;
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

damaged('another value', 'public.visit', ["UPDATE public.visit SET what = 'forged' WHERE id = 42"], 'altered|public.visit|42|4');
done_testing();
