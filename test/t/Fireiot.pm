# What the TAP tests of fireiot have in common.
package Fireiot;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(
  new_server
  create_database
  refused
  without_guard
  dump_and_restore
  same
  %indexes
);

# Every kind of index on the three types, by name: how it is defined on a table
# with columns device, part and state, and a condition that it serves.
our %indexes = (
	device_btree => [ 'USING btree (device)', "device = '00000000002a'" ],
	device_hash => [ 'USING hash (device)', "device = '00000000002b'" ],
	device_brin => [ 'USING brin (device) WITH (pages_per_range = 2)', "device < '000000000010'" ],
	part_btree => [ 'USING btree (part DESC)', "part BETWEEN '1.1' AND '1.2'" ],
	part_hash => [ 'USING hash (part)', "part = '1.7/40.7'" ],
	part_brin => [ 'USING brin (part)', "part > '1.250/40.0'" ],
	part_multi => [
		'USING brin (part fireiot.part_addr_minmax_multi_ops)',
		"part IN ('1.3/40.3', '1.4/40.4')" ],
	state_btree => [ 'USING btree (state)', "state = 'component{fire}'" ],
	state_hash => [ 'USING hash (state)', "state = 'component{fire,fault}'" ],
	state_brin => [ 'USING brin (state)', "state < 'component{fire}'" ],
	state_gin => [ 'USING gin (state)', "state @> 'component{fire}'" ]);

# A running server of UTF8 databases, whatever the caller's locale is.
sub new_server
{
	my ($name, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], %init);
	$node->start;
	return $node;
}

# A database, with the extension unless told otherwise.
sub create_database
{
	my ($node, $name, $script) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
	$node->safe_psql($name, $script // 'CREATE EXTENSION fireiot CASCADE');
	return;
}

# The script fails with this SQLSTATE, and its messages match.  Returns them.
sub refused
{
	my ($node, $database, $script, $sqlstate, $messages, $name) = @_;
	my ($status, $out, $err) =
	  $node->psql($database, "\\set VERBOSITY verbose\n$script");

	my ($state) = $err =~ /^psql:<stdin>:\d+: ERROR:  (\w{5}):/m;
	is($state, $sqlstate, "$name: SQLSTATE");
	like($err, $messages, "$name: message");
	return $err;
}

# Stop the server, run a statement as its only process and without fireiot's
# library, and start it again: what no session of a guarded server may do.
sub without_guard
{
	my ($node, $database, $statement) = @_;

	$node->stop;
	run_log([ 'postgres', '--single', '-D', $node->data_dir, '-c', 'shared_preload_libraries=', $database ],
		'<', \"$statement;\n") or die "without_guard: $statement";
	$node->start;
	return;
}

# A new database from a dump of another; every error is fatal.
sub dump_and_restore
{
	my ($node, $from, $to, $dump, $restore) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $to TEMPLATE template0");
	$node->command_ok([ 'pg_dump', '-d', $node->connstr($from), @$dump ], "$to: pg_dump @$dump[0]");
	$node->command_ok([ @$restore, '-d', $node->connstr($to) ], "$to: restored by $restore->[0]");
	return;
}

# Two servers or databases answer a query in the same way, and do answer.
sub same
{
	my ($one, $other, $query, $name) = @_;
	my $answer = $one->[0]->safe_psql($one->[1], $query);

	isnt($answer, '', "$name: an answer");
	is($other->[0]->safe_psql($other->[1], $query), $answer, $name);
	return;
}

1;
