#!/usr/bin/env perl
# sql.pl
#	  Scripts of the extension: what they say of functions, what they may hold.
#
# sql/once/ runs at CREATE EXTENSION only and adopts nothing foreign;
# sql/rerun/ holds what every upgrade may run again; sql/order names them all.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use SqlText qw(statements);

my $PATH = qr{pg_catalog\s*,\s*(?:fireiot\s*,\s*)?pg_temp\b(?!\s*,)};
my $RERUNNABLE = qr{CREATE\s+OR\s+REPLACE|GRANT|REVOKE|COMMENT|DO\b|ALTER};
my $ONE_TIME_ALTER = qr{ALTER\s+(?:EXTENSION|TYPE)\b|\b(?:ADD|RENAME|DROP)\b};
my %seen;

check_order();
for my $path (files(qr{^sql/.*\.sql(?:\.in)?$}), sort grep { -f } glob 'fireiot--*.sql')
{
	check_statement($path, $_) for statements(slurp($path));
}

sub check_order
{
	my $text = slurp('sql/order');
	my ($number, %listed) = (0);
	for my $line (split /\n/, $text)
	{
		$number++;
		next if $line =~ /^#/ || $line eq '';
		finding('sql/order', $number, "$line is listed twice") if $listed{$line}++;
		finding('sql/order', $number, "$line does not exist") unless -f $line;
	}
	finding($_, 1, 'is not listed in sql/order')
	  for grep { !$listed{$_} } files(qr{^sql/(?:once|rerun)/.*\.sql$});
	return;
}

sub check_statement
{
	my ($path, $statement) = @_;
	my $bare = $statement->{bare};
	my $name = substr $bare =~ s/\s+/ /gr, 0, 60;
	for my $fault (rule_faults($path, $bare), quote_faults($statement),
		function_faults($statement), postgis_faults($path, $statement))
	{
		# the joined script repeats what its parts say
		next if $seen{"$fault$name"}++ && $path !~ m{/};
		finding($path, $statement->{line}, "$fault: $name");
	}
	return;
}

sub rule_faults
{
	my ($path, $bare) = @_;
	my @faults;
	push @faults, 'IF NOT EXISTS adopts what is foreign'
	  if $bare =~ /\bIF\s+NOT\s+EXISTS\b/i;
	push @faults, 'OR REPLACE may overwrite what is foreign'
	  if $path !~ m{^sql/(?!once/)} && $bare =~ /^CREATE\s+OR\s+REPLACE\b/i;
	push @faults, 'cannot be run again'
	  if $path =~ m{^sql/rerun/}
	  && ($bare !~ /^$RERUNNABLE/i || $bare =~ /^ALTER\b/i && $bare =~ /$ONE_TIME_ALTER/i);
	push @faults, 'an enum: codes are smallint or text'
	  if $bare =~ /^CREATE\s+TYPE\b.*\bAS\s+ENUM\b/is;
	return @faults;
}

sub quote_faults
{
	my ($statement) = @_;
	my @faults;
	push @faults, '@extowner@ is not trusted' if $statement->{text} =~ /\@extowner\@/;
	push @faults, '@extschema@ between quotes'
	  if grep { /\@extschema(?::\w+)?\@/ } @{ $statement->{quoted} };
	return @faults;
}

sub function_faults
{
	my ($statement) = @_;
	my $bare = $statement->{bare};
	my ($kind) = $bare =~ /^CREATE\s+(?:OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b/i
	  or return;
	my @faults;
	push @faults, 'states no volatility'
	  if uc $kind eq 'FUNCTION' && $bare !~ /\b(?:IMMUTABLE|STABLE|VOLATILE)\b/i;
	push @faults, 'states no PARALLEL'
	  if uc $kind eq 'FUNCTION' && $bare !~ /\bPARALLEL\s+(?:SAFE|RESTRICTED|UNSAFE)\b/i;
	my $definer = $bare =~ /\bSECURITY\s+DEFINER\b/i;
	# a body BEGIN ATOMIC is bound at creation
	push @faults, 'does not SET search_path = pg_catalog, pg_temp'
	  if ($definer || $bare =~ /\bLANGUAGE\s+(?:sql|plpgsql)\b/i)
	  && ($definer || $bare !~ /\bBEGIN\s+ATOMIC\b/i)
	  && $statement->{text} !~ /\bSET\s+search_path\s*(?:=|TO)\s*$PATH/i;
	return @faults;
}

# PostGIS may be in any schema, where strangers may make functions, too: what
# is of it is named with the schema (sql/join.sh).
sub postgis_faults
{
	my ($path, $statement) = @_;
	return if $path !~ m{/};
	return map { "$_ is not written \@postgis\@.$_" }
	  $statement->{text} =~ /(?<![\w@.'])(st_\w+)(?=\s*\()/gi;
}
