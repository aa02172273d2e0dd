# What a DBA sees of the listener: views over shared memory, and hints of
# fireiot.status() that mend what they are about when they are obeyed.
use strict;
use warnings;

use Devices;
use Fireiot;
use IO::Socket::INET;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('status');
my $port = free_port();
my $dir = PostgreSQL::Test::Utils::tempdir();

# An item of status() in database city, as a hash.
sub item
{
	my ($item) = @_;
	my $json = $node->safe_psql('city', "SELECT row_to_json(s) FROM fireiot.status() AS s WHERE item = '$item'");
	return $json eq '' ? {} : decode_json($json);
}

# Run the statements of a hint, and restart if it says so.
sub obey
{
	my ($hint) = @_;

	$node->safe_psql('city', $_) for $hint =~ /\b((?:ALTER|SELECT|CREATE) [^;]*;)/g;
	$node->restart if $hint =~ /restart the server/i;
	return;
}

sub becomes
{
	my ($query, $expected, $name) = @_;
	ok($node->poll_query_until('city', $query, $expected), $name)
	  or diag($node->safe_psql('city', 'SELECT * FROM fireiot.status() WHERE ok IS NOT TRUE'));
	return;
}

sub is_well
{
	my ($item) = @_;
	becomes("SELECT coalesce(ok, false) FROM fireiot.status() WHERE item = '$item'", 't', "$item: all is well");
	return;
}

# Something is wrong with an item; obeying its hint is enough.
sub mended
{
	my ($item, $value, $name) = @_;
	my $found = item($item);

	ok(!$found->{ok}, "$item: $name: is seen");
	like($found->{value}, $value, "$item: $name: value");
	obey($found->{hint});
	is_well($item);
	return;
}

sub configure
{
	my ($name, $value) = @_;
	$node->safe_psql('city', "ALTER SYSTEM SET $name = $value; SELECT pg_reload_conf()");
	return;
}

sub new_device
{
	my ($address) = @_;
	return Device->new($address, $port);
}

# The library is not there, then it is, beside another one that was there.
sub preload
{
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'\nmax_prepared_transactions = 5");
	$node->start;
	create_database($node, 'city');
	is(item('preload')->{value}, 'pg_stat_statements', 'preload: the setting in force');
	is(item('launcher')->{value}, undef, 'no launcher is spoken of');
	my $hint = item('preload')->{hint};
	like($hint, qr/ = 'pg_stat_statements', 'fireiot'; then restart.* = 'pg_stat_statements,fireiot'$/, 'preload: hint');
	$node->safe_psql('city', $1) if $hint =~ /(ALTER.*;)/;
	like(item('preload')->{hint}, qr/^Restart the server: line \d+ of .*postgresql\.auto\.conf is not in force yet\.$/,
		'preload: what is still to be done');
	obey(item('preload')->{hint});
	is_well('preload');
	is($node->safe_psql('city', 'SHOW shared_preload_libraries'), 'pg_stat_statements, fireiot', 'preload: both are');

	my @start = ('pg_ctl', '--wait', '--silent', '--pgdata', $node->data_dir, '--log', $node->logfile);
	$node->command_ok([ @start, '--options', "--cluster-name=status -c shared_preload_libraries=auto_explain", 'restart' ], 'preload: by the command line');
	is(item('preload')->{hint}, "Add fireiot to shared_preload_libraries on the server's command line, which wins over all files: 'auto_explain,fireiot'.",
		'preload: hint for the command line');
	# a restart would keep the options
	$node->stop;
	$node->start;
	is_well('preload');
	return;
}

# From an empty server to one that listens, by hints alone.
sub from_hint_to_hint
{
	$node->append_conf('postgresql.conf', <<~CONF);
		fireiot.port = $port
		fireiot.listen_addresses = '127.0.0.1'
		fireiot.database = 'nowhere'
		fireiot.admission = open
		fireiot.sync_clock_above = 0
		fireiot.flush_interval = 3600
		fireiot.time_zone = '@{[ sprintf 'Etc/GMT%+d', -$Devices::zone ]}'
		CONF
	$node->reload;
	becomes("SELECT message ~ 'nowhere' FROM fireiot.listener WHERE number = 0", 't', 'the launcher waits for a database');
	like(item('database')->{hint}, qr/^CREATE DATABASE nowhere; /, 'database: one that does not exist can be made');
	configure('fireiot.database', "'postgres'");
	becomes("SELECT value FROM fireiot.status() WHERE item = 'database'", 'postgres', 'database: another one');
	unlike(item('database')->{hint}, qr/CREATE DATABASE/, 'database: one that exists need not be made');
	mended('database', qr/^postgres$/, 'of another name');
	becomes("SELECT value FROM fireiot.status() WHERE item = 'launcher'",
		'waiting for role "fireiot_listener" (fireiot.role): SELECT fireiot.setup_role() in database "city" creates it',
		'launcher: it waits for a role');
	mended('role', qr/^fireiot_listener, which does not exist$/, 'missing');
	is_well($_) for 'launcher', 'listener 1', 'partitions';
	like(item('listener 1')->{value}, qr/^listening, port $port, 0 connections$/, 'listener: value');
	mended('fsync', qr/^off$/, 'off');
	configure('full_page_writes', 'off');
	becomes("SELECT value FROM fireiot.status() WHERE item = 'full_page_writes'", 'off', 'full_page_writes: off');
	mended('full_page_writes', qr/^off$/, 'off');
	mended('search_path', qr/public$/, 'without fireiot');
	return;
}

# Hints that are obeyed outside of the database, or with some of it left out.
sub role_and_settings
{
	$node->safe_psql('city', 'REVOKE INSERT ON fireiot.observation FROM fireiot_listener; ALTER ROLE fireiot_listener NOLOGIN');
	mended('role', qr/^fireiot_listener, which may not log in, without INSERT ON fireiot\.observation$/, 'less than it needs');
	$node->safe_psql('city', 'ALTER ROLE fireiot_listener SUPERUSER');
	mended('role', qr/^fireiot_listener, a superuser$/, 'more than it needs');
	configure('fireiot.role', $node->safe_psql('city', 'SELECT quote_literal(rolname) FROM pg_roles WHERE oid = 10'));
	becomes("SELECT ok FROM fireiot.status() WHERE item = 'role'", 'f', 'role: that which cannot be made less');
	mended('role', qr/, a superuser$/, 'that which cannot be made less');
	is_well('listener 1');

	configure('fireiot.listen', 'off');
	becomes("SELECT state FROM fireiot.listener WHERE number = 1", 'absent', 'listen = off ends the listener');
	is(item('listener 1')->{value}, 'absent', 'listener: value');
	mended('launcher', qr/^waiting, fireiot\.listen is off$/, 'off');
	is_well('listener 1');
	# those that hold nothing yet
	$node->safe_psql('city', "DO \$\$ DECLARE t regclass; BEGIN FOREACH t IN ARRAY ARRAY(
			SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'fireiot.frame'::regclass
				AND inhrelid::regclass::text > (SELECT max(tableoid::regclass::text) FROM fireiot.frame))
		LOOP EXECUTE format('DROP TABLE %s', t); END LOOP; END \$\$");
	mended('partitions', qr/^[01] days ahead, none for \d{4}-\d\d-\d\d$/, 'none');
	return;
}

sub certificates
{
	my ($certificate, $key) = ("$dir/certificate", "$dir/key");

	configure('fireiot.tls', 'allow');
	becomes("SELECT value FROM fireiot.status() WHERE item = 'tls'", 'allow: fireiot.tls_cert_file is not set', 'tls: no certificate');
	configure('fireiot.tls_cert_file', "'$certificate'");
	becomes("SELECT value FROM fireiot.status() WHERE item = 'tls'", 'allow: fireiot.tls_key_file is not set', 'tls: no key');
	configure('fireiot.tls_key_file', "'$key'");
	becomes("SELECT value ~ 'certificate.*: No such file' FROM fireiot.status() WHERE item = 'tls'", 't', 'tls: no file');
	append_to_file($_, 'x') for $certificate, $key;
	is_well('tls');
	chmod 0, $key;
	is(item('tls')->{ok}, $> == 0 ? JSON::PP::true : JSON::PP::false, 'tls: a file that must not be read');
	configure('fireiot.tls', 'off');
	is_well('tls');
	return;
}

sub views
{
	my $d = new_device('0000000000a1');
	my $frame = $d->frame(time => time_tag(time - 5));
	my $bytes = 4 * length $frame;

	is($d->say($d->frame(time => time_tag(time - 5))), 'confirmed', 'a frame is confirmed');
	is($d->say($frame), 'confirmed', 'another one');
	is($d->say($frame), 'confirmed', 'the same again');
	is($d->say($d->frame(checksum => 1)), 'denied', 'one with a bad checksum is denied');
	is($node->safe_psql('city', "SELECT listener, peer, port, transport, device, since <= last_frame_at, last_frame_at <= now(), frames, bytes FROM fireiot.connection"),
		join('|', 1, '127.0.0.1', $d->{socket}->sockport, 'tcp', '0000000000a1', 't', 't', 4, $bytes), 'connection');
	is($node->safe_psql('city', "SELECT listener, bytes, frames, stored, observations, part_changes, duplicates, confirmed, denied, quarantined,
			garbage_bytes, half_frames, accepted, turned_away, timed_out, tls_failures, commands, batch_failures, batches, rows_a_batch FROM fireiot.ingest_stat"),
		join('|', 1, $bytes, 4, 2, 2, 1, 1, 3, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 4, '1.3'), 'ingest_stat: counters');
	is($node->safe_psql('city', 'SELECT 0 < commit_p50_ms, commit_p50_ms <= commit_p99_ms, commit_p99_ms <= commit_max_ms, commit_max_ms <= commit_total_ms,
			0 < confirm_p50_ms, confirm_p50_ms <= confirm_p99_ms, confirm_p99_ms <= confirm_max_ms, confirm_max_ms <= confirm_total_ms, commit_p50_ms <= confirm_max_ms
			FROM fireiot.ingest_stat'),
		't|t|t|t|t|t|t|t|t', 'ingest_stat: durations');
	is($node->safe_psql('city', 'SELECT sum(frames), max(upto_ms) >= (SELECT confirm_max_ms FROM fireiot.ingest_stat) FROM fireiot.confirm_latency'),
		'4|t', 'confirm_latency');
	is($node->safe_psql('city', "SELECT sum(count) = (SELECT batches FROM fireiot.ingest_stat) FROM fireiot.latency_histogram() WHERE kind = 'commit'"),
		't', 'latency_histogram: commits');
	is($node->safe_psql('city', 'SELECT reason, frames FROM fireiot.ingest_refusal WHERE frames > 0'), 'bad_checksum|1', 'ingest_refusal');
	is($node->safe_psql('city', "SELECT key FROM fireiot.ingest_counters() WHERE kind = 'count'
			AND key NOT IN (SELECT attname FROM pg_attribute WHERE attrelid = 'fireiot.ingest_stat'::regclass)"), '', 'ingest_stat has every counter');
	is($node->safe_psql('city', "SELECT l.number, l.state, l.port, l.connections, l.database, a.backend_type, a.state_change <= now(), l.pid = a.pid,
			l.started_at <= l.state_since FROM fireiot.listener AS l JOIN pg_stat_activity AS a USING (pid) ORDER BY 1"),
		"0|listening||||fireiot launcher||t|t\n1|listening|$port|1|city|fireiot listener|t|t|t", 'listener');
	becomes("SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('fireiot launcher', 'fireiot listener') AND wait_event IN ('Extension', 'FireiotSockets', 'FireiotLauncher')", '2',
		'wait events');
	like(item('quarantine')->{value}, qr/^1 in the last hour: 1 bad_checksum$/, 'quarantine');
	live_devices($d);
	return;
}

# Ahead of the table, and also when the connection is gone.
sub live_devices
{
	my ($d) = @_;
	my $seen = "first_seen <= last_seen, last_seen > now() - interval '5 minutes'";

	$node->safe_psql('city', 'TRUNCATE fireiot.device_now');
	is($node->safe_psql('city', "SELECT device, online, skew_ms = (SELECT skew_ms FROM fireiot.frame AS f WHERE f.device = l.device ORDER BY f.id DESC LIMIT 1),
			frames, transport, peer, $seen FROM fireiot.device_live AS l"),
		'0000000000a1|t|t|3|tcp|127.0.0.1|t|t', 'device_live: from memory');
	is($node->safe_psql('city', 'SELECT device, connected, frames FROM fireiot.device_live()'), '0000000000a1|t|3', 'device_live(): connected');
	$node->safe_psql('city', "INSERT INTO fireiot.device_now (device, first_seen, last_seen, online, skew_ms, frames, transport, peer) VALUES
		('0000000000a1', '2020-01-01', '2020-01-02', false, 7, 1000, 'udp', '192.0.2.1'), ('0000000000a2', '2020-01-01', '2020-01-02', true, 8, 10, 'tls', '192.0.2.2')");
	is($node->safe_psql('city', "SELECT device, online, first_seen = '2020-01-01', last_seen > '2021-01-01', skew_ms < 0, frames, transport, peer FROM fireiot.device_live ORDER BY device::text"),
		"0000000000a1|t|t|t|t|1000|tcp|127.0.0.1\n0000000000a2|f|t|f|f|10|tls|192.0.2.2", 'device_live: memory over table');
	create_database($node, 'elsewhere');
	is($node->safe_psql('elsewhere', 'SELECT count(*) FROM fireiot.device_live()'), '0', 'device_live(): of this database only');

	configure('fireiot.flush_interval', 1);
	$d->close;
	becomes('SELECT connected FROM fireiot.device_live()', 'f', 'device_live(): the connection is gone');
	is($node->safe_psql('city', 'SELECT count(*) FROM fireiot.connection'), '0', 'connection: as well');
	is($node->safe_psql('city', "SELECT online FROM fireiot.device_live WHERE device::text = '0000000000a1'"), 't', 'device_live: heard not long ago');
	configure('fireiot.offline_after', 1);
	becomes("SELECT online FROM fireiot.device_live WHERE device::text = '0000000000a1'", 'f', 'device_live: heard long ago');
	configure('fireiot.offline_after', 180);
	return;
}

# The keeper that may not seal; who has written and not ended.
sub sealing
{
	is_well('keeper');
	is_well('sealing');
	becomes("SELECT value ~ '^block \\d+ of 20.*, 0 rows wait\$' FROM fireiot.status() WHERE item = 'sealing'", 't', 'sealing: value');
	$node->safe_psql('city', 'REVOKE EXECUTE ON FUNCTION fireiot.seal() FROM fireiot_listener');
	becomes("SELECT value ~ '^backing_off, permission denied for function seal' FROM fireiot.status() WHERE item = 'keeper' AND NOT ok", 't', 'keeper: may not seal');
	becomes("SELECT value ~ '[1-9]\\d* rows wait\$' FROM fireiot.status() WHERE item = 'sealing' AND NOT ok", 't', 'sealing: rows wait');
	obey(item('role')->{hint});
	is_well('keeper');
	becomes("SELECT value ~ ' 0 rows wait\$' FROM fireiot.status() WHERE item = 'sealing' AND ok", 't', 'sealing: all are sealed');

	is(item('open transactions')->{value}, '0 that have written', 'open transactions: none');
	$node->safe_psql('city', "BEGIN; INSERT INTO fireiot.organization (name) VALUES ('x'); PREPARE TRANSACTION 'left'");
	like(item('open transactions')->{value}, qr/^1 that have written, the oldest since 20.*: prepared transaction 'left'$/, 'open transactions: prepared');
	is($node->safe_psql('city', 'SELECT hint FROM fireiot.open_writer()'), "COMMIT PREPARED 'left'; or ROLLBACK PREPARED 'left';", 'open transactions: hint');
	$node->safe_psql('city', "COMMIT PREPARED 'left'");

	# a role that is changed from elsewhere, and one that is changed here
	$node->safe_psql('postgres', 'CREATE ROLE stranger SUPERUSER');
	becomes("SELECT count(*) FROM fireiot.change_log WHERE object = 'role stranger' AND action = 'found' AND (new -> 'rolsuper')::boolean", '1', 'a role of elsewhere is found');
	$node->safe_psql('city', "ALTER ROLE stranger NOSUPERUSER PASSWORD 'x'");
	$node->safe_psql('postgres', 'CREATE ROLE later; DROP ROLE stranger');
	becomes("SELECT count(*) FROM fireiot.change_log WHERE object = 'role later' AND action = 'found'", '1', 'the next one is found');
	is($node->safe_psql('city', "SELECT string_agg(action, ', ' ORDER BY id) FROM fireiot.change_log WHERE object = 'role stranger'"), 'found, alter role, found',
		'each change is logged once');

	# a copy by template, as docs/operations.md has it
	configure('fireiot.database', "'postgres'");
	becomes("SELECT count(*) FROM pg_stat_activity WHERE datname = 'city' AND backend_type LIKE 'fireiot%'", '0', 'keeper and listeners leave the database');
	$node->safe_psql('postgres', 'CREATE DATABASE copied TEMPLATE city');
	is($node->safe_psql('copied', 'SELECT count(*) > 0 FROM fireiot.frame'), 't', 'copied');
	configure('fireiot.database', "'city'");
	is_well('keeper');
	return;
}

# Of a listener that ended nothing is connected; what it counted stays.
sub listener_that_ends
{
	my $d = new_device('0000000000a1');
	is($d->say($d->frame), 'confirmed', 'the device is there again');
	my $before = $node->safe_psql('city', 'SELECT confirmed FROM fireiot.ingest_stat');
	my $pid = $node->safe_psql('city', 'SELECT pid FROM fireiot.listener WHERE number = 1');

	is($node->safe_psql('city', 'SELECT connected FROM fireiot.device_live()'), 't', 'connected');
	$node->safe_psql('city', 'SELECT pg_terminate_backend(pid) FROM fireiot.listener WHERE number = 1');
	becomes("SELECT count(*) FROM fireiot.listener WHERE number = 1 AND pid <> $pid AND state = 'listening'", '1', 'another listener');
	is($node->safe_psql('city', 'SELECT connected, frames FROM fireiot.device_live()'), 'f|4', 'device_live(): connected with one that is gone');
	is($node->safe_psql('city', 'SELECT count(*) FROM fireiot.connection'), '0', 'connection: of one that is gone');
	is($node->safe_psql('city', 'SELECT confirmed FROM fireiot.ingest_stat'), $before, 'ingest_stat: counts go on');
	$d->connect;
	is($d->say($d->frame), 'confirmed', 'the device comes back');
	is($node->safe_psql('city', 'SELECT connected, frames FROM fireiot.device_live()'), 't|5', 'device_live(): connected again');
	return;
}

# What a batch meets is shown while it lasts; devices get their answers after.
sub trouble
{
	my $d = new_device('0000000000b1');
	my $frame = $d->frame;
	my $before = $node->safe_psql('city', 'SELECT batch_failures FROM fireiot.ingest_stat');

	$node->safe_psql('city', 'REVOKE SELECT ON fireiot.frame FROM fireiot_listener');
	$d->send($frame);
	becomes("SELECT state || ', ' || message FROM fireiot.listener WHERE number = 1",
		'backing_off, permission denied for table frame', 'a privilege lacks: seen');
	like(item('listener 1')->{value}, qr/^backing_off, permission denied for table frame, port $port, \d+ connections$/, 'listener: value');
	is($node->safe_psql('city', "SELECT batch_failures > $before FROM fireiot.ingest_stat"), 't', 'ingest_stat: it is counted');
	mended('role', qr/^fireiot_listener, without SELECT ON fireiot\.frame$/, 'a privilege lacks');
	is_well('listener 1');
	is(($d->answers(1))[0]->{command}, 3, 'the frame is confirmed in the end');
	is_deeply([ stored($node, $frame) ], [1], 'and stored once');
	return;
}

sub port_that_is_taken
{
	my $free = $port;

	$port = free_port();
	my $other = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1) or die;
	configure('fireiot.port', $port);
	becomes("SELECT value ~ '^waiting, could not open TCP port $port on \"127\\.0\\.0\\.1\": ' FROM fireiot.status() WHERE item = 'listener 1'", 't', 'a port that is taken: value');
	like(item('listener 1')->{hint}, qr/^End the program that has the port/, 'a port that is taken: hint');
	$other->close;
	is_well('listener 1');
	my $d = new_device('0000000000a1');
	is($d->say($d->frame), 'confirmed', 'a port that is free again');
	$port = $free;
	configure('fireiot.port', $port);
	becomes('SELECT port FROM fireiot.listener WHERE number = 1', $port, 'the port it had before');
	return;
}

sub too_few_workers
{
	my $before = $node->safe_psql('city', 'SHOW max_worker_processes');

	$node->safe_psql('city', $_) for 'ALTER SYSTEM SET max_worker_processes = 3', 'ALTER SYSTEM SET fireiot.listeners = 3';
	$node->restart;
	mended('max_worker_processes', qr/^3, fireiot takes 5 of them$/, 'too few');
	is_well("listener $_") for 1 .. 3;
	is($node->safe_psql('city', 'SELECT string_agg(item, \',\') FROM fireiot.status() WHERE item ~ \'^l.*er\''), 'launcher,listener 1,listener 2,listener 3', 'in order');
	is($node->safe_psql('city', 'SELECT count(*), sum(frames) FROM fireiot.ingest_stat'), '3|0', 'a row for each');

	# other workers have them
	$node->safe_psql('city', 'ALTER SYSTEM SET max_worker_processes = 1');
	$node->restart;
	is(item('launcher')->{value}, 'absent', 'not even the launcher has a place');
	mended('max_worker_processes', qr/^1, fireiot takes 5 of them$/, 'not even for the launcher');
	is_well("listener $_") for 1 .. 3;
	$node->safe_psql('city', $_) for "ALTER SYSTEM SET max_worker_processes = $before", 'ALTER SYSTEM RESET fireiot.listeners';
	$node->restart;
	return;
}

sub other_versions
{
	without_guard($node, 'city', "UPDATE pg_extension SET extversion = '0.0' WHERE extname = 'fireiot'");
	is(item('library')->{hint}, 'ALTER EXTENSION fireiot UPDATE;', 'library: the extension is older');
	becomes("SELECT state || ': ' || message FROM fireiot.listener WHERE number = 1",
		'waiting: extension fireiot is version 0.0 and the library 0.1: ALTER EXTENSION fireiot UPDATE', 'listener: it waits for the update');
	without_guard($node, 'city', "UPDATE pg_extension SET extversion = '0.1' WHERE extname = 'fireiot'");
	is_well('library');
	is_well('listener 1');
	return;
}

sub standby
{
	my $primary = $node;
	$primary->backup('copy');
	$node = PostgreSQL::Test::Cluster->new('standby');
	$node->init_from_backup($primary, 'copy', has_streaming => 1);
	$node->start;

	is(item('recovery')->{value}, 'standby: listeners start at promotion', 'standby: what will be');
	is($node->safe_psql('city', "SELECT count(*) FROM fireiot.status() WHERE item ~ '^l.*er'"), '0', 'standby: no listener is missed');
	is($node->safe_psql('city', 'SELECT number, pid, state, state_since, port FROM fireiot.listener ORDER BY 1'), "0||absent||\n1||absent||", 'standby: nothing runs');
	is($node->safe_psql('city', "SELECT count(*) FROM fireiot.$_"), '0', "standby: $_")
	  for 'connection', 'confirm_latency', 'device_live()', 'latency_histogram()';
	is($node->safe_psql('city', 'SELECT stored, rows_a_batch, commit_p50_ms FROM fireiot.ingest_stat'), '0||', 'standby: ingest_stat');
	is($node->safe_psql('city', "SELECT online FROM fireiot.device_live WHERE device::text = '0000000000a2'"), 'f', 'standby: device_live');
	is($node->safe_psql('city', 'SELECT count(*) FROM fireiot.check()'), '0', 'standby: check');
	$primary->stop;
	$node->promote;
	is_well('listener 1');
	is(item('recovery')->{value}, 'primary', 'promoted');
	my $d = new_device('0000000000a1');
	is($d->say($d->frame), 'confirmed', 'promoted: a frame is confirmed');
	$node->stop;
	return;
}

$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], allows_streaming => 1);
preload();
from_hint_to_hint();
views();
listener_that_ends();
trouble();
sealing();
role_and_settings();
certificates();
port_that_is_taken();
too_few_workers();
other_versions();
standby();
done_testing();
