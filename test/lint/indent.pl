#!/usr/bin/env perl
# indent.pl check|write FILE...
#	  The layout of C files: PostgreSQL's, as pgindent gives it.
#
# check prints what write would change.  Files that say that they are generated
# are left alone, as is what stands between clang-format off and on.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Lint;
use BeforeClang qw(prepared);
use AfterClang qw(finished);

my $STYLE = "$FindBin::Bin/../../.clang-format";
my $directory = File::Temp->newdir;

my ($mode, @paths) = @ARGV;
die "usage: indent.pl check|write FILE...\n"
  unless defined $mode && $mode =~ /^(?:check|write)$/;
@paths = grep { slurp($_) !~ m{^/\* Generated } } @paths;

my %masks;
for my $n (0 .. $#paths)
{
	(my $text, $masks{$n}) = prepared(slurp($paths[$n]));
	save("$directory/$n.c", $text);
}
exit 0 unless @paths;
system('clang-format', '-i', "--style=file:$STYLE",
	map { "$directory/$_.c" } 0 .. $#paths) == 0
  or die "clang-format failed\n";
for my $n (0 .. $#paths)
{
	my $path = $paths[$n];
	my $before = slurp($path);
	my $after = finished(slurp("$directory/$n.c"), $masks{$n});
	next if $after eq $before;
	if ($after =~ s/\s+//gr ne $before =~ s/\s+//gr)
	{
		finding($path, 1, 'not only blanks would change: lay it out by hand, '
			  . 'between clang-format off and on');
		next;
	}
	save("$directory/$n.c", $after);
	$mode eq 'write' ? save($path, $after) : show($path, "$directory/$n.c");
}

sub save
{
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
	return;
}

# One finding for each place, and what it should be.
sub show
{
	my ($path, $laid_out) = @_;
	open my $diff, '-|', 'diff', $path, $laid_out or die "diff: $!\n";
	while (<$diff>)
	{
		finding($path, $1, 'layout (make indent)'), next if /^(\d+)/;
		print "\t$_" if /^[<>]/;
	}
	return;
}
