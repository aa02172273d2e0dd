# Page.pm
#	  A page of Markdown as far as the checks need it.
#
# Only what our pages use: headings by #, fenced blocks that begin in the
# first column, code between single backquotes, tables of |, links [a](b).
package Page;

use strict;
use warnings;

# The page of a file.  lines: its lines; blocks: its fenced blocks, each with
# info (the word behind the fence), first and last (the indexes of its lines
# without the fences) and text; prose: the page without its fenced blocks.
sub read_page
{
	my ($class, $file) = @_;
	open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
	chomp(my @line = <$in>);
	my $self = bless { file => $file, lines => \@line, blocks => [] }, $class;
	my ($open, @prose);
	for my $i (0 .. $#line)
	{
		if (!$open && $line[$i] =~ /^```(\S*)$/)
		{
			$open = { info => $1, first => $i + 1 };
		}
		elsif ($open && $line[$i] eq '```')
		{
			$open->{last} = $i - 1;
			$open->{text} = join "\n", @line[ $open->{first} .. $i - 1 ];
			push @{ $self->{blocks} }, $open;
			undef $open;
		}
		elsif (!$open)
		{
			push @prose, $line[$i];
		}
	}
	die "$file: a fenced block has no end\n" if $open;
	$self->{prose} = join "\n", @prose;
	return $self;
}

# Blocks of SQL, each with the block of its result, if there is one: the next
# block, if it is text and only empty lines are between.
sub examples
{
	my ($self) = @_;
	my @block = @{ $self->{blocks} };
	my @example;
	for my $i (0 .. $#block)
	{
		next if $block[$i]{info} ne 'sql';
		my $next = $block[ $i + 1 ];
		undef $next
		  if $next && ($next->{info} ne 'text' || grep { $_ ne '' }
			@{ $self->{lines} }[ $block[$i]{last} + 2 .. $next->{first} - 2 ]);
		push @example, { sql => $block[$i], result => $next };
	}
	return @example;
}

# What stands between backquotes, blanks and line ends as one blank; a | that
# a table wants escaped is one again.
sub spans
{
	my ($text) = @_;
	return map { s/\s+/ /gr =~ s/\\\|/|/gr } $text =~ /`([^`]+)`/g;
}

sub headings
{
	my ($self) = @_;
	return map { /^#+ (.*)/ ? $1 : () } split /\n/, $self->{prose};
}

# The names by which links find the headings, as GitHub makes them.
sub anchors
{
	my ($self) = @_;
	return map { lc(s/[^\w\- ]//gr) =~ s/ /-/gr } $self->headings;
}

sub links
{
	my ($self) = @_;
	return $self->{prose} =~ /\[[^\]]*\]\(([^)\s]+)\)/g;
}

# The text below a heading down to the next one of its level or above.
sub section
{
	my ($self, $title) = @_;
	my ($level, @inside);
	for my $line (split /\n/, $self->{prose})
	{
		if ($line =~ /^(#+) (.*)/)
		{
			undef $level if $level && length $1 <= $level;
			$level = length $1 if $2 eq $title;
		}
		push @inside, $line if $level;
	}
	return join "\n", @inside;
}

# Cells of a table's row; none for another line.
sub cells
{
	my ($line) = @_;
	return unless $line =~ s/^\|\s*//;
	return split /\s*(?<!\\)\|\s*/, $line;
}

1;
