#!/usr/bin/env perl
# seeds.pl VECTORS PROFILE.C DIRECTORY: seeds for the fuzz targets from the
# bytes of a vector file, one file a seed, into DIRECTORY/{cutter,decode,
# roundtrip}.  Profiles count from 1 in the order of their table.
use strict;
use warnings;
use JSON::PP;

my ($vectors, $profiles, $directory) = @ARGV;
die "usage: seeds.pl VECTORS PROFILE.C DIRECTORY\n" unless defined $directory;

my %number = profile_numbers($profiles);
my $patterns = 0;

open my $file, '<', $vectors or die "$vectors: $!\n";
while (my $line = <$file>)
{
	my $vector = decode_json($line);
	my $bytes = pack 'H*', $vector->{hex};
	my $profile = chr($number{ $vector->{dialect} // '' } // 0);

	put('cutter', $vector->{name}, $profile . chr($patterns++ % 64) . $bytes);
	put('roundtrip', $vector->{name}, $profile . $bytes);
	put('decode', $vector->{name}, $profile . "\2\0" . $bytes);
	put('decode', "$vector->{name}-unit", unit_seed($profile, $bytes))
	  if length $bytes > 30 && $vector->{kind} eq 'frame';
}
close $file;

# The application data unit alone, under its command.
sub unit_seed
{
	my ($profile, $bytes) = @_;
	return $profile . substr($bytes, 26, 1) . "\0" . substr($bytes, 27, -3);
}

# Names of the profile table in its order, the plain standard first.
sub profile_numbers
{
	my ($path) = @_;
	open my $source, '<', $path or die "$path: $!\n";
	my @name = map { /\.name = "([^"]+)"/ ? $1 : () } <$source>;
	close $source;
	return ('' => 0, map { $name[$_] => $_ + 1 } 0 .. $#name);
}

sub put
{
	my ($target, $name, $bytes) = @_;
	mkdir $_ for $directory, "$directory/$target";
	open my $seed, '>:raw', "$directory/$target/$name"
	  or die "$directory/$target/$name: $!\n";
	print $seed $bytes;
	close $seed;
}
