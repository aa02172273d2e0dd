# CText.pm
#	  C as text: what the checks need to know of strings and comments.
package CText;

use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw($STRING $COMMENT bare braces);

our $STRING = qr{"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'}s;
our $COMMENT = qr{/\*(?:[^*]|\*(?!/))*+\*/};

# Without comments and without what strings say; lines stay lines.
sub bare
{
	my ($text) = @_;
	return $text =~ s{($STRING)|($COMMENT)}
		{defined $1 ? '""' : ' ' . $2 =~ tr/\n//cdr}ger;
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
