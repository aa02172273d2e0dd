# What a device says, and what becomes of it: confirmed or denied, stored once,
# in the tables as it was sent.
use strict;
use warnings;

use Devices;
use Fireiot;
use PostgreSQL::Test::Utils;
use Test::More;

my ($node, $port) = new_centre('listener', "fireiot.admission = registered\nfireiot.listeners = 1");
my $last = 0;

# An address that no other test has.
sub fresh
{
	return sprintf 'aaaa%08x', ++$last;
}

sub register
{
	my ($device, $columns, @values) = @_;
	$node->safe_psql('city', "INSERT INTO fireiot.device (device$columns) VALUES (" . join(', ', "'$device'", @values) . ')');
	return $device;
}

sub device
{
	my ($columns, @values) = @_;
	return Device->new(register(fresh(), $columns // '', @values), $port);
}

sub row
{
	my ($query) = @_;
	return $node->safe_psql('city', $query);
}

sub hex_of
{
	return '\x' . unpack 'H*', $_[0];
}

# ---- confirmed and denied ----

sub confirmed
{
	my $d = device();
	my $frame = $d->frame(dst => '00000000cccc', unit => state_unit(7, 2));

	$d->send($frame);
	my ($answer) = $d->answers(1);
	is_deeply([ @$answer{qw(command seq src dst)} ], [ 3, 1, '00000000cccc', $d->{address} ],
		'confirmed with the sequence number repeated and the addresses exchanged');
	is(length $answer->{bytes}, 30, 'without application data');
	is(row("SELECT command, src FROM fireiot.decode_frame('" . hex_of($answer->{bytes}) . "')"),
		'3|00000000cccc', 'the answer is a good frame');
	is( row("SELECT device, seq, verdict, command, type, outgoing, peer, peer_port, profile IS NULL, bytes = '" . hex_of($frame) . "',
				abs(skew_ms) < 60000, received_at - sent_at < '1 minute', tx IS NOT NULL
			FROM fireiot.frame WHERE device = '$d->{address}'"),
		"$d->{address}|1|0|2|2|f|127.0.0.1|" . $d->{socket}->sockport . '|t|t|t|t|t',
		'the row of the frame');
	is( row("SELECT o.part, o.kind, o.state, o.received_at = f.received_at
			FROM fireiot.observation AS o JOIN fireiot.frame AS f ON f.id = o.frame_id WHERE o.device = '$d->{address}'"),
		'1.1/40.7|2|component{fire}|t', 'the row of its observation');
	return;
}

# What is refused is denied and in quarantine with its reason, and nowhere else.
sub denied
{
	my ($d, $reason, %f) = @_;
	my $frame = $d->frame(%f);

	is($d->say($frame), 'denied', "$reason: denied");
	is(row("SELECT reason, sqlstate IS NULL, peer, device FROM fireiot.quarantine WHERE bytes = '" . hex_of($frame) . "'"),
		"$reason|t|127.0.0.1|$d->{address}", "$reason: in quarantine");
	is_deeply([ stored($node, $frame) ], [0], "$reason: not stored");
	return;
}

sub refusals
{
	my $good = device();
	my $stranger = Device->new(fresh(), $port);
	my $far = device(', networks', "'{10.0.0.0/8,2001:db8::/32}'");
	my $near = device(', networks', "'{10.0.0.0/8,127.0.0.0/8}'");
	my $disabled = device(', enabled', 'false');

	denied($good, 'bad_checksum', checksum => 1);
	denied($good, 'unknown_command', command => $_) for 0, 7, 100;
	denied($stranger, 'not_registered');
	denied($disabled, 'disabled');
	denied($far, 'network');
	denied(device(', admission', "'rejected'"), 'not_admitted');
	is($near->say($near->frame), 'confirmed', 'a network of the device');
	is($good->say($good->frame), 'confirmed', 'a denied frame ends no connection');

	row("UPDATE fireiot.device SET enabled = true WHERE device = '$disabled->{address}'");
	is($disabled->say($disabled->frame), 'confirmed', 'enabled: at once');
	row("UPDATE fireiot.device SET enabled = false WHERE device = '$disabled->{address}'");
	denied($disabled, 'disabled');
	row("UPDATE fireiot.device SET networks = NULL WHERE device = '$far->{address}'");
	is($far->say($far->frame), 'confirmed', 'from any network: at once');
	row("DELETE FROM fireiot.device WHERE device = '$far->{address}'");
	denied($far, 'not_registered');

	$_->close for $stranger, $near;
	ok( $node->poll_query_until('city', "SELECT NOT online FROM fireiot.device_now WHERE device = '$near->{address}'"),
		'who was stored and left is offline');
	is(row("SELECT count(*) FROM fireiot.device_now WHERE device = '$stranger->{address}'"), '0', 'who was only denied is not in device_now');
	return;
}

# A centre's own words, and what is not answered.
sub other_commands
{
	my $d = device();

	foreach my $command (3, 5, 6)
	{
		my $frame = $d->frame(command => $command, unit => '');
		my $next = $d->frame;
		$d->send($frame . $next);
		my ($answer) = $d->answers(1);
		is($answer->{seq}, unpack('x2 v', $next), "command $command is not answered");
		is_deeply([ stored($node, $frame) ], [1], "command $command is stored");
	}
	my $frame = $d->frame(command => 4, unit => "\x3d\x01\x01\x01");
	is($d->say($frame), 'denied', 'a request is denied: a centre has nothing to tell');
	is($d->say($d->frame(command => 1, unit => '')), 'confirmed', 'control is confirmed');
	return;
}

# ---- pending ----

sub pending
{
	set_and_reload($node, 'fireiot.admission' => 'pending', 'fireiot.max_pending_devices' => 2);
	my ($one, $two, $three) = map { Device->new(fresh(), $port) } 1 .. 3;
	my $frame = $one->frame;

	is($one->say($frame), 'confirmed', 'pending: stored and confirmed');
	is(row("SELECT verdict FROM fireiot.frame WHERE bytes = '" . hex_of($frame) . "'"), '1', 'pending: the verdict says so');
	ok($node->poll_query_until('city', "SELECT frames = 1 FROM fireiot.pending_device WHERE device = '$one->{address}'"), 'pending: listed');
	is($two->say($two->frame), 'confirmed', 'a second one');
	denied($three, 'too_many_pending');

	row("SELECT fireiot.admit_device('$one->{address}'), fireiot.reject_device('$two->{address}')");
	is($one->say($one->frame), 'confirmed', 'admitted');
	is(row("SELECT verdict FROM fireiot.frame WHERE device = '$one->{address}' ORDER BY seq DESC LIMIT 1"), '0', 'admitted: not pending any more');
	denied($two, 'not_admitted');
	is($three->say($three->frame), 'confirmed', 'there is room for the third');
	set_and_reload($node, 'fireiot.admission' => 'registered');
	denied($three, 'not_admitted');
	return;
}

# ---- once, whatever way it comes ----

# Each says the frame; it is confirmed every time, and stored once.
sub repeats
{
	my ($frame, $name, @devices) = @_;

	is($_->say($frame), 'confirmed', "$name: confirmed") for @devices;
	is_deeply([ stored($node, $frame) ], [1], "$name: stored once");
	return;
}

sub repeated
{
	my $d = device();
	my $frame = $d->frame;

	repeats($frame, 'repeated', $d, $d);
	my $again = Device->new($d->{address}, $port);
	repeats($frame, 'repeated over another connection', $again, $d);
	$d->close;
	$d->connect;
	repeats($frame, 'repeated after a reconnect', $d);

	$d->send($frame x 20);
	is(scalar $d->answers(20), 20, 'twenty times at once: confirmed each time');
	is_deeply([ stored($node, $frame) ], [1], 'twenty times at once: stored once');

	# another sequence number, time, command or unit is another frame
	my @others = map { $d->frame(seq => 1, unit => '', time => time_tag(1e9), %$_) } {}, { seq => 2 }, { time => time_tag(1e9 + 1) }, { command => 1 }, { unit => state_unit(1, 0) };
	is($d->say($_), 'confirmed', 'one that differs') for @others;
	is_deeply([ stored($node, @others) ], [ (1) x 5 ], 'each is stored');

	is(row("SELECT stored, duplicates FROM fireiot.ingest('" . hex_of($frame) . "')"), '0|1', 'fireiot.ingest() knows it, too');
	repeats($frame, 'repeated after fireiot.ingest()', $d);
	my $new = $d->frame;
	is(row("SELECT stored, duplicates FROM fireiot.ingest('" . hex_of($new) . "')"), '1|0', 'fireiot.ingest() stores a new one');
	repeats($new, 'and the listener knows that', $d);

	$d->close;
	$node->restart;
	wait_for_port($port);
	$d->connect;
	repeats($_, 'repeated after a restart', $d) for $frame, $new, @others;
	return;
}

# Sent one by one, while its confirmations get lost on the way; the device
# knows nothing of them when it connects again.
sub unheard
{
	my $d = device();
	my @frames = map { $d->frame } 1 .. 200;

	$d->say($_) for @frames;
	$d->connect;
	$d->send(join '', @frames);
	is(scalar(grep { $_->{command} == 3 } $d->answers(200)), 200, 'confirmed, but unheard: confirmed again');
	is_deeply([ stored($node, @frames) ], [ (1) x 200 ], 'confirmed, but unheard: stored once');

	# on one connection fewer can be without an answer
	$d = device();
	@frames = map { $d->frame } 1 .. 8;
	$d->say($_) for @frames;
	is(scalar(grep { $d->say($_) eq 'confirmed' } @frames), 8, 'the same on one connection: confirmed again');
	is_deeply([ stored($node, @frames) ], [ (1) x 8 ], 'the same on one connection: stored once');
	return;
}

# Two processes share the port; every connection says the same.  Returns what
# the listeners had before.
sub two_listeners
{
	$node->append_conf('postgresql.conf', 'fireiot.listeners = 2');
	$node->restart;
	wait_until(sub { workers($node) == 2 && $node->log_contains(qr/listener 2: listening/) }, 'two listen');
	wait_for_port($port);
	my $address = register(fresh(), '');
	my %before = map { $_ => at_rest($_) } workers($node);
	my @devices = map { Device->new($address, $port) } 1 .. 24;

	wait_until(sub {
			my $here = 0;
			$here += resources($_)->{sockets} - $before{$_}{sockets} for keys %before;
			return $here == @devices;
		}, 'all are accepted');
	is(scalar(grep { resources($_)->{sockets} > $before{$_}{sockets} } keys %before), 2, 'both listeners have some of them');

	foreach my $round (1 .. 5)
	{
		my $frame = $devices[0]->frame;
		$_->send($frame) for @devices;
		is(scalar(grep { ($_->answers(1))[0]{command} == 3 } @devices), 24, "round $round: each is confirmed");
		is_deeply([ stored($node, $frame) ], [1], "round $round: stored once");
	}
	my $d = $devices[0];
	my @frames = map { $d->frame } 1 .. 200;
	$_->send(join '', @frames) for @devices;
	is(scalar(map { $_->answers(200) } @devices), 24 * 200, 'two hundred at once: all confirmed');
	is_deeply([ stored($node, @frames) ], [ (1) x 200 ], 'two hundred at once: each stored once');
	$_->close for @devices;
	return \%before;
}

# ---- how bytes arrive ----

# A frame cut at every place, on a connection each: the two halves do not
# arrive together, since something else was answered between them.
sub cut_anywhere
{
	my $d = device();
	my @frames = map { $d->frame(unit => state_unit(1, 0, text => '##@@')) } 1 .. length $d->frame;
	my @devices = map { Device->new($d->{address}, $port) } @frames;

	$devices[$_]->send(substr $frames[$_], 0, $_) for 0 .. $#frames;
	is($d->say($d->frame), 'confirmed', 'all begins are there');
	$devices[$_]->send(substr $frames[$_], $_) for 0 .. $#frames;
	is(scalar(grep { ($_->answers(1))[0]{command} == 3 } @devices), scalar @frames, 'cut at every place: confirmed');
	is_deeply([ stored($node, @frames) ], [ (1) x @frames ], 'cut at every place: stored');
	return;
}

sub many_at_once
{
	my $d = device();
	my @frames = map { $d->frame } 1 .. 500;
	my $garbage = "\@\@\x00##" . 'no frame' x 50;

	$d->send(join('', @frames[ 0 .. 248 ]) . $garbage . join('', @frames[ 249 .. 498 ]) . substr $frames[499], 0, 31);
	my @answers = $d->answers(499);
	is_deeply([ map { $_->{seq} } @answers ], [ 1 .. 499 ], 'many in one piece, with garbage between: answered in their order');
	$d->send(substr $frames[499], 31);
	is(($d->answers(1))[0]{seq}, 500, 'the last one, half of which was there');
	is_deeply([ stored($node, @frames) ], [ (1) x 500 ], 'each is stored');
	is( row("SELECT count(*) FROM (SELECT id < lag(id) OVER (ORDER BY seq) AS wrong FROM fireiot.frame WHERE device = '$d->{address}') AS f WHERE wrong"),
		'0', 'in their order');

	my $end = $d->frame(time => pack('C6', 35, 35, 35 - 12, 1, 1, 26), unit => state_unit(1, 0, time => '######'));
	is($d->say($end), 'confirmed', 'end marks in the time tag');
	is_deeply([ stored($node, $end) ], [1], 'end marks in the time tag: stored whole');
	return;
}

sub by_udp
{
	set_udp($node, $port, 'on');
	my $tcp = device();
	my $udp = Device->new($tcp->{address}, $port, udp => 1, seq => 100);
	my $frame = $udp->frame;

	repeats($frame, 'by UDP', $udp, $udp, $tcp);
	is(row("SELECT peer, peer_port FROM fireiot.frame WHERE device = '$tcp->{address}'"),
		'127.0.0.1|' . $udp->{socket}->sockport, 'by UDP: where it came from');
	denied($udp, 'bad_checksum', checksum => 3);
	my @noise = ('', 'x' x 1000, $udp->frame . 'x', 'x' . $udp->frame, $udp->frame . $udp->frame, substr $udp->frame, 1);
	my $good = $udp->frame;
	$udp->send($_) for @noise;
	repeats($good, 'behind datagrams that are no frame', $udp);
	is(row("SELECT count(*) FROM fireiot.frame WHERE device = '$tcp->{address}'"), '2', 'which are not stored');
	set_udp($node, $port, $_) for ('off', 'on') x 10, 'off';
	pass('opened again and again, each listener has all of its sockets');
	return;
}

# ---- what follows from it ----

sub part_now
{
	my $d = device();
	my $now = "SELECT xmin, state, frame_id, since, received_at FROM fireiot.part_now WHERE device = '$d->{address}' AND part = '1.1/40.1'";
	my $state = sub {
		my ($bits) = @_;
		my $frame = $d->frame(unit => state_unit(1, $bits));
		is($d->say($frame), 'confirmed', "state $bits");
		return row("SELECT state = (SELECT state FROM fireiot.observation AS o WHERE o.frame_id = f.id), n.frame_id = f.id, n.since = f.received_at
			FROM fireiot.part_now AS n, fireiot.frame AS f WHERE n.device = '$d->{address}' AND f.bytes = '" . hex_of($frame) . "'");
	};

	is($state->(0), 't|t|t', 'a first state is in part_now');
	my $before = row($now);
	is($state->(0), 't|f|f', 'the same state again');
	is(row($now), $before, 'does not touch its row');
	is($state->(2), 't|t|t', 'another state does');
	$node->safe_psql('city', "SELECT fireiot.ingest('" . hex_of($d->frame(unit => state_unit(1, 4))) . "')");
	is($state->(2), 't|t|t', 'a state that was another meanwhile, by fireiot.ingest()');
	return;
}

# What a site adds to part_now counts, too, for rows that are changed in place.
sub part_now_of_a_site
{
	my $d = device();
	my $bits = 0;
	my $next = sub {
		my ($name) = @_;
		$bits ^= 2;
		is($d->say($d->frame(unit => state_unit(1, $bits))), 'confirmed', "part_now $name");
		return row("SELECT n.state = o.state FROM fireiot.part_now AS n, fireiot.observation AS o
			WHERE n.device = '$d->{address}' AND o.device = n.device ORDER BY o.id DESC LIMIT 1");
	};
	my $sql = sub { $node->safe_psql('city', $_[0]) };

	is($next->('at first'), 't', 'is there');
	is($next->('in place'), 't', 'is changed');
	$sql->("DELETE FROM fireiot.part_now WHERE device = '$d->{address}'");
	is($next->('without the row'), 't', 'a row that was deleted is made again');

	$sql->(q{CREATE TABLE public.heard (word text); GRANT INSERT ON public.heard TO PUBLIC;
		CREATE FUNCTION public.hear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.heard VALUES (TG_OP); RETURN NULL; END $$;
		CREATE TRIGGER hear AFTER UPDATE ON fireiot.part_now FOR EACH ROW EXECUTE FUNCTION public.hear()});
	is($next->('with a trigger'), 't', 'is changed');
	is(row('SELECT count(*) FROM public.heard'), '1', 'the trigger fires');
	$sql->('DROP TRIGGER hear ON fireiot.part_now');

	$sql->(q{CREATE RULE hear AS ON UPDATE TO fireiot.part_now DO ALSO INSERT INTO public.heard VALUES ('rule')});
	# PostgreSQL has no rules for INSERT .. ON CONFLICT: records go on alone
	is($next->('with a rule'), 'f', 'is left to rebuild_now()');
	$sql->('DROP RULE hear ON fireiot.part_now; DROP TABLE public.heard; DROP FUNCTION public.hear(); SELECT fireiot.rebuild_now()');
	is($next->('without it'), 't', 'is changed');

	$sql->('CREATE INDEX site ON fireiot.part_now (state); CREATE INDEX site_time ON fireiot.part_now USING brin (received_at)');
	is($next->('with indexes'), 't', 'is changed');
	is(row("SET enable_seqscan = off; SELECT count(*) FROM fireiot.part_now WHERE device = '$d->{address}' AND state = (SELECT state
		FROM fireiot.observation WHERE device = '$d->{address}' ORDER BY id DESC LIMIT 1)"), '1', 'they find the row');
	$sql->('DROP INDEX fireiot.site, fireiot.site_time');

	$sql->("ALTER TABLE fireiot.part_now ADD CONSTRAINT site CHECK (device <> '$d->{address}') NOT VALID");
	is($next->('with a constraint'), 'f', 'that says no');
	$sql->('ALTER TABLE fireiot.part_now DROP CONSTRAINT site; SELECT fireiot.rebuild_now()');
	is($next->('without it'), 't', 'is changed');

	# rows that the listener finds elsewhere, or others where they were
	$sql->('VACUUM FULL fireiot.part_now');
	is($next->('behind VACUUM FULL'), 't', 'is changed');
	foreach my $order ('DESC', 'ASC')
	{
		$sql->("BEGIN; CREATE TEMP TABLE was AS TABLE fireiot.part_now; TRUNCATE fireiot.part_now;
			INSERT INTO fireiot.part_now SELECT * FROM was ORDER BY device $order, part $order; COMMIT");
		$sql->("CREATE TABLE public.others AS SELECT * FROM fireiot.part_now WHERE device <> '$d->{address}'");
		is($next->("in order $order"), 't', 'is changed');
		is(row('SELECT count(*) FROM (TABLE public.others EXCEPT TABLE fireiot.part_now) AS d'), '0', 'no other row is');
		$sql->('DROP TABLE public.others');
	}
	my $other = $node->background_psql('city');
	$other->query_safe("BEGIN; UPDATE fireiot.part_now SET text = 'meanwhile' WHERE device = '$d->{address}'");
	$bits ^= 2;
	my $frame = $d->frame(unit => state_unit(1, $bits));
	$d->send($frame);
	ok( $node->poll_query_until('city', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fireiot listener' AND wait_event_type = 'Lock'"),
		'part_now waits for who changes the row');
	$other->query_safe('COMMIT');
	is(($d->answers(1))[0]{command}, 3, 'and goes on');
	is(row("SELECT n.state = o.state, n.text IS NULL FROM fireiot.part_now AS n, fireiot.observation AS o
		WHERE n.device = '$d->{address}' AND o.device = n.device ORDER BY o.id DESC LIMIT 1"), 't|t', 'with what the device said last');
	$other->quit;
	return;
}

sub device_now
{
	my $d = device();
	my $now = "SELECT online, frames, transport, peer, abs(skew_ms + 3600000) < 60000 FROM fireiot.device_now WHERE device = '$d->{address}'";

	is($d->say($d->frame(time => time_tag(time - 3600))), 'confirmed', 'an hour behind') for 1 .. 3;
	ok($node->poll_query_until('city', $now, 't|3|tcp|127.0.0.1|t'), 'device_now follows');
	$d->close;
	ok($node->poll_query_until('city', $now, 'f|3|tcp|127.0.0.1|t'), 'and says when the device is gone');
	return;
}

sub clocks
{
	my $d = device();
	my $skew = sub {
		my ($time) = @_;
		my $frame = $d->frame(time => $time);
		is($d->say($frame), 'confirmed', 'any clock is confirmed');
		return row("SELECT round(skew_ms / 60000.0), sent_at IS NULL FROM fireiot.frame WHERE bytes = '" . hex_of($frame) . "'");
	};

	is($skew->(time_tag(time + 3600)), '60|f', 'an hour ahead');
	is($skew->(time_tag(time - 7200)), '-120|f', 'two hours behind');
	is($skew->(pack 'C6', 0, 0, 0, 1, 1, 0), '-35791|f', 'a clock that was reset: the end of int4');
	is($skew->(pack 'C6', 59, 59, 23, 31, 12, 99), '35791|f', 'the far end');
	is($skew->("\0" x 6), '|t', 'no date');
	is($skew->(pack 'C6', 0, 0, 0, 30, 2, 26), '|t', 'the thirtieth of February');
	return;
}

# Addresses high byte first, time in BCD, commands 0 and 7.
sub dialect
{
	my $address = register(fresh(), ', profile', "'dahua-1.03'");
	my $d = Device->new($address, $port, wire => 1);
	my $bcd = pack 'H12', sprintf '%02d' x 6, wall_clock();

	foreach my $command (2, 0, 7)
	{
		my $frame = $d->frame(command => $command, time => $bcd, dst => '0000000000cc');
		$d->send($frame);
		my ($answer) = $d->answers(1);
		is(join(' ', @$answer{qw(command src dst)}),
			'3 ' . join(' ', map { unpack 'H*', reverse pack 'H*', $_ } '0000000000cc', $address),
			"profile of the device: command $command is confirmed, addresses exchanged as they are");
		is( row("SELECT device, profile, command, abs(skew_ms) < 60000 FROM fireiot.frame WHERE bytes = '" . hex_of($frame) . "'"),
			"$address|dahua-1.03|$command|t", "profile of the device: command $command is stored");
		repeats($frame, "profile of the device: command $command again", $d);
	}
	row("UPDATE fireiot.device SET profile = NULL WHERE device = '$address'");
	my $frame = $d->frame;
	is($d->say($frame), 'denied', 'without the profile the address is another one');
	return;
}

confirmed();
refusals();
other_commands();
pending();
repeated();
unheard();
cut_anywhere();
many_at_once();
part_now();
part_now_of_a_site();
device_now();
clocks();
dialect();
my $before = two_listeners();
by_udp();
same_resources($node, $_, $before->{$_}, "listener $_", 8192) for workers($node);
$node->stop;
done_testing();
