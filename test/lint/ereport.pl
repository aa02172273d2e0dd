#!/usr/bin/env perl
# ereport.pl
#	  Every report has an SQLSTATE, and its texts follow PostgreSQL's rules.
#
# errmsg: lower case at the start, unless a name stands there, and no full stop
# at the end.  errdetail and errhint: sentences.  elog(ERROR) is for what
# cannot happen: it is counted, not refused.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use CText qw($STRING bare uncommented braces);

my $PARENS = braces('(', ')');
my $BRACED = braces('{', '}');
my %macro;
my ($reports, $elogs) = (0, 0);

my @paths = files(qr{^src/.*\.[ch]$});
for my $path (@paths)
{
	my $code = uncommented(slurp($path));
	$macro{$1} = $2 while $code =~ /^\s*#\s*define\s+(\w+)(?:[ \t]|\\\n)+($STRING(?:(?:[ \t]|\\\n)+$STRING)*)$/gm;
}
check_file($_) for @paths;
info("$reports reports, $elogs elog(ERROR) or worse");

sub check_file
{
	my ($path) = @_;
	my $code = uncommented(slurp($path));
	my $bare = bare($code);
	$elogs++ while $bare =~ /\belog\((?:ERROR|FATAL|PANIC)\b/g;
	while ($code =~ /\b(ereport|ereturn)($PARENS)/g)
	{
		my ($line, $name, $call) = (line_at($code, $-[0]), $1, $2);
		next if $call =~ /__VA_ARGS__|^\(context, dummy_value/;
		$reports++;
		finding($path, $line, "$name without errcode")
		  unless bare($call) =~ /\b\w*errcode\w*\s*\(/;
	}
	while ($code =~ /\b(?:GUC_check_)?(errmsg|errdetail|errhint)(_\w+)?($PARENS)/g)
	{
		my ($line, $kind, $form, $call) = (line_at($code, $-[0]), $1, $2 // '', $3);
		for my $text (texts($call, $form =~ /plural/ ? 2 : 1))
		{
			my $fault = $kind eq 'errmsg' ? message_fault($text) : sentence_fault($text);
			finding($path, $line, "$kind$form \"$text\" $fault") if $fault;
		}
	}
	return;
}

# The literals of the first arguments; nothing for an argument that is none.
sub texts
{
	my ($call, $count) = @_;
	my @argument = split_arguments($call =~ s/^\(|\)$//gr);
	my @texts;
	for my $argument (grep { defined } @argument[0 .. $count - 1])
	{
		my $expanded = $argument =~ s/\b(\w+)\b/$macro{$1} \/\/ $1/ger;
		for my $choice (bare($expanded) =~ /\?/ ? $expanded =~ /$STRING/g : $expanded)
		{
			my @part = $choice =~ /$STRING/g;
			push @texts, join '', map { substr $_, 1, -1 } @part if @part;
		}
	}
	return @texts;
}

sub split_arguments
{
	my ($list) = @_;
	return $list =~ /\G\s*((?:$STRING|$PARENS|$BRACED|[^,"'(){}]+)+),?/g;
}

sub message_fault
{
	my ($text) = @_;
	return 'ends with a full stop' if $text =~ /\.$/;
	return 'ends with a line feed or blank' if $text =~ /(?:\\n|\s)$/;
	return 'starts with a capital' if $text =~ /^(?:[A-Z][a-z]+|[AI])(?![\w.])/;
	return;
}

sub sentence_fault
{
	my ($text) = @_;
	return 'does not end with a full stop' unless $text =~ /\.$|^%s$/;
	# a name may stand first, such as that of a setting or of a function
	return 'starts with a small letter'
	  if $text =~ /^[a-z]/ && $text !~ /^[a-z]\w*[_.(]/;
	return;
}
