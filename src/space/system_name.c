/*
 * system_name.c
 *	  Coordinate systems as SQL names them.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "space/system_name.h"

gd_system
system_from_name(text *name)
{
	gd_system	system;

	if (!gd_system_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &system))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("coordinate system \"%s\" is not known",
						text_to_cstring(name)),
				 errdetail("Known are wgs84, cgcs2000, gcj02 and bd09, also written WGS-84, CGCS2000, GCJ-02 and BD-09."),
				 errhint("Devices and surveys deliver wgs84 or cgcs2000; map services of the mainland gcj02, that of Baidu bd09.")));
	return system;
}
