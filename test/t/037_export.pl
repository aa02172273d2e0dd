# Exported records: openssl and the tools of POSIX verify every one of them, and
# see what was done to the file.
use strict;
use warnings;

use Fireiot;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('export');
my $dir = $node->basedir;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'\nfireiot.listen = off");
$node->restart;

# Keys: of the server's user only, outside of every data directory.
my $keys = PostgreSQL::Test::Utils::tempdir;
for my $kind ([ 'ed25519', '-algorithm', 'ed25519' ], [ 'other', '-algorithm', 'ed25519' ], [ 'sm2', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:SM2' ])
{
	my ($name, @of) = @$kind;
	system_or_bail('openssl', 'genpkey', @of, '-out', "$keys/$name.pem");
	chmod 0600, "$keys/$name.pem";
	system_or_bail('openssl', 'pkey', '-in', "$keys/$name.pem", '-pubout', '-out', "$keys/$name.pub");
}

# What openssl says of a file: whether all is well, and the output.
sub verified
{
	my ($file, @more) = @_;
	my $out = '';
	my $ok = IPC::Run::run([ 'sh', $ENV{FIREIOT_VERIFY_PROOF}, $file, @more ], '>', \$out, '2>&1');
	return ($ok, $out);
}

sub written
{
	my ($name, $text) = @_;
	my $file = "$dir/$name";

	open my $out, '>:raw', $file or die $!;
	print {$out} $text;
	close $out;
	return $file;
}

sub passes
{
	my ($name, $count, $text, @more) = @_;
	my ($ok, $out) = verified(written('case.jsonl', $text), @more);

	ok($ok, "$name: verified") or diag($out);
	like($out, qr/^$count passed, 0 failed$/m, "$name: all of it");
	return $out;
}

# Failing is what is expected, for the reason that the output gives.
sub fails
{
	my ($name, $text, $reason, @more) = @_;
	my ($ok, $out) = verified(written('spoiled.jsonl', $text), @more);

	ok(!$ok, "$name: seen");
	like($out, $reason, "$name: and why");
	return;
}

my $every = <<'SQL';
	CREATE TABLE public.every (id bigint NOT NULL, tx xid8, yes boolean, small int2, medium int4, large int8, approximate float8,
		at timestamptz, day date, what text, bytes bytea, uuid uuid, exact numeric, json jsonb, address inet, device fireiot.device_addr,
		part fireiot.part_addr, state fireiot.alarm_state);
	SELECT fireiot.make_ledger('public.every');
	INSERT INTO public.every VALUES
		(1, NULL, true, -2, -2147483648, 9223372036854775807, 1.1, '1999-12-31 23:59:59.999999+00', '1999-02-28',
			E'tab\t"q" \\ \x01 \x7f 中文', '\x00ff', '00112233-4455-6677-8899-aabbccddeeff', 12.50, '{"a": [1, "}, \"proof\": {"], "root": "00"}',
			'10.0.0.0/8', '0605040302a1', '1.7/40.7', 'component{fire}'),
		(2, NULL, false, 2, 1, -9223372036854775808, '-Infinity', 'infinity', '-infinity', '', '', NULL, 'NaN', 'null', '10.1.2.3', NULL, NULL, NULL),
		(-3, NULL, false, 32767, 0, -1, -2.2250738585072014e-308, '2024-02-29 12:00:00.5+00', '2024-02-29', NULL, NULL, NULL, -0.001, '"s"', '2001:db8::/32', NULL, NULL, NULL),
		(4, NULL, NULL, 0, 10, 4294967296, 'NaN', '1969-07-20 20:17:40+00', '0001-01-01', E'ok - record 9\nok - record 10', NULL, NULL, 1e30, '[]', NULL, NULL, NULL, NULL),
		(5, NULL, NULL, 0, -10, -4294967296, 5e-324, '2100-03-01 00:00+00', '9999-12-31', '}, "proof": {', NULL, NULL, 0.10, '{}', NULL, NULL, NULL, NULL);
SQL

for my $kind ([ 'sha256', 'ed25519' ], [ 'sm3', 'sm2' ])
{
	my ($digest, $key) = @$kind;
	my $public = "$keys/$key.pub";

	$node->append_conf('postgresql.conf', "fireiot.ledger_algorithm = '$digest'\nfireiot.checkpoint_key_file = ''\nfireiot.checkpoint_directory = '$keys'");
	$node->restart;
	create_database($node, $digest, <<"SQL");
		CREATE EXTENSION fireiot CASCADE;
		$every
		SELECT fireiot.make_partitions('1 day', '2026-01-15 12:00+08');
		INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes)
		SELECT '2026-01-15 12:00+08'::timestamptz + n * interval '1 hour', CASE WHEN n % 2 = 0 THEN '00000000002a' ELSE '00000000002b' END::fireiot.device_addr, n, 0, 2, false, '\\x4040'
		FROM generate_series(1, 8) AS n;
		INSERT INTO fireiot.command_step (received_at, device, command_id, attempt, step)
		VALUES ('2026-01-15 13:00+08', '00000000002a', 1, 1, 'sent');
SQL
	my $case = "SELECT fireiot.export_records('00000000002a', '2026-01-15 13:00+08', '2026-01-15 18:00+08')";
	refused($node, $digest, $case, 'P0002', qr/has id.*HINT:.*seal/s, "$digest: a row that is not sealed");
	$node->safe_psql($digest, 'SELECT fireiot.seal()');
	my $unsigned = $node->safe_psql($digest, $case) . "\n";
	passes("$digest: without a key", 4, $unsigned);
	fails("$digest: without a key", $unsigned, qr/not ok - signature of the export/, '-', $public);

	$node->append_conf('postgresql.conf', "fireiot.checkpoint_key_file = '$keys/$key.pem'");
	$node->restart;
	my $text = $node->safe_psql($digest, $case) . "\n";
	my $out = passes("$digest: a device", 6, $text, '-', $public);
	like($out, qr/^# all of device 00000000002a received from 2026-01-15 05:00:00\+00 until before 2026-01-15 10:00:00\+00, /m, 'says what it is');
	my @rows = $out =~ /^# (fireiot\.\w+): .* (?:seq|command_id)=(\w+)/mg;
	is_deeply(\@rows, [ 'fireiot.command_step_20260101', '0x0000000000000001', map { ('fireiot.frame_20260115', $_) } '0x00000002', '0x00000004' ],
		'every record of the device and the time, of all tables');
	my ($outside) = glob "$keys/checkpoint-*1.txt";
	passes("$digest: with the checkpoint that was kept", 6, $text, $outside, $public);

	# every type, values at the edges
	my $typed = $node->safe_psql($digest, "SELECT fireiot.export_records('public.every', '{1,2,-3,4,5,5}')") . "\n";
	$out = passes("$digest: every type", 8, $typed, '-', $public);
	like($out, qr/^# not compared: part state$/m, 'what cannot be compared is said');
	unlike($out, qr/^ok - record 9/m, 'no row looks like a result');
	my %spoil = (
		yes => [ 'true', 'false' ], small => [ '-2', '-3' ], medium => [ '-2147483648', '-2147483647' ], large => [ '9223372036854775807', '9223372036854775806' ],
		approximate => [ '1.1', '1.1000000000000003' ], at => [ '"1999-12-31T23:59:59.999999+00:00"', '"1999-12-31T23:59:59.999998+00:00"' ],
		day => [ '"1999-02-28"', '"1999-03-01"' ], bytes => [ '"\\\\x00ff"', '"\\\\x00fe"' ], exact => [ '12.50', '12.5' ],
		uuid => [ '"00112233-4455-6677-8899-aabbccddeeff"', '"00112233-4455-6677-8899-aabbccddeefe"' ], device => [ '"0605040302a1"', '"0605040302a2"' ],
		what => [ '"tab\\t', '"tab ' ]);
	my @missed;
	for my $column (sort keys %spoil)
	{
		my ($before, $after) = @{ $spoil{$column} };
		my @lines = split /^/, $typed;
		my ($line) = grep { $lines[$_] =~ /"id": 1,/ } 1 .. $#lines;
		$lines[$line] =~ s/"$column": \Q$before\E/"$column": $after/ or die $column;
		my ($ok, $said) = verified(written('spoiled.jsonl', join '', @lines[ 1 .. $#lines ]));
		push @missed, $column if $ok || $said !~ /^# $column is not what was hashed$/m;
	}
	is_deeply(\@missed, [], "$digest: a row that says something else than what was hashed");

	spoiled($digest, $text, $public, $key);
	fails("$digest: another key", $text, qr/not ok - signature of the export.*not ok - signature of the checkpoint/s, '-', "$keys/other.pub");
}

# What is done to a file that verifies.
sub spoiled
{
	my ($digest, $text, $public, $key) = @_;
	my @lines = split /^/, $text;
	my @with = ('-', $public);
	my ($one, $other) = map { /^\{"row": (\{.*\}), "proof"/ } @lines[ 2, 3 ];

	for my $what ('row', 'part', 'block', 'root')
	{
		my @changed = @lines;
		$changed[2] =~ s/("$what": "[0-9a-f]{60})([0-9a-f])/$1 . ($2 eq '7' ? '8' : '7')/e;
		fails("$digest: a digit of the $what", join('', @changed), qr/a record was changed.*not ok - record 2/s, @with);
	}
	(my $exchanged = $text) =~ s/\Q$one\E/<one>/;
	$exchanged =~ s/\Q$other\E/$one/;
	$exchanged =~ s/<one>/$other/;
	fails("$digest: rows exchanged", $exchanged, qr/a record was changed.*# id is not what was hashed.*not ok - record 2.*not ok - record 3/s, @with);
	fails("$digest: records in another order", join('', @lines[ 0, 1, 3, 2 ]), qr/a record was changed or has another place/, @with);
	fails("$digest: a record taken away", join('', @lines[ 0, 1, 2 ]), qr/another number of records/, @with);
	fails("$digest: a record twice", join('', @lines, $lines[3]), qr/another number of records/, @with);
	fails("$digest: only the records", join('', @lines[ 1 .. 3 ]), qr/not ok - signature of the checkpoint/, @with);

	# who takes one away and counts anew lacks the key
	my $fewer = join '', @lines[ 1, 2 ];
	my $hash = hash_of($digest, $fewer);
	(my $head = $lines[0]) =~ s/export\\n3\\n[^\\]+/export\\n2\\n$hash/ or die;
	fails("$digest: a record taken away, and the rest counted", $head . $fewer, qr/^ok - records of the export\nnot ok - signature of the export/m, @with);

	# who has it lies about a row, but not about what was hashed
	(my $lie = join '', @lines[ 1 .. 3 ]) =~ s/"seq": 2/"seq": 3/ or die;
	$hash = hash_of($digest, $lie);
	($head = $lines[0]) =~ s/export\\n3\\n[^\\]+/export\\n3\\n$hash/ or die;
	fails("$digest: a row that the signer forged", signed($head, $key) . $lie,
		qr/^ok - records of the export\nok - signature of the export\nok - signature of the checkpoint\n.*# seq is not what was hashed\n/ms, @with);

	# a checkpoint is no export, and the other way round
	($head = $lines[0]) =~ s/"note": "((?:[^"\\]|\\.)*)", "checkpoint": "((?:[^"\\]|\\.)*)"/"note": "$2", "checkpoint": "$1"/ or die;
	fails("$digest: notes exchanged", join('', $head, @lines[ 1 .. 3 ]), qr/its first line is none of an export/, @with);
	my ($note) = $lines[0] =~ /"note": "((?:[^"\\]|\\.)*)"/;
	$note =~ s/\\n/\n/g;
	like($node->safe_psql($digest, "SELECT * FROM fireiot.verify_against('$note')"), qr/^f\|the checkpoint is that of another chain/, "$digest: no checkpoint");
	return;
}

sub hash_of
{
	my ($digest, $text) = @_;
	my $file = written('hashed', $text);

	chomp(my $hash = `openssl dgst -$digest -binary '$file' | openssl base64 -A`);
	return $hash;
}

# A first line with a note that is signed again.
sub signed
{
	my ($line, $key) = @_;
	my ($note) = $line =~ /"note": "((?:[^"\\]|\\.)*)"/;
	my ($text) = $note =~ /^(.*?\\n)\\n/;
	(my $plain = $text) =~ s/\\n/\n/g;
	my $file = written('to_sign', $plain);
	my $how = $key eq 'sm2' ? '-digest sm3 -pkeyopt distid:1234567812345678' : '';

	chomp(my $signature = `(printf 'keyd'; openssl pkeyutl -sign -inkey '$keys/$key.pem' -rawin $how -in '$file') | openssl base64 -A`);
	$line =~ s/(\\n\\n\S+ \S+ )[A-Za-z0-9+\/=]+/$1$signature/ or die;
	return $line;
}

refused($node, 'sha256', "SELECT fireiot.export_records('public.every', '{1,99}')", 'P0002', qr/no sealed row of public\.every has id 99/, 'no such row');
refused($node, 'sha256', "SELECT fireiot.export_records('public.every', '{}')", 'P0002', qr/there is no record to export/, 'no row');
refused($node, 'sha256', "SELECT fireiot.export_records('00000000002a', '2020-01-01', '2020-01-02')", 'P0002', qr/there is no record to export: all of device 00000000002a/, 'none in the time');
refused($node, 'sha256', "SELECT fireiot.export_records('fireiot.device', '{1}')", '42809', qr/is no ledger table/, 'no ledger table');
$node->stop;
done_testing();
