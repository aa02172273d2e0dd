#!/usr/bin/env perl
# run.pl LABEL TALLY WRAPPER COMMAND...: run test programs, each a shell
# command behind WRAPPER (may be empty), show what they print and write
# "N passed, N failed" over all of them to the file TALLY.
#
# run.pl --sum TALLY...: add such files up, print the sum as the last line;
# the exit status says whether all passed.
use strict;
use warnings;

@ARGV > 1 or die "usage: run.pl LABEL TALLY WRAPPER COMMAND... | --sum TALLY...\n";
$| = 1;
exit($ARGV[0] eq '--sum' ? sum(@ARGV[ 1 .. $#ARGV ]) : run(@ARGV));

sub run
{
	my ($label, $tally, $wrapper, @command) = @_;
	my ($passed, $failed) = (0, 0);
	foreach my $command (@command)
	{
		print "# $label: $command\n";
		my ($p, $f) = run_one("$wrapper $command");
		$passed += $p;
		$failed += $f;
	}
	print "# $label: $passed passed, $failed failed\n";
	open my $file, '>', $tally or die "$tally: $!\n";
	print $file "$passed passed, $failed failed\n";
	close $file;
	return 0;
}

# What a program says of itself; one that dies or says nothing has failed.
sub run_one
{
	my ($command) = @_;
	my ($passed, $failed);
	open my $out, '-|', "$command 2>&1" or die "$command: $!\n";
	while (my $line = <$out>)
	{
		if ($line =~ /^(\d+) passed, (\d+) failed$/)
		{
			($passed, $failed) = ($1, $2);
			next;
		}
		print $line;
	}
	close $out;
	return ($passed, $failed) if defined $passed && ($? == 0 || $failed > 0);
	print "not ok - $command: " . ($? ? "exit status $?" : 'no tally') . "\n";
	return ($passed // 0, 1);
}

sub sum
{
	my ($passed, $failed) = (0, 0);
	foreach my $tally (@_)
	{
		open my $file, '<', $tally or die "$tally: $!\n";
		<$file> =~ /^(\d+) passed, (\d+) failed$/ or die "$tally: no tally\n";
		$passed += $1;
		$failed += $2;
	}
	print "$passed passed, $failed failed\n";
	return $failed > 0 || $passed == 0 ? 1 : 0;
}
