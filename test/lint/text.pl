#!/usr/bin/env perl
# text.pl
#	  Text files: nothing left to do, no blanks behind lines, no path of a
#	  machine.
#
# What psql printed (expected/) and data are as they are.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;

my $TEXT = qr{\.(?:c|h|sql|pl|pm|sh|mk|md|json|control|spec|conf|csv|txt|yml)$
	|(?:^|/)(?:Makefile|order|run|LICENSE|\.clang-format|\.gitignore)$}x;
my $UNFINISHED = qr{\b(?:TO[D]O|FIX[M]E|XX[X])\b};
my $MACHINE = qr{(?<![\w\$\}.*~/-])/(?:home|root|work|mnt|Users)\b(?=/|\W|$)};

# The only place that speaks of paths inside a root directory of its own.
my $CHROOT = 'test/env/majors.sh';

for my $path (grep { !m{(?:^|/)(?:expected|data|corpus)/} } files($TEXT))
{
	my $number = 0;
	for my $line (split /\n/, slurp($path))
	{
		$number++;
		finding($path, $number, "$& is left") if $line =~ $UNFINISHED;
		finding($path, $number, 'blanks at the end') if $line =~ /[ \t\r]$/;
		finding($path, $number, "$& is a path of one machine")
		  if $line =~ $MACHINE && $path ne $CHROOT;
	}
}
