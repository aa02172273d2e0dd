#!/usr/bin/env perl
# frames.pl VECTORS: the frames that the decode benchmark runs over, one
# behind the other, to standard output.  Taken are valid frames of the plain
# standard whose application data fit, of the types that carry nearly all
# traffic.
use strict;
use warnings;
use JSON::PP;

my %wanted = map { $_ => 1 } 1, 2, 3, 21, 24;

@ARGV == 1 or die "usage: frames.pl VECTORS\n";
open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
binmode STDOUT;
while (my $line = <$file>)
{
	my $vector = decode_json($line);
	my $expect = $vector->{expect} // {};
	print pack 'H*', $vector->{hex}
	  if $vector->{kind} eq 'frame'
	  && $vector->{valid}
	  && !$vector->{dialect}
	  && $expect->{app_valid}
	  && $wanted{ $expect->{type} };
}
close $file;
