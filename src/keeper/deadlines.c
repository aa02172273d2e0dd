/*
 * deadlines.c
 *	  Deadlines of alarms: when the next one is due, and what happens then.
 *
 * The rows decide.  What is kept in memory is only when to look at them: at the
 * next due time that they had, earlier when a transaction says so at its
 * commit, and in any case once in a while, for a clock that was set, a
 * prepared transaction, or what else there may be.
 */
#include "keeper/deadlines.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/shared.h"
#include "base/ticks.h"
#include "base/worker.h"
#include "clockwork/due.h"

#define QUERY "SELECT breached, next_due FROM fireiot.breach_due(" \
	CppAsString2(MOST) ")"

/* Breaches in one transaction: their locks are held that long. */
#define MOST 1000

/* The rows are looked at this often, whatever is known. */
#define LOOK_MS 10000

/* What is due and held by another transaction is tried again after this. */
#define RETRY_MS 10

/* Behind an error. */
#define FAILED_MS 1000

/* No wait is longer: the clock may be set meanwhile. */
#define LONGEST_MS 1000

static TimestampTz next_due;	/* by the rows; 0 at first: look at once */
static ticks looked_at;

/* Breaches that were recorded, and the next due time to next_due. */
static int
call_breach_due(void)
{
	int			breached = 0;
	bool		is_null;
	Datum		due;

	worker_begin(QUERY);
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	if (SPI_execute(QUERY, false, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "breaches could not be recorded");
	breached = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0],
										   SPI_tuptable->tupdesc, 1, &is_null));
	due = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2,
						&is_null);
	next_due = is_null ? DUE_NEVER : DatumGetTimestampTz(due);
	SPI_finish();
	PopActiveSnapshot();
	worker_commit();
	return breached;
}

static bool
is_time(TimestampTz now)
{
	return next_due < now || shared_next_due() < now ||
		ticks_passed(looked_at, ticks_now(), LOOK_MS);
}

void
deadlines_turn(void)
{
	while (is_time(GetCurrentTimestamp()))
	{
		int			breached;

		/* said from now on may be of rows that are not seen any more */
		shared_take_next_due();
		looked_at = ticks_now();
		next_due = GetCurrentTimestamp() + FAILED_MS * 1000;
		breached = call_breach_due();
		if (breached == 0 && next_due < GetCurrentTimestamp())
			next_due = GetCurrentTimestamp() + RETRY_MS * 1000;
	}
}

long
deadlines_pause(long longest)
{
	TimestampTz due = Min(next_due, shared_next_due());
	int64		limit = Min(longest, LONGEST_MS);

	/* behind the moment, not at it */
	if (due != DUE_NEVER)
		due++;
	return (long) due_sleep_ms(GetCurrentTimestamp(), due, limit);
}
