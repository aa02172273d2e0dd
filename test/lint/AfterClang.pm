# AfterClang.pm
#	  From clang-format's layout to pgindent's; undoes BeforeClang.pm.
#
# Marked breaks are indented to the column behind the innermost open
# parenthesis, or one tab in.  Names of declarations stand in the column of
# pgindent's -di12, trailing comments in that of -c33.
package AfterClang;

use strict;
use warnings;
use Exporter 'import';
use CText qw($STRING $COMMENT bare);
use BeforeClang qw($BREAK $MASK $CHOICE $OTHER $WORD);
our @EXPORT_OK = qw(finished);

use constant { TAB => 4, NAME_COLUMN => 12, COMMENT_COLUMN => 32 };

my $NO_TYPE = qr{return|goto|else|case|typedef|do|break|continue|sizeof|__asm__};
my $NAME = qr{\w+\s*(?:;|=|,|\[|:\d)|\(\*\w+\)\ \(|\w+\(.*\);}s;

sub finished
{
	my ($text, $masks) = @_;
	$text =~ s{$MASK(\d+)}{my $n = $1; $masks->[$n] =~ /\n/ ? "$MASK$n" : $masks->[$n]}ge;
	$text =~ s/\|\| $CHOICE \|\|/?/g;
	$text =~ s/\|\| $OTHER \|\|/:/g;
	$text =~ s/$WORD//g;
	$text =~ s/\)\{(?=[^{}\n]*\})/) {/g;
	$text =~ s/(\(\*\w+\))\(/$1 (/g;
	$text =~ s/^(\t*\}) (\*+) (?=\w)/$1 $2/gm;
	my ($out, %typedef) = ('');
	for my $line (split /(?<=\n)/, $text)
	{
		$typedef{ length $1 } = defined $2
		  if $line =~ /^(\t*)(typedef )?(?:\w+ )*(?:struct|union|enum)\b[^;()]*$/;
		$line = declared($line, \%typedef) if $line !~ /^\s*#/;
		$out .= join '', map { commented($_) } split /(?<=\n)/, broken($line);
	}
	$out =~ s{/\*$MASK(\d+)\*/|$MASK(\d+)}{$masks->[$1 // $2]}g for 1 .. 2;
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
	return $line
	  unless $line =~ /^(\t*)(\}|(?!$NO_TYPE\b)\w+(?: \w+)*) (\**)$NAME/;
	my ($indent, $type, $stars) = ($1, $2, length $3);
	return $line if $type =~ /^(?:struct|union|enum)$/ && $line =~ /^\s*\w+ \w+;/;
	return $line if $type eq '}' && $typedef->{ length $indent };
	my $from = width("$indent$type");
	my $to = width($indent) + NAME_COLUMN - $stars;
	substr($line, length("$indent$type"), 1) = pad($from, $to) if $to > $from;
	return $line;
}

sub broken
{
	my ($line) = @_;
	my ($first, @rest) = split m{\s*\Q$BREAK\E\s*}, $line;
	my ($base) = $first =~ /^(\s*)/;
	my $names = @rest && bare($first) =~ /^\s*(?:\w+\s+)+\**\w+\s*[,=[].*,\s*$|^\s*(?:\w+\s+)+\**\w+,$/;
	my $further = width($base) + ($names ? NAME_COLUMN : TAB);
	my ($last, @column) = ($first);
	for my $next (@rest)
	{
		while ($last =~ /\G($STRING|$COMMENT|.)/gs)
		{
			my $token = $1;
			pop @column if $token =~ /^[\])]$/;
			push @column, width(substr $last, 0, pos $last) if $token =~ /^[\[(]$/;
		}
		my $column = $next =~ /^#/ ? 0 : @column ? $column[-1] : $further;
		$last = pad(0, $column) . $next;
		$first .= "\n$last";
	}
	return $first;
}

# Trailing comments start in column 33, or at the next tab stop.
sub commented
{
	my ($line) = @_;
	return $line unless $line =~ m{^(.*\S)\s*(/\*(?:[^*\n]|\*(?!/))*(?:\*/)?)(\s*)$};
	my ($code, $comment, $end) = ($1, $2, $3);
	return $line if bare($code) !~ /\S/ || $comment =~ /$MASK/;
	my $from = width($code);
	my $to = $from < COMMENT_COLUMN ? COMMENT_COLUMN : TAB * (1 + int($from / TAB));
	return $code . pad($from, $to) . $comment . $end;
}

1;
