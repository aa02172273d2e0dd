# Parallel workers, a standby, and a server that crashed say the same as one
# process of a server that was never stopped.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = new_server('primary', allows_streaming => 1);

# Settings with which every query that may be is run by workers alone.
my $workers = '
	SET parallel_leader_participation = off;
	SET parallel_setup_cost = 0;
	SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0;
	SET min_parallel_index_scan_size = 0;
	SET max_parallel_workers_per_gather = 2;';
my $alone = 'SET max_parallel_workers_per_gather = 0;';
my $path = 'SET search_path = public, fireiot;';

# What is computed of a row, as a sum that workers can make parts of.
sub hash_of
{
	my ($value, $from) = @_;
	return "SELECT count(*), sum(hashtextextended(($value)::text, id)) FROM $from";
}

# By name: queries over all rows, each with one row as its answer.
my %queries = (
	explain_frame => hash_of('explain_frame(frame)', 'frames'),
	explain_frame_profile => hash_of("explain_frame(frame, 'jd-f53')", 'frames'),
	explain_stream => hash_of("explain_stream('\\xaa55'::bytea || frame || frame)", 'frames'),
	cut_stream => hash_of('d', "frames, cut_stream('\\xaa55'::bytea || frame || frame) AS d"),
	decode_frame => hash_of('d', 'frames, decode_frame(frame) AS d'),
	encode_frame => hash_of("encode_frame(2, 200, payload => frame, sent_at => '2026-09-19 14:30:05+08')", 'frames'),
	accessors => hash_of('ROW(device_number(device), component_address(part), component_type_name(part),
		alarm_class(state), to_bytes(device))', 'observation'),
	texts => hash_of('ROW(device, part, state)', 'observation'),
	texts_back => 'SELECT count(*) FROM observation
		WHERE device::text::device_addr = device AND part::text::part_addr = part AND state::text::alarm_state = state',
	hash_aggregate => hash_of('ROW(device, state)',
		'(SELECT count(*) AS id, device, state FROM observation GROUP BY 2, 3) AS s'),
	hash_join => 'SELECT count(*), sum(a.id) FROM observation AS a JOIN observation AS b USING (part)',
	operators => q{SELECT count(*) FILTER (WHERE state @> 'component{fire}'), count(*) FILTER (WHERE state && 'component{fire,fault}'),
		count(*) FILTER (WHERE device > '000000000020'), count(*) FILTER (WHERE part < '1.7'), count(*) FILTER (WHERE state ? 'fire')
		FROM observation},
	order_of_parts => q{SELECT md5(string_agg(t, ',')) FROM
		(SELECT concat(part, device) AS t FROM observation ORDER BY part, device, id) AS s},
);

# Rows from .. to of everything.
sub rows
{
	my ($from, $to) = @_;
	my $columns = "SELECT i, fireiot.device_addr(i % 97),
		CASE WHEN i % 5 > 0 THEN fireiot.part_addr(1, i % 251, 40, i) ELSE fireiot.part_addr(1, i % 251) END,
		fireiot.alarm_state('component', i % 512) FROM generate_series($from, $to) AS i";

	return join ";\n",
	  "INSERT INTO observation $columns",
	  map({ "INSERT INTO on_$_ $columns" } sort keys %indexes),
	  "INSERT INTO frames SELECT i, CASE WHEN i % 7 > 0 THEN f ELSE set_byte(f, i % length(f), i % 251) END
		FROM generate_series($from, $to) AS i, LATERAL fireiot.encode_frame(2, 2, jsonb_build_array(
			jsonb_build_object('sys_type', 1, 'sys_addr', i % 256, 'comp_type', 40, 'comp_addr', i, 'status', i % 512,
				'desc', format('%s层烟感', i % 100), 'time', '2026-09-19T14:30:05'),
			jsonb_build_object('sys_type', 1, 'sys_addr', 0, 'comp_type', 31, 'comp_addr', i, 'status', 2, 'desc', '', 'time', NULL)),
			src => fireiot.device_addr(i), seq => i % 65536, sent_at => timestamptz '2026-09-19 14:30:05+08' + i * interval '1 min') AS f";
}

sub make_tables
{
	create_database($primary, 'city');
	$primary->safe_psql('city', join ";\n",
		'CREATE TABLE frames (id integer PRIMARY KEY, frame bytea)',
		'CREATE TABLE observation (id integer, device fireiot.device_addr, part fireiot.part_addr, state fireiot.alarm_state)',
		map({ "CREATE TABLE on_$_ (LIKE observation); CREATE INDEX $_ ON on_$_ $indexes{$_}[0]" } sort keys %indexes),
		rows(1, 4000),
		'CREATE EXTENSION amcheck',
		'ANALYZE');
	return;
}

# Workers give the answers that one process gave.
sub compare_with_workers
{
	my ($node, $answers) = @_;
	my $name = $node->name;

	foreach my $query (sort keys %queries)
	{
		my $plan = $node->safe_psql('city',
			"$path $workers EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) $queries{$query}");
		like($plan, qr/Gather.*Workers Launched: [1-9].*(Partial|Sort|Filter)/s, "$name: $query: workers do it");
		is($node->safe_psql('city', "$path $workers $queries{$query}"),
			$answers->{$query}, "$name: $query: the same by workers");
	}
	return;
}

# What a session has set is in force in its workers.
sub time_zone_of_workers
{
	my $times = hash_of("sent_at AT TIME ZONE 'UTC'", 'frames, decode_frame(frame)');
	my $utc = "SET fireiot.time_zone = 'UTC';";
	my $here = $primary->safe_psql('city', "$path $alone $times");
	my $there = $primary->safe_psql('city', "$path $alone $utc $times");

	isnt($here, $there, 'the zone makes a difference');
	is($primary->safe_psql('city', "$path $workers $utc $times"), $there,
		'workers read times in the zone of their session');
	is($primary->safe_psql('city', "$path $workers $times"), $here,
		'and in that of the next');

	$primary->safe_psql('city', "
		CREATE ROLE clerk LOGIN;
		GRANT SELECT ON frames, observation TO clerk;
		ALTER ROLE clerk IN DATABASE city SET fireiot.time_zone = 'UTC'");
	is( $primary->safe_psql(
			'city', "$path $workers $times", extra_params => [ '-U', 'clerk' ]),
		$there, 'a zone that the role has been given');
	$primary->safe_psql('city', 'ALTER ROLE clerk IN DATABASE city RESET ALL');
	my ($status, $out, $err) = $primary->psql('city', "$path $utc $workers $times",
		extra_params => [ '-U', 'clerk' ]);
	is($out, $here, 'a zone that the role may not set is not in force in workers');
	return;
}

# Where even a plan for one row is run by a worker.
sub forced
{
	my $setting = $primary->safe_psql('city',
		"SELECT name FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query')");
	my $force = "$path SET $setting = on;";
	my $frame = q{encode_frame(2, 21, '[{"bits": ["fire"], "time": null}]', src => '000000000379', sent_at => '2026-09-19 14:30:05+08')};
	my @expressions = (
		"explain_frame($frame)", "explain_frame('')", "explain_stream($frame || '\\x40')",
		"decode_frame($frame)", $frame, 'profiles()', "'1.1/40.131082'::part_addr",
		"'component{fire}'::alarm_state | 'component{fault}'", "alarm_state('component', 6) - 'component{fire}'",
		"system_type_name('1.1')", "wire_hex('000000000379')");

	foreach my $expression (@expressions)
	{
		my $query = "SELECT md5(string_agg(x::text, '' ORDER BY x::text)) FROM (SELECT $expression AS x) AS s";
		like($primary->safe_psql('city', "$force EXPLAIN (COSTS off) $query"),
			qr/Gather.*Single Copy: true/s, "a worker for $expression");
		is($primary->safe_psql('city', "$force $query"), $primary->safe_psql('city', "$path $query"),
			"the same: $expression");
	}
	refused($primary, 'city', "$force SELECT explain_frame(frame, 'nobody') FROM frames", '22023',
		qr/profile "nobody" does not exist.*fireiot\.profiles\(\)/s, 'an error in a worker');
	return;
}

# Each table has one index: with it and without it the same rows are found.
sub indexes_are_right
{
	my ($node, $when) = @_;

	foreach my $index (sort keys %indexes)
	{
		my $query = "SELECT count(*), md5(string_agg(id::text, ',' ORDER BY id)) FROM on_$index WHERE $indexes{$index}[1]";
		my $by_index = "$path SET enable_seqscan = off;";
		like($node->safe_psql('city', "$by_index EXPLAIN (COSTS off) $query"),
			qr/\b$index\b/, "$when: $index is used");
		is( $node->safe_psql('city', "$by_index $query"),
			$node->safe_psql('city', "$path SET enable_indexscan = off; SET enable_indexonlyscan = off;
				SET enable_bitmapscan = off; $query"),
			"$when: $index finds the same rows");
	}
	return;
}

# Of btree indexes amcheck knows more.
sub trees_are_right
{
	my ($node, $when) = @_;

	foreach my $index (grep { /btree/ } sort keys %indexes)
	{
		my ($status, $out, $err) = $node->psql('city', "SELECT bt_index_check('$index', true)");
		is("$status $err", '0 ', "$when: amcheck on $index");
	}
	return;
}

sub answers
{
	my ($node) = @_;
	return { map { ($_ => $node->safe_psql('city', "$path $alone $queries{$_}")) } keys %queries };
}

# Indexes made by several workers, where the major can.
sub built_in_parallel
{
	foreach my $index (sort keys %indexes)
	{
		$primary->safe_psql('city', "
			SET max_parallel_maintenance_workers = 2;
			SET min_parallel_table_scan_size = 0;
			DROP INDEX $index;
			CREATE INDEX $index ON on_$index $indexes{$index}[0]");
	}
	indexes_are_right($primary, 'built in parallel');
	trees_are_right($primary, 'built in parallel');
	return;
}

sub standby
{
	$primary->backup('base');
	my $standby = PostgreSQL::Test::Cluster->new('standby');
	$standby->init_from_backup($primary, 'base', has_streaming => 1);
	$standby->start;

	# rows that reach it as WAL, in pages old and new
	$primary->safe_psql('city', rows(4001, 6000));
	$primary->safe_psql('city', join ";\n",
		map { ("DELETE FROM $_ WHERE id % 11 = 0", "UPDATE $_ SET id = id WHERE id % 13 = 0") }
		  'frames', 'observation', map { "on_$_" } sort keys %indexes);
	$primary->wait_for_catchup($standby);

	my $answers = answers($primary);
	foreach my $query (sort keys %queries)
	{
		is($standby->safe_psql('city', "$path $alone $queries{$query}"),
			$answers->{$query}, "standby: $query");
	}
	compare_with_workers($standby, $answers);
	indexes_are_right($standby, 'standby');
	is($standby->safe_psql('city', "SET fireiot.time_zone = 'UTC'; SHOW fireiot.time_zone"),
		'UTC', 'standby: the setting');
	refused($standby, 'city', 'DROP EXTENSION fireiot', '25006', qr/read-only/, 'standby: DROP EXTENSION');

	$standby->promote;
	ok($standby->poll_query_until('city', 'SELECT NOT pg_is_in_recovery()'), 'promoted');
	$standby->safe_psql('city', rows(6001, 6500));
	indexes_are_right($standby, 'promoted');
	trees_are_right($standby, 'promoted');
	$standby->stop;
	return;
}

sub crash
{
	$primary->safe_psql('city', 'CHECKPOINT');
	$primary->safe_psql('city', rows(7001, 9000));
	$primary->safe_psql('city', join ";\n",
		map { "DELETE FROM on_$_ WHERE id BETWEEN 100 AND 900" } sort keys %indexes);
	my $answers = answers($primary);
	$primary->stop('immediate');
	$primary->start;
	like(slurp_file($primary->logfile), qr/redo done at/, 'there was something to recover');
	is_deeply(answers($primary), $answers, 'crashed: every query says the same');
	indexes_are_right($primary, 'crashed');
	trees_are_right($primary, 'crashed');
	$primary->safe_psql('city', rows(9001, 9500));
	indexes_are_right($primary, 'crashed and used');
	trees_are_right($primary, 'crashed and used');
	return;
}

make_tables();
indexes_are_right($primary, 'at first');
compare_with_workers($primary, answers($primary));
time_zone_of_workers();
forced();
built_in_parallel();
standby();
crash();
$primary->stop;
done_testing();
