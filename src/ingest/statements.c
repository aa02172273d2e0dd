/*
 * statements.c
 *	  SQL of the ingest path: kept plans, and arrays as parameters.
 */
#include "ingest/statements.h"

#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

void
statement_run(statement *st, int count, const Oid *types, Datum *values,
			  const char *nulls)
{
	int			result;

	if (st->plan == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare(st->text, count, unconstify(Oid *, types));

		if (plan == NULL)
			elog(ERROR, "could not prepare \"%s\": %s", st->text,
				 SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		st->plan = plan;
	}
	/* SPI wants one around; the statement has a newer one of its own */
	PushActiveSnapshot(GetTransactionSnapshot());
	result = SPI_execute_plan(st->plan, values, nulls, false, 0);
	PopActiveSnapshot();
	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", st->text,
			 SPI_result_code_string(result));
}

void
statement_forget(statement *st)
{
	if (st->plan != NULL)
		SPI_freeplan(st->plan);
	st->plan = NULL;
}

void
array_begin(array_builder *a, int room)
{
	a->values = palloc(Max(room, 1) * sizeof(Datum));
	a->nulls = palloc(Max(room, 1) * sizeof(bool));
	a->count = 0;
	a->room = room;
}

Datum
array_end(array_builder *a, Oid element)
{
	int16		len;
	bool		byval;
	char		align;
	int			lower = 1;

	get_typlenbyvalalign(element, &len, &byval, &align);
	return PointerGetDatum(construct_md_array(a->values, a->nulls, 1,
											  &a->count, &lower, element, len,
											  byval, align));
}
