/*
 * launcher.c
 *	  The worker that starts and ends the listeners and the keeper.
 */
#include "ingest/listener.h"

#include <signal.h>

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/settings.h"
#include "base/shared.h"
#include "base/ticks.h"
#include "base/worker.h"

StaticAssertDecl(sizeof(worker_order) <= BGW_EXTRALEN,
				 "order fits into bgw_extra");

#define FIRST_PAUSE_MS 1000
#define LONGEST_PAUSE_MS 60000

/* How often what is missing is looked for again. */
#define LOOK_MS 2000

typedef struct child
{
	BackgroundWorkerHandle *handle; /* NULL: none runs */
	ticks		started_at;
	ticks		not_before;
	int			pause_ms;
	bool		told_to_end;
} child;

static child *children;
static worker_order order;		/* of the children that run */

void
launcher_register(void)
{
	BackgroundWorker worker = {
		.bgw_name = "fireiot launcher",
		.bgw_type = "fireiot launcher",
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = 5,
		.bgw_library_name = "fireiot",
		.bgw_function_name = "fireiot_launcher_main"
	};

	RegisterBackgroundWorker(&worker);
}

/*
 * Is there a row with this name?  Without a database only shared catalogs can
 * be read, and their indexes not always; so this scans the table.
 */
static bool
find_name(Oid catalog, AttrNumber column, const char *name, bool *may_log_in)
{
	Relation	relation = table_open(catalog, AccessShareLock);
	ScanKeyData key;
	TableScanDesc scan;
	HeapTuple	row;
	NameData	wanted;

	namestrcpy(&wanted, name);
	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_NAMEEQ,
				NameGetDatum(&wanted));
	scan = table_beginscan_catalog(relation, 1, &key);
	row = heap_getnext(scan, ForwardScanDirection);
	if (HeapTupleIsValid(row) && may_log_in != NULL)
		*may_log_in = ((Form_pg_authid) GETSTRUCT(row))->rolcanlogin;
	table_endscan(scan);
	table_close(relation, AccessShareLock);
	return HeapTupleIsValid(row);
}

/* What keeps the listeners from starting; NULL: nothing.  In
 * TopMemoryContext. */
static char *
obstacle(void)
{
	char	   *text = NULL;
	bool		may_log_in = false;

	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	if (!find_name(DatabaseRelationId, Anum_pg_database_datname,
				   settings.database, NULL))
		text = psprintf("waiting for database \"%s\" (fireiot.database)",
						settings.database);
	else if (!find_name(AuthIdRelationId, Anum_pg_authid_rolname,
						settings.role, &may_log_in))
		text = psprintf("waiting for role \"%s\" (fireiot.role): SELECT fireiot.setup_role() in database \"%s\" creates it",
						settings.role, settings.database);
	else if (!may_log_in)
		text = psprintf("waiting for role \"%s\" (fireiot.role) to be allowed to log in: ALTER ROLE %s LOGIN",
						settings.role, quote_identifier(settings.role));
	if (text != NULL)
		text = MemoryContextStrdup(TopMemoryContext, text);
	CommitTransactionCommand();
	return text;
}

/* The last child is the keeper, the others are listeners. */
static bool
is_keeper(int n)
{
	return n == settings.listeners;
}

static worker_slot *
slot_of(int n)
{
	return is_keeper(n) ? shared_keeper() : &shared_listener(n)->worker;
}

static void
start_child(int n)
{
	BackgroundWorker worker = {
		.bgw_type = "fireiot listener",
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = BGW_NEVER_RESTART,
		.bgw_library_name = "fireiot",
		.bgw_function_name = "fireiot_listener_main",
		.bgw_main_arg = Int32GetDatum(n),
		.bgw_notify_pid = MyProcPid
	};
	child	   *c = &children[n];

	snprintf(worker.bgw_name, BGW_MAXLEN, "fireiot listener %d", n + 1);
	if (is_keeper(n))
	{
		strlcpy(worker.bgw_name, "fireiot keeper", BGW_MAXLEN);
		strlcpy(worker.bgw_type, "fireiot keeper", BGW_MAXLEN);
		strlcpy(worker.bgw_function_name, "fireiot_keeper_main", BGW_MAXLEN);
	}
	memcpy(worker.bgw_extra, &order, sizeof(order));
	c->started_at = ticks_now();
	c->told_to_end = false;
	if (!RegisterDynamicBackgroundWorker(&worker, &c->handle))
	{
		c->handle = NULL;
		c->not_before = c->started_at + LONGEST_PAUSE_MS * INT64CONST(1000);
		worker_say(shared_launcher(), WORKER_BACKING_OFF,
				   is_keeper(n) ?
				   "no background worker slot is free for the keeper: raise max_worker_processes" :
				   "no background worker slot is free for a listener: raise max_worker_processes");
	}
}

/* A listener that ended soon, and by itself, is started again later and later. */
static void
note_end(child *c)
{
	ticks		now = ticks_now();
	bool		soon = !ticks_passed(c->started_at, now, LONGEST_PAUSE_MS);

	if (c->told_to_end)
		c->pause_ms = 0;
	else
		c->pause_ms = soon && c->pause_ms > 0 ?
			Min(2 * c->pause_ms, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
	c->not_before = now + c->pause_ms * INT64CONST(1000);
	pfree(c->handle);
	c->handle = NULL;
}

static bool
slot_is_free(int n)
{
	bool		is_free;

	LWLockAcquire(shared_lock(), LW_SHARED);
	is_free = slot_of(n)->pid == 0;
	LWLockRelease(shared_lock());
	return is_free;
}

/* Children of a launcher that has ended: this one has no handle on them. */
static void
end_orphans(void)
{
	for (int i = 0; i <= settings.listeners; i++)
	{
		int			pid;

		LWLockAcquire(shared_lock(), LW_SHARED);
		pid = slot_of(i)->pid;
		LWLockRelease(shared_lock());
		if (pid != 0)
			kill(pid, SIGTERM);
	}
}

static void
tend(int n, bool wanted)
{
	child	   *c = &children[n];
	pid_t		pid;

	if (c->handle != NULL &&
		GetBackgroundWorkerPid(c->handle, &pid) == BGWH_STOPPED)
		note_end(c);
	if (c->handle != NULL && !wanted)
	{
		TerminateBackgroundWorker(c->handle);
		c->told_to_end = true;
	}
	if (c->handle == NULL && wanted && slot_is_free(n) &&
		ticks_now() >= c->not_before)
		start_child(n);
}

static bool
any_child(void)
{
	for (int i = 0; i <= settings.listeners; i++)
		if (children[i].handle != NULL)
			return true;
	return false;
}

/* Do the listeners that run serve the database and role that are set? */
static bool
order_holds(void)
{
	return strcmp(NameStr(order.database), settings.database) == 0 &&
		strcmp(NameStr(order.role), settings.role) == 0;
}

static void
turn(void)
{
	bool		wanted = true;
	char	   *text = NULL;

	if (!order_holds())
	{
		if (any_child())
			wanted = false;
		else
		{
			namestrcpy(&order.database, settings.database);
			namestrcpy(&order.role, settings.role);
		}
	}
	if (wanted)
		text = obstacle();
	for (int i = 0; i <= settings.listeners; i++)
		tend(i, wanted && text == NULL && (settings.listen || is_keeper(i)));
	if (!settings.listen)
		worker_say(shared_launcher(), WORKER_WAITING, "fireiot.listen is off");
	else if (text != NULL)
		worker_say(shared_launcher(), WORKER_WAITING, text);
	else if (any_child())
		worker_slot_report(shared_launcher(), WORKER_LISTENING, "");
	if (text != NULL)
		pfree(text);
}

void
fireiot_launcher_main(Datum arg)
{
	uint32		wait_event;

	worker_start(shared_launcher());
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	wait_event = wait_event_named("FireiotLauncher");
	children = MemoryContextAllocZero(TopMemoryContext,
									  (settings.listeners + 1) * sizeof(child));
	end_orphans();
	for (;;)
	{
		worker_reload();
		PG_TRY();
		{
			turn();
		}
		PG_CATCH();
		{
			worker_forgive(shared_launcher(), WORKER_BACKING_OFF);
		}
		PG_END_TRY();
		worker_wait(LOOK_MS, wait_event);
	}
}
