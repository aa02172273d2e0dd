# SqlText.pm
#	  SQL scripts as statements.
package SqlText;

use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(statements);

my $COMMENT = qr{--[^\n]*|/\*.*?\*/}s;
my $DOLLAR = qr{(?<![\w\$])(\$\w*\$).*?\g{-1}}s;
my $QUOTED = qr{[Ee]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"}s;

# Of each statement: line, text (blanks for comments), bare (nothing between
# quotes), quoted (a list of what stands between quotes).
sub statements
{
	my ($script) = @_;
	$script =~ s/^\\[^\n]*//gm;    # psql's commands
	my @statements;
	my $now = fresh(1);
	my $line = 1;
	while ($script =~ /\G(?:($COMMENT)|($DOLLAR|$QUOTED)|(\w+|.))/gs)
	{
		my ($comment, $quoted, $word) = ($1, $2, defined $3 ? undef : $4);
		my $token = $&;
		$now->{line} = $line if $now->{bare} !~ /\S/;
		$line += ($token =~ tr/\n//);
		if (defined $comment) { $now->{$_} .= ' ' for qw(text bare) }
		elsif (defined $quoted)
		{
			$now->{text} .= $quoted;
			$now->{bare} .= $quoted =~ /^"/ ? $quoted : "''";
			push @{ $now->{quoted} }, $quoted;
		}
		elsif ($token eq ';' && !inside_body($now))
		{
			push @statements, $now;
			$now = fresh($line);
		}
		else { $now->{$_} .= $token for qw(text bare) }
	}
	push @statements, $now if $now->{bare} =~ /\S/;
	for my $statement (@statements)
	{
		s/^\s+|\s+$//g for @$statement{qw(text bare)};
	}
	return @statements;
}

sub fresh
{
	my ($line) = @_;
	return { line => $line, text => '', bare => '', quoted => [] };
}

# Within BEGIN ATOMIC ... END of a function a semicolon ends no statement.
sub inside_body
{
	my ($statement) = @_;
	my $bare = $statement->{bare};
	return 0 unless $bare =~ /\bBEGIN\s+ATOMIC\b/i;
	my $open = () = $bare =~ /\b(?:BEGIN|CASE)\b/gi;
	my $closed = () = $bare =~ /\bEND\b/gi;
	return $open > $closed;
}

1;
