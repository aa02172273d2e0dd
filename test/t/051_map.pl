# The layers of schema fireiot_map, as their clients look for them, read them and
# decode them; a role that may read nothing else; and what is classified, which
# is in none of them.
use strict;
use warnings;

use Devices;
use Fireiot;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir();
my ($node, $port) = new_centre('map', 'fireiot.seal_interval = 200');
my @layers = qw(building building_outline device open_alarm part resource unit);

sub sql
{
	return $node->safe_psql('city', $_[0]);
}

# As the role of a map, which has no path to fireiot.
sub map_sql
{
	my ($query, %more) = @_;

	return $node->safe_psql('city', "SET search_path = public; $query", extra_params => [ '-U', 'mapper' ], %more);
}

# A unit with a building, an area, devices, parts, resources and alarms.  Of the
# second one everything is called secret; some of it belongs to it by one link
# only.  It stands at 120.16 30.28, the first at 120.15 30.27.
sub city
{
	sql(q{
		CREATE ROLE mapper LOGIN;
		SELECT fireiot.make_partitions();
		INSERT INTO unit (id, name, address, division_code, delivered) OVERRIDING SYSTEM VALUE VALUES
			(1, 'mall', 'street 1', '330100', ST_Point(120.15, 30.27, 4326)), (2, 'secret unit', 'secret street', '330100', ST_Point(120.16, 30.28, 4326));
		INSERT INTO unit_profile (unit_id) VALUES (1), (2);
		INSERT INTO building (id, unit_id, name, floors_above, delivered) OVERRIDING SYSTEM VALUE VALUES
			(11, 1, 'house', 12, ST_MakeEnvelope(120.149, 30.269, 120.151, 30.271, 4326)), (12, 2, 'secret house', 3, ST_MakeEnvelope(120.159, 30.279, 120.161, 30.281, 4326));
		INSERT INTO area (id, building_id, name) OVERRIDING SYSTEM VALUE VALUES (21, 11, 'ground'), (22, 12, 'secret ground');
		INSERT INTO device (device, unit_id, building_id, area_id, name) VALUES ('000000000001', 1, 11, NULL, 'panel'),
			('0000000000a2', 2, NULL, NULL, 'secret panel'), ('0000000000a3', NULL, 12, NULL, 'secret of building'), ('0000000000a4', NULL, NULL, 22, 'secret of area');
		INSERT INTO part (device, part, name, location, building_id, area_id, delivered) VALUES
			('000000000001', '1.1/40.1', 'detector', 'lobby', NULL, NULL, ST_Point(120.1501, 30.2701, 4326)),
			('000000000001', '1.1/40.2', 'secret detector', 'secret lobby', 12, NULL, ST_Point(120.1601, 30.2801, 4326)),
			('000000000001', '1.1/40.3', 'secret detector of area', NULL, NULL, 22, ST_Point(120.1602, 30.2801, 4326)),
			('0000000000a2', '1.1/40.1', 'secret detector of panel', NULL, NULL, NULL, ST_Point(120.1603, 30.2801, 4326));
		INSERT INTO resource (kind, name, unit_id, building_id, area_id, device, part, quantity, delivered) VALUES
			('hydrant_outdoor', 'hydrant', NULL, NULL, NULL, NULL, NULL, NULL, ST_Point(120.152, 30.272, 4326)),
			('fire_station', 'station', NULL, NULL, NULL, NULL, NULL, NULL, ST_Point(120.19, 30.3, 4326)),
			('hydrant_outdoor', 'secret hydrant', 2, NULL, NULL, NULL, NULL, NULL, ST_Point(120.1604, 30.28, 4326)),
			('hydrant_indoor', 'secret hydrant of building', NULL, 12, NULL, NULL, NULL, NULL, ST_Point(120.1605, 30.28, 4326)),
			('hydrant_outdoor', 'secret hydrant of area', NULL, NULL, 22, NULL, NULL, NULL, ST_Point(120.1606, 30.28, 4326)),
			('tank', 'secret tank of panel', NULL, NULL, NULL, '0000000000a2', '1.1/40.1', 5, ST_Point(120.1607, 30.28, 4326));
		UPDATE resource SET status = 'out_of_service', status_note = 'frozen' WHERE kind = 'fire_station'});
	fire($_) foreach [ '000000000001', 1 ], [ '000000000001', 2 ], [ '000000000001', 3 ], [ '0000000000a2', 1 ], [ '0000000000a3', 1 ], [ '0000000000a4', 1 ];
	sql("SELECT fireiot.place_alarms(); SELECT fireiot.grant_map('mapper')");
	return;
}

sub fire
{
	my ($device, $part) = @{ $_[0] };

	sql(qq{SELECT fireiot.ingest(fireiot.encode_frame(2, 2,
		'[{"sys_type":1,"sys_addr":1,"comp_type":40,"comp_addr":$part,"status":2,"desc":"","time":null}]', src => '$device'))});
	return;
}

# How their clients look for layers: own words, the shape of their questions.

# pg_tileserv and pg_featureserv: a column of type geometry with an SRID in its
# type modifier, of a relation that may be read; a key of one column, if any.
sub tables_with_srid
{
	is( map_sql(q{
			SELECT c.relname, postgis_typmod_srid(g.atttypmod), postgis_typmod_type(g.atttypmod), f.attname, f.atttypid::regtype
			FROM pg_class AS c
			JOIN pg_attribute AS g ON g.attrelid = c.oid AND g.atttypid = 'geometry'::regtype AND g.attnum > 0 AND NOT g.attisdropped
			JOIN pg_attribute AS f ON f.attrelid = c.oid AND f.attnum = 1
			WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND postgis_typmod_srid(g.atttypmod) > 0
				AND has_schema_privilege(c.relnamespace, 'usage') AND has_table_privilege(c.oid, 'select')
			ORDER BY 1}),
		join("\n", map { join '|', $_, 4326, $_ eq 'building_outline' ? 'MultiPolygon' : 'Point', 'id', 'integer' } @layers),
		'tables with an SRID, the key first, and no others');
	is( map_sql(q{SELECT count(*), count(obj_description(c.oid, 'pg_class')::json ->> 'description')
			FROM pg_class AS c WHERE c.relnamespace = 'fireiot_map'::regnamespace AND c.relkind = 'v'}) =~ /^(\d+)\|\1$/ ? 'all' : 'not all',
		'all', 'each has a JSON comment');
	return;
}

# Martin and GDAL: geometry_columns, with an SRID or without.
sub geometry_columns
{
	is( map_sql(q{SELECT string_agg(f_table_name, ' ' ORDER BY f_table_name) FROM geometry_columns
			WHERE f_table_schema = 'fireiot_map' AND f_geometry_column = 'geom' AND srid = 4326 AND type IN ('POINT', 'MULTIPOLYGON')}),
		"@layers", 'geometry_columns has them');
	is( map_sql(q{SELECT string_agg(f_table_name, ' ' ORDER BY f_table_name) FROM geometry_columns
			WHERE f_table_schema = 'fireiot_map' AND srid = 0}),
		join(' ', sort map { "${_}_shifted" } @layers), 'and the shifted ones, without an SRID');
	return;
}

# pg_tileserv: three integers z, x, y, then what has a default; one bytea.
sub function_layers
{
	my @tiles = split /\n/, map_sql(q{
		SELECT p.proname FROM pg_proc AS p
		WHERE p.proargtypes[0:2] = '{23,23,23}'::oid[] AND p.proargnames[1:3] = '{z,x,y}'::text[] AND p.prorettype = 'bytea'::regtype
			AND has_schema_privilege(p.pronamespace, 'usage') AND has_function_privilege(p.oid, 'execute')
			AND p.pronargs - p.pronargdefaults = 3 AND p.provolatile = 's'
		ORDER BY 1});
	is("@tiles", 'alarm_heat_tile building_tile device_tile open_alarm_tile part_tile resource_tile unit_tile', 'tiles for pg_tileserv');
	is( map_sql(q{SELECT count(*) FROM pg_proc AS p WHERE p.pronamespace = 'fireiot_map'::regnamespace
			AND cardinality(string_to_array(pg_get_expr(p.proargdefaults, 0), ', ')) <> p.pronargdefaults}), '0', 'defaults that a URL can show');
	is( map_sql(q{SELECT count(*) FROM (SELECT FROM pg_proc WHERE pronamespace = 'fireiot_map'::regnamespace GROUP BY proname HAVING count(*) > 1) AS o}),
		'0', 'no overloads');

	# Martin: z, x, y and one json; a record of bytea and text.
	is( map_sql(q{
			SELECT string_agg(r.routine_name, ' ' ORDER BY r.routine_name) FROM information_schema.routines AS r
			WHERE r.data_type = 'record' AND r.specific_schema = 'fireiot_map'
				AND (SELECT string_agg(p.parameter_mode || ' ' || p.parameter_name || ' ' || p.data_type, ', ' ORDER BY p.ordinal_position)
					FROM information_schema.parameters AS p WHERE p.specific_name = r.specific_name)
					= 'IN z integer, IN x integer, IN y integer, IN query json, OUT mvt bytea, OUT etag text'}),
		join(' ', sort map { "${_}_q" } @tiles), 'and each for Martin');

	# GeoServer: the columns that it asks for.
	is( map_sql(q{SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM fireiot_map.gt_pk_metadata
			WHERE table_schema = 'fireiot_map' AND pk_column = 'id' AND pk_column_idx = 1 AND pk_policy = 'assigned' AND pk_sequence IS NULL}),
		join(' ', sort @layers, map { "${_}_shifted" } @layers), 'keys for GeoServer');
	return;
}

# What a layer holds, once each.
sub rows_of_layers
{
	is(map_sql("SELECT id, unit_id, name, devices, open_alarms, open_fires, worst_class, ST_AsText(geom) FROM fireiot_map.unit"),
		'1|1|mall|1|1|1|fire|POINT(120.15 30.27)', 'unit');
	is(map_sql("SELECT id, name, unit_name, floors_above FROM fireiot_map.building"), '11|house|mall|12', 'building');
	is(map_sql("SELECT id, ST_NPoints(geom) FROM fireiot_map.building_outline"), '11|5', 'building_outline');
	is(map_sql("SELECT device, name, unit_name, placed_by, open_alarms, worst_class FROM fireiot_map.device"), '000000000001|panel|mall|building|1|fire', 'device');
	is(map_sql("SELECT part, name, location, state, state_class, open_alarms FROM fireiot_map.part"), '1.1/40.1|detector|lobby|component{fire}|fire|1', 'part');
	is(map_sql("SELECT class, kind, stage, part_name, unit_name, age_s BETWEEN 0 AND 600, next_due_at > opened_at, overdue >= 0, ST_AsText(geom) FROM fireiot_map.open_alarm"),
		'fire|component.fire|opened|detector|mall|t|t|t|POINT(120.1501 30.2701)', 'open_alarm');
	is(map_sql("SELECT kind, name, usable, reason, status_note FROM fireiot_map.resource ORDER BY id"),
		"hydrant_outdoor|hydrant|t||\nfire_station|station|f|out_of_service|frozen", 'resource');
	is(map_sql("SELECT alarms, fires, faults, units, ST_Covers(geom, ST_Point(120.1501, 30.2701, 4326)) FROM fireiot_map.alarm_heat()"), '1|1|0|1|t', 'alarm_heat');
	is(map_sql("SELECT metric, sum(value), count(*) FROM fireiot_map.alarm_trend(bucket => 'day', from_at => now() - interval '2 days') GROUP BY 1 ORDER BY 1"),
		"event|0|3\nfault|0|3\nfire|1|3\nlink|0|3", 'alarm_trend: a row a day and class');
	is(map_sql("SELECT sum(value) FROM fireiot_map.alarm_by_day") . map_sql("SELECT sum(value) FROM fireiot_map.alarm_by_hour"), '11', 'alarm_by_day, alarm_by_hour');
	is(map_sql("SELECT id, name FROM fireiot_map.uncovered_unit()"), '1|mall', 'uncovered_unit: no hydrant within 150 m');
	is(map_sql("SELECT id FROM fireiot_map.uncovered_unit(metres => 400)"), '', 'but within 400 m');
	is(map_sql("SELECT id FROM fireiot_map.uncovered_unit('fire_station', 20000)"), '1', 'a station that cannot be used covers nothing');
	is(map_sql("SELECT count(*) > 50, bool_or(ST_Distance(geom, ST_Point(120.152, 30.272, 4326)::geometry) = 0)
			FROM fireiot_map.coverage_gap(west => 120.147, south => 30.267, east => 120.157, north => 30.277)"), 't|f', 'coverage_gap');
	is(map_sql('SELECT sum(alarms) FROM fireiot_map.alarm_heat(cell_m => 0)'), '1', 'cells have ten metres at least');
	is(map_sql("SELECT name, round(metres) FROM fireiot_map.nearest_help(120.1501, 30.2701)"), 'hydrant|279', 'nearest_help');
	is(map_sql("SELECT name, round(metres) FROM fireiot_map.nearest_help(120.15480835864699, 30.26777953683237, coordinate_system => 'gcj02')"), 'hydrant|279', 'the same from a shifted map');
	is(map_sql("SELECT count(*) FROM fireiot_map.nearest_help()"), '0', 'and nothing from nowhere');
	return;
}

# pg_featureserv: all arguments with defaults, all results with names, the
# description from the comment.
sub feature_functions
{
	is(sql("SELECT fireiot.install_feature_functions('mapper'); SELECT fireiot.install_feature_functions()"),
		join("\n", ('{fireiot_open_alarms,fireiot_alarm_heat,fireiot_uncovered_units,fireiot_nearest_help}') x 2), 'installed, twice');
	is( map_sql(q{
			SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc AS p
			WHERE p.pronamespace = 'postgisftw'::regnamespace AND has_schema_privilege(p.pronamespace, 'usage') AND has_function_privilege(p.oid, 'execute')
				AND p.pronargs = p.pronargdefaults AND cardinality(string_to_array(pg_get_expr(p.proargdefaults, 0), ', ')) = p.pronargs
				AND cardinality(p.proargnames) = cardinality(p.proargmodes) AND 't' = ANY (p.proargmodes) AND '' <> ALL (p.proargnames)
				AND obj_description(p.oid, 'pg_proc') <> ''}),
		'fireiot_alarm_heat fireiot_nearest_help fireiot_open_alarms fireiot_uncovered_units', 'found by pg_featureserv');
	is(map_sql("SELECT ST_AsText(geom), unit_name FROM postgisftw.fireiot_open_alarms(class => 'fire,event')"), 'POINT(120.1501 30.2701)|mall', 'open alarms');
	is(map_sql("SELECT alarms FROM postgisftw.fireiot_alarm_heat(days => '7', cell_m => '300')"), '1', 'heat');
	is(map_sql("SELECT name FROM postgisftw.fireiot_uncovered_units(metres => '200')"), 'mall', 'uncovered units');
	is(map_sql("SELECT name FROM postgisftw.fireiot_nearest_help(lon => '120.15', lat => '30.27')"), 'hydrant', 'nearest help');
	return;
}

# True distances: cells by brute force.
sub gaps_are_true
{
	is( sql(q{SELECT count(*) FROM fireiot_map.coverage_gap(west => 120.147, south => 30.267, east => 120.157, north => 30.277) AS g
			JOIN resource AS r ON r.name = 'hydrant' AND ST_Distance(ST_Centroid(g.geom)::geography, r.geom::geography) <= 150}),
		'0', 'no cell of a gap is near the hydrant');
	my ($cells, $gaps) = split /\|/, sql(q{SELECT count(*), (SELECT count(*) FROM fireiot_map.coverage_gap(west => 120.147, south => 30.267, east => 120.157, north => 30.277))
		FROM fireiot_map.coverage_gap(kind => 'vehicle', west => 120.147, south => 30.267, east => 120.157, north => 30.277)});
	my $covered = $cells - $gaps;
	ok($covered >= 5 && $covered <= 10, "a circle of 150 m is about seven cells of 100 m: $covered");
	return;
}

# Privileges: of the role of maps, and of others.

sub nothing_else
{
	my @base = split /\n/, sql(q{SELECT oid::regclass FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace AND relkind IN ('r', 'p', 'v')
		AND NOT relispartition AND NOT EXISTS (SELECT FROM aclexplode(relacl) AS a WHERE a.grantee = 0)});
	cmp_ok(scalar @base, '>', 60, 'tables and views of fireiot');
	is(map_sql("SELECT count(*) FROM unnest('{" . join(',', @base) . "}'::text[]) AS t WHERE has_table_privilege('mapper', to_regclass(t), 'select')"), '0', 'none of which it may read')
	  if @base;
	is( map_sql(q{SELECT count(*) FROM pg_class WHERE relnamespace = 'fireiot_map'::regnamespace AND (has_table_privilege(oid, 'insert') OR has_table_privilege(oid, 'update'))}),
		'0', 'nor write any layer');
	refused($node, 'city', "SET ROLE mapper; TABLE fireiot.unit;", '42501', qr/permission denied for (?:table|relation) unit/, 'a table of the registry');
	sql('CREATE ROLE stranger');
	refused($node, 'city', "SET ROLE stranger; SELECT FROM fireiot_map.unit;", '42501', qr/permission denied for schema fireiot_map/, 'a role without grants');
	return;
}

# A cheap function of its own that tells what it is asked about.
sub conditions_see_nothing
{
	my $relations = map_sql(q{SELECT string_agg(format('%s %s', c.relname, a.attname), ',') FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'fireiot_map'::regnamespace AND c.relkind = 'v' AND a.atttypid IN ('text'::regtype, 'integer'::regtype, 'bigint'::regtype) AND a.attnum > 0});
	my $script = q{CREATE FUNCTION pg_temp.look(what text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$BEGIN RAISE NOTICE 'seen <%>', what; RETURN true; END$$;};
	$script .= join '', map { my ($view, $column) = split / /; "SELECT count(*) FROM fireiot_map.$view WHERE pg_temp.look($column\::text);\n" } split /,/, $relations;
	my ($status, $out, $err) = $node->psql('city', "SET search_path = public; $script", extra_params => [ '-U', 'mapper' ]);

	is($status, 0, 'conditions with a function of its own');
	my @seen = $err =~ /seen <(.*?)>/g;
	cmp_ok(scalar @seen, '>', 100, 'it is asked');
	is(scalar(grep { /secret|0000000000a/ } @seen), 0, 'never about what is classified');
	return;
}

# What is classified.  Calls of every function that the role may call and PUBLIC
# may not; one that is not here fails the test.  z12: both units' tile.
my %call = (
	(map { ("fireiot_map.${_}_tile" => "(12, 3415, 1686)", "fireiot_map.${_}_tile_q" => "(12, 3415, 1686, '{}')") } qw(building device open_alarm part resource unit alarm_heat)),
	'fireiot_map.alarm_heat' => "(cell_m => 200)",
	'fireiot_map.alarm_trend' => "(from_at => now() - interval '1 day')",
	'fireiot_map.uncovered_unit' => "(metres => 100)",
	'fireiot_map.nearest_help' => "(120.16, 30.28, 'hydrant_outdoor,hydrant_indoor,tank,fire_station', 10)",
	'fireiot_map.coverage_gap' => "(west => 120.145, south => 30.265, east => 120.165, north => 30.285)",
	# it reads the views, which are looked at themselves
	'fireiot_map.geojson' => "('resource')",
	'fireiot_map.gpx' => '()',
	'fireiot.shared_usability' => "((SELECT id FROM r))");

# Everything that is published, as one text an object.
sub published
{
	my %text;
	for my $view (split /\n/, map_sql("SELECT relname FROM pg_class WHERE relnamespace = 'fireiot_map'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f')"))
	{
		# ages and what is due are of another moment each time
		$text{$view} = map_sql("SELECT string_agg((to_jsonb(v) - '{age_s,due_in_s,overdue,next_metric,next_due_at}'::text[])::text, E'\\n' ORDER BY to_jsonb(v)::text) FROM fireiot_map.$view AS v");
	}
	for my $function (split /\n/, map_sql(q{SELECT n.nspname || '.' || p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
		WHERE n.nspname IN ('fireiot', 'fireiot_map') AND has_function_privilege(p.oid, 'execute')
			AND NOT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)}))
	{
		ok($call{$function}, "$function is called here") or next;
		next if $function =~ /_tile/ && !gdal();
		$text{$function} = $function =~ /_tile/ ? decoded("SELECT t FROM $function$call{$function} AS t", $function) : outcome("$function$call{$function}");
	}
	return \%text;
}

sub outcome
{
	my ($call) = @_;

	my $from = $call =~ s/\(SELECT id FROM r\)/r/r;

	return map_sql("SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM " . ($from ne $call ? 'generate_series(1, 6) AS r, LATERAL ' : '') . "$from AS t");
}

# The features of a tile, in the words of GDAL, if it is there.
sub decoded
{
	my ($query, $function) = @_;
	my $hex = map_sql($function =~ /_q$/ ? "SELECT encode((t).mvt, 'hex') FROM ($query) AS q (t)" : "SELECT encode(t, 'hex') FROM ($query) AS q (t)");

	return '' if $hex eq '';
	return join "\n", map { my %property = %{ $_->{properties} }; delete @property{qw(age_s due_in_s overdue)};
		join ' ', $_->{id} // '', map({ "$_=" . ($property{$_} // '') } sort keys %property), map { sprintf '%.5f', $_ } @{ $_->{geometry}{coordinates} } }
	  features($hex, 12, 3415, 1686);
}

sub gdal
{
	return scalar grep { -x "$_/ogr2ogr" } split /:/, $ENV{PATH};
}

# A tile by GDAL's driver of vector tiles, as features in degrees.
sub features
{
	my ($hex, $z, $x, $y) = @_;
	my $file = "$dir/$z-$x-$y.pbf";

	open my $to, '>:raw', $file or die "$file: $!";
	print $to pack 'H*', $hex;
	close $to;
	my ($out, $err) = run_command([ 'ogr2ogr', '-f', 'GeoJSON', '-lco', 'RFC7946=YES', '-lco', 'COORDINATE_PRECISION=7', '/vsistdout/', "MVT:$file",
		'-oo', "X=$x", '-oo', "Y=$y", '-oo', "Z=$z", '-oo', 'CLIP=NO' ]);
	my $collection = eval { decode_json($out) } or die "ogr2ogr: $err $out";

	my @sorted = sort { ($a->{properties}{mvt_id} // 0) <=> ($b->{properties}{mvt_id} // 0) } @{ $collection->{features} };

	return @sorted;
}

# Nobody can tell whether it is there: what is published is the same with the
# classified unit and without.  And it is something else when it is not.
sub nothing_classified
{
	my $open = published();
	is(scalar(grep { !defined $call{$_} && /tile|heat|trend|gap/ } keys %$open), 0, 'all is called');
	sql("UPDATE unit_profile SET classified = true WHERE unit_id = 2");
	my $classified = published();
	cmp_ok(scalar keys %$classified, '>', gdal() ? 30 : 20, 'objects are looked at');
	isnt($open->{$_}, $classified->{$_}, "$_ shows the unit until it is classified") foreach grep { !/^(?:fireiot_map\.uncovered_unit|gt_pk_metadata)$/ } sort keys %$open;
	unlike($classified->{$_}, qr/secret|0000000000a/, "$_ does not name it") foreach sort keys %$classified;
	return $classified;
}

sub without_it
{
	my ($classified) = @_;

	sql(q{
		DELETE FROM resource WHERE name LIKE 'secret%';
		DELETE FROM alarm_now WHERE NOT (device = '000000000001' AND part = '1.1/40.1');
		DELETE FROM deadline WHERE alarm_id NOT IN (SELECT id FROM alarm_now);
		DELETE FROM part WHERE name LIKE 'secret%';
		DELETE FROM device WHERE name LIKE 'secret%';
		DELETE FROM area WHERE id = 22; DELETE FROM building WHERE id = 12; DELETE FROM unit_profile WHERE unit_id = 2});
	# its alarms are records for ever: so the unit, by which they are left out, is left
	sql("INSERT INTO unit_profile (unit_id, classified) VALUES (2, true)");
	my $gone = published();
	is($gone->{$_}, $classified->{$_}, "$_ is the same without it")
	  foreach grep { !/heat|trend|alarm_by/ } sort keys %$gone;
	return;
}

# Tiles.

sub tiles_decode
{
	plan_gdal() or return;
	my ($feature, @others) = features(map_sql("SELECT encode(fireiot_map.open_alarm_tile(14, 13660, 6745), 'hex')"), 14, 13660, 6745);
	is(scalar @others, 0, 'one alarm on its tile of zoom 14');
	is($feature->{properties}{class}, 'fire', 'its class');
	is($feature->{properties}{mvt_id}, map_sql('SELECT id FROM fireiot_map.open_alarm'), 'its id');
	near($feature, 120.1501, 30.2701, 14, 'its place');
	is(map_sql(q{SELECT length("fireiot_map"."open_alarm_tile"(x => 13660, y => 6745, z => 14, class => 'fire', coordinate_system => 'wgs84')) > 0}), 't', 'called as pg_tileserv calls');
	is(map_sql(q{SELECT count(*) FROM (SELECT ST_AsMVT(m) FROM (
				SELECT ST_AsMVTGeom(ST_Transform(ST_Force2D(t."geom"), 3857), ST_TileEnvelope(14, 13660, 6745), 4096, 64) AS "geom", t."class"
				FROM "fireiot_map"."open_alarm" AS t WHERE ST_Intersects(t."geom", ST_Transform(ST_TileEnvelope(14, 13660, 6745), 4326))) AS m
			HAVING length(ST_AsMVT(m)) > 0) AS q}), '1', 'a table layer as pg_tileserv asks for it');
	is(map_sql(q{SELECT ST_AsGeoJSON(geom, 5), id::text FROM fireiot_map.open_alarm WHERE ST_Intersects(geom, ST_MakeEnvelope(120.1, 30.2, 120.2, 30.3, 4326)) AND class = 'fire' LIMIT 10}),
		'{"type":"Point","coordinates":[120.1501,30.2701]}|' . map_sql('SELECT id FROM fireiot_map.open_alarm'), 'a collection as pg_featureserv asks for it');
	is(map_sql("SELECT length(fireiot_map.open_alarm_tile(14, 13661, 6745)) || ' ' || (fireiot_map.open_alarm_tile(14, 13661, 6745) IS NULL)"), '0 false', 'an empty tile is empty, not null');
	is(scalar features(map_sql("SELECT encode(fireiot_map.resource_tile(10, 853, 421), 'hex')"), 10, 853, 421), 2, 'both resources');
	is(scalar features(map_sql("SELECT encode(fireiot_map.resource_tile(10, 853, 421, 'fire_station,tank'), 'hex')"), 10, 853, 421), 1, 'those of kinds');
	is(map_sql("SELECT (t).mvt = fireiot_map.resource_tile(10, 853, 421, 'tank') AND (t).etag = md5((t).mvt)
		FROM fireiot_map.resource_tile_q(10, 853, 421, '{\"kind\": \"tank\", \"other\": 1}') AS t"), 't', 'the same for Martin, with its digest');
	return;
}

sub plan_gdal
{
	return 1 if gdal();
	note('GDAL is not installed: tiles are not decoded');
	return 0;
}

# A feature is at a place, within two pixels of 4096 of its tile.
sub near
{
	my ($feature, $lon, $lat, $z, $name) = @_;
	my ($is_lon, $is_lat) = @{ $feature->{geometry}{coordinates} };
	my $limit = 2 * 360 / 4096 / 2**$z;

	ok(abs($is_lon - $lon) <= $limit && abs($is_lat - $lat) <= $limit, "$name: $is_lon $is_lat");
	return;
}

# On a map of AMap everything is some hundred metres off, on its tiles, too.
sub shifted
{
	my ($lon, $lat) = split / /, sql("SELECT ST_X(g) || ' ' || ST_Y(g) FROM fireiot.from_wgs84(ST_Point(120.1501, 30.2701, 4326), 'gcj02') AS g");

	is(map_sql("SET fireiot.map_coordinate_system = 'gcj02'; SELECT round(ST_X(geom)::numeric, 7) = round($lon, 7), ST_SRID(geom) FROM fireiot_map.open_alarm_shifted"), 't|0', 'a shifted layer has no SRID');
	is(map_sql("SELECT ST_X(geom), ST_SRID(geom) FROM fireiot_map.open_alarm_shifted"), '120.1501|4326', 'one that is not shifted has');
	is(map_sql("SELECT bool_and(length(fireiot_map.unit_tile(z, floor((120.15 + 180) / 360 * 2 ^ z)::integer, floor((1 - asinh(tand(30.27)) / pi()) / 2 * 2 ^ z)::integer, s)) > 0)
		FROM generate_series(0, 12) AS z, unnest('{wgs84,cgcs2000,gcj02,bd09,GCJ-02}'::text[]) AS s"), 't', 'on the tiles of all zooms and systems');
	sql("ALTER ROLE mapper SET fireiot.map_coordinate_system = 'bd09'");
	is(map_sql("SELECT round(ST_X(geom)::numeric, 3) FROM fireiot_map.open_alarm_shifted"), '120.161', 'by role');
	is(map_sql("SELECT fireiot_map.unit_tile(12, 3415, 1686) = fireiot_map.unit_tile(12, 3415, 1686, 'bd09'), fireiot_map.unit_tile(12, 3415, 1686) = fireiot_map.unit_tile(12, 3415, 1686, 'wgs84')"),
		't|f', 'tiles, too');
	sql("ALTER ROLE mapper RESET fireiot.map_coordinate_system");
	return unless gdal();
	my ($x, $y) = split / /, tile_of($lon, $lat, 16);
	my ($feature) = features(map_sql("SELECT encode(fireiot_map.open_alarm_tile(16, $x, $y, coordinate_system => 'gcj02'), 'hex')"), 16, $x, $y);
	near($feature, $lon, $lat, 16, 'on the tile of a shifted map');
	return;
}

sub tile_of
{
	my ($lon, $lat, $z) = @_;

	return sql("SELECT floor(($lon + 180) / 360 * 2 ^ $z)::integer || ' ' || floor((1 - asinh(tand($lat)) / pi()) / 2 * 2 ^ $z)::integer");
}

# A tile of more than 2500 has one feature for many.
sub full_tiles
{
	sql(q{INSERT INTO resource (kind, name, delivered) SELECT 'hydrant_outdoor', 'many', ST_Point(121.0001 + 0.08 * (n % 100) / 100.0, 31.0001 + 0.07 * (n / 100) / 50.0, 4326) FROM generate_series(0, 4999) AS n;
		INSERT INTO unit (id, name, delivered) OVERRIDING SYSTEM VALUE SELECT 1000 + n, 'many', ST_Point(121.0001 + 0.08 * (n % 100) / 100.0, 31.0001 + 0.07 * (n / 100) / 50.0, 4326) FROM generate_series(0, 4999) AS n; ANALYZE resource; ANALYZE unit});
	return unless gdal();
	my ($x, $y) = split / /, tile_of(121.04, 31.035, 8);
	my @thinned = features(map_sql("SELECT encode(fireiot_map.resource_tile(8, $x, $y), 'hex')"), 8, $x, $y);
	ok(@thinned >= 4 && @thinned <= 1024, 'resources are thinned: ' . @thinned);
	is(scalar(grep { !$_->{properties}{thinned} } @thinned), 0, 'and say so');
	my @counted = features(map_sql("SELECT encode(fireiot_map.unit_tile(8, $x, $y), 'hex')"), 8, $x, $y);
	my $sum = 0;
	$sum += $_->{properties}{count} foreach @counted;
	ok(@counted <= 4096 && $sum >= 5000 && $sum <= 5010, 'units are counted: ' . @counted . " features, $sum units");
	return;
}

# What was changed before $listener listened is told to it here: a session counts
# what it has changed when it ends, and resources come last in a round.
sub told_before
{
	my ($listener) = @_;
	my $told = '';

	$node->poll_query_until('city', "SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'client backend'");
	sql("UPDATE resource SET status_note = 'first' WHERE name = 'station'");
	for (1 .. 600)
	{
		$told .= $listener->query_safe('SELECT pg_sleep(0.1)');
		return 1 if $told =~ /"fireiot_map" with payload "resource"/;
	}
	return 0;
}

# The keeper tells that something has changed, once a second at most: announce_layers.
sub announced
{
	my $listener = $node->background_psql('city');
	my ($seen, $round) = ('', 0);

	$listener->query_safe('LISTEN fireiot_map; LISTEN qgis');
	ok(told_before($listener), 'what was changed before is told');
	my $started = time;
	until ($round++ == 600 || $seen =~ /"fireiot_map" with payload "resource"/ && $seen =~ /"qgis" with payload "fireiot_map.open_alarm"/ && time > $started + 3)
	{
		sql("UPDATE resource SET status_note = clock_timestamp()::text WHERE name = 'station'");
		sql("SELECT add_note((SELECT id FROM alarm_now WHERE device = '000000000001' AND part = '1.1/40.1'), 'a note')");
		$seen .= $listener->query_safe('SELECT pg_sleep(0.1)');
	}
	my $seconds = time - $started;
	$listener->quit;
	like($seen, qr/"fireiot_map" with payload "resource"/, 'resources have changed');
	like($seen, qr/"fireiot_map" with payload "open_alarm"/, 'and alarms');
	like($seen, qr/"qgis" with payload "fireiot_map.open_alarm"/, 'QGIS is told, too');
	unlike($seen, qr/"fireiot_map" with payload "building"/, 'nothing of what has not changed');
	my $times = () = $seen =~ /"fireiot_map" with payload "open_alarm"/g;
	cmp_ok($times, '<=', $seconds + 2, "once a second at most: $times times in $seconds seconds, of $round changes");
	return;
}

# A superuser who says that && tells nothing of what it compares opens the index
# to conditions through the barrier: docs/gis-layers.md.
sub boxes
{
	my $box = 'geom && ST_MakeEnvelope(121.0, 31.0, 121.01, 31.01, 4326)';
	my $rows = "SELECT count(*), md5(string_agg(r::text, ' ' ORDER BY id)) FROM fireiot_map.resource AS r WHERE $box";
	my $plan = "EXPLAIN (COSTS OFF) SELECT * FROM fireiot_map.resource WHERE $box";
	my $index = qr/Index Cond: .*geom &&/;

	my $all = map_sql($rows);
	like($all, qr/^[1-9][0-9]+\|/, 'a box of resources');
	unlike(map_sql($plan), $index, 'the barrier lets no condition to the index');
	sql('ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF');
	like(map_sql($plan), $index, 'one that is leakproof it does');
	is(map_sql($rows), $all, 'the rows are the same');
	conditions_see_nothing();
	sql('ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF');
	return;
}

# PostGIS in another schema, which the role's path does not have.
sub elsewhere
{
	create_database($node, 'elsewhere', 'CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; CREATE EXTENSION fireiot');
	$node->safe_psql('elsewhere', q{INSERT INTO fireiot.unit (name, delivered) VALUES ('mall', gis.ST_Point(120.15, 30.27, 4326));
		SELECT fireiot.grant_map('mapper'); GRANT USAGE ON SCHEMA gis TO mapper});
	is($node->safe_psql('elsewhere', 'SELECT name, length(fireiot_map.unit_tile(0, 0, 0)) > 0 FROM fireiot_map.unit', extra_params => [ '-U', 'mapper' ]), 'mall|t', 'PostGIS in another schema');
	return;
}

city();
tables_with_srid();
geometry_columns();
function_layers();
nothing_else();
my $classified = nothing_classified();
rows_of_layers();
feature_functions();
gaps_are_true();
conditions_see_nothing();
tiles_decode();
shifted();
without_it($classified);
announced();
full_tiles();
boxes();
elsewhere();
$node->stop;
done_testing();
