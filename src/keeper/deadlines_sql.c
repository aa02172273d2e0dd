/*
 * deadlines_sql.c
 *	  fireiot.wake_keeper(): who makes a deadline says when it is due.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "base/shared.h"

PG_FUNCTION_INFO_V1(fireiot_wake_keeper);
Datum
fireiot_wake_keeper(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0))
		shared_due_at_commit(PG_GETARG_TIMESTAMPTZ(0));
	PG_RETURN_VOID();
}
