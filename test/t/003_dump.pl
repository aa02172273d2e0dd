# What a site has added to the code tables, and columns of our types with
# their indexes, through pg_dump into an empty database.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('dump');
my $dir = PostgreSQL::Test::Utils::tempdir();

my @places = qw(unit building area device part resource duty_shift import_batch import_staging);
my @code_tables = qw(command_code data_unit_type system_type component_type quantity division);

sub site
{
	create_database($node, 'site');
	$node->safe_psql('site', q{
		INSERT INTO fireiot.command_code (code, name_zh, name_en, direction) VALUES (200, '自定义', 'own', 'up'), (255, '末', 'last', 'both');
		INSERT INTO fireiot.data_unit_type (code, name_zh, name_en, commands, answered_by) VALUES
			(129, '请求', 'request', '{200}', 130), (130, '应答 ''"\\', E'answer\t\n', '{200,255}', NULL);
		INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (201, '消防水炮', 'water cannon');
		INSERT INTO fireiot.component_type (code, name_zh, name_en, note) VALUES (128, '𠮷', '', 'beyond the BMP');
		INSERT INTO fireiot.quantity (code, name_zh, name_en, unit, resolution, min_value, max_value)
		VALUES (128, '流量', 'flow', 'm³/h', 0.001, -1.5, 1e20);

		CREATE TABLE observation (
			id bigint PRIMARY KEY,
			device fireiot.device_addr NOT NULL DEFAULT '0000000000ff',
			part fireiot.part_addr CHECK (fireiot.system_type(part) = 1),
			state fireiot.alarm_state,
			seen fireiot.alarm_state[],
			is_fire boolean GENERATED ALWAYS AS (fireiot.has(state, 'fire')) STORED);
		SET search_path = fireiot, public;
		INSERT INTO public.observation (id, device, part, state, seen)
		SELECT i, device_addr(i % 97), CASE WHEN i % 5 > 0 THEN part_addr(1, i % 251, 40, i) ELSE part_addr(1, i % 251) END,
			alarm_state('component', i % 512), ARRAY[alarm_state('system', i % 7), NULL]
		FROM generate_series(1::bigint, 5000) AS s (n), CAST(n AS integer) AS i;
		INSERT INTO public.observation (id) VALUES (0);
		INSERT INTO public.observation (id, part, state) VALUES
			(-1, '1.255/255.4294967295', 'device{}'), (-2, '1.0', 'operation{bit7}');
		CREATE TABLE public.last_seen (device device_addr PRIMARY KEY, part part_addr UNIQUE,
			EXCLUDE USING btree (part WITH =));
		INSERT INTO public.last_seen SELECT device_addr(i), part_addr(2, i) FROM generate_series(1, 200) AS i;
		ALTER TABLE public.observation ADD FOREIGN KEY (device) REFERENCES public.last_seen NOT VALID;
		CREATE TABLE public.by_device (id bigint, device device_addr) PARTITION BY HASH (device);
		CREATE TABLE public.by_device_0 PARTITION OF public.by_device FOR VALUES WITH (MODULUS 2, REMAINDER 0);
		CREATE TABLE public.by_device_1 PARTITION OF public.by_device FOR VALUES WITH (MODULUS 2, REMAINDER 1);
		INSERT INTO public.by_device SELECT i, device_addr(i) FROM generate_series(1, 500) AS i;

		CREATE VIEW public.fires AS SELECT id, device, system_type_name(part) AS system
		FROM public.observation WHERE state ? 'fire';
		CREATE MATERIALIZED VIEW public.explained AS
		SELECT id, explain_frame(encode_frame(2, 1, jsonb_build_array(jsonb_build_object('sys_type', 1, 'sys_addr', id % 200,
			'status', 1, 'time', NULL)), src => device, sent_at => '2026-09-19 14:30:05+08')) AS document FROM public.observation WHERE id > 0;
		ANALYZE;
		INSERT INTO fireiot.unit (id, name, delivered, coordinate_system) VALUES (7, '医院', 'POINT(116.410244 39.916404)', 'gcj02');
		INSERT INTO fireiot.building (id, unit_id, name, delivered) VALUES (7, 7, '楼',
			'SRID=4326;POLYGON((116.40 39.90, 116.41 39.90, 116.41 39.91, 116.40 39.91, 116.40 39.90))');
		INSERT INTO fireiot.area (id, building_id, name, plan_controls) VALUES (7, 7, '三层', '{{0,0,116.40,39.91},{1000,0,116.41,39.91},{0,1000,116.40,39.90}}');
		INSERT INTO fireiot.device (device, unit_id, delivered) VALUES ('000000000001', 7, 'SRID=4326;POINT(116.40 39.90)');
		INSERT INTO fireiot.part (device, part, area_id, plan_x, plan_y, delivered) VALUES
			('000000000001', '1.1/40.1', 7, 500, 500, NULL), ('000000000001', '1.1/40.2', 7, 1, 1, 'SRID=4326;POINT(116.40 39.90)');
		INSERT INTO fireiot.resource (kind, name, delivered, coordinate_system) VALUES ('hydrant_outdoor', '一', 'POINT Z (116.41 39.91 3)', 'bd09');
		INSERT INTO fireiot.duty_shift (resource_id, from_time, to_time) VALUES (1, '08:00', '20:00');
		SELECT fireiot.load_divisions('[{"code": "360202", "name": "昌江区"}, {"code": "360203", "name": "珠山区", "valid_from": "1988-10-07", "outline":
			{"type": "Polygon", "coordinates": [[[117.20, 29.28], [117.24, 29.28], [117.24, 29.32], [117.20, 29.28]]]}}]', 'site', 'gcj02');
		SELECT fireiot.begin_import('resource', 'file', 'gcj02', 'tank');
		INSERT INTO fireiot.import_staging (batch_id, row, feature) VALUES
			(1, 1, '{"geometry": {"type": "Point", "coordinates": [117.22, 29.30]}, "properties": {"name": "a"}}'), (1, 2, '{"properties": {"name": "b"}}');
		SELECT fireiot.check_import(1);
		SELECT fireiot.accept_import(1);

		CREATE ROLE site_admin;
		GRANT INSERT, UPDATE ON fireiot.system_type TO site_admin;
		REVOKE SELECT ON fireiot.quantity FROM PUBLIC;
		REVOKE EXECUTE ON FUNCTION fireiot.explain_frame FROM PUBLIC;
	});
	$node->safe_psql('site',
		join ";\n", map { "CREATE INDEX $_ ON observation $indexes{$_}[0]" } sort keys %indexes);
	return;
}

# Everything that must be the same behind as before.
sub compare
{
	my ($restored) = @_;
	my @pair = ([ $node, 'site' ], [ $node, $restored ]);

	foreach my $table (map({ "fireiot.$_" } @code_tables, @places, 'status_bit'),
		qw(observation last_seen by_device by_device_0 by_device_1 fires explained))
	{
		same(@pair, "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM $table AS t",
			"$restored: rows of $table");
	}
	is( $node->safe_psql($restored, q{SELECT count(*) FROM fireiot.part WHERE geom IS NOT NULL}), '2',
		"$restored: parts have their places");
	same(@pair, join(' UNION ALL ', map { "SELECT '$_', count(*) FROM fireiot.$_ WHERE NOT builtin" } @code_tables),
		"$restored: rows of the site");
	same(@pair, "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid FROM pg_index
		WHERE indrelid IN ('observation'::regclass, 'last_seen'::regclass) ORDER BY indexrelid::regclass::text",
		"$restored: indexes");
	same(@pair, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'public'::regnamespace AND conname <> 'spatial_ref_sys_srid_check' ORDER BY 1",
		"$restored: constraints");
	same(@pair, "SELECT oid::regprocedure, proacl FROM pg_proc WHERE pronamespace = 'fireiot'::regnamespace
		ORDER BY oid::regprocedure::text", "$restored: privileges of functions");
	same(@pair, "SELECT relname, relacl FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace
		ORDER BY relname", "$restored: privileges of tables");
	return;
}

# Each index alone, so that the planner has no other: the rows of the condition
# with it are those without any.
sub compare_index_scans
{
	my ($restored) = @_;
	my $path = 'SET search_path = public, fireiot;';

	foreach my $index (sort keys %indexes)
	{
		my $others = join ', ', grep { $_ ne $index } sort keys %indexes;
		my $rows = "SELECT count(*), md5(string_agg(id::text, ',' ORDER BY id)) FROM observation WHERE $indexes{$index}[1]";
		my ($plan, $by_index) = split /^--\n/m, $node->safe_psql(
			$restored, "
			$path
			BEGIN;
			DROP INDEX $others;
			SET LOCAL enable_seqscan = off;
			EXPLAIN (COSTS off) $rows;
			SELECT '--';
			$rows;
			ROLLBACK");
		like($plan, qr/\b$index\b/, "$restored: $index is used for $indexes{$index}[1]");
		is( $by_index,
			$node->safe_psql('site', "$path SET enable_indexscan = off; SET enable_bitmapscan = off; $rows"),
			"$restored: $index finds the same");
		unlike($by_index, qr/^0\|/, "$restored: and it finds some");
	}
	return;
}

sub restored_is_alive
{
	my ($restored) = @_;

	is($node->safe_psql($restored, "INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (202, 'x', 'x') RETURNING builtin"),
		'f', "$restored: the site adds a row");
	refused($node, $restored, 'INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (201, \'x\', \'x\')',
		'23505', qr/system_type_pkey/, "$restored: a code that is there");
	refused($node, $restored, "INSERT INTO last_seen VALUES (fireiot.device_addr(1), '3.1')",
		'23505', qr/last_seen_pkey/, "$restored: a device that is there");
	refused($node, $restored, "INSERT INTO observation (id, part) VALUES (9999, '2.1')",
		'23514', qr/observation_part_check/, "$restored: a part that the constraint refuses");
	$node->safe_psql($restored, 'REFRESH MATERIALIZED VIEW explained');
	same([ $node, 'site' ], [ $node, $restored ], "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM explained AS t",
		"$restored: the materialized view computed again");
	return;
}

# Dumped, restored with every error fatal, and looked at.
sub restored
{
	my ($database, $dump, $restore) = @_;

	dump_and_restore($node, 'site', $database, $dump, $restore);
	compare($database);
	return;
}

# what a site changes is logged, and the log is a ledger
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;
site();
restored('custom', [ '-Fc', '-f', "$dir/custom" ],
	[ 'pg_restore', '--exit-on-error', "$dir/custom" ]);
compare_index_scans('custom');
restored_is_alive('custom');
restored('plain', [ '-Fp', '-f', "$dir/plain" ],
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain" ]);
# with INSERT statements, each of which meets the constraints by itself
restored('inserts', [ '--rows-per-insert=1', '-f', "$dir/inserts" ],
	[ 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/inserts" ]);
$node->stop;
done_testing();
