#!/usr/bin/env perl
# generate.pl FILE.csv: the outline of geodesy/mainland.h as the C tables of
# geodesy/mainland_table.h.  Writes to standard output.
#
# Each ring is closed by itself; a point is inside when a ray from it to the
# east meets an odd number of edges of all rings, so that a ring within another
# is a hole.  Rings that touch or cross, also themselves, are refused.
use strict;
use warnings;
use POSIX qw(floor);

my $CELLS_A_DEGREE = 2;

my @edge = edges(read_rings($ARGV[0] // die "usage: generate.pl FILE.csv\n"));
refuse_crossings(\@edge);
write_tables(sort { $a->[1] <=> $b->[1] || $a->[0] <=> $b->[0] || $a->[2] <=> $b->[2] } @edge);

# name => points, each longitude and latitude
sub read_rings
{
	my ($path) = @_;
	my %ring;
	open my $file, '<', $path or die "$path: $!\n";
	while (<$file>)
	{
		next if $. == 1;
		my ($name, $lon, $lat) = /^(\w+),([\d.]+),([\d.]+),/
		  or die "$path:$.: not ring,lon,lat,place\n";
		push @{ $ring{$name} }, [ $lon, $lat ];
	}
	close $file;
	return \%ring;
}

# lower end, then upper end; what lies along a parallel is met by no ray
sub edges
{
	my ($ring) = @_;
	my @edge;
	for my $name (sort keys %$ring)
	{
		my @point = @{ $ring->{$name} };
		for my $i (0 .. $#point)
		{
			my ($p, $q) = sort { $a->[1] <=> $b->[1] || $a->[0] <=> $b->[0] } @point[ $i - 1, $i ];
			die "$name: $p->[0] $p->[1] is there twice\n"
			  if $p->[0] == $q->[0] && $p->[1] == $q->[1];
			push @edge, [ @$p, @$q ];
		}
	}
	return @edge;
}

# Twice the area of the triangle of an edge and a point: which side it is on.
sub side
{
	my ($e, $lon, $lat) = @_;
	my $area = ($e->[2] - $e->[0]) * ($lat - $e->[1]) - ($e->[3] - $e->[1]) * ($lon - $e->[0]);
	return abs $area < 1e-12 ? 0 : $area;
}

sub meet
{
	my ($e, $f) = @_;
	for my $axis (0, 1)
	{
		my ($from, $to) = sort { $a <=> $b } @$e[ $axis, $axis + 2 ];
		my ($low, $high) = sort { $a <=> $b } @$f[ $axis, $axis + 2 ];
		return 0 if $to < $low || $high < $from;
	}
	return side($e, @$f[ 0, 1 ]) * side($e, @$f[ 2, 3 ]) <= 0
	  && side($f, @$e[ 0, 1 ]) * side($f, @$e[ 2, 3 ]) <= 0;
}

# Ends that two edges share are where a ring goes on.
sub shared
{
	my ($e, $f) = @_;
	my %end = map { ("@$_" => 1) } [ @$e[ 0, 1 ] ], [ @$e[ 2, 3 ] ];
	return grep { $end{"@$_"} } [ @$f[ 0, 1 ] ], [ @$f[ 2, 3 ] ];
}

sub refuse_crossings
{
	my ($edge) = @_;
	my %met;
	for my $i (0 .. $#$edge)
	{
		$met{"$edge->[$i][0] $edge->[$i][1]"}++;
		$met{"$edge->[$i][2] $edge->[$i][3]"}++;
		for my $j ($i + 1 .. $#$edge)
		{
			die "edges @{$edge->[$i]} and @{$edge->[$j]} meet\n"
			  if !shared($edge->[$i], $edge->[$j]) && meet($edge->[$i], $edge->[$j]);
		}
	}
	my @point = grep { $met{$_} != 2 } sort keys %met;
	die "rings touch at $point[0]\n" if @point;
	return;
}

# The number of the row or column of cells that a degree is in.
sub cell_of
{
	my ($degree) = @_;
	return floor($degree * $CELLS_A_DEGREE);
}

# Where an edge runs within a row: from which longitude to which?
sub reach
{
	my ($e, $row) = @_;
	my ($low, $high) = ($row / $CELLS_A_DEGREE, ($row + 1) / $CELLS_A_DEGREE);
	return @$e[ 0, 2 ] if $e->[1] == $e->[3];
	my $slope = ($e->[2] - $e->[0]) / ($e->[3] - $e->[1]);
	my @lon = map { $e->[0] + ($_ - $e->[1]) * $slope }
	  ($low > $e->[1] ? $low : $e->[1]), ($high < $e->[3] ? $high : $e->[3]);
	return sort { $a <=> $b } @lon;
}

# O outside, I inside, E where an edge runs, for the cells of a row.
sub cells
{
	my ($row, $first, $last, @edge) = @_;
	my %met;
	for my $e (@edge)
	{
		my ($west, $east) = reach($e, $row);
		$met{$_} = 1 for cell_of($west - 1e-9) .. cell_of($east + 1e-9);
	}
	my $lat = ($row + 0.5) / $CELLS_A_DEGREE;
	my @cell;
	for my $column ($first .. $last)
	{
		my $lon = ($column + 0.5) / $CELLS_A_DEGREE;
		my $crossings = grep { $_->[1] <= $lat && $lat < $_->[3] && side($_, $lon, $lat) > 0 } @edge;
		push @cell, $met{$column} ? 'E' : $crossings % 2 ? 'I' : 'O';
	}
	return @cell;
}

sub write_tables
{
	my @all = @_;
	my @lon = sort { $a <=> $b } map { @$_[ 0, 2 ] } @all;
	my @lat = sort { $a <=> $b } map { @$_[ 1, 3 ] } @all;
	my ($first_row, $last_row) = map { cell_of($_) } @lat[ 0, -1 ];
	my ($first_column, $last_column) = map { cell_of($_) } @lon[ 0, -1 ];
	my (@start, @row, @cell);
	for my $row ($first_row .. $last_row)
	{
		my @edge = grep { cell_of($_->[1]) <= $row && $row <= cell_of($_->[3]) } @all;
		push @start, scalar @row;
		push @row, grep { $_->[1] != $_->[3] } @edge;
		push @cell, join '', cells($row, $first_column, $last_column, @edge);
	}
	push @start, scalar @row;

	print "/* Generated from mainland.csv by generate.pl; do not edit. */\n",
	  "#include \"geodesy/mainland_table.h\"\n\n",
	  "const gd_outline gd_mainland = {\n\t$lon[0], $lon[-1], $lat[0], $lat[-1],\n",
	  "\t$CELLS_A_DEGREE, $first_row, $first_column, ",
	  $last_column - $first_column + 1, "\n};\n\n",
	  "const char gd_mainland_cell[] =\n", join("\n", map { "\t\"$_\"" } @cell), ";\n\n",
	  "const uint16_t gd_mainland_row[] = {\n",
	  (map { "\t$_,\n" } @start), "};\n\n",
	  "const gd_edge gd_mainland_edge[] = {\n";
	for my $e (@row)
	{
		printf "\t{%s, %s, %s, %.17g},\n", @$e[ 0, 1, 3 ],
		  ($e->[2] - $e->[0]) / ($e->[3] - $e->[1]);
	}
	print "};\n";
	return;
}
