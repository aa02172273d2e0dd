# ALTER EXTENSION UPDATE to another version with its own library, as
# docs/operations.md says it is done, with devices that speak all the while:
# nothing confirmed is lost, and the database is as if that version had been
# created.
use strict;
use warnings;

use Devices;
use Fireiot;
use File::Copy qw(copy);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $next = $ENV{FIREIOT_NEXT};
my $tree = PostgreSQL::Test::Utils::tempdir() . '/tree';
my $create = 'CREATE EXTENSION fireiot CASCADE; SELECT fireiot.setup_role();
	ALTER DATABASE city SET search_path = fireiot, public';
my ($node, $port);

# A directory of the installation of PG_CONFIG, as it is, and in the tree.
sub installed
{
	my ($option) = @_;
	chomp(my $directory = `$ENV{PG_CONFIG} --$option`);
	return $directory;
}

my $pkglibdir = installed('pkglibdir');
my $sharedir = installed('sharedir');
my $bindir = installed('bindir');

# As an installation does it: what is loaded stays as it is.
sub put
{
	my ($file, $directory) = @_;
	my $to = "$tree$directory/" . $file =~ s{.*/}{}r;

	copy($file, "$to.new") or die "$to: $!";
	rename "$to.new", $to or die "$to: $!";
	return;
}

sub install
{
	my ($library, @scripts) = @_;

	put($library, $pkglibdir);
	put($_, "$sharedir/extension") for @scripts;
	return;
}

sub install_this { return install("$pkglibdir/fireiot.so", glob "$sharedir/extension/fireiot*"); }

sub install_next { return install("$next/fireiot.so", glob("$next/fireiot*.sql"), "$next/fireiot.control"); }

sub new_node
{
	my ($name) = @_;

	system("sh '$next/tree.sh' '$tree' >/dev/null") == 0 or die "tree.sh failed\n";
	install_this();
	($node, $port) = new_centre($name, "fireiot.listeners = 2\n", install_path => $tree . $bindir =~ s{/bin$}{}r);
	return;
}

sub sql
{
	return $node->safe_psql($_[1] // 'city', $_[0]);
}

# Functions and views with their text, privileges and comments.
my $objects = q{
	SELECT p.oid::regprocedure::text, md5(CASE p.prokind WHEN 'a' THEN '' ELSE pg_get_functiondef(p.oid) END),
		(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(p.proacl) AS a), obj_description(p.oid, 'pg_proc')
	FROM pg_proc AS p WHERE p.pronamespace = 'fireiot'::regnamespace
	UNION ALL
	SELECT c.oid::regclass::text, md5(CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) ELSE c.relkind::text END),
		(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(c.relacl) AS a), obj_description(c.oid, 'pg_class')
	FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
	WHERE c.relnamespace = 'fireiot'::regnamespace
	ORDER BY 1};

sub as_created_anew
{
	$node->safe_psql('postgres', 'CREATE DATABASE anew TEMPLATE template0');
	$node->safe_psql('anew', $create =~ s/ALTER DATABASE city/ALTER DATABASE anew/r);
	is(sql('SELECT extversion FROM pg_extension WHERE extname = \'fireiot\''), 'next', 'the other version');
	is(sql('SELECT next_version()'), 'next', 'what is new in it');
	is(sql("SELECT library_version()"), 'next', 'its library');
	same([ $node, 'city' ], [ $node, 'anew' ], $objects, 'upgraded is as created anew');
	return;
}

# The way of docs/operations.md: the new library waits for the extension.
sub library_first
{
	my $fleet = Fleet->new($port, first => 'e0000000');
	my $version = sql("SELECT extversion FROM pg_extension WHERE extname = 'fireiot'");

	$fleet->confirm(500);
	install_next();
	$fleet->confirm(500);
	my $from = -s $node->logfile;
	$node->restart;
	$fleet->until(sub { $node->log_contains(qr/extension fireiot is version \Q$version\E and the library next: ALTER EXTENSION fireiot UPDATE/, $from) },
		'the listeners wait for the extension');
	ok(refuses($port), 'library first: no port');
	sql('ALTER EXTENSION fireiot UPDATE; SELECT fireiot.setup_role()');
	ok($fleet->confirm(500), 'library first: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'library first');
	$fleet->close;
	as_created_anew();
	return;
}

# In the midst of load; the old library leaves the port then.
sub extension_first
{
	my $fleet = Fleet->new($port, first => 'e1000000');
	my $version = sql("SELECT extversion FROM pg_extension WHERE extname = 'fireiot'");

	$fleet->confirm(500);
	install_next();
	$fleet->confirm(500);
	my $from = -s $node->logfile;
	sql('ALTER EXTENSION fireiot UPDATE; SELECT fireiot.setup_role()');
	$fleet->until(sub { $node->log_contains(qr/extension fireiot is version next and the library \Q$version\E/, $from) },
		'the listeners see that');
	$fleet->until(sub { refuses($port) }, 'the port is closed');
	$node->restart;
	ok($fleet->confirm(500), 'extension first: confirmed again');
	$fleet->finish;
	$fleet->is_stored($node, 'extension first');
	$fleet->close;
	as_created_anew();
	return;
}

# The script of another extension is no way to write catalogs.
sub foreign_script
{
	my $extension = "$tree$sharedir/extension/intruder";

	append_to_file("$extension.control", "default_version = '1'\n");
	append_to_file("$extension--1.sql", "UPDATE pg_catalog.pg_class SET relam = 2 WHERE oid = 'fireiot.ledger_block'::pg_catalog.regclass;\n");
	refused($node, 'city', 'CREATE EXTENSION intruder', '0A000', qr/"pg_class" cannot be written/, 'catalogs in the script of another extension');
	return;
}

new_node('library');
library_first();
foreign_script();
$node->stop;
new_node('extension');
extension_first();
$node->stop;
done_testing();
