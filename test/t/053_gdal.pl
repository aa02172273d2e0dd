# GDAL reads the layers and what is exported, and brings in deliveries of CSV,
# GeoJSON and Shapefile, of which nothing is lost.
use strict;
use warnings;

use Fireiot;
use JSON::PP;
use Maps;
use Test::More;

skip_without(system('ogrinfo --version >/dev/null 2>&1') == 0, 'gdal-bin');

my $node = map_city('gdal');
my $dir = PostgreSQL::Test::Utils::tempdir();
my $layers = sprintf 'PG:host=%s port=%s dbname=city user=mapper schemas=fireiot_map', $node->host, $node->port;
@ENV{qw(PGHOST PGPORT PGDATABASE LC_ALL)} = ($node->host, $node->port, 'city', 'C.UTF-8');

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

# Layers

sub layers_are_read
{
	my %there = (open_alarm => 'Point 1', resource => 'Point 18', part => 'Point 1', device => 'Point 2', unit => 'Point 2',
		building => 'Point 2', building_outline => 'Multi Polygon 2');

	foreach my $layer (sort keys %there)
	{
		my $said = run_client('ogrinfo', '-ro', '-so', $layers, $layer);
		my ($type) = $said =~ /^Geometry: (.*)$/m;
		my ($count) = $said =~ /^Feature Count: (.*)$/m;

		is("$type $count", $there{$layer}, "$layer: type and features");
		like($said, qr/ID\["EPSG",4326\]\]$/m, "$layer: system");
		like($said, qr/^Geometry Column( NOT NULL)? = geom$/m, "$layer: column");
	}
	my $fire = run_client('ogrinfo', '-ro', $layers, 'open_alarm');
	like($fire, qr/class \(String\) = fire/, 'the alarm');
	like($fire, qr/POINT \(120.1501 30.2701\)/, 'and its place');
	unlike(run_client('ogrinfo', '-ro', '-al', $layers), qr/secret/, 'nothing classified');
	return;
}

# Exports

sub exports_are_read
{
	my $geojson = write_file("$dir/resource.geojson", sql("SELECT fireiot_map.geojson('resource')"));
	my $said = run_client('ogrinfo', '-ro', '-al', $geojson);

	like($said, qr/^Feature Count: 18$/m, 'GeoJSON: features');
	like($said, qr/name \(String\) = tank <2> & "x"/, 'names as they are');
	is((scalar grep { /^OGRFeature\(resource\):(\d+)$/ } split /\n/, $said), 18, 'with ids');
	is(sql("SELECT fireiot_map.geojson('part')::json ->> 'coordinate_system'"), 'wgs84', 'what it is in');
	is( sql(q{SELECT round(ST_Distance(ST_SetSRID(ST_GeomFromGeoJSON(g #>> '{features,0,geometry}'), 4326)::geography, 'SRID=4326;POINT(120.15 30.27)'::geography))
			BETWEEN 300 AND 700 FROM (SELECT fireiot_map.geojson('unit', 'gcj02')::jsonb AS g) AS u}), 't', 'in gcj02');
	run_client('ogr2ogr', '-f', 'GeoJSON', "$dir/empty.geojson", write_file("$dir/none.geojson", sql("DELETE FROM alarm_now; SELECT fireiot_map.geojson('open_alarm')")));
	is((scalar @{ JSON::PP->new->decode(slurp("$dir/empty.geojson"))->{features} }), 0, 'an empty layer');

	my $gpx = write_file("$dir/resource.gpx", sql("SELECT fireiot_map.gpx('tank,hydrant_outdoor')"));
	my $points = run_client('ogrinfo', '-ro', '-al', $gpx, 'waypoints');
	like($points, qr/^Feature Count: 4$/m, 'GPX: waypoints');
	like($points, qr/name \(String\) = tank <2> & "x"/, 'names');
	like($points, qr/cmt \(String\) = TA2, not usable: out_of_service/, 'why it cannot be used');
	like($points, qr/POINT \(120.146 30.268\)/, 'places');
	like(run_client('ogrinfo', '-ro', '-al', write_file("$dir/usable.gpx", sql("SELECT fireiot_map.gpx('tank', true)")), 'waypoints'), qr/^Feature Count: 1$/m, 'usable ones');
	run_client('ogr2ogr', '-f', 'GPX', "$dir/by_gdal.gpx", $layers, '-sql', 'SELECT name, kind AS type, geom FROM resource', '-nln', 'waypoints', '-nlt', 'POINT');
	like(run_client('ogrinfo', '-ro', '-al', '-so', "$dir/by_gdal.gpx", 'waypoints'), qr/^Feature Count: 18$/m, 'GPX by GDAL alone');
	return;
}

sub slurp
{
	my ($file) = @_;

	open my $in, '<', $file or die "$file: $!";
	local $/;
	return scalar <$in>;
}

# Deliveries

# What the tool says; rows of the batch as name, code, place, problems.
sub imported
{
	my @arguments = @_;
	my ($batch) = run_client('sh', 'tools/import.sh', '--kind', 'hydrant_outdoor', @arguments) =~ /^import batch (\d+)/m;

	return ($batch, sql("SELECT concat_ws(' ', name, code, ST_AsText(geom, 6), problems) FROM fireiot.import_staging WHERE batch_id = $batch ORDER BY row"));
}

my $table = <<'END';
编号,名称,经度,纬度,DN
A1,江南1,120.21,30.21,100
A2,"逗号, ""引号""",120.22,30.22,0150
A3,江南3,,,
A4,江南4,abc,30.24,100
A5,江南5,30.25,120.25,100
END

sub formats_are_the_same
{
	my $csv = write_file("$dir/h.csv", $table);
	my $expected = join "\n", '江南1 A1 POINT(120.21 30.21) {}', '逗号, "引号" A2 POINT(120.22 30.22) {}', '江南3 A3 {no_place}', '江南4 A4 {no_place}', '江南5 A5 {swapped_axes}';
	my ($batch, $got) = imported($csv);

	is($got, $expected, 'CSV');
	is(sql("SELECT feature #>> '{properties,经度}', feature #>> '{properties,DN}' FROM fireiot.import_staging WHERE batch_id = $batch AND row IN (2, 4) ORDER BY row"),
		"120.22|0150\nabc|100", 'with every word as it came');
	is(sql("SELECT source FROM fireiot.import_batch WHERE id = $batch"), 'h.csv', 'and where it is from');

	my $gbk = write_file("$dir/g.csv", run_client(qw(iconv -f UTF-8 -t GB18030), $csv));
	is((imported('--encoding', 'GB18030', $gbk))[1], $expected, 'CSV in GB 18030');

	my @columns = qw(-oo X_POSSIBLE_NAMES=经度 -oo Y_POSSIBLE_NAMES=纬度);
	run_client('ogr2ogr', '-f', 'GeoJSON', "$dir/h.geojson", $csv, @columns);
	is((imported("$dir/h.geojson"))[1], $expected, 'GeoJSON');

	# as surveyors deliver: CGCS2000, a zone of three degrees, GBK, no .cpg
	run_client('ogr2ogr', '-f', 'ESRI Shapefile', "$dir/h.shp", $csv, @columns, '-where', q{"编号" <> 'A5'}, '-s_srs', 'EPSG:4490', '-t_srs', 'EPSG:4549', '-lco', 'ENCODING=GB18030');
	unlink "$dir/h.cpg";
	is((imported('--encoding', 'GB18030', '--system', 'cgcs2000', "$dir/h.shp"))[1], $expected =~ s/\n江南5.*//r, 'Shapefile');
	return;
}

sub each_row_has_its_end
{
	my ($batch) = imported('--source', 'survey', "$dir/h.geojson");

	is(sql("SELECT * FROM fireiot.accept_import($batch)"), '2|3', 'accepted and refused');
	is(sql("SELECT string_agg(state || coalesce(' ' || array_to_string(problems, ','), ''), '; ' ORDER BY row) FROM fireiot.import_staging WHERE batch_id = $batch"),
		'accepted ; accepted ; refused no_place; refused no_place; refused swapped_axes', 'each with its reason');
	is(sql("SELECT count(*) FROM fireiot.resource WHERE source = 'survey' AND detail ? 'DN'"), '2', 'with all that was said of them');
	like(run_client('ogrinfo', '-ro', '-so', $layers, 'resource'), qr/^Feature Count: 20$/m, 'and they are on the map');
	return;
}

# The recipe of the page on maps, as it stands there.
sub outlines_are_loaded
{
	my ($recipe) = join('', map { slurp($_) } glob 'docs/gis*.md') =~ /^## Outlines of divisions\n+```sh\n(.*?)```/ms;

	write_file("$dir/counties.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"adcode": 360203, "name": "珠山区"},
		"geometry": {"type": "Polygon", "coordinates": [[[117.20, 29.28], [117.24, 29.28], [117.24, 29.32], [117.20, 29.28]]]}}]}');
	run_client('ogr2ogr', '-lco', 'ENCODING=UTF-8', "$dir/counties.shp", "$dir/counties.geojson");
	run_client('sh', '-c', "cd $dir && $recipe");
	is(sql("SELECT name, source, coordinate_system, ST_SRID(outline) FROM fireiot.division WHERE code = '360203'"), '珠山区|counties.shp|gcj02|4326', 'an outline');
	return;
}

# What does not arrive whole does not arrive at all.
sub refused_as_a_whole
{
	my $before = sql('SELECT count(*) FROM fireiot.import_staging');
	my ($out, $err) = ('', '');

	foreach my $case ([ 'no such file', "$dir/nowhere.csv" ], [ 'no such kind', '--kind', 'ladder', "$dir/h.csv" ],
		[ 'no such system', '--system', 'utm', "$dir/h.csv" ], [ 'no option', '--nonsense', "$dir/h.csv" ], ['nothing'])
	{
		my ($name, @arguments) = @$case;

		ok(!IPC::Run::run([ 'sh', 'tools/import.sh', @arguments ], '>', \$out, '2>', \$err), "$name: refused");
		isnt($err, '', "$name: said why");
	}
	is(sql('SELECT count(*) FROM fireiot.import_staging'), $before, 'and nothing was taken in');
	return;
}

# PostGIS in a schema of its own, and a caller with no path to anything.
sub postgis_elsewhere
{
	create_database($node, 'elsewhere', 'CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; CREATE EXTENSION fireiot');
	is( $node->safe_psql('elsewhere', q{
			SET search_path = pg_catalog;
			SELECT fireiot.load_divisions('[{"code": "330108", "name": "x", "outline": {"type": "Polygon",
				"coordinates": [[[120.2, 30.2], [120.24, 30.2], [120.24, 30.24], [120.2, 30.2]]]}}]', 'test');
			SELECT fireiot.begin_import('resource', 'file', 'gcj02', 'tank', '330108');
			INSERT INTO fireiot.import_staging (batch_id, row, feature) VALUES
				(1, 1, '{"geometry": {"type": "Point", "coordinates": [120.235, 30.21]}, "properties": {"name": "a"}}'),
				(1, 2, '{"geometry": {"type": "Point", "coordinates": [120.235, 30.21]}, "properties": {"name": "b"}}'),
				(1, 3, '{"properties": {"name": "c", "lon": "121°", "lat": "30.5"}}');
			SELECT problem, rows FROM fireiot.check_import(1);
			SELECT * FROM fireiot.accept_import(1);
			SELECT fireiot_map.geojson('resource')::json #>> '{features,0,properties,name}';
			SELECT strpos(fireiot_map.gpx(), '<name>a</name>') > 0, length(fireiot.qgis_project()) > 10000, fireiot.install_qgis_styles()}),
		"1\n1\n|1\nduplicate_in_batch|1\noutside_division|1\n1|2\na\nt|t|7", 'PostGIS in another schema');
	return;
}

postgis_elsewhere();
layers_are_read();
exports_are_read();
formats_are_the_same();
each_row_has_its_end();
outlines_are_loaded();
refused_as_a_whole();
$node->stop;
done_testing();
