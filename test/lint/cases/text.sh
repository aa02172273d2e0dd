# text.sh
#
# What the checks of files as text must find; read by selftest.sh.

# lines N TEXT: so many of them.
lines()
{
	yes "$2" | head -n "$1"
}

good sizes.pl
{
	printf 'int\nlong_one(void)\n{\n'
	lines 97 '	n++;'
	printf '}\n'
} | bad 'long_one has 101 lines' src/types/bad.c sizes.pl
lines 901 'SELECT 1;' | bad '901 lines' sql/once/20_bad.sql sizes.pl

good headers.pl
bad 'does not begin with a comment' src/types/bad.c headers.pl <<'END'
int			x;
END
bad 'does not begin with a comment' test/bad.c headers.pl <<'END'
/*
 * other.c
 *	  Named after another file.
 */
END
bad 'has no include guard' src/types/bad.h headers.pl <<'END'
/*
 * bad.h
 *	  Not guarded.
 */
extern int	x;
END
bad 'has the guard GOOD_H' src/types/bad.h headers.pl <<'END'
/*
 * bad.h
 *	  Guarded with another's name.
 */
#ifndef GOOD_H
#define GOOD_H
extern int	x;
#endif
END

good text.pl
printf '/* %s: more */\n' TO''DO | bad 'is left' src/types/bad.c text.pl
printf '# %s\n' FIX''ME | bad 'is left' test/bad.sh text.pl
printf 'one  \ntwo\n' | bad 'blanks at the end' docs/bad.md text.pl
printf 'see /%s/me/notes\n' home | bad 'a path of one machine' docs/bad.md text.pl
printf 'cd /%s\n' root | bad 'a path of one machine' test/bad.sh text.pl

good scripts.sh
bad '[Ss]yntax' test/bad.sh scripts.sh <<'END'
if true; then
	echo
END
bad 'syntax error' test/bad.pl scripts.sh <<'END'
use strict;
my $x = ;
END
bad 'Global symbol' test/t/001_bad.pl scripts.sh <<'END'
use strict;
$x = 1;
END
