# The page docs/ledger-attacks.md.  Each test that tries routes writes its own
# section of it, and compares the page as a whole.
package Attacks;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(is_written);

# Sections in their order: the test that writes it, its heading, what is true of all its routes.
my @sections = (
	[ '031_attacks' => 'Refused, or logged', 'What the ledger tables show is afterwards as it was before.' ],
	[ '038_detection' => 'Detected', 'The damage is done, and found: what is altered, missing or added, with the table, and with row and block where they are named.' ],
	[ '039_replication' => 'Detected between servers', 'What only a comparison with another server can tell.' ]);

# What a page has in each section, by the section's heading.
sub sections_of
{
	my ($page) = @_;
	my (undef, @texts) = split /^## /m, $page;

	return map { /^(.*?)\n(.*)\z/s ? ($1, $2) : () } @texts;
}

sub section
{
	my ($test, $intro, @outcomes) = @_;

	return join "\n", '', "By `test/t/$test.pl`. $intro", '', '| route | outcome |', '|---|---|',
	  (map { "| $_->[0] | $_->[1] |" } @outcomes), '', '';
}

# How many routes there are of each outcome, in all sections.
sub counts
{
	my @outcomes = map { /^\| .* \| (.*) \|$/mg } @_;
	my $refused = grep { /^refused / } @outcomes;
	my $detected = grep { /^detected / } @outcomes;
	my $logged = grep { /^done, and / } @outcomes;
	my $neither = (grep { $_ ne 'outcome' } @outcomes) - $refused - $logged - $detected;

	return "* $refused refused\n* $logged done, and logged or shown\n* $detected done, and detected\n* $neither neither\n";
}

sub page
{
	my (%text) = @_;
	my $page = "# What a superuser may try\n\nWritten by the tests that try each route, as superuser or as the user who owns the files.\n\n" . counts(values %text) . "\n"
	  . join '', map { "## $_->[1]\n" . ($text{ $_->[1] } // '') } @sections;

	return $page =~ s/\n+\z/\n/r;
}

# The committed page has these outcomes, [ route, outcome ] each, in the
# section of this test, and all else as it should be.  What it should be is
# written beside the tests (test/t/run.sh).
sub is_written
{
	my ($test, @outcomes) = @_;
	my $committed = slurp_file("$ENV{TESTDIR}/docs/ledger-attacks.md");
	my $written = "$ENV{TESTDIR}/ledger-attacks.md";
	my ($mine) = grep { $_->[0] eq $test } @sections;
	my %new = ($mine->[1] => section($test, $mine->[2], @outcomes));
	my %text = sections_of("$committed\n");
	my %all = sections_of((-e $written ? slurp_file($written) : $committed) . "\n");

	ok(page(%text, %new) eq $committed, 'docs/ledger-attacks.md says so') or diag("cp $written docs/ledger-attacks.md");
	unlink $written;
	append_to_file($written, page(%all, %new));
	return;
}

1;
