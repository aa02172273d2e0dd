# Access method fireiot_ledger: what works on a table whose rows never change,
# each beside a heap with the same rows.
use strict;
use warnings;

use Devices qw(set_and_reload);
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('ledger', allows_streaming => 'logical');
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fireiot'
fireiot.listen = off
max_prepared_transactions = 5
autovacuum = off
CONF
$node->restart;
create_database($node, 'city');
my $major = int($node->safe_psql('postgres', 'SHOW server_version_num') / 10000);

sub sql
{
	my ($script) = @_;
	return $node->safe_psql('city', $script);
}

# The ledger table answers as the heap does.
sub alike
{
	my ($query, $name) = @_;
	my ($ledger, $heap) = map { my $q = $query; $q =~ s/\bT\b/$_/g; sql($q) } 'l', 'h';
	isnt($heap, '', "$name: an answer");
	is($ledger, $heap, $name);
	return;
}

# Ways to insert, into both
sub both
{
	my ($script) = @_;
	for my $t ('l', 'h')
	{
		sql($script =~ s/\bT\b/$t/gr);
	}
	return;
}

sub sums { return 'SELECT count(*), sum(hashtext(concat(id, x, n, long))) FROM ' . ($_[0] // 'T') }

sub inserts
{
	sql('CREATE EXTENSION amcheck; CREATE EXTENSION pageinspect; CREATE EXTENSION pg_visibility; CREATE EXTENSION pgstattuple; CREATE EXTENSION pgrowlocks');
	for my $t ([ 'l', 'USING fireiot_ledger' ], [ 'st', 'USING fireiot_ledger' ], [ 'h', 'USING heap' ])
	{
		sql("CREATE TABLE $t->[0] (id bigint NOT NULL, tx xid8 DEFAULT pg_current_xact_id(), x text, n integer, twice integer GENERATED ALWAYS AS (n * 2) STORED, long text, span int4range, p point) $t->[1]");
	}
	both("INSERT INTO T (id, x, n) VALUES (1, 'one', 1)");
	both("INSERT INTO T (id, x, n) SELECT i, 'x' || i, i % 1000 FROM generate_series(2, 20000) AS i");
	both("INSERT INTO T (id, long, span, p) SELECT i, repeat(md5(i::text), 300), int4range(i, i + 1), point(i, -i) FROM generate_series(20001, 20200) AS i");
	both("COPY T (id, x, n) FROM stdin;\n30001\tcopied\t7\n30002\tcopied\t8\n\\.\n");
	alike(sums(), 'INSERT, INSERT ... SELECT, COPY');
	alike('SELECT count(*) FROM T WHERE twice = n * 2', 'generated column');
	alike('SELECT md5(string_agg(long, NULL ORDER BY id)) FROM T', 'TOAST');
	is(sql("SELECT a.amname FROM pg_class AS c JOIN pg_class AS t ON t.oid = c.reltoastrelid JOIN pg_am AS a ON a.oid = t.relam WHERE c.relname = 'l'"),
		'fireiot_ledger', 'TOAST lies in a ledger table, too');
	sql('CREATE TABLE c USING fireiot_ledger AS SELECT id, x, n, long FROM l');
	is(sql(sums('c')), sql(sums('l')), 'CREATE TABLE AS');
	both('BEGIN; INSERT INTO T (id, n) VALUES (40001, 1); SAVEPOINT a; INSERT INTO T (id, n) VALUES (40002, 2); ROLLBACK TO a; INSERT INTO T (id, n) VALUES (40003, 3); COMMIT');
	alike('SELECT count(*), sum(n) FROM T WHERE id > 40000', 'savepoints');
	both("BEGIN; INSERT INTO T (id, n) VALUES (50001, 1); PREPARE TRANSACTION 'T'");
	both("COMMIT PREPARED 'T'");
	alike('SELECT count(*) FROM T WHERE id > 50000', 'prepared transactions');
	is(sql('BEGIN; CREATE TABLE f (id int) USING fireiot_ledger; COPY f FROM stdin (FREEZE);' . "\n1\n2\n\\.\nCOMMIT; SELECT count(*) FROM f"), '2', 'COPY FREEZE');
	is(sql("SELECT all_visible AND all_frozen FROM pg_visibility('f', 0)"), 't', 'pg_visibility: frozen');
	is(sql("SELECT count(*) FROM heap_page_items(get_raw_page('f', 0))"), '2', 'pageinspect: heap_page_items');
	return;
}

# The transaction that stored a row, whatever the row says
sub stamps
{
	sql('INSERT INTO st (id) VALUES (1)');
	is(sql("INSERT INTO st (id, tx) VALUES (60001, '7') RETURNING tx = pg_current_xact_id()"), 't', 'tx: a value given is overridden');
	is(sql("BEGIN; SAVEPOINT s; INSERT INTO st (id) VALUES (60002) RETURNING tx = pg_current_xact_id(); COMMIT"), 't', 'tx: of the whole transaction in a subtransaction');
	sql("COPY st (id, tx) FROM stdin;\n60003\t7\n60004\t\\N\n\\.\n");
	is(sql("SELECT count(DISTINCT tx), bool_and(tx > '7'::xid8) FROM st WHERE id IN (60003, 60004)"), '1|t', 'tx: COPY');
	is(sql("INSERT INTO st (id, tx) SELECT id + 10000, tx FROM st WHERE id IN (60003, 60004) RETURNING tx = pg_current_xact_id()"), "t\nt", 'tx: INSERT ... SELECT from the same table');
	is(sql('SELECT count(*) FROM st WHERE tx IS NULL'), '0', 'tx: in every row');
	is(sql("SELECT count(*) FROM st WHERE tx::text = (SELECT tx::text FROM st WHERE id = 1)"), '1', 'tx: one of one statement');
	is(sql("WITH i AS (INSERT INTO st (id) VALUES (60005) RETURNING id, tx) SELECT tx = pg_current_xact_id() FROM i"), 't', 'tx: in WITH');
	is(sql("INSERT INTO st (id, long) VALUES (60006, repeat('long ', 100000)); SELECT length(long), tx IS NOT NULL FROM st WHERE id = 60006"), '500000|t', 'tx: beside a long value');
	return;
}

sub triggers
{
	sql(<<'SQL');
		CREATE TABLE heard (what text);
		CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO heard VALUES (TG_WHEN || ' ' || TG_LEVEL); RETURN NEW; END $$;
		CREATE FUNCTION hear_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO heard SELECT 'new ' || id || coalesce(' ' || (tx = pg_current_xact_id()), '') FROM new; RETURN NULL; END $$;
		CREATE TABLE t (id bigint, tx xid8) USING fireiot_ledger;
		CREATE TRIGGER a BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION hear();
		CREATE TRIGGER b AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION hear();
		CREATE TRIGGER c AFTER INSERT ON t REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION hear_all();
		INSERT INTO t VALUES (1);
SQL
	is(sql('SELECT string_agg(what, $$, $$) FROM heard'), 'BEFORE STATEMENT, AFTER ROW, new 1 true', 'triggers, and transition tables with the stamped tx');
	return;
}

my %index = (
	b => 'btree (id)', h => 'hash (x)', g => 'gist (p)', s => 'spgist (p)', r => 'brin (id) WITH (pages_per_range = 4)',
	i => "gin (to_tsvector('simple', x))", e => 'btree ((n % 10), id)', w => 'btree (n) WHERE id > 100');

sub indexes
{
	for my $t ('l', 'h')
	{
		sql("CREATE INDEX ${t}_$_ ON $t USING $index{$_}") for sort keys %index;
		sql("CREATE UNIQUE INDEX CONCURRENTLY ${t}_u ON $t (id)");
		sql("CREATE INDEX CONCURRENTLY ${t}_c ON $t (x, id) WHERE x IS NOT NULL");
	}
	# all ways to read by an index
	my $force = 'SET enable_seqscan = off; SET enable_sort = off;';
	alike("$force SELECT id, n FROM T WHERE id BETWEEN 100 AND 110 ORDER BY id", 'index scan');
	alike("$force SET enable_indexscan = off; SELECT count(*) FROM T WHERE id < 500", 'bitmap or index-only scan');
	alike("$force SELECT count(*) FROM T WHERE x = 'x77'", 'hash');
	alike("$force SELECT id FROM T WHERE p <@ box(point(20010, -20010), point(20012, -20012)) ORDER BY 1", 'GiST, SP-GiST');
	alike("$force SELECT count(*) FROM T WHERE to_tsvector('simple', x) @@ 'x78'::tsquery", 'GIN');
	alike("$force SELECT count(*) FROM T WHERE n % 10 = 3 AND id < 1000", 'expression');
	alike("$force SELECT count(*) FROM T WHERE n < 10 AND id > 100", 'partial');
	alike("$force SELECT count(*) FROM T WHERE ctid < '(3,1)'", 'TID range scan');
	alike("SELECT id FROM T WHERE ctid = '(0,1)'", 'TID scan');
	alike('SELECT count(*) FROM T TABLESAMPLE system (100)', 'TABLESAMPLE system');
	alike('SELECT count(*) FROM T TABLESAMPLE bernoulli (100)', 'TABLESAMPLE bernoulli');
	like(sql('EXPLAIN (COSTS OFF) SELECT id FROM l WHERE id BETWEEN 100 AND 110'), qr/l_[bue]/, 'an index is used');
	sql('REINDEX TABLE l; REINDEX INDEX l_b');
	sql('REINDEX TABLE CONCURRENTLY l');
	is(sql("SELECT bt_index_parent_check(c, true, true) FROM unnest('{l_b,l_e,l_w,l_u,l_c}'::regclass[]) AS c") =~ tr/\n//, 4, 'btrees hold every row (amcheck)');
	refused($node, 'city', 'INSERT INTO l (id) VALUES (5)', '23505', qr/l_u/, 'unique index');
	sql('CREATE TABLE x (id bigint, s int4range, EXCLUDE USING gist (s WITH &&)) USING fireiot_ledger; INSERT INTO x VALUES (1, $$[1,5)$$)');
	refused($node, 'city', 'INSERT INTO x VALUES (2, $$[4,6)$$)', '23P01', qr/x_s_excl/, 'exclusion constraint');
	sql('ALTER TABLE x ADD EXCLUDE USING gist (s WITH =)');
	pass('exclusion constraint on a filled table');
	sql('INSERT INTO l (id, n) SELECT i, 1 FROM generate_series(100001, 120000) AS i; INSERT INTO h (id, n) SELECT i, 1 FROM generate_series(100001, 120000) AS i');
	isnt(sql("SELECT brin_summarize_new_values('l_r')"), '0', 'brin_summarize_new_values');
	alike("$force SET enable_indexscan = off; SELECT count(*) FROM T WHERE id BETWEEN 110000 AND 110999", 'BRIN after it');
	return;
}

# An index is made while rows come in and others are rolled back.
sub concurrent_build
{
	my $writer = $node->background_psql('city');
	$writer->query_safe('BEGIN; INSERT INTO l (id, n) SELECT i, 5 FROM generate_series(200001, 200100) AS i');
	my $builder = $node->background_psql('city', timeout => 60);
	$builder->query_until(qr/building/, "\\echo building\nCREATE INDEX CONCURRENTLY l_late ON l (n, id);\n\\echo built\n");
	$node->poll_query_until('city', "SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'");
	$node->safe_psql('city', 'INSERT INTO l (id, n) VALUES (200101, 5)');
	$node->psql('city', 'BEGIN; INSERT INTO l (id, n) VALUES (200102, 5); ROLLBACK');
	$writer->query_safe('COMMIT');
	$writer->quit;
	$node->poll_query_until('city', "SELECT indisvalid FROM pg_index WHERE indexrelid = 'l_late'::regclass");
	$builder->quit;
	is(sql('SET enable_seqscan = off; SELECT count(*) FROM l WHERE n = 5 AND id > 200000'), '101', 'CREATE INDEX CONCURRENTLY beside writers');
	is(sql("SELECT bt_index_parent_check('l_late', true)"), '', 'and it holds every row');
	sql('DROP INDEX l_late');
	return;
}

sub parallel
{
	my $many = 'SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;';
	like(sql("$many SET enable_indexonlyscan = off; SET enable_indexscan = off; SET enable_bitmapscan = off; EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT count(*) FROM l WHERE n >= 0"),
		qr/Workers Launched: [12].*Parallel Seq Scan on l/s, 'parallel seq scan');
	my ($status, $out, $err) = $node->psql('city', 'SET client_min_messages = debug1; SET max_parallel_maintenance_workers = 2; SET min_parallel_table_scan_size = 0; CREATE INDEX l_parallel ON l (x, id, n)');
	like($err, qr/with request for [12] parallel worker/, 'parallel btree build');
	is(sql("SELECT bt_index_parent_check('l_parallel', true)"), '', 'and it holds every row');
	sql('DROP INDEX l_parallel');
	launched($_) for 'btree (x, id, n)', $major >= 17 ? 'brin (id) WITH (pages_per_range = 1)' : (), $major >= 18 ? "gin (to_tsvector('simple', x))" : ();
	return;
}

# The postmaster starts workers for the build, and the index answers as none does.
sub launched
{
	my ($index) = @_;
	my $query = "SELECT count(*), sum(id) FROM l WHERE x = 'x77' OR id BETWEEN 500 AND 600 OR to_tsvector('simple', x) @@ 'x78'";

	set_and_reload($node, log_min_messages => 'debug1');
	my $from = -s $node->logfile;
	sql("SET max_parallel_maintenance_workers = 2; SET min_parallel_table_scan_size = 0; CREATE INDEX l_parallel ON l USING $index");
	ok($node->log_contains(qr/starting background worker process "parallel worker for PID/, $from), "workers are launched to build $index");
	set_and_reload($node, log_min_messages => 'warning');
	is(sql("SET enable_seqscan = off; $query"), sql("SET enable_indexscan = off; SET enable_bitmapscan = off; $query"), "and it answers: $index");
	sql('DROP INDEX l_parallel');
	return;
}

sub maintenance
{
	my $pages = "SELECT pg_relation_size('v') / 8192";
	sql('CREATE TABLE v (id bigint, tx xid8, x text) USING fireiot_ledger; CREATE INDEX ON v (id); INSERT INTO v SELECT i FROM generate_series(1, 100) AS i');
	$node->psql('city', 'BEGIN; INSERT INTO v SELECT i, NULL, repeat($$x$$, 500) FROM generate_series(1, 20000) AS i; ROLLBACK');
	my $full = sql($pages);
	sql('VACUUM v');
	cmp_ok(sql($pages), '<', $full / 100, 'VACUUM reclaims what was rolled back');
	is(sql('SELECT count(*) FROM v'), '100', 'and nothing else');
	sql('VACUUM (FREEZE, ANALYZE) l; VACUUM (FREEZE, ANALYZE) h');
	is(sql("SELECT all_frozen > 0 FROM pg_visibility_map_summary('l')"), 't', 'VACUUM FREEZE');
	is(sql("SELECT reltuples = (SELECT count(*) FROM l) FROM pg_class WHERE relname = 'l'"), 't', 'ANALYZE');
	my $before = sql(sums('l') . ' WHERE true') . sql('SELECT md5(string_agg(tx::text, $$,$$ ORDER BY id)) FROM l');
	sql('VACUUM FULL l; CLUSTER l USING l_b');
	is(sql(sums('l') . ' WHERE true') . sql('SELECT md5(string_agg(tx::text, $$,$$ ORDER BY id)) FROM l'), $before, 'VACUUM FULL and CLUSTER keep all as it was, tx too');
	my $dir = $node->basedir . '/space';
	mkdir $dir;
	sql("CREATE TABLESPACE space LOCATION '$dir'");
	sql('ALTER TABLE v SET TABLESPACE space');
	is(sql('SELECT count(*) FROM v'), '100', 'SET TABLESPACE');
	sql('ALTER TABLE v SET TABLESPACE pg_default');
	sql('DROP TABLESPACE space');
	sql('ALTER TABLE v ADD later integer DEFAULT 7');
	is(sql('SELECT count(*), sum(later) FROM v'), '100|700', 'ADD COLUMN with a constant');
	return;
}

sub locks_and_keys
{
	my $script = <<'SQL';
		CREATE TABLE p (id bigint PRIMARY KEY, tx xid8) USING fireiot_ledger;
		CREATE TABLE q (id bigint PRIMARY KEY, tx xid8, p bigint REFERENCES p) USING fireiot_ledger;
		CREATE TABLE r (id bigint PRIMARY KEY, p bigint REFERENCES p ON DELETE SET NULL);
		INSERT INTO p VALUES (1); INSERT INTO q VALUES (1, NULL, 1); INSERT INTO r VALUES (1, 1);
		BEGIN; SELECT 1 FROM p FOR UPDATE; SELECT 1 FROM p FOR NO KEY UPDATE; SELECT 1 FROM p FOR SHARE; SELECT 1 FROM p FOR KEY SHARE; COMMIT
SQL
	is(sql($script), "1\n1\n1\n1", 'row locks');
	refused($node, 'city', 'INSERT INTO q VALUES (2, NULL, 9)', '23503', qr/q_p_fkey/, 'foreign key from it');
	refused($node, 'city', 'DELETE FROM p', '0A000', qr/"public.p"/, 'foreign key to it');
	for my $action ('DELETE SET NULL', 'DELETE SET DEFAULT', 'UPDATE SET NULL')
	{
		my $name = lc $action =~ s/ /_/gr;
		sql("CREATE TABLE of_$name (id bigint PRIMARY KEY); INSERT INTO of_$name VALUES (1);
			CREATE TABLE on_$name (tx xid8, ref bigint REFERENCES of_$name ON $action) USING fireiot_ledger; INSERT INTO on_$name VALUES (NULL, 1)");
		refused($node, 'city', $action =~ /^DELETE/ ? "DELETE FROM of_$name" : "UPDATE of_$name SET id = 2", '0A000', qr/"public.on_$name"/, "foreign key ON $action");
		is(sql("SELECT id, ref FROM of_$name, on_$name"), '1|1', 'and both rows stay');
	}
	is(sql('INSERT INTO p VALUES (1), (2) ON CONFLICT DO NOTHING RETURNING id'), '2', 'ON CONFLICT DO NOTHING');
	is(sql('INSERT INTO p VALUES (3) ON CONFLICT (id) DO UPDATE SET id = 4 RETURNING id, tx = pg_current_xact_id()'), '3|t', 'ON CONFLICT DO UPDATE that inserts');
	sql('MERGE INTO p USING (VALUES (5)) AS v (id) ON p.id = v.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id)');
	is(sql('SELECT count(*) FROM p WHERE id = 5 AND tx IS NOT NULL'), '1', 'MERGE that inserts');
	is(sql('DELETE FROM p WHERE id = 77; UPDATE p SET id = 1 WHERE id = 77; SELECT 1'), '1', 'DELETE and UPDATE of no rows');
	is(sql('BEGIN; CREATE TABLE e (id int) USING fireiot_ledger; TRUNCATE e; COMMIT; TRUNCATE e; SELECT count(*) FROM e'), '0', 'TRUNCATE without rows');
	return;
}

sub partitions
{
	sql(<<'SQL');
		CREATE TABLE d (id bigint, tx xid8, at date) PARTITION BY RANGE (at);
		CREATE TABLE d1 PARTITION OF d FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') USING fireiot_ledger;
		CREATE TABLE d2 PARTITION OF d FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') USING fireiot_ledger;
		CREATE INDEX ON d (id);
SQL
	sql("COPY d (id, at) FROM stdin;\n1\t2026-01-05\n2\t2026-02-05\n\\.\n");
	is(sql('SELECT count(*), count(tx), count(DISTINCT tableoid) FROM d'), '2|2|2', 'partitions: COPY through the parent');
	# the parent has an access method, and gives it on, since 17
	my $parent = 'CREATE TABLE dd (id bigint, tx xid8) PARTITION BY RANGE (id) USING fireiot_ledger';
	if ($major >= 17)
	{
		is(sql("$parent; CREATE TABLE dd1 PARTITION OF dd FOR VALUES FROM (1) TO (9); SELECT amname FROM pg_class AS c JOIN pg_am AS a ON a.oid = relam WHERE relname = 'dd1'"),
			'fireiot_ledger', 'partitions: the parent gives it on');
	}
	else
	{
		refused($node, 'city', $parent, '0A000', qr/not supported on a partitioned table/, 'partitions: a parent has none');
	}
	refused($node, 'city', "UPDATE d SET at = '2026-02-07' WHERE id = 1", '0A000', qr/"public.d1"/, 'partitions: no row moves');
	is(sql("SELECT make_interval(days => fireiot.make_partitions('1 day', now())) > '0'; SELECT DISTINCT amname FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid JOIN pg_am AS a ON a.oid = relam WHERE inhparent = 'fireiot.frame'::regclass"),
		"t\nfireiot_ledger", 'partitions of records');
	return;
}

# Tools that know heaps only say so.
sub other_tools
{
	refused($node, 'city', "SELECT verify_heapam('l')", '0A000', qr/heap|supported/, 'amcheck: verify_heapam');
	refused($node, 'city', "SELECT $_('l')", '0A000', qr/heap|supported/, $_) for qw(pgstattuple pgstattuple_approx);
	refused($node, 'city', "SELECT * FROM pgrowlocks('l')", '0A000', qr/heap/, 'pgrowlocks');
	refused($node, 'city', "SELECT count(*) FROM heap_page_item_attrs(get_raw_page('l', 0), 'l')", '0A000', qr/heap/, 'pageinspect: heap_page_item_attrs');
	refused($node, 'city', 'CREATE TEMP TABLE z (id int) USING fireiot_ledger', '0A000', qr/"z"/, 'temporary');
	refused($node, 'city', 'CREATE UNLOGGED TABLE z (id int) USING fireiot_ledger', '0A000', qr/"z"/, 'unlogged');
	refused($node, 'city', 'CREATE MATERIALIZED VIEW z USING fireiot_ledger AS SELECT 1', '0A000', qr/"z"/, 'materialized view');
	refused($node, 'city', 'SET default_table_access_method = fireiot_ledger; CREATE TEMP TABLE z (id int)', '0A000', qr/"z"/, 'default_table_access_method: temporary');
	return;
}

# The server ends in the middle of a long insert.
sub crash
{
	sql('CREATE TABLE k (id bigint PRIMARY KEY, tx xid8) USING fireiot_ledger; INSERT INTO k SELECT i FROM generate_series(1, 30000) AS i');
	my $writer = $node->background_psql('city', on_error_stop => 0);
	$writer->query_until(qr/go/, "\\echo go\nINSERT INTO k SELECT i FROM generate_series(100001, 50000000) AS i;\n");
	$node->poll_query_until('city', "SELECT pg_relation_size('k') > 4000000");
	$node->stop('immediate');
	eval { $writer->quit };
	$node->start;
	is(sql('SELECT count(*), max(id) FROM k'), '30000|30000', 'crash: committed rows, and no others');
	is(sql("SELECT bt_index_parent_check('k_pkey', true, true)"), '', 'crash: the index holds every row');
	return;
}

sub logical
{
	my $other = new_server('subscriber');
	$other->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
	$other->restart;
	create_database($other, 'copy');
	my $table = 'CREATE TABLE s (id bigint PRIMARY KEY, tx xid8, long text) USING fireiot_ledger';
	sql("$table; INSERT INTO s VALUES (1, NULL, repeat('a', 100000)); CREATE PUBLICATION s FOR TABLE s WITH (publish = 'insert')");
	$other->safe_psql('copy', "$table; CREATE SUBSCRIPTION s CONNECTION \$\$" . $node->connstr('city') . "\$\$ PUBLICATION s");
	$other->wait_for_subscription_sync($node, 's');
	sql("INSERT INTO s SELECT i, NULL, repeat('b', 100000) FROM generate_series(2, 5) AS i");
	$node->wait_for_catchup('s');
	is($other->safe_psql('copy', 'SELECT count(*), sum(length(long)), bool_and(tx IS NOT NULL) FROM s'), '5|500000|t', 'logical replication: the first copy and inserts, tx its own');
	is(sql("SELECT count(*) FROM pg_create_logical_replication_slot('d', 'test_decoding'); INSERT INTO s VALUES (6); SELECT count(*) FROM pg_logical_slot_get_changes('d', NULL, NULL) WHERE data LIKE 'table public.s: INSERT%'; SELECT count(*) FROM pg_drop_replication_slot('d')"),
		"1\n1\n1", 'test_decoding');
	$other->safe_psql('copy', 'DROP SUBSCRIPTION s');
	$other->stop;
	return;
}

sub standby
{
	$node->backup('base');
	my $standby = PostgreSQL::Test::Cluster->new('standby');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->start;
	sql('INSERT INTO k VALUES (30001)');
	$node->wait_for_catchup($standby);
	same([ $node, 'city' ], [ $standby, 'city' ], sums('l'), 'standby');
	$standby->promote;
	$standby->poll_query_until('city', 'SELECT NOT pg_is_in_recovery()');
	is($standby->safe_psql('city', 'INSERT INTO k VALUES (30002); SELECT count(*) FROM k'), '30002', 'promoted: it takes rows');
	refused($standby, 'city', 'DELETE FROM k', '0A000', qr/public\.k/, 'promoted: it gives none away');
	$standby->stop;
	return;
}

sub dumps
{
	my $dir = $node->basedir;
	sql('SELECT fireiot.make_ledger($$s$$)');
	sql("INSERT INTO fireiot.frame (device, seq, verdict, command, outgoing, bytes) VALUES ('00000000002a', 1, 0, 2, false, '\\x40')");
	for my $way ([ 'plain', [ '-Fp' ] ], [ 'parallel', [ '-Fd', '-j2' ] ])
	{
		my ($name, $options) = @$way;
		$node->command_ok([ 'pg_dump', '-d', $node->connstr('city'), @$options, '-f', "$dir/$name.dump" ], "pg_dump: $name");
		create_database($node, $name, 'SELECT 1');
		$node->command_ok($name eq 'plain' ? [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($name), '-f', "$dir/$name.dump" ]
			: [ 'pg_restore', '-j2', '--exit-on-error', '-d', $node->connstr($name), "$dir/$name.dump" ], "restore: $name");
		same([ $node, 'city' ], [ $node, $name ], sums($_), "restored, $name: $_") for 'l';
		is($node->safe_psql($name, "SELECT count(*) FROM s; SELECT count(*) FROM fireiot.frame; SELECT amname FROM pg_class AS c JOIN pg_am AS a ON a.oid = relam WHERE c.relname = 'l'"),
			"6\n1\nfireiot_ledger", "restored, $name: still ledger tables");
		same([ $node, 'city' ], [ $node, $name ], 'SELECT name, id FROM fireiot.ledger_table ORDER BY name', "restored, $name: the registry");
		refused($node, $name, 'ALTER TABLE s RENAME TO renamed', '0A000', qr/"public\.s"/, "restored, $name: guarded");
	}
	return;
}

inserts();
stamps();
triggers();
indexes();
concurrent_build();
parallel();
maintenance();
locks_and_keys();
partitions();
other_tools();
crash();
logical();
standby();
dumps();
$node->stop;
done_testing();
