# TLS of the listener: who gets in with what, and new files without a restart.
use strict;
use warnings;

use Devices ();
use Fireiot;
use File::Copy qw(copy);
use IO::Select;
use IO::Socket::INET;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $node;
my $port = Devices::free_port();
my $dir = PostgreSQL::Test::Utils::tempdir();
my $seq = 0;

my ($confirmed, $denied) = (3, 6);
my %bound = (one => 0x0a0b0c, san => 0x0a0b0d, uri => 0x0a0b0e);
my $unbound = 0x0a0b0f;

# ---- certificates ----

sub run_quietly
{
	my (@command) = @_;
	my $ok = IPC::Run::run(\@command, '<', \undef, '>&', \my $out);

	die "@command: $out" unless $ok;
	return $out;
}

sub write_file
{
	my ($file, $text) = @_;
	open my $to, '>', "$dir/$file" or die "$file: $!";
	print $to $text;
	close $to or die "$file: $!";
	return;
}

# A key and the request for a certificate; subject: a common name.
sub request
{
	my ($name, $subject) = @_;
	run_quietly(qw(openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout),
		"$dir/$name.key", '-out', "$dir/$name.csr", '-subj', "/CN=$subject");
	chmod 0600, "$dir/$name.key";
	return;
}

# Sign the request: by itself when no authority is given.
sub sign
{
	my ($name, $by, $extensions, $from, $to) = @_;
	write_file("$name.cnf", <<~CONFIG);
		[ca]
		default_ca = this
		[this]
		database = $dir/index.txt
		serial = $dir/serial
		new_certs_dir = $dir
		default_md = sha256
		unique_subject = no
		policy = any
		x509_extensions = extensions
		[any]
		commonName = supplied
		[extensions]
		$extensions
		CONFIG
	run_quietly(qw(openssl ca -batch -notext -config), "$dir/$name.cnf",
		$by ? ('-cert', "$dir/$by.crt") : '-selfsign',
		'-keyfile', "$dir/" . ($by // $name) . '.key',
		'-in', "$dir/$name.csr", '-out', "$dir/$name.crt",
		'-startdate', $from // '20200101000000Z', '-enddate', $to // '20991231000000Z');
	return;
}

sub make_certificates
{
	my $authority = 'basicConstraints = critical, CA:TRUE';

	write_file('index.txt', '');
	write_file('serial', "01\n");
	request($_, $_) for qw(ca other_ca lower_ca);
	sign('ca', undef, $authority);
	sign('other_ca', undef, $authority);
	sign('lower_ca', 'ca', $authority);

	# name, common name, authority, alternative names, end
	for (
		[ 'server', 'first', 'ca', 'DNS:localhost' ],
		[ 'renewed', 'second', 'ca', 'DNS:localhost' ],
		[ 'outdated', 'third', 'ca', 'DNS:localhost', '20200102000000Z' ],
		[ 'one', 'Device-1', 'ca', 'DNS:one.example' ],
		[ 'san', 'of no device', 'ca', 'DNS:other.example, DNS:device-2.example' ],
		[ 'uri', 'of no device', 'ca', 'URI:urn:device:3' ],
		[ 'longer', 'device-10', 'ca', 'DNS:device-2.example.org' ],
		[ 'expired', 'device-1', 'ca', 'DNS:one.example', '20200102000000Z' ],
		[ 'foreign', 'device-1', 'other_ca', 'DNS:one.example' ],
		[ 'below', 'device-1', 'lower_ca', 'DNS:one.example' ])
	{
		my ($name, $subject, $by, $alternative, $end) = @$_;
		request($name, $subject);
		sign($name, $by, "subjectAltName = $alternative", undef, $end);
	}
	run_quietly(qw(openssl pkcs8 -topk8 -passout pass:secret -in), "$dir/server.key", '-out', "$dir/locked.key");
	chmod 0600, "$dir/locked.key";
	return;
}

# Put a certificate, and its key, where the listener looks for them.
sub use_certificate
{
	my ($name) = @_;
	for my $kind (qw(crt key))
	{
		copy("$dir/$name.$kind", "$dir/used.$kind") or die "$name.$kind: $!";
	}
	chmod 0600, "$dir/used.key";
	return;
}

# ---- frames ----

# A frame of a device with its version, and what answers it.
sub frame
{
	my ($device) = @_;
	my $body = pack 'v C2 C6 V v x6 v C a*', ++$seq & 0xffff, 1, 1,
	  30, 30, 14, 19, 9, 26, $device, 0, 4, 2, "\x19\x01\x01\x00";

	return '@@' . $body . chr(unpack('%8C*', $body)) . '##';
}

# The commands of the answers in a stream of them.
sub commands
{
	my ($bytes) = @_;
	return map { unpack 'x26 C', $_ } $bytes =~ /(.{30})/gs;
}

# ---- clients ----

# Runs openssl as a client until the answers to what it sends are there, or it
# ends.  Its words are in $client->{err}; finish() ends it.
sub tls_client
{
	my (%with) = @_;
	my $client = { out => '', err => '' };
	my $name = $with{certificate};
	my @command = (
		qw(openssl s_client -quiet -nocommands -connect), "127.0.0.1:$port",
		$name ? ('-cert', "$dir/$name.crt", '-key', "$dir/$name.key") : (),
		@{ $with{options} // [] });

	pipe my $input, $client->{in};
	$client->{harness} = IPC::Run::start(\@command, '<', $input,
		'>', \$client->{out}, '2>', \$client->{err},
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return $client;
}

# The commands of the answers; none when the connection ended.
sub say_frames
{
	my ($client, @frame) = @_;

	$client->{out} = '';
	# a client that was refused may have ended
	local $SIG{PIPE} = 'IGNORE';
	syswrite $client->{in}, join '', @frame;
	$client->{harness}->pump
	  while $client->{harness}->pumpable && length $client->{out} < 30 * @frame;
	return commands($client->{out});
}

sub finish
{
	my ($client) = @_;
	$client->{harness}->kill_kill;
	return;
}

# What a frame by TLS is answered, and what openssl said.
sub by_tls
{
	my ($device, %with) = @_;
	my $client = tls_client(%with);
	my ($answer) = say_frames($client, frame($device));

	finish($client);
	return ($answer, $client->{err});
}

# What a frame by a plain connection is answered; undef when that was ended.
sub by_plain
{
	my ($device) = @_;
	my $socket = plain_socket();
	my $out = '';

	syswrite $socket, frame($device);
	1 while length $out < 30 && received($socket, \$out);
	return (commands($out))[0];
}

sub plain_socket
{
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) // die "connect: $!";
}

# More bytes; false when the connection was ended.
sub received
{
	my ($socket, $out) = @_;
	my $timeout = $PostgreSQL::Test::Utils::timeout_default;

	IO::Select->new($socket)->can_read($timeout) or die "no answer in $timeout s\n";
	return sysread $socket, $$out, 4096, length $$out;
}

# The common name of the certificate that the listener shows; '' for none.
sub shown_certificate
{
	my $client = tls_client(options => ['-showcerts']);
	my ($answer) = say_frames($client, frame($unbound));

	finish($client);
	return $client->{err} =~ /depth=0 CN ?= ?(\S+)/ ? $1 : '';
}

# ---- settings ----

sub set
{
	my (%value) = @_;
	$node->safe_psql('postgres',
		join ';', map { "ALTER SYSTEM SET fireiot.$_ = '$value{$_}'" } sort keys %value);
	$node->reload;
	return;
}

# A reload is seen by its effect only: ask again until it is there.
sub eventually
{
	my ($condition, $name) = @_;
	my $end = time + $PostgreSQL::Test::Utils::timeout_default;
	my $true = 0;

	$true = $condition->() until $true || time > $end;
	ok($true, $name);
	return;
}

# Words in the log from now on, of what is done.
sub logs
{
	my ($do, $words, $name) = @_;
	my $offset = -s $node->logfile;

	$do->();
	ok($node->wait_for_log($words, $offset), $name);
	return;
}

# ---- tests ----

sub start
{
	make_certificates();
	use_certificate('server');
	$node = new_server('tls');
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fireiot'");
	$node->restart;
	create_database($node, 'site', q{
		CREATE EXTENSION fireiot CASCADE;
		SELECT fireiot.setup_role();
		INSERT INTO fireiot.device (device, certificate_name) VALUES
			('0000000a0b0c', 'device-1'), ('0000000a0b0d', 'device-2.example'),
			('0000000a0b0e', 'urn:device:3'), ('0000000a0b0f', NULL)});
	$node->append_conf('postgresql.conf', <<~CONF);
		log_min_messages = debug1
		fireiot.database = 'site'
		fireiot.listen_addresses = '127.0.0.1'
		fireiot.port = $port
		fireiot.flush_interval = 1
		fireiot.sync_clock_above = 0
		fireiot.tls_cert_file = '$dir/used.crt'
		fireiot.tls_key_file = '$dir/used.key'
		CONF
	$node->restart;
	ok( $node->poll_query_until(
			'postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fireiot listener'"),
		'a listener runs');
	eventually(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) },
		'and has its port');
	return;
}

sub listener_pid
{
	return $node->safe_psql('postgres',
		"SELECT pid FROM pg_stat_activity WHERE backend_type = 'fireiot listener'");
}

sub what_may_be_spoken
{
	is(by_plain($unbound), $confirmed, 'off: plain');
	my ($answer, $said) = by_tls($unbound);
	is($answer, undef, 'off: TLS to the plain port ends');

	set(tls => 'allow');
	eventually(sub { ((by_tls($unbound))[0] // 0) == $confirmed }, 'allow: TLS');
	is(by_plain($unbound), $confirmed, 'allow: plain');

	set(tls => 'require');
	eventually(sub { !defined by_plain($unbound) }, 'require: plain is ended without an answer');
	($answer, $said) = by_tls($unbound, options => [
		'-CAfile', "$dir/ca.crt", qw(-verify_return_error -verify_hostname localhost) ]);
	is($answer, $confirmed, 'require: TLS, to a client that checks the certificate');
	ok( $node->poll_query_until(
			'site', "SELECT transport = 'tls' FROM fireiot.device_now WHERE device::text = '0000000a0b0f'"),
		'and it is known that it was TLS');
	return;
}

# Longer than any buffer, in both directions.
sub much_at_once
{
	my $client = tls_client();
	my @frame = map { frame($unbound) } 1 .. 5000;
	my %answers;

	$answers{$_}++ for say_frames($client, @frame);
	is_deeply(\%answers, { $confirmed => 5000 }, '5000 frames at once are confirmed');
	finish($client);
	return;
}

sub what_is_no_handshake
{
	my $socket = plain_socket();
	my $out = '';
	syswrite $socket, "\x16\x03\x01\x00\x05" . 'x' x 400;
	1 while received($socket, \$out);
	is(join(',', commands($out)), '', 'what only begins like TLS is ended');

	set(handshake_timeout => 1);
	$socket = plain_socket();
	syswrite $socket, "\x16";
	ok(!received($socket, \$out), 'half a handshake is ended');
	set(handshake_timeout => 10);
	return;
}

sub certificates_of_devices
{
	my ($answer, $said) = by_tls($bound{one}, certificate => 'one');
	is($answer, $denied, 'without an authority no certificate is asked for: a bound device is denied');

	set(tls_ca_file => "$dir/ca.crt", tls_require_certificate => 'on');
	eventually(sub { !defined((by_tls($unbound))[0]) }, 'required: none is shown');
	($answer, $said) = by_tls($unbound);
	like($said, qr/alert certificate required|alert handshake failure/, 'and the client is told');

	for (
		[ 'expired', qr/alert certificate expired/ ],
		[ 'foreign', qr/alert unknown ca/ ],
		[ 'outdated', qr/alert certificate expired/ ])
	{
		my ($name, $alert) = @$_;
		($answer, $said) = by_tls($bound{one}, certificate => $name);
		is($answer, undef, "required: $name is ended");
		like($said, $alert, "required: $name, and the client is told");
	}
	is((by_tls($unbound, certificate => 'longer'))[0], $confirmed,
		'required: any certificate of the authority for a device that is not bound');
	return;
}

sub devices_bound_to_names
{
	for my $name (sort keys %bound)
	{
		is((by_tls($bound{$name}, certificate => $name))[0], $confirmed, "bound: $name, its own");
		is((by_tls($bound{$name}, certificate => 'longer'))[0], $denied, "bound: $name, a longer name");
		is((by_tls($bound{$name}, certificate => 'renewed'))[0], $denied, "bound: $name, another's");
	}

	set(tls => 'allow', tls_require_certificate => 'off');
	eventually(sub { ((by_tls($unbound))[0] // 0) == $confirmed }, 'not required: none is shown');
	is((by_tls($bound{one}))[0], $denied, 'bound: none is shown');
	is(by_plain($bound{one}), $denied, 'bound: plain');
	is((by_tls($bound{one}, certificate => 'foreign'))[0], undef,
		'not required: a bad one is still bad');
	is( $node->safe_psql(
			'site', "SELECT DISTINCT reason FROM fireiot.quarantine WHERE device::text IN ('0000000a0b0c', '0000000a0b0d', '0000000a0b0e')"),
		'certificate', 'what was denied is in quarantine, with the reason');

	# on one connection, one after the other
	my $client = tls_client(certificate => 'one');
	is_deeply([ say_frames($client, map { frame($_) } $bound{one}, $bound{san}, $unbound, $bound{one}) ],
		[ $confirmed, $denied, $confirmed, $confirmed ], 'bound: each device of a relay for itself');
	finish($client);
	return;
}

# An authority that is no root is trusted for itself, not for the one above.
sub lower_authority
{
	set(tls_ca_file => "$dir/lower_ca.crt");
	eventually(sub { !defined((by_tls($bound{one}, certificate => 'one'))[0]) },
		'lower authority: certificates of the one above are ended');
	is((by_tls($bound{one}, certificate => 'below'))[0], $confirmed, 'lower authority: its own');
	set(tls_ca_file => '');
	eventually(sub { ((by_tls($unbound, certificate => 'one'))[0] // 0) == $confirmed },
		'no authority: nobody is asked');
	return;
}

sub versions
{
	is((by_tls($unbound, options => ['-tls1_2']))[0], $confirmed, 'from 1.2: TLS 1.2');
	is((by_tls($unbound, options => ['-tls1_3']))[0], $confirmed, 'from 1.2: TLS 1.3');
	set(tls_min_version => 'TLSv1.3');
	eventually(sub { !defined((by_tls($unbound, options => ['-tls1_2']))[0]) }, 'from 1.3: TLS 1.2 is ended');
	like((by_tls($unbound, options => ['-tls1_2']))[1], qr/alert protocol version/, 'and the client is told');
	is((by_tls($unbound, options => ['-tls1_3']))[0], $confirmed, 'from 1.3: TLS 1.3');
	set(tls_min_version => 'TLSv1.2');
	return;
}

sub new_certificate
{
	my $pid = listener_pid();
	my $client = tls_client();

	is((say_frames($client, frame($unbound)))[0], $confirmed, 'reload: a connection from before');
	is(shown_certificate(), 'first', 'reload: the certificate before');
	use_certificate('renewed');
	$node->reload;
	eventually(sub { shown_certificate() eq 'second' }, 'reload: the new certificate');
	is((say_frames($client, frame($unbound)))[0], $confirmed, 'reload: the connection is still there');

	# what is wrong, what the log says
	my %wrong = (
		'a certificate file that is none' => [
			sub { write_file('used.crt', "nothing\n") }, qr/LOG: .*tls_cert_file "[^"]*used.crt"/ ],
		'a certificate file that is missing' => [
			sub { unlink "$dir/used.crt" }, qr/LOG: .*tls_cert_file "[^"]*used.crt": No such file/ ],
		'a key of another certificate' => [
			sub { copy("$dir/server.key", "$dir/used.key") }, qr/LOG: .*tls_key_file "[^"]*used.key": key values mismatch/ ],
		'a key that others can read' => [
			sub { chmod 0644, "$dir/used.key" }, qr/LOG: .*tls_key_file "[^"]*used.key" .*0600/ ],
		'a key with a passphrase' => [
			sub { copy("$dir/locked.key", "$dir/used.key") }, qr/LOG: .*tls_key_file "[^"]*used.key" .*passphrase/ ],
		'an authority file that is missing' => [
			sub { set(tls_ca_file => "$dir/no.crt") }, qr/LOG: .*tls_ca_file "[^"]*no.crt": No such file/ ],
		'certificates required of nobody' => [
			sub { set(tls_require_certificate => 'on') }, qr/LOG: .*tls_require_certificate needs fireiot.tls_ca_file/ ]);
	for my $name (sort keys %wrong)
	{
		my ($spoil, $words) = @{ $wrong{$name} };
		logs(sub { $spoil->(); $node->reload }, $words, "broken: $name is logged");
		is(shown_certificate(), 'second', "broken: $name, and the one before stays");
		use_certificate('renewed');
		set(tls_ca_file => '', tls_require_certificate => 'off');
	}
	is((say_frames($client, frame($unbound)))[0], $confirmed, 'broken: the connection is still there');
	is(listener_pid(), $pid, 'broken: so is the process');
	finish($client);

	logs(sub { use_certificate('outdated'); $node->reload },
		qr/(WARNING|LOG): .*used.crt" has expired/, 'an expired certificate of ours is logged');
	is(shown_certificate(), 'third', 'and shown all the same');
	return;
}

# There is no certificate that could stay when the server starts with a bad one.
sub bad_at_start
{
	set(tls => 'require');
	write_file('used.crt', "nothing\n");
	logs(sub { $node->restart }, qr/LOG: .*tls_cert_file "[^"]*used.crt"/, 'bad at start: logged');
	eventually(sub { my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
				or return 1;
			syswrite $socket, frame($unbound);
			my $out = '';
			return !received($socket, \$out) },
		'bad at start: plain is ended');
	use_certificate('server');
	$node->reload;
	eventually(sub { shown_certificate() eq 'first' }, 'bad at start: mended by a reload');
	return;
}

start();
what_may_be_spoken();
much_at_once();
what_is_no_handshake();
certificates_of_devices();
devices_bound_to_names();
lower_authority();
versions();
new_certificate();
bad_at_start();
$node->stop;
done_testing();
