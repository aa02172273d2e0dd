# What goes past access method and guard: the damage is done, by every route that
# 031_attacks.pl cannot show refused, and the chain says which rows are not as
# they were sealed.  Each route has a table of its own.
use strict;
use warnings;

use Attacks;
use Devices;
use Fireiot;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('detected', allows_streaming => 1);
my $key = PostgreSQL::Test::Utils::tempdir . '/checkpoint.pem';
my @outcomes;

system_or_bail('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', $key);
chmod 0600, $key;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'fireiot'
fireiot.listen = off
fireiot.checkpoint_key_file = '$key'
autovacuum = off
bgwriter_lru_maxpages = 0
shared_buffers = 64MB
CONF
# who edits pages turns off what would tell; on by default since 18
my $checksums = $node->safe_psql('postgres', 'SHOW data_checksums');
$node->stop;
system_or_bail('pg_checksums', '--disable', '-D', $node->data_dir) if $checksums eq 'on';
$node->start;
create_database($node, 'city');

my $major = int($node->safe_psql('postgres', 'SHOW server_version_num') / 10000);

sub sql
{
	return $node->safe_psql('city', shift);
}

# The victims: 300 rows each, a hundred in each of three blocks.
my @victims = qw(deleted overwritten doubled hookless unlisted program exported relam edited zeroed cut single indexed hidden future);

sub make_victims
{
	sql('CREATE SCHEMA site; ' . join ' ', map {
		"CREATE TABLE site.$_ (id bigint PRIMARY KEY, tx xid8, what text) USING fireiot_ledger; SELECT fireiot.make_ledger('site.$_');"
	} @victims);
	# nothing that would be dropped before it but indexes: no toast table
	sql("CREATE TABLE site.dropped (id bigint PRIMARY KEY, tx xid8) USING fireiot_ledger; SELECT fireiot.make_ledger('site.dropped');
		INSERT INTO site.dropped SELECT generate_series(1, 100)");
	sql('SELECT fireiot.seal()');
	more_rows($_ * 100, @victims) for 0 .. 2;
	sql(join ';', map { "CREATE FUNCTION site.$_ LANGUAGE C AS '$ENV{FIREIOT_ATTACK}'" }
		  'attack_delete(regclass, tid) RETURNS void', 'attack_overwrite(regclass, tid, text, text) RETURNS void',
		  'attack_double(regclass, tid) RETURNS void', 'attack_hooks() RETURNS void');
	return;
}

# A hundred rows behind such an id, in each of the tables, and a block.
sub more_rows
{
	my ($behind, @tables) = @_;
	sql(join ';', map { "INSERT INTO site.$_ SELECT i, NULL, '$_ row ' || i || '.' FROM generate_series($behind + 1, $behind + 100) AS i" } @tables);
	return sql('SELECT fireiot.seal()');
}

# The block in which a row was sealed.
sub block_of
{
	my ($table, $id) = @_;
	return sql("SELECT block FROM fireiot.ledger_block_part WHERE partition = 'site.$table' AND $id BETWEEN first_id AND last_id");
}

sub findings
{
	my ($table) = @_;
	return sql("SELECT kind, row_id, block FROM fireiot.verify_ledger() WHERE table_name = 'site.$table' ORDER BY kind, row_id");
}

# What is found is exactly this: kind, ids of rows (none: the table), and whether
# they are in a block.
sub found
{
	my ($route, $table, $kind, $ids, $block) = @_;
	my @ids = @$ids ? @$ids : ('');

	is(findings($table), join("\n", map { join '|', $kind, $_, $block // block_of($table, $_ || 1) } @ids), "$route: found");
	push @outcomes, [ $route, sprintf 'detected by the chain: `verify_ledger()` says %s, and names table%s', $kind,
		!@$ids ? ' and first block' : defined $block ? ' and row' : ', row and block' ];
	return;
}

# Only who has kept a checkpoint finds it.
sub found_outside
{
	my ($route, $server, $note, $problem) = @_;

	is($server->safe_psql('city', 'SELECT kind FROM fireiot.verify_ledger()'), '', "$route: the chain is right in itself");
	like($server->safe_psql('city', "SELECT * FROM fireiot.verify_against('$note')"), qr/^f\|.*$problem/, "$route: and not that of the checkpoint");
	push @outcomes, [ $route, 'detected by the chain: `verify_against()` a checkpoint that was kept elsewhere' ];
	return;
}

# The file of a table or index, with all that memory has of it.
sub file_of
{
	my ($relation, $server) = @_;
	return $node->data_dir . '/' . sql("SELECT count(*) FROM $relation; CHECKPOINT; SELECT pg_relation_filepath('$relation')") =~ s/.*\n//r;
}

sub write_file
{
	my ($path, $bytes) = @_;

	open my $file, '>:raw', $path or die "$path: $!";
	print {$file} $bytes;
	return close $file;
}

# Where a text lies in a file, which has it once.
sub place_of
{
	my ($path, $text) = @_;
	my $bytes = slurp_file($path);
	my $copies = () = $bytes =~ /\Q$text\E/g;

	is($copies, 1, "$text lies there once");
	return index $bytes, $text;
}

sub restart_with
{
	my ($libraries) = @_;

	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$libraries'");
	return $node->restart;
}

# Code in the server's own process
sub functions_in_c
{
	sql("SELECT site.attack_delete('site.deleted', ctid) FROM site.deleted WHERE id = 150");
	found('A function in C that deletes a row', 'deleted', 'missing', [150]);
	sql("SELECT site.attack_overwrite('site.overwritten', ctid, 'row 150.', 'row 666.') FROM site.overwritten WHERE id = 150");
	is(sql('SELECT what FROM site.overwritten WHERE id = 150'), 'overwritten row 666.', 'a row shows something else');
	found('A function in C that overwrites a row in its page', 'overwritten', 'altered', [150]);
	sql('ALTER TABLE site.doubled DROP CONSTRAINT doubled_pkey');
	sql("SELECT site.attack_double('site.doubled', ctid) FROM site.doubled WHERE id = 150");
	is(sql('SELECT count(*) FROM site.doubled WHERE id = 150'), '2', 'a row is there twice');
	found('A function in C that stores a row of long ago', 'doubled', 'added', [150]);
	sql('SELECT site.attack_hooks(); DROP TABLE site.hookless');
	found('A function in C that takes the hooks out, then DROP TABLE', 'hookless', 'missing', []);
	sql("SELECT site.attack_delete('fireiot.ledger_table', ctid) FROM fireiot.ledger_table WHERE name = 'site.unlisted'");
	found('A function in C that takes a table out of the registry', 'unlisted', 'missing', []);
	return;
}

# Files, by statements.  What memory has of the page is right until the restart.
sub files_from_sql
{
	my $path = file_of('site.program');
	my $at = place_of($path, 'program row 150.');
	sql("COPY (SELECT 'program row 666.') TO PROGRAM 'head -c 16 | dd of=$path bs=1 seek=$at conv=notrunc status=none'");
	$path = file_of('site.exported');
	$at = 1 + place_of($path, 'exported row 150.');
	sql("SELECT lo_from_bytea(666, overlay(pg_read_binary_file('$path') PLACING 'exported row 666.'::bytea FROM $at)); SELECT lo_export(666, '$path')");
	restart_with('');
	found('COPY TO PROGRAM, as an untrusted language: dd into a table\'s file', 'program', 'altered', [150]);
	found('lo_export() over a table\'s file', 'exported', 'altered', [150]);
	return;
}

# From a server that does not preload the library, or a process of one's own.
my $as_heap = "UPDATE pg_class SET relam = %s WHERE oid = 'site.%s'::regclass;\n";

sub without_library
{
	my ($status, $out, $err) = $node->psql('city', 'DROP TABLE site.dropped');
	my $route = 'DROP INDEX of a table without a toast table, then DROP TABLE in another session, on a server without the preload (before PostgreSQL 18)';

	like($err, qr/"site\.dropped" holds records and cannot be dropped/, 'DROP TABLE without the preload: its indexes go first, which loads the library with its hooks');
	sql('ALTER TABLE site.dropped DROP CONSTRAINT dropped_pkey; DROP INDEX site.dropped_tx_idx');
	($status, $out, $err) = $node->psql('city', 'DROP TABLE site.dropped');
	# NOT NULL is an object of its own there, and goes before the table, too
	like($err, qr/"site\.dropped" holds records and cannot be dropped/, "$route: refused since") if $major >= 18;
	sql('SELECT count(*) FROM site.dropped; SELECT site.attack_hooks(); DROP TABLE site.dropped') if $major >= 18;
	found($route, 'dropped', 'missing', []);
	my $ledger = sql("SELECT oid FROM pg_am WHERE amname = 'fireiot_ledger'");
	sql(sprintf($as_heap, 2, 'relam') . 'DELETE FROM site.relam WHERE id = 150; ' . sprintf($as_heap, $ledger, 'relam'));
	found('UPDATE pg_class.relam on a server without the preload, DELETE, and back', 'relam', 'missing', [150]);
	sql(sprintf($as_heap, 2, 'future') . "INSERT INTO site.future VALUES (1000, '99999999', ''), (1001, NULL, '');" . sprintf($as_heap, $ledger, 'future'));
	$node->stop;
	run_log([ 'postgres', '--single', '-D', $node->data_dir, 'city' ], '<',
		\join '', sprintf($as_heap, 2, 'single'), "DELETE FROM site.single WHERE id = 150\n", sprintf($as_heap, $ledger, 'single')) or die;
	return;
}

# Files, while the server is down
sub files_offline
{
	my %path = map { $_ => file_of("site.$_") } qw(edited zeroed cut);
	my @first = split /\n/, sql("SELECT id FROM site.zeroed WHERE ctid < '(1,0)' ORDER BY id");
	my @last = split /\n/, sql("SELECT id FROM site.cut WHERE ctid > '(1,0)' ORDER BY id");

	without_library();
	my $at = place_of($path{edited}, 'edited row 150.');
	my $bytes = slurp_file($path{edited});
	substr($bytes, $at, 15) = 'edited row 666.';
	write_file($path{edited}, $bytes);
	$bytes = slurp_file($path{zeroed});
	substr($bytes, 0, 8192) = "\0" x 8192;
	write_file($path{zeroed}, $bytes);
	truncate $path{cut}, 8192;
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'");
	$node->start;
	found('Single-user mode without the library: UPDATE pg_class.relam, DELETE, and back', 'single', 'missing', [150]);
	found('The same, INSERT with the tx of a transaction to come, or of none', 'future', 'added', [ 1000, 1001 ], '');
	more_rows($_, 'future') for 300, 400;
	is(findings('future'), "added|1000|\nadded|1001|", 'and no block takes them up');
	found('Editing a page while the server is down', 'edited', 'altered', [150]);
	found('Overwriting a page with zeros while the server is down', 'zeroed', 'missing', \@first);
	found('Cutting a table\'s file short while the server is down', 'cut', 'missing', \@last);
	return;
}

# An index that is empty, and one whose comparisons are never true: queries lack
# rows, the ledger's reading of all rows uses none.
sub indexes_that_lie
{
	sql('CREATE TABLE site.twin (id bigint PRIMARY KEY)');
	my ($full, $empty) = map { file_of($_ =~ s/_pkey//r) && $node->data_dir . '/' . sql("SELECT pg_relation_filepath('$_')") } 'site.indexed_pkey', 'site.twin_pkey';
	$node->stop;
	write_file($full, slurp_file($empty));
	$node->start;
	is(sql('SET enable_seqscan = off; SELECT count(*) FROM site.indexed WHERE id = 150'), '0', 'queries do not find the row');
	is(findings('indexed'), '', 'verify_ledger() reads it');
	sql('CREATE EXTENSION amcheck');
	refused($node, 'city', "SELECT bt_index_check('site.indexed_pkey', true)", 'XX001', qr/lacks matching index tuple.*"indexed_pkey"/, 'amcheck');
	push @outcomes, [ 'A corrupt index that hides rows from queries', 'detected by amcheck, which names the index; `verify_ledger()` reads the rows without it' ];
	sql(<<'SQL');
		CREATE FUNCTION site.less(xid8, xid8) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT -1';
		CREATE OPERATOR CLASS site.lying FOR TYPE xid8 USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
			FUNCTION 1 site.less(xid8, xid8);
		CREATE INDEX ON site.hidden (tx site.lying)
SQL
	more_rows(300, 'hidden', 'indexed');
	is(findings('indexed'), '', 'rows of a table without it are sealed');
	found('An operator class of an index on tx, which hides new rows from seal()', 'hidden', 'added', [ 301 .. 400 ], '');
	sql('DROP INDEX site.hidden_tx_idx1');
	more_rows(400, 'hidden');
	is(findings('hidden') =~ tr/\n//, 99, 'rows behind it are sealed, and the hidden ones stay found');
	return;
}

# A block that says something else than what was hashed
sub header_changed
{
	my $origin = sql('SELECT origin FROM fireiot.ledger_block WHERE n = 1');
	my $route = 'A function in C that changes the header of a block';

	sql("SELECT site.attack_overwrite('fireiot.ledger_block', ctid, '$origin', '@{[ $origin =~ s/^./0/r ]}') FROM fireiot.ledger_block WHERE n = 1");
	# and, behind it, the checkpoint that was signed over it
	is(sql("SELECT table_name, block FROM fireiot.verify_ledger() WHERE kind = 'chain'"), "fireiot.ledger_block|1\nfireiot.ledger_checkpoint|4", "$route: found");
	push @outcomes, [ $route, 'detected by the chain: `verify_ledger()` says chain, and names the block' ];
	return;
}

sub copy_of_backup
{
	my ($name, %how) = @_;
	my $copy = PostgreSQL::Test::Cluster->new($name);

	$copy->init_from_backup($node, 'base', %how);
	$copy->start;
	return $copy;
}

sub older_states
{
	$node->backup('base');
	my $stale = copy_of_backup('stale', has_streaming => 1);
	$node->wait_for_catchup($stale);
	$stale->stop;
	more_rows(300, 'edited');
	my $note = sql('SELECT fireiot.checkpoint()');

	$stale->append_conf('postgresql.conf', "primary_conninfo = ''");
	$stale->start;
	$stale->promote;
	found_outside('Promoting a stale standby', $stale, $note, 'an older state was put back');
	$stale->stop;
	my $old = copy_of_backup('old');
	found_outside('Restoring an old base backup', $old, $note, 'an older state was put back');
	return $old;
}

# All hashes are made anew, from an altered row on, by the server itself.
sub made_anew
{
	my ($old) = @_;
	my $note = $old->safe_psql('city', 'SELECT fireiot.checkpoint()');

	$old->safe_psql('city', <<'SQL');
		SELECT site.attack_overwrite('site.edited', ctid, 'row 250.', 'row 666.') FROM site.edited WHERE id = 250;
		SELECT site.attack_delete('fireiot.ledger_node', ctid) FROM fireiot.ledger_node WHERE (index + 1) << level > 3;
		SELECT site.attack_delete('fireiot.ledger_block_part', ctid) FROM fireiot.ledger_block_part WHERE block >= 3;
		SELECT site.attack_delete('fireiot.ledger_block', ctid) FROM fireiot.ledger_block WHERE n >= 3;
		SELECT site.attack_delete('fireiot.ledger_checkpoint', ctid) FROM fireiot.ledger_checkpoint WHERE size > 3;
SQL
	is($old->safe_psql('city', 'SELECT fireiot.seal(); SELECT what FROM site.edited WHERE id = 250'), "3\nedited row 666.", 'a block in the place of another');
	found_outside('A function in C that alters a row and removes all blocks behind it, and seal()', $old, $note, 'another');
	return;
}

# What the server wrote since its last checkpoint, or committed since a
# transaction, is gone.
sub reset_wal
{
	my ($old) = @_;
	my $rows = "INSERT INTO site.edited SELECT i, NULL, '' FROM generate_series(1001, 1100) AS i; SELECT fireiot.seal(); SELECT fireiot.checkpoint()";

	foreach my $way ([ 'pg_resetwal of a server that was killed', 'immediate' ], [ 'pg_resetwal -x: transactions that are not known any more', 'fast' ])
	{
		my ($route, $mode) = @$way;
		my $tx = $old->safe_psql('city', 'CHECKPOINT; SELECT pg_current_xact_id()');
		my $note = $old->safe_psql('city', $rows) =~ s/^\d+\n//r;
		$old->stop($mode);
		system_or_bail('pg_resetwal', '-f', $mode eq 'fast' ? ('-x', $tx) : (), $old->data_dir);
		$old->start;
		found_outside($route, $old, $note, 'an older state was put back');
	}
	return;
}

make_victims();
is(sql('SELECT count(*) FROM fireiot.verify_ledger()'), '0', 'nothing is found where nothing was done');
my $old = older_states();
functions_in_c();
files_from_sql();
files_offline();
indexes_that_lie();
header_changed();
$node->stop;
made_anew($old);
reset_wal($old);
$old->stop;
is_written('038_detection', @outcomes);
done_testing();
