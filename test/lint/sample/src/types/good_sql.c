/*
 * good_sql.c
 *	  A file of floor 2.
 */
#include "base/compat.h"

#include "codec/good.h"

#define HINT "Write it as '1'."

void
good_refuse(int n, const char *what)
{
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is %d, which is negative",
						what, n),
				 errdetail("\"%s\" counts something.", what),
				 errhint(HINT)));
	ereport(ERROR,
			(errcode_for_file_access(),
			 errmsg("TLS is off"),
			 errhint("fireiot.tls turns it on.")));
}
