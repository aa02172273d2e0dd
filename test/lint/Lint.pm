# Lint.pm
#	  What all checks share: the files, their text, the findings.
#
# A check looks at the tree in the current directory, prints a line for each
# finding and exits with 1 when there was one.  Lines that begin with "#" only
# inform.
package Lint;

use strict;
use warnings;
use Exporter 'import';
use File::Find ();
our @EXPORT = qw(files slurp finding line_at info);

my $findings = 0;

# What is built, what belongs to git, and what the checks are tested with.
my $LEFT_OUT = qr{^(?:build|\.git|results|tmp_check|test/lint/sample)$};

# Paths below the current directory that match, sorted.
sub files
{
	my ($pattern) = @_;
	my @found;
	my $wanted = sub {
		my $path = $File::Find::name =~ s{^\./}{}r;
		$File::Find::prune = 1 if $path =~ $LEFT_OUT;
		push @found, $path if -f $_ && $path =~ $pattern;
	};
	File::Find::find({ wanted => $wanted, no_chdir => 1 }, '.');
	return sort @found;
}

sub slurp
{
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!\n";
	local $/;
	return scalar <$in>;
}

sub finding
{
	my ($path, $line, $text) = @_;
	print "$path:$line: $text\n";
	$findings++;
	return;
}

sub info
{
	print '# ', @_, "\n";
	return;
}

# The line number of a position in a text.
sub line_at
{
	my ($text, $position) = @_;
	return 1 + (substr($text, 0, $position) =~ tr/\n//);
}

END
{
	$? = 1 if $findings > 0;
}

1;
