# Created, used, set, dropped and created again, without being preloaded.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('install');

# A confirmation whose time tag is 2012-09-26 09:58:35.
my $confirm = '\x404001000101233a091a090c385b01000000790300000000000003ab2323';
my $sent_at = "SELECT to_char(sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
	FROM fireiot.decode_frame('$confirm')";
my $in_shanghai = '2012-09-26 01:58:35';
my $in_utc = '2012-09-26 09:58:35';
my $in_tokyo = '2012-09-26 00:58:35';

# Catalogs in which a script can leave something.
my @catalogs = qw(pg_am pg_amop pg_amproc pg_attrdef pg_cast pg_class
  pg_collation pg_constraint pg_conversion pg_default_acl pg_depend
  pg_description pg_event_trigger pg_extension pg_foreign_data_wrapper
  pg_index pg_init_privs pg_language pg_namespace pg_opclass pg_operator
  pg_opfamily pg_policy pg_proc pg_range pg_rewrite pg_seclabel pg_sequence
  pg_shdepend pg_statistic_ext pg_transform pg_trigger pg_ts_config pg_type);

# All that they hold, but for the figures of VACUUM and ANALYZE in pg_class.
sub catalogs
{
	my ($database) = @_;
	return $node->safe_psql(
		$database,
		join ";\n",
		map {
			my $row = $_ eq 'pg_class' ? '(oid, relname, relkind, relacl)' : 'c';
			"SELECT '$_', count(*), md5(string_agg($row\::text, ',' ORDER BY $row\::text)) FROM $_ AS c"
		} @catalogs);
}

# A query as a test's name: one line.
sub one_line
{
	return $_[0] =~ s/\s+/ /gr;
}

sub install_and_use
{
	is($node->safe_psql('postgres', 'SHOW shared_preload_libraries'),
		'', 'nothing is preloaded');
	create_database($node, 'used');
	is( $node->safe_psql(
			'used', "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension"),
		'fireiot plpgsql postgis',
		'CASCADE brings PostGIS');

	# each in a session of its own, which loads the library by that very call
	my %answers = (
		"SELECT fireiot.explain_frame('$confirm') ->> 'cmd'" => '3',
		"SELECT fireiot.explain_stream('\\xaa$confirm' || ''::bytea) ->> 'consumed'"
		  =~ s/\\xaa\\x/\\xaa/r => '31',
		"SELECT kind, len FROM fireiot.cut_stream('$confirm')" => 'frame|30',
		"SELECT command, src, dst FROM fireiot.decode_frame('$confirm')" =>
		  '3|000000015b38|000000000379',
		"SELECT fireiot.encode_frame(3, src => '000000015b38', dst => '000000000379',
			seq => 1, sent_at => '2012-09-26 09:58:35+08')" => $confirm,
		'SELECT count(*) > 0 FROM fireiot.profiles()' => 't',
		"SELECT fireiot.device_number('000000015b38')" => '88888',
		"SELECT fireiot.component_type_name('1.1/40.131082', 'en') <> ''" => 't',
		"SELECT fireiot.alarm_class('component{fire}')" => 'fire',
		$sent_at => $in_shanghai,
		map({
				("SELECT count(*) > 0 AND bool_and(builtin) FROM fireiot.$_" => 't')
			} qw(command_code data_unit_type system_type component_type quantity)),
	);
	foreach my $query (sort keys %answers)
	{
		is($node->safe_psql('used', $query), $answers{$query}, one_line($query));
	}
	return;
}

# fireiot.time_zone, by each way to set it.
sub time_zone_is_set
{
	is($node->safe_psql('used', "SET fireiot.time_zone = 'UTC'; $sent_at"),
		$in_utc, 'SET before the library is loaded');
	is($node->safe_psql('used', "LOAD 'fireiot'; SET fireiot.time_zone = 'UTC'; $sent_at"),
		$in_utc, 'SET after it is loaded');
	is($node->safe_psql('used', "SET timezone = 'Asia/Tokyo'; $sent_at"),
		$in_shanghai, "the session's own zone does not matter");

	$node->safe_psql('used', "LOAD 'fireiot'; ALTER SYSTEM SET fireiot.time_zone = 'UTC'");
	$node->reload;
	ok($node->poll_query_until('used', "SELECT '$in_utc' = ($sent_at)"), 'ALTER SYSTEM');
	$node->safe_psql('used', "ALTER DATABASE used SET fireiot.time_zone = 'Asia/Tokyo'");
	is($node->safe_psql('used', $sent_at), $in_tokyo, 'ALTER DATABASE');
	$node->safe_psql('used', 'ALTER DATABASE used RESET fireiot.time_zone');
	$node->safe_psql('used', "LOAD 'fireiot'; ALTER SYSTEM RESET fireiot.time_zone");
	$node->reload;
	ok($node->poll_query_until('used', "SELECT '$in_shanghai' = ($sent_at)"),
		'ALTER SYSTEM RESET');
	return;
}

sub wrong_time_zone_is_refused
{
	my $err = refused($node, 'used', "LOAD 'fireiot'; SET fireiot.time_zone = 'Mars/Olympus'",
		'22023', qr/Mars\/Olympus.*Asia\/Shanghai/s, 'a zone that is none');

	my ($hinted) = $err =~ /HINT:.*\b(pg_\w+)/;
	is($node->safe_psql('used', "SELECT count(*) FROM $hinted WHERE name = 'Asia/Shanghai'"),
		'1', 'the hint lists the zone it names');
	refused($node, 'used',
		"LOAD 'fireiot'; ALTER SYSTEM SET fireiot.time_zone = 'Mars/Olympus'",
		'22023', qr/Mars\/Olympus/, 'ALTER SYSTEM to a zone that is none');
	refused($node, 'used', "LOAD 'fireiot'; SET fireiot.time_zoen = 'UTC'",
		'42602', qr/fireiot/, 'a setting that is none');

	# set while the library, which knows better, was not loaded
	my ($status, $out, $stderr) =
	  $node->psql('used', "SET fireiot.time_zone = 'Mars/Olympus'; $sent_at");
	is($out, $in_shanghai, 'a zone that is none, set before: the default stays');
	like($stderr, qr/WARNING:.*fireiot\.time_zone/, 'and there is a warning');

	$node->safe_psql('used', 'CREATE ROLE clerk LOGIN');
	($status, $out, $stderr) = $node->psql('used', "SET fireiot.time_zone = 'UTC'; $sent_at",
		extra_params => [ '-U', 'clerk' ]);
	is($out, $in_shanghai, 'an ordinary role sets it before: the default stays');
	like($stderr, qr/WARNING:  permission denied to set parameter "fireiot\.time_zone"/,
		'and there is a warning');
	return;
}

sub dropped_and_created_again
{
	create_database($node, 'dropped', 'CREATE EXTENSION postgis');
	my $before = catalogs('dropped');

	$node->safe_psql('dropped', 'CREATE EXTENSION fireiot');
	isnt(catalogs('dropped'), $before, 'the catalogs show that it is there');
	$node->safe_psql('dropped', 'DROP EXTENSION fireiot');
	is(catalogs('dropped'), $before, 'DROP EXTENSION leaves nothing');
	is( $node->safe_psql(
			'dropped', "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'fireiot'"),
		'0', 'no schema either');

	# in one session: what it keeps of the old one must not be used
	is( $node->safe_psql(
			'dropped', "
			CREATE EXTENSION fireiot;
			CREATE TEMP TABLE t AS SELECT fireiot.device_addr(n) AS a FROM generate_series(1, 9) AS n;
			SELECT (array_agg(a ORDER BY a DESC))[1], count(DISTINCT a) FROM t;
			DROP EXTENSION fireiot CASCADE;
			CREATE EXTENSION fireiot;
			SELECT count(*) FROM information_schema.columns WHERE table_name = 't';
			SELECT fireiot.explain_frame('$confirm') ->> 'src', '1.1'::fireiot.part_addr"),
		"000000000009|9\n0\n000000015b38|1.1",
		'created, dropped and created again in one session');

	$node->safe_psql('dropped', "CREATE TABLE kept AS SELECT '1.1'::fireiot.part_addr AS p");
	refused($node, 'dropped', 'DROP EXTENSION fireiot',
		'2BP01', qr/table kept/, 'DROP EXTENSION under a table that uses it');
	is($node->safe_psql('dropped', 'SELECT p FROM kept'), '1.1', 'and the table is whole');
	refused($node, 'dropped', 'DROP SCHEMA fireiot CASCADE',
		'2BP01', qr/extension fireiot requires it/, 'DROP SCHEMA fireiot');
	return;
}

sub other_places
{
	create_database($node, 'no_postgis', '');
	my $err = refused($node, 'no_postgis', 'CREATE EXTENSION fireiot',
		'42704', qr/postgis/, 'without PostGIS and without CASCADE');
	like($err, qr/CREATE EXTENSION ... CASCADE/, 'the hint says CASCADE');

	create_database($node, 'postgis_elsewhere', '
		CREATE SCHEMA "gis data";
		CREATE EXTENSION postgis SCHEMA "gis data";
		CREATE EXTENSION fireiot');
	is( $node->safe_psql(
			'postgis_elsewhere', "SELECT fireiot.explain_frame('$confirm') ->> 'cmd'"),
		'3', 'PostGIS may be in a schema of any name');
	is( $node->safe_psql('postgis_elsewhere',
			q{SELECT "gis data".st_srid(fireiot.to_wgs84('POINT(120 30)'::"gis data".geometry, 'gcj02'))}),
		'4326', 'and coordinates are converted there');
	$node->safe_psql('postgis_elsewhere', "UPDATE pg_extension SET extversion = '3.2.0' WHERE extname = 'postgis'");
	is( $node->safe_psql('postgis_elsewhere', q{SELECT hint FROM fireiot.status() WHERE item = 'postgis'}),
		'Install the files of PostGIS 3.3 or later, then SELECT "gis data".postgis_extensions_upgrade();', 'and the hint of an old one names its schema');

	refused($node, 'no_postgis', 'CREATE EXTENSION postgis; CREATE EXTENSION fireiot SCHEMA public',
		'0A000', qr/must be installed in schema/, 'in another schema');
	refused($node, 'used', 'ALTER EXTENSION fireiot SET SCHEMA public',
		'0A000', qr/does not support SET SCHEMA/, 'moved to another schema');
	return;
}

# Preloading is allowed, and does not change what functions say.
sub preloaded
{
	$node->append_conf('postgresql.conf',
		"shared_preload_libraries = 'fireiot'\nfireiot.time_zone = 'UTC'");
	$node->restart;
	is($node->safe_psql('used', $sent_at), $in_utc, 'preloaded, with a setting in the file');
	$node->append_conf('postgresql.conf', "fireiot.time_zone = 'Mars/Olympus'");
	$node->reload;
	ok( $node->poll_query_until(
			'used', "SELECT error IS NOT NULL FROM pg_file_settings WHERE setting = 'Mars/Olympus'"),
		'a zone in the file that is none is shown as an error');
	is($node->safe_psql('used', $sent_at), $in_utc, 'and the one before it stays in force');
	return;
}

install_and_use();
time_zone_is_set();
wrong_time_zone_is_refused();
dropped_and_created_again();
other_places();
preloaded();
$node->stop;
done_testing();
