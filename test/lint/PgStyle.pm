# PgStyle.pm
#	  What clang-format cannot do of pgindent's layout.
#
# masked(TEXT) makes C text ready for clang-format, finished(TEXT, MASKS) turns
# its output into the layout that pgindent gives:
#
# * Lines of one statement stay broken where their author broke them.  They are
#   joined here with a marker, and broken again behind clang-format: to the
#   column behind the innermost open parenthesis, or one tab in.
# * Names of declarations and trailing comments get pgindent's columns.
# * What #define defines, and initializers of several lines, are left alone.
package PgStyle;

use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(masked finished);

use constant { TAB => 4, NAME_COLUMN => 12, COMMENT_COLUMN => 32 };

my $BREAK = '/*~*/';
my $MASK = 'INDENT_MASK_';
my $STRING = qr{"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'}s;
my $COMMENT = qr{/\*.*?\*/}s;
my $BRACES;
$BRACES = qr{\{(?:[^{}"'/]|$STRING|$COMMENT|/|(??{$BRACES}))*\}};
my $DEFINED = qr{(?:\\\n|\\.|$COMMENT(?![ \t]*\n)|/(?!\*)|[^\\\n/])+?}s;
my $NO_TYPE = qr{return|goto|else|case|typedef|do|break|continue|sizeof};

sub masked
{
	my ($text) = @_;
	my @mask;
	my $hide = sub { push @mask, $_[0]; "$MASK$#mask" };
	$text =~ s{^(\s*#\s*define[ \t]+)($DEFINED)(?=[ \t]*(?:$COMMENT)?\n)}
		{$1 . $hide->($2)}gem;
	$text =~ s{(?<== )($BRACES)(?=[;,])}
		{my $list = $1; $list =~ /\n/ ? $hide->($list) : $list}ge;
	$text =~ s{^(pg_attribute_\w+\([^()]*\)|[A-Z_]+\(.*\)$)}{$hide->($1)}gem;
	$text =~ s{(?<=static )(pg_attribute_\w+\([^()]*\))}{$hide->($1)}ge;
	return (joined($text), \@mask);
}

# One line for each statement, with $BREAK where it was broken.
sub joined
{
	my ($text) = @_;
	my ($out, $depth, $level, $names) = ('', 0, 0, 0);
	for my $line (split /(?<=\n)/, $text =~ s/($COMMENT)/$1 =~ s{\n}{\0}gr/ger)
	{
		my $code = bare($line);
		$depth += ($code =~ tr/([//) - ($code =~ tr/)]//);
		$level += ($code =~ tr/{//) - ($code =~ tr/}//);
		$names = $code =~ /,\s*$/ && ($names || $code =~ /^\s*\w+\s.*\w/)
		  && $depth == 0 && $code !~ /^\s*\w+ =|[{}]/;
		my $operator = $level > 0 ? qr{[-+*/%&|^<>=?:!~]\s*$} : qr{=\s*$};
		my $open = $depth > 0 || $names || $code =~ $operator;
		$open = 0 if $line =~ /\0/ || $depth == 0
		  && $code =~ /^\s*(?:#.*|case\b.*:|default:|\w+:|)\s*$/;
		$out .= $open ? $line =~ s/[ \t]*\n/ $BREAK /r : $line;
	}
	return $out =~ tr/\0/\n/r;
}

# Without comments and without what strings say.
sub bare
{
	my ($line) = @_;
	return $line =~ s{($STRING)|$COMMENT}{defined $1 ? '""' : ' '}ger;
}

sub finished
{
	my ($text, $masks) = @_;
	$text =~ s{$MASK(\d+)}{my $n = $1; $masks->[$n] =~ m{\n} ? "$MASK$n" : $masks->[$n]}ge;
	$text =~ s/\)\{(?=[^{}\n]*\})/) {/g;
	my %typedef;
	my $out = '';
	for my $line (split /(?<=\n)/, $text)
	{
		$typedef{ length $1 } = defined $2
		  if $line =~ /^(\t*)(typedef )?(?:\w+ )*(?:struct|union|enum)\b[^;()]*$/;
		$line = declared($line, \%typedef) if $line !~ /^\s*#/;
		$out .= join '', map { commented($_) } split /(?<=\n)/, broken($line);
	}
	$out =~ s/$MASK(\d+)/$masks->[$1]/g for 1 .. 2;
	return $out;
}

sub width
{
	my ($text) = @_;
	my $column = 0;
	$column += $_ eq "\t" ? TAB - $column % TAB : 1 for split //, $text;
	return $column;
}

# Blanks from one column to another; a lone blank is never a tab.
sub pad
{
	my ($from, $to) = @_;
	my $blanks = '';
	while ((my $stop = TAB * (1 + int($from / TAB))) <= $to)
	{
		$blanks .= $stop != $from + 1 || $to >= $stop + TAB ? "\t" : ' ';
		$from = $stop;
	}
	return $blanks . ' ' x ($to - $from);
}

# Names of declarations stand 12 columns in, or one blank behind a long type.
sub declared
{
	my ($line, $typedef) = @_;
	$line =~ s/(\(\*\w+\))\(/$1 (/g;
	return $line
	  unless $line =~ m{^(\t*)(\}|(?!$NO_TYPE\b)\w+(?:\ \w+)*)\ (\**)
		(?:\w+\s*(?:;|=|,|\[|:\ \d)|\(\*\w+\)\ \(|\w+\(.*\);)}sx;
	my ($indent, $type, $stars) = ($1, $2, length $3);
	return $line if $type =~ /^(?:struct|union|enum)$/ && $line =~ /^\s*\w+ \w+;/;
	return $line if $type eq '}' && $typedef->{ length $indent };
	my $from = width("$indent$type");
	my $to = width($indent) + NAME_COLUMN - $stars;
	substr($line, length("$indent$type"), 1) = pad($from, $to) if $to > $from;
	return $line;
}

# The marked breaks of a line, with pgindent's indentation.
sub broken
{
	my ($line) = @_;
	my ($first, @rest) = split m{\s*\Q$BREAK\E\s*}, $line;
	my ($base) = $first =~ /^(\s*)/;
	my $further = width($base) + (bare($first) =~ /^\s*\w+\s[^(=]*,\s*$/ ? NAME_COLUMN : TAB);
	my ($last, @column) = ($first);
	for my $next (@rest)
	{
		while ($last =~ /\G($STRING|$COMMENT|.)/gs)
		{
			my $token = $1;
			pop @column if $token =~ /^[\])]$/;
			push @column, width(substr $last, 0, pos $last) if $token =~ /^[\[(]$/;
		}
		$last = pad(0, @column ? $column[-1] : $further) . $next;
		$first .= "\n$last";
	}
	return $first;
}

# Trailing comments start in column 33, or at the next tab stop.
sub commented
{
	my ($line) = @_;
	return $line unless $line =~ m{^(.*\S)\s*(/\*(?:[^*\n]|\*(?!/))*\*/)(\s*)$};
	my ($code, $comment, $end) = ($1, $2, $3);
	return $line if bare($code) !~ /\S/;
	my $from = width($code);
	my $to = $from < COMMENT_COLUMN ? COMMENT_COLUMN : TAB * (1 + int($from / TAB));
	return $code . pad($from, $to) . $comment . $end;
}

1;
