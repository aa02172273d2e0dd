# The nearest resources against brute force; roads by pgRouting; what a plan
# that was made for an empty table does with a full one.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $POINTS = 5000;
my $node = new_server('nearest');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;

# How often something holds for the points, in one answer.
sub count_of
{
	my ($query) = @_;

	return $node->safe_psql('site', "SET search_path = public, fireiot; SELECT count(*) FILTER (WHERE $query) FROM answer");
}

# Resources in a city at 30 degrees north, around Shanghai, and all over
# China; a third are out of service, some in units that are classified.
sub fill
{
	$node->safe_psql('site', q{
		SELECT setseed(0.26875);
		INSERT INTO fireiot.unit (id, name) SELECT n, n FROM generate_series(1, 50) AS n;
		INSERT INTO fireiot.unit_profile (unit_id, classified) SELECT n, n % 5 = 0 FROM generate_series(1, 50) AS n;
		INSERT INTO fireiot.resource (id, kind, name, status, unit_id, delivered)
		SELECT n, (ARRAY['hydrant_outdoor', 'hydrant_outdoor', 'tank', 'micro_station'])[1 + n % 4], n,
			CASE WHEN random() < 0.3 THEN 'out_of_service' ELSE 'in_service' END, CASE WHEN n % 3 = 0 THEN 1 + n % 50 END,
			ST_SetSRID(CASE n % 2 WHEN 0 THEN ST_MakePoint(120 + 0.1 * random(), 30 + 0.1 * random())
				ELSE ST_MakePoint(100 + 25 * random(), 20 + 30 * random()) END, 4326)
		FROM generate_series(1, 1000) AS n});
	$node->safe_psql('site', sprintf q{
		SELECT setseed(0.3005);
		CREATE TABLE asked AS SELECT n, ST_SetSRID(CASE WHEN n %% 3 > 0 THEN ST_MakePoint(119.99 + 0.12 * random(), 29.99 + 0.12 * random())
			ELSE ST_MakePoint(98 + 30 * random(), 18 + 34 * random()) END, 4326)::geography AS place
		FROM generate_series(1, %d) AS n}, $POINTS);
	return;
}

# Every distance of every point, and by that the five nearest: of all that are
# not classified, and of the hydrants and tanks that can be used.  Beside them
# what the function says, and what an order by degrees would say.
sub answer
{
	$node->safe_psql('site', q{
		SET search_path = public, fireiot;
		SET jit = off;
		CREATE TABLE near AS
		SELECT a.n, r.id, ST_Distance(r.geom::geography, a.place) AS metres, r.geom <-> a.place::geometry AS degrees,
			r.status = 'in_service' AS usable, r.kind
		FROM asked AS a, resource AS r
		WHERE coalesce((SELECT NOT p.classified FROM unit_profile AS p WHERE p.unit_id = r.unit_id), true);
		CREATE INDEX ON near (n);
		ANALYZE near;
		CREATE TABLE answer AS
		SELECT a.n, t.all_five, t.five_metres, t.usable_five, t.degrees_five, f.all_found, f.metres, g.usable_found
		FROM asked AS a
		JOIN (SELECT n, (array_agg(id ORDER BY metres, id))[:5] AS all_five,
				(array_agg(metres ORDER BY metres, id))[:5] AS five_metres,
				(array_agg(id ORDER BY metres, id) FILTER (WHERE usable AND kind IN ('hydrant_outdoor', 'tank')))[:5] AS usable_five,
				(array_agg(id ORDER BY degrees, id))[:5] AS degrees_five
			FROM near GROUP BY n) AS t USING (n)
		CROSS JOIN LATERAL (SELECT array_agg(o.resource_id ORDER BY o.ordinality) AS all_found, array_agg(o.metres ORDER BY o.ordinality) AS metres
			FROM nearest_resources(a.place, max_metres := 2e7, usable_only := false) WITH ORDINALITY AS o) AS f
		CROSS JOIN LATERAL (SELECT array_agg(o.resource_id ORDER BY o.ordinality) AS usable_found
			FROM nearest_resources(a.place, '{hydrant_outdoor,tank}', max_metres := 2e7) WITH ORDINALITY AS o) AS g});
	return;
}

create_database($node, 'site');
fill();
answer();
is(count_of('cardinality(all_found) = 5 AND cardinality(usable_found) = 5'), $POINTS, 'five for every point');
is(count_of('all_found[1] <> all_five[1]'), 0, "no wrong nearest of $POINTS");
is(count_of('all_found <> all_five'), 0, "no wrong five of $POINTS");
is(count_of('usable_found <> usable_five'), 0, "no wrong five of $POINTS that can be used, of two kinds");
is(count_of('metres <> five_metres'), 0, 'metres are those of the spheroid, in order');
# and the comparison can fail
cmp_ok(count_of('degrees_five[1] <> all_five[1]'), '>', $POINTS / 50, 'by degrees many nearest are wrong');
cmp_ok(count_of('degrees_five <> all_five'), '>', $POINTS / 10, 'by degrees very many fives are wrong');
note('by degrees wrong: nearest ' . count_of('degrees_five[1] <> all_five[1]') . ', fives ' . count_of('degrees_five <> all_five'));

# up to a distance: the same, cut off there
is( $node->safe_psql('site', q{
		SET search_path = public, fireiot;
		SELECT count(*) FROM (SELECT * FROM asked WHERE n <= 500) AS a,
			LATERAL (SELECT array_agg(o.resource_id ORDER BY o.ordinality) AS found
				FROM nearest_resources(a.place, k := 20, max_metres := 3000) WITH ORDINALITY AS o) AS f,
			LATERAL (SELECT (array_agg(m.id ORDER BY m.metres, m.id))[:20] AS truth FROM near AS m WHERE m.n = a.n AND m.usable AND m.metres <= 3000) AS t
		WHERE found IS DISTINCT FROM truth}), '0', 'no wrong twenty up to 3000 m');

# The order of the index is that of the sphere; where that of the spheroid is
# another one, the function goes by the spheroid.
is( $node->safe_psql('site', q{
		SET search_path = public, fireiot;
		INSERT INTO resource (id, kind, name, delivered) VALUES
			(5001, 'other', 'north', 'SRID=4326;POINT(110 0.0450)'), (5002, 'other', 'east', 'SRID=4326;POINT(110.0449 0)');
		SELECT string_agg(o.name, ' ' ORDER BY o.ordinality) || ', ' || (
			SELECT string_agg(r.name, ' ' ORDER BY r.geom::geography <-> 'POINT(110 0)') FROM resource AS r WHERE r.kind = 'other')
		FROM nearest_resources('POINT(110 0)', '{other}', 1, 1e5) WITH ORDINALITY AS o}),
	'north, east north', 'the sphere says east, the spheroid north');

# Where degrees say nothing: over the 180th, and around the pole.
is( $node->safe_psql('site', q{
		SET search_path = public, fireiot;
		INSERT INTO resource (id, kind, name, delivered) VALUES (5003, 'vehicle', 'over there', 'SRID=4326;POINT(-179.99 60)'),
			(5004, 'vehicle', 'here', 'SRID=4326;POINT(179.97 60)'), (5005, 'camera', 'over the pole', 'SRID=4326;POINT(180 89.999)'),
			(5006, 'camera', 'this side', 'SRID=4326;POINT(0 89.99)');
		SELECT (SELECT string_agg(name || ' ' || round(metres::numeric), ', ' ORDER BY metres) FROM nearest_resources('POINT(179.995 60)', '{vehicle}', 2)),
			(SELECT string_agg(name || ' ' || round(metres::numeric), ', ' ORDER BY metres) FROM nearest_resources('POINT(0 89.998)', '{camera}', 1))}),
	'over there 837, here 1395|over the pole 335', 'over the 180th, and over the pole');

# A session that asked before there was anything keeps its plan, and is as right
# and as fast.
sub kept_plan
{
	create_database($node, 'late');
	my $session = $node->background_psql('late', on_error_stop => 1);

	$session->query_safe(q{SELECT count(*) FROM generate_series(1, 10), fireiot.nearest_resources('POINT(120 30)', '{tank}')});
	$node->safe_psql('late', q{INSERT INTO fireiot.resource (kind, name, delivered)
		SELECT 'tank', n, ST_SetSRID(ST_MakePoint(120 + n * 0.00001, 30), 4326) FROM generate_series(1, 50000) AS n});
	my $took = $session->query_safe(q{
		CREATE TEMP TABLE began AS SELECT clock_timestamp() AS at;
		SELECT count(*) FROM generate_series(1, 100) AS n, fireiot.nearest_resources(ST_MakePoint(120.1 + n * 0.0001, 30)::geography, '{tank}');
		SELECT extract(epoch FROM clock_timestamp() - at) < 2 FROM began});
	$session->quit;
	return $took;
}
is(kept_plan() =~ s/\s+/ /gr, '500 t', 'a plan that is kept walks along the index');

# Roads: a street along 30 N with a branch to the north at its end; what is near
# behind the block is far by road.
sub roads
{
	create_database($node, 'road');
	$node->safe_psql('road', q{
		SET search_path = public, fireiot;
		CREATE EXTENSION pgrouting;
		INSERT INTO resource (id, kind, name, delivered) VALUES
			(1, 'tank', 'behind the block', 'SRID=4326;POINT(120.000 30.0018)'), (2, 'tank', 'down the street', 'SRID=4326;POINT(120.004 30.0001)'),
			(3, 'tank', 'the other way', 'SRID=4326;POINT(119.993 30.0001)');
		INSERT INTO road (id, source, target, cost_m, reverse_cost_m, geom)
		SELECT id, source, target, ST_Length(geom::geography), CASE WHEN id = 4 THEN -1 ELSE ST_Length(geom::geography) END, geom
		FROM (VALUES
			(1, 1, 2, 'SRID=4326;LINESTRING(120 30,120.005 30)'::geometry), (2, 2, 3, 'SRID=4326;LINESTRING(120.005 30,120.005 30.002)'),
			(3, 3, 4, 'SRID=4326;LINESTRING(120.005 30.002,120 30.002)'), (4, 5, 1, 'SRID=4326;LINESTRING(119.99 30,120 30)')) AS v (id, source, target, geom)});
	return;
}
sub nearest_by_road
{
	my ($arguments) = @_;
	return $node->safe_psql('road', "SELECT string_agg(concat_ws(' ', resource_id, round(metres::numeric), along,
			coalesce(round(road_metres::numeric)::text, '-')), ', ' ORDER BY ordinality)
		FROM fireiot.nearest_resources('POINT(120.0005 30)', '{tank}', $arguments) WITH ORDINALITY");
}

sub along_roads
{
	roads();
	is(nearest_by_road('3'), '2 338 road 349, 1 205 road 1160, 3 724 straight -',
		'by road: the way, also where it is longer; one way only is no way');
	is(nearest_by_road('1'), '2 338 road 349', 'by road: the first is another one');
	is(nearest_by_road('2, by_road := false'), '1 205 straight -, 2 338 straight -', 'straight when that is asked for');
	is($node->safe_psql('road', q{SELECT bool_and(road_metres >= metres) FROM fireiot.nearest_resources('POINT(120.0005 30)', '{tank}', 2)}),
		't', 'a way is not shorter than the straight line');
	$node->safe_psql('road', 'DROP EXTENSION pgrouting');
	is(nearest_by_road('1'), '1 205 straight -', 'without pgRouting it is straight again');
	refused($node, 'road', q{SELECT * FROM fireiot.nearest_resources('POINT(120 30)', by_road := true);},
		'55000', qr/there are no roads to go by/, 'and by road not possible');
	return;
}

# Only the reference platform has the package.
if ($node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pgrouting'}))
{
	along_roads();
}
else
{
	note('skipped: pgrouting is not installed');
}

# PostGIS in a schema of its own, none of it in the caller's path.
create_database($node, 'elsewhere', 'CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; CREATE EXTENSION fireiot');
is( $node->safe_psql('elsewhere', q{
		SET search_path = pg_catalog;
		SELECT 1 FROM fireiot.make_partitions() LIMIT 1;
		INSERT INTO fireiot.resource (kind, name, delivered) VALUES ('tank', 'one', 'SRID=4326;POINT(120 30)');
		INSERT INTO fireiot.unit (id, name, delivered) VALUES (1, 'one', 'SRID=4326;POINT(120 30.001)');
		INSERT INTO fireiot.alarm (id, unit_id, class, kind, origin, packs) VALUES (1, 1, 'fire', 'fire.detector', 'report', 'operator-default/1');
		SELECT name, round(metres::numeric, 1) FROM fireiot.nearest_resources('POINT(120 30.001)');
		SELECT s -> 'resources' -> 0 ->> 'name', s -> 'cameras' -> 'covering' FROM fireiot.alarm_scene(1) AS s}) =~ s/\A1\n//r,
	"one|110.9\none|[]", 'with PostGIS in another schema');

$node->stop;
done_testing();
