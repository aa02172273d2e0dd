# A small city for map clients, and running them.
package Maps;

use strict;
use warnings;

use Devices;
use Exporter 'import';
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(map_city run_client skip_without write_file);

# A server with a database city: a unit that burns, one that is quiet and one
# that is classified; resources of each kind.
sub map_city
{
	my ($name) = @_;
	my ($node) = new_centre($name, 'fireiot.seal_interval = 200');

	$node->safe_psql('city', q{
		CREATE ROLE mapper LOGIN;
		SELECT fireiot.make_partitions();
		INSERT INTO unit (id, name, delivered) VALUES (1, '安澜大厦', ST_Point(120.15, 30.27, 4326)),
			(2, '安澜书店', ST_Point(120.155, 30.272, 4326)), (3, 'secret', ST_Point(120.16, 30.28, 4326));
		INSERT INTO unit_profile (unit_id, classified) VALUES (3, true);
		INSERT INTO building (id, unit_id, name, delivered) VALUES (11, 1, '主楼', ST_MakeEnvelope(120.1495, 30.2695, 120.1505, 30.2705, 4326)),
			(12, 2, 'house', ST_MakeEnvelope(120.1548, 30.2718, 120.1552, 30.2722, 4326));
		INSERT INTO device (device, unit_id, building_id, name) VALUES ('000000000001', 1, 11, 'panel'), ('000000000002', 2, 12, 'panel'), ('000000000003', 3, NULL, 'secret panel');
		INSERT INTO part (device, part, name, delivered) VALUES ('000000000001', '1.1/40.1', 'detector', ST_Point(120.1501, 30.2701, 4326)),
			('000000000003', '1.1/40.1', 'secret detector', ST_Point(120.16, 30.28, 4326));
		INSERT INTO resource (kind, name, code, address, delivered, status)
		SELECT k.kind, k.kind || ' <' || i || '> & "x"', upper(left(k.kind, 2)) || i, NULLIF('street ' || i, 'street 2'),
			ST_Point(120.145 + 0.001 * k.n, 30.266 + 0.002 * i, 4326), CASE WHEN i = 2 AND k.kind = 'tank' THEN 'out_of_service' ELSE 'in_service' END
		FROM unnest('{hydrant_outdoor,hydrant_indoor,water_source,tank,micro_station,fire_station,vehicle,camera,other}'::text[])
			WITH ORDINALITY AS k (kind, n), generate_series(1, 2) AS i;
		INSERT INTO resource (kind, name, unit_id, delivered) VALUES ('tank', 'secret tank', 3, ST_Point(120.16, 30.28, 4326));
		SELECT fireiot.ingest(fireiot.encode_frame(2, 2, '[{"sys_type":1,"sys_addr":1,"comp_type":40,"comp_addr":1,"status":2,"desc":"","time":null}]', src => device))
		FROM device WHERE device <> '000000000002';
		SELECT fireiot.place_alarms(), fireiot.grant_map('mapper')});
	return $node;
}

# What a program prints; dies when it fails.  Its warnings go to the log.
sub run_client
{
	my @command = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run(\@command, '>', \$out, '2>', \$err);

	note "@command: $err" if $err ne '';
	die "@command failed: $err" unless $ok;
	return $out;
}

# Where the packages of map clients are not, as in the chroots of other majors.
sub skip_without
{
	my ($there, $package) = @_;

	return if $there;
  SKIP:
	{
		skip("$package is not installed", 1);
	}
	done_testing();
	exit 0;
}

sub write_file
{
	my ($path, $text) = @_;

	open my $to, '>', $path or die "$path: $!";
	print $to $text;
	close $to or die "$path: $!";
	return $path;
}

1;
