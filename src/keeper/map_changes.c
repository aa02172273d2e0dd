/*
 * map_changes.c
 *	  Tells maps which layers have changed.
 *
 * The function in SQL decides what has changed, by marks that it gave the last
 * time.  They live in this process only: behind its start all are announced.
 */
#include "keeper/map_changes.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/ticks.h"
#include "base/worker.h"

#define QUERY "SELECT fireiot.announce_layers($1::bigint[])::text"

/* No layer is announced more often. */
#define PAUSE_MS 1000

static char *marks;				/* text of an array; NULL at first */
static ticks announced_at;

/* They outlive the transaction; the old ones are let go. */
static void
keep_marks(const char *now)
{
	char	   *copy = MemoryContextStrdup(TopMemoryContext, now);

	if (marks != NULL)
		pfree(marks);
	marks = copy;
}

static void
announce(void)
{
	Oid			type = TEXTOID;
	Datum		before = marks != NULL ? CStringGetTextDatum(marks) : (Datum) 0;
	const char *is_null = marks != NULL ? " " : "n";
	char	   *now;

	if (SPI_execute_with_args(QUERY, 1, &type, &before, is_null, false, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "layers could not be announced");
	now = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (now != NULL)
		keep_marks(now);
}

void
map_changes_turn(void)
{
	if (announced_at != 0 && !ticks_passed(announced_at, ticks_now(), PAUSE_MS))
		return;
	announced_at = ticks_now();
	worker_begin(QUERY);
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	announce();
	SPI_finish();
	PopActiveSnapshot();
	worker_commit();
}
