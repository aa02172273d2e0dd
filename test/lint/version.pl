#!/usr/bin/env perl
# version.pl
#	  Only src/base/compat.h looks at the version of PostgreSQL.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use CText qw(bare);

my $COMPAT = 'src/base/compat.h';

for my $path (grep { $_ ne $COMPAT } files(qr{^src/.*\.[ch]$}))
{
	my $code = bare(slurp($path));
	while ($code =~ /\b(PG_VERSION_NUM|PG_MAJORVERSION(?:_NUM)?|CATALOG_VERSION_NO)\b/g)
	{
		finding($path, line_at($code, $-[0]), "$1 belongs in $COMPAT");
	}
}
