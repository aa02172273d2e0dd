# CText.pm
#	  C as text: what the checks need to know of strings and comments.
package CText;

use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw($STRING $COMMENT bare uncommented braces);

our $STRING = qr{"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'}s;
our $COMMENT = qr{/\*(?:[^*]|\*(?!/))*+\*/|//[^\n]*};

# Without comments; lines stay lines.
sub uncommented
{
	my ($text) = @_;
	return $text =~ s{($STRING)|($COMMENT)}{$1 // ' ' . $2 =~ tr/\n//cdr}ger;
}

# Without comments and without what strings say.
sub bare
{
	my ($text) = @_;
	return uncommented($text) =~ s{$STRING}{""}gr;
}

# A pattern for text between matching parentheses or braces, with them.
sub braces
{
	my ($open, $close) = @_;
	my $pattern;
	$pattern = qr{\Q$open\E(?:[^"'/\Q$open$close\E]++|$STRING|$COMMENT|/
		|(??{$pattern}))*+\Q$close\E}x;
	return $pattern;
}

1;
