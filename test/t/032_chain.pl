# The chain: every row sealed exactly once, whatever writers, crashes and
# copies do; and what went around SQL is found and named.
use strict;
use warnings;

use Devices;
use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('chain', allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'fireiot'
fireiot.listen = off
fireiot.database = 'city'
fireiot.seal_interval = 20ms
max_prepared_transactions = 5
max_connections = 40
restart_after_crash = on
CONF
$node->restart;

# Keys: of the server's user only, outside of every data directory.
my $keys = PostgreSQL::Test::Utils::tempdir;
run_log([ 'openssl', 'genpkey', '-algorithm', 'ed25519', '-out', "$keys/ed25519.pem" ]);
run_log([ 'openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:SM2', '-out', "$keys/sm2.pem" ]);
for my $kind ('ed25519', 'sm2')
{
	chmod 0600, "$keys/$kind.pem";
	run_log([ 'openssl', 'pkey', '-in', "$keys/$kind.pem", '-pubout', '-out', "$keys/$kind.pub" ]);
}
mkdir "$keys/notes";

sub city
{
	return $node->safe_psql('city', shift);
}

# What verify_ledger() says, a finding a line.
sub findings
{
	my ($where) = @_;
	return ($where // $node)->safe_psql('city', 'SELECT kind, table_name, row_id, block FROM fireiot.verify_ledger() ORDER BY 1, 2, 3, 4');
}

# Rows of public.visit, and rows that blocks have of it.
my $counts = <<'SQL';
	SELECT (SELECT count(*) FROM public.visit), (SELECT sum(rows) FROM fireiot.ledger_block_part WHERE partition = 'public.visit'
		AND block >= (SELECT first_block FROM fireiot.ledger_incarnation ORDER BY n DESC LIMIT 1))
SQL

create_database($node, 'city', <<'SQL');
	CREATE EXTENSION fireiot CASCADE;
	CREATE TABLE public.visit (id bigint GENERATED ALWAYS AS IDENTITY, tx xid8, at timestamptz DEFAULT clock_timestamp(), what text) USING fireiot_ledger;
	CREATE INDEX ON public.visit USING brin (tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 4);
	SELECT fireiot.make_ledger('public.visit');
SQL

# Twelve writers with savepoints and rollbacks, a transaction that stays open, one
# that is prepared, the keeper, and sealers beside it.
sub concurrent_writers
{
	my $dir = $node->basedir;
	my $open = $node->background_psql('city');

	append_to_file("$dir/write.sql", <<'SQL');
\set n random(1, 5)
\set how random(1, 10)
BEGIN;
INSERT INTO public.visit (what) SELECT 'first' FROM generate_series(1, :n);
SAVEPOINT s;
INSERT INTO public.visit (what) SELECT 'second' FROM generate_series(1, :n);
\if :how <= 3
ROLLBACK TO s;
\endif
INSERT INTO public.visit (what) VALUES ('third');
\if :how = 10
ROLLBACK;
\else
COMMIT;
\endif
SQL
	append_to_file("$dir/seal.sql", "SELECT fireiot.seal();\n");
	city('SELECT fireiot.setup_role()');
	$open->query_safe("BEGIN; INSERT INTO public.visit (what) VALUES ('open')");
	city("BEGIN; INSERT INTO public.visit (what) VALUES ('prepared'); PREPARE TRANSACTION 'later'");
	my @runs = map {
		IPC::Run::start([ 'pgbench', '-n', '-h', $node->host, '-p', $node->port, @$_, 'city' ], '>', '/dev/null', '2>', '/dev/null')
	} ([ '-c', 12, '-t', 250, '-f', "$dir/write.sql" ], [ '-c', 2, '-t', 200, '-f', "$dir/seal.sql" ]);
	$_->finish for @runs;
	is($runs[0]->full_result(0), 0, 'writers came through');
	is($runs[1]->full_result(0), 0, 'two sealers beside the keeper came through');
	city('SELECT fireiot.seal()');
	my ($rows, $sealed) = split /\|/, city($counts);
	is($sealed, $rows, "every row is sealed once ($rows rows)");
	ok(city('SELECT count(*) FROM fireiot.ledger_block') > 20, 'in many blocks');
	is(findings(), '', 'and all verify, while transactions are open');
	$open->query_safe('COMMIT');
	$open->quit;
	city("COMMIT PREPARED 'later'");
	city('SELECT fireiot.seal()');
	($rows, $sealed) = split /\|/, city($counts);
	is($sealed, $rows, 'rows of long and prepared transactions are sealed when they end');
	is(findings(), '', 'and verify');
	return;
}

# kill -9 of a session that has sealed and not committed; crash recovery.
sub killed_in_seal
{
	set_and_reload($node, 'fireiot.seal_interval' => '1h');
	city('INSERT INTO public.visit (what) SELECT $$killed$$ FROM generate_series(1, 1000)') for 1 .. 3;
	my $session = $node->background_psql('city', on_error_stop => 0);
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	$session->query_safe('BEGIN; SELECT fireiot.seal()');
	kill 'KILL', $pid;
	wait_until(sub { return run_log([ 'psql', '-Xqc', 'SELECT 1', $node->connstr('city') ], '>', '/dev/null', '2>', '/dev/null') }, 'the server is up again');
	eval { $session->quit };
	city('SELECT fireiot.seal()');
	my ($rows, $sealed) = split /\|/, city($counts);
	is($sealed, $rows, 'kill -9 in seal: every row is sealed once');
	is(findings(), '', 'and verifies');
	return;
}

# Notes of both kinds of keys, checked by the server and by openssl alone.
sub checkpoints
{
	for my $kind ('ed25519', 'sm2')
	{
		$node->append_conf('postgresql.conf', "fireiot.checkpoint_key_file = '$keys/$kind.pem'\nfireiot.checkpoint_directory = '$keys/notes'");
		$node->reload;
		city("INSERT INTO public.visit (what) VALUES ('$kind')");
		city('SELECT fireiot.seal()');
		my $note = city('SELECT fireiot.checkpoint()');
		my $public = slurp_file("$keys/$kind.pub");
		is(city("SELECT * FROM fireiot.verify_against('$note', '$public')"), 't|', "$kind: the server verifies its checkpoint");
		my $other = slurp_file($kind eq 'sm2' ? "$keys/ed25519.pub" : "$keys/sm2.pub");
		is(city("SELECT * FROM fireiot.verify_against('$note', '$other')"), 'f|the signature is not of this key', "$kind: not with another key");
		my $size = (split /\n/, $note)[1];
		(my $forged = $note) =~ s/^time 2/time 3/m;
		is(city("SELECT valid FROM fireiot.verify_against('$forged', '$public')"), 'f', "$kind: not with another text");
		my $file = sprintf '%s/notes/checkpoint-%020d.txt', $keys, $size;
		is(slurp_file($file), $note, "$kind: it is written for pick-up");

		my $proofs = $node->basedir . "/proofs.$kind";
		append_to_file($proofs, city("SELECT fireiot.prove('public.visit', id) FROM public.visit WHERE id IN (SELECT id FROM public.visit ORDER BY id LIMIT 2) OR what = '$kind'") . "\n");
		my ($out, $err);
		ok(IPC::Run::run([ 'sh', $ENV{FIREIOT_VERIFY_PROOF}, $proofs, $file, "$keys/$kind.pub" ], '>', \$out, '2>', \$err), "$kind: openssl verifies proofs of three rows") or diag($out, $err);
		like($out, qr/^4 passed, 0 failed$/m, 'a case of three rows and the signature');
		like($out, qr/what=$kind$/m, 'and shows what the row holds');
		spoiled($proofs, $file, "$keys/$kind.pub", $kind);
	}
	return;
}

# A proof with another digit anywhere is none.
sub spoiled
{
	my ($proofs, $file, $public, $kind) = @_;
	my @lines = split /\n/, slurp_file($proofs);
	my $found = 0;
	my $tried = 0;

	for my $key ('row', 'part', 'block', 'root')
	{
		my $line = $lines[0];
		$line =~ s/("$key": "[0-9a-f]{60})([0-9a-f])/$1 . ($2 eq '7' ? '8' : '7')/e;
		my $spoiled = "$proofs.$key";
		append_to_file($spoiled, "$line\n");
		$tried++;
		my ($out, $err);
		$found++ if !IPC::Run::run([ 'sh', $ENV{FIREIOT_VERIFY_PROOF}, $spoiled, $file, $public ], '>', \$out, '2>', \$err);
	}
	is($found, $tried, "$kind: no proof when a digit is changed");
	return;
}

sub refused_keys
{
	my ($file, $detail, $name) = @_;

	$node->append_conf('postgresql.conf', "fireiot.checkpoint_key_file = '$file'");
	$node->reload;
	city("INSERT INTO public.visit (what) VALUES ('key')");
	city('SELECT fireiot.seal()');
	wait_until(sub { city("SELECT fireiot.setting('checkpoint_key_file')") eq $file }, 'the setting is in force');
	refused($node, 'city', 'SELECT fireiot.checkpoint()', 'F0000', $detail, $name);
	return;
}

# Restored elsewhere: another incarnation, which covers what is there.
sub restored
{
	my $dump = $node->basedir . '/city.dump';
	my $other = new_server('restored');
	$other->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
	$other->restart;
	city('SELECT fireiot.seal()');
	$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, $node->connstr('city') ], 'dumped');
	$other->safe_psql('postgres', 'CREATE ROLE fireiot_listener LOGIN');
	$other->safe_psql('postgres', 'CREATE DATABASE city TEMPLATE template0');
	$other->command_ok([ 'pg_restore', '-d', $other->connstr('city'), $dump ], 'restored');
	my $head = city('SELECT n, hash FROM fireiot.ledger_block ORDER BY n DESC LIMIT 1');
	my ($n, $hash) = split /\|/, $head;
	$other->safe_psql('city', 'SELECT fireiot.seal()');
	is($other->safe_psql('city', 'SELECT n, first_block, previous FROM fireiot.ledger_incarnation ORDER BY n DESC LIMIT 1'),
		'2|' . ($n + 1) . "|$hash", 'a restored chain begins another incarnation behind the old head');
	my ($rows, $sealed) = split /\|/, $other->safe_psql('city', $counts);
	is($sealed, $rows, 'whose first block covers all rows');
	is(findings($other), '', 'and verifies');
	my $note = slurp_file((sort glob "$keys/notes/*.txt")[0]);
	is($other->safe_psql('city', "SELECT * FROM fireiot.verify_against('$note')"), 't|', 'and extends the chain that it was');
	$other->stop;
	return;
}

# A standby goes on with the same chain.
sub promoted
{
	my $standby = PostgreSQL::Test::Cluster->new('standby');

	$node->backup('base');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->append_conf('postgresql.conf', "fireiot.seal_interval = 1h");
	$standby->start;
	refused($standby, 'city', 'SELECT fireiot.seal()', '25006', qr/recovery/, 'a standby cannot seal');
	city("INSERT INTO public.visit (what) VALUES ('before promotion')");
	$node->wait_for_catchup($standby);
	is(findings($standby), '', 'a standby verifies');
	$standby->promote;
	$standby->safe_psql('city', "INSERT INTO public.visit (what) VALUES ('promoted')");
	$standby->safe_psql('city', 'SELECT fireiot.seal()');
	my ($rows, $sealed) = split /\|/, $standby->safe_psql('city', $counts);
	is($sealed, $rows, 'promoted: every row is sealed once');
	is(findings($standby), '', 'and verifies');
	is($standby->safe_psql('city', 'SELECT count(*) FROM fireiot.ledger_incarnation'), '1', 'in the same incarnation');
	$standby->stop;
	return;
}

# A restored base backup is a valid chain; only what was kept elsewhere tells.
sub put_back
{
	my $note = city("INSERT INTO public.visit (what) VALUES ('to be undone'); SELECT fireiot.seal(); SELECT fireiot.checkpoint()");
	my $old = PostgreSQL::Test::Cluster->new('old');

	$note =~ s/^.*?(?=fireiot)//s;
	$old->init_from_backup($node, 'base');
	$old->append_conf('postgresql.conf', 'fireiot.seal_interval = 1h');
	$old->start;
	is(findings($old), '', 'an old backup is consistent in itself');
	like($old->safe_psql('city', "SELECT * FROM fireiot.verify_against('$note')"), qr/^f\|the chain ends at block .* an older state was put back$/,
		'and found by a checkpoint');
	# it goes on until it is as long
	for (1 .. 8)
	{
		$old->safe_psql('city', "INSERT INTO public.visit (what) VALUES ('other history')");
		$old->safe_psql('city', 'SELECT fireiot.seal()');
	}
	like($old->safe_psql('city', "SELECT * FROM fireiot.verify_against('$note')"), qr/^f\|/, 'also when it has grown again');
	$old->stop;
	return;
}

# Bytes of a table's file are changed while the server is down.
sub edited
{
	my ($what, $becomes, $expect) = @_;
	city("INSERT INTO public.visit (what) VALUES ('$what')");
	city('SELECT fireiot.seal()');
	my ($id, $block) = split /\|/, city(<<"SQL");
		SELECT v.id, (SELECT max(block) FROM fireiot.ledger_block_part AS p WHERE p.partition = 'public.visit' AND v.id BETWEEN p.first_id AND p.last_id)
		FROM public.visit AS v WHERE what = '$what'
SQL
	my $path = $node->data_dir . '/' . city("CHECKPOINT; SELECT pg_relation_filepath('public.visit')");
	my $checksums = city('SHOW data_checksums');
	$node->stop;
	# who edits pages turns off what would tell; on by default since 18
	system_or_bail('pg_checksums', '--disable', '-D', $node->data_dir) if $checksums eq 'on';
	my $bytes = slurp_file($path);
	my $copies = () = $bytes =~ /\Q$what\E/g;
	is($copies, 1, 'the row lies there once');
	$becomes->(\$bytes);
	open my $file, '>:raw', $path or die $!;
	print {$file} $bytes;
	close $file;
	$node->start;
	is(findings(), sprintf($expect, $id, $block), "$what: found, with table, row and block");
	return ($path, $id);
}

# The line pointer of the tuple in which a text lies is set free.
sub unlink_tuple
{
	my ($bytes, $text) = @_;
	my $at = index $$bytes, $text;
	my $page = $at - $at % 8192;
	my $lower = unpack 'v', substr($$bytes, $page + 12, 2);

	for (my $pointer = $page + 24; $pointer < $page + $lower; $pointer += 4)
	{
		my $item = unpack 'V', substr($$bytes, $pointer, 4);
		my ($offset, $length) = ($page + ($item & 0x7fff), $item >> 17);
		substr($$bytes, $pointer, 4) = pack 'V', 0 if $offset <= $at && $at < $offset + $length;
	}
	return;
}

concurrent_writers();
killed_in_seal();
checkpoints();
refused_keys($node->data_dir . '/PG_VERSION', qr/lies in the data directory/, 'a key in the data directory');
chmod 0644, "$keys/ed25519.pem";
refused_keys("$keys/ed25519.pem", qr/Others have access/, 'a key that others can read');
chmod 0600, "$keys/ed25519.pem";
refused_keys("$keys/none.pem", qr/cannot be found/, 'no key');
refused_keys("$keys/ed25519.pub", qr/no private key|have access/, 'a public key');
$node->append_conf('postgresql.conf', "fireiot.checkpoint_key_file = '$keys/ed25519.pem'");
$node->reload;
restored();
promoted();
put_back();
edited('edited offline', sub { my $b = shift; $$b =~ s/edited offline/EDITED offline/ }, "altered|public.visit|%s|%s");
my $altered = findings();
edited('removed offline', sub { unlink_tuple($_[0], 'removed offline') }, "$altered\nmissing|public.visit|%s|%s");
$node->stop;
done_testing();
