/*
 * worker.c
 *	  What every background worker of fireiot does: signals, reload, exit,
 *	  errors of a turn.
 */
#include "base/worker.h"

#include <signal.h>

#include "access/xact.h"
#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/log_once.h"

/* A lock that is not given in this time is asked for again next turn. */
#define LOCK_TIMEOUT "5s"

static void
leave_slot(int code, Datum arg)
{
	worker_slot *slot = (worker_slot *) DatumGetPointer(arg);

	LWLockAcquire(shared_lock(), LW_EXCLUSIVE);
	slot->pid = 0;
	slot->state = WORKER_ABSENT;
	slot->state_since = GetCurrentTimestamp();
	LWLockRelease(shared_lock());
}

/* What a worker's statements rest on, whatever database and role have set. */
static void
fix_settings(void)
{
	/* nobody's objects but the server's and those that are named in full */
	SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET,
					PGC_S_OVERRIDE);
	SetConfigOption("default_transaction_isolation", "read committed",
					PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("default_transaction_read_only", "off", PGC_SUSET,
					PGC_S_OVERRIDE);
	SetConfigOption("lock_timeout", LOCK_TIMEOUT, PGC_SUSET, PGC_S_OVERRIDE);
	/* statements are short: to compile one would take longer than it does */
	SetConfigOption("jit", "off", PGC_SUSET, PGC_S_OVERRIDE);
}

void
worker_start(worker_slot *slot)
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	/* a cancel would break off a wait for a standby, and be forgotten */
	pqsignal(SIGINT, SIG_IGN);
	BackgroundWorkerUnblockSignals();

	LWLockAcquire(shared_lock(), LW_EXCLUSIVE);
	slot->pid = MyProcPid;
	slot->proc_number = my_proc_number();
	slot->state = WORKER_STARTING;
	slot->started_at = slot->state_since = GetCurrentTimestamp();
	slot->message[0] = '\0';
	slot->message_at = 0;
	LWLockRelease(shared_lock());
	before_shmem_exit(leave_slot, PointerGetDatum(slot));
	fix_settings();
}

bool
worker_reload(void)
{
	if (!ConfigReloadPending)
		return false;
	ConfigReloadPending = false;
	ProcessConfigFile(PGC_SIGHUP);
	return true;
}

void
worker_wait(long timeout_ms, uint32 wait_event)
{
	(void) WaitLatch(MyLatch,
					 WL_LATCH_SET | WL_EXIT_ON_PM_DEATH |
					 (timeout_ms >= 0 ? WL_TIMEOUT : 0),
					 timeout_ms, wait_event);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

/* For the present transaction. */
static void
set_local(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_LOCAL, true, 0, false);
}

/*
 * A confirmation promises a durable commit, so a server, database or role that
 * commits asynchronously does not do so here.
 */
static void
commit_durably(void)
{
	if (synchronous_commit == SYNCHRONOUS_COMMIT_OFF)
		set_local("synchronous_commit", "local");
}

void
worker_commit_lazily(void)
{
	set_local("synchronous_commit", "off");
}

void
worker_begin(const char *activity)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	commit_durably();
	pgstat_report_activity(STATE_RUNNING, activity);
}

void
worker_commit(void)
{
	CommitTransactionCommand();
	pgstat_report_stat(false);
	CHECK_FOR_INTERRUPTS();
	pgstat_report_activity(STATE_IDLE, NULL);
}

static void
log_error(ErrorData *error)
{
	uint64		repeats;

	if (!log_once(error->message, &repeats))
		return;
	ereport(LOG,
			(errcode(error->sqlerrcode),
			 errmsg("%s: %s", MyBgworkerEntry->bgw_name, error->message),
			 error->detail != NULL ? errdetail_internal("%s", error->detail) : 0,
			 error->hint != NULL ? errhint("%s", error->hint) : 0,
			 repeats > 0 ?
			 errcontext("%llu times since it was last logged",
						(unsigned long long) repeats) : 0));
}

int
worker_forgive(worker_slot *slot, worker_state state)
{
	ErrorData  *error;
	int			sqlstate;

	HOLD_INTERRUPTS();
	MemoryContextSwitchTo(TopMemoryContext);
	error = CopyErrorData();
	FlushErrorState();
	if (IsTransactionState() || IsAbortedTransactionBlockState())
		AbortCurrentTransaction();
	LWLockReleaseAll();
	sqlstate = error->sqlerrcode;
	log_error(error);
	worker_slot_report(slot, state, error->message);
	FreeErrorData(error);
	RESUME_INTERRUPTS();
	return sqlstate;
}

void
worker_say(worker_slot *slot, worker_state state, const char *text)
{
	bool		same = slot->state == state && strcmp(slot->message, text) == 0;

	worker_slot_report(slot, state, text);
	if (!same)
		ereport(LOG,
				(errcode(ERRCODE_SUCCESSFUL_COMPLETION),
				 errmsg("%s: %s", MyBgworkerEntry->bgw_name, text)));
}
