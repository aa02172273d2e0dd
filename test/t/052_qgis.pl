# QGIS without a screen: the project opens, each layer is valid, complete and
# drawn by its symbols, ids stay the same, and the map becomes a picture.
use strict;
use warnings;

use Maps;
use Encode;
use JSON::PP;
use Test::More;

my $python = '/usr/bin/python3';
skip_without(system("$python -c 'import qgis.core' 2>/dev/null") == 0, 'python3-qgis');

my $node = map_city('qgis');
my $dir = PostgreSQL::Test::Utils::tempdir();
$ENV{PGSERVICEFILE} = write_file("$dir/service.conf",
	sprintf("[fireiot]\nhost=%s\nport=%s\ndbname=city\nuser=mapper\n", $node->host, $node->port));
$ENV{XDG_RUNTIME_DIR} = $dir;

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

# What QGIS says of each layer of a project, by name of the view.
sub opened
{
	my ($project, $png, @box) = @_;
	my %layer = map { $_->{table} => $_ } map { JSON::PP->new->utf8->decode($_) }
	  split /\n/, run_client($python, 'test/qgis/project.py', $project, $png, @box);

	return \%layer;
}

sub files_are_those_of_the_database
{
	is(slurp('docs/qgis/fireiot.qgs') =~ s{\n+\z}{}r, sql('SELECT fireiot.qgis_project()') =~ s{\n+\z}{}r, 'docs/qgis/fireiot.qgs');
	is(slurp('docs/qgis/fireiot.qlr') =~ s{\n+\z}{}r, sql('SELECT fireiot.qgis_layer_definition()') =~ s{\n+\z}{}r, 'docs/qgis/fireiot.qlr');
	unlike(slurp('docs/qgis/fireiot.qgs'), qr/host=|password=|dbname=/, 'no host, no password');
	return;
}

sub slurp
{
	my ($file) = @_;

	open my $in, '<', $file or die "$file: $!";
	local $/;
	return scalar <$in>;
}

# The layers that a project shows are those that there are.
sub layers_are_valid
{
	my ($layer) = @_;
	my %rows = (open_alarm => 1, resource => 18, part => 1, device => 2, unit => 2, building => 2, building_outline => 2);

	is(join(' ', sort keys %$layer), join(' ', sort keys %rows), 'every layer');
	is( sql(q{SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM fireiot_map.gt_pk_metadata WHERE right(table_name, 8) <> '_shifted'}),
		join(' ', sort keys %rows), 'and there are no others');
	foreach my $name (sort keys %rows)
	{
		my $l = $layer->{$name};

		ok($l->{valid}, "$name is valid");
		is($l->{crs}, 'EPSG:4326', "$name: system");
		is("$l->{read} $l->{counted}", "$rows{$name} $rows{$name}", "$name: features");
		is((scalar grep { $_->[0] != $_->[1] } @{ $l->{ids} }), 0, "$name: QGIS knows them by our id");
		cmp_ok(scalar @{ $l->{symbols} }, '>', 0, "$name: symbols");
		is($l->{notify}, "fireiot_map.$name", "$name: drawn anew when told");
	}
	return;
}

sub symbols_say_what_is_so
{
	my ($layer) = @_;
	my %drawn = map { my $l = $_; $l => join ' ', map { Encode::encode('UTF-8', $_) } sort @{ $layer->{$l}{symbols} } } keys %$layer;

	is($drawn{open_alarm}, '火警', 'the alarm is a fire');
	is($drawn{part}, '火警', 'of a part');
	is($drawn{unit}, '正常 火警', 'one unit burns, one is quiet');
	is($drawn{resource}, join(' ', sort qw(不可用 其他 天然水源 室内消火栓 室外消火栓 微型消防站 摄像机 消防水池 消防站 消防车)), 'kinds, and one that cannot be used');
	return;
}

# Default styles of layers that a user adds by hand.
sub styles_are_found
{
	my ($layer) = @_;

	is(join(' ', map { $layer->{$_}{default_style} // '' } sort keys %$layer), join(' ', ('singleSymbol') x 7), 'no styles yet');
	is(sql("SELECT fireiot.install_qgis_styles('mapper')"), '7', 'styles installed');
	sql(q{INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename, styleqml, useasdefault)
		SELECT f_table_catalog, f_table_schema, f_table_name, f_geometry_column, 'mine', styleqml, true FROM layer_styles WHERE f_table_name = 'unit'});
	is(sql("SELECT fireiot.install_qgis_styles()"), '7', 'and again');
	is( sql(q{SELECT string_agg(stylename || ' ' || useasdefault, ', ' ORDER BY stylename) FROM layer_styles WHERE f_table_name = 'unit'}),
		'fireiot false, mine true', 'a style of the site stays, and stays the default');
	is(sql(q{SELECT count(*) FROM layer_styles WHERE f_table_catalog = 'city' AND styleqml IS DOCUMENT}), '8', 'they are of this database');
	return;
}

# QGIS is told by the keeper that a layer has changed.
sub is_told
{
	my ($in, $out, $err) = ('', '', '');
	my $timer = IPC::Run::timeout(60);
	my $qgis = IPC::Run::start([ $python, 'test/qgis/listen.py', 'docs/qgis/fireiot.qgs', 'unit' ], '<', \$in, '>', \$out, '2>', \$err, $timer);

	IPC::Run::pump($qgis) until $out =~ /listening/ || !$qgis->pumpable;
	sql("UPDATE fireiot.unit SET name = name || '!' WHERE id = 2");
	IPC::Run::pump($qgis) until $out =~ /drawn anew/ || !$qgis->pumpable;
	IPC::Run::finish($qgis);
	like($out, qr/^listening\ndrawn anew$/m, 'a change is drawn');
	return;
}

sub is_a_picture
{
	my ($png) = @_;
	my $head = substr slurp($png), 0, 24;

	is(join(' ', unpack 'x16 NN', $head), '1000 750', "$png: size");
	is(substr($head, 1, 3), 'PNG', "$png: format");
	# a map with nothing on it is a fifth of that
	cmp_ok(-s $png, '>', 12_000, "$png is not empty");
	return;
}

files_are_those_of_the_database();
my $first = opened('docs/qgis/fireiot.qgs', 'qgis_city.png');
layers_are_valid($first);
symbols_say_what_is_so($first);
styles_are_found($first);
my $second = opened('docs/qgis/fireiot.qgs', 'qgis_fire.png', 120.145, 30.265, 120.156, 30.274);
is(join(' ', map { $second->{$_}{default_style} } sort keys %$second), join(' ', ('categorizedSymbol') x 7), 'styles of the database');
is_deeply({ map { $_ => $second->{$_}{ids} } keys %$second }, { map { $_ => $first->{$_}{ids} } keys %$first }, 'the same ids in another process');
is_told();
is_a_picture($_) foreach qw(qgis_city.png qgis_fire.png);
$node->stop;
done_testing();
