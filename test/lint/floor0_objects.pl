#!/usr/bin/env perl
# floor0_objects.pl
#	  What the object files of floor 0 hold.
#
# No mutable data, no call outside floor 0 but to the few functions of the C
# library that only look at memory, copy it or compute, no recursion, and no
# call through a pointer, behind which recursion could hide.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Lint;
use CText qw(bare);

my %allowed = map { $_ => 1 } qw(memchr memcmp memcpy memmove memset
  strchr strcmp strlen strncmp cos sin sqrt
  _GLOBAL_OFFSET_TABLE_ __stack_chk_fail);
my %constant = map { $_ => 1 }
  qw(.text .rodata .data.rel.ro .data.rel.ro.local *ABS* *UND*);

my $directory = File::Temp->newdir;
my (%defined, @wanted, %calls, %place);
my $n = 0;

for my $path (files(qr{^src/(?:codec|clockwork|geodesy)/[^/]*\.c$}))
{
	my $object = "$directory/" . $n++;
	# not optimised: calls are as written, and nothing unused is dropped
	system('gcc', '-std=c11', '-O0', '-fPIC', '-Isrc', '-fcallgraph-info',
		'-fkeep-static-consts', '-c', '-o', "$object.o", $path) == 0
	  or die "$path does not compile\n";
	read_symbols($path, "$object.o");
	read_calls($path, "$object.ci");
}
report_foreign();
report_cycles();

sub read_symbols
{
	my ($path, $object) = @_;
	open my $table, '-|', 'objdump', '-t', $object or die "objdump: $!\n";
	while (<$table>)
	{
		my ($kind, $section, $name) = /^\w+ (.{7}) (\S+)\s+\w+\s+(?:\.\w+ )?(\S+)$/
		  or next;
		if ($section eq '*UND*') { push @wanted, [ $path, $name ] }
		elsif ($kind =~ /g/) { $defined{$name} = 1 }
		next if $kind =~ /[df]/ || $constant{$section} || $name =~ /^\.L/;
		$name =~ s/\.\d+$//;
		finding($path, line_of($path, $name), "$name is a mutable variable");
	}
	return;
}

sub read_calls
{
	my ($path, $graph) = @_;
	for (split /\n/, slurp($graph))
	{
		my ($from, $to, $where) =
		  /^edge: \{ sourcename: "(.*?)" targetname: "(.*?)"(?: label: "(.*?)")?/
		  or next;
		# how gcc names a global function within its own file
		$to =~ s/^.*:(\w+)\.localalias$/$1/;
		$calls{$from}{$to} = 1;
		$place{$from} //= $place{$to} = $where // "$path:1";
		finding($place{$to} =~ /^(.*?):(\d+)/, 'a call through a pointer')
		  if $to eq '__indirect_call';
	}
	return;
}

sub report_foreign
{
	for (@wanted)
	{
		my ($path, $name) = @$_;
		finding($path, line_of($path, $name), "floor 0 must not use $name")
		  unless $defined{$name} || $allowed{$name};
	}
	return;
}

# The first line of a file whose code has the word.
sub line_of
{
	my ($path, $word) = @_;
	my $text = bare(slurp($path));
	return $text =~ /\b\Q$word\E\b/ ? line_at($text, $-[0]) : 1;
}

sub report_cycles
{
	my (%state, $visit);
	$visit = sub {
		my ($function, @way) = @_;
		$state{$function} = 'open';
		for my $next (sort keys %{ $calls{$function} // {} })
		{
			finding(($place{$next} // 'src:1') =~ /^(.*?):(\d+)/,
				'recursion: ' . join ' -> ', @way, $function, $next)
			  if ($state{$next} // '') eq 'open';
			$visit->($next, @way, $function) unless $state{$next};
		}
		$state{$function} = 'done';
	};
	$state{$_} || $visit->($_) for sort keys %calls;
	return;
}
