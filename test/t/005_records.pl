# Registry, commands and records with their partitions through pg_dump into an
# empty database, in every way it is done; partitions made by several at once.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('records');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;
my $dir = PostgreSQL::Test::Utils::tempdir();

my @registry = qw(organization unit building area device part);
my @records = qw(frame observation quarantine command_step);
my @now = qw(device_now part_now);

my $partitions = "SELECT i.inhparent::regclass, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid), c.reloptions,
	(SELECT amname FROM pg_am WHERE oid = c.relam),
	(SELECT string_agg(pg_get_indexdef(indexrelid), ';' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = c.oid)
	FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
	WHERE c.relnamespace = 'fireiot'::regnamespace AND c.relkind = 'r' ORDER BY c.relname";

sub fill
{
	create_database($node, 'site');
	$node->safe_psql('site', q{
		SELECT fireiot.make_partitions('2 days', '2027-01-30 12:00+08'), fireiot.setup_role('listener'), fireiot.grant_reader('pg_monitor');
		SET search_path = fireiot, public;
		INSERT INTO organization (name, kind) VALUES ('运营服务机构', 'operator'), ('维保''"\\', 'maintenance');
		INSERT INTO unit (name, operator_id) SELECT '单位' || i, 1 FROM generate_series(1, 5) AS i;
		INSERT INTO building (unit_id, name) SELECT i, 'b' || i FROM generate_series(1, 5) AS i;
		INSERT INTO area (id, building_id, name) VALUES (70, 1, 'given id');
		SELECT setval('area_id_seq', 70);
		INSERT INTO device (device, unit_id, networks, admission, profile, created_at, changed_at)
		SELECT device_addr(i), i % 5 + 1, CASE WHEN i % 2 = 0 THEN ARRAY['10.0.0.0/8', 'fe80::/10']::cidr[] END,
			CASE i % 3 WHEN 0 THEN 'pending' ELSE 'admitted' END, 'eiel', '2026-01-01', '2026-02-02'
		FROM generate_series(1::bigint, 100) AS i;
		INSERT INTO part (device, part, name) SELECT device_addr(i % 100 + 1), part_addr(1, 1, 40, i), '部件' || i FROM generate_series(1::bigint, 300) AS i;
		INSERT INTO frame (received_at, device, sent_at, tx, skew_ms, seq, peer_port, verdict, command, type, outgoing, peer, profile, bytes)
		SELECT '2027-01-29 00:00+08'::timestamptz + i * interval '95 seconds', device_addr(i % 100), now(), pg_current_xact_id(), -i, i, 40000, 0, 2, 21, false,
			'192.0.2.1', 'eiel', decode(md5(i::text), 'hex') FROM generate_series(1::bigint, 3000) AS i;
		INSERT INTO observation (received_at, device, frame_id, part, state, kind, quantity, raw_value, value, text)
		SELECT received_at, device, id, part_addr(1, 1, 40, id), alarm_state('component', (id % 512)::int), 2, 3, id % 3000, id / 10.0, '探测器' || id FROM frame;
		INSERT INTO quarantine (received_at, device, peer, reason, bytes) VALUES
			('2027-01-30 12:00+08', NULL, '::1', 'bad_checksum', '\x4040'), ('2027-02-01 00:00+08', '00000000000f', NULL, 'not_registered', '');
		SELECT send_command('000000000001', 81), send_command('000000000002', 90);
		INSERT INTO command_step (received_at, device, command_id, attempt, step) VALUES ('2027-01-30 12:00+08', '000000000001', 1, 1, 'sent');
		INSERT INTO device_now (device, frames) SELECT device_addr(i), i FROM generate_series(1::bigint, 100) AS i;
		INSERT INTO part_now (device, part, kind, received_at, since, frame_id) VALUES ('000000000001', '1.1', 1, now(), now(), 1);
		CREATE VIEW public.fires AS SELECT * FROM observation WHERE state ? 'fire';
	});
	return;
}

sub compare
{
	my ($restored) = @_;
	my @pair = ([ $node, 'site' ], [ $node, $restored ]);

	# tx is of the transaction that stored the row: there another one
	same(@pair, "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM (SELECT to_jsonb(t) - 'tx' FROM $_ AS t) AS t", "$restored: rows of $_")
	  for map({ "fireiot.$_" } @registry, @records, qw(command frame_verdict record_table)), 'fires';
	same(@pair, "SELECT tableoid::regclass, count(*) FROM fireiot.$_ GROUP BY tableoid ORDER BY tableoid::regclass::text", "$restored: rows of each partition of $_")
	  for @records;
	same(@pair, $partitions, "$restored: partitions");
	same(@pair, "SELECT relname, relacl FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace ORDER BY relname",
		"$restored: privileges");
	is($node->safe_psql($restored, "SELECT count(*) FROM fireiot.$_"), '0', "$restored: $_ is not dumped") for @now;
	return;
}

# New rows get numbers that no row has, new days get partitions, and the
# listener's role may do what it could.
sub is_alive
{
	my ($restored) = @_;

	foreach my $table (qw(organization unit building area))
	{
		my $id = $node->safe_psql($restored, "INSERT INTO fireiot.$table (name) VALUES ('new') RETURNING id");
		is($node->safe_psql($restored, "SELECT count(*) FROM fireiot.$table WHERE id >= $id"), '1', "$restored: a fresh id in $table");
	}
	is($node->safe_psql($restored, "SELECT fireiot.make_partitions('2 days', '2027-01-30 12:00+08')"),
		'0', "$restored: all partitions are there");
	is($node->safe_psql($restored, "SET ROLE listener; SELECT fireiot.make_partitions('1 day', '2027-02-01 12:00+08')"),
		'2', "$restored: partitions for the next day");
	$node->safe_psql($restored, "SET ROLE listener;
		INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes)
		SELECT '2027-02-02 12:00+08', '000000000001', 1, 0, 2, false, '\\x' FROM generate_series(1, 10);
		INSERT INTO fireiot.observation (received_at, device, frame_id, kind) VALUES ('2027-02-02 12:00+08', '000000000001', 1, 21);
		INSERT INTO fireiot.quarantine (received_at, reason, bytes) VALUES ('2027-02-02 12:00+08', 'x', '\\x');
		INSERT INTO fireiot.command_step (received_at, device, command_id, attempt, step) VALUES ('2027-02-02 12:00+08', '000000000001', 1, 1, 'sent');");
	is($node->safe_psql($restored, "SELECT count(*) - count(DISTINCT id) FROM fireiot.$_"), '0', "$restored: fresh ids in $_") for @records;
	is($node->safe_psql($restored, "SELECT fireiot.send_command('000000000001', 81)"), '3', "$restored: the next command");
	return;
}

sub restored
{
	my ($database, $dump, $restore) = @_;

	dump_and_restore($node, 'site', $database, $dump, $restore);
	compare($database);
	is_alive($database);
	return;
}

# Several callers at once make each partition once; who cannot get the lock
# gives up and leaves nothing behind.
sub at_once
{
	create_database($node, 'busy');
	$node->safe_psql('busy', 'CREATE TABLE made (n integer)');
	$node->command_ok([ 'pgbench', '-n', '-c', '8', '-t', '4', '-f', "$dir/make.sql", $node->connstr('busy') ],
		'partitions made by eight sessions at once');
	is( $node->safe_psql('busy', 'SELECT count(*), sum(n) FROM made'),
		'32|27', 'each is made once');
	is($node->safe_psql('busy', "SELECT count(*) FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid WHERE c.relkind = 'r'"), '27', 'and is there');

	my $holder = $node->background_psql('busy');
	$holder->query_safe('BEGIN; LOCK TABLE ONLY fireiot.observation IN SHARE UPDATE EXCLUSIVE MODE');
	refused($node, 'busy', "SELECT fireiot.make_partitions('10 days', '2027-01-05 12:00+08')", '55P03', qr/lock timeout/, 'a table that is locked');
	is($node->safe_psql('busy', "SELECT fireiot.make_partitions('9 days', '2027-01-05 12:00+08')"), '0', 'nothing to make takes no lock');
	is($node->safe_psql('busy', "SELECT to_regclass('fireiot.frame_20270115')"), '', 'no half of them is made');
	$holder->query_safe('COMMIT');
	$holder->quit;
	# neither readers nor writers are in the way
	my $writer = $node->background_psql('busy');
	$writer->query_safe("BEGIN; SELECT count(*) FROM fireiot.frame;
		INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes) VALUES ('2027-01-05 12:00+08', '000000000001', 1, 0, 2, false, '\\x')");
	is($node->safe_psql('busy', "SELECT fireiot.make_partitions('10 days', '2027-01-05 12:00+08')"), '2', 'beside a reader and writer');
	$writer->query_safe('COMMIT');
	$writer->quit;
	return;
}

# What a role made up before the library was loaded does not count.
sub settings_that_nobody_made
{
	my $bare = new_server('bare');
	# grants are records, too, which need the library in every session
	$bare->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'");
	$bare->restart;
	create_database($bare, 'zone');
	$bare->safe_psql('zone', 'CREATE ROLE maker; GRANT USAGE ON SCHEMA fireiot TO maker;
		GRANT EXECUTE ON FUNCTION fireiot.make_partitions TO maker');
	$bare->append_conf('postgresql.conf', "shared_preload_libraries = ''");
	$bare->restart;
	my ($status, $out, $err) = $bare->psql('zone', "SET ROLE maker; SET fireiot.time_zone = 'America/New_York';
		SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08')");
	is($out, '9', 'partitions made with a zone that is not in force');
	is( $bare->safe_psql('zone', "SET timezone = 'Asia/Shanghai';
			SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = 'fireiot.frame_20270105'::regclass"),
		"FOR VALUES FROM ('2027-01-05 00:00:00+08') TO ('2027-01-06 00:00:00+08')", 'are cut at the days of the one in force');
	$bare->stop;
	return;
}

PostgreSQL::Test::Utils::append_to_file("$dir/make.sql",
	"INSERT INTO made SELECT fireiot.make_partitions('9 days', '2027-01-05 12:00+08');\n");
fill();
restored('custom', [ '-Fc', '-f', "$dir/custom" ],
	[ 'pg_restore', '--exit-on-error', "$dir/custom" ]);
restored('jobs', [ '-Fd', '-j', '2', '-f', "$dir/jobs" ],
	[ 'pg_restore', '--exit-on-error', '--jobs', '4', "$dir/jobs" ]);
restored('plain', [ '-Fp', '-f', "$dir/plain" ],
	[ 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain" ]);
restored('by_root', [ '--load-via-partition-root', '-Fc', '-f', "$dir/by_root" ],
	[ 'pg_restore', '--exit-on-error', '--single-transaction', "$dir/by_root" ]);
at_once();
settings_that_nobody_made();
$node->stop;
done_testing();
