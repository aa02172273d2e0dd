/*
 * fireiot.c
 *	  The module: magic block and start.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "base/settings.h"
#include "base/shared.h"
#include "ingest/listener.h"
#include "ledger/fresh.h"
#include "ledger/guard.h"
#include "ledger/table_am.h"

FIREIOT_MODULE_MAGIC(FIREIOT_VERSION);

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	settings_define();
	guard_install();
	/* pg_upgrade's servers look at the library and must not listen */
	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	ledger_preloaded();
	shared_request();
	fresh_request();
	launcher_register();
}
