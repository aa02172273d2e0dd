# fireiot.conformity claims nothing that is not there: each object is in the
# catalog or among the rules, and each test is a file that names it.
use strict;
use warnings;

use Fireiot;
use Test::More;

my $node = new_server('conformity');
my %text;

# What a test says, and what it expects.
sub text_of
{
	my ($test) = @_;

	return $text{$test} //= join '', map { slurp($_) }
	  grep { -f } $test, $test =~ s{^test/sql/(.*)\.sql$}{test/expected/$1.out}r;
}

sub slurp
{
	my ($file) = @_;

	open my $handle, '<', $file or die "$file: $!";
	local $/;
	return <$handle>;
}

# What is wrong with a row, in words; nothing if it holds.
sub fault
{
	my ($requirement, $object, $test, $there) = @_;
	my $name = $object =~ s/^(?:rule \S+ |\w+ fireiot(?:_map)?\.)//r;

	return "there is no $object" if $there ne 't';
	return "there is no $test" unless -f $test;
	return "$test does not name $requirement" unless $requirement !~ /^X/ || text_of($test) =~ /(?<![\w-])$requirement(?!\d)/;
	return "$test does not name $name" unless text_of($test) =~ /(?<![\w-])\Q$name\E(?![\w-])/;
	return '';
}

create_database($node, 'site');
my @rows = split /\n/, $node->safe_psql('site', q{
	SELECT c.requirement, c.object, c.test, CASE split_part(c.object, ' ', 1)
		WHEN 'rule' THEN EXISTS (SELECT FROM fireiot.rule AS r
			WHERE c.object = format('rule %s %s', r.pack, r.rule) AND c.requirement = ANY (r.requirements))
		WHEN 'function' THEN EXISTS (SELECT FROM pg_proc WHERE format('function %s.%s', pronamespace::regnamespace, proname) = c.object)
		WHEN 'table' THEN EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(split_part(c.object, ' ', 2)) AND relkind IN ('r', 'p'))
		WHEN 'view' THEN EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(split_part(c.object, ' ', 2)) AND relkind = 'v')
		ELSE false END
	FROM fireiot.conformity AS c ORDER BY 1, 2, 3});

cmp_ok(scalar @rows, '>', 250, 'rows');
foreach (@rows)
{
	my ($requirement, $object, $test, $there) = split /\|/;

	is(fault($requirement, $object, $test, $there), '', "$requirement: $object, $test");
}

# every requirement that a rule of the packs carries is claimed
is( $node->safe_psql('site', q{
		SELECT string_agg(DISTINCT q.id, ' ') FROM fireiot.rule AS r, unnest(r.requirements) AS q (id)
		WHERE NOT EXISTS (SELECT FROM fireiot.conformity AS c WHERE c.requirement = q.id)}),
	'', 'every requirement of a rule is in the table');

# What software carries of the requirements that matter most, and of those behind
# them: each is claimed, has a rule of retention, or is named as open.
my ($open) = slurp('docs/conformity.md') =~ /^## Open\n(.*?)(?=^## |\z)/ms;
my %open = map { ($_ => 1) } $open =~ /\b([A-Z]{2}-\d{3})\b/g;
my %kept = map { ($_ => 1) } split /\n/, $node->safe_psql('site', 'SELECT left(rule, 6) FROM fireiot.retention_rule');
my %claimed = map { (/^(.*?)\|/)[0] => 1 } @rows;
my @wanted = split /\n/, slurp('test/data/requirements.txt');

cmp_ok(scalar @wanted, '>', 170, 'requirements');
is(join(' ', grep { !$claimed{$_} && !$kept{$_} && !$open{$_} } @wanted), '', 'none is passed over');
is(join(' ', grep { $claimed{$_} || $kept{$_} } sort keys %open), '', 'and what is open is not carried');

# Where the documents contradict each other: all but the last, which is of reports
# to other platforms.
is(join(' ', grep { !$claimed{$_} } map { sprintf 'X-%02d', $_ } 1 .. 23), 'X-23', 'every contradiction has its test');

# and the check itself can fail
isnt(fault('ZJ-007', 'table fireiot.nowhere', 'test/sql/rules.sql', 'f'), '', 'no object');
isnt(fault('ZJ-007', 'table fireiot.contract', 'test/sql/nowhere.sql', 't'), '', 'no test');
isnt(fault('ZJ-007', 'table fireiot.contrac', 'test/sql/rules.sql', 't'), '', 'no name');
isnt(fault('X-99', 'table fireiot.contract', 'test/sql/rules.sql', 't'), '', 'no contradiction');
$node->stop;
done_testing();
