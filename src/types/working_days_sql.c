/*
 * working_days_sql.c
 *	  Working days in SQL: fireiot.add_working_days and its like, by the rows
 *	  of fireiot.calendar_day and in the zone of fireiot.time_zone.
 *
 * A period of days begins behind the day of its start and ends with its last
 * day, at 24:00 (Civil Code, articles 201 and 203).
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "storage/proc.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "clockwork/calendar.h"

/*
 * What a snapshot can see.  At the same xmax the set of those that run only
 * shrinks, so its size tells it; what the transaction itself has done is told
 * by its command, and by the subtransaction that may have been rolled back.
 */
typedef struct sight
{
	TransactionId xmax;
	uint32		running;
	CommandId	command;
	SubTransactionId sub;
	LocalTransactionId transaction;
} sight;

static MemoryContext calendar_context;
static calendar known;
static sight known_by;			/* transaction 0: nothing is known */

static sight
sight_of(Snapshot snapshot)
{
	sight		seen = {
		.xmax = snapshot->xmax,
		.running = snapshot->xcnt,
		.command = snapshot->curcid,
		.sub = GetCurrentSubTransactionId(),
		.transaction = my_local_transaction()
	};

	return seen;
}

static bool
is_known(const sight *seen)
{
	return known_by.transaction == seen->transaction &&
		known_by.sub == seen->sub && known_by.command == seen->command &&
		known_by.running == seen->running && known_by.xmax == seen->xmax;
}

/* Copied before SPI_finish: the rows go with it. */
static void
keep_days(void)
{
	calendar_day *days = MemoryContextAlloc(calendar_context,
											(SPI_processed + 1) * sizeof(calendar_day));

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		is_null;

		days[i].day = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i],
												  SPI_tuptable->tupdesc, 1, &is_null));
		days[i].working = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[i],
													 SPI_tuptable->tupdesc, 2, &is_null));
	}
	known.days = days;
	known.count = SPI_processed;
}

static void
read_calendar(void)
{
	known_by.transaction = 0;
	known.count = 0;
	if (calendar_context == NULL)
		calendar_context = AllocSetContextCreate(TopMemoryContext, "fireiot calendar",
												 ALLOCSET_SMALL_SIZES);
	MemoryContextReset(calendar_context);
	SPI_connect();
	/* days that the type date cannot count, as infinity, are nobody's */
	if (SPI_execute("SELECT day OPERATOR(pg_catalog.-) '2000-01-01'::pg_catalog.date, working"
					" FROM fireiot.calendar_day WHERE pg_catalog.isfinite(day) ORDER BY day",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "the calendar could not be read");
	keep_days();
	SPI_finish();
}

static const calendar *
current_calendar(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	sight		seen = sight_of(snapshot);

	if (is_known(&seen))
		return &known;
	read_calendar();
	/* a standby knows those that run in another way */
	if (!snapshot->takenDuringRecovery)
		known_by = seen;
	return &known;
}

static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("timestamp out of range")));
}

/* The civil day of an instant, and whether it is its very beginning. */
static int32
day_of(TimestampTz at, bool *begins)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;

	if (TIMESTAMP_NOT_FINITE(at) ||
		timestamp2tm(at, &offset, &tm, &fsec, NULL, settings_device_zone()) != 0)
		out_of_range();
	*begins = tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0 && fsec == 0;
	return civil_day(tm.tm_year, tm.tm_mon, tm.tm_mday);
}

/* 24:00 of a civil day. */
static TimestampTz
end_of(int32 day)
{
	civil_date	next = civil_date_of(day + 1);
	struct pg_tm tm = {0};
	int			offset;
	TimestampTz at;

	tm.tm_year = next.year;
	tm.tm_mon = next.month;
	tm.tm_mday = next.day;
	offset = DetermineTimeZoneOffset(&tm, settings_device_zone());
	if (tm2timestamp(&tm, 0, &offset, &at) != 0)
		out_of_range();
	return at;
}

/* An unknown year is no error where the caller shows it. */
static void
check_known(const calendar *cal, int32 first, int32 last)
{
	int32		year = civil_year(Min(first, last));
	int32		last_year = civil_year(Max(first, last));

	while (year <= last_year &&
		   calendar_knows(cal, civil_day(year, 1, 1), civil_day(year, 1, 1)))
		year++;
	if (year <= last_year)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("the working days of %d are not known", year),
				 errdetail("fireiot.calendar_day has no day of that year."),
				 errhint("Add the days off and the working days in lieu of the State Council's notice to fireiot.calendar_day.")));
}

/* The last day of a period of so many working days that starts at an instant. */
static int32
last_day(const calendar *cal, TimestampTz start, int32 n, int32 *first)
{
	bool		begins;

	if (n < 0 || n > CALENDAR_MAX_DAYS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d is no number of working days", n),
				 errdetail("A period has 0 to %d working days.", CALENDAR_MAX_DAYS)));
	*first = day_of(start, &begins);
	return calendar_add(cal, *first, n);
}

PG_FUNCTION_INFO_V1(fireiot_add_working_days);
Datum
fireiot_add_working_days(PG_FUNCTION_ARGS)
{
	const calendar *cal = current_calendar();
	int32		first;
	int32		last = last_day(cal, PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_INT32(1),
								&first);

	check_known(cal, first, last);
	PG_RETURN_TIMESTAMPTZ(end_of(last));
}

PG_FUNCTION_INFO_V1(fireiot_working_days_due);
Datum
fireiot_working_days_due(PG_FUNCTION_ARGS)
{
	const calendar *cal = current_calendar();
	int32		first;
	int32		last = last_day(cal, PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_INT32(1),
								&first);
	TupleDesc	descriptor;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = TimestampTzGetDatum(end_of(last));
	values[1] = BoolGetDatum(!calendar_knows(cal, first, last));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor),
													  values, nulls)));
}

/* The end of a day belongs to that day, so that this undoes the addition. */
PG_FUNCTION_INFO_V1(fireiot_working_days_between);
Datum
fireiot_working_days_between(PG_FUNCTION_ARGS)
{
	const calendar *cal = current_calendar();
	bool		begins;
	int32		first = day_of(PG_GETARG_TIMESTAMPTZ(0), &begins);
	int32		last = day_of(PG_GETARG_TIMESTAMPTZ(1), &begins);

	if (begins && PG_GETARG_TIMESTAMPTZ(1) > PG_GETARG_TIMESTAMPTZ(0))
		last--;
	check_known(cal, first, last);
	PG_RETURN_INT32(calendar_count(cal, first, last));
}

PG_FUNCTION_INFO_V1(fireiot_is_working_day);
Datum
fireiot_is_working_day(PG_FUNCTION_ARGS)
{
	const calendar *cal = current_calendar();
	DateADT		day = PG_GETARG_DATEADT(0);

	if (DATE_NOT_FINITE(day))
		out_of_range();
	if (!calendar_knows(cal, day, day))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(calendar_works(cal, day));
}
