# c.sh
#
# What the checks of C files must find; read by selftest.sh.

good format.sh check
bad layout src/types/bad.c format.sh check <<'END'
int bad(int n)
{
  return n;
}
END
bad layout src/types/bad.c format.sh check <<'END'
int
bad(const char *text, int n)
{
	int n;

	return n;
}
END
bad layout src/types/bad.c format.sh check <<'END'
int
bad(const char *text, int n)
{
	return good(text,
		n);	/* not here */
}
END

good floors.pl
bad 'a higher floor' src/base/bad.c floors.pl <<'END'
#include "types/good.h"
END
bad 'a sibling of the same floor' src/ledger/bad.c floors.pl <<'END'
#include "types/good.h"
END
bad 'includes only the C library' src/codec/bad.c floors.pl <<'END'
#include "postgres.h"
END
bad 'no such part of the C library' src/codec/bad.c floors.pl <<'END'
#include <stdio.h>
END
bad 'are named from src/' src/types/bad.c floors.pl <<'END'
#include "good.h"
END
bad 'there is no such file' src/types/bad.c floors.pl <<'END'
#include "codec/gone.h"
END
bad 'is on no floor' src/cellar/bad.c floors.pl <<'END'
int			x;
END

for compiler in gcc clang; do
	good floor0_compile.sh "$compiler"
	command -v "$compiler" >/dev/null || continue
	bad conversion src/codec/bad.c floor0_compile.sh "$compiler" <<'END'
extern short bad(int n);
short bad(int n) { return n; }
END
	bad 'postgres.h' src/clockwork/bad.c floor0_compile.sh "$compiler" <<'END'
#include "postgres.h"
END
done

good floor0_objects.pl
bad 'must not use malloc' src/codec/bad.c floor0_objects.pl <<'END'
#include <stdlib.h>
void	   *bad(void) { return malloc(1); }
END
bad 'must not use puts' src/clockwork/bad.c floor0_objects.pl <<'END'
#include <stdio.h>
void		bad(void) { printf("bad\n"); }
END
bad 'count is a mutable variable' src/codec/bad.c floor0_objects.pl <<'END'
int			bad(void) { static int count; return ++count; }
END
bad 'table is a mutable variable' src/codec/bad.c floor0_objects.pl <<'END'
const char *table[] = {"one"};
END
bad 'recursion' src/codec/bad.c floor0_objects.pl <<'END'
int			bad(int n) { return n < 2 ? 1 : n * bad(n - 1); }
END
bad 'recursion' src/codec/bad.c floor0_objects.pl <<'END'
static int	two(int n);
static int	one(int n) { return n > 0 ? two(n - 1) : 0; }
static int	two(int n) { return one(n - 1); }
int			bad(int n) { return one(n); }
END
bad 'through a pointer' src/codec/bad.c floor0_objects.pl <<'END'
int			bad(int (*f) (int)) { return f(1); }
END

good version.pl
bad 'belongs in src/base/compat.h' src/types/bad.c version.pl <<'END'
#if PG_VERSION_NUM >= 160000
#endif
END

good ereport.pl
bad 'without errcode' src/types/bad.c ereport.pl <<'END'
	ereport(ERROR, (errmsg("errcode(1) is only text")));
END
bad 'without errcode' src/types/bad.c ereport.pl <<'END'
	ereturn(context, NULL, (errmsg("no code")));
END
bad 'ends with a full stop' src/types/bad.c ereport.pl <<'END'
	ereport(ERROR, (errcode(1), errmsg("a thing of "
									   "two lines.")));
END
bad 'starts with a capital' src/types/bad.c ereport.pl <<'END'
	ereport(ERROR, (errcode(1), errmsg("Cannot do it")));
END
bad 'starts with a capital' src/types/bad.c ereport.pl <<'END'
	ereport(ERROR, (errcode(1), errmsg_plural("one", "Many %d", n, n)));
END
bad 'does not end with a full stop' src/types/bad.c ereport.pl <<'END'
	ereport(ERROR, (errcode(1), errmsg("no"), errdetail("It is so")));
END
bad 'does not end with a full stop' src/types/bad.c ereport.pl <<'END'
#define BAD_HINT "Use another"
	ereport(ERROR, (errcode(1), errmsg("no"), errhint(BAD_HINT)));
END
bad 'starts with a small letter' src/types/bad.c ereport.pl <<'END'
	GUC_check_errhint(n > 0 ? "Use it." : "use another.");
END
