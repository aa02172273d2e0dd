/*
 * drop_database.c
 *	  DROP DATABASE is refused while the database holds records.
 *
 * Of another database a session sees only which tables there are.  Where one
 * could be a ledger table, a worker connects, looks for rows, and says what it
 * saw.  It leaves before the drop begins.  So there is no mark to keep up with
 * every insert, and none that could be removed.
 */
#include "ledger/guard.h"

#include "access/xact.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "utils/snapmgr.h"

#include "ledger/other_database.h"
#include "ledger/refusal.h"
#include "ledger/registry.h"

typedef enum findings
{
	NOTHING_SEEN,
	NO_WORKER,
	NO_RECORDS,
	RECORDS
} findings;

typedef struct inspection
{
	Oid			database;
	volatile int findings;
} inspection;

extern PGDLLEXPORT void ledger_inspect_main(Datum handle);

void
ledger_inspect_main(Datum handle)
{
	dsm_segment *segment;
	inspection *about;

	BackgroundWorkerUnblockSignals();
	segment = dsm_attach(DatumGetUInt32(handle));
	if (segment == NULL)
		return;
	about = dsm_segment_address(segment);
	BackgroundWorkerInitializeConnectionByOid(about->database, InvalidOid,
											  BGWORKER_BYPASS_ALLOWCONN);
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	about->findings = any_record() && !is_decommissioned() ?
		RECORDS : NO_RECORDS;
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/* No worker, no answer, no drop. */
pg_noreturn static void
cannot_look(const char *name, bool started)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
			 errmsg("could not look whether database \"%s\" holds records", name),
			 started ? errdetail("The worker that looks into it did not finish.") :
			 errdetail("All %d places of max_worker_processes are taken.", max_worker_processes),
			 started ? errhint("Look into the server's log.") :
			 errhint("Raise max_worker_processes and restart the server, or wait until a worker ends. Without records, DROP EXTENSION fireiot CASCADE in the database makes it one that needs no look.")));
}

static BackgroundWorkerHandle *
start_worker(dsm_segment *segment)
{
	BackgroundWorker worker = {0};
	BackgroundWorkerHandle *handle;

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS |
		BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment));
	worker.bgw_notify_pid = MyProcPid;
	strlcpy(worker.bgw_library_name, "fireiot", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, "ledger_inspect_main",
			sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_name, "fireiot inspection", sizeof(worker.bgw_name));
	strlcpy(worker.bgw_type, "fireiot inspection", sizeof(worker.bgw_type));
	return RegisterDynamicBackgroundWorker(&worker, &handle) ? handle : NULL;
}

static findings
inspect(Oid database)
{
	dsm_segment *segment = dsm_create(sizeof(inspection), 0);
	inspection *about = dsm_segment_address(segment);
	BackgroundWorkerHandle *worker;
	findings	seen = NOTHING_SEEN;

	about->database = database;
	about->findings = NOTHING_SEEN;
	worker = start_worker(segment);
	if (worker == NULL)
		seen = NO_WORKER;
	else if (WaitForBackgroundWorkerShutdown(worker) == BGWH_STOPPED)
		seen = about->findings;
	dsm_detach(segment);
	return seen;
}

void
check_drop_database(const char *name, bool missing_ok)
{
	Oid			database = get_database_oid(name, true);

	/* who may not drop it, or names none, is told so by the server */
	if (IsBinaryUpgrade || !OidIsValid(database) ||
		database == MyDatabaseId || !owns_database(database) ||
		!has_foreign_tables(database))
		return;
	switch (inspect(database))
	{
		case NO_RECORDS:
			break;
		case RECORDS:
			refuse("database \"%s\" holds records and cannot be dropped", name,
				   "Call fireiot.decommission() in it first; docs/ledger.md says how.");
		case NO_WORKER:
			cannot_look(name, false);
		case NOTHING_SEEN:
			cannot_look(name, true);
	}
}
