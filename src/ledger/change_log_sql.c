/*
 * change_log_sql.c
 *	  What the change log has to know of a session and of its table.
 *
 * Functions for sql/rerun/63_change_log.sql.  They read, and keep nothing.
 */
#include "base/compat.h"

#include "access/table.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "libpq/libpq-be.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/builtins.h"
#include "utils/partcache.h"
#include "utils/rel.h"

static Datum
role_name(Oid role)
{
	char	   *name = GetUserNameFromId(role, true);

	return CStringGetTextDatum(name != NULL ? name : "");
}

PG_FUNCTION_INFO_V1(fireiot_session_login);

/*
 * Who logged in, which SET SESSION AUTHORIZATION does not change.  A worker
 * has no login: its session user.
 */
Datum
fireiot_session_login(PG_FUNCTION_ARGS)
{
	if (MyProcPort != NULL && MyProcPort->user_name != NULL)
		return CStringGetTextDatum(MyProcPort->user_name);
	return role_name(GetSessionUserId());
}

PG_FUNCTION_INFO_V1(fireiot_session_role);

/* As whom the session acts, outside of every SECURITY DEFINER function. */
Datum
fireiot_session_role(PG_FUNCTION_ARGS)
{
	return role_name(GetOuterUserId());
}

static void
check_partitioned_by_time(Relation rel)
{
	PartitionKey key = RelationGetPartitionKey(rel);

	if (key == NULL || key->strategy != PARTITION_STRATEGY_RANGE ||
		key->partnatts != 1 || key->parttypid[0] != TIMESTAMPTZOID)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not partitioned by ranges of time",
					   RelationGetRelationName(rel)));
}

static bool
has_partition_for(Relation rel, Datum at)
{
	PartitionKey key = RelationGetPartitionKey(rel);
	PartitionBoundInfo bounds = RelationGetPartitionDesc(rel, true)->boundinfo;
	bool		equal;
	int			below;

	if (bounds == NULL)
		return false;
	below = partition_range_datum_bsearch(key->partsupfunc, key->partcollation,
										  bounds, 1, &at, &equal);
	return bounds->indexes[below + 1] >= 0;
}

PG_FUNCTION_INFO_V1(fireiot_has_partition);

/* Is there a partition for rows of this time?  From the relation cache. */
Datum
fireiot_has_partition(PG_FUNCTION_ARGS)
{
	Relation	rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	bool		found;

	check_partitioned_by_time(rel);
	found = has_partition_for(rel, PG_GETARG_DATUM(1));
	table_close(rel, NoLock);
	PG_RETURN_BOOL(found);
}
