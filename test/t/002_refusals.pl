# Where the extension refuses to be created, and what must not run when it is.
use strict;
use warnings;

use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('refusals');
# rows of code tables are logged, and the log is a ledger
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;

my $works = "SELECT fireiot.explain_frame('\\x4040') ->> 'error' IS NOT NULL";

sub other_encodings
{
	# such a cluster needs all of the hint: its template0 is no UTF8 either
	my $latin = PostgreSQL::Test::Cluster->new('latin');
	$latin->init(extra => [ '--encoding=LATIN1', '--locale=C' ]);
	$latin->start;

	foreach my $encoding (qw(LATIN1 SQL_ASCII))
	{
		my $database = lc "db_$encoding";
		$latin->safe_psql('postgres',
			"CREATE DATABASE $database ENCODING '$encoding' TEMPLATE template0");
		my $err = refused($latin, $database, 'CREATE EXTENSION fireiot CASCADE',
			'0A000', qr/database with encoding $encoding\b/, $encoding);
		is($latin->safe_psql($database, 'SELECT extname FROM pg_extension ORDER BY 1'),
			'plpgsql', "$encoding: nothing was created");

		my ($hint) = $err =~ /HINT:  (CREATE DATABASE name [^,]*)/;
		ok($hint, "$encoding: a hint") or next;
		$latin->safe_psql('postgres', $hint =~ s/\bname\b/hint_$encoding/r);
		$latin->safe_psql(lc "hint_$encoding", 'CREATE EXTENSION fireiot CASCADE');
		is($latin->safe_psql(lc "hint_$encoding", $works), 't', "$encoding: the hint helps");
	}

	# the server itself finds that the script is none of this encoding
	$latin->safe_psql('postgres',
		"CREATE DATABASE db_euc_cn ENCODING 'EUC_CN' TEMPLATE template0");
	refused($latin, 'db_euc_cn', 'CREATE EXTENSION fireiot CASCADE',
		'22021', qr/invalid byte sequence for encoding "EUC_CN"/, 'EUC_CN');
	is($latin->safe_psql('db_euc_cn', 'SELECT extname FROM pg_extension ORDER BY 1'),
		'plpgsql', 'EUC_CN: nothing was created');
	$latin->stop;
	return;
}

# Somebody was there before: nothing of his becomes ours.
sub schema_of_another
{
	create_database($node, 'squatted', '
		CREATE EXTENSION postgis;
		CREATE ROLE squatter LOGIN;
		CREATE SCHEMA fireiot AUTHORIZATION squatter');
	$node->safe_psql('squatted', q{
		CREATE TYPE fireiot.device_addr AS (number bigint);
		CREATE TABLE fireiot.command_code (code smallint);
		CREATE FUNCTION fireiot.explain_frame(frame bytea, profile text DEFAULT NULL)
		RETURNS jsonb LANGUAGE sql AS $$SELECT '"mine"'::jsonb$$},
		extra_params => [ '-U', 'squatter' ]);
	my $objects = q{
		SELECT classid::regclass, objid, refobjid FROM pg_shdepend
		WHERE refobjid = 'squatter'::regrole AND dbid <> 0 ORDER BY 1, 2};
	my $before = $node->safe_psql('squatted', $objects);

	foreach my $statement ('CREATE EXTENSION fireiot', 'CREATE EXTENSION IF NOT EXISTS fireiot CASCADE')
	{
		refused($node, 'squatted', $statement, '42P06', qr/schema "fireiot" already exists/,
			"$statement beside another's schema");
		is($node->safe_psql('squatted', $objects), $before, 'his objects are his');
	}
	is($node->safe_psql('squatted', "SELECT fireiot.explain_frame('\\x4040')"), '"mine"',
		'and as they were');
	is( $node->safe_psql(
			'squatted', "SELECT count(*) FROM pg_extension WHERE extname = 'fireiot'"),
		'0', 'there is no extension');

	$node->safe_psql('squatted', '
		DROP OWNED BY squatter CASCADE;
		CREATE EXTENSION fireiot');
	is($node->safe_psql('squatted', $works), 't', 'without his schema it is created');

	create_database($node, 'empty_schema', '
		CREATE EXTENSION postgis;
		CREATE SCHEMA fireiot');
	refused($node, 'empty_schema', 'CREATE EXTENSION fireiot', '42P06',
		qr/schema "fireiot" already exists/, "an empty schema of the superuser's own");
	return;
}

sub ordinary_role
{
	create_database($node, 'owned', '
		CREATE EXTENSION postgis;
		CREATE ROLE owner LOGIN;
		ALTER DATABASE owned OWNER TO owner');
	my ($status, $out, $err) = $node->psql(
		'owned',
		"\\set VERBOSITY verbose\nCREATE EXTENSION fireiot",
		extra_params => [ '-U', 'owner' ]);
	like($err, qr/ERROR:  42501: permission denied to create extension "fireiot"/,
		'the owner of the database cannot create it');
	like($err, qr/HINT:  Must be superuser to create this extension/, 'the hint says who can');
	$node->safe_psql('owned', 'CREATE EXTENSION fireiot');
	is($node->safe_psql('owned', $works), 't', 'the superuser can');

	foreach my $statement (
		'DROP EXTENSION fireiot',
		'ALTER EXTENSION fireiot DROP TABLE fireiot.command_code',
		'DROP TABLE fireiot.command_code',
		'ALTER TABLE fireiot.command_code ADD COLUMN mine text',
		'CREATE OR REPLACE FUNCTION fireiot.device_addr_eq(fireiot.device_addr, fireiot.device_addr)
			RETURNS boolean LANGUAGE sql AS $$SELECT true$$')
	{
		($status, $out, $err) = $node->psql('owned', $statement, extra_params => [ '-U', 'owner' ]);
		my ($words) = $statement =~ /^((?:[A-Z]+ )+)/;
		like($err, qr/ERROR:  (must be owner|permission denied|objects can neither join nor leave)/, "the owner cannot ${words}it");
	}
	return;
}

# As mallory, who may create in two schemas: a copy of every function and
# operator of pg_catalog that raises when it runs, and of every type a domain
# without values.
my $poison = q{
	SET search_path = pg_catalog;
	SET client_min_messages = error;
	CREATE FUNCTION mallory.put(command text) RETURNS integer LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE command;
		RETURN 1;
	EXCEPTION WHEN OTHERS THEN
		RETURN 0;	-- it takes or gives what a function of PL/pgSQL cannot
	END $$;
	CREATE FUNCTION mallory.body() RETURNS text LANGUAGE sql AS $$
		SELECT 'LANGUAGE plpgsql AS ' || quote_literal('BEGIN RAISE EXCEPTION ''poisoned''; END')
	$$;

	CREATE TEMP TABLE place AS SELECT * FROM (VALUES ('mallory'), ('public')) AS v (schema);
	SELECT 'functions', sum(mallory.put(format('CREATE FUNCTION %I.%I(%s) RETURNS %s %s', schema, proname,
		pg_get_function_identity_arguments(oid), pg_get_function_result(oid), mallory.body())))
	FROM pg_proc, place WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f';
	-- what fits better than format(text, VARIADIC "any")
	SELECT sum(mallory.put(format('CREATE FUNCTION %I.format(text, %s) RETURNS text %s', schema, arguments, mallory.body())))
	FROM place, unnest(ARRAY['text', 'name', 'regprocedure', 'anyelement', 'VARIADIC text[]']) AS arguments;
	SELECT 'operators', sum(mallory.put(format('CREATE FUNCTION %I.%I(%s) RETURNS %s %s', schema, 'operator_' || o.oid,
			concat_ws(', ', nullif(oprleft::regtype::text, '-'), oprright::regtype), oprresult::regtype, mallory.body()))
		* mallory.put(format('CREATE OPERATOR %I.%s (%s RIGHTARG = %s, FUNCTION = %I.%I)', schema, oprname,
			CASE WHEN oprleft <> 0 THEN format('LEFTARG = %s,', oprleft::regtype) END, oprright::regtype,
			schema, 'operator_' || o.oid)))
	FROM pg_operator AS o, place WHERE oprnamespace = 'pg_catalog'::regnamespace;
	SELECT 'types', sum(mallory.put(format('CREATE DOMAIN %I.%I AS pg_catalog.int4 CHECK (false)', schema, typname)))
	FROM pg_type, place WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'p', 'r') AND typname !~ '^_';
};

# What the extension consists of, in words that do not depend on a path.
my $contents = q{
	SET search_path = pg_catalog;
	SELECT pg_get_functiondef(oid), proacl FROM pg_proc WHERE pronamespace = 'fireiot'::regnamespace ORDER BY oid::regprocedure::text;
	SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
	WHERE connamespace = 'fireiot'::regnamespace ORDER BY conrelid::regclass::text, 2;
	SELECT adrelid::regclass, adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef
	WHERE adrelid::regclass::text ~ '^fireiot' ORDER BY adrelid::regclass::text, 2;
	SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
	WHERE relnamespace = 'fireiot'::regnamespace AND attnum > 0 ORDER BY relname, attnum;
	SELECT oid::regoperator, oprcode, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin FROM pg_operator
	WHERE oprnamespace = 'fireiot'::regnamespace ORDER BY oid::regoperator::text;
	SELECT amopopr::regoperator, amopstrategy, amopmethod FROM pg_amop JOIN pg_opfamily AS f ON f.oid = amopfamily
	WHERE opfnamespace = 'fireiot'::regnamespace ORDER BY amopopr::regoperator::text, 3, 2;
	SELECT opfname, opfmethod, amproclefttype::regtype, amprocnum, amproc::regprocedure FROM pg_amproc JOIN pg_opfamily AS f ON f.oid = amprocfamily
	WHERE opfnamespace = 'fireiot'::regnamespace ORDER BY 1, 2, amproclefttype::regtype::text, 4};

sub poisoned_search_path
{
	create_database($node, 'clean');
	create_database($node, 'poisoned', '
		CREATE EXTENSION postgis;
		CREATE ROLE mallory LOGIN;
		CREATE SCHEMA AUTHORIZATION mallory;
		GRANT CREATE ON SCHEMA public TO mallory;
		ALTER DATABASE poisoned SET search_path = mallory, public, pg_catalog');
	my $put = $node->safe_psql('poisoned', $poison, extra_params => [ '-U', 'mallory' ]);
	my %put = $put =~ /^(\w+)\|(\d+)$/mg;
	cmp_ok($put{functions}, '>', 3000, 'poisoned functions');
	cmp_ok($put{operators}, '>', 1000, 'poisoned operators');
	cmp_ok($put{types}, '>', 100, 'poisoned types');
	foreach my $query ('SELECT 1 = 1', "SELECT current_setting('port')", "SELECT now()",
		"SELECT format('%s', 'now()'::pg_catalog.regprocedure)", "SELECT '{}'::jsonb")
	{
		my ($status, $out, $err) = $node->psql('poisoned', $query);
		like($err, qr/poisoned|violates check constraint|invalid input syntax for type integer/,
			"the poison works: $query");
	}

	my ($status, $out, $err) = $node->psql('poisoned', 'CREATE EXTENSION fireiot');
	is("$status $err", '0 ', 'the superuser creates the extension and nothing of it runs');
	same([ $node, 'clean' ], [ $node, 'poisoned' ], $contents, 'what it consists of');

	# with the same path: what these call must be what was meant
	my $confirm = '\x404001000101233a091a090c385b01000000790300000000000003ab2323';
	my %answers = (
		"SELECT fireiot.explain_frame('$confirm')" => qr/"cmd": 3/,
		"SELECT fireiot.explain_stream('$confirm')" => qr/"consumed": 30/,
		"SELECT kind FROM fireiot.cut_stream('$confirm')" => qr/^frame$/,
		"SELECT src, sent_at FROM fireiot.decode_frame('$confirm')" => qr/^000000015b38\|2012-09-26/,
		'SELECT fireiot.encode_frame(2)' => qr/^\\x4040/,
		"SELECT fireiot.encode_frame(2, 21, '[{\"bits\": [\"fire\"], \"time\": null}]'::pg_catalog.jsonb)" =>
		  qr/^\\x4040/,
		'SELECT name FROM fireiot.profiles()' => qr/./,
		"SELECT fireiot.device_addr(7::pg_catalog.int8)" => qr/^000000000007$/,
		"SELECT '000000000001'::fireiot.device_addr OPERATOR(fireiot.<) '000000000002'" => qr/^t$/,
		"SELECT fireiot.part_addr(1, 1, 40, 9::pg_catalog.int8)" => qr/^1\.1\/40\.9$/,
		"SELECT 'component{fire,fault}'::fireiot.alarm_state OPERATOR(fireiot.@>) 'component{fire}'" => qr/^t$/,
		'SELECT name_en FROM fireiot.command_code' => qr/./,
	);
	foreach my $query (sort keys %answers)
	{
		($status, $out, $err) = $node->psql('poisoned', $query);
		like($out, $answers{$query}, "not poisoned: $query") or diag($err);
	}
	($status, $out, $err) = $node->psql('poisoned',
		"INSERT INTO fireiot.system_type (code, name_zh, name_en) VALUES (200, 'x', 'x')");
	is("$status $err", '0 ', 'not poisoned: a row that goes through the constraints');
	($status, $out, $err) = $node->psql('poisoned', 'DROP EXTENSION fireiot');
	is("$status $err", '0 ', 'and it is dropped');
	return;
}

other_encodings();
schema_of_another();
ordinary_role();
poisoned_search_path();
$node->stop;
done_testing();
