#!/usr/bin/env perl
# floors.pl
#	  Which directory of src/ may include which (docs/architecture.md).
#
# A file includes its own directory and lower floors, never a sibling of the
# same floor.  Own headers are named from src/; floor 0 includes nothing else
# but the C library.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;

my %floor = (
	codec => 0, clockwork => 0, geodesy => 0,
	base => 1,
	types => 2, ledger => 2, space => 2,
	ingest => 3, keeper => 3, courier => 3,
	'' => 4);

my %libc = map { $_ => 1 } qw(errno.h inttypes.h limits.h stdbool.h stddef.h
  stdint.h string.h);
# Sines and roots, which is all that geodesy computes with.
my %libm = (geodesy => 'math.h');

for my $path (files(qr{^src/.*\.[ch]$}))
{
	my ($directory) = $path =~ m{^src/(?:(.*)/)?};
	$directory //= '';
	my $own = $floor{$directory};
	if (!defined $own)
	{
		finding($path, 1, "src/$directory is on no floor");
		next;
	}
	my $number = 0;
	for my $line (split /\n/, slurp($path))
	{
		$number++;
		my ($mark, $header) = $line =~ /^\s*#\s*include\s*([<"])([^>"]+)/
		  or next;
		my $fault = $mark eq '<'
		  ? system_fault($own, $directory, $header) : header_fault($directory, $own, $header);
		finding($path, $number, "$header: $fault") if defined $fault;
	}
}

sub system_fault
{
	my ($own, $directory, $header) = @_;
	return if $own > 0 || $libc{$header} || ($libm{$directory} // '') eq $header;
	return 'floor 0 uses no such part of the C library';
}

sub header_fault
{
	my ($directory, $own, $header) = @_;
	my ($of) = $header =~ m{^(?:(.*)/)?};
	$of //= '';
	return 'own headers are named from src/, as DIRECTORY/FILE.h'
	  if -e "src/$directory/$header" && $directory ne '' || $header =~ /\.\./;
	if (!-e "src/$header")
	{
		return 'floor 0 includes only the C library and itself' if $own == 0;
		return 'there is no such file' if $of ne '' && exists $floor{$of};
		return;    # PostgreSQL's
	}
	my $floor = $floor{$of} // return "src/$of is on no floor";
	return if $of eq $directory || $floor < $own;
	return $floor == $own ? 'a sibling of the same floor' : 'a higher floor';
}
