/*
 * fireiot.c
 *	  The module: magic block and start.
 */
#include "base/compat.h"

#include "fmgr.h"

#include "base/settings.h"

FIREIOT_MODULE_MAGIC(FIREIOT_VERSION);

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	settings_define();
}
