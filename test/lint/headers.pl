#!/usr/bin/env perl
# headers.pl
#	  C files begin with a comment that names them; headers are guarded.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use CText qw(uncommented);

my %guard_of;
for my $path (files(qr{^(?:src|test)/.*\.[ch]$}))
{
	my $text = slurp($path);
	my ($name) = $path =~ m{([^/]*)$};
	finding($path, 1, "does not begin with a comment \"$name, what it is\"")
	  unless $text =~ m{^/\* Generated |^/\*\n \* \Q$name\E\n \*\s+\S};
	check_guard($path, uncommented($text)) if $path =~ /\.h$/;
}

sub check_guard
{
	my ($path, $code) = @_;
	my ($guard) = $code =~ /^\s*#ifndef (\w+)\n#define \1\n.*\n#endif\s*$/s;
	if (!defined $guard)
	{
		finding($path, 1, 'has no include guard around all of it');
		return;
	}
	finding($path, 1, "has the guard $guard of $guard_of{$guard}")
	  if defined $guard_of{$guard};
	$guard_of{$guard} //= $path;
	return;
}
