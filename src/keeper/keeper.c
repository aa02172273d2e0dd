/*
 * keeper.c
 *	  The worker that does what time asks for.
 *
 * Its turns are calls of SQL functions, each in a transaction of its own: what
 * fails is tried again next turn, and shown by the worker's slot meanwhile.
 */
#include "keeper/keeper.h"

#include "access/xact.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "base/shared.h"
#include "base/ticks.h"
#include "base/worker.h"
#include "keeper/deadlines.h"
#include "keeper/map_changes.h"
#include "keeper/silence.h"

/* How often it is asked whether alarms were missed: after errors, and anyway. */
#define BACKLOG_MS 2000
#define RECHECK_MS (10 * 60 * 1000)

/* How often the extension is looked for. */
#define LOOK_MS 2000

static worker_slot *me;
static TimestampTz checkpoint_at;	/* the next one */
static bool checkpoint_is_due;	/* there are blocks that none covers */
static bool has_extension;		/* as of the last turn */
static bool rechecked;			/* alarms were, since the start */
static ticks rechecked_at;
static ticks backlog_at;		/* was looked at */

static bool
extension_is_there(void)
{
	bool		is_there;

	worker_begin("fireiot: looking for the extension");
	is_there = OidIsValid(get_extension_oid("fireiot", true));
	worker_commit();
	return is_there;
}

/* Call a function; was its result not null? */
static bool
call(const char *query)
{
	bool		is_null = true;

	worker_begin(query);
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	if (SPI_execute(query, false, 0) == SPI_OK_SELECT && SPI_processed > 0)
		(void) SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
							 &is_null);
	SPI_finish();
	PopActiveSnapshot();
	worker_commit();
	return !is_null;
}

static void
sign_checkpoint(void)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz latest = TimestampTzPlusMilliseconds(now,
													 settings.checkpoint_interval_s * INT64CONST(1000));

	if (!checkpoint_is_due || settings.checkpoint_key_file[0] == '\0')
		return;
	/* also when the clock was set back, or the interval made shorter */
	if (now < checkpoint_at && checkpoint_at <= latest)
		return;
	checkpoint_at = latest;
	(void) call("SELECT fireiot.checkpoint()");
	checkpoint_is_due = false;
}

/* Alarms that an error has kept from being written come later. */
static void
recheck_alarms(void)
{
	ticks		now = ticks_now();
	bool		due = !rechecked || ticks_passed(rechecked_at, now, RECHECK_MS);

	if (!due && !ticks_passed(backlog_at, now, BACKLOG_MS))
		return;
	backlog_at = now;
	if (!due && !call("SELECT b.id FROM fireiot.alarm_backlog AS b LIMIT 1"))
		return;
	(void) call("SELECT fireiot.recheck_alarms()");
	rechecked = true;
	rechecked_at = now;
}

static void
turn(void)
{
	has_extension = false;
	has_extension = extension_is_there();
	if (!has_extension)
	{
		silence_forget();
		worker_say(me, WORKER_WAITING,
				   "waiting for CREATE EXTENSION fireiot");
		return;
	}
	if (call("SELECT fireiot.seal()"))
		checkpoint_is_due = true;
	sign_checkpoint();
	(void) call("SELECT fireiot.note_roles()");
	recheck_alarms();
	map_changes_turn();
	if (me->state != WORKER_WORKING || me->message[0] != '\0')
		worker_slot_report(me, WORKER_WORKING, "");
}

/* Until the next turn; the time that this one took counts. */
static long
pause_from(TimestampTz started)
{
	long		spent = (GetCurrentTimestamp() - started) / 1000;
	long		interval = me->state == WORKER_WAITING ? LOOK_MS :
		settings.seal_interval_ms;

	/* a clock that was set back must not make it long */
	return Max(Min(interval - spent, interval), 1);
}

static void
try(void (*what) (void))
{
	PG_TRY();
	{
		what();
	}
	PG_CATCH();
	{
		worker_forgive(me, WORKER_BACKING_OFF);
	}
	PG_END_TRY();
}

/*
 * Until the next turn; deadlines and silence neither wait for it nor for what
 * fails in it.
 * Another configuration may want a turn sooner.
 */
static void
rest(TimestampTz started, uint32 wait_event)
{
	ticks		begun = ticks_now();
	long		pause = pause_from(started);
	long		left = pause;

	do
	{
		if (has_extension)
		{
			try(deadlines_turn);
			try(silence_turn);
		}
		left = pause - (long) ((ticks_now() - begun) / 1000);
		if (left > 0)
			worker_wait(has_extension ? silence_pause(deadlines_pause(left)) : left,
						wait_event);
	} while (left > 0 && !worker_reload());
}

void
fireiot_keeper_main(Datum arg)
{
	worker_order order;
	uint32		wait_event;

	me = shared_keeper();
	memcpy(&order, MyBgworkerEntry->bgw_extra, sizeof(order));
	worker_start(me);
	BackgroundWorkerInitializeConnection(NameStr(order.database),
										 NameStr(order.role), 0);
	wait_event = wait_event_named("FireiotKeeper");
	/* a restart does not begin the interval anew: one is due */
	checkpoint_is_due = true;
	for (;;)
	{
		TimestampTz started = GetCurrentTimestamp();

		worker_reload();
		try(turn);
		rest(started, wait_event);
	}
}
