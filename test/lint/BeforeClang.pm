# BeforeClang.pm
#	  Makes C text ready for clang-format; AfterClang.pm undoes it.
#
# Lines of one statement stay broken where their author broke them: they are
# joined here with a marker, and broken again afterwards.  What pgindent leaves
# alone is hidden: what #define defines, initializers of several lines, lists
# of constants, macros that stand for functions, assembler, and all between
# clang-format off and on.
package BeforeClang;

use strict;
use warnings;
use Exporter 'import';
use CText qw($STRING $COMMENT bare braces);
our @EXPORT_OK = qw(prepared $BREAK $MASK $CHOICE $OTHER $WORD);

our ($BREAK, $MASK) = ('/*~*/', 'INDENT_MASK_');
our ($CHOICE, $OTHER, $WORD) = qw(INDENT_CHOICE INDENT_OTHER INDENT_WORD_);

my $OFF = qr{/\* clang-format off \*/.*?(?:/\* clang-format on \*/|\z)}s;
my $BRACES = braces('{', '}');
my $DEFINED = qr{(?:\\\n|\\.|$COMMENT(?![ \t]*\n)|/(?!\*)|[^\\\n/])+?}s;
my $ATTRIBUTE = qr{pg_attribute_\w+\([^()]*\)};
my $CPP_WORD = qr{class|new|delete|this|operator|template|namespace|using|try
	|catch|private|public|protected|typename|virtual|friend|explicit}x;

# The text for clang-format, and what is hidden in it.
sub prepared
{
	my ($text) = @_;
	my @mask;
	my $hide = sub { push @mask, $_[0]; "$MASK$#mask" };
	$text =~ s{($OFF)}{'/*' . $hide->($1) . '*/'}ge;
	$text =~ s{^([ \t]*\#[ \t]*define[ \t]+)($DEFINED)(?=[ \t]*(?:$COMMENT)?\n)}
		{$1 . $hide->($2)}gemx;
	$text =~ s{(?<==\ )($BRACES)(?=[;,])}
		{my $list = $1; $list =~ /\n/ ? $hide->($list) : $list}gex;
	$text =~ s{^($ATTRIBUTE|[A-Z][A-Z_0-9]+\(.*\)$)}{$hide->($1)}gem;
	$text =~ s{(?<=static )($ATTRIBUTE)}{$hide->($1)}ge;
	$text =~ s{(\b__asm__\b[^;]*)}{$hide->($1)}ge;
	$text =~ s{(?<=\t)((?:[A-Z]\w*, )+[A-Z]\w*)(?=,?\n)}{$hide->($1)}ge;
	$text =~ s{($STRING|$COMMENT)|\b($CPP_WORD)\b}{$1 // "$WORD$2"}ge;
	return (joined($text), \@mask);
}

# One line for each statement, with $BREAK where it was broken.
sub joined
{
	my ($text) = @_;
	my ($out, $depth, $level, $names) = ('', 0, 0, 0);
	for my $line (split /(?<=\n)/, $text =~ s/($COMMENT)/$1 =~ tr{\n}{\0}r/ger)
	{
		my $code = bare($line);
		$depth += ($code =~ tr/([//) - ($code =~ tr/)]//);
		$level += ($code =~ tr/{//) - ($code =~ tr/}//);
		$names = $depth == 0 && $code =~ /^[^{}]*,\s*$/
		  && ($names || $code =~ /^\s*(?:\w+\s+)+\**\w+\s*[,=[]/);
		my $operator = $level > 0 ? qr{[-+*/%&|^<>=?:!~]\s*$} : qr{=\s*$};
		my $open = $depth > 0 || $names || $code =~ $operator;
		$open = 0 if $line =~ /\0/ || $depth == 0
		  && $code =~ /^\s*(?:#.*|case\b.*:|default:|\w+:|)\s*$/;
		$out .= $open ? $line =~ s/[ \t]*\n/ $BREAK /r : $line;
	}
	$out =~ s{[ \t]*\n[ \t]*(?=(?:&&|\|\||[-+*/?:|&]) )}{ $BREAK }g;
	$out =~ s{^(.* \?.* \?.*)$}{plain_operators($1)}gme;
	return $out =~ tr/\0/\n/r;
}

# clang-format lays out nested ?: by rules of its own: show it other operators.
sub plain_operators
{
	my ($line) = @_;
	return $line =~ s{($STRING|$COMMENT)|(?<=\ )(?:(\?)|:)(?=\ )}
		{$1 // ($2 ? "|| $CHOICE ||" : "|| $OTHER ||")}gexr;
}

1;
