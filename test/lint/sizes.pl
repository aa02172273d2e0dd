#!/usr/bin/env perl
# sizes.pl
#	  No function over 100 lines, no file over 900.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use CText qw(bare);

use constant { FUNCTION_LINES => 100, FILE_LINES => 900 };

my @lengths;
for my $path (files(qr{^(?:src|sql|test)/.*\.(?:c|h|sql|pl|pm|sh)$}))
{
	my $text = slurp($path);
	next if $text =~ m{^/\* Generated };
	my $lines = ($text =~ tr/\n//);
	finding($path, $lines, "$lines lines, more than " . FILE_LINES)
	  if $lines > FILE_LINES;
	measure_functions($path, bare($text)) if $path =~ /\.[ch]$/;
}
@lengths = sort { $a <=> $b } @lengths;
info(scalar @lengths, " C functions, median $lengths[@lengths / 2] lines, 90th ",
	"percentile $lengths[@lengths * 0.9], longest $lengths[-1]")
  if @lengths;

# A definition has its name, and the braces around its body, in the first column.
sub measure_functions
{
	my ($path, $code) = @_;
	while ($code =~ /^\w[^\n;{}=]*\n(\w+)\([^;{}]*\)[^;{}=()]*\n\{\n.*?^\}/gms)
	{
		my ($name, $line) = ($1, line_at($code, $-[1]));
		my $length = 1 + ($& =~ tr/\n//);
		push @lengths, $length;
		finding($path, $line, "$name has $length lines, more than " . FUNCTION_LINES)
		  if $length > FUNCTION_LINES;
	}
	return;
}
