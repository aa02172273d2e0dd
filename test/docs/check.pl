#!/usr/bin/env perl
# check.pl [--accept]: is what README.md and docs/ say true?
#
# Runs against the server of PGHOST, from the top of the tree.  Prints what is
# wrong and `N passed, N failed`; the exit status follows.
#
# * Examples.  Every block of `sql` runs, by psql, in a transaction of its own
#   that is rolled back, and must not fail.  A block of `text` right behind it
#   is what psql must print, with or without the numbers of rows.  `-- error
#   SQLSTATE` as the first line says that the last statement fails so.  A block
#   that has CREATE EXTENSION fireiot in it runs where the extension is not.
#   The session's zone is Asia/Shanghai.
# * Links to files of the tree, and to headings.
# * Each `file:name` names something that is at home in that file.
# * docs/protocol.md: each key of errors, faults, warnings and documents and
#   each profile is described; what is shown as `json` is a vector that holds.
# * docs/sql-reference.md describes exactly what the catalog has in schema
#   fireiot, with arguments, defaults, results and columns.
# * docs/configuration.md has every setting, with default, values, unit and when
#   a change takes effect as pg_settings says.  fireiot must be preloaded.
# * META.json and CHANGELOG.md are for the version of fireiot.control.
#
# --accept writes what psql printed into the pages where it is not as shown.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Basename qw(dirname);
use File::Temp;
use JSON::PP ();
use FindBin;
use lib $FindBin::Bin;
use Page;

my $accept = @ARGV && $ARGV[0] eq '--accept';
my ($passed, $failed) = (0, 0);

sub main
{
	@ENV{qw(PGTZ PGDATESTYLE PGCLIENTENCODING LC_ALL)} =
	  ('Asia/Shanghai', 'ISO, YMD', 'UTF8', 'C.UTF-8');
	delete @ENV{qw(PGOPTIONS PAGER PSQL_PAGER COLUMNS)};
	my $out = psql('CREATE EXTENSION fireiot CASCADE', '-v', 'ON_ERROR_STOP=1');
	die $out if $?;

	my @page = map { Page->read_page($_) }
	  grep { -e } 'README.md', 'CHANGELOG.md', glob 'docs/*.md';
	my %page = map { $_->{file} => $_ } @page;
	my %known = known_names();
	check_examples($_) for @page;
	check_links($_) for @page;
	check_names($_, \%known) for @page;
	check_references($_) for @page;
	check_keys($page{'docs/protocol.md'});
	check_profiles($page{'docs/protocol.md'});
	check_vectors($page{'docs/protocol.md'});
	check_catalog($page{'docs/sql-reference.md'});
	check_settings($page{'docs/configuration.md'});
	check_version();
	print "$passed passed, $failed failed\n";
	return $failed > 0;
}

sub ok
{
	my ($true, $message) = @_;
	$true ? $passed++ : $failed++;
	print "$message\n" unless $true;
	return $true;
}

# Are two lists of names the same set?  A check for each name.
sub same_names
{
	my ($what, $described, $there) = @_;
	my %described = map { $_ => 1 } @$described;
	my %there = map { $_ => 1 } @$there;
	ok($described{$_}, "$what is not described: $_") for sort keys %there;
	ok(0, "$what does not exist: $_")
	  for grep { !$there{$_} } sort keys %described;
}

# What psql prints for a script, errors in place; in $? its exit status.
sub psql
{
	my ($script, @option) = @_;
	my $in = File::Temp->new;
	binmode $in, ':encoding(UTF-8)';
	print $in $script;
	close $in;
	open my $out, '-|', "psql -X -q @option <$in 2>&1" or die "psql: $!\n";
	my $text = do { local $/; <$out> };
	close $out;
	return $text // '';
}

# Rows of a query as lists.
sub rows
{
	my ($query) = @_;
	my $text = psql("SET search_path = fireiot, public; $query", '-A', '-t', '-F', '"	"',
		'-v', 'ON_ERROR_STOP=1');
	die $text if $?;
	return map { [ split /\t/, $_, -1 ] } split /\n/, $text;
}

# Without blanks at the ends of lines and without empty lines at the end.
sub tidy
{
	my ($text) = @_;
	return $text =~ s/[ \t]+$//gmr =~ s/\n+\z//r;
}

# Examples

sub check_examples
{
	my ($page) = @_;
	for my $example (reverse $page->examples)
	{
		my $sql = $example->{sql}{text};
		my $where = "$page->{file}:$example->{sql}{first}";
		my ($sqlstate) = $sql =~ /\A-- error (\w{5})$/m;
		my ($out, $state) = run_example($sql, $sqlstate);
		ok($state eq ($sqlstate // '00000'),
			"$where: " . ($sqlstate ? "SQLSTATE is $state, not $sqlstate" : "failed") . "\n$out");
		check_result($page, $example, $where, $out) if $example->{result};
	}
	save($page) if $page->{changed};
}

# What a block prints, and the SQLSTATE that it ends with.
sub run_example
{
	my ($sql, $sqlstate) = @_;
	my $before = $sql =~ /^CREATE EXTENSION (?:IF NOT EXISTS )?fireiot\b/mi ?
	  "SET LOCAL client_min_messages = warning; DROP EXTENSION fireiot, postgis;\n"
	  . "RESET client_min_messages;\n" : '';
	my $out = psql("BEGIN;\n$before$sql\n;\n\\echo SQLSTATE :LAST_ERROR_SQLSTATE\nROLLBACK;\n");
	$out =~ s/SQLSTATE (\w*)\n.*\z//s or return ($out, 'none');
	return ($out, $1);
}

sub check_result
{
	my ($page, $example, $where, $out) = @_;
	my $result = $example->{result};
	my $shown = tidy($result->{text});
	$out =~ s/^\(\d+ rows?\)\n//gm unless $shown =~ /^\(\d+ rows?\)$/m;
	$out = tidy($out);
	if (!$accept || $out eq $shown)
	{
		ok($out eq $shown, "$where: the result is not as shown, but\n$out\n");
		return;
	}
	splice @{ $page->{lines} }, $result->{first},
	  $result->{last} - $result->{first} + 1, split /\n/, $out;
	$page->{changed} = 1;
}

sub save
{
	my ($page) = @_;
	open my $to, '>', $page->{file} or die "$page->{file}: $!\n";
	print $to map { "$_\n" } @{ $page->{lines} };
	close $to or die "$page->{file}: $!\n";
}

# Links

sub check_links
{
	my ($page) = @_;
	for my $link ($page->links)
	{
		next if $link =~ /^\w+:/;
		my ($path, $anchor) = split /#/, $link, 2;
		my $file = $path eq '' ? $page->{file}
		  : collapsed(dirname($page->{file}) . "/$path");
		my $there = -e $file;
		$there = grep { $_ eq $anchor } Page->read_page($file)->anchors
		  if $there && defined $anchor;
		ok($there, "$page->{file}: the link $link leads nowhere");
	}
}

# A path without "./" and "name/..".
sub collapsed
{
	my ($path) = @_;
	1 while $path =~ s{(^|/)\./}{$1} || $path =~ s{(^|/)(?!\.\./)[^/]+/\.\./}{$1};
	return $path;
}

# Names in files

sub contents
{
	my ($file) = @_;
	open my $in, '<:encoding(UTF-8)', $file or return '';
	local $/;
	return scalar <$in>;
}

sub check_references
{
	my ($page) = @_;
	my %seen;
	for my $span (grep { !$seen{$_}++ } Page::spans($page->{prose}))
	{
		my ($file, $name) = $span =~ m{^([\w./-]+\.\w+):(\w+)$} or next;
		my $there = is_home(contents($file), $name);
		ok($there, "$page->{file}: $span is not there");
	}
}

# Is the name at home in the text?  A function where it is defined or declared,
# not where it is called; anything else where it stands.
sub is_home
{
	my ($text, $name) = @_;
	return $text =~ /\b\Q$name\E\b/ if $text !~ /\b\Q$name\E\(/;
	return $text =~ /^(?:(?:extern|#define) [^;]*?)?\b\Q$name\E\(/m;
}

# docs/protocol.md

# Words in the initializer of an array of a C file.
sub words_of_array
{
	my ($file, $array) = @_;
	my ($list) = contents($file) =~ /\b\Q$array\E\[\w+\] = \{(.*?)\};/s
	  or die "$file has no array $array\n";
	return $list =~ /"(\w+)"/g;
}

sub check_keys
{
	my ($page) = @_;
	my $status = 'src/codec/status.c';
	my $explain = contents('src/types/explain.c');
	my %section = (
		error => [ grep { $_ ne 'ok' } words_of_array($status, 'error_keys') ],
		app_error => [ grep { $_ ne 'none' } words_of_array($status, 'fault_keys') ],
		warnings => [ words_of_array($status, 'warning_keys') ]);
	same_names("a key of $_", first_cells($page->section("Keys of `$_`")), $section{$_})
	  for sort keys %section;

	my %key = map { $_ => 1 } $explain =~ /\b(?:json|put)_\w+\([^;]*?"(\w+)"/g,
	  $explain =~ /\? "(\w+)" : "\w+"/g, $explain =~ /\? "\w+" : "(\w+)"/g,
	  $explain =~ /"(\w+_wire)"/g;
	same_names('a key of a document', first_cells($page->section('The document')),
		[ keys %key ]);
}

# Code in the first cells of the tables of a text.
sub first_cells
{
	my ($text) = @_;
	return [ map { Page::spans((Page::cells($_))[0] // '') } split /\n/, $text ];
}

sub check_profiles
{
	my ($page) = @_;
	my @title = map { /^`([\w.-]+)`$/ ? $1 : () }
	  map { /^#### (.*)/ ? $1 : () } split /\n/, $page->section('Profiles');
	same_names('a profile', \@title, [ map { $_->[0] } rows('SELECT name FROM profiles()') ]);
}

# Every block of json is a test vector that holds.
sub check_vectors
{
	my ($page) = @_;
	for my $block (grep { $_->{info} eq 'json' } @{ $page->{blocks} })
	{
		my $file = File::Temp->new;
		binmode $file, ':encoding(UTF-8)';
		print $file "$block->{text}\n";
		close $file;
		my $said = `sh test/vectors/run.sh $file 2>&1`;
		ok($? == 0, "$page->{file}:$block->{first}: the vector does not hold\n$said");
	}
}

# docs/sql-reference.md

my $FUNCTIONS = q{
	SELECT pronamespace::regnamespace || '.' || proname || '(' || regexp_replace(regexp_replace(
			pg_get_function_arguments(oid), '(, )?OUT .*', ''), '::\w+( with time zone)?', '', 'g')
		|| ') → ' || pg_get_function_result(oid)
	FROM pg_proc WHERE pronamespace IN ('fireiot'::regnamespace, 'fireiot_map'::regnamespace)};
my $OPERATORS = q{
	SELECT format_type(oprleft, NULL) || ' ' || oprname || ' ' || format_type(oprright, NULL)
		|| ' → ' || format_type(oprresult, NULL)
	FROM pg_operator WHERE oprnamespace = 'fireiot'::regnamespace};
my $OPERATOR_CLASSES = q{
	SELECT amname || ' ' || opcname || ' for ' || format_type(opcintype, NULL)
		|| CASE WHEN opcdefault THEN ', default' ELSE '' END
	FROM pg_opclass JOIN pg_am AS am ON am.oid = opcmethod
	WHERE opcnamespace = 'fireiot'::regnamespace};
# Layers *_shifted have the columns of those without it.
my $HEADED = q{
	SELECT 'Type `fireiot.' || typname || '`' FROM pg_type
	WHERE typnamespace = 'fireiot'::regnamespace AND typrelid = 0 AND typcategory <> 'A'
	UNION ALL
	SELECT CASE relkind WHEN 'r' THEN 'Table' WHEN 'p' THEN 'Table' WHEN 'v' THEN 'View' WHEN 'c' THEN 'Type'
		ELSE 'Relation of kind ' || relkind::text END || ' `' || relnamespace::regnamespace || '.' || relname || '`'
	FROM pg_class WHERE relnamespace IN ('fireiot'::regnamespace, 'fireiot_map'::regnamespace) AND relkind NOT IN ('i', 'I', 't', 'S')
		AND relname !~ '_shifted$'};
# those of identity columns are part of their tables
my $SEQUENCES = q{
	SELECT 'fireiot.' || relname FROM pg_class
	WHERE relnamespace = 'fireiot'::regnamespace AND relkind = 'S'
		AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'i')};
my $COLUMNS = q{
	SELECT relnamespace::regnamespace || '.' || relname, attname || ' ' || format_type(atttypid, atttypmod)
	FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
	WHERE relnamespace IN ('fireiot'::regnamespace, 'fireiot_map'::regnamespace) AND relkind IN ('r', 'p', 'v')
		AND relname !~ '_shifted$' AND attnum > 0 AND NOT attisdropped
	UNION ALL
	SELECT pronamespace::regnamespace || '.' || proname, name || ' ' || format_type(type, NULL)
	FROM pg_proc, unnest(proargnames, proallargtypes, proargmodes) AS a (name, type, mode)
	WHERE pronamespace IN ('fireiot'::regnamespace, 'fireiot_map'::regnamespace) AND mode IN ('o', 't')};

sub names_in_catalog
{
	my ($query) = @_;
	# a setting is there once the library is
	return map { $_->[0] } rows("LOAD 'fireiot'; $query");
}

sub check_catalog
{
	my ($page) = @_;
	my @span = Page::spans($page->{prose});
	same_names('a function', [ grep { /^fireiot(?:_map)?\.\w+\(.*\) → / } @span ],
		[ names_in_catalog($FUNCTIONS) ]);
	same_names('an operator', [ grep { /^\w+ [^\w ]+ \w+ → \w+$/ } @span ],
		[ names_in_catalog($OPERATORS) ]);
	same_names('an operator class', [ grep { /^\w+ \w+ for \w+(, default)?$/ } @span ],
		[ names_in_catalog($OPERATOR_CLASSES) ]);
	same_names('an object',
		[ grep { /^(Type|Table|View) `/ } $page->headings ],
		[ names_in_catalog($HEADED) ]);
	my %described = map { $_ => 1 } @span;
	ok($described{$_}, "a sequence is not described: $_") for names_in_catalog($SEQUENCES);
	check_columns($page);
}

# A table headed "column | type" belongs to the object named last before it.
sub check_columns
{
	my ($page) = @_;
	my %there;
	push @{ $there{ $_->[0] } }, $_->[1] for rows($COLUMNS);
	my ($object, $inside, %described) = ('');
	for my $line (split /\n/, $page->{prose})
	{
		my @cell = Page::cells($line);
		$inside = 0 unless @cell;
		$object = $1 if !@cell && $line =~ /`(fireiot(?:_map)?\.\w+)[(`]/;
		if (@cell > 1 && $cell[0] eq 'column' && $cell[1] eq 'type')
		{
			$inside = 1;
		}
		elsif ($inside && $cell[0] !~ /^-/)
		{
			push @{ $described{$object} }, join ' ', map { Page::spans($_) } @cell[ 0, 1 ];
		}
	}
	for my $name (sort keys %{ { %there, %described } })
	{
		my ($shown, $is) = map { join ', ', @{ $_ // [] } } $described{$name}, $there{$name};
		ok($shown eq $is, "columns of $name are ($is), described are ($shown)");
	}
}

# docs/configuration.md

# The cells of a setting's table; what a text may be is said in words.
my $SETTINGS = q{
	SELECT name,
		'`' || coalesce(nullif(boot_val, ''), $$''$$) || '`',
		CASE vartype WHEN 'integer' THEN '`' || min_val || '` to `' || max_val || '`'
			WHEN 'bool' THEN '`on`, `off`'
			WHEN 'enum' THEN '`' || array_to_string(enumvals, '`, `') || '`' END,
		coalesce(unit, ''),
		CASE context WHEN 'postmaster' THEN 'restart' WHEN 'sighup' THEN 'reload'
			WHEN 'superuser' THEN '`SET`' ELSE context END
	FROM pg_settings WHERE name LIKE 'fireiot.%' ORDER BY name};

sub check_settings
{
	my ($page) = @_;
	my @setting = rows($SETTINGS);
	same_names('a setting', [ map { /^`(fireiot\.\w+)`$/ ? $1 : () } $page->headings ],
		[ map { $_->[0] } @setting ]);
	for my $setting (@setting)
	{
		my ($name, @is) = @$setting;
		my @table = grep { @$_ } map { [ Page::cells($_) ] }
		  split /\n/, $page->section("`$name`");
		my @said = @{ $table[2] // [] };
		$is[1] = $said[1] // '' if $is[1] eq '';
		my ($shown, $is) = map { join ' | ', @$_ } \@said, \@is;
		ok($shown eq $is, "$page->{file}: $name is ($is), described is ($shown)");
	}
}

# Names in the schema, settings, and the words of file names.
sub known_names
{
	return map { $_ => 1 } qw(control so c), names_in_catalog(q{
		SELECT proname FROM pg_proc WHERE pronamespace = 'fireiot'::regnamespace
		UNION SELECT typname FROM pg_type WHERE typnamespace = 'fireiot'::regnamespace
		UNION SELECT relname FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace
		UNION SELECT substr(name, 9) FROM pg_settings WHERE name LIKE 'fireiot.%'});
}

# Any page: `fireiot.name` and `fireiot.name(...)` name something that exists.
sub check_names
{
	my ($page, $known) = @_;
	my %seen;
	for my $span (grep { !$seen{$_}++ } Page::spans($page->{prose}))
	{
		my ($name) = $span =~ /^fireiot\.(\w+)(?:\(.*\))?$/ or next;
		ok($known->{$name}, "$page->{file}: $span does not exist");
	}
}

# META.json and CHANGELOG.md

sub check_version
{
	my ($version) = contents('fireiot.control') =~ /^default_version = '(.*)'/m;
	my $meta = eval { JSON::PP->new->decode(contents('META.json')) };
	ok($meta, "META.json is not JSON: $@") or return;
	ok(exists $meta->{$_}, "META.json has no $_")
	  for qw(name version abstract maintainer license provides meta-spec);
	my $same = ($meta->{version} // '') =~ /^\Q$version\E\.\d+$/;
	ok($same, "META.json is not for version $version");
	ok(-e ($_->{file} // '') && $_->{version} eq $meta->{version},
		'META.json: what it provides is not there')
	  for values %{ $meta->{provides} // {} };
	my ($newest) = contents('CHANGELOG.md') =~ /^## (\S+)/m;
	ok(($newest // '') eq $version, "CHANGELOG.md does not begin with $version");
}

exit main();
