/*
 * progress.c
 *	  How far a verification is, for other sessions to see.
 */
#include "ledger/progress.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(ledger_verify_progress);

/* Far from the numbers that the server gives to its own commands. */
#define PROGRESS_COMMAND_VERIFY_LEDGER ((ProgressCommandType) 0x4649)

#define BLOCKS_AT_A_TIME 256
#define ROWS_AT_A_TIME 4096

static int64 blocks;
static int64 rows;

void
progress_start(void)
{
	blocks = rows = 0;
	pgstat_progress_start_command(PROGRESS_COMMAND_VERIFY_LEDGER, InvalidOid);
}

void
progress_set(progress_number number, int64 value)
{
	pgstat_progress_update_param(number, value);
}

void
progress_end(void)
{
	pgstat_progress_end_command();
}

void
progress_block(void)
{
	if (++blocks % BLOCKS_AT_A_TIME == 0)
		progress_set(PROGRESS_BLOCKS_DONE, blocks);
}

void
progress_row(void)
{
	if (++rows % ROWS_AT_A_TIME == 0)
		progress_set(PROGRESS_ROWS_DONE, rows);
}

static void
put_backend(ReturnSetInfo *result, const PgBackendStatus *backend)
{
	Datum		values[2 + PROGRESS_NUMBERS];
	bool		nulls[2 + PROGRESS_NUMBERS] = {false};
	const int64 *numbers = backend->st_progress_param;

	values[0] = Int32GetDatum(backend->st_procpid);
	values[1] = ObjectIdGetDatum(backend->st_databaseid);
	for (int i = 0; i < PROGRESS_NUMBERS; i++)
		values[2 + i] = Int64GetDatum(numbers[i]);
	values[2 + PROGRESS_PHASE] =
		CStringGetTextDatum(numbers[PROGRESS_PHASE] == PROGRESS_ROWS ?
							"rows" : "chain");
	values[2 + PROGRESS_RELATION] =
		ObjectIdGetDatum((Oid) numbers[PROGRESS_RELATION]);
	nulls[2 + PROGRESS_RELATION] = numbers[PROGRESS_RELATION] == 0;
	nulls[2 + PROGRESS_TO] = numbers[PROGRESS_TO] == PG_INT64_MAX;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Of all databases: OIDs of relations are those of datid. */
Datum
ledger_verify_progress(PG_FUNCTION_ARGS)
{
	int			count = pgstat_fetch_stat_numbackends();

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 1; i <= count; i++)
	{
		LocalPgBackendStatus *local = local_backend_status(i);

		if (local != NULL && local->backendStatus.st_progress_command ==
			PROGRESS_COMMAND_VERIFY_LEDGER)
			put_backend((ReturnSetInfo *) fcinfo->resultinfo,
						&local->backendStatus);
	}
	return (Datum) 0;
}
