#!/usr/bin/env perl
# coverage.pl GCOV LIMIT DIRECTORY-PATTERN DATA-FILE...: line coverage of the
# sources in a directory, from gcc's .gcda files.  A line of a header counts
# as covered when any program ran it.  Fails under LIMIT per cent.
use strict;
use warnings;
use JSON::PP;

my ($gcov, $limit, $directory, @data) = @ARGV;
die "usage: coverage.pl GCOV LIMIT DIRECTORY DATA...\n" unless @data;

my %count;    # file => line => how often it ran
read_data($_) for @data;

my ($lines, $covered) = (0, 0);
report($_) for sort keys %count;
my $percent = $lines > 0 ? 100 * $covered / $lines : 0;
printf "%-28s %5d of %5d lines  %6.2f %%\n", 'total', $covered, $lines,
  $percent;
print "coverage is under $limit %\n" if $percent < $limit;
exit($percent < $limit ? 1 : 0);

# Data files may say "no lines" of a source that holds only tables.
sub read_data
{
	my ($path) = @_;
	open my $out, '-|', $gcov, '--json-format', '--stdout', $path
	  or die "$gcov: $!\n";
	local $/;
	my $result = decode_json(<$out>);
	close $out or die "$gcov $path failed\n";
	foreach my $file (@{ $result->{files} })
	{
		next unless $file->{file} =~ m{^(?:$directory)/};
		$count{ $file->{file} }{ $_->{line_number} } += $_->{count}
		  for @{ $file->{lines} };
	}
	return;
}

sub report
{
	my ($file) = @_;
	my $count = $count{$file};
	my @missed = grep { $count->{$_} == 0 } sort { $a <=> $b } keys %$count;
	my $n = keys %$count;
	return if $n == 0;
	$lines += $n;
	$covered += $n - @missed;
	printf "%-28s %5d of %5d lines  %6.2f %%%s\n", $file, $n - @missed, $n,
	  100 * ($n - @missed) / $n, @missed ? "  not run: @missed" : '';
	return;
}
